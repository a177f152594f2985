//! The workbench in a real (pseudo-)terminal: what only a terminal shows. Starting, drilling down, marking, exporting, leaving, and
//! giving the terminal back.
//!
//! Not here: what each key does in each state, and frames (`src/tui/tests`).

#![cfg(unix)]

#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;

use common::terminal::Terminal;
use common::{Lab, SAMPLE, sample};
use std::fs;
use std::process::Command;

const ENTER: &str = "\r";
const ESCAPE: &str = "\x1b";
const TAB: &str = "\t";
const CLEAR_LINE: &str = "\x15";

/// The sequences that give a terminal back: the alternate screen is left, the cursor shown.
const RESTORING: [&[u8]; 2] = [b"\x1b[?1049l", b"\x1b[?25h"];

/// The workbench on the sample, just started.
fn started(lab: &Lab) -> Terminal {
    for name in SAMPLE {
        lab.write(name, sample(name));
    }
    let (case, evidence) = (lab.case(), lab.evidence());
    let [case, evidence] = [&case, &evidence].map(|path| path.to_str().unwrap_or_default());
    Terminal::start(lab, &["--case", case, evidence])
}

/// The workbench on the sample, with its first complete timeline on the screen.
fn opened(lab: &Lab) -> Terminal {
    let terminal = started(lab);
    terminal.sees("1 attempt · 1,097 records");
    terminal
}

fn contains(bytes: &[u8], sequence: &[u8]) -> bool {
    bytes
        .windows(sequence.len())
        .any(|window| window == sequence)
}

/// The terminal was taken, and given back after everything else.
#[track_caller]
fn is_given_back(bytes: &[u8]) {
    assert!(
        contains(bytes, b"\x1b[?1049h"),
        "the alternate screen was never entered"
    );
    let tail = &bytes[bytes.len().saturating_sub(200)..];
    for sequence in RESTORING {
        assert!(
            contains(tail, sequence),
            "no {sequence:?} in the end: {tail:?}"
        );
    }
}

#[test]
fn one_goes_down_to_the_original_record_and_back() {
    let lab = Lab::new();
    let mut terminal = opened(&lab);
    terminal.sees("why");
    // One grant of the sample whose accesses are known: story b.
    terminal.keys("/grantee:g.oudshoorn* road:mailbox-permission");
    terminal.keys(ENTER);
    terminal.sees("1 of ");
    terminal.keys(ENTER);
    terminal.sees("6 accesses");
    terminal.sees("MailItemsAccessed");
    terminal.keys(ENTER);
    terminal.sees("\"Operation\": \"MailItemsAccessed\"");
    terminal.sees("SHA-256 ");
    terminal.keys(ESCAPE);
    terminal.sees("6 accesses");
    terminal.keys(ESCAPE);
    terminal.sees("why");
    terminal.keys("q");
    let (code, bytes) = terminal.ends();
    assert_eq!(code, 0);
    is_given_back(&bytes);
}

#[test]
fn what_is_marked_is_exported_and_the_terminal_given_back() {
    let lab = Lab::new();
    let mut terminal = opened(&lab);
    terminal.keys("/grantee:g.oudshoorn* road:mailbox-permission");
    terminal.keys(ENTER);
    terminal.sees("1 of ");
    terminal.keys("m");
    terminal.sees("Mark");
    terminal.keys("1");
    terminal.keys(TAB);
    terminal.keys("read by a ghost");
    terminal.sees("read by a ghost");
    terminal.keys(ENTER);
    terminal.sees("3 Findings 1");
    for (choice, format) in [("1", "markdown"), ("2", "csv"), ("3", "jsonl")] {
        let path = lab.path(format);
        terminal.keys("e");
        terminal.sees("Write 1 marked grant to a new file");
        terminal.keys(choice);
        terminal.keys(TAB);
        terminal.keys(CLEAR_LINE);
        terminal.keys(path.to_str().unwrap());
        terminal.keys(ENTER);
        terminal.sees("1 finding written to");
        let written = fs::read_to_string(&path).unwrap();
        for needed in [
            "g.oudshoorn",
            "h.oosterveld",
            "read by a ghost",
            "true-positive",
            "grantline --case",
            "unified-audit-log.jsonl",
        ] {
            let plain = written.replace('\\', "");
            assert!(
                plain.contains(needed),
                "no {needed:?} in {format}:\n{written}"
            );
        }
        let digest = common::text(&lab.coverage()["unified-audit-log.jsonl"]["sha256"]);
        assert!(written.contains(&digest), "{format}:\n{written}");
        terminal.keys(ESCAPE);
        terminal.loses("1 finding written to");
    }
    terminal.keys("q");
    let (code, bytes) = terminal.ends();
    assert_eq!(code, 0);
    is_given_back(&bytes);
    // The mark is in the case, for whoever opens it next.
    lab.ask(&["grants", "--query", "verdict:true-positive"])
        .exits(0)
        .says("g.oudshoorn");
}

