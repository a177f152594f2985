//! The figures as one Markdown table: a column for each shape, a row for each figure.
//!
//! Not here: how they are taken (`measured`).

use super::answer::{Answered, Times};
use super::child::Ran;
use super::shape::Evidence;
use grantline::text::grouped;
use std::fmt::Write as _;
use std::time::Duration;

/// The figures of one shape, with what each is of.
pub struct Column {
    name: String,
    cells: Vec<(String, String)>,
}

impl Column {
    /// A column for some evidence.
    pub fn new(name: &str, evidence: &Evidence) -> Self {
        let mut column = Self {
            name: name.to_owned(),
            cells: Vec::new(),
        };
        column.put("rows", grouped(evidence.rows));
        column.put("of those, duplicates", grouped(evidence.duplicates));
        column.put("evidence, unpacked", megabytes(evidence.bytes));
        column
    }

    /// A column for what could not be measured, with the reason.
    pub fn without(records: u64, reason: &str) -> Self {
        Self {
            name: format!("plain, {} records: {reason}", grouped(records)),
            cells: Vec::new(),
        }
    }

    fn put(&mut self, name: impl Into<String>, cell: String) {
        self.cells.push((name.into(), cell));
    }

    /// What reading it into a case took.
    pub fn indexed(&mut self, ran: &Ran, evidence: &Evidence) {
        self.put("`index`: wall", seconds(ran.wall));
        let processor = ran.processor.map_or_else(String::new, seconds);
        self.put("`index`: processor", processor);
        self.put("`index`: rate", rate(evidence.bytes, ran.wall));
        let peak = ran.peak.unwrap_or_default() * 1024;
        self.put("`index`: peak memory", megabytes(peak));
        let each = format!("{} B", peak / evidence.rows.max(1));
        self.put("`index`: peak memory a row", each);
    }

    /// What it left on the disk: copies of packed evidence apart.
    pub fn kept(&mut self, case: u64, spool: u64, evidence: &Evidence) {
        self.put("case", megabytes(case));
        let ratio = format!("{:.4}", float(case) / float(evidence.bytes));
        self.put("case / evidence", ratio);
        self.put("copies of packed evidence", megabytes(spool));
    }

    /// How long one command took.
    pub fn whole_process(&mut self, command: &str, ran: &Ran) {
        let name = format!("`{command}`, whole process");
        self.put(name, seconds(ran.wall));
    }

    /// How long the first grant took.
    pub fn first(&mut self, waited: Duration) {
        self.put("first grant on the screen", seconds(waited));
    }

    /// How long something took that was done again and again.
    pub fn times(&mut self, what: &str, times: Times) {
        self.put(format!("{what}, p50 / p95 ms"), times.cell());
    }

    /// How long the answers of a class took.
    pub fn answered(&mut self, answered: &Answered) {
        let class = answered.class;
        let found = answered.hits / answered.questions.max(1) as u64;
        self.put(format!("{class}: found, mean"), grouped(found));
        self.times(&format!("{class}: number"), answered.count);
        self.times(&format!("{class}: screen"), answered.screen);
    }

    /// How long making the log took.
    pub fn made(&mut self, ran: &Ran, bytes: u64) {
        self.put("`demo generate`: wall", seconds(ran.wall));
        self.put("`demo generate`: rate", rate(bytes, ran.wall));
        let peak = ran.peak.unwrap_or_default() * 1024;
        self.put("`demo generate`: peak memory", megabytes(peak));
    }
}

/// The table. Its rows are those of the column with most.
pub fn text(columns: &[Column]) -> String {
    let longest = columns.iter().max_by_key(|column| column.cells.len());
    let rows = longest.map(|column| column.cells.as_slice());
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mut text = format!("| | {} |\n|---|", names.join(" | "));
    text.push_str(&"---:|".repeat(columns.len()));
    for (row, _) in rows.unwrap_or_default() {
        let _ = write!(text, "\n| {row} |");
        for column in columns {
            let cell = column.cells.iter().find(|(name, _)| name == row);
            let cell = cell.map_or("", |(_, cell)| cell.as_str());
            let _ = write!(text, " {cell} |");
        }
    }
    text
}

fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.2} s", time.as_secs_f64())
    }
}

fn megabytes(bytes: u64) -> String {
    if bytes < 10_000_000 {
        format!("{:.1} MB", float(bytes) / 1e6)
    } else {
        format!("{} MB", grouped(bytes / 1_000_000))
    }
}

fn rate(bytes: u64, wall: Duration) -> String {
    format!("{:.0} MB/s", float(bytes) / 1e6 / wall.as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "sizes stay far below 2^52")]
fn float(number: u64) -> f64 {
    number as f64
}
