//! `admin-audit-log`: what `Search-AdminAuditLog` gives on any way out of PowerShell, and the XML of `New-AdminAuditLogSearch`.
//!
//! The cmdlets are those of the unified audit log, so that the records are too. XML and JSON carry instants; the times of a table are
//! text in the culture of the exporting machine and are taken for UTC, as those of the unified audit log are. Not here: what the
//! parameters mean (`hunt`).

use super::super::fields::{Aliases, Fields};
use super::{degrade, native};
use crate::record::{Change, Outcome, Property, Record, RecordId};
use serde_json::Value;

/// Workload and record type under which the unified audit log has the same events.
pub(super) const WORKLOAD: &str = "Exchange";
const RECORD_TYPE: i32 = 1;

/// What the cmdlet and the XML call the native fields.
const ALIASES: Aliases = &[
    ("Operation", &["CmdletName", "Cmdlet"]),
    ("CreationTime", &["RunDate"]),
    ("UserId", &["Caller"]),
    ("ObjectId", &["ObjectModified"]),
    ("ResultStatus", &["Succeeded"]),
    ("Parameters", &["CmdletParameters"]),
];

/// What Exchange writes where there was no error.
const NO_ERROR: &str = "None";

/// Shortest text that is an id of a record, which is that of an item in Base64: other identities are names, of which many records
/// have the same.
const SHORTEST_ID: usize = 32;

/// Beginnings of the names of .NET types, which stand where an export did not follow a list.
const TYPES: [&str; 2] = ["System.", "Microsoft.Exchange."];

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    (has("CmdletName") || has("Cmdlet"))
        && (has("RunDate") || has("ObjectModified") || has("CmdletParameters"))
}

pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let fields = fields.with_aliases(ALIASES);
    let mut record = native::record(&fields)?;
    WORKLOAD.clone_into(&mut record.workload);
    record.record_type = Some(RECORD_TYPE);
    record.id = own_id(&fields);
    names_alone(&mut record, &fields);
    error(&mut record, &fields);
    native::note_time(&mut record, &fields, "CreationTime");
    native::note_order(&mut record, &fields, "CreationTime");
    Ok(record)
}

/// The identity of a row where it is that of the record: an item id, no name or GUID of a mailbox or an account.
pub(super) fn own_id(fields: &Fields<'_>) -> RecordId {
    let identity = match fields.json("Identity") {
        Some(value) if value.is_object() => super::super::list::text_of(&value, "ToString"),
        _ => fields.text("Identity"),
    };
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte);
    let kinds = [
        char::is_uppercase as fn(char) -> bool,
        char::is_lowercase,
        |digit| digit.is_ascii_digit(),
    ];
    let is_id = identity.len() >= SHORTEST_ID
        && identity.bytes().all(is_base64)
        && !identity.starts_with('/')
        && kinds.iter().all(|kind| identity.contains(kind));
    RecordId(if is_id { identity } else { String::new() })
}

/// A table, and JSON that does not go deep enough, keep the names of parameters and changed properties without their values.
fn names_alone(record: &mut Record, fields: &Fields<'_>) {
    if let Some(names) = fields.json("Parameters").and_then(|value| names(&value)) {
        record.parameters = names
            .into_iter()
            .map(|name| Property {
                name,
                value: String::new(),
            })
            .collect();
        lost(record, "CmdletParameters");
    }
    let changed = fields.json("ModifiedProperties");
    if let Some(names) = changed.and_then(|value| names(&value)) {
        record.modified = names
            .into_iter()
            .map(|name| Change {
                name,
                ..Change::default()
            })
            .collect();
        lost(record, "ModifiedProperties");
    }
}

fn lost(record: &mut Record, name: &str) {
    degrade(
        record,
        &format!(
            "the export lost the values of {name}: ConvertTo-Json -Depth 5, Export-Clixml and New-AdminAuditLogSearch keep them"
        ),
    );
}

/// The names in a list that holds nothing else; `None` where there is no list, or one with values.
fn names(value: &Value) -> Option<Vec<String>> {
    let between = |character: char| character.is_whitespace() || ",;{}".contains(character);
    let texts: Vec<&str> = match value {
        Value::String(text) if !text.starts_with('-') => text.split(between).collect(),
        Value::Array(entries) if !entries.is_empty() => {
            entries.iter().map(Value::as_str).collect::<Option<_>>()?
        }
        _ => return None,
    };
    let is_name =
        |text: &&str| !text.is_empty() && !TYPES.iter().any(|kind| text.starts_with(kind));
    let names = texts.into_iter().map(str::trim).filter(is_name);
    Some(names.map(str::to_owned).collect())
}

