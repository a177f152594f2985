//! Structure of JSON text that may be cut off anywhere: names, and where objects and arrays open and close.
//!
//! Not here: whether the text is sound, and the values themselves.

/// What a walk meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name of a member, in `depth` brackets.
    Name {
        /// As written between its quotes.
        name: &'a [u8],
        /// First byte behind the colon that is no blank.
        value: usize,
        depth: usize,
    },
    /// A bracket that opens, at a byte, in `depth` brackets.
    Open { byte: u8, at: usize, depth: usize },
    /// A bracket that closes, at a byte, and leaves `depth` brackets open.
    Close { at: usize, depth: usize },
}

/// Goes over text that begins in `depth` open brackets; ends with the text, or when the last bracket closes.
pub(super) struct Walk<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    done: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(text: &'a [u8], depth: usize) -> Self {
        Self {
            text,
            at: 0,
            depth,
            done: false,
        }
    }

    /// Goes behind the closing quote of the string whose text begins here, or to the end; its text, if it is closed.
    fn string(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        let rest = |at: usize| self.text.get(at..).unwrap_or_default();
        while let Some(found) = memchr::memchr2(b'"', b'\\', rest(self.at)) {
            let found = self.at + found;
            if self.text.get(found) == Some(&b'"') {
                self.at = found + 1;
                return self.text.get(start..found);
            }
            self.at = found + 2;
        }
        self.at = self.text.len();
        None
    }

    fn name(&mut self) -> Option<Token<'a>> {
        let name = self.string()?;
        let colon = blanks(self.text, self.at);
        (self.text.get(colon) == Some(&b':')).then(|| Token::Name {
            name,
            value: blanks(self.text, colon + 1),
            depth: self.depth,
        })
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while let Some(byte) = self.text.get(self.at).filter(|_| !self.done) {
            let at = self.at;
            self.at += 1;
            match byte {
                b'"' => {
                    if let Some(name) = self.name() {
                        return Some(name);
                    }
                }
                b'{' | b'[' => {
                    let depth = self.depth;
                    self.depth += 1;
                    let byte = *byte;
                    return Some(Token::Open { byte, at, depth });
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.done = self.depth == 0;
                    let depth = self.depth;
                    return Some(Token::Close { at, depth });
                }
                _ => {}
            }
        }
        None
    }
}

/// The first byte from here on that is no blank.
pub(super) fn blanks(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let blank = |byte: &u8| byte.is_ascii_whitespace();
    from + rest.iter().take_while(|byte| blank(byte)).count()
}

/// The name of the member whose value begins behind this text, which holds the object so far.
pub(super) fn name_before(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_end().strip_suffix(b":")?;
    let text = text.trim_ascii_end().strip_suffix(b"\"")?;
    let start = memchr::memrchr(b'"', text)?;
    text.get(start + 1..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_brackets_are_met_in_order() {
        let text = br#"{"a\"{" : 1,"b":["c:",{}], "d"}x{"#;
        let seen: Vec<String> = Walk::new(text, 0)
            .map(|token| match token {
                Token::Name { name, value, depth } => {
                    format!("{}={value}/{depth}", String::from_utf8_lossy(name))
                }
                Token::Open { byte, at, depth } => format!("{}{at}/{depth}", char::from(byte)),
                Token::Close { at, depth } => format!("-{at}/{depth}"),
            })
            .collect();
        let expected = r#"{0/0 a\"{=10/1 b=16/1 [16/1 {22/2 -23/2 -24/1 -30/0"#;
        assert_eq!(seen.join(" "), expected);
    }

    #[test]
    fn the_name_before_a_value_is_found() {
        assert_eq!(name_before(br#"{"a":1,"b" : "#), Some(&b"b"[..]));
        for text in [&b"{"[..], b":", b"\":", b"{\"a\"", b""] {
            assert_eq!(name_before(text), None);
        }
    }
}
