//! Sign-ins as Microsoft Graph lists them (`signIn`, beta).
//!
//! Not here: other shapes of the same (`shape`), the record of the unified log (`native`).

use super::event::Event;
use super::tenant::Tenant;

/// Appends a sign-in as one line of JSON without its end; false for events that are none.
pub fn write(_tenant: &Tenant, _event: &Event, _out: &mut Vec<u8>) -> bool {
    false
}
