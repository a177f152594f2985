//! Interactive sign-ins in the unified log: record type 15.
//!
//! The record's id is that of the sign-in in Entra's own log. `ResultStatus` only says that the exchange with the server went well: two
//! failures in three have `Success` (TELEMETRY §5.6). Not here: the sign-in log itself (`sign_in`).

use super::identity::{Identity, UserKey, Who, name_of};
use super::{Head, address, head, property, token};
use crate::demo::chance::{Dice, Domain, mixed};
use crate::demo::change::resource::Api;
use crate::demo::client::{Client, Spec};
use crate::demo::event::{Event, Second, SignIn, SignInKind};
use crate::demo::id::Guid;
use crate::demo::json::{Json, digits};
use crate::demo::tenant::{Person, Tenant};
use std::borrow::Cow;

/// An error of Entra: code, its name in `LogonError`, and what it means.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) struct Failure {
    /// Its number, `errorCode`.
    pub(in crate::demo) code: u32,
    /// Its name in `LogonError`.
    pub(in crate::demo) name: &'static str,
    /// What it means, in our own words.
    pub(in crate::demo) reason: &'static str,
    /// Whether the sign-in was only interrupted.
    pub(in crate::demo) is_interrupt: bool,
}

impl Failure {
    /// What is known of an error code; a code that is not in the table is named by its number.
    pub(in crate::demo) fn of(code: u32) -> Option<Self> {
        let unknown = Self {
            code,
            name: "Other",
            reason: "The sign-in did not succeed.",
            is_interrupt: false,
        };
        let found = FAILURES.iter().find(|failure| failure.code == code);
        (code != 0).then(|| found.copied().unwrap_or(unknown))
    }
}

const fn failure(code: u32, name: &'static str, reason: &'static str) -> Failure {
    Failure {
        code,
        name,
        reason,
        is_interrupt: false,
    }
}

const fn interrupt(code: u32, name: &'static str, reason: &'static str) -> Failure {
    Failure {
        is_interrupt: true,
        ..failure(code, name, reason)
    }
}

/// Errors of sign-ins. Source: Microsoft Entra authentication error codes.
const FAILURES: [Failure; 22] = [
    interrupt(
        16_000,
        "SelectUserAccount",
        "The user has to choose one of several accounts.",
    ),
    failure(
        50_034,
        "UserAccountNotFound",
        "There is no such account in the directory.",
    ),
    failure(
        50_053,
        "IdsLocked",
        "The account is locked after too many attempts, or the address is blocked.",
    ),
    failure(
        50_055,
        "InvalidPasswordExpiredPassword",
        "The password has expired.",
    ),
    failure(
        50_056,
        "InvalidPasswordNullPassword",
        "The account has no password.",
    ),
    failure(50_057, "UserDisabled", "The account is disabled."),
    interrupt(
        50_058,
        "UserInformationNotProvided",
        "No session is there yet: the user must sign in.",
    ),
    interrupt(
        50_072,
        "UserStrongAuthEnrollmentRequiredInterrupt",
        "The user must register for a second factor.",
    ),
    interrupt(
        50_074,
        "UserStrongAuthClientAuthNRequiredInterrupt",
        "A second factor is asked for and was not given yet.",
    ),
    interrupt(
        50_076,
        "UserStrongAuthClientAuthNRequired",
        "A second factor is required here.",
    ),
    failure(
        50_079,
        "UserStrongAuthEnrollmentRequired",
        "The user must register for a second factor.",
    ),
    interrupt(
        50_097,
        "DeviceAuthenticationRequired",
        "The device must prove itself.",
    ),
    interrupt(
        50_125,
        "PasswordResetRegistrationRequiredInterrupt",
        "The user must register for password reset.",
    ),
    failure(
        50_126,
        "InvalidUserNameOrPassword",
        "Name or password is wrong.",
    ),
    interrupt(
        50_140,
        "KmsiInterrupt",
        "The user is asked whether to stay signed in.",
    ),
    failure(
        50_173,
        "FreshTokenNeeded",
        "The grant was revoked: the user must sign in anew.",
    ),
    failure(
        53_003,
        "BlockedByConditionalAccess",
        "A conditional access policy forbids it.",
    ),
    interrupt(
        65_001,
        "DelegationDoesNotExist",
        "Nobody has consented to this application yet.",
    ),
    failure(
        90_094,
        "AdminConsentRequired",
        "Only an administrator may consent to this application.",
    ),
    failure(
        500_121,
        "AuthenticationFailedSasError",
        "The second factor was refused or not answered.",
    ),
    failure(
        700_016,
        "UnauthorizedClient_DoesNotMatchRequest",
        "The application is not known in this tenant.",
    ),
    failure(
        7_000_215,
        "InvalidClientSecretProvided",
        "The secret of the application is wrong.",
    ),
];

