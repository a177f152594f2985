//! The numbers under which the index knows a record: the bits of its id, and where it stands in the evidence as one number.
//!
//! They are stored, so they never change under one [`super::VERSION`]. Not here: which copy of a record is kept (`writer`).

use crate::query::bare_message_id;
use crate::record::Provenance;
use crate::text;
use sha2::{Digest, Sha256};
use siphasher::sip::SipHasher13;

/// Bits of a place that hold the offset: files up to 1 TiB, up to 16 million files a case.
const OFFSET_BITS: u32 = 40;

/// Longest message id, in bytes, that is folded without memory of its own; those seen have 60 to 90.
const SHORT: usize = 192;

/// File, offset and part as one number that is no other record's and sorts by file, then offset, then part. A row has more bytes than
/// records, so the parts of one row stay short of the next.
pub(super) fn place(provenance: Provenance) -> u64 {
    let offset = provenance.offset + u64::from(provenance.part);
    u64::from(provenance.file) << OFFSET_BITS | offset & offset_mask()
}

/// File and offset of the [`place`] of a part.
pub(super) fn unplace(place: u64, part: u64) -> (u32, u64) {
    (
        u32::try_from(place >> OFFSET_BITS).unwrap_or(u32::MAX),
        (place & offset_mask()).saturating_sub(part),
    )
}

const fn offset_mask() -> u64 {
    (1 << OFFSET_BITS) - 1
}

/// The 128 bits under which a record id is known: those of a GUID are its own, any other id is hashed.
pub(super) fn id_bits(id: &str) -> u128 {
    guid_bits(id).unwrap_or_else(|| {
        let folded = text::fold(id);
        guid_bits(&folded).unwrap_or_else(|| {
            let digest = Sha256::digest(folded.as_bytes());
            digest
                .iter()
                .take(16)
                .fold(0, |bits, byte| bits << 8 | u128::from(*byte))
        })
    })
}

/// The bits of a GUID in any case. Strict, so that no two ids share their bits.
fn guid_bits(id: &str) -> Option<u128> {
    let bytes: &[u8; 36] = id.as_bytes().try_into().ok()?;
    let mut bits = 0_u128;
    // A digit that is none sets a bit here that no digit sets.
    let mut wrong = 0_u8;
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            wrong |= byte ^ b'-';
        } else {
            let digit = HEX[usize::from(*byte)];
            wrong |= digit & 0xf0;
            bits = bits << 4 | u128::from(digit & 0xf);
        }
    }
    (wrong == 0).then_some(bits)
}

/// The value of every byte as a hexadecimal digit; 255 for one that is none.
static HEX: [u8; 256] = hex_digits();

const fn hex_digits() -> [u8; 256] {
    let mut digits = [u8::MAX; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value;
        digits[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    digits
}

/// Upper half of 128 bits.
pub(super) fn high(bits: u128) -> u64 {
    u64::try_from(bits >> 64).unwrap_or(0)
}

/// Lower half of 128 bits.
pub(super) fn low(bits: u128) -> u64 {
    u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0)
}

/// The 64 bits under which a message id is looked for: SipHash-1-3 with a key of zeros of its
/// [`crate::query::message_key`] in UTF-8.
pub(super) fn message_hash(id: &str) -> u64 {
    let id = bare_message_id(id);
    let hasher = SipHasher13::new();
    if let Some(short) = id
        .is_ascii()
        .then_some(id.len())
        .filter(|length| *length <= SHORT)
    {
        let mut folded = [0; SHORT];
        let folded = &mut folded[..short];
        folded.copy_from_slice(id.as_bytes());
        folded.make_ascii_lowercase();
        hasher.hash(folded)
    } else {
        hasher.hash(text::fold(id).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_their_own_bits_and_case_does_not_matter() {
        let id = id_bits;
        let bits = 0x97fc_1f52_4cd1_498b_f05e_08db_8b78_efd7;
        for spelling in [
            "97fc1f52-4cd1-498b-f05e-08db8b78efd7",
            "97FC1F52-4CD1-498B-F05E-08DB8B78EFD7",
            " 97fc1f52-4cd1-498b-f05e-08db8b78EFD7\n",
        ] {
            assert_eq!(id(spelling), bits, "{spelling}");
        }
        assert_ne!(id("Directory_1"), id("Directory_2"));
        assert_eq!(id("Directory_1"), id("DIRECTORY_1 "));
        for strange in [
            "+7fc1f52-4cd1-498b-f05e-08db8b78efd7",
            "07fc1f5244cd1-498b-f05e-08db8b78efd7",
            "g7fc1f52-4cd1-498b-f05e-08db8b78efd7",
        ] {
            assert_ne!(id(strange), id("07fc1f52-4cd1-498b-f05e-08db8b78efd7"));
            assert_ne!(id(strange), id("17fc1f52-4cd1-498b-f05e-08db8b78efd7"));
        }
    }

    #[test]
    fn other_ids_are_the_beginning_of_their_digest() {
        // printf directory_1 | sha256sum
        let digest = crate::text::hex(&Sha256::digest(b"directory_1"));
        assert_eq!(
            format!("{:032x}", id_bits("Directory_1")),
            digest.get(..32).unwrap()
        );
    }

    #[test]
    fn places_keep_file_and_offset() {
        let provenance = Provenance {
            file: 70_000,
            offset: (1 << 40) - 8,
            line: 1,
            length: 1,
            part: 7,
        };
        assert_eq!(unplace(place(provenance), 7), (70_000, (1 << 40) - 8));
    }

    #[test]
    fn halves_are_halves() {
        let bits = 0x97fc_1f52_4cd1_498b_f05e_08db_8b78_efd7;
        assert_eq!(
            (high(bits), low(bits)),
            (0x97fc_1f52_4cd1_498b, 0xf05e_08db_8b78_efd7)
        );
    }

    #[test]
    fn message_ids_are_hashed_folded() {
        let long = format!("<{}@example.com>", "Ä".repeat(200));
        for (id, folded) in [
            ("<A@Example.com> ", "a@example.com"),
            ("<ÄΣ@example.com>", "äς@example.com"),
            (long.as_str(), &crate::query::message_key(&long)),
            (&"A".repeat(193), &"a".repeat(193)),
        ] {
            assert_eq!(message_hash(id), SipHasher13::new().hash(folded.as_bytes()));
        }
        // Stored in every index: another value is another format.
        assert_eq!(message_hash("<a@example.com>"), 13_001_020_135_921_193_467);
    }
}
