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
use super::client::{Client, Spec};
use super::event::{Act, Event, Second, SignIn, SignInKind};
use super::id::Guid;
use super::json::{Json, digits, push_time};
use super::native::Failure;
use super::native::address;
use super::native::identity::Who;
use super::native::logon::{Device, application, correlation, program};
use super::native::token::{self, Token};
use super::tenant::{Person, Role, Tenant};

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
        spec: program(sign_in),
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
    /// Members in the order in which Graph has them.
    fn write(&self, json: &mut Json<'_>) {
        json.name("id").guid(self.id());
        json.name("createdDateTime")
            .plain_with(|out| self.push_moment(out));
        self.user(json);
        let (id, name) = application(self.tenant, self.sign_in);
        json.name("appId").guid(id);
        json.name("appDisplayName").text(name);
        self.client(json);
        risk(json);
        self.resource(json);
        self.kind(json);
        self.principal(json);
        self.token(json);
        json.name("agent").object(|json| {
            json.name("agentType").plain("notAgentic");
            json.name("parentAppId").null();
        });
        self.status(json);
        self.device(json);
        self.location(json);
        self.steps(json);
        if self.sign_in.kind == SignInKind::ManagedIdentity {
            json.name("managedServiceIdentity").object(|json| {
                json.name("msiType").plain("systemAssigned");
                json.name("associatedResourceId").plain("");
                json.name("federatedTokenId").plain("");
                json.name("federatedTokenIssuer").plain("");
            });
        }
    }

    fn id(&self) -> Guid {
        self.event.key.record_id(self.tenant.seed)
    }

    /// The moment whose versions of programs are shown.
    fn released(&self) -> Second {
        self.event.time - self.who.lag()
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
        if let Some(person) = self.person() {
            json.name("userDisplayName").text(&person.name);
            json.name("userPrincipalName")
                .text(&person.sign_in.to_lowercase());
            json.name("userId").guid(person.object);
        } else {
            nulls(json, &["userDisplayName", "userPrincipalName", "userId"]);
        }
    }

    /// Managed identities sign in from inside Azure and show no address.
    fn client(&self, json: &mut Json<'_>) {
        if self.sign_in.kind == SignInKind::ManagedIdentity {
            json.name("ipAddress").plain("");
        } else {
            json.name("ipAddress")
                .plain_with(|out| address::push(self.sign_in.hand.address, out));
        }
        nulls(json, &["ipAddressFromResourceProvider"]);
        let used = if self.is_person() { self.spec.used } else { "" };
        json.name("clientAppUsed").plain(used);
        if self.spec.agent.is_empty() || !self.is_person() {
            nulls(json, &["userAgent"]);
        } else {
            json.name("userAgent")
                .plain_with(|out| self.spec.push_agent(self.released(), out));
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
        json.name("originalRequestId").guid(self.id());
        json.name("isInteractive")
            .flag(self.sign_in.kind == SignInKind::Interactive);
        json.name("tokenIssuerName").plain("");
        json.name("tokenIssuerType").plain("AzureAD");
        let credential = match self.sign_in.kind {
            SignInKind::ServicePrincipal => "clientSecret",
            SignInKind::ManagedIdentity => "managedIdentity",
            SignInKind::Interactive | SignInKind::NonInteractive => "none",
        };
        json.name("clientCredentialType").plain(credential);
        json.name("processingTimeInMilliseconds")
            .number(self.dice.clone().between(40, 400));
    }

    fn resource(&self, json: &mut Json<'_>) {
        let api = Api::of(self.sign_in.resource);
        json.name("resourceDisplayName").plain(api.name);
        json.name("resourceId").guid(api.app_id);
        json.name("resourceTenantId").guid(self.tenant.id);
        json.name("homeTenantId").guid(self.home());
        json.name("homeTenantName").plain("");
    }

    fn home(&self) -> Guid {
        self.person().map_or(self.tenant.id, |person| person.tenant)
    }

    fn kind(&self, json: &mut Json<'_>) {
        json.name("authenticationMethodsUsed").list(|_| ());
        let is_single = !self.is_person() || self.spec.used == "IMAP4";
        let factor = if is_single {
            "singleFactorAuthentication"
        } else {
            "multiFactorAuthentication"
        };
        json.name("authenticationRequirement").plain(factor);
        match self.person() {
            Some(person) if self.sign_in.kind == SignInKind::Interactive => {
                json.name("signInIdentifier").text(&person.sign_in);
                json.name("signInIdentifierType").plain("userPrincipalName");
            }
            _ => {
                json.name("signInIdentifier").plain("");
                nulls(json, &["signInIdentifierType"]);
            }
        }
        let kind = KINDS.get(self.sign_in.kind as usize);
        json.name("signInEventTypes")
            .list(|json| json.plain(kind.map_or("", |(_, name)| name)));
    }

    fn principal(&self, json: &mut Json<'_>) {
        let application = self.who.application().filter(|_| !self.is_person());
        if let Some(application) = application {
            json.name("servicePrincipalName").text(&application.name);
            json.name("servicePrincipalId").guid(application.object);
        } else {
            nulls(json, &["servicePrincipalName"]);
            json.name("servicePrincipalId").plain("");
        }
        json.name("federatedCredentialId").plain("");
        let is_guest = self.home() != self.tenant.id;
        if self.is_person() {
            let user = if is_guest { "guest" } else { "member" };
            json.name("userType").plain(user);
        }
        json.name("flaggedForReview").flag(false);
        json.name("isTenantRestricted").flag(false);
        json.name("autonomousSystemNumber")
            .number(place::network(self.sign_in.hand.address));
        let cross = match self.person() {
            Some(person) if is_guest && person.role == Role::Partner => "serviceProvider",
            Some(_) if is_guest => "b2bCollaboration",
            _ => "none",
        };
        json.name("crossTenantAccessType").plain(cross);
        match self.sign_in.credential {
            Some(key) => json.name("servicePrincipalCredentialKeyId").guid(key),
            None => nulls(json, &["servicePrincipalCredentialKeyId"]),
        }
        json.name("servicePrincipalCredentialThumbprint").plain("");
    }

    /// The id of the token is that of the one with which mail is read in the same while, where it is for that.
    fn token(&self, json: &mut Json<'_>) {
        let hand = &self.sign_in.hand;
        let is_for_mail =
            self.sign_in.error == 0 && Token::opens(hand.client, self.sign_in.resource);
        let token = Token::of(self.tenant, hand, self.event.time).filter(|_| is_for_mail);
        let written = token.map_or_else(|| base64_of(&[self.id()]), Token::written);
        json.name("uniqueTokenIdentifier").plain(&written);
        let incoming = match (self.sign_in.kind, self.spec.used) {
            (SignInKind::NonInteractive, "Browser") => "none",
            (SignInKind::NonInteractive, _) if self.spec.app == Client::Outlook.spec().app => {
                "primaryRefreshToken"
            }
            (SignInKind::NonInteractive, _) => "refreshToken",
            _ => "none",
        };
        json.name("incomingTokenType").plain(incoming);
        let protocol = if self.spec.used == "IMAP4" {
            "ropc"
        } else {
            "none"
        };
        json.name("authenticationProtocol").plain(protocol);
        let api = Api::of(self.sign_in.resource);
        json.name("resourceServicePrincipalId")
            .guid(api.object(self.tenant));
        json.name("signInTokenProtectionStatus").plain("none");
        json.name("originalTransferMethod").plain("none");
        json.name("isThroughGlobalSecureAccess").flag(false);
        nulls(json, &["globalSecureAccessIpAddress"]);
        match token::session(self.tenant, hand.session) {
            Some(session) => json.name("sessionId").guid(session),
            None => nulls(json, &["sessionId"]),
        }
        nulls(json, &["mfaDetail"]);
    }

    fn status(&self, json: &mut Json<'_>) {
        json.name("status").object(|json| {
            json.name("errorCode").number(u64::from(self.sign_in.error));
            json.name("failureReason")
                .text(self.failure.map_or("Other.", |failure| failure.reason));
            json.name("additionalDetails");
            match self.failure {
                Some(failure) if failure.code == REFUSED => {
                    json.plain("MFA denied; user did not respond to mobile app notification");
                }
                None if self.is_person() => {
                    json.plain("MFA requirement satisfied by claim in the token");
                }
                _ => json.null(),
            }
        });
    }

    fn device(&self, json: &mut Json<'_>) {
        let known = self
            .person()
            .and_then(|person| Device::of(self.tenant, person, self.sign_in).registered);
        let spec = self.spec;
        json.name("deviceDetail").object(|json| {
            if let Some((id, name)) = &known {
                json.name("deviceId").guid(*id);
                json.name("displayName").text(name);
            } else {
                json.name("deviceId").plain("");
                json.name("displayName").plain("");
            }
            let system = if self.is_person() { spec.system } else { "" };
            json.name("operatingSystem").plain(system);
            json.name("browser").plain_with(|out| {
                if self.is_person() && !spec.browser.is_empty() {
                    out.extend_from_slice(spec.browser.as_bytes());
                    out.push(b' ');
                    digits(spec.version(self.released()), 1, out);
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

    /// The last members: policies, and what the person had to show.
    fn steps(&self, json: &mut Json<'_>) {
        json.name("appliedConditionalAccessPolicies").list(|_| ());
        json.name("authenticationProcessingDetails").list(|_| ());
        json.name("networkLocationDetails").list(|_| ());
        json.name("authenticationDetails").list(|json| {
            if self.sign_in.kind != SignInKind::Interactive {
                return;
            }
            match self.failure.map(|failure| failure.code) {
                None => {
                    self.step(json, "Previously satisfied", true, "Primary authentication");
                    self.step(
                        json,
                        "Previously satisfied",
                        true,
                        "Multifactor authentication",
                    );
                }
                Some(WRONG) => self.step(json, "Password", false, "Primary authentication"),
                Some(REFUSED) => {
                    self.step(json, "Password", true, "Primary authentication");
                    self.step(
                        json,
                        "Mobile app notification",
                        false,
                        "Multifactor authentication",
                    );
                }
                Some(_) => {}
            }
        });
        json.name("authenticationRequirementPolicies").list(|_| ());
        json.name("sessionLifetimePolicies").list(|_| ());
        json.name("appliedEventListeners").list(|_| ());
    }

    fn step(&self, json: &mut Json<'_>, method: &str, succeeded: bool, asked: &str) {
        json.object(|json| {
            json.name("authenticationStepDateTime").plain_with(|out| {
                push_time(self.event.time, out);
                out.push(b'Z');
            });
            json.name("authenticationMethod").plain(method);
            nulls(json, &["authenticationMethodDetail"]);
            json.name("succeeded").flag(succeeded);
            let result = match (succeeded, method) {
                (true, "Previously satisfied") => "MFA requirement satisfied by claim in the token",
                (true, _) => "Correct password",
                (_, "Password") => "Name or password is wrong.",
                _ => "MFA denied; user did not respond to mobile app notification",
            };
            json.name("authenticationStepResultDetail").plain(result);
            json.name("authenticationStepRequirement").plain(asked);
        });
    }
}

/// Error codes that say which step failed: the password, the second factor.
const WRONG: u32 = 50_126;
const REFUSED: u32 = 500_121;

/// Members that are there and hold nothing.
fn nulls(json: &mut Json<'_>, names: &[&str]) {
    for name in names {
        json.name(name).null();
    }
}

/// Nobody is rated here: that takes a licence that this tenant has not.
fn risk(json: &mut Json<'_>) {
    json.name("riskDetail").plain("none");
    json.name("riskLevelAggregated").plain("none");
    json.name("riskLevelDuringSignIn").plain("none");
    json.name("riskState").plain("none");
    json.name("riskEventTypes_v2").list(|_| ());
}
