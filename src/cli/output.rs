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
    /// Columns that are never cut: digests and paths are of no use in part.
    whole: Vec<usize>,
}

impl Table {
    /// A table with a header; the columns in `rightward` hold numbers and are aligned right.
    pub fn new(header: &[&'static str], rightward: &[usize]) -> Self {
        Self {
            header: header.to_vec(),
            rows: Vec::new(),
            rightward: rightward.to_vec(),
            whole: Vec::new(),
        }
    }

    /// The same with columns that are never cut.
    pub fn whole(mut self, columns: &[usize]) -> Self {
        self.whole = columns.to_vec();
        self
    }

    /// Adds a row; log text is made safe here.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells = cells.into_iter().enumerate().map(|(column, cell)| {
            if self.whole.contains(&column) {
                safe(&cell).into_owned()
            } else {
                clip(&safe(&cell), WIDEST).into_owned()
            }
        });
        self.rows.push(cells.collect());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_columns_are_not_cut() {
        let long = "a".repeat(WIDEST + 4);
        let mut table = Table::new(&["cut", "whole"], &[]).whole(&[1]);
        table.row([long.clone(), long.clone()]);
        assert!(table.rows[0][0].ends_with('…'));
        assert_eq!(table.rows[0][1], long);
    }
}
