//! JSON lines: the contract of `grants --format jsonl` and `accesses --format jsonl`, and the export of findings in the same shape.
//!
//! Text is safe: control and invisible characters of the log are made visible, so that a line can be printed anywhere. Fields are
//! only ever added. Not here: which grants.

use super::{Access, Document, Entry, Source, TOOL};
use crate::hunt::{Act, Exposure, Grant, Party, ScoredGrant, Signal};
use crate::record::{Record, RecordId};
use crate::store::Row;
use crate::text::safe;
use crate::time::{Instant, rfc3339};
use serde_json::{Value, json};

/// A header line that says what this is, then one line a finding, each followed by its accesses.
pub(super) fn write(document: &Document) -> String {
    let header = json!({
        "type": "export",
        "tool": TOOL,
        "command_line": safe(&document.command_line),
        "case": safe(&document.case),
        "written": rfc3339(document.written),
        "records": document.records,
        "first": document.span.map(|span| rfc3339(span.0)),
        "last": document.span.map(|span| rfc3339(span.1)),
        "evidence": document.files.iter().map(|file| json!({
            "file": safe(&file.path), "sha256": file.sha256, "size": file.size, "rows": file.rows, "read": file.read, "fault": safe(&file.fault),
        })).collect::<Vec<_>>(),
    });
    let mut out = format!("{header}\n");
    for entry in &document.entries {
        out.push_str(&grant_line(entry));
        out.push('\n');
        let link = entry.reached.as_ref().map_or("", |reached| &reached.link);
        for access in &entry.accesses {
            out.push_str(&access_line(entry, access, link));
            out.push('\n');
        }
    }
    out
}

/// One grant as one line, without the line break.
pub fn grant_line(entry: &Entry) -> String {
    let ScoredGrant {
        grant,
        score,
        severity,
        signals,
        unknowns,
        first_access,
        accesses,
        mailboxes,
        exposure,
    } = &entry.scored;
    let mut line = json!({
        "type": "grant",
        "id": grant.id,
        "also_ids": grant.also_ids,
        "time": time(grant.time),
        "road": grant.road.word(),
        "operation": safe(&grant.operation),
        "actor": safe(&grant.actor.name),
        "actor_kind": grant.actor.kind.word(),
        "grantee": safe(&grant.grantee.name),
        "grantee_kind": grant.grantee.kind.word(),
        "target": safe(&grant.target.name),
        "target_kind": grant.target.kind.word(),
        "scope": grant.scope.word(),
        "folder": safe(&grant.folder),
        "rights": texts(&grant.rights),
        "act": grant.act.word(),
        "attempt": grant.act == Act::Failed,
        "record_ids": ids(&grant.record_ids),
        "score": score,
        "severity": severity.word(),
        "signals": signals.iter().map(signal).collect::<Vec<_>>(),
        "unknowns": texts(unknowns),
        "state": grant.state.word(),
        "revoked_at": time(grant.revoked_at),
        "revocation_ids": ids(&grant.revocation_ids),
        "first_access": time(*first_access),
        "accesses": accesses,
        "mailboxes": mailboxes,
        "exposure": exposed(*exposure),
        "sources": sources(&entry.sources),
        "class": grant.class.word(),
        "class_reason": safe(&grant.class_reason),
    });
    for more in [about(grant), decision(entry)] {
        if let (Some(line), Value::Object(more)) = (line.as_object_mut(), more) {
            line.extend(more);
        }
    }
    line.to_string()
}

/// Who took part in a grant and from where, what ended it, and what listings say of it.
fn about(grant: &Grant) -> Value {
    json!({
        "parties": parties(grant),
        "ended_by": safe(&grant.ended_by),
        "listing": grant.listing.word(),
        "listing_reason": safe(&grant.listing_reason),
        "ip": safe(&grant.place.ip),
        "country": safe(&grant.place.country),
        "country_from": safe(&grant.place.inferred),
        "session": safe(&grant.place.session),
        "app_ids": texts(&grant.app_ids),
        "presumed_app_ids": texts(&grant.presumed_app_ids),
    })
}

