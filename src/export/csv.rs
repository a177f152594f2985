//! CSV by RFC 4180: one row a finding, UTF-8, CRLF, every cell quoted.
//!
//! A cell that a spreadsheet would take for a formula gets an apostrophe in front, after blanks too. What a table of findings cannot
//! hold (evidence digests, command line) stands in columns of every row, so that a row torn out of the file still says where it is from.

use super::{Document, Entry, TOOL};
use crate::text::safe;
use crate::time::{Instant, rfc3339};

/// A column: its name and its value for a finding.
type Column = (&'static str, fn(&Document, &Entry) -> String);

/// The column of the mailboxes that were reached, which only an export with accesses has.
const MAILBOXES: &str = "mailboxes_accessed";

/// Every column, in order.
const COLUMNS: &[Column] = &[
    ("id", |_, entry| entry.scored.grant.id.clone()),
    ("time_utc", |_, entry| time(entry.scored.grant.time)),
    ("severity", |_, entry| {
        entry.scored.severity.word().to_owned()
    }),
    ("score_bits", |_, entry| {
        format!("{:.1}", entry.scored.score)
    }),
    ("verdict", |_, entry| {
        entry
            .mark
            .as_ref()
            .map(|mark| mark.verdict.word().to_owned())
            .unwrap_or_default()
    }),
    ("note", |_, entry| {
        entry
            .mark
            .as_ref()
            .map(|mark| mark.note.clone())
            .unwrap_or_default()
    }),
    ("marked_by", |_, entry| {
        entry
            .mark
            .as_ref()
            .map(|mark| mark.by.clone())
            .unwrap_or_default()
    }),
    ("marked_at_utc", |_, entry| {
        entry
            .mark
            .as_ref()
            .map(|mark| rfc3339(mark.at))
            .unwrap_or_default()
    }),
    ("tags", |_, entry| {
        entry
            .mark
            .as_ref()
            .map(|mark| mark.tags.join("; "))
            .unwrap_or_default()
    }),
    ("road", |_, entry| entry.scored.grant.road.word().to_owned()),
    ("operation", |_, entry| entry.scored.grant.operation.clone()),
    ("actor", |_, entry| entry.scored.grant.actor.name.clone()),
    ("actor_kind", |_, entry| {
        entry.scored.grant.actor.kind.word().to_owned()
    }),
    ("grantee", |_, entry| {
        entry.scored.grant.grantee.name.clone()
    }),
    ("grantee_kind", |_, entry| {
        entry.scored.grant.grantee.kind.word().to_owned()
    }),
    ("target", |_, entry| entry.scored.grant.target.name.clone()),
    ("scope", |_, entry| {
        entry.scored.grant.scope.word().to_owned()
    }),
    ("folder", |_, entry| entry.scored.grant.folder.clone()),
    ("rights", |_, entry| entry.scored.grant.rights.join("; ")),
    ("act", |_, entry| entry.scored.grant.act.word().to_owned()),
    ("class", |_, entry| {
        entry.scored.grant.class.word().to_owned()
    }),
    ("state", |_, entry| {
        entry.scored.grant.state.word().to_owned()
    }),
    ("revoked_at_utc", |_, entry| {
        time(entry.scored.grant.revoked_at)
    }),
    ("first_access_utc", |_, entry| {
        time(entry.scored.first_access)
    }),
    ("accesses", |_, entry| entry.scored.accesses.to_string()),
    ("mailboxes", |_, entry| entry.scored.mailboxes.to_string()),
    (MAILBOXES, |_, entry| {
        entry
            .reached
            .as_ref()
            .map(|reached| reached.mailboxes.join("; "))
            .unwrap_or_default()
    }),
    ("exposure_proven_messages", |_, entry| {
        entry.scored.exposure.proven.to_string()
    }),
    ("exposure_presumed_folders", |_, entry| {
        entry.scored.exposure.presumed.to_string()
    }),
    ("exposure_unknowable_mailboxes", |_, entry| {
        entry.scored.exposure.unknowable.to_string()
    }),
    ("ip", |_, entry| entry.scored.grant.place.ip.clone()),
    ("country", |_, entry| {
        entry.scored.grant.place.country.clone()
    }),
    ("session", |_, entry| {
        entry.scored.grant.place.session.clone()
    }),
    ("reasons", |_, entry| {
        let reasons = entry
            .scored
            .signals
            .iter()
            .map(|signal| format!("{} {:.1}: {}", signal.name, signal.bits, signal.detail));
        reasons.collect::<Vec<_>>().join(" | ")
    }),
    ("not_known", |_, entry| entry.scored.unknowns.join(" | ")),
    ("record_ids", |_, entry| {
        entry
            .scored
            .grant
            .record_ids
            .iter()
            .map(|id| id.0.clone())
            .collect::<Vec<_>>()
            .join("; ")
    }),
    ("source_files", |_, entry| {
        join(entry, |source| source.file.clone())
    }),
    ("source_lines", |_, entry| {
        join(entry, |source| source.line.to_string())
    }),
    ("source_offsets", |_, entry| {
        join(entry, |source| source.offset.to_string())
    }),
    ("source_sha256", |_, entry| {
        join(entry, |source| source.sha256.clone())
    }),
    ("case", |document, _| document.case.clone()),
    ("tool", |_, _| TOOL.to_owned()),
    ("command_line", |document, _| document.command_line.clone()),
    ("written_utc", |document, _| rfc3339(document.written)),
];

/// A header row and one row a finding.
pub(super) fn write(document: &Document) -> String {
    // Where nobody asked for the accesses, an empty cell would say that there were none.
    let is_asked = document.entries.iter().all(|entry| entry.reached.is_some());
    let columns = || {
        COLUMNS
            .iter()
            .filter(move |(name, _)| is_asked || *name != MAILBOXES)
    };
    let mut out = String::new();
    row(&mut out, columns().map(|(name, _)| (*name).to_owned()));
    for entry in &document.entries {
        row(&mut out, columns().map(|(_, value)| value(document, entry)));
    }
    out
}

fn row(out: &mut String, cells: impl Iterator<Item = String>) {
    for (position, value) in cells.enumerate() {
        if position > 0 {
            out.push(',');
        }
        cell(out, &value);
    }
    out.push_str("\r\n");
}

/// What begins a formula in one spreadsheet or another; the last four are the wide forms, which some read as the narrow ones. Tabs and
/// line breaks, which some skip, are visible characters by then.
const FORMULA: [char; 9] = ['=', '+', '-', '@', '|', '＝', '＋', '－', '＠'];

fn cell(out: &mut String, value: &str) {
    let value = safe(value);
    out.push('"');
    if value.trim_start().starts_with(FORMULA) {
        out.push('\'');
    }
    out.push_str(&value.replace('"', "\"\""));
    out.push('"');
}

fn join(entry: &Entry, value: fn(&super::Source) -> String) -> String {
    entry
        .sources
        .iter()
        .map(value)
        .collect::<Vec<_>>()
        .join("; ")
}

fn time(time: Option<Instant>) -> String {
    time.map(rfc3339).unwrap_or_default()
}
