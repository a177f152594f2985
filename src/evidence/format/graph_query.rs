//! `graph-audit-query`: records of an audit log query through Microsoft Graph, which wrap the native record in `auditData`.
//!
//! Around it the same values stand in camel case. Where `auditData` is empty or cut off they make a lesser record.

use super::super::fields::{Aliases, Fields};
use super::{cut, native};
use crate::record::Record;
use serde_json::Value;

/// Native names and those around `auditData`. `userId` may be an object id there; the principal name is the native `UserId`.
const ALIASES: Aliases = &[
    ("CreationTime", &["createdDateTime"]),
    ("RecordType", &["auditLogRecordType"]),
    ("Workload", &["service"]),
    ("UserId", &["userPrincipalName"]),
];

/// The member that holds the record.
const DATA: &str = "auditData";

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    fields.names_one("auditLogRecordType")
}

pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let fields = fields.with_aliases(ALIASES);
    let data = fields.wrapped(DATA);
    let mut record = match data.as_deref() {
        Some(Value::Object(members)) => match native::record(&Fields::of_members(members)) {
            Ok(record) => completed(record, &fields),
            Err(_) => outer(&fields, "auditData names no operation")?,
        },
        None => outer(&fields, "auditData is empty")?,
        Some(_) => match cut::record(&fields, DATA, CUT) {
            Some(record) => completed(record, &fields),
            None => outer(&fields, CUT)?,
        },
    };
    native::note_time(&mut record, &fields, "CreationTime");
    Ok(record)
}

/// What is said of a record that is not whole.
const CUT: &str = "auditData is cut off or damaged";

/// The record as the values around `auditData` have it.
fn outer(fields: &Fields<'_>, note: &str) -> Result<Record, String> {
    let mut record = native::record(fields)?;
    cut::lessen(&mut record, fields, DATA, note);
    Ok(record)
}

/// Fills in what the wrapped record does not say itself.
fn completed(mut record: Record, fields: &Fields<'_>) -> Record {
    let Ok(mut outer) = native::record(fields) else {
        return record;
    };
    for (own, other) in [
        (&mut record.id.0, &mut outer.id.0),
        (&mut record.user, &mut outer.user),
        (&mut record.tenant, &mut outer.tenant),
        (&mut record.object, &mut outer.object),
        (&mut record.workload, &mut outer.workload),
    ] {
        if own.is_empty() {
            *own = std::mem::take(other);
        }
    }
    record.time = record.time.or(outer.time);
    record.record_type = record.record_type.or(outer.record_type);
    record.user_type = record.user_type.or(outer.user_type);
    if record.address.written.is_empty() {
        record.address = outer.address;
    }
    record
}

#[cfg(test)]
mod tests {
    use super::super::reading::as_format;
    use super::*;
    use crate::record::UserType;

    fn read_json(data: &str) -> Record {
        as_format(
            "graph-audit-query",
            &format!(
                r#"{{"id":"a","createdDateTime":"2024-05-01T10:00:00Z","auditLogRecordType":"exchangeAdmin","operation":"Set-Mailbox",
                    "organizationId":"t","userType":"dcAdmin","userId":"guid","userPrincipalName":"u@example.com","service":"Exchange",
                    "objectId":"o","clientIp":"203.0.113.9","auditData":{data}}}"#
            ),
        )
        .unwrap()
    }

    #[test]
    fn the_record_is_inside_and_its_gaps_are_filled_from_around() {
        for data in [
            r##"{"@odata.type":"#microsoft.graph.security.defaultAuditData","Operation":"Set-Mailbox","UserId":"own@example.com"}"##,
            r#""{\"Operation\":\"Set-Mailbox\",\"UserId\":\"own@example.com\"}""#,
        ] {
            let record = read_json(data);
            assert_eq!(record.user, "own@example.com");
            assert_eq!((record.record_type, record.id.0.as_str()), (Some(1), "a"));
            assert_eq!(record.user_type, Some(UserType::DcAdmin));
            assert_eq!(record.address.written, "203.0.113.9");
            assert!(record.time.is_some() && record.degraded.is_empty());
        }
    }

    #[test]
    fn a_lost_record_leaves_what_stands_around_it() {
        for (data, note) in [
            ("null", "auditData is empty"),
            (r#""{\"Oper""#, "auditData is cut off or damaged"),
            ("{}", "auditData names no operation"),
        ] {
            let record = read_json(data);
            assert_eq!(record.degraded, note);
            assert_eq!(record.user, "u@example.com");
            assert_eq!((record.tenant.as_str(), record.object.as_str()), ("t", "o"));
        }
    }
}