/// What an analyst decided of a grant.
fn decision(entry: &Entry) -> Value {
    let mark = entry.mark.as_ref();
    json!({
        "verdict": mark.map(|mark| mark.verdict.word()),
        "note": mark.map(|mark| safe(&mark.note)),
        "marked_by": mark.map(|mark| safe(&mark.by)),
        "marked_at": mark.map(|mark| rfc3339(mark.at)),
        "tags": mark.map(|mark| texts(&mark.tags)).unwrap_or_default(),
    })
}

/// One record as one line, without the line break; with a link it is an access, tied to a grant for that reason. `record` is the
/// original, read again; what it alone holds is empty without it.
pub fn row_line(row: &Row, record: Option<&Record>, link: Option<&str>) -> String {
    row_value(row, record, link).to_string()
}

/// An access of a finding, with the grant that it is tied to and the file it stands in.
fn access_line(entry: &Entry, access: &Access, link: &str) -> String {
    let mut value = row_value(&access.row, access.record.as_ref(), Some(link));
    if let Some(fields) = value.as_object_mut() {
        fields.insert("grant".to_owned(), json!(entry.scored.grant.id));
        fields.insert("file".to_owned(), json!(safe(&access.source.file)));
        fields.insert("sha256".to_owned(), json!(access.source.sha256));
    }
    value.to_string()
}

fn row_value(row: &Row, record: Option<&Record>, link: Option<&str>) -> Value {
    let message_ids: Vec<_> = record
        .map(|record| record.message_ids().map(safe).collect())
        .unwrap_or_default();
    json!({
        "type": if link.is_some() { "access" } else { "record" },
        "record_ids": record.map(|record| ids(std::slice::from_ref(&record.id))).unwrap_or_default(),
        "time": time(row.time),
        "operation": safe(&row.operation),
        "mailbox": safe(&row.mailbox),
        "principal": safe(&row.user),
        "app_id": safe(&row.app),
        "ip": safe(&row.ip),
        "country": safe(&row.country),
        "session": safe(&row.session),
        "access_type": safe(&row.access),
        "items": row.items,
        "folders": record.map(|record| record.folders.iter().map(|folder| safe(&folder.path).into_owned()).collect::<Vec<_>>()).unwrap_or_default(),
        "message_ids": message_ids,
        "facets": row.facets,
        "line": row.provenance.line,
        "offset": row.provenance.offset,
        "length": row.provenance.length,
        "link": link.map(safe),
    })
}

fn sources(sources: &[Source]) -> Vec<Value> {
    let source = |source: &Source| {
        json!({
            "file": safe(&source.file), "line": source.line, "offset": source.offset, "length": source.length, "sha256": source.sha256,
        })
    };
    sources.iter().map(source).collect()
}

fn parties(grant: &Grant) -> Value {
    json!({ "actor": party(&grant.actor), "grantee": party(&grant.grantee), "target": party(&grant.target) })
}

/// What is known of somebody beyond his name.
fn party(party: &Party) -> Value {
    json!({
        "kind": party.kind.word(),
        "label": safe(&party.label),
        "spellings": texts(&party.spellings),
        "candidates": texts(&party.candidates),
        "resembles": safe(&party.resembles),
    })
}

fn signal(signal: &Signal) -> Value {
    json!({ "name": signal.name, "bits": signal.bits, "detail": safe(&signal.detail), "record_ids": ids(&signal.record_ids) })
}

fn exposed(exposure: Exposure) -> Value {
    json!({ "proven": exposure.proven, "presumed": exposure.presumed, "unknowable": exposure.unknowable })
}

fn ids(ids: &[RecordId]) -> Vec<String> {
    ids.iter().map(|id| safe(&id.0).into_owned()).collect()
}

fn texts(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| safe(text).into_owned()).collect()
}

fn time(time: Option<Instant>) -> Option<String> {
    time.map(rfc3339)
}
