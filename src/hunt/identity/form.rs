//! The forms that one spelling takes, and which of them name a single principal.
//!
//! Text alone, no evidence. Not here: whom a form names (`join`).

use crate::text::{fold, is_guid, trimmed};

/// Longest spelling that is believed, in bytes: longer ones are no names.
pub(super) const LONGEST: usize = 1024;

/// Texts that stand where nobody is named, in lower case.
const FILLERS: [&str; 17] = [
    "",
    "-",
    "not available",
    "not-found",
    "not found",
    "unknown",
    "<null>",
    "null",
    "none",
    "n/a",
    "undefined",
    "default",
    "anonymous",
    "everyone",
    "system",
    "self",
    "system.object[]",
];

/// Kinds of directory objects that prefix their object ids.
const PREFIXES: [&str; 4] = ["User_", "ServicePrincipal_", "Application_", "Group_"];

/// Schemes before an address.
const SCHEMES: [&str; 5] = ["smtp:", "sip:", "x500:", "ex:", "mailto:"];

/// Authorities whose accounts are the same on every machine.
const AUTHORITIES: [&str; 3] = ["nt authority", "nt service", "builtin"];

/// Whether a spelling can name one principal: no filler, no nil id, no SID or entry that is the same in every tenant.
pub(super) fn is_solid(text: &str) -> bool {
    !solid(text).is_empty()
}

/// A spelling that can name one principal, without blanks around it; empty when it cannot.
#[inline]
pub(super) fn solid(text: &str) -> &str {
    let text = trimmed(text);
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return "";
    };
    let nil = *first == b'0' && bytes.iter().all(|byte| matches!(byte, b'0' | b'-'));
    let is_internal = matches!(last, b'l' | b'L') && ends_with(text, "@local");
    let is_filler = text.len() <= 15 && FILLERS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if text.len() > LONGEST || nil || is_internal || is_filler || is_well_known(text) {
        ""
    } else {
        text
    }
}

/// Whether a text is a SID that is the same everywhere: all but those of domains (`S-1-5-21-`) and of the directory (`S-1-12-`).
fn is_well_known(text: &str) -> bool {
    is_sid(text) && !starts_with(text, "S-1-5-21-") && !starts_with(text, "S-1-12-")
}

fn is_sid(text: &str) -> bool {
    starts_with(text, "S-1-")
}

fn starts_with(text: &str, start: &str) -> bool {
    strip(text, start).is_some()
}

