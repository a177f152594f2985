//! What is drawn: snapshots with named styles at four sizes.

use super::bench::{Bench, frame_text, given};
use super::sample;
use crate::hunt::Road;
use crate::job::{Hunt, ListKind, Reply};
use crate::tui::app::Message;
use crate::tui::cursor::Cursor;
use crate::tui::theme::ColourMode;
use ratatui::layout::Size;
use std::sync::Arc;

/// A laptop over SSH, a window, a wall.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];

fn snapshot(name: &str, bench: Bench) {
    let mut bench = bench;
    for (width, height) in SIZES {
        bench = bench.size(width, height);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../../tests/snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let text = frame_text(&bench.buffer());
        settings.bind(|| {
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), text);
        });
    }
    bench.size(20, 6).sees("needs 40×10");
}

fn normal() -> Bench {
    given(vec![sample::hunt()])
}

fn drilled() -> Bench {
    normal()
        .keys("Enter")
        .reply(sample::listed(1, ListKind::Accesses, 42))
}

#[test]
fn nothing_found() {
    snapshot(
        "empty",
        given(vec![Reply::Hunt(Arc::new(Hunt {
            case: "contoso".into(),
            ..Hunt::default()
        }))]),
    );
}

#[test]
fn first_grants_while_reading() {
    snapshot("reading", given(sample::reading()));
}

#[test]
fn the_timeline() {
    snapshot("timeline", normal().reply(sample::marks()));
}

#[test]
fn the_drilldown() {
    snapshot("drilldown", drilled().keys("j j"));
}

#[test]
fn a_record() {
    let place = sample::grants()[4].grant.provenance[0];
    snapshot(
        "record",
        normal().keys("v").reply(sample::original(1, place)),
    );
}

#[test]
fn the_search() {
    snapshot(
        "search",
        normal()
            .keys("2")
            .reply(sample::listed(1, ListKind::Search, 1000))
            .keys("/ {user:lidia}"),
    );
}

#[test]
fn the_findings() {
    snapshot("findings", normal().reply(sample::marks()).keys("3"));
}

#[test]
fn the_coverage() {
    snapshot("coverage", normal().keys("4 j"));
}

#[test]
fn many_files_of_one_name_are_told_apart() {
    snapshot("blobs", given(vec![sample::blobs()]).keys("4 j j j"));
    let bench = given(vec![sample::blobs()]).keys("4 j j j");
    for part in [
        "3 files, 1 with signs · 1 packed · 1 place not read · 1 no evidence",
        "   …/m=06/d=01/h=00/m=00/PT1H.json ",
        "▸! …/m=06/d=02/h=00/m=00/PT1H.json ",
        " × pipe ",
    ] {
        assert!(bench.text().contains(part), "{part}:\n{}", bench.text());
    }
    let bench = bench.size(200, 60);
    bench
        .sees("export.zip/insights-logs-signinlogs/y=2023/m=06/d=03/h=00/m=00/PT1H.json")
        .sees("lines 3, 4, 5 … (180 rows)  a list of content blobs");
}

#[test]
fn help_over_the_timeline() {
    snapshot("help", normal().keys("?"));
}

#[test]
fn the_palette() {
    snapshot("palette", normal().keys(": {mark}"));
}

#[test]
fn the_mark_form() {
    snapshot(
        "mark",
        normal().keys("m 3 Tab {payroll project, ticket 4711}"),
    );
}

#[test]
fn the_export_form() {
    snapshot("export", normal().reply(sample::marks()).keys("e 2"));
}

#[test]
fn hostile_text() {
    let mut grants = sample::grants();
    grants[4].grant.grantee.name = "ad\u{200b}min\u{202e}moc.osotnoc".into();
    grants[4].grant.target.name = "日本語日本語日本語@contoso.com\u{1b}[2J".into();
    grants[4].signals[0].detail = "line one\nline two \u{7}".into();
    snapshot(
        "hostile",
        given(vec![Reply::Hunt(Arc::new(sample::hunt_of(grants)))]),
    );
}

