//! Cmdlets: record type 1 for Exchange, 18 for the compliance centre.
//!
//! Which address a record shows depends on the tool (TELEMETRY §8.2). Not here: what cmdlets people run (`life`, `story`).

use super::identity::{Identity, UserKey, Who};
use super::token::{self, Token};
use super::{Head, address, head, property, server};
use crate::demo::chance::{Dice, Domain};
use crate::demo::client::{Client, Shown};
use crate::demo::event::{Cmdlet, Event};
use crate::demo::id::Guid;
use crate::demo::json::Json;
use crate::demo::tenant::Tenant;

/// Parts of names of cmdlets that the compliance centre records.
const COMPLIANCE: [&str; 6] = [
    "Compliance",
    "Dlp",
    "CaseHold",
    "eDiscovery",
    "InsiderRisk",
    "RetentionEvent",
];

/// Whether the compliance centre records a cmdlet, and not Exchange.
pub(super) fn is_compliance(operation: &str) -> bool {
    COMPLIANCE.iter().any(|part| operation.contains(part))
}

/// Appends the record of a cmdlet; false where the tenant has no such actor.
pub(super) fn write(tenant: &Tenant, event: &Event, cmdlet: &Cmdlet, out: &mut Vec<u8>) -> bool {
    let Some(who) = Who::of(tenant, cmdlet.hand.actor) else {
        return false;
    };
    let principal = who.principal();
    let case = Case {
        tenant,
        event,
        cmdlet,
        who,
        identity: identity(who, &principal),
    };
    Json::document(out, |json| {
        if is_compliance(&cmdlet.operation) {
            case.compliance(json);
        } else {
            case.exchange(json);
        }
    });
    true
}

/// Who ran it: type 2 for everybody who runs a cmdlet.
fn identity<'i>(who: Who<'i>, principal: &'i str) -> Identity<'i> {
    match who {
        Who::Person(person, _) => {
            let identity = Identity::person(person);
            Identity {
                user_type: identity.user_type.max(2),
                ..identity
            }
        }
        Who::Application(application) => Identity {
            user: principal,
            user_key: UserKey::Guid(application.app_id),
            user_type: 5,
        },
        Who::Service(service) => Identity {
            user_type: 3,
            ..Identity::service(service)
        },
    }
}

/// Everything that one record is about.
struct Case<'t> {
    tenant: &'t Tenant,
    event: &'t Event,
    cmdlet: &'t Cmdlet,
    who: Who<'t>,
    identity: Identity<'t>,
}

