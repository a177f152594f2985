//! The formats of rows: one entry each, from which documents, coverage and tests derive.
//!
//! A format recognises a row by the names in it and maps the row onto the one vocabulary. Rows of JSON and of tables look alike to
//! it. Not here: what a file is cut into rows by.

mod cloud_app;
mod directory;
mod mailbox;
mod native;
mod office;
mod search;
mod sign_in;

use super::fields::Fields;
use crate::record::{Inventory, Record};

/// One format of rows.
#[derive(Debug)]
pub struct Format {
    /// Its name in layouts, reports and documents.
    pub name: &'static str,
    /// What it is, in one line.
    pub what: &'static str,
    /// Where its fields are documented, or were observed.
    pub source: &'static str,
    recognise: fn(&Fields<'_>) -> bool,
    read: Reader,
}

/// How a format reads a row; the reason when the row is none that this program can use.
#[derive(Debug, Clone, Copy)]
enum Reader {
    /// One row is one event.
    One(fn(Fields<'_>) -> Result<Record, String>),
    /// One row is one event or several, or wraps a row of another format.
    Any(fn(Fields<'_>) -> Result<Content, String>),
    /// One row is an entry of an inventory.
    Inventory(fn(Fields<'_>) -> Result<Inventory, String>),
}

/// What a row says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// Events, at least one.
    Records(Vec<Record>),
    /// An entry of an inventory.
    Inventory(Box<Inventory>),
}

impl Content {
    /// The events; none for an inventory.
    pub(super) fn records_mut(&mut self) -> &mut [Record] {
        match self {
            Self::Records(records) => records,
            Self::Inventory(_) => &mut [],
        }
    }
}

impl Format {
    /// Reads a row; the reason when it is none that this program can use.
    pub(super) fn read(&self, fields: Fields<'_>) -> Result<Content, String> {
        match self.read {
            Reader::One(read) => read(fields).map(|record| Content::Records(vec![record])),
            Reader::Any(read) => read(fields),
            Reader::Inventory(read) => {
                read(fields).map(|inventory| Content::Inventory(Box::new(inventory)))
            }
        }
    }
}

/// Every format, the most particular first: the first that recognises a row reads it.
pub const FORMATS: &[Format] = &[
    Format {
        name: "unified-audit-search",
        what: "rows of Search-UnifiedAuditLog or a Purview audit search, with the record in AuditData",
        source: "Microsoft: Search-UnifiedAuditLog; Export, configure, and view audit log records",
        recognise: search::recognise,
        read: Reader::One(search::read),
    },
    Format {
        name: "cloud-app-events",
        what: "rows of the Defender XDR table CloudAppEvents",
        source: "Microsoft: CloudAppEvents in the advanced hunting schema",
        recognise: cloud_app::recognise,
        read: Reader::One(cloud_app::read),
    },
    Format {
        name: "sign-in-logs",
        what: "rows of the Log Analytics sign-in tables (SigninLogs and its relatives)",
        source: "Microsoft: Azure Monitor Logs reference, SigninLogs; Graph signIn",
        recognise: sign_in::recognise,
        read: Reader::One(sign_in::read),
    },
    Format {
        name: "audit-logs",
        what: "rows of the Log Analytics table AuditLogs (Entra directory audit)",
        source: "Microsoft: Azure Monitor Logs reference, AuditLogs; Graph directoryAudit",
        recognise: directory::recognise,
        read: Reader::One(directory::read),
    },
    Format {
        name: "unified-audit",
        what: "native records of the unified audit log",
        source: "Microsoft: Office 365 Management Activity API schema",
        recognise: native::recognise,
        read: Reader::One(native::read),
    },
    Format {
        name: "office-activity",
        what: "rows of the Log Analytics table OfficeActivity",
        source: "Microsoft: Azure Monitor Logs reference, OfficeActivity",
        recognise: office::recognise,
        read: Reader::One(office::read),
    },
];

/// The format of a row or header.
pub(super) fn recognise(fields: &Fields<'_>) -> Option<&'static Format> {
    FORMATS.iter().find(|format| (format.recognise)(fields))
}

/// The format of a name.
pub(super) fn named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// What a row says that stands inside of another, whatever its format; the reason when it is none that this program knows.
pub(super) fn read_inner(fields: Fields<'_>) -> Result<Content, String> {
    match recognise(&fields) {
        Some(format) => format.read(fields),
        None => Err("the row wraps no record grantline knows".to_owned()),
    }
}

/// Adds a reason why a record is less than its source said.
pub(super) fn degrade(record: &mut Record, note: &str) {
    if !record.degraded.is_empty() {
        record.degraded.push_str("; ");
    }
    record.degraded.push_str(note);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        let mut names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FORMATS.len());
        for format in FORMATS {
            assert!(
                format
                    .name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '-'),
                "{}",
                format.name
            );
            assert!(!format.what.is_empty() && !format.source.is_empty());
            assert_eq!(
                named(format.name).map(|found| found.name),
                Some(format.name)
            );
        }
    }
}

#[cfg(test)]
mod reading {
    //! Reads one JSON row as a named format does, for the tests of the formats.
    //!
    //! Not here: choosing the format, which is tested on whole files.

    use super::{Content, FORMATS};
    use crate::evidence::fields::Members;
    use crate::record::Record;

    /// What the format makes of a row, which it must recognise.
    pub(super) fn as_format(name: &str, json: &str) -> Result<Record, String> {
        let format = FORMATS.iter().find(|format| format.name == name).unwrap();
        let members: Members = serde_json::from_str(json).unwrap();
        assert!((format.recognise)(&members.fields()));
        match format.read(members.fields())? {
            Content::Records(mut records) if records.len() == 1 => Ok(records.swap_remove(0)),
            other => panic!("not one record: {other:?}"),
        }
    }
}
