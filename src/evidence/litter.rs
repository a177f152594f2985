//! What systems leave beside files without being asked: it is no evidence, and that it is not read is no gap.
//!
//! Something is passed over only when its name and its first bytes both say so: whoever wants to hide a log under such a name has to
//! make it unreadable. It stays in the ledger, with its digest. Not here: files that are merely no log, which are faults.

use super::{Container, Encoding, Layout};
use std::path::Path;

/// What stands for the format of a file that is passed over.
pub(super) const FORMAT: &str = "no evidence";

/// A kind of file that a system leaves behind.
struct Litter {
    /// Whether it has this name, in lower case.
    named: fn(&str) -> bool,
    /// Whether it begins with these bytes.
    begins: fn(&[u8]) -> bool,
    what: &'static str,
}

const KINDS: [Litter; 4] = [
    Litter {
        // RFC 1740, appendix B.
        named: |name| name.starts_with("._"),
        begins: |first| first.starts_with(b"\x00\x05\x16\x07"),
        what: "AppleDouble: what macOS knows of the file of the same name, not its content",
    },
    Litter {
        named: |name| name == ".ds_store",
        begins: |first| first.starts_with(b"\0\0\0\x01Bud1"),
        what: "how the Finder of macOS shows the folder",
    },
    Litter {
        named: |name| name == "thumbs.db",
        // [MS-CFB]: Compound File Binary File Format.
        begins: |first| first.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        what: "pictures of the folder's files, made by Windows",
    },
    Litter {
        named: |name| name == "desktop.ini",
        begins: is_folder_setting,
        what: "how Windows shows the folder",
    },
];

/// Sections with which Windows begins the settings of a folder.
const SECTIONS: [&[u8]; 2] = [b"[.shellclassinfo]", b"[localizedfilenames]"];

/// UTF-16 without its zeros and its mark is as good as the sections need.
fn is_folder_setting(first: &[u8]) -> bool {
    let byte = |byte: &&u8| byte.is_ascii() && **byte != 0;
    let start = first.iter().take(128).filter(byte);
    let start: Vec<u8> = start.map(u8::to_ascii_lowercase).collect();
    let start = start.trim_ascii_start();
    SECTIONS.iter().any(|section| start.starts_with(section))
}

/// The layout of a file that is passed over; nothing for what has to be read.
pub(super) fn layout(path: &Path, first: &[u8]) -> Option<Layout> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    // A member of an archive made on Windows.
    let name = name.rsplit('\\').next().unwrap_or_default();
    let kind = KINDS
        .iter()
        .find(|kind| (kind.named)(name) && (kind.begins)(first))?;
    Some(Layout {
        container: Container::Lines,
        format: Some(FORMAT.to_owned()),
        why: kind.what.to_owned(),
        encoding: Encoding::Utf8,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_content_have_to_say_it() {
        let double = b"\x00\x05\x16\x07\0\x02\0\0Mac OS X";
        let wide: Vec<u8> = "\u{feff}\r\n[.ShellClassInfo]\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (path, first, is_litter) in [
            ("logs.zip/__MACOSX/._log.json", double.as_slice(), true),
            ("__MACOSX\\._log.json", double, true),
            ("log.json", double, false),
            ("._log.json", b"{\"Operation\":\"Set-Mailbox\"}", false),
            ("a/.DS_Store", b"\0\0\0\x01Bud1\0\0", true),
            ("a/.DS_Store", b"{}", false),
            ("Thumbs.db", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", true),
            ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", false),
            ("Desktop.ini", b"[LocalizedFileNames]\r\n", true),
            ("desktop.ini", &wide, true),
            ("desktop.ini", b"[{\"Operation\":\"x\"}]", false),
            ("desktop.ini", b"", false),
        ] {
            let layout = layout(Path::new(path), first);
            assert_eq!(layout.is_some(), is_litter, "{path} {first:?}");
        }
    }
}
