//! The threads behind the workbench, where a whole case would be too much.
//!
//! Not here: what a workbench shows in the end (`tests/truth.rs`).

use super::*;
use crate::query::Expr;
use std::fs;
use std::path::Path;

#[test]
fn only_the_newest_question_of_a_kind_is_answered_and_every_order_is() {
    let search = |generation| Request::Search {
        generation,
        query: Expr::All,
    };
    let unmark = || Request::Unmark { grant: "g".into() };
    let kept = newest(vec![search(1), unmark(), search(2), unmark()]);
    let shape: Vec<Option<u64>> = kept
        .iter()
        .map(|request| match request {
            Request::Search { generation, .. } => Some(*generation),
            _ => None,
        })
        .collect();
    assert_eq!(shape, [None, Some(2), None]);
}

/// A hunting thread on an empty case, with what it replies.
fn hunting(folder: &Path) -> (Hunting, replies::Receiver<Reply>) {
    let (out, replies) = replies::channel(100);
    let hunting = Hunting {
        session: Session::open_or_create(folder).unwrap(),
        latest: Latest::default(),
        reading: Reading::default(),
        out,
        cancelled: Arc::default(),
        records: Records::default(),
        scouted: BTreeMap::new(),
        has_shown: false,
    };
    (hunting, replies)
}

#[test]
fn a_panic_while_reading_is_told_and_the_hunt_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (mut hunting, mut replies) = hunting(folder.path());
    let read = |observer: &mut dyn Observer| {
        observer.committed();
        panic!("row {} is too much", 7)
    };
    let error = hunting.watch(Vec::new(), read).unwrap_err().to_string();
    for told in ["reading the evidence", "row 7 is too much", "index"] {
        assert!(error.contains(told), "{error}");
    }
    hunting.publish(false).unwrap();
    let mut is_hunted = false;
    while let Ok(reply) = replies.try_recv() {
        is_hunted |= matches!(reply, Reply::Hunt(hunt) if !hunt.indexing);
    }
    assert!(is_hunted);
}

#[test]
fn what_a_panic_says_is_told_whatever_it_is() {
    let told =
        |work: fn() -> Result<(), JobError>| guarded("hunting", work).unwrap_err().to_string();
    assert!(told(|| panic!("plain")).contains("hunting stopped: plain"));
    assert!(told(|| std::panic::panic_any(7)).contains("does not say why"));
    assert_eq!(guarded("hunting", || Ok(7)).unwrap(), 7);
}

#[test]
fn an_original_whose_file_is_not_in_the_case_yet_is_read_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let audit = r#"{""Operation"":""Add-MailboxPermission"",""UserId"":""ann@example.com""}"#;
    let rows = [
        "CreationDate,UserIds,Operations,AuditData\n".to_owned(),
        format!("2026-03-02T08:00:00Z,ann@example.com,Add-MailboxPermission,\"{audit}\"\n"),
    ];
    let path = folder.path().join("a.csv");
    fs::write(&path, rows.concat()).unwrap();
    let (out, _replies) = replies::channel(100);
    let mut answering = Answering {
        session: Session::open_or_create(&folder.path().join("case")).unwrap(),
        latest: Latest::default(),
        reading: Arc::new(Mutex::new(BTreeMap::from([(1, path)]))),
        out,
        lists: HashMap::new(),
        command_line: String::new(),
    };
    let at = |file| Provenance {
        file,
        offset: rows[0].len() as u64,
        length: rows[1].len() as u64,
        ..Provenance::default()
    };
    let mut original = |file, indexing| {
        let hunt = Hunt {
            indexing,
            ..Hunt::default()
        };
        *answering.latest.lock().unwrap() = Arc::new(hunt);
        match answering.original(1, at(file)).unwrap() {
            Reply::Original { file, original, .. } => (file, original),
            other => unreachable!("{other:?}"),
        }
    };
    let (file, read) = original(1, true);
    assert!(file.ends_with("a.csv"));
    assert!(read.unwrap().pretty().contains("ann@example.com"));
    for (indexing, told) in [
        (true, "still being read"),
        (false, "index the evidence again"),
    ] {
        let error = original(2, indexing).1.unwrap_err();
        assert!(error.contains(told), "{error}");
    }
}
