//! The commands that ask a case something, or change a mark.
//!
//! Not here: what the answers mean; each command is a question to `job::Session` and a way to print the answer.

use super::args::{
    AccessesArguments, ExportArguments, GrantsArguments, ListFormat, MarkArguments, NamedCase,
    PlainFormat, SearchArguments, UnmarkArguments,
};
use super::output::{Out, Table, notice, out};
use super::{CliError, Outcome, command_line};
use crate::export::{self, Format};
use crate::hunt::{Class, Judged, ScoredGrant};
use crate::job::{Found, Hunt, JobError, Session};
use crate::query::{self, Expr, Field, On, Pattern, Term};
use crate::record::Located;
use crate::store::Row;
use crate::text::{count, grouped};
use crate::time::show;
use chrono::Utc;
use std::collections::BTreeSet;
use std::io::Write;

/// Rows read and printed at a time.
const CHUNK: usize = 500;

/// An open case with its grants.
struct Hunted {
    session: Session,
    hunt: Hunt,
    /// Whether every record that the hunt needs could be read again.
    whole: bool,
}

/// Opens the case that was named.
pub(super) fn open(case: &NamedCase) -> Result<Session, CliError> {
    Ok(Session::open(&case.folder)?)
}

fn hunted(case: &NamedCase) -> Result<Hunted, CliError> {
    let mut session = open(case)?;
    let (hunt, faults) = session.hunt_whole()?;
    notice_all(&faults);
    Ok(Hunted {
        session,
        hunt,
        whole: faults.is_empty(),
    })
}

/// The one grant that has an id beginning with `beginning`, whichever of its ids that is.
fn named<'a>(hunt: &'a Hunt, beginning: &str) -> Result<&'a ScoredGrant, CliError> {
    let ids: Vec<Vec<&str>> = hunt
        .grants
        .iter()
        .map(|scored| scored.grant.ids().collect())
        .collect();
    let missing = || JobError::NoGrant {
        id: beginning.to_owned(),
    };
    let at = only(&ids, beginning)?.ok_or_else(missing)?;
    Ok(hunt.grants.get(at).ok_or_else(missing)?)
}

/// Which of the things, each with all its ids, has the id that begins with `beginning`; an id given whole decides.
fn only(things: &[Vec<&str>], beginning: &str) -> Result<Option<usize>, CliError> {
    if beginning.is_empty() {
        return Err(CliError::Usage(
            "an empty id names no grant; `grantline grants` lists them".to_owned(),
        ));
    }
    let own = |ids: &Vec<&str>| ids.first() == Some(&beginning);
    if let Some(at) = things.iter().position(own) {
        return Ok(Some(at));
    }
    let mut found = things.iter().enumerate().filter_map(|(at, ids)| {
        let id = ids.iter().find(|id| id.starts_with(beginning))?;
        Some((at, *id))
    });
    let Some((at, id)) = found.next() else {
        return Ok(None);
    };
    match found.next() {
        Some((_, other)) => Err(CliError::Usage(format!(
            "{beginning} is the beginning of several ids ({id}, {other}, …); give more of it"
        ))),
        None => Ok(Some(at)),
    }
}

fn parse(text: &str, on: On) -> Result<Expr, CliError> {
    query::parse(text, on).map_err(|error| {
        let hint = if error.hint.is_empty() {
            String::new()
        } else {
            format!("\nhint: {}", error.hint)
        };
        CliError::Query(format!("{}{hint}", error.caret(text)))
    })
}

fn notice_all(faults: &[String]) {
    for fault in faults {
        notice(fault);
    }
}

/// Fields whose values are not a few words that are known beforehand, so that the beginning of one may have been meant.
const OPEN_FIELDS: [Field; 14] = [
    Field::Operation,
    Field::User,
    Field::Mailbox,
    Field::App,
    Field::Ip,
    Field::Session,
    Field::Agent,
    Field::Id,
    Field::Object,
    Field::Actor,
    Field::Grantee,
    Field::Target,
    Field::Right,
    Field::Tag,
];

/// Says that nothing was found, and how to ask for more when a query asks for a whole value.
fn nothing_found(query: &Expr) -> String {
    wider(query).map_or_else(
        || "nothing found".to_owned(),
        |wider| {
            format!(
                "nothing found; a field's value is matched whole: {wider} finds what begins with it"
            )
        },
    )
}

/// The first condition of a query that asks for a whole value, asking for what begins with it instead.
fn wider(query: &Expr) -> Option<Expr> {
    match query {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().find_map(wider),
        Expr::Term(Term::Keyword {
            field,
            pattern: Pattern::Exact(value),
        }) if OPEN_FIELDS.contains(field) => Some(Expr::Term(Term::Keyword {
            field: *field,
            pattern: Pattern::of_pieces([value.as_str(), ""])?,
        })),
        Expr::All | Expr::Not(_) | Expr::Term(_) => None,
    }
}

