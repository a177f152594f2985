//! Printing: safe text in aligned columns to standard output, complaints to standard error.
//!
//! Not here: JSON lines and CSV, which are exports.

use crate::text::{clip, safe};
use std::io::{self, BufWriter, StdoutLock, Write};
use unicode_width::UnicodeWidthStr;

/// Widest column of a table, in terminal columns.
const WIDEST: usize = 60;

/// Buffered standard output.
pub(super) type Out = BufWriter<StdoutLock<'static>>;

/// Opens standard output.
pub(super) fn out() -> Out {
    BufWriter::new(io::stdout().lock())
}

/// A table that is printed when all its rows are known.
pub(super) struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    rightward: Vec<usize>,
}

impl Table {
    /// A table with a header; the columns in `rightward` hold numbers and are aligned right.
    pub fn new(header: &[&'static str], rightward: &[usize]) -> Self {
        Self {
            header: header.to_vec(),
            rows: Vec::new(),
            rightward: rightward.to_vec(),
        }
    }

    /// Adds a row; log text is made safe here.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(
            cells
                .into_iter()
                .map(|cell| clip(&safe(&cell), WIDEST).into_owned())
                .collect(),
        );
    }

    /// Prints it to the given output.
    pub fn print(&self, out: &mut Out) -> io::Result<()> {
        let widths: Vec<usize> = (0..self.header.len())
            .map(|column| self.width(column))
            .collect();
        self.line(
            out,
            &widths,
            &self
                .header
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>(),
        )?;
        for row in &self.rows {
            self.line(out, &widths, row)?;
        }
        Ok(())
    }

    fn width(&self, column: usize) -> usize {
        let header = self.header.get(column).map_or(0, |name| name.width());
        self.rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.width())
            .fold(header, usize::max)
    }

    fn line(&self, out: &mut Out, widths: &[usize], cells: &[String]) -> io::Result<()> {
        let mut line = String::new();
        for (column, cell) in cells.iter().enumerate() {
            let padding = " ".repeat(
                widths
                    .get(column)
                    .copied()
                    .unwrap_or(0)
                    .saturating_sub(cell.width()),
            );
            let (before, after) = if self.rightward.contains(&column) {
                (padding.as_str(), "")
            } else {
                ("", padding.as_str())
            };
            line.push_str(&format_args!("{before}{cell}{after}  ").to_string());
        }
        writeln!(out, "{}", line.trim_end())
    }
}

/// Prints an error, and nothing else can be done when that fails too.
pub(super) fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "grantline: {}", safe_lines(text));
}

/// Prints a notice.
pub(super) fn notice(text: &str) {
    let _ = writeln!(io::stderr(), "{}", safe_lines(text));
}

/// Text of several lines, each made safe.
fn safe_lines(text: &str) -> String {
    text.lines()
        .map(|line| safe(line).into_owned())
        .collect::<Vec<_>>()
        .join("\n")
}
