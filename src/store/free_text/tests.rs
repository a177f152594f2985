//! Tests of free text against the words that the reference meaning sees.

use super::*;
use crate::text;
use proptest::prelude::*;
use tantivy::tokenizer::{TokenStream, Tokenizer};

/// Rows with their texts, as the thread takes them.
fn feed(rows: &[(u32, &[&str])]) -> Feed {
    let mut feed = Feed::default();
    for (row, texts) in rows {
        texts.iter().for_each(|text| feed.push(*row, text));
        feed.send_if_full().unwrap();
    }
    feed
}

/// The rows found, of texts that were added in this order and placed as told.
fn found(rows: &[(u32, &[&str])], placed: &[u32], phrase: &str) -> Vec<u32> {
    let folder = tempfile::tempdir().unwrap();
    let Some(building) = feed(rows).finish().unwrap() else {
        return Vec::new();
    };
    building.finish(placed, folder.path()).unwrap();
    let words: Vec<String> = text::words(phrase).collect();
    let free_text = FreeText::open(folder.path()).unwrap();
    free_text.map_or_else(Vec::new, |text| text.rows(&words).unwrap())
}

#[test]
fn words_in_a_row_are_found_within_one_text() {
    let rows: &[(u32, &[&str])] = &[
        (0, &["Full access", "to all"]),
        (2, &["access to full", "Full"]),
        (3, &["ΟΔΟΣ full-ACCESS"]),
    ];
    let placed = [3, 0, 1, 2];
    for (phrase, rows_found) in [
        ("full access", vec![2, 3]),
        ("FULL", vec![1, 2, 3]),
        ("access to", vec![1]),
        ("full full", vec![]),
        ("οδος", vec![2]),
        ("ΟΔΟΣ full access", vec![2]),
        ("none", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(found(rows, &placed, phrase), rows_found, "{phrase}");
    }
}

#[test]
fn rows_that_died_before_they_were_written_are_not_found() {
    let rows: &[(u32, &[&str])] = &[(0, &["one"]), (1, &["one"])];
    assert_eq!(found(rows, &[u32::MAX, 0], "one"), [0]);
    assert_eq!(found(rows, &[u32::MAX, u32::MAX], "one"), [] as [u32; 0]);
}

#[test]
fn a_damaged_file_is_told_of() {
    let rows: &[(u32, &[&str])] = &[(0, &["one two three"])];
    let folder = tempfile::tempdir().unwrap();
    let building = feed(rows).finish().unwrap().unwrap();
    building.finish(&[0], folder.path()).unwrap();
    let path = folder.path().join(TEXT);
    let whole = std::fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        std::fs::write(&path, &damaged).unwrap();
        let opened = FreeText::open(folder.path());
        let found = opened.and_then(|text| text.unwrap().rows(&["two".to_owned()]));
        // The header is not under the checksum: what it says is compared with the file.
        assert!(found.is_err() || found.unwrap() == [0], "{at}");
        std::fs::write(&path, &whole[..at]).unwrap();
        assert!(FreeText::open(folder.path()).is_err(), "{at}");
    }
}

proptest! {
    #[test]
    fn the_analyser_sees_the_words_of_the_reference(text in "[a-cA-C1 \\-\\.éÉΣσİǅß日½\u{301}\u{200b}]{0,12}|.{0,12}") {
        let mut analyser = words::Words::default();
        let mut stream = analyser.token_stream(&text);
        let mut seen = Vec::new();
        while stream.advance() {
            prop_assert_eq!(stream.token().position, seen.len());
            seen.push(stream.token().text.clone());
        }
        prop_assert_eq!(seen, text::words(&text).collect::<Vec<_>>());
    }
}
