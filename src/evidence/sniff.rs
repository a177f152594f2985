//! What a file is, by its first bytes: container, delimiter, format, encoding; or why it is no log.
//!
//! Names of files say nothing: `.json` is often one object a line, exports are renamed. Leaves the source at the first row.

use super::decode::shown;
use super::encoding::{Encoding, western};
use super::fields::Fields;
use super::format;
use super::litter;
use super::source::Source;
use super::split::{self, Splitter, Step, Table, arrays, is_envelope};
use super::table::{Header, cells};
use super::unpack;
use super::{Container, Layout, MAX_ROW};
use serde::de::IgnoredAny;
use std::io;
use std::path::Path;

/// What a file is, or the reason of a refusal.
type Verdict = Result<Layout, String>;

/// Characters that exports put between cells.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// Bytes that are looked at to tell what a file is: some readers give few at a time.
const PEEK: usize = 4 << 10;

/// Decides by the first bytes, and moves the source to the first row.
pub(super) fn sniff(source: &mut Source<'_>, path: &Path) -> io::Result<Verdict> {
    while source.window().len() < PEEK && !source.exhausted() {
        source.peek()?;
    }
    if let Some(layout) = litter::layout(path, source.window()) {
        return Ok(Ok(layout));
    }
    let encoding = match encoding(source.window()) {
        Ok(encoding) => encoding,
        Err(reason) => return Ok(Err(reason.to_owned())),
    };
    source.decode_as(encoding);
    let mut first = skip_blanks(source)?;
    if source.window().trim_ascii_start().starts_with(CLIXML) {
        // PowerShell announces objects that it hands to another program.
        next_line(source)?;
        first = skip_blanks(source)?;
    }
    match first {
        None => Ok(Err("it is empty; export it again".to_owned())),
        Some(b'{') => {
            if let Some(verdict) = json_table(source, encoding)? {
                return Ok(verdict);
            }
            let (container, why) = objects(source)?;
            Ok(Ok(json(container, why, encoding)))
        }
        Some(b'[') if begins_array(source.window()) => {
            let why = "it begins with a JSON array";
            Ok(Ok(json(Container::Documents, why, encoding)))
        }
        Some(b'<') => xml(source, encoding),
        Some(_) => table(source, encoding),
    }
}

/// Whether a bracket opens a JSON array: settings and messages of programs begin with one, too (`[.ShellClassInfo]`, `[2024-02-01] …`).
fn begins_array(window: &[u8]) -> bool {
    let text = window.trim_ascii_start();
    let inner = text.get(1..).unwrap_or_default();
    match first_byte(inner) {
        None | Some(b'{' | b'[' | b'"' | b']') => true,
        Some(_) => {
            let end = memchr::memchr(b']', text).map_or(0, |at| at + 1);
            let array = text.get(..end).unwrap_or_default();
            serde_json::from_slice::<IgnoredAny>(array).is_ok()
        }
    }
}

/// The line before `CliXml` that one PowerShell hands to another.
const CLIXML: &[u8] = b"#< CLIXML";

/// Bytes before the root element of an XML file that are looked at.
const PROLOG: usize = 1 << 20;

/// Decides by the root element: its rows are known by their name.
fn xml(source: &mut Source<'_>, encoding: Encoding) -> io::Result<Verdict> {
    let name = loop {
        match split::root(source.window()) {
            None if !source.ended() && source.window().len() < PROLOG => source.more()?,
            name => break name.unwrap_or_default(),
        }
    };
    if !name.starts_with(|first: char| first.is_alphabetic()) {
        return table(source, encoding);
    }
    let Some(row) = split::row_of(&name) else {
        let name = shown(&[&name]);
        return Ok(Err(format!(
            "it is XML or HTML with the root element {name}: not a log grantline knows; export the log as CSV or JSON"
        )));
    };
    let row = row.to_owned();
    let why = format!("it is XML with the root element {name}");
    Ok(Ok(json(Container::Xml { row }, &why, encoding)))
}

fn json(container: Container, why: &str, encoding: Encoding) -> Layout {
    Layout {
        container,
        format: None,
        why: why.to_owned(),
        encoding,
    }
}

/// First bytes of what is no text that is read, and what to do about it.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\xff\xfe\0\0", UTF32),
    (b"\0\0\xfe\xff", UTF32),
    (b"+/v", "it is UTF-7, which is not read; save it as UTF-8"),
    (
        b"\x84\x31\x95\x33",
        "it is GB 18030, which is not read; save it as UTF-8",
    ),
    (
        b"\xdd\x73\x66\x73",
        "it is UTF-EBCDIC, which is not read; save it as UTF-8",
    ),
    (
        b"SQLite format 3",
        "it is a database; export its rows as CSV or JSON",
    ),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"Rar!\x1a\x07", ARCHIVE),
    (b"\xfd7zXZ\0", ARCHIVE),
    (b"BZh91AY&SY", ARCHIVE),
    (
        b"%PDF-",
        "it is a PDF document; export the log itself as CSV or JSON",
    ),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "it is an old Office document or a file of Windows; save a spreadsheet as CSV",
    ),
    (
        b"!BDN",
        "it is a mailbox file of Outlook, no log; add the audit log of the mailbox",
    ),
    (
        b"ElfFile\0",
        "it is a Windows event log, which is not read; add the audit log itself",
    ),
];

const ARCHIVE: &str = "it is an archive of a kind that is not unpacked (7z, RAR, xz, bzip2); unpack it and add what is in it";

const BINARY: &str = "it is binary, no text; add the export itself";

