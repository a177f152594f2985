//! The tables of the README are those of the program.
//!
//! They stand between `<!-- name:begin -->` and `<!-- name:end -->`. When one differs the test says so; `UPDATE=1 cargo test --test
//! readme` writes it anew. Not here: the prose around them.

use grantline::demo::story;
use grantline::evidence::FORMATS;
use grantline::hunt::grant::ROADS;
use grantline::hunt::signal::{Direction, SIGNALS};
use grantline::query::{FIELDS, Kind, On};
use grantline::tui::{Keymap, keys_table};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

/// A Markdown table.
fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut out = format!(
        "| {} |\n|{}\n",
        header.join(" | "),
        "---|".repeat(header.len())
    );
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn codes<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

fn formats(of_inventories: bool) -> String {
    let row = |format: &grantline::evidence::Format| {
        vec![
            code(format.name),
            format.what.to_owned(),
            format.source.to_owned(),
        ]
    };
    let shown = FORMATS
        .iter()
        .filter(|format| format.is_inventory() == of_inventories);
    table(&["format", "is", "fields after"], shown.map(row))
}

fn roads() -> String {
    let row = |road: &grantline::hunt::grant::RoadSpec| {
        vec![
            code(road.road.word()),
            road.text().what.clone(),
            codes(road.operations.iter().copied()),
            road.text().attack.join(", "),
            road.text().severity.word().to_owned(),
        ]
    };
    let header = ["road", "gives", "operations read", "ATT&CK", "weighs"];
    table(&header, ROADS.iter().map(row))
}

fn signals() -> String {
    let row = |signal: &grantline::hunt::signal::SignalSpec| {
        let judged = match signal.direction {
            Direction::Before => "the grant and what came before",
            Direction::After => "what followed",
        };
        vec![
            code(signal.name),
            signal.what.to_owned(),
            format!("{:.1}", signal.cap),
            judged.to_owned(),
            codes(Some(signal.knob).filter(|knob| !knob.is_empty())),
        ]
    };
    let header = [
        "signal",
        "says",
        "most bits",
        "judged from",
        "ATT&CK element",
    ];
    table(&header, SIGNALS.iter().map(row))
}

fn fields() -> String {
    let row = |field: &grantline::query::FieldSpec| {
        let kind = match field.kind {
            Kind::Keyword => "text",
            Kind::Time => "time",
            Kind::Number => "number",
        };
        let on = match field.on {
            On::Record => "records",
            On::Grant => "grants",
            On::Both => "both",
        };
        vec![
            code(field.name),
            codes(field.aliases.iter().copied()),
            kind.to_owned(),
            on.to_owned(),
            field.doc.to_owned(),
        ]
    };
    let header = ["field", "also", "kind", "of", "holds"];
    table(&header, FIELDS.iter().map(row))
}

fn scenarios() -> String {
    let row = |scenario: story::Scenario| {
        let attack: Vec<_> = scenario.attack().map(|one| one.id).collect();
        vec![
            code(scenario.name),
            scenario.title.to_owned(),
            scenario.difficulty.word().to_owned(),
            attack.join(", "),
        ]
    };
    let header = ["scenario", "what happens", "to find it is", "ATT&CK"];
    table(&header, story::scenarios().map(row))
}

fn readme() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// The text with the part between two markers replaced; nothing when a marker is missing.
fn replaced(text: &str, name: &str, part: &str) -> Option<String> {
    let (begin, end) = (
        format!("<!-- {name}:begin -->\n"),
        format!("<!-- {name}:end -->"),
    );
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{part}\n{end}{after}"))
}

#[test]
fn the_tables_of_the_readme_are_those_of_the_program() {
    let old = fs::read_to_string(readme()).unwrap();
    let mut new = old.clone();
    for (name, part) in [
        ("formats", formats(false)),
        ("inventories", formats(true)),
        ("roads", roads()),
        ("signals", signals()),
        ("scenarios", scenarios()),
        ("fields", fields()),
        ("keys", keys_table(&Keymap::built_in())),
    ] {
        let replaced = replaced(&new, name, &part);
        assert!(replaced.is_some(), "no markers {name}:begin and {name}:end");
        new = replaced.unwrap();
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(readme(), &new).unwrap();
    } else {
        let differs = new.lines().zip(old.lines()).find(|(new, old)| new != old);
        assert!(
            new == old,
            "the README is behind the program (first: {differs:?}); UPDATE=1 cargo test --test readme writes it anew"
        );
    }
}

#[test]
fn a_part_is_replaced_and_nothing_around_it() {
    let text = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n";
    let new = replaced(text, "x", "new\n").unwrap();
    assert_eq!(new, "a\n<!-- x:begin -->\n\nnew\n\n<!-- x:end -->\nb\n");
    assert_eq!(replaced(&new, "x", "new\n").unwrap(), new);
    assert_eq!(replaced(text, "y", "new"), None);
}
