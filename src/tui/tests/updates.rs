//! What keys and replies do.

use super::bench::{Bench, given};
use super::sample;
use crate::hunt::Verdict;
use crate::job::{ListKind, Progress, Reply, Request};
use crate::tui::app::{ExitReason, Message, Timer};
use std::sync::Arc;

fn normal() -> Bench {
    given(vec![sample::hunt()])
}

fn drilled() -> Bench {
    normal()
        .keys("Enter")
        .reply(sample::listed(1, ListKind::Accesses, 1000))
}

#[test]
fn the_riskiest_grant_is_first_and_selected() {
    let bench = normal();
    assert!(bench.line_of("▸").contains("▲C"), "{}", bench.text());
    bench
        .sees("stinger@contoso.com gave lidia@contoso.com FullAccess")
        .sees_not("DiscoverySearchMailbox");
}

#[test]
fn sorting_and_turning_keep_the_selection() {
    let bench = normal().sees("↓bits").keys("j s").sees("time (UTC) ↑");
    assert!(bench.line_of("▸").contains("Mail Sync Pr0"));
    let bench = bench.keys("g");
    assert!(bench.line_of("▸").contains("bert@"));
    let bench = bench.keys("r g");
    assert!(bench.line_of("▸").contains("Mail Sync Pr0"));
}

#[test]
fn a_grant_on_a_folder_names_the_folder() {
    let mut grants = sample::grants();
    let grant = &mut grants[0].grant;
    grant.folder = "\\Inbox".into();
    grant.scope = crate::hunt::Scope::Folder;
    grant.target.name = "d.vloet@contoso.com".into();
    let bench = given(vec![Reply::Hunt(Arc::new(sample::hunt_of(grants.clone())))]).keys("G");
    let bench = bench
        .sees("d.vloet@… \\Inbox ")
        .sees("the folder \\Inbox of\n  d.vloet@contoso.com");
    bench
        .size(200, 60)
        .keys("z")
        .sees("d.vloet@contoso.com \\Inbox ")
        .keys("Enter")
        .sees("the folder \\Inbox of d.vloet@contoso.com");
    // Without room the mailbox matters more.
    grants[0].grant.folder = "\\Inbox\\Projects\\2023\\Payroll".into();
    given(vec![Reply::Hunt(Arc::new(sample::hunt_of(grants)))]).sees("d.vloet@contoso.…");
}

#[test]
fn system_grants_unfold() {
    normal()
        .sees("1 system folded")
        .keys("a G")
        .sees("1 system shown")
        .sees("Discovery Management");
}

#[test]
fn steps_of_time_lead_to_their_worst_grant() {
    let bench = normal().keys("h");
    assert!(bench.line_of("▸").contains("behalf"), "{}", bench.text());
    let bench = bench.keys("l l");
    assert!(
        bench.line_of("▸").contains("Mail Sync Pr0"),
        "{}",
        bench.text()
    );
    bench.keys("l").sees("nothing further");
}

#[test]
fn a_list_nobody_moved_in_stays_at_its_top_while_reading() {
    let bench = given(sample::reading()).reply(sample::hunt());
    assert!(bench.line_of("▸").contains("▲C"));
    let bench = given(sample::reading()).keys("j j").reply(sample::hunt());
    assert!(bench.line_of("▸").contains("rolegrp"), "{}", bench.text());
}

#[test]
fn esc_never_quits() {
    let mut bench = normal();
    for _ in 0..5 {
        bench = bench.keys("Esc");
        assert_eq!(bench.quits(), None);
    }
    let bench = bench.sees("q quits").keys("Enter v Esc Esc Esc Esc");
    assert_eq!(bench.quits(), None);
    assert_eq!(bench.keys("q").quits(), Some(ExitReason::Quit));
    assert_eq!(
        normal().keys("Ctrl-c").quits(),
        Some(ExitReason::Interrupted)
    );
    assert_eq!(normal().keys("m Ctrl-c").quits(), None);
}