fn ends_with(text: &str, end: &str) -> bool {
    let from = text.len().checked_sub(end.len());
    from.and_then(|from| text.get(from..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// What follows a beginning, which is compared without case.
fn strip<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let head = text.get(..start.len())?;
    let fits = head.eq_ignore_ascii_case(start);
    fits.then(|| text.get(start.len()..)).flatten()
}

/// Whether the form alone shows that a spelling names one principal. Aliases, names and paths may name several over time.
pub(super) fn is_id(text: &str) -> bool {
    is_guid(text)
        || is_address(text)
        || is_sid(text)
        || is_puid(text)
        || starts_with(text, "/o=")
        || prefixed(text).is_some()
}

/// Whether a spelling has the form of an address or a principal name.
pub(super) fn is_address(text: &str) -> bool {
    let mut at = None;
    let is_plain = text.bytes().enumerate().all(|(place, byte)| {
        if byte == b'@' {
            at = Some(place);
        }
        !matches!(byte, b'/' | b'\\' | b' ' | b'|' | b':' | b'(')
    });
    is_plain && at.is_some_and(|at| at > 0 && at + 1 < text.len())
}

/// The domain of an address; `None` when it is none.
pub(super) fn domain(address: &str) -> Option<&str> {
    let (local, domain) = address.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then_some(domain)
}

/// Whether a spelling is an id that tells a person nothing.
pub(super) fn is_opaque(text: &str) -> bool {
    let text = bare(text);
    text.is_empty() || is_guid(text) || is_sid(text) || is_puid(text)
}

fn is_puid(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The PUID in a `UserKey`: bare, before the domain of the tenant, or as `SharePoint` writes it.
pub(super) fn puid(key: &str) -> Option<&str> {
    let key = trimmed(key);
    let key = key.get(..16).filter(|_| is_bare(key, 16)).or_else(|| {
        let inner = key
            .rsplit('|')
            .next()
            .filter(|inner| inner.len() < key.len())?;
        inner.get(..16).filter(|_| is_bare(inner, 16))
    })?;
    (is_puid(key) && is_solid(key)).then_some(key)
}

/// Whether a text ends at a place, or goes on with a domain there.
fn is_bare(text: &str, end: usize) -> bool {
    text.as_bytes().get(end).is_none_or(|byte| *byte == b'@')
}

/// Kind and object id of a prefixed id (`ServicePrincipal_<guid>`).
pub(super) fn prefixed(text: &str) -> Option<(&'static str, &str)> {
    // A byte tells of nearly every spelling that it has no prefix.
    let before = text.len().checked_sub(37)?;
    if text.as_bytes().get(before) != Some(&b'_') {
        return None;
    }
    let id = PREFIXES.iter().find_map(|prefix| {
        let id = strip(text, prefix)?;
        Some((prefix.trim_end_matches('_'), id))
    })?;
    is_guid(id.1).then_some(id)
}

/// The principal name that a deleted user had: its object id without hyphens was put before it.
pub(super) fn undeleted<'t>(upn: &'t str, object: &str) -> Option<&'t str> {
    let mut head = upn.bytes();
    let digits = object.bytes().filter(|byte| *byte != b'-');
    let fits = digits.clone().all(|digit| {
        head.next()
            .is_some_and(|byte| byte.eq_ignore_ascii_case(&digit))
    });
    (fits && digits.count() == 32)
        .then(|| upn.get(32..))
        .flatten()
}

/// The address, folded, that a guest has at home: `bob_other.example#EXT#@example.com` is `bob@other.example`.
pub(super) fn home_of_guest(upn: &str) -> Option<String> {
    let place = upn.find('#')?;
    let (guest, rest) = (upn.get(..place)?, upn.get(place..)?);
    let (local, domain) = guest.rsplit_once('_')?;
    let is_guest = starts_with(rest, "#EXT#@") && !local.is_empty() && !domain.is_empty();
    is_guest.then(|| fold(&format!("{local}@{domain}")))
}

/// Every form of a spelling, folded: as written first, then with less and less around the name.
pub(super) fn forms(written: &str) -> Vec<String> {
    let mut forms = Vec::new();
    let mut next = Some(trimmed(written));
    while let Some(form) = next {
        let folded = fold(form);
        if !folded.is_empty() && !forms.contains(&folded) {
            forms.push(folded);
        }
        next = peel(form);
    }
    // Inside of a distinguished name commas are escaped.
    let unescaped = forms.last().filter(|form| form.contains("\\,"));
    let unescaped = unescaped.map(|form| form.replace("\\,", ","));
    forms.extend(unescaped);
    forms
}

/// The barest form of a spelling, as written.
pub(super) fn bare(written: &str) -> &str {
    let mut form = trimmed(written);
    while let Some(next) = peel(form) {
        form = next;
    }
    form
}

/// A spelling with one wrapping less; `None` when there is none. What is left is shorter, and not empty.
fn peel(text: &str) -> Option<&str> {
    let peels: [fn(&str) -> Option<&str>; 8] = [
        unquoted, scheme, claim, bracketed, account, relative, tail, of_prefix,
    ];
    peels
        .iter()
        .find_map(|peel| peel(text))
        .map(str::trim)
        .filter(|left| !left.is_empty() && left.len() < text.len())
}

fn unquoted(text: &str) -> Option<&str> {
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\''))
}

fn scheme(text: &str) -> Option<&str> {
    SCHEMES.iter().find_map(|scheme| strip(text, scheme))
}

/// `i:0h.f|membership|10032001266c162c@live.com`, whose last part holds a PUID or a principal name.
fn claim(text: &str) -> Option<&str> {
    let inner = starts_with(text, "i:0").then(|| text.rsplit_once('|'));
    match inner.flatten() {
        Some((_, inner)) => puid(inner).or(Some(inner)),
        None => text.contains('@').then(|| puid(text)).flatten(),
    }
}

/// `Name (address)` and `Name <address>`; anything else in brackets is part of the name.
fn bracketed(text: &str) -> Option<&str> {
    let inner = |open, close| Some(text.strip_suffix(close)?.rsplit_once(open)?.1);
    inner('(', ')')
        .or_else(|| inner('<', '>'))
        .filter(|inner| is_id(inner.trim()))
}

/// `DOMAIN\name`, but for accounts that are the same on every machine.
fn account(text: &str) -> Option<&str> {
    let (domain, name) = text.rsplit_once('\\')?;
    let is_local = AUTHORITIES
        .iter()
        .any(|known| domain.eq_ignore_ascii_case(known));
    // A backslash in a distinguished name escapes what follows, and a path has several parts.
    let is_domain =
        !is_local && !domain.contains(['=', '\\', '|']) && !name.starts_with([',', ' ']);
    is_domain.then_some(name)
}

