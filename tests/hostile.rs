//! Log fields are written by attackers: nothing of them reaches a terminal or a file as anything but visible text.
//!
//! Every field that a grant or an access shows is hostile here: escape sequences, bidirectional overrides, zero-width characters,
//! spreadsheet formulas, Markdown, cells of a megabyte. Not here: files that are no logs (`bad_input.rs`).

#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;

use common::Lab;
use common::terminal::Terminal;
use serde_json::{Value, json};

/// Clears the screen, sets the window title, reaches for the clipboard, and rings.
const ESCAPES: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]52;c;b3duZWQ=\u{7}\u{9b}31m";

/// Turns text round, hides inside it, and looks like nothing.
const INVISIBLE: &str = "ad\u{200b}min\u{202e}lairt\u{2066}\u{feff}\u{ad}\u{e0041}";

/// What a spreadsheet would run.
const FORMULA: &str = "=HYPERLINK(\"http://evil.example\",\"open\")";

/// What Markdown and tables would take for their own.
const MARKUP: &str =
    "| x | [click](http://evil.example) `code` <script>alert(1)</script>\r\n# heading";

/// Longer than any cell.
fn huge() -> String {
    "huge".repeat(50_000)
}

/// A grant and accesses whose every field is hostile.
fn records() -> Vec<Value> {
    let grant = |number: u32, grantee: &str, target: &str, actor: &str| {
        json!({
            "CreationTime": "2026-03-02T03:00:00", "Id": format!("00000000-0000-4000-8000-{number:012}"),
            "Operation": "Add-MailboxPermission", "OrganizationId": "3ffba680-3f74-45bc-945e-cd4f18da083d", "RecordType": 1,
            "ResultStatus": "True", "UserKey": actor, "UserType": 2, "Version": 1, "Workload": "Exchange", "UserId": actor,
            "ClientIP": format!("203.0.113.7{ESCAPES}"), "ObjectId": target, "SessionId": INVISIBLE, "AppId": MARKUP,
            "Parameters": [{"Name": "Identity", "Value": target}, {"Name": "User", "Value": grantee},
                {"Name": "AccessRights", "Value": format!("FullAccess, {ESCAPES}{INVISIBLE}")}, {"Name": ESCAPES, "Value": FORMULA}],
        })
    };
    let access = |number: u32, user: &str, mailbox: &str| {
        json!({
            "CreationTime": "2026-03-02T04:00:00", "Id": format!("00000000-0000-4000-8000-{number:012}"),
            "Operation": "MailItemsAccessed", "OrganizationId": "3ffba680-3f74-45bc-945e-cd4f18da083d", "RecordType": 50,
            "ResultStatus": "Succeeded", "UserKey": user, "UserType": 0, "Version": 1, "Workload": "Exchange", "UserId": user,
            "LogonType": 2, "MailboxOwnerUPN": mailbox, "ClientIPAddress": "203.0.113.7", "ClientInfoString": format!("Client={ESCAPES}{INVISIBLE}"),
            "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}], "SessionId": INVISIBLE,
            "Folders": [{"Path": format!("\\{ESCAPES}{INVISIBLE}"), "FolderItems": [
                {"InternetMessageId": format!("<{ESCAPES}{INVISIBLE}@{FORMULA}>"), "Subject": MARKUP}, {"InternetMessageId": huge()}]}],
        })
    };
    let mailbox = format!("{FORMULA}{INVISIBLE}@example.com");
    let ghost = format!("ghost{ESCAPES}{INVISIBLE}@example.com");
    vec![
        grant(1, &ghost, &mailbox, &format!("{FORMULA}@example.com")),
        grant(
            2,
            MARKUP,
            &format!("+cmd|' /C calc'!A0{MARKUP}"),
            &format!("-2+3{ESCAPES}"),
        ),
        grant(
            3,
            &huge(),
            &format!("@SUM(1){INVISIBLE}"),
            &format!("\t=1+1{MARKUP}"),
        ),
        access(4, &ghost, &mailbox),
        access(5, MARKUP, &format!("+cmd|' /C calc'!A0{MARKUP}")),
    ]
}

fn lab() -> Lab {
    let lab = Lab::new();
    let lines: Vec<String> = records().iter().map(Value::to_string).collect();
    let lines = format!(
        "{}\n{{\"{ESCAPES}{INVISIBLE}\":1}}\n{{\"{ESCAPES}cut\n",
        lines.join("\n")
    );
    lab.write("log.jsonl", lines);
    lab.write(
        "table.csv",
        format!("{ESCAPES}{INVISIBLE},{FORMULA}\n{MARKUP},1\n"),
    );
    lab.index().exits(3);
    lab
}

/// Whether a character could do anything but be seen, but for line ends.
fn is_hostile(character: char) -> bool {
    let invisible = [
        '\u{ad}',
        '\u{200b}',
        '\u{202e}',
        '\u{2066}',
        '\u{feff}',
        '\u{e0041}',
    ];
    (character.is_control() && character != '\n' && character != '\r')
        || invisible.contains(&character)
}

#[track_caller]
fn is_harmless(what: &str, text: &str) {
    let before: String = text
        .chars()
        .take_while(|character| !is_hostile(*character))
        .collect();
    let at = before.chars().count();
    let near: String = text.chars().skip(at.saturating_sub(40)).take(80).collect();
    assert!(
        before.len() == text.len(),
        "{what} lets something through: {near:?}"
    );
}

