//! A report to read: summary, findings with their reasons, evidence with digests.
//!
//! Log text is made safe and Markdown's own characters in it are escaped, so that a mailbox name can be no link. Not here: judgement;
//! the report says what the screens say.

use super::{Access, Document, Entry, MOST_ACCESSES, Reached, Source, TOOL};
use crate::case::Mark;
use crate::hunt::catalog::first_party;
use crate::hunt::lifecycle::sentence;
use crate::hunt::{Place, ScoredGrant, Severity};
use crate::text::{count, grouped, safe};
use crate::time::{length, show};
use std::fmt::Write;

/// The document as a report in Markdown.
pub(super) fn write(document: &Document) -> String {
    let mut out = String::new();
    head(&mut out, document);
    summary(&mut out, &document.entries);
    for (number, entry) in document.entries.iter().enumerate() {
        finding(&mut out, number + 1, entry);
    }
    evidence(&mut out, document);
    out
}

/// A line; writing to a string cannot fail.
macro_rules! line {
    ($out:expr, $($part:tt)*) => { { let _ = writeln!($out, $($part)*); } };
}

fn head(out: &mut String, document: &Document) {
    line!(out, "# Findings: {}\n", plain(&document.case));
    line!(out, "* Written {} by {TOOL}", show(document.written));
    line!(out, "* Command line: {}", code(&document.command_line));
    let span = document.span.map_or_else(
        || "no record has a time".to_owned(),
        |(from, to)| format!("{} to {}", show(from), show(to)),
    );
    line!(
        out,
        "* Evidence: {} in {}, {span}",
        count(document.records, "record"),
        count(document.files.len() as u64, "file")
    );
    line!(
        out,
        "* All times are UTC. Analytic: MITRE ATT&CK AN1107 (DET0393, T1548.005).\n"
    );
}

fn summary(out: &mut String, entries: &[Entry]) {
    line!(out, "## Summary\n");
    line!(out, "| severity | findings |\n|---|---:|");
    for severity in Severity::ALL.iter().rev() {
        let findings = entries
            .iter()
            .filter(|entry| entry.scored.severity == *severity)
            .count();
        line!(out, "| {severity} | {findings} |");
    }
    line!(
        out,
        "\n| # | time | severity | verdict | grantee | target | road |\n|---:|---|---|---|---|---|---|"
    );
    for (number, entry) in entries.iter().enumerate() {
        let grant = &entry.scored.grant;
        let verdict = entry
            .mark
            .as_ref()
            .map_or("not decided", |mark| mark.verdict.word());
        let time = grant.time.map_or_else(|| "no time".to_owned(), show);
        line!(
            out,
            "| {} | {time} | {} | {verdict} | {} | {} | {} |",
            number + 1,
            entry.scored.severity,
            plain(&grant.grantee.name),
            plain(&grant.target.name),
            grant.road
        );
    }
    line!(out, "");
}

fn finding(out: &mut String, number: usize, entry: &Entry) {
    line!(
        out,
        "## {number}. {}\n",
        plain(&sentence(&entry.scored.grant))
    );
    particulars(out, &entry.scored);
    if let Some(mark) = &entry.mark {
        decision(out, mark);
    }
    reasons(out, &entry.scored);
    accesses(out, &entry.scored);
    if let Some(reached) = &entry.reached {
        read(out, reached, &entry.accesses);
    }
    records(out, entry);
}

/// Who gave what to whom and when, and how it is judged.
fn particulars(out: &mut String, scored: &ScoredGrant) {
    let ScoredGrant {
        grant,
        score,
        severity,
        ..
    } = scored;
    line!(
        out,
        "* Id: `{}`, class {}, severity {severity}, score {score:.1} bits",
        grant.id,
        grant.class
    );
    line!(
        out,
        "* Time: {}",
        grant
            .time
            .map_or_else(|| "not in the record".to_owned(), show)
    );
    line!(
        out,
        "* Actor: {} ({}), from {}",
        plain(&grant.actor.name),
        grant.actor.kind,
        from(&grant.place)
    );
    line!(
        out,
        "* Grantee: {} ({})",
        plain(&grant.grantee.name),
        grant.grantee.kind
    );
    line!(out, "* State: {}", state(scored));
    if !grant.revocation_ids.is_empty() {
        let ids = grant.revocation_ids.iter().map(|id| code(&id.0));
        line!(out, "* Revoked by: {}", ids.collect::<Vec<_>>().join(", "));
    }
}

fn decision(out: &mut String, mark: &Mark) {
    line!(
        out,
        "* Verdict: **{}** by {} at {}",
        mark.verdict,
        plain(&mark.by),
        show(mark.at)
    );
    line!(out, "* Note: {}", plain(&mark.note));
    line!(out, "* Tags: {}", plain(&mark.tags.join(", ")));
}

/// The signals that fired, and what could not be judged.
fn reasons(out: &mut String, scored: &ScoredGrant) {
    line!(out, "\n| bits | signal | reason |\n|---:|---|---|");
    for signal in &scored.signals {
        line!(
            out,
            "| {:.1} | {} | {} |",
            signal.bits,
            signal.name,
            plain(&signal.detail)
        );
    }
    line!(out, "");
    for unknown in &scored.unknowns {
        line!(out, "* Not known: {}", plain(unknown));
    }
}