#[test]
fn a_filter_is_typed_applied_and_cleared() {
    let bench = normal()
        .keys("/ {severity:high}")
        .sees("/ severity:high")
        .keys("Enter")
        .sees("filter severity:high");
    let bench = bench.keys("Esc").sees_not("filter severity");
    // What was typed can be had again.
    let bench = bench
        .keys("/ Up")
        .sees("/ severity:high")
        .keys("Esc")
        .sees_not("/ severity");
    assert_eq!(bench.quits(), None);
}

#[test]
fn a_value_becomes_a_filter() {
    normal()
        .keys("f")
        .sees("lidia@contoso.com")
        .keys("j Enter")
        .sees(r#"filter target:"henrietta@contoso.com""#)
        .keys("F Enter")
        .sees(r#"-grantee:"lidia@contoso.com""#);
}

#[test]
fn the_fault_of_a_query_is_shown_under_it() {
    let mut bench = normal().keys("/ {severity:hgih}");
    let error = crate::query::QueryError {
        message: "no such severity".into(),
        at: 9,
        length: 4,
        hint: "did you mean high?".into(),
    };
    fault(&mut bench, error);
    bench.sees("/ severity:hgih\n           ^^^^ no such severity; did you mean high?");
}

fn fault(bench: &mut Bench, error: crate::query::QueryError) {
    if let Some(crate::tui::overlay::Overlay::Line(line)) = bench.app.overlays.last_mut() {
        line.error = Some(error);
    }
}

#[test]
fn the_hint_of_a_query_is_never_cut() {
    normal()
        .keys("/ {severity:high user:lidia}")
        .sees("user is a field of records")
        .sees("fields of grants: time")
        .sees("accesses, mailboxes\nEnter");
    let mut error = crate::query::QueryError {
        message: "`severity` is a field of grants, and here single records are searched".into(),
        at: 0,
        length: 8,
        hint: "type it on the timeline, or write user:lidia, operation:MailItemsAccessed or ip:"
            .into(),
    };
    for key in ["1 /", "2 /"] {
        let mut bench = normal().keys(key).keys("{severity:high}");
        fault(&mut bench, error.clone());
        bench
            .sees("  ^^^^^^^^\n`severity` is a field of grants")
            .sees("operation:MailItemsAccessed or ip:");
    }
    error.message = error.message.repeat(3);
    let mut bench = normal().keys("/ {severity:high}");
    fault(&mut bench, error);
    let bench = bench.sees("…\ntype it on the timeline");
    bench.size(40, 10).sees("…").sees("type it on the timeline");
}

#[test]
fn opening_a_grant_asks_for_its_accesses() {
    let bench = normal().keys("Enter");
    assert!(
        matches!(bench.requests()[..], [Request::Accesses { generation: 1, grant, .. }] if grant == "g1a2b3c4d5e6"),
        "{}",
        bench.asked()
    );
    bench
        .deadline(Timer::Late)
        .sees("searching…")
        .reply(sample::listed(1, ListKind::Accesses, 42))
        .sees("42 accesses")
        .sees("06-03 03:25:11");
}

#[test]
fn a_grant_without_accesses_still_has_its_record() {
    let bench = normal()
        .keys("Enter")
        .reply(sample::listed(1, ListKind::Accesses, 0))
        .sees("No access after this grant")
        .sees("v shows the grant’s record");
    bench
        .keys("v")
        .sees("record 1 of 2")
        .keys("Esc")
        .sees("0 accesses");
    normal()
        .keys("j j Enter")
        .reply(sample::listed(1, ListKind::Accesses, 0))
        .sees("This attempt failed: it gave nothing");
}

#[test]
fn the_sentence_of_a_grant_is_whole_over_its_accesses() {
    let mut grants = sample::grants();
    grants[4].grant.grantee.name = format!("{}@contoso.com", "lidia.van.den.berg".repeat(3));
    grants[4].grant.operation = "the end of the sentence".into();
    given(vec![Reply::Hunt(Arc::new(sample::hunt_of(grants)))])
        .keys("Enter")
        .reply(sample::listed(1, ListKind::Accesses, 1000))
        .sees("end of the sentence.")
        .sees("acted")
        .sees("06-03 03:25:11");
}

#[test]
fn answers_to_older_questions_are_dropped() {
    let bench = normal()
        .keys("Enter Esc Enter")
        .reply(sample::listed(1, ListKind::Accesses, 41))
        .deadline(Timer::Late);
    let bench = bench
        .sees_not("41 accesses")
        .sees("searching…")
        .reply(sample::listed(2, ListKind::Accesses, 7))
        .sees("7 accesses");
    let late = Reply::Rows {
        generation: 1,
        list: ListKind::Accesses,
        from: 0,
        rows: vec![],
    };
    bench
        .reply(late)
        .sees("06-03 03:25:11")
        .sees_not("searching…");
}

#[test]
fn old_rows_stay_until_the_new_answer_comes() {
    let bench = drilled()
        .keys("/ {ip:x} Enter")
        .sees("03:25:11")
        .deadline(Timer::Late)
        .sees("searching…")
        .sees("03:25:11");
    bench
        .reply(sample::listed(2, ListKind::Accesses, 0))
        .sees("No access passes the query")
        .keys("Esc")
        .sees_not("narrowed");
}

#[test]
fn rows_are_asked_for_by_the_window() {
    let bench = drilled().keys("G");
    let [
        Request::Rows {
            generation: 1,
            list: ListKind::Accesses,
            from,
            count,
        },
    ] = bench.requests()[..]
    else {
        panic!("{}", bench.asked())
    };
    let (from, count) = (*from, *count);
    assert!(from + count == 1000 && count < 60, "{from} {count}");
    let bench = bench.sees("…").keys("k");
    assert_eq!(bench.requests().len(), 0, "asked twice: {}", bench.asked());
    let reply = Reply::Rows {
        generation: 1,
        list: ListKind::Accesses,
        from,
        rows: sample::rows(from, 1000),
    };
    let bench = bench.reply(reply);
    assert!(bench.line_of("▸").contains("MailItems"), "{}", bench.text());
    // An answer for a page that was left meanwhile does not replace the newest.
    let bench = bench.reply(Reply::Rows {
        generation: 9,
        list: ListKind::Accesses,
        from: 0,
        rows: sample::rows(0, 50),
    });
    assert!(bench.line_of("▸").contains("MailItems"));
}

#[test]
fn a_record_is_shown_with_its_proof() {
    let places = sample::grants()[4].grant.provenance.clone();
    let bench = normal()
        .keys("v")
        .sees("reading the evidence…")
        .sees("record 1 of 2")
        .sees("] next");
    normal().keys("j v").sees("Esc back").sees_not("] next");
    assert!(bench.asked().contains("Original { generation: 1"));
    let bench = bench
        .reply(sample::original(1, places[0]))
        .sees("\"Operation\": \"Add-MailboxPermission\"")
        .sees("SHA-256 9f86d081")
        .sees("line 17  offset 20,480  length 1,204");
    let bench = bench
        .keys("]")
        .sees("record 2 of 2")
        .reply(sample::original(1, places[0]))
        .sees("reading the evidence…");
    bench
        .keys("]")
        .sees("no other record")
        .keys("[")
        .sees("record 1 of 2")
        .keys("Esc")
        .sees("▸");
}

#[test]
fn a_record_that_cannot_be_read_says_why() {
    let place = sample::grants()[4].grant.provenance[0];
    let reply = Reply::Original {
        generation: 1,
        file: "ual.csv".into(),
        sha256: String::new(),
        provenance: place,
        original: Err("the file has changed since it was indexed".into()),
    };
    normal()
        .keys("v")
        .reply(reply)
        .sees("could not be read: the file has changed");
}

#[test]
fn a_text_is_found_in_a_record() {
    let place = sample::grants()[4].grant.provenance[0];
    let bench = normal().keys("v").reply(sample::original(1, place));
    let bench = bench
        .keys("/ {VALUE} Enter")
        .sees("\"Value\": \"henrietta\"")
        .keys("n")
        .keys("n")
        .sees("nothing further");
    let bench = bench
        .keys("/ {absent} Enter")
        .sees("not in this record")
        .keys("y");
    assert!(bench.copied().unwrap().starts_with('{'));
}

#[test]
fn marking_asks_and_shows_when_it_is_done() {
    let bench = normal()
        .keys("m")
        .sees("▸ 1 true-positive")
        .keys("Down Tab {called the owner} Enter");
    assert!(
        matches!(bench.requests()[..], [Request::Mark { grant, verdict: Verdict::FalsePositive, note }] if grant == "g1a2b3c4d5e6" && note == "called the owner"),
        "{}",
        bench.asked()
    );
    let bench = bench.reply(sample::marks()).sees("Findings 3");
    assert!(
        bench.line_of("▸▲C").trim_end().ends_with("T*"),
        "{}",
        bench.text()
    );
    let bench = bench.keys("n");
    assert!(
        bench.line_of("▸").contains("rolegrp"),
        "skips the marked ones: {}",
        bench.text()
    );
}

#[test]
fn a_note_alone_keeps_the_verdict() {
    let bench = given(vec![sample::hunt(), sample::marks()]).keys("c {!} Enter");
    assert!(
        matches!(bench.requests()[..], [Request::Mark { verdict: Verdict::TruePositive, note, .. }] if note.ends_with("owner!")),
        "{}",
        bench.asked()
    );
    let bench = normal().keys("c {odd} Enter");
    assert!(
        matches!(
            bench.requests()[..],
            [Request::Mark {
                verdict: Verdict::Unknown,
                ..
            }]
        ),
        "{}",
        bench.asked()
    );
}

#[test]
fn a_mark_with_a_note_is_not_lost_by_one_key() {
    let bench = given(vec![sample::hunt(), sample::marks()])
        .keys("u")
        .sees("Take off the mark")
        .keys("Esc");
    assert_eq!(bench.requests().len(), 0);
    assert!(matches!(
        bench.keys("u Enter").requests()[..],
        [Request::Unmark { .. }]
    ));
    normal().keys("u").sees("this grant has no mark");
}

#[test]
fn exporting_asks_for_a_format_and_a_file() {
    normal().keys("e").sees("nothing is marked: press m");
    let bench = given(vec![sample::hunt(), sample::marks()])
        .keys("e")
        .sees("/cases/demo/demo-findings.md")
        .keys("2")
        .sees("/cases/demo/demo-findings.csv");
    let bench = bench.keys("Tab Ctrl-u {x.csv} Enter");
    assert!(
        matches!(bench.requests()[..], [Request::Export { format: crate::export::Format::Csv, path }] if path.ends_with("x.csv")),
        "{}",
        bench.asked()
    );
    let bench = bench
        .reply(Reply::Said("3 findings written to x.csv".into()))
        .sees("3 findings written");
    bench
        .keys("j")
        .sees_not("3 findings written")
        .keys("e Tab Ctrl-u Enter")
        .sees("a file name is needed");
}

#[test]
fn forms_show_the_part_that_has_the_keys_at_the_least_size() {
    let bench = given(vec![sample::hunt(), sample::marks()]).size(40, 10);
    let bench = bench
        .keys("m 4")
        .sees("▸ 4 unknown")
        .keys("Tab {zebra}")
        .sees("zebra");
    bench
        .keys("Esc e Tab Ctrl-u {x.md}")
        .sees("file  x.md")
        .keys("Ctrl-u Enter")
        .sees("a file name is needed");
}

#[test]
fn a_file_that_is_not_read_shows_why_and_no_empty_format() {
    given(vec![sample::hunt(), sample::marks()])
        .keys("4")
        .sees("fault   not a log: a PNG picture")
        .sees_not("format   (");
}

#[test]
fn a_path_can_be_typed_at_the_formats() {
    let bench = given(vec![sample::hunt(), sample::marks()])
        .keys("e 2 {/tmp/x2.csv}")
        .sees("file  /tmp/x2.csv")
        .keys("Tab {z}")
        .sees("file  /tmp/x2.csvz");
    bench.keys("Esc m {z}").sees_not("note  z");
}

#[test]
fn a_failed_export_comes_back_as_it_was_typed() {
    let bench = given(vec![sample::hunt(), sample::marks()])
        .keys("e 2 Tab Ctrl-u {/x/y.csv} Enter")
        .sees_not("─ Export ─")
        .reply(Reply::Failed("there is no folder /x".into()))
        .sees("─ Export ─")
        .sees("▸ 2 csv")
        .sees("file  /x/y.csv")
        .sees("there is no folder /x")
        .keys("Esc");
    // A failure of something else opens nothing.
    bench
        .reply(Reply::Failed("the disk is full".into()))
        .sees("× the disk is full")
        .sees_not("─ Export ─");
}

#[test]
fn copying_offers_values_and_the_whole_line() {
    let bench = normal().keys("y Enter");
    assert!(
        bench
            .copied()
            .unwrap()
            .starts_with("g1a2b3c4d5e6\t2023-06-03 03:13:05Z\tcritical\t23.4")
    );
    assert_eq!(
        normal().keys("y j Enter").copied(),
        Some("lidia@contoso.com")
    );
    normal().keys("y Enter").sees("to the terminal’s clipboard");
}

#[test]
fn the_palette_runs_commands_with_what_they_take() {
    let bench = normal()
        .keys(": {filter severity:high} Enter")
        .sees("filter severity:high");
    let bench = bench.keys(": {cover} Enter").sees("129,624 rows");
    assert_eq!(bench.keys(": {quit} Enter").quits(), Some(ExitReason::Quit));
    normal().keys(": {zzzz} Enter").sees("no such command");
}

#[test]
fn the_palette_has_the_commands_of_other_screens_too() {
    let bench = given(vec![sample::hunt(), sample::marks()])
        .keys("2")
        .reply(sample::listed(1, ListKind::Search, 9))
        .keys(": {exp}");
    assert!(
        bench.line_of("▸ export").contains("Timeline"),
        "{}",
        bench.text()
    );
    let bench = bench.keys("Enter").sees("─ Export ─").sees("bits");
    bench
        .keys("Esc 4 : {filter severity:high} Enter")
        .sees("filter severity:high")
        .keys(": {find} Enter")
        .sees("`find` works on an original record: v on a grant shows it");
    // What works here comes first; what only edits a prompt is no command of the palette.
    let bench = normal().keys("4 :").sees("▸ open");
    bench.keys("{delete}").sees("no such command");
}

#[test]
fn search_asks_for_everything_on_the_first_visit_only() {
    let bench = normal().keys("2");
    assert!(matches!(
        bench.requests()[..],
        [Request::Search { generation: 1, .. }]
    ));
    let bench = bench
        .reply(sample::listed(1, ListKind::Search, 1000))
        .sees("1,000 records")
        .keys("1 2");
    assert_eq!(bench.requests().len(), 0);
    let bench = bench.keys("/ {user:lidia} Enter");
    assert!(matches!(
        bench.requests()[..],
        [Request::Search { generation: 2, .. }]
    ));
    let bench = bench
        .reply(sample::listed(2, ListKind::Search, 5))
        .keys("j Enter");
    assert!(bench.asked().contains("line: 101"), "{}", bench.asked());
}

#[test]
fn findings_lead_to_the_accesses() {
    let bench = given(vec![sample::hunt(), sample::marks()])
        .keys("3")
        .sees("true-positive")
        .sees("not in evidence")
        .keys("Enter");
    assert!(bench.asked().contains("g1a2b3c4d5e6"), "{}", bench.asked());
    bench
        .keys("Esc")
        .sees("verdict")
        .keys("G Enter")
        .sees("no line is selected");
    given(vec![sample::hunt()])
        .keys("3")
        .sees("Nothing is marked yet");
}

#[test]
fn faults_of_a_file_are_shown_and_scrolled() {
    let bench = normal()
        .keys("4")
        .sees("128,412 read + 1,200 duplicate + 12 refused = 129,624 rows")
        .sees("not a log: a PNG picture");
    bench
        .keys("j")
        .sees("line 17, byte 20480")
        .keys("Enter j")
        .keys("Esc")
        .sees("▸! export-2023/ual-2023-06.csv")
        .keys("Esc")
        .sees("bits");
}

#[test]
fn the_reasons_scroll_when_they_have_the_keys() {
    let bench = normal()
        .sees("Tab to scroll")
        .sees_not("fast-use")
        .keys("Tab G")
        .sees("g1a2b3c4d5e6");
    assert!(bench.line_of("▸").contains("▲C"), "the list did not move");
    bench
        .keys("Esc g j")
        .sees("Mail Sync Pr0")
        .keys("z")
        .sees_not("─ why");
}

#[test]
fn the_worker_gone_is_an_error_line() {
    normal()
        .message(Message::WorkerGone)
        .sees("The worker has stopped")
        .keys("j")
        .sees("The worker has stopped");
}

#[test]
fn progress_is_shown_until_it_is_finished() {
    let bench = given(sample::reading())
        .size(120, 36)
        .sees("reading ual-2023-06.csv 43 % · 12,345 rows");
    let bench = bench
        .reply(Reply::Progress(Progress {
            finished: true,
            ..Progress::default()
        }))
        .reply(sample::hunt());
    bench.sees_not("reading ual");
}

#[test]
fn pasted_text_is_one_line() {
    normal()
        .keys("/")
        .message(Message::Paste("severity:\nhigh\n".into()))
        .sees("/ severity: high")
        .message(Message::Paste("x".into()));
    normal().message(Message::Paste("qqq".into())).sees("▸");
}

#[test]
fn keys_that_could_go_on_wait_for_the_next() {
    let keymap = crate::tui::Keymap::with_user("[motion]\nfirst = { keys = [\"g g\"] }\n").unwrap();
    let bench = normal()
        .with(|settings| settings.keymap = keymap)
        .keys("G g")
        .sees("g …");
    let bench = bench.keys("g");
    assert!(bench.line_of("▸").contains("▲C"));
    let bench = bench.keys("G g").deadline(Timer::Chord).keys("g");
    assert!(
        !bench.line_of("▸").contains("▲C"),
        "the first g was given up"
    );
}

#[test]
fn a_grant_followed_in_the_drilldown_takes_its_new_judgement() {
    let mut grants = sample::grants();
    grants[4].accesses = 99;
    drilled()
        .reply(Reply::Hunt(Arc::new(sample::hunt_of(grants))))
        .sees("99 accesses to 1 mailbox");
}

#[test]
fn a_page_answered_short_is_not_asked_for_again_and_again() {
    let bench = drilled().keys("G");
    let from = 1000 - 33;
    let reply = Reply::Rows {
        generation: 1,
        list: ListKind::Accesses,
        from: match bench.requests()[..] {
            [Request::Rows { from, .. }] => *from,
            _ => from,
        },
        rows: Vec::new(),
    };
    let bench = bench.keys("k").reply(reply);
    assert_eq!(bench.requests().len(), 0, "{}", bench.asked());
}

#[test]
fn a_listing_that_grows_keeps_its_place() {
    let bench = drilled()
        .keys("j j j")
        .reply(sample::listed(1, ListKind::Accesses, 1200))
        .sees("1,200 accesses");
    assert!(bench.line_of("▸").contains("03:46:11"), "{}", bench.text());
}
