//! Events as records of the unified audit log, in the native JSON (`AuditData`) of the Management Activity API.
//!
//! Members and their order are those of real records (TELEMETRY §1). A record is a pure function of tenant and event. Not here:
//! envelopes around it (`shape`), sign-ins and directory audits as Graph has them (`sign_in`, `directory`).

pub(super) mod address;
mod cmdlet;
pub(super) mod entra;
pub(super) mod folder;
pub(super) mod identity;
pub(super) mod logon;
mod mail;
pub(super) mod message;
mod server;
#[cfg(test)]
pub(super) mod stage;
#[cfg(test)]
mod tests;
pub(super) mod token;

use super::event::{Act, Event};
use super::json::Json;
use super::tenant::Tenant;
use identity::Identity;

pub use identity::canonical;
pub(super) use logon::Failure;

/// Appends the record of an event as one line of JSON without its end; false for events that the unified log does not have.
pub fn write(tenant: &Tenant, event: &Event, out: &mut Vec<u8>) -> bool {
    if !event.is_unified() {
        return false;
    }
    match &event.act {
        Act::Mail(mail) => mail::write(tenant, event, mail, out),
        Act::Cmdlet(cmdlet) => cmdlet::write(tenant, event, cmdlet, out),
        Act::Change(change) => entra::write(tenant, event, change, out),
        Act::SignIn(sign_in) => logon::write(tenant, event, sign_in, out),
    }
}

/// What the first members of every record say.
struct Head<'h> {
    operation: &'h str,
    record_type: u64,
    status: &'h str,
    workload: &'h str,
}

/// Writes the first members of a record, up to the workload.
fn head(json: &mut Json<'_>, tenant: &Tenant, event: &Event, who: &Identity<'_>, head: &Head<'_>) {
    json.name("CreationTime").time(event.time);
    json.name("Id").guid(event.key.record_id(tenant.seed));
    json.name("Operation").text(head.operation);
    json.name("OrganizationId").guid(tenant.id);
    json.name("RecordType").number(head.record_type);
    json.name("ResultStatus").plain(head.status);
    json.name("UserKey");
    who.key(json);
    json.name("UserType").number(who.user_type);
    json.name("Version").number(1);
    json.name("Workload").plain(head.workload);
}

/// Writes a named value: `{"Name":…,"Value":…}`.
fn property(json: &mut Json<'_>, name: &str, value: &str) {
    json.object(|json| {
        json.name("Name").text(name);
        json.name("Value").text(value);
    });
}
