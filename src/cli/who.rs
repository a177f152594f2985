//! The command `who`: who could reach a mailbox at a time, or what somebody could reach.
//!
//! Not here: the answer (`hunt::who`), and its JSON lines (`export`).

use super::args::{PlainFormat, WhoArguments};
use super::commands::{open, outcome};
use super::output::{Out, Table, notice, out};
use super::{CliError, Outcome};
use crate::export;
use crate::hunt::catalog::Power;
use crate::hunt::who::{Answer, Subject, Way, When, power_word};
use crate::hunt::{Class, Road};
use crate::job::Who;
use crate::text::count;
use crate::time::{self, show};
use std::collections::{BTreeSet, HashMap};
use std::io::Write;

/// Rights named in a row that stands for several.
const FOLDED: usize = 3;

/// Runs the command `who`.
pub(super) fn who(arguments: &WhoArguments) -> Result<Outcome, CliError> {
    let when = arguments.at.as_deref().map(read_time).transpose()?;
    let (subject, word) = match (&arguments.mailbox, &arguments.principal) {
        (Some(mailbox), _) => (Subject::Mailbox(mailbox), "mailbox"),
        (None, Some(principal)) => (Subject::Principal(principal), "principal"),
        // The arguments ask for one of them.
        (None, None) => return Err(CliError::Usage("name a mailbox or a principal".to_owned())),
    };
    let mut session = open(&arguments.case)?;
    let who = session.who(subject, when)?;
    who.faults.iter().for_each(|fault| notice(fault));
    let is_whole = who.faults.is_empty();
    let known: Vec<&Answer> = who
        .answers
        .iter()
        .filter(|answer| answer.is_known)
        .collect();
    if known.is_empty() {
        let (Subject::Mailbox(name) | Subject::Principal(name)) = subject;
        notice(&unknown(word, name, &who.near));
        return Ok(outcome(false, is_whole));
    }
    if known.len() > 1 {
        let names: Vec<&str> = known
            .iter()
            .map(|answer| answer.about.name.as_str())
            .collect();
        notice(&format!(
            "the name may be that of {}; each is shown apart",
            names.join(" or ")
        ));
    }
    let mut out = out();
    for answer in &known {
        match arguments.format {
            PlainFormat::Jsonl => lines(answer, word, &who, &mut out)?,
            PlainFormat::Table => table(answer, word, &mut out)?,
        }
    }
    out.flush()?;
    Ok(outcome(
        known.iter().any(|answer| !answer.ways.is_empty()),
        is_whole,
    ))
}

/// A time as queries read it: a day or a minute is all of its moments.
fn read_time(text: &str) -> Result<When, CliError> {
    let span = time::parse_span(text.trim());
    span.map(|(from, to)| When { from, to }).ok_or_else(|| {
        CliError::Usage(format!(
            "{text} is no time; write 2023-06-03, 2023-06-03T08:13 or 2023-06-03T08:13:00Z, in UTC"
        ))
    })
}

fn unknown(word: &str, name: &str, near: &[String]) -> String {
    let hint = if near.is_empty() {
        "`grantline grants` lists the names of the evidence".to_owned()
    } else {
        format!("near it: {}", near.join(", "))
    };
    format!("the evidence knows no {word} {name}; {hint}")
}

fn lines(answer: &Answer, word: &str, who: &Who, out: &mut Out) -> Result<(), CliError> {
    writeln!(out, "{}", export::answer_line(answer, word))?;
    for way in &answer.ways {
        let source = way.source.and_then(|at| who.sources.get(&at));
        writeln!(out, "{}", export::way_line(way, source))?;
    }
    Ok(())
}

