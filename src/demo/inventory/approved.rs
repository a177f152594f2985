//! The approved list that a company keeps: applications, and who works in whose mailbox.
//!
//! Not here: what was approved of in a story, which its labels say.

use crate::demo::id::PersonId;
use crate::demo::tenant::{Publisher, Tenant};
use std::fmt::Write as _;

/// A text in quotes of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The approved list as TOML.
pub fn approved(tenant: &Tenant) -> String {
    let mut list = String::from(
        "# Applications that the company uses: client id and name. Microsoft's own are not listed.\noauth_client_id_allowlist = [\n",
    );
    let applications = tenant.applications.iter();
    let applications =
        applications.filter(|own| own.is_approved && own.publisher != Publisher::Microsoft);
    for own in applications {
        let (id, name) = (quoted(&own.app_id.to_string()), quoted(&own.name));
        let _ = writeln!(list, "  {{ id = {id}, name = {name} }},");
    }
    list.push_str(
        "]\n\n# Who works in whose mailbox since before the log begins: delegate and mailbox.\nmailbox_delegate_allowlist = [\n",
    );
    let mut put = |delegate: PersonId, mailbox: &str| {
        if let Some(person) = tenant.person(delegate) {
            let (delegate, mailbox) = (quoted(&person.upn), quoted(mailbox));
            let _ = writeln!(list, "  {{ delegate = {delegate}, mailbox = {mailbox} }},");
        }
    };
    for mailbox in &tenant.mailboxes {
        for delegate in &mailbox.delegates {
            put(*delegate, &mailbox.address);
        }
    }
    for (id, person) in (0..).map(PersonId).zip(&tenant.people) {
        let chief = person.assists.and_then(|chief| tenant.mailbox_of(chief));
        if let Some(mailbox) = chief.and_then(|id| tenant.mailbox(id)) {
            put(id, &mailbox.address);
        }
    }
    list.push_str("]\n");
    list
}
