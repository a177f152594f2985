//! Directory changes in the unified log: record type 8.
//!
//! Actors and targets are lists of identifiers whose layout depends on what they are (TELEMETRY §1.10). Not here: the directory audit log
//! of the same changes (`directory`).

use super::identity::{Identity, UserKey, Who, name_of, spelling};
use super::logon::identifier;
use super::{Head, address, head};
use crate::demo::chance::{Dice, Domain};
use crate::demo::change;
use crate::demo::change::resource::Api;
use crate::demo::client::Client;
use crate::demo::event::{Actor, Change, Event, Object, Second, Service};
use crate::demo::id::Guid;
use crate::demo::json::{Json, clock_of, day_of, hex};
use crate::demo::tenant::Tenant;

/// Appends the record of a directory change; false where the tenant has no such actor.
pub(super) fn write(tenant: &Tenant, event: &Event, change: &Change, out: &mut Vec<u8>) -> bool {
    let Some(who) = Who::of(tenant, change.hand.actor) else {
        return false;
    };
    let principal = who.principal();
    let case = Case {
        tenant,
        event,
        change,
        who,
        identity: identity(who, &principal),
        target: Described::of(tenant, change.target),
    };
    Json::document(out, |json| case.write(json));
    true
}

/// Entra knows administrators as ordinary users and applications as systems.
fn identity<'i>(who: Who<'i>, principal: &'i str) -> Identity<'i> {
    let nobody = UserKey::Text("Not Available");
    match who {
        Who::Person(person, _) => {
            let (_, domain) = name_of(person).split_once('@').unwrap_or_default();
            Identity {
                user_key: UserKey::PuidAt(person.puid, domain),
                user_type: 0,
                ..Identity::person(person)
            }
        }
        Who::Application(_) => Identity {
            user: principal,
            user_key: nobody,
            user_type: 4,
        },
        Who::Service(Service::PasswordWriteBack) => Identity {
            user_key: UserKey::PuidAt(WRITE_BACK, "support.onmicrosoft.com"),
            ..Identity::service(Service::PasswordWriteBack)
        },
        Who::Service(service) => Identity {
            user_key: nobody,
            user_type: 4,
            ..Identity::service(service)
        },
    }
}

/// PUID of the account that writes passwords back.
const WRITE_BACK: u64 = 0x1003_0000_8160_20D9;

/// What an object of the directory is called.
#[derive(Debug, Clone, Default)]
pub(in crate::demo) struct Described {
    /// Its object id.
    pub(in crate::demo) id: Guid,
    /// `User`, `ServicePrincipal`, `Application`, `Directory`.
    pub(in crate::demo) kind: &'static str,
    /// Its display name.
    pub(in crate::demo) name: String,
    /// User principal name of a user.
    pub(in crate::demo) upn: String,
    /// PUID of a user.
    puid: u64,
    /// Application id of an application or its service principal.
    pub(in crate::demo) app: Option<Guid>,
    /// Service principal names.
    names: String,
}

impl Described {
    /// What an object of a tenant is called; nothing where the tenant has none.
    pub(in crate::demo) fn of(tenant: &Tenant, object: Object) -> Self {
        let found = match object {
            Object::Person(id) => tenant.person(id).map(|person| Self {
                id: person.object,
                kind: "User",
                name: person.name.clone(),
                upn: person.upn.clone(),
                puid: person.puid,
                ..Self::default()
            }),
            Object::ServicePrincipal(id) => tenant.application(id).map(|application| Self {
                id: application.object,
                kind: "ServicePrincipal",
                name: application.name.clone(),
                app: Some(application.app_id),
                names: application.app_id.to_string(),
                ..Self::default()
            }),
            Object::Registration(id) => tenant.application(id).map(|application| Self {
                id: application.registration.unwrap_or(application.object),
                kind: "Application",
                name: application.name.clone(),
                app: Some(application.app_id),
                ..Self::default()
            }),
            Object::Resource(resource) => {
                let api = Api::of(resource);
                Some(Self {
                    id: api.object(tenant),
                    kind: "ServicePrincipal",
                    name: api.name.to_owned(),
                    app: Some(api.app_id),
                    names: api.names.to_owned(),
                    ..Self::default()
                })
            }
            Object::Company => Some(Self {
                id: tenant.id,
                kind: "Directory",
                name: tenant.name.clone(),
                ..Self::default()
            }),
        };
        found.unwrap_or_default()
    }

