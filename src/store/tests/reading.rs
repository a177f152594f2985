//! Tests of searches against the reference meaning, and of what is read of their hits.

use super::*;
use crate::text::fold;

#[test]
fn the_index_finds_what_the_reference_accepts() {
    let samples = samples(200);
    let built = Built::with(&samples);
    let mut leaves_that_find = 0;
    for expr in generate(&any_leaf(), 400) {
        let found = check(&built, &expr);
        leaves_that_find += usize::from(found > 0 && found < built.live.len());
    }
    // The queries are near enough to the records to say something.
    assert!(leaves_that_find > 130, "{leaves_that_find}");
    for expr in generate(&any_expr(), 250) {
        check(&built, &expr);
    }
}

#[test]
fn only_the_first_4096_characters_of_a_value_are_looked_at_by_both() {
    let long = format!("{}ΟΔΟΣ-tail", "é".repeat(4092));
    let samples = [sample("a", Some(0), &long)];
    let built = Built::with(&samples);
    let pattern = |pieces: [&str; 2]| {
        Expr::Term(Term::Keyword {
            field: Field::User,
            pattern: Pattern::of_pieces(pieces).unwrap(),
        })
    };
    let cut: String = long.chars().take(4096).collect();
    for (expr, found) in [
        (user(&long), 0),
        (user(&cut), 1),
        (pattern(["", "-tail"]), 0),
        (pattern(["é", ""]), 1),
        (Expr::word("tail"), 0),
        (Expr::word("ΟΔΟΣ"), 1),
    ] {
        assert_eq!(check(&built, &expr), found);
    }
}

#[test]
fn a_text_longer_than_any_keyword_is_searched_to_its_end() {
    let (mut located, facets) = sample("a", Some(0), "x");
    let value = format!("{} ending here", "word ".repeat(20_000));
    located.record.parameters = vec![Property {
        name: "Blob".into(),
        value,
    }];
    let samples = [(located, facets)];
    let built = Built::with(&samples);
    assert_eq!(check(&built, &Expr::word("ending here")), 1);
    assert_eq!(check(&built, &Expr::word("here ending")), 0);
}

#[test]
fn hits_are_ordered_by_time_then_place_and_the_timeless_come_last() {
    let samples = samples(200);
    let built = Built::with(&samples);
    let rows = built.rows(&Expr::All);
    let keys: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.time.is_none(),
                row.time,
                row.provenance.file,
                row.provenance.offset,
            )
        })
        .collect();
    assert!(keys.is_sorted() && keys.len() == built.live.len());
    assert!(keys.first().unwrap().1.is_some() && keys.last().unwrap().1.is_none());
    let snapshot = &built.snapshot;
    for expr in [
        Expr::All,
        Expr::exact(Field::Is, "grant"),
        !Expr::exact(Field::Is, "access"),
    ] {
        let rows = built.rows(&expr);
        let hits = snapshot.search(&expr).unwrap();
        for from in 0..rows.len() + 2 {
            let window = rows.iter().skip(from).take(10);
            let read = snapshot.rows(&hits, from, 10).unwrap();
            assert!(read.iter().eq(window), "{expr:?} from {from}");
        }
    }
}

/// The first value of a keyword field.
fn first(record: &Record, field: Field) -> String {
    let mut values = Vec::new();
    record_keywords(record, field, &mut |value| values.push(value.to_owned()));
    values.into_iter().next().unwrap_or_default()
}

#[test]
fn rows_give_back_what_was_indexed() {
    let samples = samples(200);
    let built = Built::with(&samples);
    for row in built.rows(&Expr::All) {
        let (Located { record, provenance }, facets) = samples
            .iter()
            .find(|(located, _)| located.provenance == row.provenance)
            .unwrap();
        let first = |field| first(record, field);
        let expected = Row {
            time: record.time,
            operation: first(Field::Operation),
            user: first(Field::User),
            mailbox: first(Field::Mailbox),
            app: first(Field::App),
            ip: first(Field::Ip),
            country: first(Field::Country),
            session: first(Field::Session),
            access: first(Field::Access),
            items: record.message_ids().count() as u64,
            facets: facets.iter().copied().map(str::to_owned).collect(),
            provenance: *provenance,
        };
        assert_eq!(row, expected);
    }
}

#[test]
fn histogram_and_span_count_what_has_a_time() {
    let samples = samples(200);
    let built = Built::with(&samples);
    let snapshot = &built.snapshot;
    let times: BTreeSet<Instant> = built
        .live
        .iter()
        .filter_map(|(located, _)| located.record.time)
        .collect();
    let span = times.first().copied().zip(times.last().copied());
    assert_eq!(snapshot.span().unwrap(), span);
    let hits = snapshot.search(&Expr::All).unwrap();
    assert_eq!(hits.span(), span);
    let counted = built
        .live
        .iter()
        .filter(|(located, _)| located.record.time.is_some())
        .count() as u64;
    for steps in [0, 1, 7, 50, 100_000] {
        let counts = hits.histogram(steps);
        assert_eq!(counts.len(), steps.max(1));
        assert_eq!(counts.iter().sum::<u64>(), counted);
        assert!(counts.first().unwrap() > &0 && counts.last().unwrap() > &0);
    }
}