/// What a command came to that found something or not, and could read everything or not.
pub(super) fn outcome(found: bool, whole: bool) -> Outcome {
    match (found, whole) {
        (_, false) => Outcome::Incomplete,
        (true, true) => Outcome::Done,
        (false, true) => Outcome::NothingFound,
    }
}

/// Runs the command `grants`.
pub(super) fn grants(arguments: &GrantsArguments) -> Result<Outcome, CliError> {
    let query = parse(&arguments.query, On::Grant)?;
    let mut hunted = hunted(&arguments.case)?;
    let choose = |judged: &Judged<'_>| {
        let shown = !arguments.hide_system || judged.scored.grant.class != Class::System;
        shown
            && arguments
                .min_severity
                .is_none_or(|least| judged.scored.severity >= least)
            && query.matches(judged)
    };
    let mut document =
        hunted
            .session
            .document(&hunted.hunt, &choose, &command_line(), Utc::now(), false)?;
    document.entries.sort_by(|left, right| {
        right
            .scored
            .score
            .total_cmp(&left.scored.score)
            .then_with(|| left.scored.grant.id.cmp(&right.scored.grant.id))
    });
    let mut out = out();
    match arguments.format {
        ListFormat::Jsonl => document
            .entries
            .iter()
            .try_for_each(|entry| writeln!(out, "{}", export::grant_line(entry)))?,
        ListFormat::Csv => write!(out, "{}", export::write(&document, Format::Csv))?,
        ListFormat::Table => grant_table(&document.entries).print(&mut out)?,
    }
    out.flush()?;
    if document.entries.is_empty() {
        notice(&nothing_found(&query));
    }
    Ok(outcome(!document.entries.is_empty(), hunted.whole))
}

fn grant_table(entries: &[export::Entry]) -> Table {
    let mut table = Table::new(
        &[
            "id",
            "severity",
            "bits",
            "time (UTC)",
            "road",
            "actor",
            "grantee",
            "target",
            "rights",
            "state",
            "accesses",
            "verdict",
        ],
        &[2, 10],
    );
    for entry in entries {
        let (scored, grant) = (&entry.scored, &entry.scored.grant);
        let state = if grant.gave_nothing() {
            grant.act.word()
        } else {
            grant.state.word()
        };
        let class = if grant.class == Class::System {
            "system"
        } else {
            scored.severity.word()
        };
        table.row([
            grant.id.clone(),
            class.to_owned(),
            format!("{:.1}", scored.score),
            grant.time.map_or_else(|| "no time".to_owned(), show),
            grant.road.word().to_owned(),
            grant.actor.name.clone(),
            grant.grantee.name.clone(),
            format!("{} {}", grant.target.name, grant.folder)
                .trim_end()
                .to_owned(),
            grant.rights.join(", "),
            state.to_owned(),
            grouped(scored.accesses),
            entry
                .mark
                .as_ref()
                .map(|mark| mark.verdict.word().to_owned())
                .unwrap_or_default(),
        ]);
    }
    table
}

/// Runs the command `accesses`.
pub(super) fn accesses(arguments: &AccessesArguments) -> Result<Outcome, CliError> {
    let narrow = parse(&arguments.query, On::Record)?;
    let mut hunted = hunted(&arguments.case)?;
    let scored = named(&hunted.hunt, &arguments.grant)?;
    let access = hunted.session.accesses(scored, &narrow)?;
    let link = access.tie.reason().to_owned();
    let Some(found) = access.found else {
        notice(&format!("no access can be tied to this grant: {link}"));
        return Ok(Outcome::NothingFound);
    };
    notice(&format!(
        "{}: {link}",
        crate::hunt::lifecycle::sentence(&scored.grant)
    ));
    let whole = list(
        &mut hunted.session,
        &found,
        usize::MAX,
        arguments.format,
        Some(&link),
    )?;
    Ok(outcome(!found.hits.is_empty(), whole && hunted.whole))
}

/// Runs the command `search`.
pub(super) fn search(arguments: &SearchArguments) -> Result<Outcome, CliError> {
    let query = parse(&arguments.query.join(" "), On::Record)?;
    let mut session = open(&arguments.case)?;
    let found = session.search(&query)?;
    let whole = list(
        &mut session,
        &found,
        arguments.limit,
        arguments.format,
        None,
    )?;
    if found.hits.is_empty() {
        notice(&nothing_found(&query));
    }
    if found.hits.len() > arguments.limit {
        notice(&format!(
            "{} found, {} shown; --limit shows more",
            count(found.hits.len() as u64, "record"),
            grouped(arguments.limit as u64)
        ));
    }
    Ok(outcome(!found.hits.is_empty(), whole))
}

