//! What a file is, by its first bytes: container, delimiter, format, encoding; or why it is no log.
//!
//! Names of files say nothing: `.json` is often one object a line, exports are renamed. Leaves the source at the first row.

use super::decode::shown;
use super::fields::Fields;
use super::format;
use super::source::Source;
use super::split::{Splitter, Step, Table};
use super::table::{Header, cells};
use super::{Container, Layout, MAX_ROW};
use serde::de::IgnoredAny;
use std::io;

/// What a file is, or the reason of a refusal.
type Verdict = Result<Layout, String>;

/// Characters that exports put between cells.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// Bytes of a UTF-8 byte order mark.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Decides by the first bytes, and moves the source to the first row.
pub(super) fn sniff(source: &mut Source<'_>) -> io::Result<Verdict> {
    source.more()?;
    if let Some(reason) = unreadable(source.window()) {
        return Ok(Err(reason.to_owned()));
    }
    let encoding = if source.window().starts_with(BOM) {
        source.consume(BOM.len());
        "UTF-8 with BOM"
    } else {
        "UTF-8"
    };
    let first = skip_blanks(source)?;
    match first {
        None => Ok(Err("it is empty; export it again".to_owned())),
        Some(b'{') => {
            let (container, why) = objects(source)?;
            Ok(Ok(json(container, why, encoding)))
        }
        Some(b'[') => {
            let why = "it begins with a JSON array";
            Ok(Ok(json(Container::Documents, why, encoding)))
        }
        Some(_) => table(source, encoding),
    }
}

fn json(container: Container, why: &str, encoding: &str) -> Layout {
    Layout {
        container,
        format: None,
        why: why.to_owned(),
        encoding: encoding.to_owned(),
    }
}

/// First bytes of what is no text, and what to do about it.
const MAGIC: [(&[u8], &str); 5] = [
    (b"\xff\xfe", UTF16),
    (b"\xfe\xff", UTF16),
    (b"\x1f\x8b", "it is compressed (gzip); unpack it first"),
    (
        b"PK\x03\x04",
        "it is a zip archive or a spreadsheet; unpack it, or save it as CSV",
    ),
    (
        b"SQLite format 3",
        "it is a database; export its rows as CSV or JSON",
    ),
];

const UTF16: &str = "it is UTF-16, which is not read yet; save it as UTF-8";

/// Share of bytes, one in so many, that may be zero in text: a damaged export holds a stray one, a program many.
const ZEROS: usize = 100;

/// Why a file cannot be text that we read.
fn unreadable(window: &[u8]) -> Option<&'static str> {
    if let Some((_, reason)) = MAGIC.iter().find(|(magic, _)| window.starts_with(magic)) {
        return Some(reason);
    }
    let zeros = |from: usize| {
        let half = window.iter().skip(from).step_by(2);
        half.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    // In UTF-16 text of Western languages every other byte is zero; a quarter of all leaves room for other scripts.
    if even.max(odd) * 4 > window.len() && even.min(odd) * 8 < window.len() {
        return Some(UTF16);
    }
    let binary = (even + odd) * ZEROS > window.len();
    binary.then_some("it is binary, no text; add the export itself")
}

/// Consumes blanks at line starts and empty lines; the byte behind them. Blanks of the first row's own line stay, so that its
/// indentation is seen.
fn skip_blanks(source: &mut Source<'_>) -> io::Result<Option<u8>> {
    loop {
        let window = source.window();
        let found = window.iter().position(|byte| !byte.is_ascii_whitespace());
        let blank = window.get(..found.unwrap_or(window.len())).unwrap_or(&[]);
        let lines = memchr::memrchr(b'\n', blank).map_or(0, |at| at + 1);
        let byte = found.and_then(|at| window.get(at)).copied();
        let gone = if found.is_some() { lines } else { blank.len() };
        source.consume(gone);
        if byte.is_some() || source.ended() {
            return Ok(byte);
        }
        source.more()?;
    }
}

/// One object a line, or documents: the first line tells.
fn objects(source: &mut Source<'_>) -> io::Result<(Container, &'static str)> {
    loop {
        let window = source.window();
        let next = memchr::memchr(b'\n', window).map(|at| (at, first_byte(&window[at..])));
        match next {
            Some((end, Some(next))) => return Ok(by_first_line(&window[..end], next)),
            _ if source.ended() => {
                return Ok(by_first_line(
                    next.map_or(window, |(end, _)| &window[..end]),
                    b'{',
                ));
            }
            _ if window.len() > MAX_ROW => {
                return Ok((Container::Documents, "its first line is very long JSON"));
            }
            _ => source.more()?,
        }
    }
}

