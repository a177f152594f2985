//! Cutting does not depend on where blocks end, nor on how small the longest row is.

use super::*;
use proptest::prelude::*;

/// What a cutter made of some text that came in blocks of this size: `offset+length` of a row, with `!` for a refused one.
fn cut(container: &Container, text: &[u8], block: usize, limit: usize) -> Vec<String> {
    let mut splitter = splitter(container, limit);
    let (mut start, mut end, mut open) = (0, 0, None);
    let mut seen = Vec::new();
    loop {
        let window = &text[start..end];
        assert!(
            window.len() <= limit.max(xml::LOOKAHEAD) + block,
            "the window grows beyond the limit"
        );
        match splitter.step(window, end == text.len()) {
            Step::End => return seen,
            Step::More => end = (end + block).min(text.len()),
            Step::Skip(length) => start += length,
            Step::Discard(length) => {
                open.get_or_insert(start);
                start += length;
            }
            Step::Row {
                start: from,
                end: to,
                next,
            } => {
                assert!(open.is_none() && from < to && to <= next);
                seen.push(format!("{}+{}", start + from, to - from));
                start += next;
            }
            Step::Refuse { end: to, next, .. } => {
                let from = open.take().unwrap_or(start);
                seen.push(format!("!{}+{}", from, start + to - from));
                start += next;
            }
        }
    }
}

fn table() -> Container {
    Container::Table {
        header: vec!["a".to_owned(), "b".to_owned()],
        delimiter: ',',
    }
}

fn arrays() -> Container {
    Container::Arrays {
        header: vec!["a".to_owned()],
    }
}

fn xml(row: &str) -> Container {
    let row = row.to_owned();
    Container::Xml { row }
}

#[test]
fn elements_are_cut_where_they_end() {
    for (row, text, expected) in [
        (
            "Event",
            "<SearchResults><Event/><Event>x</Event></SearchResults>",
            "15+8 23+16",
        ),
        (
            "Event",
            "<?xml?><!-- <Event/> --><!DOCTYPE a [<!ENTITY b '>'>]>\n<Event></Event>",
            "55+15",
        ),
        (
            "Event",
            "<Event a='>' b=\">/>\"><P/><![CDATA[</Event>]]><!--</Event>--><?</Event>?></Event>",
            "0+80",
        ),
        ("Event", "<Event><Events></Events></Event>", "0+32"),
        // A row that is not closed ends before the next.
        ("Event", "<Event a='x\n<Event/>", "!0+12 12+8"),
        ("Event", "<Event><P>\n<Event/>", "!0+11 11+8"),
        ("Event", "<Event><!-- \n<Event/>", "!0+13 13+8"),
        ("Event", "<Event><P></SearchResults>", "!0+10"),
        // What stands between rows and is none.
        (
            "Event",
            "x<Event/>]]></P><Event/>&<!",
            "!0+1 1+8 !9+7 16+8 !24+3",
        ),
        ("Event", "<![CDATA[ ]]><Event/>", "!0+13 13+8"),
        ("Event", "<Eventful/><Event/>", "!0+11 11+8"),
        // Objects stand in objects.
        (
            "Obj",
            "<Objs>\n <Obj>\n  <Obj>\n  </Obj></Obj>\n <Obj/>\n</Objs>",
            "8+28 38+6",
        ),
        (
            "Obj",
            "<Objs>\n <Obj>\n  <Obj/>\n <Obj/>\n</Objs>",
            "!8+16 24+6",
        ),
        ("Obj", "<Objs>\n <Obj>\n  <Obj/>\n <Obj/>\n", "!8+16 24+6"),
    ] {
        let seen = cut(&xml(row), text.as_bytes(), 1000, 1000).join(" ");
        assert_eq!(seen, expected, "{text:?}");
    }
}

#[test]
fn elements_that_never_end_take_no_longer() {
    let text = format!("<Objs>\n{}", "<Obj><a ".repeat(200_000));
    let rows = cut(&xml("Obj"), text.as_bytes(), 1 << 20, 8 << 20);
    assert_eq!(rows.len(), 1);
}

#[test]
fn the_root_element_is_found() {
    for (text, name) in [
        (
            "<?xml version='1.0'?>\n<!-- <a> -->\n<Objs Version='1'>",
            Some("Objs"),
        ),
        ("<!DOCTYPE html><html>", Some("html")),
        ("<!DOCTYPE a [<!ENTITY b '<c>'>]><a/>", Some("a")),
        ("<a", None),
        ("<!-- <a> ", None),
        ("< 5>", Some("")),
    ] {
        assert_eq!(root(text.as_bytes()).as_deref(), name, "{text}");
    }
}