/// Where each record of the grant stands in the evidence.
fn records(out: &mut String, entry: &Entry) {
    line!(out, "\nRecords:\n");
    for (number, id) in entry.scored.grant.record_ids.iter().enumerate() {
        let found = entry.sources.get(number);
        let found = found.map_or_else(|| "a file that is not known".to_owned(), place);
        line!(out, "* {} in {found}", code(&id.0));
    }
    line!(out, "");
}

/// Address, country and session of an act, as far as they are known.
fn from(place: &Place) -> String {
    let known: Vec<String> = [&place.ip, &place.country, &place.session]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| code(part))
        .collect();
    let whole = if known.is_empty() {
        "a place that is not known".to_owned()
    } else {
        known.join(" ")
    };
    if place.inferred.is_empty() {
        whole
    } else {
        format!("{whole} ({})", plain(&place.inferred))
    }
}

fn state(scored: &ScoredGrant) -> String {
    match (scored.grant.time, scored.grant.revoked_at) {
        (Some(from), Some(to)) => format!(
            "{}, {} ({} after)",
            scored.grant.state,
            show(to),
            length(to - from)
        ),
        _ => scored.grant.state.word().to_owned(),
    }
}

fn accesses(out: &mut String, scored: &ScoredGrant) {
    let Some(first) = scored.first_access else {
        line!(out, "* No access is tied to it.");
        return;
    };
    let after = scored
        .grant
        .time
        .map(|time| format!(", {} after the grant", length(first - time)))
        .unwrap_or_default();
    line!(
        out,
        "* {}, the first {}{after}; mailboxes: {}",
        count(scored.accesses, "access"),
        show(first),
        grouped(scored.mailboxes)
    );
    let exposure = scored.exposure;
    line!(
        out,
        "* Exposure: {} proven, {} presumed whole, {} unknowable",
        count(exposure.proven, "message read"),
        count(exposure.presumed, "folder"),
        grouped(exposure.unknowable)
    );
}

/// Which mailboxes were reached, and the first accesses one by one.
fn read(out: &mut String, reached: &Reached, accesses: &[Access]) {
    if accesses.is_empty() {
        line!(out, "* Mailboxes reached: none that can be tied to it");
        return;
    }
    let names = reached.mailboxes.iter().take(MOST_ACCESSES);
    let more = reached.mailboxes.len().saturating_sub(MOST_ACCESSES);
    let mut names: Vec<String> = names.map(|name| plain(name)).collect();
    if more > 0 {
        names.push(format!("and {} more", grouped(more as u64)));
    }
    if names.is_empty() {
        names.push("the records name none".to_owned());
    }
    line!(out, "* Mailboxes reached: {}", names.join(", "));
    line!(
        out,
        "\n| time | operation | mailbox | by | address | country | access | items | record |\n|---|---|---|---|---|---|---|---:|---|"
    );
    for access in accesses {
        access_row(out, access);
    }
    let more = reached.total.saturating_sub(accesses.len() as u64);
    if more > 0 {
        line!(
            out,
            "\nand {} more; `grantline accesses` lists them.",
            grouped(more)
        );
    }
}

fn access_row(out: &mut String, access: &Access) {
    let Access { row, source, .. } = access;
    // An application with rights of its own is logged under the owner's name.
    let by_app = row.user.is_empty() || row.facets.iter().any(|facet| facet == "app-only");
    let by = if by_app {
        first_party(&row.app).unwrap_or(&row.app)
    } else {
        &row.user
    };
    line!(
        out,
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} line {} |",
        row.time.map_or_else(|| "no time".to_owned(), show),
        plain(&row.operation),
        plain(&row.mailbox),
        plain(by),
        plain(&row.ip),
        plain(&row.country),
        plain(&row.access),
        grouped(row.items),
        plain(&source.file),
        source.line
    );
}

fn place(source: &Source) -> String {
    format!(
        "{} line {}, bytes {} to {} (SHA-256 `{}`)",
        code(&source.file),
        source.line,
        source.offset,
        source.offset + source.length,
        source.sha256
    )
}

fn evidence(out: &mut String, document: &Document) {
    line!(
        out,
        "## Evidence\n\n| file | bytes | rows | read | SHA-256 |\n|---|---:|---:|---:|---|"
    );
    for file in &document.files {
        let digest = if file.fault.is_empty() {
            format!("`{}`", file.sha256)
        } else {
            format!("not read: {}", plain(&file.fault))
        };
        line!(
            out,
            "| {} | {} | {} | {} | {digest} |",
            plain(&file.path),
            grouped(file.size),
            grouped(file.rows),
            grouped(file.read)
        );
    }
}

/// Log text as plain words: no markup, no entity that would bring an invisible character back, no address that becomes a link by itself.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for character in safe(text).chars() {
        if MARKUP.contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out.replace("://", "\\://").replace("www.", "www\\.")
}

/// Characters that Markdown, with the extensions of GitHub, gives a meaning.
const MARKUP: &str = "\\`*_{}[]<>#|!&~$";

/// Log text as code; a backtick in it cannot end it. Nothing for nothing.
fn code(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("`{}`", safe(text).replace('`', "'").replace('|', "¦"))
    }
}
