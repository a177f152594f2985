//! `script-sign-ins`: tables that collecting scripts make of Graph sign-ins, with city and country in columns of their own
//! (TELEMETRY §5.5).
//!
//! Which columns there are is up to the script; many leave out ids and how the sign-in ended. Not here: tables that keep the objects
//! of Graph whole, which are read as Graph's.

use super::Fields;
use crate::evidence::fields::Aliases;
use crate::record::Record;

/// Names of Graph and the columns that scripts make of them.
const ALIASES: Aliases = &[
    ("id", &["Id", "RequestId", "Request ID"]),
    (
        "errorCode",
        &[
            "ErrorCode",
            "Status.ErrorCode",
            "Status_ErrorCode",
            "StatusErrorCode",
        ],
    ),
    (
        "failureReason",
        &[
            "FailureReason",
            "Status.FailureReason",
            "Status_FailureReason",
        ],
    ),
    (
        "country",
        &[
            "Country",
            "CountryOrRegion",
            "Location.CountryOrRegion",
            "Location_CountryOrRegion",
        ],
    ),
];

/// Whether a row has columns that scripts make of a sign-in.
pub(in super::super) fn recognise(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    let places = ["City", "Country", "CountryOrRegion"];
    let place = places.iter().any(|name| has(name))
        || has("Location.CountryOrRegion")
        || has("Location_CountryOrRegion");
    let what = has("AppDisplayName") || has("AppId") || has("ClientAppUsed");
    let sign_in = has("CreatedDateTime") && has("UserPrincipalName") && has("IPAddress");
    sign_in && what && place && !has("Operation")
}

/// Reads a row of a script.
pub(in super::super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    super::record(&fields.with_aliases(ALIASES))
}
