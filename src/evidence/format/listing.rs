//! Tables beside audit records that hold none, refused by name with what to add in their stead.
//!
//! `mail-access-summary` is refused because it cannot be counted: its rows have no record id, so that a read would count again beside
//! the record itself; they do not say whose mailbox was read; and `Get-MessageIDs` writes the id of the read before for a record of
//! one item. Not here: inventories, and tables of other products.

use super::super::fields::Fields;
use crate::record::Record;

/// Columns of a list of content blobs.
const CONTENT: [&str; 3] = ["contentUri", "contentId", "contentType"];

/// Columns of `Get-Sessions` and of `Get-MessageIDs`.
const SUMMARIES: [&[&str]; 2] = [
    &["TimeStamp", "User", "Action", "SessionId", "OperationCount"],
    &[
        "Timestamp",
        "User",
        "IPaddress",
        "SessionID",
        "InternetMessageId",
    ],
];

pub(super) fn recognise_content(fields: &Fields<'_>) -> bool {
    all(fields, &CONTENT)
}

pub(super) fn refuse_content(_: Fields<'_>) -> Result<Record, String> {
    Err("a list of content blobs, no records; fetch the blobs themselves and add them".to_owned())
}

pub(super) fn recognise_summary(fields: &Fields<'_>) -> bool {
    SUMMARIES.iter().any(|columns| all(fields, columns))
}

pub(super) fn refuse_summary(_: Fields<'_>) -> Result<Record, String> {
    Err(
        "a summary of mail reads (Get-Sessions, Get-MessageIDs) that names no record and no mailbox; add the audit log itself (Get-UAL)"
            .to_owned(),
    )
}

fn all(fields: &Fields<'_>, names: &[&str]) -> bool {
    names.iter().all(|name| fields.names_one(name))
}

#[cfg(test)]
mod tests {
    use super::super::reading::as_format;

    #[test]
    fn lists_are_refused_by_name() {
        for (format, json, reason) in [
            (
                "audit-content-list",
                r#"{"contentUri":"https://example.com/a","contentId":"a","contentType":"Audit.Exchange","contentCreated":"2024-05-01T10:00:00Z"}"#,
                "fetch the blobs",
            ),
            (
                "mail-access-summary",
                r#"{"TimeStamp":"2024-05-01T10:00:00","User":"u","Action":"MailItemsAccessed","SessionId":"s","ClientIP":"203.0.113.9","OperationCount":"2"}"#,
                "Get-UAL",
            ),
            (
                "mail-access-summary",
                r#"{"Timestamp":"2024-05-01T10:00:00","User":"u","IPaddress":"203.0.113.9","SessionID":"s","InternetMessageId":"<a>","SizeInBytes":"1"}"#,
                "Get-UAL",
            ),
        ] {
            let error = as_format(format, json).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