#[test]
fn one_moment_fills_one_step_of_a_histogram() {
    let built = Built::with(&[
        sample("a", Some(7), "x"),
        sample("b", Some(7), "x"),
        sample("c", None, "x"),
    ]);
    let hits = built.snapshot.search(&Expr::All).unwrap();
    assert_eq!(hits.histogram(3), [2, 0, 0]);
    let timeless = built
        .snapshot
        .search(&!Expr::Term(Term::Present(Field::Time)))
        .unwrap();
    assert_eq!(
        (timeless.len(), timeless.histogram(3), timeless.span()),
        (1, Vec::new(), None)
    );
}

#[test]
fn mailboxes_are_counted_by_owner_and_folded() {
    let owned = |id: &str, owner: &str, guid: &str| {
        let (mut located, facets) = sample(id, Some(0), "alice");
        located.record.mailbox = Mailbox {
            owner: owner.into(),
            guid: guid.into(),
            ..Mailbox::default()
        };
        (located, facets)
    };
    let built = Built::with(&[
        owned("a", "Zoe@example.com", "11111111"),
        owned("b", "zoe@EXAMPLE.com", "11111111"),
        owned("c", "", "22222222"),
        owned("d", "", ""),
    ]);
    let all = built.snapshot.mailboxes(&Expr::All).unwrap();
    assert_eq!(
        all.into_iter().collect::<Vec<_>>(),
        ["22222222", "zoe@example.com"]
    );
    let one = built
        .snapshot
        .mailboxes(&Expr::exact(Field::Mailbox, "22222222"))
        .unwrap();
    assert_eq!(one.len(), 1);
}

#[test]
fn histories_days_and_mailboxes_are_those_of_the_rows() {
    let built = Built::with(&samples(200));
    for expr in generate(&any_leaf(), 60) {
        let rows = built.rows(&expr);
        assert_eq!(built.snapshot.history(&expr).unwrap(), History::of(&rows));
        let mailboxes = rows.iter().map(|row| fold(&row.mailbox));
        let mailboxes: BTreeSet<String> = mailboxes.filter(|name| !name.is_empty()).collect();
        assert_eq!(built.snapshot.mailboxes(&expr).unwrap(), mailboxes);
    }
    let rows = built.rows(&Expr::All);
    let times = rows.iter().filter_map(|row| row.time);
    let days: BTreeSet<i64> = times
        .map(|time| time::micros(time).div_euclid(86_400_000_000))
        .collect();
    assert_eq!(built.snapshot.days().unwrap(), days);
    assert_eq!(built.snapshot.len(), rows.len() as u64);
}

#[test]
fn what_belongs_to_grants_is_refused_in_words() {
    let built = Built::with(&[]);
    let glob = Pattern::of_pieces(["a", ""]).unwrap();
    for (expr, message) in [
        (
            Expr::exact(Field::Grantee, "bob"),
            "grantee cannot be asked of records",
        ),
        (
            Expr::Term(Term::Number {
                field: Field::Score,
                low: Bound::Unbounded,
                high: Bound::Unbounded,
            }),
            "score cannot be asked",
        ),
        (
            Expr::Term(Term::Keyword {
                field: Field::Id,
                pattern: glob.clone(),
            }),
            "id needs the whole record id",
        ),
        (
            !Expr::Term(Term::Keyword {
                field: Field::Message,
                pattern: glob,
            }),
            "message needs the whole message id",
        ),
    ] {
        let error = built.snapshot.search(&expr).err().unwrap().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn a_history_is_the_same_whatever_the_order_of_its_rows() {
    let row = |second: i64, country: &str| Row {
        time: Some(time::from_micros(second)),
        country: country.to_owned(),
        ..Row::default()
    };
    let told = |rows: &[Row]| {
        let history = History::of(rows);
        let seen = history.seen.iter();
        seen.map(|seen| (seen.time, history.name(seen.country).to_owned()))
            .collect::<Vec<_>>()
    };
    let mut rows = vec![row(2, "NL"), row(1, "NG"), row(1, "DE"), Row::default()];
    let straight = told(&rows);
    rows.reverse();
    assert_eq!(told(&rows), straight);
    assert_eq!(
        straight,
        [
            (1, "DE".to_owned()),
            (1, "NG".to_owned()),
            (2, "NL".to_owned())
        ]
    );
    let history = History::of(&rows);
    assert_eq!(
        (
            history.before(2).len(),
            history.since(2).len(),
            history.before(1).len()
        ),
        (2, 1, 0)
    );
    assert_eq!(fold(history.name(99)), "");
}