fn first_byte(window: &[u8]) -> Option<u8> {
    window.trim_ascii_start().first().copied()
}

fn by_first_line(line: &[u8], next: u8) -> (Container, &'static str) {
    let line = line.trim_ascii();
    let line = line.strip_suffix(b",").unwrap_or(line);
    if next == b'{' && serde_json::from_slice::<IgnoredAny>(line).is_ok() {
        (Container::Lines, "its first line is one whole JSON object")
    } else {
        let why = "its first line is the beginning of a longer JSON document";
        (Container::Documents, why)
    }
}

fn table(source: &mut Source<'_>, encoding: &str) -> io::Result<Verdict> {
    if source.window().trim_ascii_start().starts_with(b"#TYPE ") {
        // Windows PowerShell writes the .NET type of the rows above the header.
        next_line(source)?;
    }
    let Some((header, delimiter)) = header(source)? else {
        return Ok(Err(NO_TABLE.to_owned()));
    };
    let index = Header::new(&header, delimiter);
    let names: Vec<&str> = header.iter().map(String::as_str).collect();
    let Some(format) = format::recognise(&Fields::of_cells(&index, &[])) else {
        return Ok(Err(unknown_table(source.window(), &names, &index)));
    };
    let why = format!("its header has the columns of {}", format.what);
    Ok(Ok(Layout {
        container: Container::Table { header, delimiter },
        format: Some(format.name.to_owned()),
        why,
        encoding: encoding.to_owned(),
    }))
}

/// Why text is refused that is neither JSON nor a table.
const NO_TABLE: &str = "it is text with no JSON and no table header; add the exported log itself";

fn unknown_table(rest: &[u8], names: &[&str], header: &Header) -> String {
    if !looks_tabular(rest, names.len(), header) {
        return NO_TABLE.to_owned();
    }
    format!(
        "it is a table with the columns {}: not a log grantline knows (the result of a query?); export the rows of the log themselves",
        shown(names)
    )
}

/// Whether the line behind a would-be header has as many cells: prose with a comma in its first line does not.
fn looks_tabular(rest: &[u8], columns: usize, header: &Header) -> bool {
    let mut table = Table::new(header.delimiter(), columns, MAX_ROW);
    let text = String::from_utf8_lossy;
    match table.step(rest, true) {
        Step::Row { start, end, .. } => header.cells(&text(&rest[start..end])).len() == columns,
        Step::End => columns > 2,
        _ => false,
    }
}

fn next_line(source: &mut Source<'_>) -> io::Result<()> {
    loop {
        if let Some(end) = memchr::memchr(b'\n', source.window()) {
            source.consume(end + 1);
            return Ok(());
        }
        if source.ended() || source.window().len() > MAX_ROW {
            return Ok(());
        }
        source.more()?;
    }
}

/// The first row as header, if it has at least two cells.
fn header(source: &mut Source<'_>) -> io::Result<Option<(Vec<String>, char)>> {
    while memchr::memchr(b'\n', source.window()).is_none() && !source.ended() {
        if source.window().len() > MAX_ROW {
            return Ok(None);
        }
        source.more()?;
    }
    let Some(delimiter) = delimiter(source.window()) else {
        return Ok(None);
    };
    let mut table = Table::new(delimiter, 0, MAX_ROW);
    loop {
        match table.step(source.window(), source.ended()) {
            Step::More => source.more()?,
            Step::Skip(length) => source.consume(length),
            Step::Row { start, end, next } => {
                let row = String::from_utf8_lossy(&source.window()[start..end]).into_owned();
                source.consume(next);
                return Ok(Some((
                    cells(&row, u8::try_from(delimiter).unwrap_or(b',')),
                    delimiter,
                )));
            }
            Step::End | Step::Discard(_) | Step::Refuse { .. } => return Ok(None),
        }
    }
}

/// The delimiter that the first line has most of, outside of quotes; the earlier in [`DELIMITERS`] when equal.
fn delimiter(window: &[u8]) -> Option<char> {
    let line = window.split(|byte| *byte == b'\n').next()?;
    let mut counts = DELIMITERS.map(|delimiter| (0_usize, delimiter));
    let mut quoted = false;
    for byte in line {
        quoted ^= *byte == b'"';
        let found = counts
            .iter_mut()
            .find(|(_, delimiter)| !quoted && char::from(*byte) == *delimiter);
        if let Some((count, _)) = found {
            *count += 1;
        }
    }
    let most = counts.iter().map(|(count, _)| *count).max()?;
    counts
        .iter()
        .find(|(count, _)| *count == most && most > 0)
        .map(|(_, delimiter)| *delimiter)
}
