//! The records of a batch of events: a line each, and as values where a shape needs them.
//!
//! Not here: which files they go to (`file`).

use crate::demo::event::Event;
use crate::demo::shape::Stream;
use crate::demo::tenant::Tenant;
use crate::demo::{directory, native, sign_in};
use serde_json::Value;

/// Records of one stream.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The lines, each with its end.
    pub bytes: Vec<u8>,
    /// How many there are.
    pub count: u64,
    /// The same as values, where they are needed.
    pub values: Vec<Value>,
}

/// Which streams are needed, which of them as values, and whether inventories are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Needs {
    /// The unified log: whether at all, and whether as values.
    pub unified: Need,
    /// Sign-ins in the same way.
    pub sign_ins: Need,
    /// Directory audits in the same way.
    pub directory: Need,
    /// Whether inventories are kept up with what happens.
    pub inventories: bool,
}

/// How a stream is needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// Not at all.
    #[default]
    Nothing,
    /// As lines only.
    Lines,
    /// As lines and as values.
    Values,
}

impl Needs {
    /// Takes note that a stream is needed.
    pub fn add(&mut self, stream: Stream, need: Need) {
        let own = match stream {
            Stream::Unified => &mut self.unified,
            Stream::SignIns => &mut self.sign_ins,
            Stream::Directory => &mut self.directory,
            Stream::Inventory(_) => return,
        };
        *own = need.max(*own);
    }
}

/// The records of a batch of events.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// How many events it was.
    pub events: u64,
    unified: Lines,
    sign_ins: Lines,
    directory: Lines,
}

/// Writes the record of an event, if it has one of the kind.
type Write = fn(&Tenant, &Event, &mut Vec<u8>) -> bool;

impl Rendered {
    /// Makes the records of a batch.
    pub fn of(tenant: &Tenant, events: &[Event], needs: Needs) -> Self {
        let lines = |write: Write, need| lines(tenant, events, write, need);
        Self {
            events: events.len() as u64,
            unified: lines(native::write, needs.unified),
            sign_ins: lines(sign_in::write, needs.sign_ins),
            directory: lines(directory::write, needs.directory),
        }
    }

    /// The records of a stream; of inventories there are none.
    pub fn stream(&self, stream: Stream) -> Option<&Lines> {
        match stream {
            Stream::Unified => Some(&self.unified),
            Stream::SignIns => Some(&self.sign_ins),
            Stream::Directory => Some(&self.directory),
            Stream::Inventory(_) => None,
        }
    }
}

fn lines(tenant: &Tenant, events: &[Event], write: Write, need: Need) -> Lines {
    let mut lines = Lines::default();
    if need == Need::Nothing {
        return lines;
    }
    for event in events {
        let begun = lines.bytes.len();
        if !write(tenant, event, &mut lines.bytes) {
            continue;
        }
        lines.count += 1;
        if need == Need::Values {
            let line = lines.bytes.get(begun..).unwrap_or_default();
            lines
                .values
                .extend(serde_json::from_slice::<Value>(line).ok());
        }
        lines.bytes.push(b'\n');
    }
    lines
}
