//! Sign-ins as Microsoft Graph lists them (`signIn`, beta).
//!
//! All four logs of Entra; the record of an interactive one in the unified log has the same id, correlation and session (TELEMETRY §5.1).
//! Not here: other shapes of the same (`shape`), the record of the unified log (`native`).

mod place;
#[cfg(test)]
mod tests;

use super::chance::{Dice, Domain};
use super::change::resource::Api;
use super::change::value::base64_of;
use super::client::Spec;
use super::event::{Act, Actor, Event, SignIn, SignInKind};
use super::id::Guid;
use super::json::{Json, digits, push_time};
use super::native::Failure;
use super::native::address;
use super::native::identity::Who;
use super::native::logon::{Device, application, correlation};
use super::native::token::{self, Token};
use super::tenant::{Person, Tenant};

/// Kinds of sign-ins as Graph names them, in the order of [`SignInKind`].
const KINDS: [(SignInKind, &str); 4] = [
    (SignInKind::Interactive, "interactiveUser"),
    (SignInKind::NonInteractive, "nonInteractiveUser"),
    (SignInKind::ServicePrincipal, "servicePrincipal"),
    (SignInKind::ManagedIdentity, "managedIdentity"),
];

/// Appends a sign-in as one line of JSON without its end; false for events that are none.
pub fn write(tenant: &Tenant, event: &Event, out: &mut Vec<u8>) -> bool {
    let Act::SignIn(sign_in) = &event.act else {
        return false;
    };
    let Some(who) = Who::of(tenant, sign_in.hand.actor) else {
        return false;
    };
    let case = Case {
        tenant,
        event,
        sign_in,
        who,
        spec: sign_in.hand.client.spec(),
        failure: Failure::of(sign_in.error),
        dice: Dice::of(tenant.seed, Domain("sign-in"), &[event.key.0]),
    };
    Json::document(out, |json| case.write(json));
    true
}

/// Everything that one sign-in is about.
struct Case<'t> {
    tenant: &'t Tenant,
    event: &'t Event,
    sign_in: &'t SignIn,
    who: Who<'t>,
    spec: &'static Spec,
    failure: Option<Failure>,
    dice: Dice,
}

