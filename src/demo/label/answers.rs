//! The trainer's key: the truth about a tenant as a Markdown text, story by story.
//!
//! Not here: the same for programs (`Labels::json`).

use super::{Band, LabelledGrant, Labels, Telling};
use crate::demo::tenant::Tenant;
use crate::text;
use std::fmt::Write as _;

/// The whole key.
pub(super) fn write(labels: &Labels, tenant: &Tenant) -> String {
    let mut out = format!(
        "# Answers: {}\n\nTenant `{}`, organisation id `{}`, seed {}. All times are UTC. Do not read this before the exercise.\n\n",
        cell(&tenant.name),
        cell(&tenant.domain),
        tenant.id,
        tenant.seed
    );
    out.push_str("## Stories\n");
    for telling in &labels.stories {
        story(telling, &mut out);
    }
    out.push_str("\n## Look-alikes\n");
    for telling in &labels.look_alikes {
        story(telling, &mut out);
    }
    out
}

/// One story or look-alike.
fn story(telling: &Telling, out: &mut String) {
    let band = match telling.severity {
        Band::AtLeast(severity) => format!("at least {severity}"),
        Band::AtMost(severity) => format!("at most {severity}"),
    };
    line(
        out,
        format_args!(
            "\n### {}\n\nScenario `{}`; {}; severity {band}.",
            cell(&telling.title),
            telling.scenario,
            telling.difficulty.word(),
        ),
    );
    let attack = telling.attack.iter();
    let attack: Vec<_> = attack
        .map(|one| format!("{} ({})", one.id, one.name))
        .collect();
    line(out, format_args!("ATT&CK: {}.", attack.join(", ")));
    line(
        out,
        format_args!("\n{}\n", text::safe(telling.story.trim())),
    );
    for (number, hint) in (1..).zip(&telling.hints) {
        line(out, format_args!("- Hint {number}: {}", text::safe(hint)));
    }
    if !telling.proof.is_empty() {
        let proof = text::safe(telling.proof.trim());
        line(out, format_args!("\nWhat proves it: {proof}\n"));
    }
    for given in &telling.grants {
        grant(given, out);
    }
    exposure(telling, out);
    records(telling, out);
}

fn grant(given: &LabelledGrant, out: &mut String) {
    let end = given
        .revoked_at
        .map_or_else(|| given.state.to_string(), |at| format!("revoked {at}"));
    line(
        out,
        format_args!(
            "- {} by {}: {} gave {} {} on {} at {}; {end}.",
            given.road,
            cell(&given.operation),
            cell(&given.actor.name),
            cell(&given.grantee.name),
            cell(&given.rights.join(", ")),
            cell(&given.target.name),
            given.time,
        ),
    );
}

fn exposure(telling: &Telling, out: &mut String) {
    let exposure = telling.exposure;
    line(
        out,
        format_args!(
            "\nExposure: {} proven, {} presumed, {} unknowable.",
            text::count(exposure.proven, "message"),
            text::count(exposure.presumed, "folder"),
            text::count(exposure.unknowable, "mailbox"),
        ),
    );
    if let Some(first) = telling.first_access {
        let mailboxes = telling.mailboxes.iter().map(|address| cell(address));
        let mailboxes: Vec<_> = mailboxes.collect();
        line(
            out,
            format_args!("First access {first}. Mailboxes: {}.", mailboxes.join(", ")),
        );
    }
}

fn records(telling: &Telling, out: &mut String) {
    out.push_str("\n| time | what | operation | who | on | record |\n|---|---|---|---|---|---|\n");
    for record in &telling.records {
        line(
            out,
            format_args!(
                "| {} | {} | {} | {} | {} | `{}` |",
                record.time,
                record.mark.word(),
                cell(&record.operation),
                cell(&record.actor),
                cell(&record.on),
                record.id
            ),
        );
    }
}

/// A text in a line or a cell of a table.
fn cell(text: &str) -> String {
    text::safe(text).replace('|', "\\|").replace('\n', " ")
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{text}");
}
