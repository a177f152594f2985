//! `audit-search-screen`: results of the audit search page as the old compliance portal showed them (`Date`, `IP address`, `User`,
//! `Activity`, `Item`, `Detail`).
//!
//! The activity is the portal's phrase for the operation, unless the detail holds the record. Not here: the portal's other export,
//! with `AuditData` (`search`).

use super::super::fields::Fields;
use super::{degrade, native};
use crate::record::{Address, Operation, Property, Record};
use serde_json::Value;

/// The column that may hold the record.
const DETAIL: &str = "Detail";

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    ["Date", "User", "Activity", DETAIL]
        .iter()
        .all(|name| fields.names_one(name))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    if let Some(Value::Object(members)) = fields.wrapped(DETAIL).as_deref()
        && let Ok(mut record) = native::record(&Fields::of_members(members))
    {
        record.time = record.time.or_else(|| fields.time("Date"));
        native::note_time(&mut record, &fields, "Date");
        return Ok(record);
    }
    let activity = fields.text("Activity");
    if activity.is_empty() {
        return Err("the row names no activity".to_owned());
    }
    let mut record = Record {
        time: fields.time("Date"),
        operation: Operation::new(&activity),
        user: fields.text("User"),
        object: fields.text("Item"),
        address: Address::read(&fields.text("IP address")),
        ..Record::default()
    };
    let detail = fields.text(DETAIL);
    if !detail.is_empty() {
        record.extended.push(Property {
            name: DETAIL.to_owned(),
            value: detail,
        });
    }
    degrade(&mut record, "the portal's screen, without the record");
    native::note_time(&mut record, &fields, "Date");
    native::note_order(&mut record, &fields, "Date");
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::super::reading::as_format;

    #[test]
    fn the_detail_is_the_record_or_text() {
        for (detail, operation, degraded) in [
            (
                r#"{\"Operation\":\"Set-Mailbox\",\"UserId\":\"u\"}"#,
                "Set-Mailbox",
                "",
            ),
            (
                "some words",
                "Set mailbox",
                "the portal's screen, without the record",
            ),
        ] {
            let record = as_format(
                "audit-search-screen",
                &format!(
                    r#"{{"Date":"2019-11-22 17:09:12","IP address":"203.0.113.9","User":"u","Activity":"Set mailbox","Item":"o","Detail":"{detail}"}}"#
                ),
            )
            .unwrap();
            assert_eq!(
                (record.operation.as_str(), record.user.as_str()),
                (operation, "u")
            );
            assert_eq!(record.degraded, degraded);
            assert!(record.time.is_some());
        }
    }
}
