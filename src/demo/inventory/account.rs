//! Accounts: mailboxes as `Get-Mailbox` lists them, users of Graph, and whom mailbox audit passes over.
//!
//! Not here: applications (`application`).

use super::View;
use super::access::kind;
use super::folder::is_listed;
use super::names::{Holder, sid};
use super::state::before;
use crate::demo::event::Second;
use crate::demo::id::{MailboxId, PersonId};
use crate::demo::tenant::{Mailbox, Person, Role};
use serde_json::{Value, json};

/// A moment as Graph writes it.
pub(super) fn time(moment: Second) -> String {
    let moment = crate::time::from_micros(moment.saturating_mul(1_000_000));
    crate::time::rfc3339(moment)
}

/// What `Get-Mailbox` lists.
pub(super) fn mailboxes(view: View<'_>, give: &mut dyn FnMut(Value)) {
    for (id, mailbox) in (0..).map(MailboxId).zip(&view.tenant.mailboxes) {
        if is_listed(view, mailbox) {
            give(entry(view, id, mailbox));
        }
    }
}

/// The name by which old clients know a mailbox.
fn legacy(mailbox: &Mailbox) -> String {
    let digits = format!("{:032x}", mailbox.guid.0);
    format!(
        "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn={digits}-{}",
        mailbox.alias
    )
}

fn entry(view: View<'_>, id: MailboxId, mailbox: &Mailbox) -> Value {
    let on_behalf = view.state.on_behalf.get(&id).into_iter().flatten();
    let on_behalf: Vec<String> = on_behalf.map(|holder| holder.alias(view.tenant)).collect();
    let forwarding = view.state.forwarding.get(&id).cloned().unwrap_or_default();
    let made = mailbox.owner.map_or_else(
        || before(view.tenant, "mailbox", u64::from(id.0)),
        |owner| view.state.made(view.tenant, owner),
    );
    let text = |text: &str| {
        if text.is_empty() {
            Value::Null
        } else {
            json!(text)
        }
    };
    let legacy = legacy(mailbox);
    json!({
        "Name": mailbox.alias,
        "Alias": mailbox.alias,
        "DisplayName": mailbox.name,
        "UserPrincipalName": mailbox.address,
        "PrimarySmtpAddress": mailbox.address,
        "EmailAddresses": [format!("SMTP:{}", mailbox.address), format!("SIP:{}", mailbox.address), format!("X500:{legacy}")],
        "ExchangeGuid": mailbox.guid.to_string(),
        "ExternalDirectoryObjectId": mailbox.object.to_string(),
        "LegacyExchangeDN": legacy,
        "Identity": mailbox.alias,
        "RecipientTypeDetails": kind(mailbox),
        "GrantSendOnBehalfTo": on_behalf,
        "ForwardingAddress": text(&forwarding.address),
        "ForwardingSmtpAddress": text(&forwarding.smtp),
        "DeliverToMailboxAndForward": forwarding.is_delivered,
        "AuditEnabled": !view.state.unaudited.contains(&id),
        "WhenCreatedUTC": time(made),
    })
}

/// Users of Graph.
pub(super) fn users(view: View<'_>, give: &mut dyn FnMut(Value)) {
    for (id, person) in (0..).map(PersonId).zip(&view.tenant.people) {
        // The account of a partner is in the partner's own tenant.
        if person.role != Role::Partner && view.state.has_person(view.tenant, id) {
            give(user(view, id, person));
        }
    }
}

fn user(view: View<'_>, id: PersonId, person: &Person) -> Value {
    let tenant = view.tenant;
    let mailbox = person.mailbox.and_then(|id| tenant.mailbox(id));
    let is_guest = person.role == Role::Guest;
    let mail = match mailbox {
        Some(mailbox) => json!(mailbox.address),
        None if is_guest => json!(person.sign_in),
        None => Value::Null,
    };
    let addresses: Vec<String> = mail
        .as_str()
        .map(|mail| format!("SMTP:{mail}"))
        .into_iter()
        .collect();
    let other: Vec<&str> = is_guest.then_some(&*person.sign_in).into_iter().collect();
    json!({
        "id": person.object.to_string(),
        "userPrincipalName": person.upn,
        "displayName": person.name,
        "mail": mail,
        "proxyAddresses": addresses,
        "otherMails": other,
        "userType": if is_guest { "Guest" } else { "Member" },
        "accountEnabled": !view.state.disabled.contains(&id),
        "createdDateTime": time(view.state.made(tenant, id)),
        "securityIdentifier": sid(tenant, person.rid),
    })
}

/// `Get-MailboxAuditBypassAssociation` of everybody.
pub(super) fn bypasses(view: View<'_>, give: &mut dyn FnMut(Value)) {
    let mut put = |holder: &Holder| {
        let name = holder.alias(view.tenant);
        let is_bypassed = view.state.bypassed.contains(holder);
        give(json!({"Name": name, "Identity": name, "AuditBypassEnabled": is_bypassed}));
    };
    for (id, person) in (0..).map(PersonId).zip(&view.tenant.people) {
        if person.role != Role::Partner && view.state.has_person(view.tenant, id) {
            put(&Holder::Person(id));
        }
    }
    let others = view
        .state
        .bypassed
        .iter()
        .filter(|holder| !matches!(holder, Holder::Person(_)));
    others.for_each(put);
}
