//! `portal-sign-ins`: what the Entra admin center downloads as CSV, for users and for applications (TELEMETRY §5.5).
//!
//! Headers repeat and end in blanks, words stand where Graph has codes. Also `portal-authentication-details`, the second file of a
//! download: its rows are no sign-ins of their own and are refused by name. Not here: the JSON download, which is Graph's.

use super::{EXTRAS, Fields};
use crate::evidence::fields::Aliases;
use crate::record::{Property, Record};

/// Names of Graph and their columns.
const ALIASES: Aliases = &[
    ("id", &["Request ID"]),
    ("createdDateTime", &["Date (UTC)"]),
    ("errorCode", &["Sign-in error code"]),
    ("failureReason", &["Failure reason"]),
    ("userPrincipalName", &["Username"]),
    ("userId", &["User ID"]),
    ("userDisplayName", &["User"]),
    ("userType", &["User type"]),
    ("alternateSignInName", &["Sign-in identifier"]),
    ("servicePrincipalId", &["Service principal ID"]),
    ("servicePrincipalName", &["Service principal name"]),
    ("servicePrincipalCredentialKeyId", &["Credential key ID"]),
    (
        "servicePrincipalCredentialThumbprint",
        &["Credential thumbprint"],
    ),
    ("appId", &["Application ID"]),
    ("appDisplayName", &["Application"]),
    ("resourceId", &["Resource ID"]),
    ("resourceDisplayName", &["Resource"]),
    ("resourceTenantId", &["Resource tenant ID"]),
    ("homeTenantId", &["Home tenant ID"]),
    ("ipAddress", &["IP address"]),
    (
        "ipAddressFromResourceProvider",
        &["IP address (seen by resource)"],
    ),
    ("autonomousSystemNumber", &["Autonomous system number"]),
    ("userAgent", &["User agent"]),
    ("sessionId", &["Session ID"]),
    ("uniqueTokenIdentifier", &["Unique token identifier"]),
    ("correlationId", &["Correlation ID"]),
    ("clientAppUsed", &["Client app"]),
    ("deviceId", &["Device ID"]),
    ("clientCredentialType", &["Client credential type"]),
    ("incomingTokenType", &["Incoming token type"]),
    ("authenticationProtocol", &["Authentication Protocol"]),
    ("originalTransferMethod", &["Original transfer method"]),
    ("authenticationRequirement", &["Authentication requirement"]),
    ("crossTenantAccessType", &["Cross tenant access type"]),
    ("conditionalAccessStatus", &["Conditional Access"]),
];

/// Values that Graph spells in one word and the portal in several. Source: Graph `signIn`, its enumerations.
const WORDS: [&str; 22] = [
    "none",
    "singleFactorAuthentication",
    "multiFactorAuthentication",
    "primaryRefreshToken",
    "refreshToken",
    "remoteDesktopToken",
    "saml11",
    "saml20",
    "clientSecret",
    "clientAssertion",
    "federatedIdentityCredential",
    "managedIdentity",
    "certificate",
    "b2bCollaboration",
    "b2bDirectConnect",
    "microsoftSupport",
    "serviceProvider",
    "deviceCodeFlow",
    "authenticationTransfer",
    "success",
    "failure",
    "notApplied",
];

/// Columns that every download of sign-ins begins with.
fn begins(fields: &Fields<'_>) -> bool {
    fields.names_one("Date (UTC)") && fields.names_one("Request ID")
}

/// Whether a row has the columns of a download of sign-ins.
pub(in super::super) fn recognise(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    let who = has("Username") || has("User ID") || has("User") || has("Service principal ID");
    let what = has("Application") || has("Application ID");
    begins(fields) && who && what && has("Status")
}

/// Reads a row of a download of sign-ins.
pub(in super::super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let mut record = super::record(&fields.with_aliases(ALIASES))?;
    record.extended.iter_mut().for_each(spell);
    Ok(record)
}

/// Spells a value as Graph does, where it is one of Graph's.
fn spell(property: &mut Property) {
    let squeezed = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let own = squeezed(&property.value);
    let free = ["userDisplayName", "resourceDisplayName"].contains(&property.name.as_str());
    let word = WORDS.iter().find(|word| squeezed(word) == own);
    if let Some(word) = word.filter(|_| !free && EXTRAS.contains(&property.name.as_str())) {
        (*word).clone_into(&mut property.value);
    }
}

/// Whether a row has the columns of the authentication details that come with a download.
pub(in super::super) fn recognise_details(fields: &Fields<'_>) -> bool {
    begins(fields) && fields.names_one("Authentication method") && !fields.names_one("Status")
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
/// Refuses the row by name.
pub(in super::super) fn read_details(fields: Fields<'_>) -> Result<Record, String> {
    let request: String = fields.text("Request ID").chars().take(40).collect();
    Err(format!(
        "authentication details of the sign-in {request}: no user, address or application; add the file of the sign-ins themselves"
    ))
}
