//! The trainer's key: the truth about a tenant as a Markdown text, story by story.
//!
//! Not here: the same for programs (`Labels::json`).

use super::{Band, LabelledGrant, Labels, Telling};
use crate::demo::place;
use crate::demo::tenant::Tenant;
use crate::text;
use std::fmt::Write as _;

/// The whole key.
pub(super) fn write(labels: &Labels, tenant: &Tenant) -> String {
    let mut out = format!(
        "# Answers: {}\n\nTenant `{}`, organisation id `{}`, seed {}. All times are UTC; the clocks of the head office are those of {}. Do not read this before the exercise.\n\n",
        cell(&tenant.name),
        cell(&tenant.domain),
        tenant.id,
        tenant.seed,
        zone(tenant)
    );
    out.push_str("## At a glance\n\nHints go from vague to plain: give them one by one. A look-alike is no mistake of those who report it, as long as they say what speaks for it.\n");
    overview("Story", &labels.stories, &mut out);
    overview("Look-alike", &labels.look_alikes, &mut out);
    out.push_str("\n## Stories\n");
    for telling in &labels.stories {
        story(telling, &mut out);
    }
    out.push_str("\n## Look-alikes\n");
    for telling in &labels.look_alikes {
        story(telling, &mut out);
    }
    out
}

/// The zone of the head office.
fn zone(tenant: &Tenant) -> &'static str {
    let place = tenant.sites.first().and_then(|site| place::info(*site));
    place.map_or("UTC", |place| place.zone)
}

/// One line for each grant: what to look for, and when.
fn overview(heading: &str, tellings: &[Telling], out: &mut String) {
    line(
        out,
        format_args!(
            "\n| {heading} | difficulty | severity | grant | by | to | on |\n|---|---|---|---|---|---|---|"
        ),
    );
    for telling in tellings {
        for given in &telling.grants {
            line(
                out,
                format_args!(
                    "| {} | {} | {} | {} | {} | {} | {} |",
                    cell(&telling.title),
                    telling.difficulty.word(),
                    band(telling.severity),
                    given.time,
                    cell(&given.actor.name),
                    cell(&given.grantee.name),
                    target(given),
                ),
            );
        }
    }
}

fn band(band: Band) -> String {
    match band {
        Band::AtLeast(severity) => format!("at least {severity}"),
        Band::AtMost(severity) => format!("at most {severity}"),
    }
}

/// On what a grant is, as a listing of grants words it.
fn target(given: &LabelledGrant) -> String {
    match given.target.name.as_str() {
        "all" => "all mailboxes".to_owned(),
        name => cell(name),
    }
}

/// One story or look-alike.
fn story(telling: &Telling, out: &mut String) {
    let band = band(telling.severity);
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
            target(given),
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
