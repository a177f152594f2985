//! JSON lines of `who --format jsonl`: who could reach a mailbox, or what somebody could reach.
//!
//! Each answer begins with a line of `type` `answer`: `asked` (`mailbox` or `principal`), `name`, `kind`, `spellings`, `known`, `from`,
//! `to` (the time that was asked for, both ends in it), `rows` and `unknowns` (sentences). Its rows follow, `type` `right`: `principal`,
//! `principal_kind`, `principal_spellings`, `mailbox`, `road` (a road of grants, or `owner`), `rights`, `power`, `via` (groups, the one
//! that holds the right first, each `{group, certainty}`), `scope`, `folder`, `since`, `until` (null where open or not known),
//! `certainty`, `limits` (sentences), `class`, `grant` (its id, or empty) and `source` (`{file, line, offset, length, sha256}` or null).
//! Text is safe; fields are only ever added. Not here: who is meant, and which rights (`hunt::who`).

use super::Source;
use crate::hunt::Road;
use crate::hunt::who::{Answer, Way, power_word};
use crate::text::safe;
use crate::time::rfc3339;
use serde_json::{Value, json};

/// What an answer is about, as one line, without the line break.
pub fn answer_line(answer: &Answer, asked: &str) -> String {
    json!({
        "type": "answer",
        "asked": asked,
        "name": safe(&answer.about.name),
        "kind": answer.about.kind.word(),
        "spellings": texts(&answer.about.spellings),
        "known": answer.is_known,
        "from": rfc3339(answer.when.from),
        "to": rfc3339(answer.when.to),
        "rows": answer.ways.len(),
        "unknowns": texts(&answer.unknowns),
    })
    .to_string()
}

/// One right as one line, without the line break.
pub fn way_line(way: &Way, source: Option<&Source>) -> String {
    let via = way.via.iter();
    let via = via
        .map(|link| json!({ "group": safe(&link.group), "certainty": link.certainty.word() }))
        .collect::<Vec<Value>>();
    json!({
        "type": "right",
        "principal": safe(&way.principal.name),
        "principal_kind": way.principal.kind.word(),
        "principal_spellings": texts(&way.principal.spellings),
        "mailbox": safe(&way.mailbox.name),
        "road": way.road.map_or("owner", Road::word),
        "rights": texts(&way.rights),
        "power": power_word(way.power),
        "via": via,
        "scope": way.scope.word(),
        "folder": safe(&way.folder),
        "since": way.during.since.map(rfc3339),
        "until": way.during.until.map(rfc3339),
        "certainty": way.certainty.word(),
        "limits": texts(&way.limits),
        "class": way.class.word(),
        "grant": way.grant,
        "source": source.map(|source| json!({
            "file": safe(&source.file), "line": source.line, "offset": source.offset, "length": source.length, "sha256": source.sha256,
        })),
    })
    .to_string()
}

fn texts(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| safe(text).into_owned()).collect()
}
