//! Names of operations: one normal form for the spellings of the channels.
//!
//! Not here: what an operation means. The readers of roads and accesses (`hunt`) each name the operations they know.

use std::fmt;

/// The name of an operation in its normal form: blanks trimmed, the full stop of directory operations removed, en dashes made hyphens
/// (`Update application – Certificates and secrets management ` has both a dash and a trailing blank).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Operation(String);

impl Operation {
    /// Normalises a name as written.
    pub fn new(written: &str) -> Self {
        let mut operation = Self::default();
        operation.set(written);
        operation
    }

    /// Normalises another name in place of this one, into the same memory.
    pub fn set(&mut self, written: &str) {
        let trimmed = crate::text::trimmed(written);
        let trimmed = match trimmed.strip_suffix('.') {
            Some(_) => trimmed.trim_end_matches('.').trim_end(),
            None => trimmed,
        };
        self.0.clear();
        if trimmed.is_ascii() {
            self.0.push_str(trimmed);
            return;
        }
        for (at, part) in trimmed.split(['\u{2013}', '\u{2014}']).enumerate() {
            if at > 0 {
                self.0.push('-');
            }
            self.0.push_str(part);
        }
    }

    /// The normal form, case as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the named operation, without case.
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name)
    }

    /// Whether this is one of the named operations, without case.
    pub fn is_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_agree_on_a_name() {
        for (written, normal) in [
            ("Consent to application.", "Consent to application"),
            ("Add-MailboxPermission", "Add-MailboxPermission"),
            (
                "Update application – Certificates and secrets management ",
                "Update application - Certificates and secrets management",
            ),
        ] {
            assert_eq!(Operation::new(written).as_str(), normal);
        }
        assert!(Operation::new("consent to application.").is("Consent to application"));
    }
}
