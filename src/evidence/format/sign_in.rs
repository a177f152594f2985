//! Sign-ins of users, service principals and managed identities: one shape a file, and here what the shapes share.
//!
//! They become what the unified audit log has for sign-ins: `UserLoggedIn` and `UserLoginFailed` of record type 15. Fields are asked
//! for under the names of Graph `signIn` (TELEMETRY §5.1); a shape names its own beside them. Not here: the envelope of diagnostic
//! records (`diagnostic`).

pub(super) mod defender;
pub(super) mod graph;
pub(super) mod log_analytics;
pub(super) mod portal;
pub(super) mod script;

use super::super::fields::Fields;
use super::super::list::{member, text_of};
use super::degrade;
use super::native::{nested, note_order, note_time, outcome_of_error};
use crate::record::{
    Address, AppIds, Operation, Outcome, Property, Record, RecordId, UserType, value_text,
};
use serde_json::Value;

/// Workload and record type under which the unified audit log has sign-ins.
const WORKLOAD: &str = "AzureActiveDirectory";
const RECORD_TYPE: i32 = 15;

const SUCCEEDED: &str = "UserLoggedIn";
const FAILED: &str = "UserLoginFailed";

/// Facts that have no place of their own in a record; they are kept as extended properties under these names.
const EXTRAS: [&str; 20] = [
    "servicePrincipalCredentialKeyId",
    "servicePrincipalCredentialThumbprint",
    "clientCredentialType",
    "federatedCredentialId",
    "incomingTokenType",
    "authenticationProtocol",
    "originalTransferMethod",
    "authenticationRequirement",
    "conditionalAccessStatus",
    "riskLevelDuringSignIn",
    "riskState",
    "crossTenantAccessType",
    "homeTenantId",
    "resourceTenantId",
    "autonomousSystemNumber",
    "clientAppUsed",
    "resourceDisplayName",
    "resourceServicePrincipalId",
    "ipAddressFromResourceProvider",
    "userDisplayName",
];

/// Name of the extended property that says what kind of sign-in it is.
const KIND: &str = "signInEventTypes";

/// Kinds of sign-ins by category of the log, without the `AAD` before the names of tables.
const KINDS: [(&str, &str); 4] = [
    ("SignInLogs", "interactiveUser"),
    ("NonInteractiveUserSignInLogs", "nonInteractiveUser"),
    ("ServicePrincipalSignInLogs", "servicePrincipal"),
    ("ManagedIdentitySignInLogs", "managedIdentity"),
];

/// Reads a sign-in under the names of Graph, or those that the shape has beside them.
pub(super) fn record(fields: &Fields<'_>) -> Result<Record, String> {
    let ending = ending(fields);
    let mut record = Record {
        id: RecordId(fields.text("id")),
        time: ["createdDateTime", "TimeGenerated"]
            .iter()
            .find_map(|name| fields.time(name)),
        operation: Operation::new(ending.operation),
        workload: WORKLOAD.to_owned(),
        record_type: Some(RECORD_TYPE),
        outcome: ending.outcome,
        status: ending.status,
        user: user(fields),
        user_key: fields.first(&["userId", "servicePrincipalId"]),
        user_type: user_type(fields),
        tenant: fields.first(&["AADTenantId", "resourceTenantId"]),
        address: Address::read(&fields.text("ipAddress")),
        country: country(fields),
        agent: fields.text("userAgent"),
        app: app(fields),
        session: fields.text("sessionId"),
        token: fields.text("uniqueTokenIdentifier"),
        correlation: fields.text("correlationId"),
        extended: extras(fields),
        ..Record::default()
    };
    if record.user.is_empty() && record.app.id.is_empty() && record.app.name.is_empty() {
        return Err("the sign-in names neither a user nor an application".to_owned());
    }
    record.object.clone_from(&record.app.resource);
    note_time(&mut record, fields, "createdDateTime");
    note_order(&mut record, fields, "createdDateTime");
    if !ending.told {
        degrade(&mut record, "the row does not say how the sign-in ended");
    }
    Ok(record)
}

/// How a sign-in ended.
struct Ending {
    operation: &'static str,
    outcome: Outcome,
    status: String,
    /// Whether the row says so.
    told: bool,
}

impl Ending {
    fn new(operation: &'static str, outcome: Outcome, status: &str) -> Self {
        Self {
            operation,
            outcome,
            status: status.trim().to_owned(),
            told: true,
        }
    }
}

/// The error code decides; a word (`Success`, `Failure`, `Interrupted`) only where there is no code.
fn ending(fields: &Fields<'_>) -> Ending {
    let reason = reason(fields);
    match error_code(fields) {
        Some(0) => return Ending::new(SUCCEEDED, Outcome::Succeeded, "0"),
        Some(error) => {
            let status = format!("{error} {reason}");
            return Ending::new(FAILED, outcome_of_error(error), &status);
        }
        None => {}
    }
    let word = fields.first(&["status", "resultType"]);
    let status = format!("{word} {reason}");
    match Outcome::of_status(&word) {
        Outcome::Succeeded => Ending::new(SUCCEEDED, Outcome::Succeeded, "0"),
        Outcome::Failed => Ending::new(FAILED, Outcome::Failed, &status),
        Outcome::Unknown if word.eq_ignore_ascii_case("interrupted") => {
            Ending::new(FAILED, Outcome::Unknown, &status)
        }
        Outcome::Unknown => Ending {
            told: false,
            ..Ending::new(SUCCEEDED, Outcome::Unknown, "")
        },
    }
}

