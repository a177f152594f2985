//! `audit-data-columns`: an audit search whose `AuditData` Power Query spread over columns (`AuditData.CreationTime`, …).
//!
//! Power Query writes `[List]` or `[Record]` for what it did not open, and one row for each entry of a list that it did: either way
//! the record has lost something. Not here: the same table before (`search`).

use super::super::fields::Fields;
use super::{degrade, flat, native};
use crate::record::Record;
use crate::text::fold;
use serde_json::{Map, Value};

/// What the columns of the record begin with.
const PREFIX: &str = "auditdata.";

/// What Power Query writes for a value that it did not open.
const CLOSED: [&str; 3] = ["[List]", "[Record]", "[Table]"];

/// Lists of the record, of which an opened one leaves one entry in a row.
const LISTS: [&str; 8] = [
    "Parameters",
    "ExtendedProperties",
    "ModifiedProperties",
    "OperationProperties",
    "Folders",
    "AffectedItems",
    "Actor",
    "Target",
];

/// Names of the columns around the record, and those inside that they stand for.
const AROUND: [(&str, &[&str]); 5] = [
    ("Id", &["RecordId", "Identity"]),
    ("RecordType", &["RecordType"]),
    ("CreationTime", &["CreationDate"]),
    ("UserId", &["UserId", "UserIds"]),
    ("Operation", &["Operation", "Operations"]),
];

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    fields.names().any(is_inner)
}

fn is_inner(name: &str) -> bool {
    name.trim_start()
        .get(..PREFIX.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let (closed, inner): (Vec<_>, Vec<_>) = flat::columns(&fields)
        .into_iter()
        .filter(|(name, _)| is_inner(name))
        .map(|(name, value)| {
            (
                name.get(PREFIX.len()..).unwrap_or_default().to_owned(),
                value,
            )
        })
        .partition(|(_, value)| value.as_str().is_some_and(|text| CLOSED.contains(&text)));
    let mut members = flat::rebuild(inner, "\n").members;
    around(&mut members, &fields);
    let mut record = native::read(Fields::of_members(&members))?;
    for (name, _) in closed {
        degrade(&mut record, &format!("Power Query left {name} out"));
    }
    for name in LISTS {
        if members.get(name).is_some_and(Value::is_object) {
            degrade(
                &mut record,
                &format!("Power Query spread {name} over several rows"),
            );
        }
    }
    Ok(record)
}

/// Fills in what has no column of its own from those around.
fn around(members: &mut Map<String, Value>, fields: &Fields<'_>) {
    for (name, columns) in AROUND {
        let there = members.keys().any(|own| fold(own) == fold(name));
        let value = fields.first(columns);
        if !there && !value.is_empty() {
            members.insert(name.to_owned(), Value::String(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::as_format;

    #[test]
    fn the_columns_are_the_record_and_what_is_missing_is_said() {
        let record = as_format(
            "audit-data-columns",
            r#"{"RecordId":"a","CreationDate":"5/18/2021 9:13:33 PM","AuditData.CreationTime":"2021-05-18T21:13:33","AuditData.Operation":"Set-Mailbox",
                "AuditData.UserId":"u@example.com","AuditData.ClientIP":"203.0.113.9:1","AuditData.Parameters":"[List]",
                "AuditData.AppAccessContext.UniqueTokenId":"tOken","AuditData.ModifiedProperties.Name":"X","AuditData.ModifiedProperties.NewValue":"1"}"#,
        )
        .unwrap();
        assert_eq!(
            (record.id.0.as_str(), record.user.as_str()),
            ("a", "u@example.com")
        );
        assert_eq!(record.token, "tOken");
        assert_eq!(record.new_value("X"), Some("1"));
        assert_eq!(
            record.degraded,
            "Power Query left Parameters out; Power Query spread ModifiedProperties over several rows"
        );
    }
}