#[test]
fn help_and_palette_open_and_close() {
    let lab = Lab::new();
    let mut terminal = opened(&lab);
    terminal.keys("?");
    terminal.sees("Help");
    terminal.sees("Give a verdict on the grant");
    terminal.keys(ESCAPE);
    terminal.loses("Help");
    terminal.keys(":");
    terminal.sees("Commands");
    terminal.keys("show-cov");
    terminal.sees("show-coverage");
    terminal.keys(ENTER);
    terminal.sees("AuditData is empty");
    terminal.keys("1");
    terminal.sees("why");
    terminal.keys("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn a_filter_that_cannot_be_read_says_so_and_one_that_can_narrows() {
    let lab = Lab::new();
    let mut terminal = opened(&lab);
    terminal.keys("/grante:x");
    terminal.keys(ENTER);
    terminal.sees("grantee");
    terminal.keys(CLEAR_LINE);
    terminal.keys("road:send-as severity:>=high");
    terminal.keys(ENTER);
    // The count stands on the screen while the filter is typed, too; this does not.
    terminal.sees("Enter open");
    terminal.sees("1 of ");
    terminal.sees("d.korver");
    terminal.keys(ESCAPE);
    terminal.loses("1 of ");
    terminal.keys("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn a_terminal_too_small_is_told_and_a_larger_one_shows_all_again() {
    let lab = Lab::new();
    let mut terminal = opened(&lab);
    terminal.resize(20, 6);
    terminal.sees("40×10");
    terminal.resize(132, 43);
    terminal.sees("why");
    terminal.resize(80, 24);
    terminal.sees("why");
    terminal.keys("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn a_polite_signal_ends_it_with_the_terminal_given_back() {
    let lab = Lab::new();
    for signal in ["TERM", "HUP", "INT"] {
        let mut terminal = opened(&lab);
        let kill = format!("kill -{signal} {}", terminal.process());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
        let (_, bytes) = terminal.ends();
        is_given_back(&bytes);
    }
}

#[test]
fn interrupting_leaves_at_once_even_while_reading() {
    let lab = Lab::new();
    let mut terminal = started(&lab);
    terminal.sees("Timeline");
    terminal.keys("\x03");
    let (_, bytes) = terminal.ends();
    is_given_back(&bytes);
    // What was committed stays, and the case opens again.
    let mut terminal = opened(&lab);
    terminal.keys("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn a_case_is_opened_again_without_its_evidence_being_named() {
    let lab = Lab::indexed();
    let case = lab.case();
    let mut terminal = Terminal::start(&lab, &["--case", case.to_str().unwrap()]);
    terminal.sees("1 attempt · 1,097 records");
    terminal.keys("2");
    terminal.sees("search everything");
    terminal.keys("/operation:new-serviceprincipal");
    terminal.keys(ENTER);
    terminal.sees("New-ServicePrinci…");
    terminal.keys("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn ascii_and_no_colour_draw_nothing_else() {
    let lab = Lab::indexed();
    let case = lab.case();
    let mut terminal = Terminal::start(
        &lab,
        &[
            "--case",
            case.to_str().unwrap(),
            "--ascii",
            "--color",
            "never",
        ],
    );
    let screen = terminal.sees("1,097 records");
    let strange: String = screen.chars().filter(|c| !c.is_ascii()).collect();
    assert_eq!(strange, "", "{screen}");
    terminal.keys("q");
    let (code, bytes) = terminal.ends();
    assert_eq!(code, 0);
    for colour in [b"\x1b[38;".as_slice(), b"\x1b[48;", b"\x1b[31m"] {
        assert!(!contains(&bytes, colour), "a colour was set");
    }
}

#[test]
fn the_demo_writes_its_tenant_once_and_into_its_case_alone() {
    let lab = Lab::new();
    let case = lab.case();
    let case = case.to_str().unwrap();
    let arguments = ["demo", "--users", "15", "--scenario", "consent-phishing"];
    let arguments = [&arguments[..], &["--case", case]].concat();
    let written = || {
        let tenants = fs::read_dir(lab.path("case/tenant")).unwrap();
        let tenants: Vec<_> = tenants.map(|entry| entry.unwrap().path()).collect();
        assert_eq!(tenants.len(), 1, "{tenants:?}");
        let labels = tenants[0].join("labels.json");
        fs::metadata(labels).unwrap().modified().unwrap()
    };
    let mut times = Vec::new();
    for _ in 0..2 {
        let mut terminal = Terminal::start(&lab, &arguments);
        terminal.sees("why");
        terminal.keys("/road:consent severity:>=high");
        terminal.keys(ENTER);
        terminal.sees("Enter open");
        terminal.sees("consent ");
        terminal.keys("q");
        assert_eq!(terminal.ends().0, 0);
        times.push(written());
    }
    assert_eq!(times[0], times[1], "it was written again");
    for folder in ["home", "evidence"] {
        assert_eq!(
            fs::read_dir(lab.path(folder)).unwrap().count(),
            0,
            "{folder}"
        );
    }
}

#[test]
fn a_demo_that_cannot_be_is_said_before_the_terminal_is_taken() {
    let lab = Lab::new();
    let case = lab.case();
    let arguments = ["demo", "--users", "3", "--case", case.to_str().unwrap()];
    let mut terminal = Terminal::start(&lab, &arguments);
    terminal.sees("users must be from");
    let (code, bytes) = terminal.ends();
    assert_eq!(code, 2);
    assert!(!contains(&bytes, b"\x1b[?1049h"));
    assert!(!case.exists());
}