/// The error code; zero is success.
fn error_code(fields: &Fields<'_>) -> Option<i64> {
    let status = fields.json("status");
    let inside = status.as_deref().map(|status| text_of(status, "errorCode"));
    inside
        .and_then(|code| code.trim().parse().ok())
        .or_else(|| fields.integer("errorCode"))
        .or_else(|| fields.integer("resultType"))
        .or_else(|| fields.integer("status"))
}

/// Why it failed, in the words of the source.
fn reason(fields: &Fields<'_>) -> String {
    let outside = fields.first(&["failureReason", "resultDescription"]);
    if !outside.is_empty() {
        return outside;
    }
    let status = fields.json("status");
    status.map_or_else(String::new, |status| text_of(&status, "failureReason"))
}

/// Whether an application signs in for itself.
fn is_principal(fields: &Fields<'_>) -> bool {
    fields.has("servicePrincipalId") && !fields.has("userPrincipalName")
}

/// A service principal is written as the unified audit log writes it.
fn user(fields: &Fields<'_>) -> String {
    if is_principal(fields) {
        format!("ServicePrincipal_{}", fields.text("servicePrincipalId"))
    } else {
        fields.first(&["userPrincipalName", "alternateSignInName", "userId"])
    }
}

fn user_type(fields: &Fields<'_>) -> Option<UserType> {
    let guest = || Some((fields.flag("isGuestUser")?, fields.has("userPrincipalName")));
    match fields.text("userType").to_ascii_lowercase().as_str() {
        "member" => Some(UserType::Regular),
        "guest" => Some(UserType::Guest),
        _ if is_principal(fields) => Some(UserType::ServicePrincipal),
        _ => match guest()? {
            (true, _) => Some(UserType::Guest),
            (false, is_user) => is_user.then_some(UserType::Regular),
        },
    }
}

fn app(fields: &Fields<'_>) -> AppIds {
    let mut names = ["appDisplayName", "servicePrincipalName"];
    if is_principal(fields) {
        names.reverse();
    }
    // In Log Analytics and diagnostic records `resourceId` may be the path of the tenant; in Graph it is the id of the API.
    let resource = fields.text("resourceId");
    AppIds {
        id: fields.text("appId"),
        client: String::new(),
        name: fields.first(&names),
        resource: if resource.is_empty() || resource.starts_with('/') {
            fields.text("resourceDisplayName")
        } else {
            resource
        },
    }
}

/// Two-letter country of the sign-in. Service principals come with empty texts at 0°, 0°: no country.
fn country(fields: &Fields<'_>) -> String {
    ["country", "locationDetails", "location"]
        .iter()
        .filter_map(|name| fields.json(name))
        .find_map(|place| country_of(&place))
        .unwrap_or_default()
}

/// The country of a place: an object, a code, or `City, State, CC`.
fn country_of(place: &Value) -> Option<String> {
    let direct = text_of(place, "countryOrRegion");
    let written = match place {
        Value::String(text) => text.rsplit(',').next().unwrap_or_default(),
        _ if direct.is_empty() => &nested(place, ["location", "countryOrRegion"]),
        _ => &direct,
    };
    country_code(written)
}

/// A text as country code, if it has the form of one.
pub(super) fn country_code(text: &str) -> Option<String> {
    let text = text.trim();
    let code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    code.then(|| text.to_ascii_uppercase())
}

fn extras(fields: &Fields<'_>) -> Vec<Property> {
    let own = EXTRAS.iter().map(|name| (*name, fields.text(name)));
    let all = own.chain([("deviceId", device(fields)), (KIND, kind(fields))]);
    all.filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| Property {
            name: name.to_owned(),
            value,
        })
        .collect()
}

fn device(fields: &Fields<'_>) -> String {
    let own = fields.text("deviceId");
    match fields.json("deviceDetail") {
        Some(device) if own.is_empty() => text_of(&device, "deviceId"),
        _ => own,
    }
}

/// What kind of sign-in it is, in the words of Graph: from its own list, the category of the log, or its flags.
fn kind(fields: &Fields<'_>) -> String {
    if let Some(kinds) = fields.json(KIND) {
        return match &*kinds {
            Value::Array(kinds) => kinds.iter().map(value_text).collect::<Vec<_>>().join(";"),
            kind => value_text(kind),
        };
    }
    let logs = ["category", "type"].map(|name| fields.text(name));
    let of_log = logs.iter().find_map(|log| kind_of_log(log));
    let flags = ["isManagedIdentity", "isInteractive"].map(|name| fields.flag(name));
    let of_flags = match flags {
        [Some(true), _] => "managedIdentity",
        [Some(false), _] => "servicePrincipal",
        [_, Some(true)] => "interactiveUser",
        [_, Some(false)] if !is_principal(fields) => "nonInteractiveUser",
        _ => "",
    };
    of_log.unwrap_or(of_flags).to_owned()
}

fn kind_of_log(log: &str) -> Option<&'static str> {
    let log = log.strip_prefix("AAD").unwrap_or(log);
    let mut kinds = KINDS.iter();
    let found = kinds.find(|(name, _)| name.eq_ignore_ascii_case(log))?;
    Some(found.1)
}

/// Whether the names of a row say who signed in and to what, and nothing that only other logs say.
fn names_a_sign_in(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    let who = has("userPrincipalName") || has("servicePrincipalId");
    let what = has("appDisplayName") || has("appId") || has("resourceDisplayName");
    who && what && !has("operation") && !has("targetResources")
}

/// Whether `status` is the object that Graph has there.
fn has_status_object(fields: &Fields<'_>) -> bool {
    let status = fields.json("status");
    status.is_some_and(|status| member(&status, "errorCode").is_some())
}

#[cfg(test)]
mod tests;