/// Appends the record of an interactive sign-in; false where the tenant has no such person.
pub(super) fn write(tenant: &Tenant, event: &Event, sign_in: &SignIn, out: &mut Vec<u8>) -> bool {
    let Some(Who::Person(person, _)) = Who::of(tenant, sign_in.hand.actor) else {
        return false;
    };
    let case = Case {
        tenant,
        event,
        sign_in,
        person,
        typed: typed(person),
        failure: Failure::of(sign_in.error),
        dice: Dice::of(tenant.seed, Domain("logon"), &[event.key.0]),
    };
    Json::document(out, |json| case.write(json));
    true
}

/// The name that somebody types: one in eight begins its parts with capitals, so that two logs spell one account in two ways.
fn typed(person: &Person) -> Cow<'_, str> {
    let name = name_of(person);
    if !mixed(person.puid).is_multiple_of(8) {
        return Cow::Borrowed(name);
    }
    let (alias, domain) = name.split_once('@').unwrap_or((name, ""));
    let mut typed = String::with_capacity(name.len());
    for part in alias.split_inclusive('.') {
        let mut letters = part.chars();
        typed.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        typed.push_str(letters.as_str());
    }
    Cow::Owned(typed + "@" + domain)
}

/// Everything that one record is about.
struct Case<'t> {
    tenant: &'t Tenant,
    event: &'t Event,
    sign_in: &'t SignIn,
    person: &'t Person,
    /// Their name as they type it.
    typed: Cow<'t, str>,
    failure: Option<Failure>,
    dice: Dice,
}

impl Case<'_> {
    fn write(&self, json: &mut Json<'_>) {
        let id = self.event.key.record_id(self.tenant.seed);
        let identity = Identity {
            user_key: UserKey::Guid(self.person.object),
            user_type: 0,
            user: &self.typed,
        };
        let failed = self.failure.is_some() && self.dice.clone().happens(1, 3);
        let first = Head {
            operation: if self.failure.is_some() {
                "UserLoginFailed"
            } else {
                "UserLoggedIn"
            },
            record_type: 15,
            status: if failed { "Failed" } else { "Success" },
            workload: "AzureActiveDirectory",
        };
        head(json, self.tenant, self.event, &identity, &first);
        let address = |out: &mut Vec<u8>| address::push(self.sign_in.hand.address, out);
        let api = Api::of(self.sign_in.resource);
        json.name("ClientIP").plain_with(address);
        json.name("ObjectId").guid(api.app_id);
        json.name("UserId").text(identity.user);
        json.name("AzureActiveDirectoryEventType").number(1);
        self.extended(json);
        json.name("ModifiedProperties").list(|_| ());
        json.name("Actor").list(|json| {
            identifier(json, 0, |json| json.guid(self.person.object));
            identifier(json, 5, |json| json.text(&self.typed));
        });
        json.name("ActorContextId").guid(self.person.tenant);
        json.name("ActorIpAddress").plain_with(address);
        json.name("InterSystemsId")
            .guid(correlation(self.tenant, self.event));
        json.name("IntraSystemId").guid(id);
        json.name("SupportTicketId").plain("");
        json.name("Target")
            .list(|json| identifier(json, 0, |json| json.guid(api.app_id)));
        json.name("TargetContextId").guid(self.tenant.id);
        let (application, _) = application(self.tenant, self.sign_in);
        json.name("ApplicationId").guid(application);
        self.device(json);
        json.name("ErrorNumber")
            .plain_with(|out| digits(u64::from(self.sign_in.error), 1, out));
        if let Some(failure) = self.failure {
            json.name("LogonError").plain(failure.name);
        }
    }

    fn extended(&self, json: &mut Json<'_>) {
        let spec = program(self.sign_in);
        let is_browser = spec.used == "Browser";
        let detail = match self.failure {
            None if is_browser => "Redirect",
            None => "Success",
            Some(failure) if failure.is_interrupt => "Redirect",
            Some(_) => "UserError",
        };
        let request = if !is_browser {
            "OAuth2:Token"
        } else if self.dice.clone().happens(1, 2) {
            "OAuth2:Authorize"
        } else {
            "Login:login"
        };
        json.name("ExtendedProperties").list(|json| {
            property(json, "ResultStatusDetail", detail);
            json.object(|json| {
                json.name("Name").plain("UserAgent");
                json.name("Value")
                    .plain_with(|out| spec.push_agent(self.event.time - self.lag(), out));
            });
            if self.failure.is_some_and(|failure| failure.code == 50_126) {
                property(json, "UserAuthenticationMethod", "1");
            }
            property(json, "RequestType", request);
            if is_browser && self.failure.is_none() && request == "Login:login" {
                property(json, "KeepMeSignedIn", "True");
            }
        });
    }

    fn lag(&self) -> Second {
        Who::Person(self.person, None).lag()
    }

    fn device(&self, json: &mut Json<'_>) {
        let device = Device::of(self.tenant, self.person, self.sign_in);
        let spec = program(self.sign_in);
        let browser = if spec.used == "Browser" {
            spec.browser
        } else {
            "Other"
        };
        json.name("DeviceProperties").list(|json| {
            if let Some((id, name)) = &device.registered {
                property(json, "Id", &id.to_string());
                property(json, "DisplayName", name);
            }
            property(json, "OS", spec.system);
            property(json, "BrowserType", browser);
            if device.registered.is_some() {
                property(json, "IsCompliant", "True");
            }
            property(json, "IsCompliantAndManaged", device.flag());
            if let Some(session) = token::session(self.tenant, self.sign_in.hand.session) {
                property(json, "SessionId", &session.to_string());
            }
            if device.registered.is_some() {
                property(json, "TrustType", "2");
            }
        });
    }
}

