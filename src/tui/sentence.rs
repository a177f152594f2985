//! Grants in plain words: one sentence that a tired person understands, and the short words of narrow columns.
//!
//! Not here: judgement. Text is returned as the records have it; it is made safe where it is drawn.

use crate::hunt::{
    Act, Class, Grant, Listing, Party, PrincipalKind, Road, Scope, ScoredGrant, Severity, State,
    Verdict,
};
use crate::text::{count, grouped};
use crate::time::{length, show};
use std::fmt::Write as _;

/// Who gave what to whom, on what, by which operation.
pub fn grant(grant: &Grant) -> String {
    let actor = name_or(&grant.actor.name, "somebody");
    let verb = grant.act.verb();
    let itself = !grant.actor.is_nobody() && grant.actor.key == grant.grantee.key;
    let grantee = if itself {
        "themselves"
    } else {
        name_or(&grant.grantee.name, "somebody")
    };
    let rights = if grant.rights.is_empty() {
        "access".to_owned()
    } else {
        grant.rights.join(", ")
    };
    let kind = kind_note(grant.grantee.kind);
    if grant.listing == Listing::WithoutRecord {
        return format!(
            "{grantee}{kind} has {rights} on {}, as {} lists; no record tells who gave it.",
            target(grant),
            name_or(&grant.operation, "a listing")
        );
    }
    format!(
        "{actor} {verb} {grantee}{kind} {rights} on {} by {}.",
        target(grant),
        name_or(&grant.operation, "an unnamed operation")
    )
}

fn target(grant: &Grant) -> String {
    let name = name_or(&grant.target.name, "an unnamed mailbox");
    match grant.scope {
        Scope::Folder if !grant.folder.is_empty() => {
            format!("the folder {} of {name}", grant.folder)
        }
        Scope::Tenant | Scope::Mailbox | Scope::Folder => name.to_owned(),
    }
}

/// The target in so many columns, with its folder as long as that has room: the domain of the name gives way first.
pub fn target_short(grant: &Grant, width: u16) -> String {
    let name = name_or(&grant.target.name, "–");
    if grant.folder.is_empty() {
        return name.to_owned();
    }
    let slash = if grant.folder.starts_with('\\') {
        ""
    } else {
        "\\"
    };
    let short = name
        .split_once('@')
        .map_or_else(|| name.to_owned(), |(local, _)| format!("{local}@…"));
    [
        format!("{name} {slash}{}", grant.folder),
        format!("{short} {slash}{}", grant.folder),
    ]
    .into_iter()
    .find(|text| text.chars().count() <= usize::from(width))
    .unwrap_or_else(|| name.to_owned())
}

fn kind_note(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Guest => " (a guest)",
        PrincipalKind::External => " (of another organisation)",
        PrincipalKind::ServicePrincipal => " (an application)",
        PrincipalKind::ManagedIdentity => " (a managed identity)",
        PrincipalKind::Group => " (a group)",
        PrincipalKind::RoleGroup => " (a role group)",
        PrincipalKind::System => " (Microsoft's own service)",
        PrincipalKind::Default => " (everybody signed in)",
        PrincipalKind::Anonymous => " (everybody, even without signing in)",
        PrincipalKind::User | PrincipalKind::Unknown => "",
    }
}

/// What is known of somebody beyond the name, or doubtful of it; empty when the name says all.
pub fn party(party: &Party) -> String {
    let mut notes = Vec::new();
    if !party.label.is_empty() && party.label != party.name {
        notes.push(format!("known as {}", party.label));
    }
    match party.candidates.as_slice() {
        [] => {}
        [only] => notes.push(format!("presumably {only}")),
        several => notes.push(format!(
            "ambiguous: {} may be {}",
            party.name,
            several.join(" or ")
        )),
    }
    if !party.resembles.is_empty() {
        notes.push(format!("looks like {}, and is not", party.resembles));
    }
    notes.join("; ")
}

/// A name for a narrow column, with a sign when it is not certain whom it names or it imitates another.
pub fn marked_name(party: &Party) -> String {
    let name = name_or(&party.name, "–");
    if party.candidates.is_empty() && party.resembles.is_empty() {
        name.to_owned()
    } else {
        format!("?{name}")
    }
}

/// A name, or what to say when there is none.
pub fn name_or<'a>(name: &'a str, otherwise: &'a str) -> &'a str {
    if name.trim().is_empty() {
        otherwise
    } else {
        name
    }
}

/// When and from where, in one line.
pub fn when_and_where(grant: &Grant) -> String {
    let time = grant
        .time
        .map_or_else(|| "at an unknown time".to_owned(), show);
    let mut out = time;
    if !grant.place.ip.is_empty() {
        out.push_str(" from ");
        out.push_str(&grant.place.ip);
        if grant.place.microsoft {
            out.push_str(" (Microsoft's own address)");
        } else if !grant.place.country.is_empty() {
            let _ = write!(out, " ({})", grant.place.country);
        }
    }
    out
}

/// Class and state in words.
pub fn class_and_state(grant: &Grant) -> String {
    let class = match grant.class {
        Class::Candidate => "candidate".to_owned(),
        Class::System | Class::Sanctioned => format!(
            "{}: {}",
            grant.class,
            name_or(&grant.class_reason, "no reason given")
        ),
    };
    let state = match (grant.act, grant.state, grant.revoked_at) {
        (Act::Failed, ..) => "an attempt, it failed".to_owned(),
        (Act::Requested, ..) => "a request, nothing was given yet".to_owned(),
        (_, State::Revoked, Some(at)) => {
            format!("revoked {}{}{}", show(at), ended_by(grant), stood(grant))
        }
        (_, State::Revoked, None) => format!("revoked{}", ended_by(grant)),
        (_, State::Standing, _) => "standing".to_owned(),
        (_, State::Unknown, _) => "state unknown".to_owned(),
    };
    format!("{class} · {state}")
}

