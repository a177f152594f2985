//! Text on its way to a person: log fields are written by attackers, so whatever is shown or exported passes [`safe`] first.
//!
//! Also the one case fold of the program ([`fold`]), the form of a GUID ([`is_guid`]), the word splitter behind free-text search ([`words`]), and cutting to a
//! column width ([`clip`], [`clip_start`]). Not here: CSV cell neutralising, which belongs to the CSV export.

use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Longest text, in characters, that [`safe`] passes on; the rest is replaced by `…`.
/// Audit cells hold up to 32,767 characters (the spreadsheet limit); no screen or report shows more.
pub const LONGEST: usize = 32_767;

/// Makes hostile characters visible: control characters become their pictures (`␛`), bidirectional overrides, zero-width,
/// private-use and other invisible characters become their code point in brackets (`⟨202E⟩`).
///
/// Plain text is borrowed unchanged. Line breaks and tabs become pictures too: a cell is one line.
pub fn safe(text: &str) -> Cow<'_, str> {
    let plain = text.len() <= LONGEST && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if plain
        || (text.chars().all(|character| !is_hostile(character)) && text.chars().count() <= LONGEST)
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (position, character) in text.chars().enumerate() {
        if position == LONGEST {
            out.push('…');
            break;
        }
        push_safe(&mut out, character);
    }
    Cow::Owned(out)
}

fn push_safe(out: &mut String, character: char) {
    let code = u32::from(character);
    if code < 0x20 {
        out.extend(char::from_u32(0x2400 + code));
    } else if code == 0x7f {
        out.push('␡');
    } else if is_hostile(character) {
        out.push('⟨');
        for shift in (0..6)
            .rev()
            .skip_while(|shift| *shift > 3 && code >> (4 * shift) == 0)
        {
            out.extend(
                char::from_digit(code >> (4 * shift) & 0xf, 16)
                    .map(|digit| digit.to_ascii_uppercase()),
            );
        }
        out.push('⟩');
    } else {
        out.push(character);
    }
}

/// Whether a character can change what the reader believes to see: C0 and C1 controls, bidirectional marks and overrides,
/// zero-width and other default-ignorable characters, private use, tags, variation selectors.
fn is_hostile(character: char) -> bool {
    matches!(u32::from(character),
        0x00..=0x1f | 0x7f..=0x9f | 0xad | 0x034f | 0x061c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
        | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xe000..=0xf8ff | 0xfe00..=0xfe0f | 0xfeff
        | 0xffa0 | 0xfff0..=0xfffd | 0xe0000..=0xe0fff | 0xf_0000..=0x10_ffff)
}

/// A text without blanks around it, as [`str::trim`] has it. Nearly no text has any, which its first and last byte tell.
#[inline]
pub fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [] | [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// The case fold under which names, addresses and identifiers are compared everywhere.
pub fn fold(text: &str) -> String {
    trimmed(text).to_lowercase()
}

/// Whether a text has the form of a GUID: `e4ad2d28-703e-4189-9752-6b827ef9107d`, in any case.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Cuts to at most `width` terminal columns, ending in `…` when something was cut. Wide characters count two.
pub fn clip(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut used = 0;
    for character in text.chars() {
        let columns = character.width().unwrap_or(0);
        if used + columns + 1 > width {
            break;
        }
        used += columns;
        out.push(character);
    }
    if width > 0 {
        out.push('…');
    }
    Cow::Owned(out)
}

/// Cuts a path at its beginning to at most `width` terminal columns: its end says more. Where little is lost by it, what is left begins
/// with a separator: `…/m=01/PT1H.json`.
pub fn clip_start(path: &str, width: usize) -> Cow<'_, str> {
    if path.width() <= width {
        return Cow::Borrowed(path);
    }
    if width == 0 {
        return Cow::Borrowed("");
    }
    let mut room = width - 1;
    let (mut start, mut folder) = (path.len(), None);
    for (at, character) in path.char_indices().rev() {
        let columns = character.width().unwrap_or(0);
        if columns > room {
            break;
        }
        room -= columns;
        start = at;
        if matches!(character, '/' | '\\') {
            folder = Some((at, room));
        }
    }
    match folder {
        Some((at, left)) if left - room <= width / 3 => start = at,
        _ => {}
    }
    Cow::Owned(format!("…{}", path.get(start..).unwrap_or_default()))
}

/// The words of a text for free-text search: runs of letters and digits, folded. `Add-MailboxPermission` is two words.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// Bytes in lower-case hex, as digests are written.
pub fn hex(bytes: &[u8]) -> String {
    let digits = |byte: &u8| {
        [byte >> 4, byte & 0xf].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0'))
    };
    bytes.iter().flat_map(digits).collect()
}

/// `1 grant`, `2 grants`, `3 mailboxes`: a count with its noun. The plural adds `es` after a hissing sound and `s` after any other.
pub fn count(number: u64, noun: &str) -> String {
    let hisses = ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end));
    let plural = match (number, hisses) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{} {noun}{plural}", grouped(number))
}

/// A number with thousands separated by commas.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_become_visible() {
        for (raw, shown) in [
            ("plain", "plain"),
            ("tab\tnew\nline", "tab␉new␊line"),
            ("\u{1b}[2J", "␛[2J"),
            ("ad\u{200b}min", "ad⟨200B⟩min"),
            ("\u{202e}nimda", "⟨202E⟩nimda"),
            ("Boîte de réception", "Boîte de réception"),
            ("\u{7f}\u{9b}", "␡⟨009B⟩"),
        ] {
            assert_eq!(safe(raw), shown);
        }
    }

    #[test]
    fn blanks_around_a_text_are_no_part_of_it() {
        for text in [
            "",
            " ",
            "a",
            " a",
            "a ",
            "a b",
            "\u{a0}a\u{2003}",
            "é",
            "\u{7f}",
            "a\n",
        ] {
            assert_eq!(trimmed(text), text.trim(), "{text:?}");
        }
    }

    #[test]
    fn safe_text_is_bounded() {
        assert_eq!(safe(&"a".repeat(LONGEST + 5)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn clip_counts_columns() {
        assert_eq!(clip("mailbox", 7), "mailbox");
        assert_eq!(clip("mailbox", 4), "mai…");
        assert_eq!(clip("日本語", 4), "日…");
        assert_eq!(clip("mailbox", 0), "");
    }

    #[test]
    fn paths_are_cut_at_their_beginning() {
        let path = "y=2023/m=01/d=02/PT1H.json";
        assert_eq!(clip_start(path, 26), path);
        assert_eq!(clip_start(path, 25), "…/m=01/d=02/PT1H.json");
        assert_eq!(clip_start(path, 21), "…/m=01/d=02/PT1H.json");
        assert_eq!(
            clip_start("logs-of-march/PT1H.json", 20),
            "…-of-march/PT1H.json"
        );
        assert_eq!(clip_start("PT1H.json", 5), "…json");
        assert_eq!(clip_start("日本語/日本語", 6), "…本語");
        assert_eq!(clip_start(path, 1), "…");
        assert_eq!(clip_start(path, 0), "");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(count(1, "grant"), "1 grant");
        assert_eq!(count(1_234_567, "row"), "1,234,567 rows");
        assert_eq!(count(1, "mailbox"), "1 mailbox");
        assert_eq!(count(2, "mailbox"), "2 mailboxes");
        assert_eq!(count(0, "access"), "0 accesses");
    }

    #[test]
    fn words_are_folded_runs() {
        assert_eq!(
            words("Add-MailboxPermission ALICE@x.com").collect::<Vec<_>>(),
            ["add", "mailboxpermission", "alice", "x", "com"]
        );
    }
}