#[test]
fn an_error() {
    let bench = normal().reply(Reply::Failed(
        "/cases/demo/demo-findings.md exists already: choose another name".into(),
    ));
    snapshot("error", bench);
}

#[test]
fn without_colour_only_modifiers_are_left() {
    let bench = drilled().with(|settings| settings.colour = ColourMode::Never);
    let buffer = bench.buffer();
    assert!(
        buffer
            .content
            .iter()
            .all(|cell| cell.fg == ratatui::style::Color::Reset
                && cell.bg == ratatui::style::Color::Reset)
    );
}

#[test]
fn a_time_axis_reaches_its_end() {
    let years = |last: &str| {
        let mut grants = sample::grants();
        grants[0].grant.time = Some(sample::at(last));
        given(vec![Reply::Hunt(Arc::new(sample::hunt_of(grants)))]).line_of("UTC   ╵")
    };
    let line = years("2025-12-24T08:00:00Z");
    assert!(
        line.contains("╵2023-05 ") && line.ends_with("╵2025-09"),
        "{line}"
    );
    assert_eq!(line.matches('╵').count(), 5, "{line}");
    let line = years("2023-06-20T08:00:00Z");
    assert!(
        line.contains("╵2023-05-20 ") && line.chars().count() == 80,
        "{line}"
    );
}

#[test]
fn ascii_draws_ascii() {
    for keys in ["", "Enter", "v", "3", "4", "m", ":"] {
        let bench = given(vec![sample::hunt(), sample::marks()])
            .with(|settings| settings.ascii = true)
            .keys(keys);
        let text = bench.text().replace(['“', '”'], "");
        assert!(
            text.is_ascii(),
            "{keys}: {:?}",
            text.chars()
                .filter(|character| !character.is_ascii())
                .collect::<String>()
        );
    }
}

#[test]
fn no_size_panics() {
    for keys in [
        "", "/ {x}", "Enter", "v", "2", "3", "4", "?", ":", "m", "f", "e", "u", "Tab",
    ] {
        for width in (1..=12).chain([39, 40, 41, 79, 110, 300]) {
            for height in (1..=12).chain([23, 100]) {
                let bench = given(vec![sample::hunt(), sample::marks()])
                    .size(width, height)
                    .keys(keys)
                    .keys("G g j");
                let _ = bench.buffer();
            }
        }
    }
    let bench = given(Vec::new()).message(Message::Resize(Size {
        width: 0,
        height: 0,
    }));
    let _ = bench.buffer();
}

#[test]
fn a_million_grants_are_drawn_from_the_page_shown() {
    let grants = (0..1000)
        .map(|number| {
            sample::grant(
                &format!("g{number:012}"),
                "2023-06-03T00:00:00Z",
                Road::SendAs,
                ["a@x", "b@x", "c@x"],
                f64::from(number) / 100.0,
            )
        })
        .collect();
    let mut bench = given(vec![Reply::Hunt(Arc::new(sample::hunt_of(grants)))]);
    // Places past the page point nowhere: were one looked up to draw, its line would show the placeholder, which is counted.
    bench.app.screens.timeline.visible = (0..1_000_000)
        .map(|line| {
            if (500_000..500_010).contains(&line) {
                line % 1000
            } else {
                usize::MAX
            }
        })
        .collect();
    bench.app.screens.timeline.cursor = Cursor {
        top: 500_000,
        selected: 500_003,
    };
    let text = bench.text();
    assert!(!text.contains("\n …"), "{text}");
    assert_eq!(text.matches("send-as ").count(), 9, "{text}");
}

#[test]
fn the_least_size_still_shows_who_and_when() {
    let bench = normal().size(40, 10);
    let text = bench.text();
    for part in ["▸▲C", "2023-06-03 03:13", "lidia@", "Enter open"] {
        assert!(text.contains(part), "{text}");
    }
}
