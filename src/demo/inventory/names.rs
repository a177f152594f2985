//! Whom the texts of parameters mean: people, mailboxes and applications under all the names they have.
//!
//! Only the digests of names are kept, for a tenant has millions. Not here: how records spell them (`native`).

use super::View;
use crate::demo::chance::mixed;
use crate::demo::id::{ApplicationId, MailboxId, PersonId};
use crate::demo::tenant::{Person, Tenant};

/// Who or what has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Person(PersonId),
    Mailbox(MailboxId),
    Application(ApplicationId),
}

/// Who holds a right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    /// Everybody in the tenant.
    Default,
    /// Everybody, signed in or not.
    Anonymous,
    /// A person of the tenant.
    Person(PersonId),
    /// An application of the tenant.
    Application(ApplicationId),
    /// Somebody else, under the name as it was written.
    Other(String),
}

/// The names of everybody and everything.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<(u64, Named)>);

/// The digest of a name, in whatever case.
fn digest(name: &str) -> u64 {
    let letters = name.chars().flat_map(char::to_lowercase);
    letters.fold(0, |digest, letter| mixed(digest ^ u64::from(letter)))
}

impl Names {
    /// The names of a tenant.
    pub(super) fn new(tenant: &Tenant) -> Self {
        let mut names = Vec::new();
        let mut put = |text: &str, named| {
            if !text.is_empty() {
                names.push((digest(text), named));
            }
        };
        for (id, person) in (0..).map(PersonId).zip(&tenant.people) {
            let object = person.object.to_string();
            for name in [
                &person.upn,
                &person.sign_in,
                &person.alias,
                &person.name,
                &object,
            ] {
                put(name, Named::Person(id));
            }
        }
        for (id, mailbox) in (0..).map(MailboxId).zip(&tenant.mailboxes) {
            let ids = [mailbox.object.to_string(), mailbox.guid.to_string()];
            let whose = mailbox.owner.map_or(Named::Mailbox(id), Named::Person);
            for name in [&mailbox.address, &mailbox.alias, &mailbox.name]
                .into_iter()
                .chain(&ids)
            {
                put(name, whose);
            }
        }
        for (id, application) in (0..).map(ApplicationId).zip(&tenant.applications) {
            let ids = [
                application.app_id.to_string(),
                application.object.to_string(),
            ];
            for name in ids.iter().chain([&application.name]) {
                put(name, Named::Application(id));
            }
        }
        names.sort_unstable();
        Self(names)
    }

    fn exactly(&self, name: &str) -> Option<Named> {
        let digest = digest(name);
        let at = self.0.partition_point(|(own, _)| *own < digest);
        let (own, named) = self.0.get(at)?;
        (*own == digest).then_some(*named)
    }

    /// Whom a text means: a name, the last part of a canonical name, a name with the suffix that Exchange adds.
    fn find(&self, text: &str) -> Option<Named> {
        let text = text.trim();
        let text = text.strip_prefix("smtp:").unwrap_or(text);
        let last = text.rsplit(['/', '\\']).next().unwrap_or(text);
        let bare = last.rsplit_once('_').filter(|(_, end)| end.len() == 10);
        let found = self.exactly(text).or_else(|| self.exactly(last));
        found.or_else(|| self.exactly(bare?.0))
    }

    /// The mailbox that a text means.
    pub(super) fn mailbox(&self, tenant: &Tenant, text: &str) -> Option<MailboxId> {
        match self.find(text)? {
            Named::Person(id) => tenant.mailbox_of(id),
            Named::Mailbox(id) => Some(id),
            Named::Application(_) => None,
        }
    }

    /// The application that a text means.
    pub(super) fn application(&self, text: &str) -> Option<ApplicationId> {
        match self.find(text)? {
            Named::Application(id) => Some(id),
            Named::Person(_) | Named::Mailbox(_) => None,
        }
    }

    /// Who a text says holds a right.
    pub(super) fn holder(&self, text: &str) -> Holder {
        match self.find(text) {
            Some(Named::Person(id)) => Holder::Person(id),
            Some(Named::Application(id)) => Holder::Application(id),
            _ if text.eq_ignore_ascii_case("default") => Holder::Default,
            _ if text.eq_ignore_ascii_case("anonymous") => Holder::Anonymous,
            _ => Holder::Other(text.to_owned()),
        }
    }

    /// Those that a list of names means: `a;b`, also with what PowerShell puts around it.
    pub(super) fn holders(&self, list: &str) -> Vec<Holder> {
        let parts = list.split([';', ',']);
        let bare =
            parts.map(|part| part.trim_matches(|c: char| c.is_whitespace() || "\"'{}".contains(c)));
        bare.filter(|part| !part.is_empty())
            .map(|part| self.holder(part))
            .collect()
    }
}

impl Holder {
    /// The name under which lists of Exchange show them: people by user name, applications by display name. Of accounts that are
    /// gone the SID is left.
    pub(super) fn user(&self, view: View<'_>) -> String {
        let person = |person: &Person| person.upn.clone();
        self.shown(view, person)
    }

    /// The name under which folders and summaries show them: the display name.
    pub(super) fn display(&self, view: View<'_>) -> String {
        let person = |person: &Person| person.name.clone();
        self.shown(view, person)
    }

    fn shown(&self, view: View<'_>, name: impl Fn(&Person) -> String) -> String {
        let Self::Person(id) = self else {
            return self.alias(view.tenant);
        };
        let person = view.tenant.person(*id);
        let is_gone = view.state.gone_people.contains(id);
        person.map_or_else(String::new, |person| {
            if is_gone {
                sid(view.tenant, person.rid)
            } else {
                name(person)
            }
        })
    }

    /// The name of an object in Exchange: the alias.
    pub(super) fn alias(&self, tenant: &Tenant) -> String {
        let known = match self {
            Self::Default => return "Default".to_owned(),
            Self::Anonymous => return "Anonymous".to_owned(),
            Self::Other(name) => return name.clone(),
            Self::Person(id) => tenant.person(*id).map(|person| &person.alias),
            Self::Application(id) => tenant.application(*id).map(|application| &application.name),
        };
        known.cloned().unwrap_or_default()
    }
}

/// The SID of an account of the tenant.
pub(super) fn sid(tenant: &Tenant, rid: u32) -> String {
    let [one, two, three] = tenant.sid;
    format!("S-1-5-21-{one}-{two}-{three}-{rid}")
}