/// Share of bytes, one in so many, that are control characters in no text: of random bytes it is one in nine.
const CONTROLS: usize = 30;

/// Whether what was not recognised is no text at all.
fn is_binary(window: &[u8]) -> bool {
    let control = |byte: &&u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    window.iter().filter(control).count() * CONTROLS > window.len()
}

/// Why a packed file is refused by whoever reads it without unpacking.
const PACKED: &str = "it is packed (gzip, zstd, zip or tar; spreadsheets are zip); add what is inside, a spreadsheet as CSV";

const UTF32: &str = "it is UTF-32, which is not read; save it as UTF-8";

/// Share of bytes, one in so many, that may be zero in text: a damaged export holds a stray one, a program many.
const ZEROS: usize = 100;

/// How the text of a file is encoded, or why it cannot be text that we read.
fn encoding(window: &[u8]) -> Result<Encoding, &'static str> {
    if let Some((_, reason)) = MAGIC.iter().find(|(magic, _)| window.starts_with(magic)) {
        return Err(reason);
    }
    if unpack::packing(window).is_some() {
        return Err(PACKED);
    }
    match Encoding::marked(window) {
        Some(encoding) => Ok(encoding),
        None => by_zeros(window),
    }
}

/// UTF-16 and UTF-32 without a mark, by where their zeros stand.
fn by_zeros(window: &[u8]) -> Result<Encoding, &'static str> {
    let mut zeros = [0_usize; 4];
    for bytes in window.chunks(4) {
        for (count, byte) in zeros.iter_mut().zip(bytes) {
            *count += usize::from(*byte == 0);
        }
    }
    let all: usize = zeros.iter().sum();
    let full = zeros.map(|count| count * 16 >= window.len() * 3);
    if matches!(full, [true, true, _, false] | [false, _, true, true]) {
        return Err(UTF32);
    }
    let (even, odd) = (zeros[0] + zeros[2], zeros[1] + zeros[3]);
    // In UTF-16 text of Western languages every other byte is zero; a quarter of all leaves room for other scripts.
    if even.max(odd) * 4 > window.len() && even.min(odd) * 8 < window.len() {
        let low_first = odd > even;
        return Ok(if low_first {
            Encoding::Utf16Le
        } else {
            Encoding::Utf16Be
        });
    }
    if all * ZEROS > window.len() {
        return Err(BINARY);
    }
    Ok(Encoding::Utf8)
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
    let whole = serde_json::from_slice::<IgnoredAny>(line).is_ok();
    if whole && is_envelope(line) {
        (Container::Documents, "its first line is a JSON envelope")
    } else if whole && next == b'{' {
        (Container::Lines, "its first line is one whole JSON object")
    } else {
        let why = "its first line is the beginning of a longer JSON document";
        (Container::Documents, why)
    }
}

/// A table in JSON; `None` when it is other JSON.
fn json_table(source: &mut Source<'_>, encoding: Encoding) -> io::Result<Option<Verdict>> {
    loop {
        let window = source.window();
        if let Some(found) = arrays::find(window, 0) {
            let Some(columns) = found.columns else {
                return Ok(Some(Err(ROWS_FIRST.to_owned())));
            };
            return Ok(Some(arrays(columns, encoding)));
        }
        if source.ended() || window.len() > MAX_ROW || !arrays::holds_tables(window) {
            return Ok(None);
        }
        source.more()?;
    }
}

/// Why a table in JSON is refused whose rows come before what says what is in them.
const ROWS_FIRST: &str = "it is a table in JSON whose rows stand before its columns; put the columns first, or export it as CSV";

fn arrays(header: Vec<String>, encoding: Encoding) -> Verdict {
    let index = Header::new(&header, ',');
    let names: Vec<&str> = header.iter().map(String::as_str).collect();
    let format = format::recognise(&Fields::of_cells(&index, &[])).ok_or_else(|| no_log(&names))?;
    Ok(Layout {
        format: Some(format.name.to_owned()),
        why: format!("it is a table in JSON with the columns of {}", format.what),
        container: Container::Arrays { header },
        encoding,
    })
}

fn table(source: &mut Source<'_>, encoding: Encoding) -> io::Result<Verdict> {
    if source.window().trim_ascii_start().starts_with(b"#TYPE ") {
        // Windows PowerShell writes the .NET type of the rows above the header.
        next_line(source)?;
    }
    let binary = is_binary(source.window());
    let Some((header, delimiter)) = header(source)? else {
        let reason = if binary { BINARY } else { NO_TABLE };
        return Ok(Err(reason.to_owned()));
    };
    let index = Header::new(&header, delimiter);
    let names: Vec<&str> = header.iter().map(String::as_str).collect();
    let Some(format) = format::recognise(&Fields::of_cells(&index, &[])) else {
        if binary {
            return Ok(Err(BINARY.to_owned()));
        }
        return Ok(Err(unknown_table(source.window(), &names, &index)));
    };
    let why = format!("its header has the columns of {}", format.what);
    Ok(Ok(Layout {
        container: Container::Table { header, delimiter },
        format: Some(format.name.to_owned()),
        why,
        encoding,
    }))
}

/// Why text is refused that is neither JSON nor a table.
const NO_TABLE: &str = "it is text with no JSON and no table header; add the exported log itself";

fn unknown_table(rest: &[u8], names: &[&str], header: &Header) -> String {
    if !looks_tabular(rest, names.len(), header) {
        return NO_TABLE.to_owned();
    }
    no_log(names)
}

fn no_log(names: &[&str]) -> String {
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
                let row = western(&source.window()[start..end]);
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
