//! Answers of APIs that come in pages or blobs, one behind the other in a file.
//!
//! A page says whether another follows, so that it is held back until that is known. Not here: what is in the pages (the shapes).

use super::Writer;
use super::piece::Text;
use serde_json::{Value, json};

/// Objects on a page.
const PAGE: usize = 50;

/// Records in a blob of the Management Activity API; they are small, a few minutes of one workload.
const BLOB: usize = 20;

/// Writes pages of Microsoft Graph.
#[derive(Debug)]
struct Pages {
    /// What is asked for, as the end of an address of Graph.
    path: &'static str,
    text: Text,
    held: Vec<String>,
    number: usize,
}

/// Beginning of the addresses of Graph.
const GRAPH: &str = "https://graph.microsoft.com/beta/";

impl Pages {
    fn flush(&mut self, has_next: bool, out: &mut Vec<u8>) {
        if self.number > 0 {
            out.extend_from_slice(b"\r\n");
        }
        self.number += 1;
        let (path, number) = (self.path, self.number);
        let context = json!(format!("{GRAPH}$metadata#{path}"));
        let next = json!(format!("{GRAPH}{path}?$top={PAGE}&$skiptoken={number:08x}"));
        let next = if has_next {
            format!("\"@odata.nextLink\":{next},")
        } else {
            String::new()
        };
        let value = self.held.join(",\r\n  ");
        let page = format!("{{\"@odata.context\":{context},{next}\"value\":[\r\n  {value}\r\n]}}");
        out.extend_from_slice(page.as_bytes());
        self.held.clear();
    }
}

impl Writer for Pages {
    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        if self.held.len() == PAGE {
            self.flush(true, out);
        }
        self.held.push((self.text)(record));
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.flush(false, out);
    }
}

/// A writer of pages of Graph.
pub(super) fn pages(path: &'static str, text: Text) -> Box<dyn Writer> {
    Box::new(Pages {
        path,
        text,
        held: Vec::new(),
        number: 0,
    })
}

/// Writes arrays one behind the other, each another blob.
#[derive(Debug)]
struct Blobs {
    text: Text,
    records: usize,
}

impl Writer for Blobs {
    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        let between = match self.records {
            0 => "[",
            records if records % BLOB == 0 => "]\r\n[",
            _ => ",",
        };
        self.records += 1;
        out.extend_from_slice(between.as_bytes());
        out.extend_from_slice((self.text)(record).as_bytes());
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let end = if self.records == 0 { "[]" } else { "]" };
        out.extend_from_slice(end.as_bytes());
    }
}

/// A writer of blobs.
pub(super) fn blobs(text: Text) -> Box<dyn Writer> {
    Box::new(Blobs { text, records: 0 })
}
