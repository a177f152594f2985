//! The table of shapes.

use super::*;

#[test]
fn the_table_is_well_formed() {
    let mut names: Vec<_> = SHAPES.iter().map(|shape| shape.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SHAPES.len());
    for shape in SHAPES {
        let is_word = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(shape.name.chars().all(is_word), "{}", shape.name);
        assert!(!shape.what.is_empty() && !shape.extension.is_empty());
        assert!(!shape.is_plain || shape.layout == Layout::Lines);
    }
}

#[test]
fn usual_shapes_are_one_of_each_stream() {
    let streams: Vec<_> = usual().iter().map(|shape| shape.stream).collect();
    let kinds = crate::record::inventory::KINDS.iter();
    let lists = kinds.map(|kind| Stream::Inventory(kind));
    let logs = [Stream::Unified, Stream::SignIns, Stream::Directory];
    for stream in logs.into_iter().chain(lists) {
        assert_ne!(
            streams.contains(&stream),
            RARE.contains(&stream),
            "{stream:?}"
        );
        let of_it = |shape: &&Shape| shape.stream == stream;
        assert!(SHAPES.iter().any(|shape| of_it(&shape)), "{stream:?}");
    }
    assert_eq!(
        streams.len(),
        3 + crate::record::inventory::KINDS.len() - RARE.len()
    );
    assert_eq!(named(&["all".to_owned()]).unwrap().len(), SHAPES.len());
    assert!(named(&["search-csv".to_owned(), "nothing".to_owned()]).is_err());
}