fn ended_by(grant: &Grant) -> String {
    if grant.ended_by.is_empty() {
        return String::new();
    }
    format!(" by {}", grant.ended_by)
}

fn stood(grant: &Grant) -> String {
    match (grant.time, grant.revoked_at) {
        (Some(from), Some(to)) => format!(", stood {}", length(to - from)),
        _ => String::new(),
    }
}

/// What was reached through the grant.
pub fn accesses(scored: &ScoredGrant) -> String {
    if scored.accesses == 0 {
        return "no access after it in the log".to_owned();
    }
    let first = match (scored.grant.time, scored.first_access) {
        (Some(from), Some(to)) => format!(", the first after {}", length(to - from)),
        _ => String::new(),
    };
    let accesses = if scored.accesses == 1 {
        "1 access".to_owned()
    } else {
        format!("{} accesses", grouped(scored.accesses))
    };
    let mailboxes = if scored.mailboxes == 1 {
        "1 mailbox".to_owned()
    } else {
        format!("{} mailboxes", grouped(scored.mailboxes))
    };
    format!("{accesses} to {mailboxes}{first}")
}

/// What the accesses expose, by Microsoft's rules; empty when nothing is exposed or unknowable.
pub fn exposure(scored: &ScoredGrant) -> String {
    let exposure = scored.exposure;
    let mut parts = Vec::new();
    if exposure.proven > 0 {
        parts.push(format!("{} proven read", count(exposure.proven, "message")));
    }
    if exposure.presumed > 0 {
        parts.push(format!(
            "{} synchronised whole, presumed read",
            count(exposure.presumed, "folder")
        ));
    }
    match exposure.unknowable {
        0 => {}
        1 => parts.push("1 mailbox unknowable".to_owned()),
        many => parts.push(format!("{} mailboxes unknowable", grouped(many))),
    }
    parts.join(" · ")
}

/// Letter and glyph of a severity: never colour alone.
pub fn severity_sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "▲C",
        Severity::High => "▲H",
        Severity::Medium => " M",
        Severity::Low => " L",
        Severity::Info => " ·",
    }
}

/// A road in eight columns.
pub fn road_short(road: Road) -> &'static str {
    match road {
        Road::ImpersonationRole => "imperson",
        Road::RoleGroup => "rolegrp",
        Road::RbacForApplications => "rbac-app",
        Road::AppPermission => "app-perm",
        Road::Consent => "consent",
        Road::MailboxPermission => "mailbox",
        Road::SendAs => "send-as",
        Road::SendOnBehalf => "behalf",
        Road::FolderPermission => "folder",
        Road::AdPermission => "ad-perm",
        Road::CalendarDelegation => "calendar",
        Road::AccessPolicy => "policy",
        Road::DirectoryRole => "dir-role",
    }
}

/// State of a grant as one glyph.
pub fn state_sign(grant: &Grant) -> &'static str {
    match (grant.gave_nothing(), grant.state) {
        (true, _) => "×",
        (_, State::Standing) => "●",
        (_, State::Revoked) => "○",
        (_, State::Unknown) => "?",
    }
}

/// State of a grant as a word.
pub fn state_word(grant: &Grant) -> &'static str {
    if grant.gave_nothing() {
        grant.act.word()
    } else {
        grant.state.word()
    }
}

/// A verdict as one letter.
pub fn verdict_letter(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::TruePositive => "T",
        Verdict::FalsePositive => "F",
        Verdict::BenignTruePositive => "B",
        Verdict::Unknown => "?",
    }
}

/// Verdicts with what they say about a grant, in the order of the chooser.
pub const VERDICTS: &[(Verdict, &str)] = &[
    (Verdict::TruePositive, "it is abuse"),
    (Verdict::FalsePositive, "the detection is wrong"),
    (Verdict::BenignTruePositive, "rightly shown, but legitimate"),
    (Verdict::Unknown, "not decided yet"),
];

/// A grant in one tab-separated line, for the clipboard.
pub fn line(scored: &ScoredGrant) -> String {
    let time = scored.grant.time.map(show).unwrap_or_default();
    format!(
        "{}\t{time}\t{}\t{:.1}\t{}",
        scored.grant.id,
        scored.severity,
        scored.score,
        grant(&scored.grant)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_or_doubtful_of_a_party() {
        let named = |candidates: &[&str]| Party {
            candidates: candidates.iter().map(|name| (*name).to_owned()).collect(),
            ..Party::new("alex", PrincipalKind::User)
        };
        for (party_of, expected) in [
            (named(&[]), ""),
            (
                named(&["alex.a@example.com"]),
                "presumably alex.a@example.com",
            ),
            (
                named(&["alex.a@example.com", "alex.b@example.com"]),
                "ambiguous: alex may be alex.a@example.com or alex.b@example.com",
            ),
            (
                Party {
                    label: "Alex A".to_owned(),
                    resembles: "a1ex".to_owned(),
                    ..named(&[])
                },
                "known as Alex A; looks like a1ex, and is not",
            ),
        ] {
            assert_eq!(party(&party_of), expected);
        }
    }
}
