//! Objects as `Export-Clixml` writes them.
//!
//! Not here: which members they have (the shapes).

use super::Writer;
use super::table::{Row, RowOf};
use serde_json::Value;
use std::fmt::Write as _;

/// What a file begins with.
const HEAD: &str =
    "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n";

/// Members that are moments; all others are texts.
const TIMES: [&str; 2] = ["CreationDate", "LastAccessed"];

/// Objects as far as they are written.
#[derive(Debug)]
pub(super) struct Objects {
    kind: &'static str,
    number: usize,
}

impl Objects {
    /// None yet; all will be of one type.
    pub(super) fn new(kind: &'static str) -> Self {
        Self { kind, number: 0 }
    }

    fn begin(&self, out: &mut Vec<u8>) {
        if self.number == 0 {
            out.extend_from_slice(HEAD.as_bytes());
        }
    }

    /// Appends an object.
    pub(super) fn put(&mut self, row: &Row, out: &mut Vec<u8>) {
        self.begin(out);
        let Self { kind, number } = self;
        let mut text = format!(
            "  <Obj RefId=\"{number}\">\r\n    <TN RefId=\"{number}\"><T>{kind}</T><T>Deserialized.System.Object</T></TN>\r\n    <Props>\r\n"
        );
        for (name, cell) in row {
            let cell = escaped(&cell.replace("_x", "_x005F_x"));
            let tag = if TIMES.contains(&&**name) { "DT" } else { "S" };
            let _ = write!(text, "      <{tag} N=\"{name}\">{cell}</{tag}>\r\n");
        }
        text.push_str("    </Props>\r\n  </Obj>\r\n");
        out.extend_from_slice(text.as_bytes());
        *number += 1;
    }

    /// Appends what a file ends with.
    pub(super) fn end(&self, out: &mut Vec<u8>) {
        self.begin(out);
        out.extend_from_slice(b"</Objs>");
    }
}

/// Text between tags of XML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Writes each record as an object.
#[derive(Debug)]
struct Exported {
    objects: Objects,
    row: RowOf,
}

impl Writer for Exported {
    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        self.objects.put(&(self.row)(record), out);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.objects.end(out);
    }
}

/// A writer of objects of a type.
pub(super) fn exported(kind: &'static str, row: RowOf) -> Box<dyn Writer> {
    let objects = Objects::new(kind);
    Box::new(Exported { objects, row })
}
