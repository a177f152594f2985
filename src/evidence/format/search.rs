//! `unified-audit-search`: rows of `Search-UnifiedAuditLog` and of Purview audit searches, which wrap the native record.
//!
//! Where `AuditData` is empty or cut off (spreadsheets cut cells at 32,767 characters), the columns around it still say who did what
//! and when: the row is kept and marked.

use super::super::fields::Fields;
use super::{cut, degrade, native};
use crate::record::{Operation, Record, RecordId};
use serde_json::Value;

/// The column that holds the record.
const DATA: &str = "AuditData";

/// Spellings of the columns around it, over cmdlet, portals and Graph.
const IDS: [&str; 3] = ["Identity", "RecordId", "Id"];
const TIMES: [&str; 3] = ["CreationDate", "CreatedDateTime", "CreationTime"];
const USERS: [&str; 4] = ["UserIds", "UserId", "User", "UserPrincipalName"];
const OPERATIONS: [&str; 3] = ["Operations", "Operation", "Activity"];
const TYPES: [&str; 2] = ["RecordType", "AuditLogRecordType"];

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    fields.names_one(DATA)
}

/// Whether the record is there, rather than empty or cut off.
pub(super) fn is_whole(fields: &Fields<'_>) -> bool {
    fields.wrapped(DATA).is_some_and(|data| data.is_object())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    record(&fields)
}

/// Reads a row that may hold other columns, too.
pub(super) fn record(fields: &Fields<'_>) -> Result<Record, String> {
    let data = fields.wrapped(DATA);
    match data.as_deref() {
        Some(Value::Object(members)) => match native::record(&Fields::of_members(members)) {
            Ok(record) => Ok(inner(record, fields)),
            Err(_) => outer(fields, "AuditData names no operation"),
        },
        None => outer(fields, "AuditData is empty"),
        Some(_) => match cut::record(fields, DATA, CUT) {
            Some(record) => Ok(inner(record, fields)),
            None => outer(fields, CUT),
        },
    }
}

/// What is said of a record that is not whole.
const CUT: &str = "AuditData is cut off or damaged";

/// A wrapped record. Times around it depend on the culture of the exporting machine, so one taken from there is marked.
fn inner(record: Record, fields: &Fields<'_>) -> Record {
    let timeless = record.time.is_none();
    let mut record = completed(record, fields);
    if timeless && record.time.is_some() {
        degrade(&mut record, "the time is that of the row around AuditData");
    }
    native::note_time(&mut record, fields, TIMES[0]);
    record
}

/// Reads a row that wraps a usual record, as [`read`] does, into `record`. False when it is to be read by that; `record` then holds nothing of use.
pub(super) fn read_fast(fields: &Fields<'_>, fast: &mut native::Fast, record: &mut Record) -> bool {
    let data = fields.written(DATA);
    let read = data.is_some_and(|text| fast.read(text.trim_ascii(), record))
        // What such a record is less than others is said of times, which the row around it may know.
        && record.time.is_some()
        && record.degraded.is_empty();
    if read {
        complete(record, fields);
    }
    read
}

/// Fills in what the wrapped record does not say itself.
pub(super) fn completed(mut record: Record, fields: &Fields<'_>) -> Record {
    complete(&mut record, fields);
    record
}

fn complete(record: &mut Record, fields: &Fields<'_>) {
    if record.id.0.is_empty() {
        record.id = RecordId(fields.first(&IDS));
    }
    if record.user.is_empty() {
        record.user = fields.first(&USERS);
    }
    if record.record_type.is_none() {
        record.record_type = native::record_type(&fields.first(&TYPES));
    }
    if record.time.is_none() {
        set_time(record, fields);
    }
}

/// The time around the record. That is spelled as the exporting machine spells dates, so day and month may be a guess.
fn set_time(record: &mut Record, fields: &Fields<'_>) {
    for name in TIMES {
        record.time = fields.time(name);
        if record.time.is_some() {
            native::note_order(record, fields, name);
            return;
        }
    }
}