impl Case<'_> {
    fn exchange(&self, json: &mut Json<'_>) {
        let (hand, time) = (&self.cmdlet.hand, self.event.time);
        let spec = hand.client.spec();
        let is_service = matches!(self.who, Who::Service(_));
        let token = Token::of(self.tenant, hand, time);
        if let Some(token) = token.filter(|_| !spec.pool.is_empty()) {
            json.name("AppAccessContext")
                .object(|json| token.write(json));
        }
        let first = Head {
            operation: &self.cmdlet.operation,
            record_type: 1,
            status: if self.cmdlet.failed { "False" } else { "True" },
            workload: "Exchange",
        };
        head(json, self.tenant, self.event, &self.identity, &first);
        self.address(json);
        json.name("ObjectId").text(&self.cmdlet.object);
        json.name("UserId").text(self.identity.user);
        self.application(json, is_service);
        json.name("ExternalAccess")
            .flag(self.who.is_external(self.tenant));
        json.name("OrganizationName").text(&self.tenant.domain);
        json.name("OriginatingServer")
            .plain_with(|out| server::push(self.tenant, self.event.key.0 >> 20, time, out));
        self.parameters(json, is_service);
        if !is_service {
            let request = Guid::of(self.event.key.0, self.tenant.seed ^ 0x4e9e_5701);
            json.name("RequestId").guid(request);
        }
        if let Some(session) = token::session(self.tenant, hand.session) {
            json.name("SessionId").guid(session);
        }
        self.other_tenant(json);
    }

    fn dice(&self) -> Dice {
        Dice::of(self.tenant.seed, Domain("cmdlet"), &[self.event.key.0])
    }

    fn address(&self, json: &mut Json<'_>) {
        let mut dice = self.dice();
        let hand = &self.cmdlet.hand;
        let address = match (self.who, hand.client.spec().shown) {
            (Who::Service(_), _) | (_, Shown::Nothing) => return,
            (_, Shown::Portal) => address::portal(&mut dice),
            (_, Shown::Own) => hand.address,
        };
        let port = dice.between(1_024, 65_535);
        json.name("ClientIP")
            .plain_with(|out| address::push_with_port(address, port, out));
    }

    fn application(&self, json: &mut Json<'_>, is_service: bool) {
        let client = self.cmdlet.hand.client;
        let spec = client.spec();
        if is_service {
            json.name("AppId").plain("");
            json.name("ClientAppId").plain("");
            return;
        }
        // An application runs cmdlets through PowerShell whatever it is used through otherwise.
        let tool = match self.who {
            Who::Application(_) => Client::ExchangePowerShell,
            Who::Person(..) | Who::Service(_) => client,
        };
        json.name("AppId").guid(tool.cmdlet_app());
        if !spec.pool.is_empty() {
            json.name("AppPoolName").plain(spec.pool);
        }
        json.name("ClientAppId");
        match self.who.application() {
            Some(application) => json.guid(application.app_id),
            None => json.plain(""),
        }
        json.name("CorrelationID").plain("");
    }

    /// Parameters in their order; those of services begin with an empty domain controller.
    fn parameters(&self, json: &mut Json<'_>, is_service: bool) {
        const FIRST: &str = "DomainController";
        let given = &self.cmdlet.parameters;
        json.name("Parameters").list(|json| {
            if is_service && !given.iter().any(|(name, _)| name == FIRST) {
                property(json, FIRST, "");
            }
            for (name, value) in given {
                property(json, name, value);
            }
        });
    }

    /// A partner's token is of the partner's tenant.
    fn other_tenant(&self, json: &mut Json<'_>) {
        if let Who::Person(person, _) = self.who
            && person.tenant != self.tenant.id
        {
            json.name("TokenObjectId").guid(person.object);
            json.name("TokenTenantId").guid(person.tenant);
        }
    }

    /// The compliance centre writes parameters as the command line that they were.
    fn compliance(&self, json: &mut Json<'_>) {
        let first = Head {
            operation: &self.cmdlet.operation,
            record_type: 18,
            status: if self.cmdlet.failed {
                "Failure"
            } else {
                "Success"
            },
            workload: "SecurityComplianceCenter",
        };
        let identity = Identity {
            user_key: UserKey::Text(self.identity.user),
            ..self.identity.clone()
        };
        head(json, self.tenant, self.event, &identity, &first);
        json.name("ObjectId").text(&self.cmdlet.object);
        json.name("UserId").text(identity.user);
        json.name("SecurityComplianceCenterEventType").number(0);
        let shell = self.cmdlet.hand.client == Client::ExchangePowerShell;
        json.name("ClientApplication")
            .plain(if shell { "PowerShell" } else { "EMC" });
        json.name("CmdletVersion").plain("...");
        json.name("EffectiveOrganization").text(&self.tenant.domain);
        json.name("NonPIIParameters")
            .text(&self.command_line(|_| "<SNIP-PII>"));
        json.name("Parameters")
            .text(&self.command_line(|value| value));
        json.name("StartTime").time(self.event.time);
        json.name("UserServicePlan").plain("");
    }

    fn command_line<'v>(&'v self, shown: impl Fn(&'v str) -> &'v str) -> String {
        let parts = self.cmdlet.parameters.iter().map(|(name, value)| {
            let value = shown(value).replace('"', "\"\"");
            format!("-{name} \"{value}\"")
        });
        parts.collect::<Vec<_>>().join(" ")
    }
}