/// Prints a listing; says whether every original could be read.
fn list(
    session: &mut Session,
    found: &Found,
    limit: usize,
    format: PlainFormat,
    link: Option<&str>,
) -> Result<bool, CliError> {
    let total = found.hits.len().min(limit);
    let mut out = out();
    if format == PlainFormat::Table {
        row_table(&found.rows(0, total)?).print(&mut out)?;
        out.flush()?;
        return Ok(true);
    }
    let mut whole = true;
    for from in (0..total).step_by(CHUNK) {
        let rows = found.rows(from, CHUNK.min(total - from))?;
        let places: Vec<_> = rows.iter().map(|row| row.provenance).collect();
        let (records, faults) = session.originals(&places)?;
        whole &= faults.is_empty();
        notice_all(&faults);
        print_rows(&mut out, &rows, &records, link)?;
    }
    out.flush()?;
    Ok(whole)
}

fn print_rows(
    out: &mut Out,
    rows: &[Row],
    records: &[Located],
    link: Option<&str>,
) -> Result<(), CliError> {
    for row in rows {
        let record = records
            .iter()
            .find(|located| located.provenance == row.provenance)
            .map(|located| &located.record);
        writeln!(out, "{}", export::row_line(row, record, link))?;
    }
    Ok(())
}

fn row_table(rows: &[Row]) -> Table {
    let mut table = Table::new(
        &[
            "time (UTC)",
            "operation",
            "user",
            "mailbox",
            "app",
            "address",
            "country",
            "access",
            "items",
        ],
        &[8],
    );
    for row in rows {
        table.row([
            row.time.map_or_else(|| "no time".to_owned(), show),
            row.operation.clone(),
            row.user.clone(),
            row.mailbox.clone(),
            crate::hunt::catalog::first_party(&row.app)
                .map_or_else(|| row.app.clone(), str::to_owned),
            row.ip.clone(),
            row.country.clone(),
            row.access.clone(),
            if row.items == 0 {
                String::new()
            } else {
                grouped(row.items)
            },
        ]);
    }
    table
}

/// Runs the command `mark`.
pub(super) fn mark(arguments: &MarkArguments) -> Result<Outcome, CliError> {
    let mut hunted = hunted(&arguments.case)?;
    let grant = &named(&hunted.hunt, &arguments.grant)?.grant;
    let note = arguments.note.as_deref();
    let mark = hunted
        .session
        .mark(grant, arguments.verdict, note, Utc::now())?;
    notice(&format!(
        "{} marked {} by {}",
        grant.id, mark.verdict, mark.by
    ));
    Ok(Outcome::Done)
}

/// Runs the command `unmark`.
pub(super) fn unmark(arguments: &UnmarkArguments) -> Result<Outcome, CliError> {
    let Hunted {
        mut session, hunt, ..
    } = hunted(&arguments.case)?;
    let marks = session.marks()?;
    let mut things: Vec<Vec<&str>> = hunt
        .grants
        .iter()
        .map(|scored| scored.grant.ids().collect())
        .collect();
    // A mark whose grant the evidence no longer has can be taken away too.
    let known: BTreeSet<&str> = things.iter().flatten().copied().collect();
    let orphans = marks.iter().map(|mark| mark.grant.as_str());
    things.extend(orphans.filter(|id| !known.contains(id)).map(|id| vec![id]));
    let at = only(&things, &arguments.grant)?;
    let Some(ids) = at.and_then(|at| things.get(at)) else {
        notice(&format!(
            "no grant and no mark has the id {}; `grantline grants` lists them",
            arguments.grant
        ));
        return Ok(Outcome::NothingFound);
    };
    let mut removed = false;
    for id in ids {
        removed |= session.unmark(id, Utc::now())?;
    }
    let id = ids.first().copied().unwrap_or_default();
    if removed {
        notice(&format!("the mark on {id} is taken away"));
        return Ok(Outcome::Done);
    }
    notice(&format!("{id} is not marked"));
    Ok(Outcome::NothingFound)
}

/// Runs the command `export`.
pub(super) fn export(arguments: &ExportArguments) -> Result<Outcome, CliError> {
    let query = arguments
        .query
        .as_deref()
        .map(|text| parse(text, On::Grant))
        .transpose()?;
    let mut hunted = hunted(&arguments.case)?;
    let choose = |judged: &Judged<'_>| {
        query
            .as_ref()
            .map_or(judged.verdict.is_some(), |query| query.matches(judged))
    };
    let document =
        hunted
            .session
            .document(&hunted.hunt, &choose, &command_line(), Utc::now(), true)?;
    if document.entries.is_empty() && query.is_none() {
        notice(&JobError::NothingMarked.to_string());
        return Ok(outcome(false, hunted.whole));
    }
    if let Some(path) = &arguments.output {
        Session::write_export(&document, arguments.format, path)?;
        notice(&format!(
            "{} written to {}",
            count(document.entries.len() as u64, "finding"),
            path.display()
        ));
    } else {
        let mut out = out();
        write!(out, "{}", export::write(&document, arguments.format))?;
        out.flush()?;
    }
    Ok(outcome(!document.entries.is_empty(), hunted.whole))
}