impl Case<'_> {
    fn write(&self, json: &mut Json<'_>) {
        json.name("id").guid(self.id());
        json.name("createdDateTime")
            .plain_with(|out| self.push_moment(out));
        self.user(json);
        self.application(json);
        self.address(json);
        self.risk(json);
        self.resource(json);
        self.principal(json);
        self.token(json);
        self.status(json);
        self.device(json);
        self.location(json);
        self.rest(json);
    }

    fn id(&self) -> Guid {
        self.event.key.record_id(self.tenant.seed)
    }

    fn is_person(&self) -> bool {
        matches!(
            self.sign_in.kind,
            SignInKind::Interactive | SignInKind::NonInteractive
        )
    }

    fn person(&self) -> Option<&Person> {
        match self.who {
            Who::Person(person, _) => Some(person),
            Who::Application(_) | Who::Service(_) => None,
        }
    }

    /// The moment with the fraction of a second that this log has and the unified log has not.
    fn push_moment(&self, out: &mut Vec<u8>) {
        push_time(self.event.time, out);
        out.push(b'.');
        digits(self.dice.clone().below(10_000_000), 7, out);
        out.push(b'Z');
    }

    /// Names of this log are in lower case; guests and partners show those of their home.
    fn user(&self, json: &mut Json<'_>) {
        match self.person() {
            Some(person) => {
                json.name("userDisplayName").text(&person.name);
                json.name("userPrincipalName")
                    .text(&person.sign_in.to_lowercase());
                json.name("userId").guid(person.object);
            }
            None => {
                for name in ["userDisplayName", "userPrincipalName", "userId"] {
                    json.name(name).null();
                }
            }
        }
    }

    fn application(&self, json: &mut Json<'_>) {
        let (id, name) = application(self.tenant, self.sign_in);
        json.name("appId").guid(id);
        json.name("appDisplayName").text(name);
    }

    /// Managed identities sign in from inside Azure and show no address.
    fn address(&self, json: &mut Json<'_>) {
        if self.sign_in.kind == SignInKind::ManagedIdentity {
            json.name("ipAddress").plain("");
        } else {
            json.name("ipAddress")
                .plain_with(|out| address::push(self.sign_in.hand.address, out));
        }
        json.name("ipAddressFromResourceProvider").null();
        let used = if self.is_person() { self.spec.used } else { "" };
        json.name("clientAppUsed").plain(used);
        if self.spec.agent.is_empty() || !self.is_person() {
            json.name("userAgent").null();
        } else {
            json.name("userAgent")
                .plain_with(|out| self.spec.push_agent(self.event.time, out));
        }
        json.name("correlationId")
            .guid(correlation(self.tenant, self.event));
        let conditional = match self.failure {
            _ if !self.is_person() => "notApplied",
            Some(failure) if failure.code == 53_003 => "failure",
            Some(failure) if !failure.is_interrupt => "notApplied",
            _ => "success",
        };
        json.name("conditionalAccessStatus").plain(conditional);
        json.name("appliedConditionalAccessPolicies").list(|_| ());
        json.name("isInteractive")
            .flag(self.sign_in.kind == SignInKind::Interactive);
        let kind = KINDS.get(self.sign_in.kind as usize);
        json.name("signInEventTypes")
            .list(|json| json.plain(kind.map_or("", |(_, name)| name)));
    }

    /// Nobody is rated here: that takes a licence that this tenant has not.
    fn risk(&self, json: &mut Json<'_>) {
        json.name("riskDetail").plain("none");
        json.name("riskLevelAggregated").plain("none");
        json.name("riskLevelDuringSignIn").plain("none");
        json.name("riskState").plain("none");
        json.name("riskEventTypes_v2").list(|_| ());
    }

    fn resource(&self, json: &mut Json<'_>) {
        let api = Api::of(self.sign_in.resource);
        json.name("resourceDisplayName").plain(api.name);
        json.name("resourceId").guid(api.app_id);
        json.name("resourceServicePrincipalId")
            .guid(api.object(self.tenant));
        json.name("resourceTenantId").guid(self.tenant.id);
        let home = self.person().map_or(self.tenant.id, |person| person.tenant);
        json.name("homeTenantId").guid(home);
        let cross = match self.sign_in.hand.actor {
            Actor::Person(_) if home != self.tenant.id => "b2bCollaboration",
            _ => "none",
        };
        json.name("crossTenantAccessType").plain(cross);
        let user = match self.person() {
            Some(_) if home == self.tenant.id => "member",
            Some(_) => "guest",
            None => "",
        };
        if !user.is_empty() {
            json.name("userType").plain(user);
        }
    }

    fn principal(&self, json: &mut Json<'_>) {
        let application = self.who.application().filter(|_| !self.is_person());
        match application {
            Some(application) => {
                json.name("servicePrincipalId").guid(application.object);
                json.name("servicePrincipalName").text(&application.name);
            }
            None => {
                json.name("servicePrincipalId").plain("");
                json.name("servicePrincipalName").null();
            }
        }
        match self.sign_in.credential {
            Some(key) => json.name("servicePrincipalCredentialKeyId").guid(key),
            None => json.name("servicePrincipalCredentialKeyId").null(),
        }
        json.name("servicePrincipalCredentialThumbprint").plain("");
        let kind = match self.sign_in.kind {
            SignInKind::ServicePrincipal => "clientSecret",
            SignInKind::ManagedIdentity => "managedIdentity",
            SignInKind::Interactive | SignInKind::NonInteractive => "none",
        };
        json.name("clientCredentialType").plain(kind);
        if self.sign_in.kind == SignInKind::ManagedIdentity {
            json.name("managedServiceIdentity").object(|json| {
                json.name("msiType").plain("systemAssigned");
                json.name("associatedResourceId").plain("");
                json.name("federatedTokenId").plain("");
                json.name("federatedTokenIssuer").plain("");
            });
        }
        json.name("federatedCredentialId").plain("");
    }

    /// The id of the token is that of the one with which mail is read in the same while, where it is for that.
    fn token(&self, json: &mut Json<'_>) {
        let hand = &self.sign_in.hand;
        let is_for_mail =
            self.sign_in.error == 0 && Token::opens(hand.client, self.sign_in.resource);
        let token = Token::of(self.tenant, hand, self.event.time).filter(|_| is_for_mail);
        let written = token.map_or_else(|| base64_of(&[self.id()]), Token::written);
        json.name("uniqueTokenIdentifier").plain(&written);
        match token::session(self.tenant, hand.session) {
            Some(session) => json.name("sessionId").guid(session),
            None => json.name("sessionId").null(),
        }
        let incoming = match self.sign_in.kind {
            SignInKind::NonInteractive if self.spec.used == "Browser" => "none",
            SignInKind::NonInteractive => "primaryRefreshToken",
            _ => "none",
        };
        json.name("incomingTokenType").plain(incoming);
        let protocol = if self.spec.used == "IMAP4" {
            "ropc"
        } else {
            "none"
        };
        json.name("authenticationProtocol").plain(protocol);
        json.name("originalTransferMethod").plain("none");
        let factor = match self.sign_in.kind {
            SignInKind::Interactive | SignInKind::NonInteractive if self.spec.used != "IMAP4" => {
                "multiFactorAuthentication"
            }
            _ => "singleFactorAuthentication",
        };
        json.name("authenticationRequirement").plain(factor);
    }

    fn status(&self, json: &mut Json<'_>) {
        json.name("status").object(|json| {
            json.name("errorCode").number(u64::from(self.sign_in.error));
            json.name("failureReason")
                .text(self.failure.map_or("Other.", |failure| failure.reason));
            match self.failure {
                Some(failure) if failure.code == 500_121 => {
                    json.name("additionalDetails")
                        .plain("MFA denied; user did not respond to mobile app notification");
                }
                None if self.sign_in.kind == SignInKind::Interactive => {
                    json.name("additionalDetails")
                        .plain("MFA requirement satisfied by claim in the token");
                }
                _ => json.name("additionalDetails").null(),
            }
        });
    }

    fn device(&self, json: &mut Json<'_>) {
        let known = self
            .person()
            .and_then(|person| Device::of(self.tenant, person, self.sign_in).registered);
        let spec = self.spec;
        json.name("deviceDetail").object(|json| {
            match &known {
                Some((id, name)) => {
                    json.name("deviceId").guid(*id);
                    json.name("displayName").text(name);
                }
                None => {
                    json.name("deviceId").plain("");
                    json.name("displayName").plain("");
                }
            }
            let system = if self.is_person() { spec.system } else { "" };
            json.name("operatingSystem").plain(system);
            json.name("browser").plain_with(|out| {
                if self.is_person() && !spec.browser.is_empty() {
                    out.extend_from_slice(spec.browser.as_bytes());
                    out.push(b' ');
                    digits(spec.version(self.event.time), 1, out);
                    out.extend_from_slice(b".0.0");
                }
            });
            json.name("isCompliant").flag(known.is_some());
            json.name("isManaged").flag(known.is_some());
            let trust = if known.is_some() {
                "Azure AD joined"
            } else {
                ""
            };
            json.name("trustType").plain(trust);
        });
    }

    /// Service principals show no place: empty names at 0°, 0°.
    fn location(&self, json: &mut Json<'_>) {
        let place = if self.is_person() {
            place::of(self.sign_in.hand.place)
        } else {
            place::NOWHERE
        };
        json.name("location").object(|json| place.write(json));
    }

    fn rest(&self, json: &mut Json<'_>) {
        json.name("autonomousSystemNumber")
            .number(place::network(self.sign_in.hand.address));
        json.name("authenticationDetails").list(|_| ());
        json.name("networkLocationDetails").list(|_| ());
        json.name("agent").object(|json| {
            json.name("agentType").plain("notAgentic");
            json.name("parentAppId").null();
        });
    }
}