/// A record of what the outer columns say. The damaged text stays searchable as an extended property.
fn outer(fields: &Fields<'_>, note: &str) -> Result<Record, String> {
    let operation = Operation::new(&fields.first(&OPERATIONS));
    if operation.as_str().is_empty() {
        return Err(format!("{note}, and the row around it names no operation"));
    }
    let mut record = Record {
        operation,
        ..Record::default()
    };
    cut::lessen(&mut record, fields, DATA, note);
    let mut record = completed(record, fields);
    native::note_time(&mut record, fields, TIMES[0]);
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::super::reading::as_format;
    use super::*;

    fn read_json(json: &str) -> Result<Record, String> {
        as_format("unified-audit-search", json)
    }

    #[test]
    fn the_record_may_be_an_object_or_text() {
        for data in [
            r#"{"Operation":"Set-Mailbox","CreationTime":"2023-06-03T08:13:00","Id":"a","UserId":"u"}"#,
            r#""{\"Operation\":\"Set-Mailbox\",\"CreationTime\":\"2023-06-03T08:13:00\",\"Id\":\"a\",\"UserId\":\"u\"}""#,
            r#"{"Operation":"Set-Mailbox"}"#,
        ] {
            let record = read_json(&format!(
                r#"{{"CreationDate":"\/Date(1685779980000)\/","Identity":"a","UserIds":"u","AuditData":{data}}}"#
            ))
            .unwrap();
            assert_eq!(
                (record.id.0.as_str(), record.user.as_str()),
                ("a", "u"),
                "{data}"
            );
            assert!(record.time.is_some() && record.operation.is("Set-Mailbox"));
        }
    }

    #[test]
    fn a_date_around_the_record_may_be_a_guess() {
        for (date, note) in [
            (
                "3/6/2023 8:13:00 AM",
                "AuditData is empty; day and month may be swapped",
            ),
            ("2023-03-06T08:13:00", "AuditData is empty"),
        ] {
            let row =
                format!(r#"{{"AuditData":"","CreationDate":"{date}","Operations":"Add user."}}"#);
            let record = read_json(&row).unwrap();
            assert_eq!(record.degraded, note);
            assert_eq!(record.time, crate::time::parse("2023-03-06T08:13:00Z"));
        }
    }

    #[test]
    fn a_lost_record_leaves_what_stands_around_it() {
        for (data, note) in [
            ("", "AuditData is empty"),
            (
                r#"{\"Operation\":\"Add user.\",\"Tar"#,
                "AuditData is cut off or damaged",
            ),
        ] {
            let record = read_json(&format!(
                r#"{{"RecordType":"AzureActiveDirectory","CreationDate":"5/18/2021 9:13:33 PM","UserIds":"u","Operations":"Add user.","AuditData":"{data}"}}"#
            ))
            .unwrap();
            assert!(record.degraded.starts_with(note), "{}", record.degraded);
            assert!(record.operation.is("Add user"));
            assert_eq!(record.record_type, Some(8));
            assert!(record.time.is_some());
        }
        assert!(read_json(r#"{"AuditData":""}"#).is_err());
    }

    #[test]
    fn what_stands_before_the_cut_is_read() {
        let record = read_json(
            r#"{"UserIds":"u","Operations":"MailItemsAccessed","AuditData":"{\"Id\":\"a\",\"Operation\":\"MailItemsAccessed\",\"CreationTime\":\"2024-05-01T11:00:00\",\"MailboxOwnerUPN\":\"v@example.com\",\"Folders\":[{\"Path\":\"\\\\Inbox\",\"FolderItems\":[{\"InternetMessageId\":\"<a>\"},{\"Intern"}"#,
        )
        .unwrap();
        assert_eq!((record.id.0.as_str(), record.user.as_str()), ("a", "u"));
        assert_eq!(record.mailbox.owner, "v@example.com");
        assert_eq!(record.message_ids().collect::<Vec<_>>(), ["<a>"]);
        assert_eq!(record.degraded, CUT);
    }
}