/// The first name of a distinguished name (`CN=Smith\, John,OU=people`).
fn relative(text: &str) -> Option<&str> {
    let rest = strip(text, "CN=")?;
    let mut escaped = false;
    let end = rest.bytes().position(|byte| {
        let ends = byte == b',' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    rest.get(..end.unwrap_or(rest.len()))
}

/// The last part of a canonical name (`forest/organisations/tenant/alice`) or a legacy name (`/o=…/cn=alice`). A slash in a name for
/// people (`HR/Payroll`, `Mail / Sync`) is none of a path.
fn tail(text: &str) -> Option<&str> {
    let (before, last) = text.rsplit_once('/')?;
    if starts_with(text, "/o=") {
        return strip(last, "cn=");
    }
    let is_path = before.contains(['/', '.']) && !text.contains("://");
    (is_path && !before.ends_with(' ') && !last.starts_with(' ')).then_some(last)
}

fn of_prefix(text: &str) -> Option<&str> {
    prefixed(text).map(|(_, id)| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "e4ad2d28-703e-4189-9752-6b827ef9107d";

    #[test]
    fn every_form_of_a_spelling() {
        for (written, expected) in [
            ("alice", &["alice"][..]),
            (
                "SMTP:Alice@example.com",
                &["smtp:alice@example.com", "alice@example.com"],
            ),
            (
                "Alice A (alice@example.com)",
                &["alice a (alice@example.com)", "alice@example.com"],
            ),
            ("Alice (Sales)", &["alice (sales)"]),
            ("EXAMPLE\\alice", &["example\\alice", "alice"]),
            ("NT AUTHORITY\\SYSTEM", &["nt authority\\system"]),
            (
                "CN=Smith\\, John,OU=x,DC=y",
                &["cn=smith\\, john,ou=x,dc=y", "smith\\, john", "smith, john"],
            ),
            (
                "PROD/Hosted/t.example/alice",
                &["prod/hosted/t.example/alice", "alice"],
            ),
            (
                "i:0h.f|membership|10032001266c162c@live.com",
                &[
                    "i:0h.f|membership|10032001266c162c@live.com",
                    "10032001266c162c",
                ],
            ),
            (
                "i:0#.f|membership|alice@example.com",
                &["i:0#.f|membership|alice@example.com", "alice@example.com"],
            ),
            ("https://example.com/x", &["https://example.com/x"]),
            ("HR/Payroll", &["hr/payroll"]),
            ("Mail / Sync / All", &["mail / sync / all"]),
            (
                "/o=EX/ou=a/cn=Recipients/cn=alice",
                &["/o=ex/ou=a/cn=recipients/cn=alice", "alice"],
            ),
            ("", &[]),
            ("/", &["/"]),
            ("\\", &["\\"]),
        ] {
            assert_eq!(forms(written), expected, "{written}");
        }
        assert_eq!(forms(&format!("ServicePrincipal_{ID}"))[1], ID);
        assert_eq!(bare(&format!("example.onmicrosoft.com\\{ID}")), ID);
    }

    #[test]
    fn what_names_nobody() {
        for text in [
            "",
            " ",
            "Not Available",
            "<null>",
            "00000000-0000-0000-0000-000000000000",
            "S-1-5-10",
            "S-1-5-18",
            "Member@local",
            "Everyone",
        ] {
            assert!(!is_solid(text), "{text}");
        }
        for text in [ID, "alice", "S-1-5-21-1-2-3", "S-1-12-1-4", "a@b"] {
            assert!(is_solid(text), "{text}");
        }
    }

    #[test]
    fn puids_of_keys() {
        for (key, expected) in [
            ("10032001266C162C", Some("10032001266C162C")),
            ("10032001266C162C@example.com", Some("10032001266C162C")),
            (
                "i:0h.f|membership|10032001266c162c@live.com",
                Some("10032001266c162c"),
            ),
            (ID, None),
            ("0000000000000000", None),
            ("10032001266C162C7", None),
            ("Not Available", None),
        ] {
            assert_eq!(puid(key), expected, "{key}");
        }
    }

    #[test]
    fn deleted_users_had_a_name() {
        let upn = "e4ad2d28703e418997526b827ef9107dbob@example.com";
        assert_eq!(undeleted(upn, ID), Some("bob@example.com"));
        assert_eq!(undeleted("bob@example.com", ID), None);
    }

    #[test]
    fn guests_have_an_address_at_home() {
        for (upn, expected) in [
            (
                "Bob_b_other.example#EXT#@example.onmicrosoft.com",
                Some("bob_b@other.example"),
            ),
            ("bob_other.example#ext#@e", Some("bob@other.example")),
            ("bob@example.com", None),
            ("_other.example#EXT#@e", None),
            ("bob#EXT#@e", None),
            ("#", None),
        ] {
            assert_eq!(home_of_guest(upn).as_deref(), expected, "{upn}");
        }
    }

    proptest::proptest! {
        #[test]
        fn forms_of_anything_end(text in "\\PC{0,60}") {
            forms(&text);
            bare(&text);
            puid(&text);
            undeleted(&text, ID);
        }
    }
}
