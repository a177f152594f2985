//! Directory changes as Microsoft Graph lists them (`directoryAudit`).
//!
//! The same changes as record type 8 of the unified log, under ids of their own: what joins the two is `correlationId` (TELEMETRY §4.6).
//! Not here: other shapes of the same (`shape`), the record of the unified log (`native`).

#[cfg(test)]
mod tests;

use super::change;
use super::event::{Act, Actor, Change, Event, Object, Service};
use super::id::Guid;
use super::json::{Json, digits, push_time};
use super::native::address;
use super::native::entra::{self, Described};
use super::native::identity::Who;
use super::tenant::Tenant;
use serde_json::Value;

/// Appends a directory audit as one line of JSON without its end; false for events that are none.
pub fn write(tenant: &Tenant, event: &Event, out: &mut Vec<u8>) -> bool {
    let Act::Change(change) = &event.act else {
        return false;
    };
    let Some(who) = Who::of(tenant, change.hand.actor) else {
        return false;
    };
    let target = Described::of(tenant, change.target);
    let case = Case {
        tenant,
        event,
        change,
        who,
        category: entra::category(&change.operation, &target),
        target,
    };
    Json::document(out, |json| case.write(json));
    true
}

/// Everything that one change is about.
struct Case<'t> {
    tenant: &'t Tenant,
    event: &'t Event,
    change: &'t Change,
    who: Who<'t>,
    category: &'static str,
    target: Described,
}

impl Case<'_> {
    fn write(&self, json: &mut Json<'_>) {
        let correlation = entra::correlation(self.tenant, self.change);
        let request = entra::request(self.tenant, self.event);
        json.name("id")
            .plain_with(|out| push_id(correlation, request, out));
        json.name("category").plain(self.log_category());
        json.name("correlationId").guid(correlation);
        let failed = self.change.failed.as_deref();
        let result = if failed.is_some() {
            "failure"
        } else {
            "success"
        };
        json.name("result").plain(result);
        json.name("resultReason").text(failed.unwrap_or_default());
        json.name("activityDisplayName")
            .text(activity(&self.change.operation));
        json.name("activityDateTime").plain_with(|out| {
            push_time(self.event.time, out);
            let [.., a, b, c] = request.0.to_be_bytes();
            let fraction = u64::from(a) << 16 | u64::from(b) << 8 | u64::from(c);
            out.push(b'.');
            digits(fraction % 10_000_000, 7, out);
            out.push(b'Z');
        });
        json.name("loggedByService").plain("Core Directory");
        json.name("operationType").plain(self.kind());
        self.agent(json);
        self.initiator(json);
        self.targets(json);
        self.details(json);
    }

    /// `category`: the part of the directory that changed.
    fn log_category(&self) -> &'static str {
        match self.category {
            "Role" => "RoleManagement",
            "User" => "UserManagement",
            "Company" => "DirectoryManagement",
            _ => "ApplicationManagement",
        }
    }

    fn kind(&self) -> &'static str {
        let first = self.change.operation.split(' ').next().unwrap_or_default();
        match (first, self.category) {
            ("Consent", _) | ("Add", "Role") => "Assign",
            ("Add", _) if self.is_between_two() => "Assign",
            ("Add", _) => "Add",
            ("Remove", "Role") => "Unassign",
            ("Remove", _) if self.is_between_two() => "Unassign",
            ("Remove" | "Delete", _) => "Delete",
            _ => "Update",
        }
    }

    /// Whether the change ties two objects together: a grant, an assignment, an owner.
    fn is_between_two(&self) -> bool {
        let operation = &self.change.operation;
        ["grant", "assignment", "owner"]
            .iter()
            .any(|word| operation.contains(word))
    }

    fn agent(&self, json: &mut Json<'_>) {
        let agent = self.written_agent();
        json.name("userAgent");
        match agent {
            Some(agent) => json.text(&agent),
            None => json.null(),
        }
    }

    fn written_agent(&self) -> Option<String> {
        let mut agent = Vec::new();
        let released = self.event.time - self.who.lag();
        entra::push_agent(self.change, self.category, released, &mut agent);
        (!agent.is_empty()).then(|| String::from_utf8_lossy(&agent).into_owned())
    }

    fn initiator(&self, json: &mut Json<'_>) {
        json.name("initiatedBy").object(|json| match self.who {
            Who::Person(person, _) => {
                json.name("user").object(|json| {
                    json.name("id").guid(person.object);
                    json.name("displayName").null();
                    json.name("userPrincipalName").text(&person.upn);
                    json.name("ipAddress");
                    if entra::shows_address(self.tenant, self.event, self.change) {
                        json.plain_with(|out| address::push(self.change.hand.address, out));
                    } else {
                        json.plain("");
                    }
                    json.name("userType").null();
                    json.name("homeTenantId");
                    if person.tenant == self.tenant.id {
                        json.null();
                    } else {
                        json.guid(person.tenant);
                    }
                    json.name("homeTenantName").null();
                });
                json.name("app").null();
            }
            Who::Application(application) => {
                json.name("user").null();
                app(json, &application.name, application.object);
            }
            Who::Service(service) => {
                json.name("user").null();
                let name = match service {
                    Service::Certificate => "Microsoft Azure AD Internal - Jit Provisioning",
                    _ => "Microsoft Office 365 Portal",
                };
                app(json, name, Guid::of(service as u64, self.tenant.seed));
            }
        });
    }

    fn targets(&self, json: &mut Json<'_>) {
        let modified = entra::modified(self.change);
        json.name("targetResources").list(|json| {
            resource(json, &self.target, |json| {
                for (name, old, new) in &modified {
                    self.property(json, name, old, new);
                }
            });
            if let Some(second) = self.second() {
                resource(json, &second, |_| ());
            }
        });
    }

    /// The other object of an assignment, which the unified log has among the properties only.
    fn second(&self) -> Option<Described> {
        let object = self.change.modified.iter().find_map(|(name, old, new)| {
            matches!(
                &**name,
                "ServicePrincipal.ObjectID" | "User.ObjectID" | "Application.ObjectID"
            )
            .then_some(if new.is_empty() { old } else { new })
        })?;
        let id = Guid::read(object)?;
        let applications = (0..).zip(&self.tenant.applications);
        let mut found = applications.filter_map(|(at, application)| {
            let at = super::id::ApplicationId(at);
            if application.object == id {
                Some(Object::ServicePrincipal(at))
            } else if application.registration == Some(id) {
                Some(Object::Registration(at))
            } else {
                None
            }
        });
        let acting = || match self.change.hand.actor {
            Actor::Person(person) | Actor::OnBehalf(_, person) => Some(Object::Person(person)),
            Actor::Application(_) | Actor::Service(_) => None,
        };
        let described = Described::of(self.tenant, found.next().or_else(acting)?);
        (described.id == id).then_some(described)
    }

    fn property(&self, json: &mut Json<'_>, name: &str, old: &str, new: &str) {
        json.object(|json| {
            json.name("displayName").text(name);
            json.name("oldValue");
            value(json, old);
            json.name("newValue");
            if change::is_time(name) {
                let mut time = Vec::from(*b"\"");
                push_time(self.event.time, &mut time);
                time.extend_from_slice(b"Z\"");
                json.text(&String::from_utf8_lossy(&time));
            } else {
                value(json, new);
            }
        });
    }

    fn details(&self, json: &mut Json<'_>) {
        json.name("additionalDetails").list(|json| {
            if let Some(agent) = self.written_agent() {
                detail(json, "User-Agent", &agent);
                if let Some(app) = self.target.app.filter(|_| self.category == "Application") {
                    detail(json, "AppId", &app.to_string());
                }
            }
        });
    }
}

