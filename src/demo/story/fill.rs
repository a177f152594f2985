//! Placeholders of scenario files: `{victim.address}` and the like, replaced by what the tenant has.
//!
//! A brace that is meant is written twice. Not here: who plays (`cast`).

use super::cast::Played;
use crate::demo::event::Folder;
use crate::demo::id::MailboxId;
use crate::demo::native::folder::Folders;
use crate::demo::native::identity::canonical;
use crate::demo::place;
use crate::demo::tenant::{Mailbox, Person, Tenant};

/// Replaces the placeholders of a text; `look` finds one of the cast.
pub(super) fn fill(
    tenant: &Tenant,
    text: &str,
    look: impl Fn(&str) -> Result<Played, String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(['{', '}']) {
        out.push_str(before);
        let opens = rest.as_bytes().get(before.len()) == Some(&b'{');
        let brace = if opens { '{' } else { '}' };
        if let Some(doubled) = after.strip_prefix(brace) {
            out.push(brace);
            rest = doubled;
            continue;
        }
        let inside = after.split_once('}').filter(|_| opens);
        let Some((inside, behind)) = inside else {
            return Err(format!(
                "a lone `{brace}` in `{text}`: write it twice if it is meant"
            ));
        };
        out.push_str(&value(tenant, inside, &look)?);
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

fn value(
    tenant: &Tenant,
    inside: &str,
    look: &impl Fn(&str) -> Result<Played, String>,
) -> Result<String, String> {
    let unknown =
        |known: &str| format!("there is no placeholder `{{{inside}}}`; known are {known}");
    let Some((name, field)) = inside.split_once('.') else {
        return Err(unknown("those of the form `{name.field}`"));
    };
    if name == "tenant" {
        let fields = [
            ("name", tenant.name.clone()),
            ("domain", tenant.domain.clone()),
            ("id", tenant.id.to_string()),
            ("forest", tenant.forest.clone()),
        ];
        let known = "`tenant.name`, `.domain`, `.id` and `.forest`";
        return one(&fields, field).ok_or_else(|| unknown(known));
    }
    let fields = match look(name)? {
        Played::Person(id) => tenant.person(id).map(|person| of_person(tenant, person)),
        Played::Mailbox(id) => tenant.mailbox(id).map(|one| of_mailbox(tenant, id, one)),
        Played::Application(id) => tenant.application(id).map(|application| {
            vec![
                ("name", application.name.clone()),
                ("id", application.app_id.to_string()),
                ("object", application.object.to_string()),
            ]
        }),
        Played::Several(ids) => {
            let people = ids.iter().filter_map(|id| tenant.person(*id));
            let names: Vec<_> = people.map(|person| person.name.clone()).collect();
            Some(vec![("names", names.join(", "))])
        }
        Played::Place(id) => place::info(id).map(|place| {
            vec![
                ("city", place.city.to_owned()),
                ("country", place.country.to_owned()),
            ]
        }),
        Played::New => None,
    };
    let fields = fields.unwrap_or_default();
    one(&fields, field).ok_or_else(|| {
        let known: Vec<_> = fields.iter().map(|(field, _)| *field).collect();
        unknown(&format!("`{name}.` with {}", known.join(", ")))
    })
}

fn one(fields: &[(&str, String)], field: &str) -> Option<String> {
    let found = fields.iter().find(|(known, _)| *known == field);
    found.map(|(_, value)| value.clone())
}

fn of_person(tenant: &Tenant, person: &Person) -> Vec<(&'static str, String)> {
    let own = person
        .mailbox
        .and_then(|id| Some((id, tenant.mailbox(id)?)));
    let mut fields = vec![
        ("name", person.name.clone()),
        ("alias", person.alias.clone()),
        ("upn", person.upn.clone()),
        ("sign-in", person.sign_in.clone()),
        ("object", person.object.to_string()),
    ];
    if let Some((id, mailbox)) = own {
        let known: Vec<_> = fields.iter().map(|(field, _)| *field).collect();
        let more = of_mailbox(tenant, id, mailbox);
        fields.extend(more.into_iter().filter(|(field, _)| !known.contains(field)));
    }
    fields
}

fn of_mailbox(tenant: &Tenant, id: MailboxId, mailbox: &Mailbox) -> Vec<(&'static str, String)> {
    vec![
        ("name", mailbox.name.clone()),
        ("alias", mailbox.alias.clone()),
        ("address", mailbox.address.clone()),
        ("guid", mailbox.guid.to_string()),
        ("object", mailbox.object.to_string()),
        ("canonical", canonical(tenant, &mailbox.alias)),
        ("inbox", Folders::of(tenant, id).path(Folder::Inbox)),
    ]
}