#[test]
fn no_command_prints_anything_but_visible_text() {
    let lab = lab();
    let ids: Vec<String> = lab
        .grants()
        .iter()
        .map(|grant| common::text(&grant["id"]))
        .collect();
    assert_eq!(ids.len(), 3);
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["grants"],
        vec!["grants", "--format", "jsonl"],
        vec!["grants", "--format", "csv"],
        vec!["search"],
        vec!["search", "--format", "jsonl"],
        vec!["coverage"],
        vec!["coverage", "--format", "jsonl"],
        vec!["index", "evidence"],
        vec!["index", "evidence", "--progress", "json"],
        vec!["grants", "--query", "gr\u{1b}[2J\u{202e}:x"],
        vec!["accesses", "\u{1b}[2J\u{202e}"],
    ];
    for id in &ids {
        commands.push(vec!["accesses", id]);
        commands.push(vec!["accesses", id, "--format", "jsonl"]);
        lab.ask(&[
            "mark",
            id,
            "--verdict",
            "true-positive",
            "--note",
            "note \u{1b}[2J\u{202e} | `x`",
        ])
        .exits(0);
    }
    for format in ["markdown", "csv", "jsonl"] {
        commands.push(vec!["export", "--format", format]);
    }
    for command in commands {
        let ran = lab.ask(&command);
        is_harmless(&format!("{command:?} on standard output"), &ran.out);
        is_harmless(&format!("{command:?} on standard error"), &ran.err);
    }
}

#[test]
fn what_was_hidden_is_made_visible_and_not_dropped() {
    let lab = lab();
    let shown = lab
        .ask(&["grants", "--format", "jsonl"])
        .exits(0)
        .says("ad⟨200B⟩min⟨202E⟩")
        .says("␛[2J");
    let grantees: Vec<_> = shown
        .lines()
        .iter()
        .map(|grant| common::text(&grant["grantee"]))
        .collect();
    assert!(
        grantees.iter().any(|name| name.starts_with("ghost␛[2J")),
        "{grantees:?}"
    );
    // Grant and accesses find each other under the hostile name all the same.
    let ghost = shown
        .lines()
        .into_iter()
        .find(|grant| common::text(&grant["grantee"]).starts_with("ghost"))
        .unwrap();
    assert_eq!(ghost["accesses"], 1, "{ghost}");
}

/// The cells of RFC 4180 text.
fn cells(text: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    for character in text.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            ',' | '\n' if !is_quoted => cells.push(String::new()),
            _ => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(character);
                }
            }
        }
    }
    cells
}

#[test]
fn no_cell_of_an_export_is_a_formula() {
    let lab = lab();
    let csv = lab.ask(&["grants", "--format", "csv"]).exits(0).out;
    let formulas: Vec<String> = cells(&csv)
        .into_iter()
        .filter(|cell| cell.trim_start().starts_with(['=', '+', '-', '@', '\t']))
        .collect();
    assert_eq!(formulas, Vec::<String>::new());
    assert!(csv.contains("'=HYPERLINK("), "{csv}");
}

#[test]
fn no_log_text_becomes_markdown() {
    let lab = lab();
    let report = lab
        .ask(&[
            "export",
            "--format",
            "markdown",
            "--query",
            "road:mailbox-permission",
        ])
        .exits(0)
        .out;
    assert!(
        !report.lines().any(|line| line.starts_with("# heading")),
        "{report}"
    );
    for active in [" [click]", " <script>", " `code`"] {
        assert!(!report.contains(active), "{active:?} is live in:\n{report}");
    }
    // A table row keeps its number of columns.
    let rows = report.lines().filter(|line| {
        line.starts_with("| 1 |") || line.starts_with("| 2 |") || line.starts_with("| 3 |")
    });
    for row in rows {
        let bars = row
            .replace("\\\\", "")
            .replace("\\|", "")
            .matches('|')
            .count();
        assert_eq!(bars, 8, "{row}");
    }
}

#[test]
fn a_huge_cell_neither_fills_a_table_nor_a_report() {
    let lab = lab();
    for command in [vec!["grants"], vec!["search"], vec!["coverage"]] {
        let widest = lab
            .ask(&command)
            .out
            .lines()
            .map(str::len)
            .max()
            .unwrap_or(0);
        assert!(
            widest < 3_000,
            "{command:?} prints a line of {widest} bytes"
        );
    }
    let export = lab.ask(&["grants", "--format", "jsonl"]).out;
    assert!(export.len() < 500_000, "{}", export.len());
}

#[cfg(unix)]
#[test]
fn the_workbench_shows_hostile_names_and_obeys_none() {
    let lab = lab();
    let case = lab.case();
    let mut terminal = Terminal::start(&lab, &["--case", case.to_str().unwrap()]);
    terminal.sees("3 grants");
    terminal.sees("␛[2J");
    for keys in ["j", "j", "z", "z", "\r"] {
        terminal.keys(keys);
    }
    terminal.sees("· standing ·");
    terminal.keys("v");
    terminal.keys("4");
    terminal.sees("table.csv");
    terminal.keys("2");
    // The rows come a moment after the screen: a key pressed before has nothing to open.
    terminal.sees("03-02 04:00:00");
    terminal.keys("\r");
    terminal.sees("\"Operation\"");
    terminal.keys("q");
    let (code, bytes) = terminal.ends();
    assert_eq!(code, 0);
    let stream = String::from_utf8(bytes).unwrap();
    for sequence in [
        "\u{1b}]0;",
        "\u{1b}]52;",
        "\u{1b}[2J\u{1b}]",
        "\u{7}",
        "\u{9b}",
        "\u{202e}",
        "\u{200b}",
        "\u{2066}",
        "\u{feff}",
    ] {
        assert!(
            !stream.contains(sequence),
            "{sequence:?} reached the terminal"
        );
    }
}