/// An operation as this log has it: without the full stop of the unified log.
fn activity(operation: &str) -> &str {
    operation.strip_suffix('.').unwrap_or(operation)
}

/// `Directory_<correlation>_<shard>_<number>`: both from the request, of which the correlation has several.
fn push_id(correlation: Guid, request: Guid, out: &mut Vec<u8>) {
    const LETTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    out.extend_from_slice(b"Directory_");
    correlation.push(out);
    out.push(b'_');
    let [bytes @ .., a, b, c, d] = request.0.to_be_bytes();
    for byte in bytes.iter().take(5) {
        out.extend(LETTERS.get(usize::from(*byte) % LETTERS.len()));
    }
    out.push(b'_');
    digits(u64::from(u32::from_be_bytes([a, b, c, d])), 1, out);
}

fn app(json: &mut Json<'_>, name: &str, principal: Guid) {
    json.name("app").object(|json| {
        json.name("appId").null();
        json.name("displayName").text(name);
        json.name("servicePrincipalId").guid(principal);
        json.name("servicePrincipalName").null();
    });
}

fn resource(json: &mut Json<'_>, what: &Described, fill: impl FnOnce(&mut Json<'_>)) {
    json.object(|json| {
        json.name("id").guid(what.id);
        json.name("displayName");
        if what.kind == "User" {
            json.null();
        } else {
            json.text(&what.name);
        }
        json.name("type").plain(what.kind);
        json.name("userPrincipalName");
        if what.upn.is_empty() {
            json.null();
        } else {
            json.text(&what.upn);
        }
        json.name("groupType").null();
        json.name("modifiedProperties").list(fill);
    });
}

fn detail(json: &mut Json<'_>, key: &str, value: &str) {
    json.object(|json| {
        json.name("key").plain(key);
        json.name("value").text(value);
    });
}

/// A value as this log has it: JSON in a text, on one line; nothing where there is none.
fn value(json: &mut Json<'_>, value: &str) {
    if value.is_empty() {
        json.null();
        return;
    }
    let list = value
        .starts_with('[')
        .then(|| serde_json::from_str::<Value>(value).ok())
        .flatten();
    if let Some(list) = list {
        json.text(&list.to_string());
    } else {
        let mut quoted = Vec::new();
        Json(&mut quoted).text(value);
        json.text(&String::from_utf8_lossy(&quoted));
    }
}