#[test]
fn rows_are_cut_where_they_end() {
    for (container, text, expected) in [
        (Container::Lines, "a\n\n b ,\r\nc", "0+1 4+1 9+1"),
        (Container::Documents, "[{1},{2}]\n{3}", "1+3 5+3 10+3"),
        (Container::Documents, r#"{"}"}{"\"{"}"#, "0+5 5+7"),
        (Container::Documents, "{\"a\nb\"}\n{c}", "!0+8 8+3"),
        (Container::Documents, "{a\n{b}", "!0+3 3+3"),
        (Container::Documents, " 12 {a}", "!1+3 4+3"),
        (
            Container::Documents,
            "{\"value\":[{1},{2}],\"a\":1}{3}",
            "10+3 14+3 25+3",
        ),
        (
            Container::Documents,
            "{\"value\":[{0},[{1}],3,{2}]}\n{3}",
            "10+3 15+3 !20+2 22+3 28+3",
        ),
        (
            arrays(),
            "{\"tables\":[{\"columns\":[{\"name\":\"a\"}],\"rows\":[[1],\n[{}]]}]}",
            "45+3 50+4",
        ),
        (table(), "1,\"a\n\"\"b\"\r\n2,b\n", "0+9 11+3"),
        (table(), "1,\"a\nx\n2,b\n", "!0+7 7+3"),
        (table(), "1,a\"b\n2,b", "0+5 6+3"),
    ] {
        let seen = cut(&container, text.as_bytes(), 1000, 1000).join(" ");
        assert_eq!(seen, expected, "{text:?}");
    }
}

#[test]
fn rows_beyond_the_limit_end_where_they_end() {
    for (container, text, expected) in [
        (Container::Lines, "aaaaaaaaaaaaaaaaaaaa\nb", "!0+20 21+1"),
        (
            Container::Documents,
            "[{aaaaaaaaaaaaaaaaaa},{b}]",
            "!1+20 22+3",
        ),
        (
            Container::Documents,
            "{aaaaaaa\n {b}aaaaaaaaaaaaaaa\n}{c}",
            "!0+30 30+3",
        ),
        (
            xml("Event"),
            "<Event a='aaaaaaaaaaaaaaaaaaaaaaaaa'></Event><Event/>",
            "!0+45 45+8",
        ),
        (
            xml("Event"),
            "<Event a='aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa<Event/>",
            "!0+47 47+8",
        ),
        (
            xml("Obj"),
            "<Obj><Obj>aaaaaaaaaaaaaaaaaaaaaaaaa</Obj></Obj><Obj/>",
            "!0+47 47+6",
        ),
        (table(), "1,aaaaaaaaaaaaaaaaaaaaa\n2,b", "!0+23 24+3"),
        (table(), "1,\"aaaa\naaaaaaaaaaaaaaa\"\n2,b", "!0+24 25+3"),
    ] {
        let seen = cut(&container, text.as_bytes(), 4, 10).join(" ");
        assert_eq!(seen, expected, "{text:?}");
    }
}

/// Text in which envelopes and tables are likely.
fn enveloped() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        "[{}\\[\\]\",a\\\\ \n]{0,4}",
        Just("{\"value\":[{}".to_owned()),
        Just("],\"value\":[{}]}".to_owned()),
        Just("{\"value\":[]}".to_owned()),
        Just("{\"hits\":{\"hits\":[{".to_owned()),
        Just("{\"tables\":[{\"columns\":[{\"name\":\"a\"}],\"rows\":[[1],".to_owned()),
        Just("]}]},".to_owned()),
    ];
    proptest::collection::vec(parts, 0..12).prop_map(|parts| parts.concat())
}

fn containers() -> impl Strategy<Value = Container> {
    prop_oneof![
        Just(Container::Lines),
        Just(Container::Documents),
        Just(arrays()),
        Just(table())
    ]
}

/// Pieces of which rows are made, sound and not.
fn markup() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "<Obj>",
        "</Obj>",
        "<Obj/>",
        "<Event a='",
        "<Event>",
        "</Event>",
        "<Event/>",
        "<Objs>",
        "</Objs>",
        "</SearchResults>",
        "<",
        ">",
        "'",
        "\"",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<!A [",
        "]>",
        "\n",
        " ",
        "x",
        "&",
        "/",
        "é",
    ]);
    proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

fn elements() -> impl Strategy<Value = Container> {
    prop_oneof![Just(xml("Event")), Just(xml("Obj"))]
}

proptest! {
    #[test]
    fn blocks_do_not_matter_to_elements(container in elements(), text in markup(), block in 1_usize..20) {
        let whole = cut(&container, text.as_bytes(), 1000, 1000);
        prop_assert_eq!(cut(&container, text.as_bytes(), block, 1000), whole);
    }

    #[test]
    fn limits_end_elements(container in elements(), text in markup(), block in 1_usize..20, limit in 1_usize..40) {
        cut(&container, text.as_bytes(), block, limit);
    }

    #[test]
    fn blocks_do_not_matter(container in containers(), text in r#"[{}\[\]",a\\ \n]{0,60}"#, block in 1_usize..20) {
        let whole = cut(&container, text.as_bytes(), 1000, 1000);
        prop_assert_eq!(cut(&container, text.as_bytes(), block, 1000), whole);
    }

    #[test]
    fn limits_end(container in containers(), text in r#"[{}\[\]",a\\ \n]{0,200}"#, block in 1_usize..20, limit in 1_usize..30) {
        cut(&container, text.as_bytes(), block, limit);
    }

    #[test]
    fn blocks_do_not_matter_in_envelopes(container in containers(), text in enveloped(), block in 1_usize..20) {
        let whole = cut(&container, text.as_bytes(), 1000, 1000);
        prop_assert_eq!(cut(&container, text.as_bytes(), block, 1000), whole);
    }

    #[test]
    fn limits_end_in_envelopes(container in containers(), text in enveloped(), block in 1_usize..20, limit in 1_usize..30) {
        cut(&container, text.as_bytes(), block, limit);
    }
}