    /// The kind as it prefixes object ids.
    fn prefix(&self) -> &'static str {
        if self.kind == "Directory" {
            "Company"
        } else {
            self.kind
        }
    }

    /// `ObjectId` of a record.
    fn object(&self) -> String {
        match self.kind {
            "User" => self.upn.clone(),
            "ServicePrincipal" => self.names.clone(),
            _ => format!("{}_{}", self.prefix(), self.id),
        }
    }

    fn write(&self, json: &mut Json<'_>) {
        identifier(json, 2, |json| {
            json.plain(&format!("{}_{}", self.prefix(), self.id));
        });
        identifier(json, 2, |json| json.guid(self.id));
        identifier(json, 2, |json| json.plain(self.kind));
        if self.kind == "User" {
            identifier(json, 5, |json| json.text(&self.upn));
            identifier(json, 3, |json| {
                json.plain_with(|out| hex(self.puid, 16, out));
            });
            return;
        }
        identifier(json, 1, |json| json.text(&self.name));
        if let Some(app) = self.app {
            identifier(json, 2, |json| json.guid(app));
        }
        if !self.names.is_empty() {
            identifier(json, 4, |json| json.text(&self.names));
        }
    }
}

/// The category of a change in the directory: what `extendedAuditEventCategory` says.
pub(in crate::demo) fn category(operation: &str, target: &Described) -> &'static str {
    if operation.contains(" role.") && !operation.contains("app role") {
        "Role"
    } else if operation.ends_with("to application.") && operation.contains("owner") {
        "Application"
    } else if operation.ends_with("to service principal.") && operation.contains("owner") {
        "ServicePrincipal"
    } else if target.kind == "Directory" {
        "Company"
    } else {
        target.kind
    }
}

/// Whether a change is part of a consent that somebody gives at the prompt.
pub(in crate::demo) fn is_prompted(change: &Change) -> bool {
    const PARTS: [&str; 5] = [
        "Consent to application.",
        "Add delegated permission grant.",
        "Remove delegated permission grant.",
        "Add app role assignment grant to user.",
        "Add service principal.",
    ];
    let is_tool = matches!(
        change.hand.client,
        Client::EntraPortal | Client::AdminPortal | Client::GraphPowerShell
    );
    !is_tool && PARTS.contains(&&*change.operation)
}

/// The portal or program through which a person changes the directory, as the record names it beside them: id, and name where it has one.
/// Changes of users and roles name none.
fn through(change: &Change, category: &str) -> Option<(&'static str, Guid)> {
    if is_prompted(change) {
        return Some((
            "Azure ESTS Service",
            Guid(0x0000_0001_0000_0000_c000_0000_0000_0000),
        ));
    }
    match (change.hand.client, category) {
        (Client::GraphPowerShell, _)
        | (Client::AdminPortal, "ServicePrincipal" | "Application") => {
            let (id, name) = change.hand.client.application();
            Some((name, id))
        }
        (_, "User" | "Role" | "Company") => None,
        (Client::EntraPortal, "Application") => {
            Some(("", Guid(0x18ed_3507_a475_4ccb_b669_d66b_c9f2_a36e)))
        }
        (Client::EntraPortal, _) => Some(("", Guid(0x7465_8136_14ec_4630_ad9b_26e1_60ff_0fc6))),
        _ => None,
    }
}

/// Appends the user agent that a change shows; nothing where it shows none.
pub(in crate::demo) fn push_agent(
    change: &Change,
    category: &str,
    time: Second,
    out: &mut Vec<u8>,
) {
    if is_prompted(change) {
        out.extend_from_slice(b"EvoSTS");
        return;
    }
    // Changes of users and roles carry no agent, and those of the admin portal only its name.
    match (change.hand.client, category) {
        (_, "User" | "Role" | "Company") | (Client::Server | Client::RestSystem, _) => {}
        (Client::AdminPortal, _) => out.extend_from_slice(b"O365AdminPortal"),
        (client, _) => client.spec().push_agent(time, out),
    }
}

/// The address that a change shows: `None` where the record has no such member.
pub(in crate::demo) fn shows_address(tenant: &Tenant, event: &Event, change: &Change) -> bool {
    let mut dice = Dice::of(tenant.seed, Domain("entra-address"), &[event.key.0]);
    match (change.hand.actor, change.hand.client) {
        (Actor::Service(_) | Actor::Application(_), _) | (_, Client::AdminPortal) => false,
        _ if is_prompted(change) => true,
        _ => dice.happens(3, 4),
    }
}

/// Id of the request, which the directory audit log shows as part of its own id.
pub(in crate::demo) fn request(tenant: &Tenant, event: &Event) -> Guid {
    Guid::of(event.key.0, tenant.seed ^ 0x1274_a5e7)
}

/// Id that the records of one act share, in both logs.
pub(in crate::demo) fn correlation(tenant: &Tenant, change: &Change) -> Guid {
    Guid::of(change.correlation, tenant.seed ^ 0xc044_e1a8)
}

/// The changed properties with what failed among them: before the names of the target, which come last.
pub(in crate::demo) fn modified(change: &Change) -> Vec<(&str, &str, &str)> {
    let mut modified: Vec<(&str, &str, &str)> = change
        .modified
        .iter()
        .map(|(name, old, new)| (&**name, old.as_str(), new.as_str()))
        .collect();
    if let Some(reason) = &change.failed {
        let is_last = modified
            .last()
            .is_some_and(|(name, _, _)| name.starts_with("TargetId."));
        let at = modified.len() - usize::from(is_last);
        modified.insert(at, ("MethodExecutionResult.", "", reason));
    }
    modified
}