/// The program that a sign-in shows: where a person types something for an application, that is a browser.
pub(in crate::demo) fn program(sign_in: &SignIn) -> &'static Spec {
    let client = match (sign_in.kind, sign_in.hand.client) {
        (SignInKind::Interactive, Client::Rest | Client::Ews) => Client::WebEdge,
        (_, client) => client,
    };
    client.spec()
}

/// Writes an identifier of an actor or target.
pub(super) fn identifier(json: &mut Json<'_>, kind: u64, id: impl FnOnce(&mut Json<'_>)) {
    json.object(|json| {
        id(json.name("ID"));
        json.name("Type").number(kind);
    });
}

/// Correlation id of a sign-in, in both logs.
pub(in crate::demo) fn correlation(tenant: &Tenant, event: &Event) -> Guid {
    Guid::of(event.key.0, tenant.seed ^ 0xc044_e1a7)
}

/// The application that signs in: the one in whose name it is done, or the program itself.
pub(in crate::demo) fn application<'t>(tenant: &'t Tenant, sign_in: &SignIn) -> (Guid, &'t str) {
    let who = Who::of(tenant, sign_in.hand.actor).and_then(Who::application);
    match who {
        Some(application) => (application.app_id, &application.name),
        None => sign_in.hand.client.application(),
    }
}

/// The device of a sign-in.
#[derive(Debug)]
pub(in crate::demo) struct Device {
    /// Object id and name of a registered device; `None` for one that the directory does not know.
    pub(in crate::demo) registered: Option<(Guid, String)>,
}

impl Device {
    /// The device that somebody uses a program on: people of the tenant have one of each kind, and use it at home and at its sites.
    pub(in crate::demo) fn of(tenant: &Tenant, person: &Person, sign_in: &SignIn) -> Self {
        let hand = &sign_in.hand;
        let kind = match hand.client {
            Client::WebSafari | Client::OutlookMac => 1,
            Client::PhoneApple | Client::PhoneAndroid => 2,
            Client::Imap | Client::Ews | Client::Rest | Client::WebFirefox => 3,
            _ => 0_u64,
        };
        let is_known = kind != 3
            && sign_in.error == 0
            && hand.session != 0
            && person.tenant == tenant.id
            && (hand.place == person.home || tenant.sites.contains(&hand.place));
        let [.., a, b] = person.puid.to_be_bytes();
        let number = u64::from(u16::from_be_bytes([a, b]));
        let name = match kind {
            1 => format!("MAC-{number:05}"),
            2 => format!("{}_phone_{number:05}", person.alias),
            _ => format!("LT-{number:05}"),
        };
        Self {
            registered: is_known.then(|| (Guid::of(person.puid ^ kind << 60, tenant.seed), name)),
        }
    }

    /// Whether it is known, as records write it.
    pub(super) fn flag(&self) -> &'static str {
        if self.registered.is_some() {
            "True"
        } else {
            "False"
        }
    }
}