/// Keeps the text of an error, and takes it for a failure where the row does not say whether the cmdlet succeeded.
fn error(record: &mut Record, fields: &Fields<'_>) {
    let error = fields.text("Error");
    if error.is_empty() || error.eq_ignore_ascii_case(NO_ERROR) {
        return;
    }
    if record.outcome == Outcome::Unknown {
        record.outcome = Outcome::Failed;
    }
    record.extended.push(Property {
        name: "Error".to_owned(),
        value: error,
    });
}

#[cfg(test)]
mod tests {
    use super::super::reading::as_format;
    use super::*;

    fn read_json(members: &str) -> Record {
        let json = format!(
            r#"{{"CmdletName":"Add-MailboxPermission","RunDate":"2023-06-03T10:13:00+02:00",{members}}}"#
        );
        as_format("admin-audit-log", &json).unwrap()
    }

    #[test]
    fn parameters_without_values_are_named_and_marked() {
        for (written, names) in [
            (
                r#""Identity User AccessRights""#,
                "Identity User AccessRights",
            ),
            (r#""{Identity, User}""#, "Identity User"),
            (r#"["Identity","User"]"#, "Identity User"),
            (r#""Microsoft.Exchange.Data.MultiValuedProperty`1[X]""#, ""),
            (
                r#"["Microsoft.Exchange.Data.Parameter","System.Object[]"]"#,
                "",
            ),
        ] {
            let record = read_json(&format!(r#""CmdletParameters":{written}"#));
            let found: Vec<_> = record.parameters.iter().map(|own| &*own.name).collect();
            assert_eq!(found.join(" "), names, "{written}");
            assert!(
                record
                    .degraded
                    .contains("lost the values of CmdletParameters"),
                "{written}: {}",
                record.degraded
            );
        }
    }

    #[test]
    fn parameters_with_values_are_whole() {
        for written in [
            r#"[{"Name":"User","Value":"ann@example.com"}]"#,
            r#"["@{Name=User; Value=ann@example.com}"]"#,
            r#"{"Name":"User","Value":"ann@example.com"}"#,
            r#""-User \"ann@example.com\"""#,
        ] {
            let record = read_json(&format!(r#""CmdletParameters":{written}"#));
            assert_eq!(
                record.parameter("User"),
                Some("ann@example.com"),
                "{written}"
            );
            assert_eq!(record.degraded, "", "{written}");
        }
    }

    #[test]
    fn an_error_is_a_failure_unless_it_is_none() {
        for (members, outcome, extended) in [
            (
                r#""Succeeded":"True","Error":"None""#,
                Outcome::Succeeded,
                0,
            ),
            (
                r#""Succeeded":false,"Error":"no such user""#,
                Outcome::Failed,
                1,
            ),
            (
                r#""Succeeded":"","Error":"no such user""#,
                Outcome::Failed,
                1,
            ),
            (r#""Succeeded":null,"Error":"""#, Outcome::Unknown, 0),
        ] {
            let record = read_json(members);
            assert_eq!(record.outcome, outcome, "{members}");
            assert_eq!(record.extended.len(), extended, "{members}");
        }
    }

    #[test]
    fn an_identity_is_an_id_when_it_looks_like_one() {
        for (identity, id) in [
            (
                r#""AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2/+=""#,
                "AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2/+=",
            ),
            (
                r#"{"ToString":"AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2/+="}"#,
                "AAMkAGQ4ZjM0YzA2AAMkAGQ4ZjM0YzA2/+=",
            ),
            (r#""corp.example/Users/Victim""#, ""),
            (r#""victim""#, ""),
            (r#""robertjohnson1234567890abcdefghijkl""#, ""),
            (r#""6d4fbdae-e3ae-4530-8d0b-f62a14687939""#, ""),
            ("null", ""),
        ] {
            let record = read_json(&format!(r#""Identity":{identity}"#));
            assert_eq!(record.id.0, id, "{identity}");
        }
    }
}
