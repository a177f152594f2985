//! `graph-sign-ins`: Graph `signIn` as the API, collectors and the Entra portal write it (TELEMETRY §5.1).
//!
//! Not here: the reading itself, for its names are those that all shapes share.

use super::{Fields, has_status_object, names_a_sign_in};
use crate::record::Record;

/// Whether a row has the names of a Graph sign-in.
pub(in super::super) fn recognise(fields: &Fields<'_>) -> bool {
    let time = fields.names_one("createdDateTime") && fields.names_one("status");
    names_a_sign_in(fields) && (time || has_status_object(fields))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
/// Reads a sign-in of Graph.
pub(in super::super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    super::record(&fields)
}
