//! The command `who`: who could reach a mailbox at a time, or what somebody could reach.
//!
//! Not here: the answer (`hunt::who`), and its JSON lines (`export`).

use super::args::{PlainFormat, WhoArguments};
use super::commands::{open, outcome};
use super::output::{Out, Table, notice, out};
use super::{CliError, Outcome};
use crate::export;
use crate::hunt::Road;
use crate::hunt::who::{Answer, Subject, Way, When, power_word};
use crate::job::Who;
use crate::time::{self, show};
use std::io::Write;

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
    for way in &answer.ways {
        table.row(row(way, word));
    }
    table.print(out)?;
    // What the evidence cannot tell belongs to the answer, whoever reads it.
    for unknown in &answer.unknowns {
        notice(&format!("not known: {unknown}"));
    }
    Ok(())
}

fn row(way: &Way, word: &str) -> [String; 11] {
    let party = if word == "mailbox" {
        &way.principal
    } else {
        &way.mailbox
    };
    let via: Vec<&str> = way.via.iter().map(|link| link.group.as_str()).collect();
    let rights = way.rights.join(", ");
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
        moment(way.during.since, since),
        moment(way.during.until, ""),
        way.certainty.word().to_owned(),
        way.grant.clone(),
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