fn table(answer: &Answer, word: &str, out: &mut Out) -> Result<(), CliError> {
    let When { from, to } = answer.when;
    let time = if from == to {
        format!("at {}", show(from))
    } else {
        format!("from {} to {}", show(from), show(to))
    };
    notice(&format!("{word} {}, {time}", answer.about.name));
    let other = if word == "mailbox" {
        "principal"
    } else {
        "mailbox"
    };
    let mut table = Table::new(
        &[
            other,
            "kind",
            "power",
            "road",
            "via",
            "rights",
            "since (UTC)",
            "until (UTC)",
            "certainty",
            "grant",
            "limits",
        ],
        &[],
    );
    for ways in folded(&answer.ways) {
        table.row(row(&ways, word));
    }
    table.print(out)?;
    // What the evidence cannot tell belongs to the answer, whoever reads it.
    for unknown in &answer.unknowns {
        notice(&format!("not known: {unknown}"));
    }
    Ok(())
}

/// What rows have alike that stand for one: principal, mailbox, road and groups on the way.
type Alike<'a> = (&'a str, &'a str, Option<Road>, Vec<&'a str>);

/// The rows of the table: of rights by which somebody could only give himself a way, and of those that Microsoft made, the ones that he has
/// alike are one row.
fn folded(ways: &[Way]) -> Vec<Vec<&Way>> {
    let mut rows: Vec<Vec<&Way>> = Vec::new();
    let mut known: HashMap<Alike<'_>, usize> = HashMap::new();
    for way in ways {
        let via = way.via.iter().map(|link| link.group.as_str()).collect();
        let alike = (&*way.principal.key, &*way.mailbox.key, way.road, via);
        let is_folded = way.power == Some(Power::Escalate) || way.class == Class::System;
        let at = known.get(&alike).filter(|_| is_folded);
        if let Some(row) = at.and_then(|at| rows.get_mut(*at)) {
            row.push(way);
            continue;
        }
        if is_folded {
            known.insert(alike, rows.len());
        }
        rows.push(vec![way]);
    }
    rows
}

/// The rights of some ways, and how many more there are than fit.
fn rights(ways: &[&Way]) -> String {
    let all: BTreeSet<&str> = ways
        .iter()
        .flat_map(|way| way.rights.iter())
        .map(String::as_str)
        .collect();
    if ways.len() == 1 {
        return ways.iter().map(|way| way.rights.join(", ")).collect();
    }
    let shown: Vec<&str> = all.iter().copied().take(FOLDED).collect();
    let more = all.len().saturating_sub(FOLDED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

fn row(ways: &[&Way], word: &str) -> [String; 11] {
    let Some(way) = ways.first() else {
        return <[String; 11]>::default();
    };
    let party = if word == "mailbox" {
        &way.principal
    } else {
        &way.mailbox
    };
    let via: Vec<&str> = way.via.iter().map(|link| link.group.as_str()).collect();
    let rights = rights(ways);
    let first = ways.iter().filter_map(|way| way.during.since).min();
    let moment =
        |moment: Option<time::Instant>, open: &str| moment.map_or_else(|| open.to_owned(), show);
    let since = if way.road.is_none() { "" } else { "not known" };
    [
        party.name.clone(),
        party.kind.word().to_owned(),
        power_word(way.power).to_owned(),
        way.road.map_or("owner", Road::word).to_owned(),
        via.join(" < "),
        format!("{rights} {}", way.folder).trim().to_owned(),
        moment(first, since),
        moment(way.during.until, ""),
        way.certainty.word().to_owned(),
        if ways.len() == 1 {
            way.grant.clone()
        } else {
            count(ways.len() as u64, "grant")
        },
        way.limits.join("; "),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_in_queries() {
        let span = |text| read_time(text).map(|when| (show(when.from), show(when.to)));
        let (from, to) = span("2023-06-03").unwrap();
        assert!(from.starts_with("2023-06-03 00:00") && to.starts_with("2023-06-03 23:59"));
        assert!(span("yesterday").is_err());
    }

    #[test]
    fn an_unknown_name_comes_with_those_near_it() {
        let near = ["victor@example.com".to_owned()];
        assert!(unknown("mailbox", "vitcor", &near).ends_with("near it: victor@example.com"));
        assert!(unknown("mailbox", "x", &[]).contains("grantline grants"));
    }
}
