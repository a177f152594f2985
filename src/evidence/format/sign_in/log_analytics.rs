//! `sign-in-logs`: the Log Analytics tables `SigninLogs`, `AADNonInteractiveUserSignInLogs`, `AADServicePrincipalSignInLogs`,
//! `AADManagedIdentitySignInLogs` and `ADFSSignInLogs` (TELEMETRY §5.3).
//!
//! `TenantId` is the workspace, `ResourceId` the path of the tenant: neither is read. Not here: the columns that are named as in Graph.

use super::{Fields, names_a_sign_in};
use crate::evidence::fields::Aliases;
use crate::record::Record;

/// Names of Graph and their columns.
const ALIASES: Aliases = &[("resourceId", &["ResourceIdentity"])];

/// Whether a row has the columns of a table of sign-ins.
pub(in super::super) fn recognise(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    let result = has("ResultType") || has("Status") && has("TimeGenerated");
    names_a_sign_in(fields) && result
}

/// Reads a row of a table of sign-ins.
pub(in super::super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    super::record(&fields.with_aliases(ALIASES))
}