/// Everything that one record is about.
struct Case<'t> {
    tenant: &'t Tenant,
    event: &'t Event,
    change: &'t Change,
    who: Who<'t>,
    identity: Identity<'t>,
    target: Described,
}

impl Case<'_> {
    fn write(&self, json: &mut Json<'_>) {
        let change = self.change;
        let first = Head {
            operation: &change.operation,
            record_type: 8,
            status: if change.failed.is_some() {
                "Failure"
            } else {
                "Success"
            },
            workload: "AzureActiveDirectory",
        };
        head(json, self.tenant, self.event, &self.identity, &first);
        let shows = shows_address(self.tenant, self.event, change);
        let address = |out: &mut Vec<u8>| address::push(change.hand.address, out);
        if shows {
            json.name("ClientIP").plain_with(address);
        }
        json.name("ObjectId").text(&self.target.object());
        json.name("UserId").text(self.identity.user);
        json.name("AzureActiveDirectoryEventType").number(1);
        let category = category(&change.operation, &self.target);
        self.extended(json, category);
        self.modified(json);
        json.name("Actor").list(|json| self.actor(json, category));
        let context = match self.who {
            Who::Person(person, _) => person.tenant,
            Who::Application(_) | Who::Service(_) => self.tenant.id,
        };
        json.name("ActorContextId").guid(context);
        if shows {
            json.name("ActorIpAddress").plain_with(address);
        }
        json.name("InterSystemsId")
            .guid(correlation(self.tenant, change));
        json.name("IntraSystemId")
            .guid(request(self.tenant, self.event));
        json.name("SupportTicketId").plain("");
        json.name("Target").list(|json| self.target.write(json));
        json.name("TargetContextId").guid(self.tenant.id);
    }

    fn extended(&self, json: &mut Json<'_>, category: &str) {
        let mut agent = Vec::new();
        let released = self.event.time - self.who.lag();
        push_agent(self.change, category, released, &mut agent);
        let mut details = Vec::new();
        Json::document(&mut details, |json| {
            if !agent.is_empty() {
                json.name("User-Agent")
                    .text(&String::from_utf8_lossy(&agent));
                if let Some(app) = self.target.app.filter(|_| category == "Application") {
                    json.name("AppId").guid(app);
                }
            }
        });
        json.name("ExtendedProperties").list(|json| {
            super::property(
                json,
                "additionalDetails",
                &String::from_utf8_lossy(&details),
            );
            super::property(json, "extendedAuditEventCategory", category);
        });
    }

    fn modified(&self, json: &mut Json<'_>) {
        json.name("ModifiedProperties").list(|json| {
            for (name, old, new) in modified(self.change) {
                json.object(|json| {
                    json.name("Name").text(name);
                    json.name("NewValue");
                    if change::is_time(name) {
                        json.plain(&written_time(self.event.time));
                    } else {
                        json.text(new);
                    }
                    json.name("OldValue").text(old);
                });
            }
        });
    }

    fn actor(&self, json: &mut Json<'_>, category: &str) {
        match self.who {
            Who::Person(person, by) => {
                identifier(json, 5, |json| json.text(name_of(person)));
                identifier(json, 3, |json| {
                    json.plain_with(|out| hex(person.puid, 16, out));
                });
                let own = by.map(|application| (application.name.as_str(), application.app_id));
                if let Some((name, id)) = own.or_else(|| through(self.change, category)) {
                    if !name.is_empty() {
                        identifier(json, 1, |json| json.text(name));
                    }
                    identifier(json, 2, |json| json.guid(id));
                }
                object(json, "User", person.object);
            }
            Who::Application(application) => {
                identifier(json, 1, |json| json.text(&application.name));
                identifier(json, 2, |json| json.guid(application.app_id));
                object(json, "ServicePrincipal", application.object);
            }
            Who::Service(Service::PasswordWriteBack) => {
                identifier(json, 5, |json| json.plain(self.identity.user));
                identifier(json, 3, |json| {
                    json.plain_with(|out| hex(WRITE_BACK, 16, out));
                });
            }
            Who::Service(service) => {
                identifier(json, 0, |json| json.text(spelling(service).0));
            }
        }
    }
}

/// The three identifiers of a directory object that acts.
fn object(json: &mut Json<'_>, kind: &str, id: Guid) {
    identifier(json, 2, |json| json.plain(&format!("{kind}_{id}")));
    identifier(json, 2, |json| json.guid(id));
    identifier(json, 2, |json| json.plain(kind));
}

/// A time as properties of the unified log have it: `2/8/2024 9:49:53 PM`.
fn written_time(time: Second) -> String {
    let ((year, month, day), (hour, minute, second)) = (day_of(time), clock_of(time));
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = (hour + 11) % 12 + 1;
    format!("{month}/{day}/{year} {hour}:{minute:02}:{second:02} {half}")
}
