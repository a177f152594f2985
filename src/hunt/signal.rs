//! Signals: each reason a grant can be suspicious, with its weight in bits and one plain sentence.
//!
//! One table, [`SIGNALS`]. A signal fires, stays silent, or says that it cannot be judged; it never lowers a score. What surprises is
//! weighed as −log2 of a smoothed probability as of the grant; what is dangerous in itself has fixed bits. Not here: the sum and the
//! bands (`score`).

use super::access::Summary;
use super::baseline::{Baseline, Past, Tunables, place_at};
use super::catalog::Power;
use super::model::{Grant, Listing, PrincipalKind, Scope, Signal};
use super::power::{strongest, unlisted};
use crate::record::RecordId;
use crate::text::{count, grouped};
use crate::time::{self, Instant};
use chrono::Timelike;
use std::cell::OnceCell;

/// Hours back in which another act of the actor tells where he was.
const PLACE_HOURS: i64 = 12;

/// Why nothing can be compared with what came before.
const NO_TIME: &str = "when it happened: the record lost its time";

/// The same for a right that only a listing shows.
const NO_RECORD: &str = "when and by whom it was given: no record made it";

/// Why a grant has no moment to compare with.
fn undated(grant: &Grant) -> &'static str {
    match grant.listing {
        Listing::WithoutRecord => NO_RECORD,
        _ => NO_TIME,
    }
}

/// Everything a grant is judged by. Histories hold what actor and grantee did at any time; signals look only where they may.
pub struct Facts<'a> {
    /// The grant to be judged.
    pub grant: &'a Grant,
    /// What the actor did; `None` when the record names nobody.
    pub actor: Option<&'a Past>,
    /// What the grantee did; `None` when the record names nobody.
    pub grantee: Option<&'a Past>,
    /// When the log begins, as far as this grant goes: its time less the days of the window that hold any record, so that one stray
    /// old record is no history.
    pub log_start: Instant,
    /// Grants by this actor before this one, system grants left out.
    pub earlier_by_actor: u64,
    /// Of those, to this grantee.
    pub earlier_to_grantee: u64,
    /// Changes of a credential of the grantee within a week before, newest last.
    pub credentials: &'a [(Instant, RecordId)],
    /// What followed, where the evidence ties accesses to the grant by name.
    pub after: Option<&'a Summary>,
    /// Lengths and thresholds in force.
    pub tunables: Tunables,
    /// Filled in while judging: each baseline is worked out once.
    pub baselines: Baselines,
}

/// The baselines of a grant's actor and grantee, once they are asked for.
#[derive(Debug, Default)]
pub struct Baselines {
    actor: OnceCell<Baseline>,
    grantee: OnceCell<Baseline>,
}

/// Whether a signal looks at what came before the grant (and the grant itself) or at what followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The grant and what came before.
    Before,
    /// What followed the grant.
    After,
}

/// What a signal says of a grant.
#[derive(Debug, Clone, PartialEq)]
enum Judged {
    Fires {
        bits: f64,
        detail: String,
        record_ids: Vec<RecordId>,
    },
    Silent,
    Unknown(String),
}

/// A signal: what it is called, how much it can weigh, and how it judges.
pub struct SignalSpec {
    /// Stable name, the one that exports carry.
    pub name: &'static str,
    /// Which side of the grant it looks at.
    pub direction: Direction,
    /// Most bits it can weigh.
    pub cap: f64,
    /// The setting it obeys, named after ATT&CK's mutable elements; empty when there is none.
    pub knob: &'static str,
    /// What it means, in one line.
    pub what: &'static str,
    judge: fn(&Facts<'_>) -> Judged,
}

/// Every signal that a grant is judged by.
pub const SIGNALS: &[SignalSpec] = &[
    SignalSpec {
        name: "power",
        direction: Direction::Before,
        cap: 8.0,
        knob: "delegate_permission_level",
        what: "what the right opens",
        judge: power,
    },
    SignalSpec {
        name: "scope",
        direction: Direction::Before,
        cap: 4.0,
        knob: "folder_target_scope",
        what: "how far the right reaches",
        judge: scope,
    },
    SignalSpec {
        name: "grantee-kind",
        direction: Direction::Before,
        cap: 4.0,
        knob: "mailbox_delegate_allowlist",
        what: "the grantee is an application, guest or everybody",
        judge: grantee_kind,
    },
    SignalSpec {
        name: "self-grant",
        direction: Direction::Before,
        cap: 3.0,
        knob: "delegator_delegate_pairing",
        what: "the actor gave himself the right",
        judge: self_grant,
    },
    SignalSpec {
        name: "off-hours",
        direction: Direction::Before,
        cap: 6.0,
        knob: "working_hours",
        what: "the actor is not usually active at this hour",
        judge: off_hours,
    },
    SignalSpec {
        name: "new-country",
        direction: Direction::Before,
        cap: 8.0,
        knob: "geo_location",
        what: "the actor was never or seldom seen in this country",
        judge: new_country,
    },
    SignalSpec {
        name: "rare-grantee",
        direction: Direction::Before,
        cap: 5.0,
        knob: "dormancy",
        what: "the grantee is rarely or never active",
        judge: rare_grantee,
    },
    SignalSpec {
        name: "new-pair",
        direction: Direction::Before,
        cap: 3.0,
        knob: "delegator_delegate_pairing",
        what: "this actor never granted to this grantee",
        judge: new_pair,
    },
    SignalSpec {
        name: "new-mailbox",
        direction: Direction::Before,
        cap: 1.0,
        knob: "target_mailbox",
        what: "the grantee never used this mailbox before",
        judge: new_mailbox,
    },
    SignalSpec {
        name: "fresh-credential",
        direction: Direction::Before,
        cap: 3.0,
        knob: "oauth_client_id_allowlist",
        what: "the application got a credential shortly before",
        judge: fresh_credential,
    },
    SignalSpec {
        name: "fast-first-use",
        direction: Direction::After,
        cap: 2.0,
        knob: "time_window",
        what: "the right was used soon after",
        judge: fast_first_use,
    },
    SignalSpec {
        name: "many-mailboxes",
        direction: Direction::After,
        cap: 4.0,
        knob: "mail_access_volume_threshold",
        what: "many mailboxes were reached",
        judge: many_mailboxes,
    },
    SignalSpec {
        name: "whole-folders",
        direction: Direction::After,
        cap: 3.0,
        knob: "mail_access_volume_threshold",
        what: "whole folders were synchronised",
        judge: whole_folders,
    },
    SignalSpec {
        name: "removed-soon",
        direction: Direction::After,
        cap: 3.0,
        knob: "time_window",
        what: "the right was used and removed soon after",
        judge: removed_soon,
    },
];

/// Name of what holds a right back whose making no log can show (`score`).
pub const BEFORE_LOG: &str = "before-log";

/// Whether a signal looks at what followed.
pub fn is_after(name: &str) -> bool {
    let mut specs = SIGNALS.iter();
    specs.any(|spec| spec.name == name && spec.direction == Direction::After)
}

/// The signals of a grant that fire, strongest first, and what could not be judged.
pub fn judge(facts: &Facts<'_>) -> (Vec<Signal>, Vec<String>) {
    let (mut signals, mut unknowns) = (Vec::new(), Vec::new());
    if !facts.grant.degraded.is_empty() {
        unknowns.push(format!("what the record lost: {}", facts.grant.degraded));
    }
    for spec in SIGNALS {
        match (spec.judge)(facts) {
            Judged::Fires {
                bits,
                detail,
                record_ids,
            } if bits >= 0.05 => {
                let bits = (bits.min(spec.cap) * 10.0).round() / 10.0;
                signals.push(Signal {
                    name: spec.name,
                    bits,
                    detail,
                    record_ids,
                });
            }
            Judged::Unknown(reason) if !unknowns.contains(&reason) => unknowns.push(reason),
            Judged::Fires { .. } | Judged::Silent | Judged::Unknown(_) => {}
        }
    }
    signals.sort_by(|left, right| {
        right
            .bits
            .total_cmp(&left.bits)
            .then(left.name.cmp(right.name))
    });
    (signals, unknowns)
}

fn fires(bits: f64, detail: impl Into<String>) -> Judged {
    Judged::Fires {
        bits,
        detail: detail.into(),
        record_ids: Vec::new(),
    }
}

/// −log2 of a probability, smoothed by half an observation on each side: one odd event in three and one in ten thousand differ.
fn surprise(seen: u64, of: u64) -> f64 {
    -((float(seen) + 0.5) / (float(of) + 1.0)).log2()
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn float(number: u64) -> f64 {
    number as f64
}

fn power(facts: &Facts<'_>) -> Judged {
    let power = strongest(facts.grant);
    // Over one mailbox, over all of them. The right to everything in one is `low` by itself, everywhere it is `high` with its scope.
    let (one, all) = match power {
        Power::None => return unknown_right(facts.grant),
        Power::Metadata | Power::Calendar => (0.5, 1.0),
        Power::Settings | Power::Send => (1.0, 3.0),
        Power::Read => (2.0, 6.0),
        Power::Escalate | Power::Full => (3.0, 8.0),
    };
    let tenant = facts.grant.scope == Scope::Tenant;
    fires(
        if tenant { all } else { one },
        format!("the right opens {}", power.meaning()),
    )
}

/// A role or right that no list explains can open anything.
fn unknown_right(grant: &Grant) -> Judged {
    match unlisted(grant) {
        Some(role) => Judged::Unknown(format!(
            "what {role} opens: the evidence and the catalogue do not say"
        )),
        None => Judged::Silent,
    }
}

fn scope(facts: &Facts<'_>) -> Judged {
    match facts.grant.scope {
        Scope::Tenant if strongest(facts.grant) > Power::None => {
            fires(4.0, "it reaches every mailbox of the organisation")
        }
        Scope::Tenant => fires(
            1.0,
            "it reaches the whole organisation, with rights that are not known to open mail",
        ),
        Scope::Mailbox | Scope::Folder => Judged::Silent,
    }
}

fn grantee_kind(facts: &Facts<'_>) -> Judged {
    let name = &facts.grant.grantee.name;
    match facts.grant.grantee.kind {
        PrincipalKind::ServicePrincipal | PrincipalKind::ManagedIdentity => {
            fires(3.0, format!("{name} is an application"))
        }
        PrincipalKind::Guest => fires(4.0, format!("{name} is a guest")),
        PrincipalKind::External => fires(4.0, format!("{name} belongs to another organisation")),
        PrincipalKind::Default if opens_anything(facts.grant) => {
            fires(4.0, "everybody in the organisation gets it")
        }
        PrincipalKind::Anonymous if opens_anything(facts.grant) => {
            fires(4.0, "anybody without an account gets it")
        }
        PrincipalKind::Unknown if facts.grant.grantee.is_nobody() => {
            Judged::Unknown("the record does not name the grantee".to_owned())
        }
        PrincipalKind::Unknown => Judged::Unknown(format!(
            "what kind of principal {name} is: the evidence does not say"
        )),
        _ => Judged::Silent,
    }
}

fn opens_anything(grant: &Grant) -> bool {
    strongest(grant) > Power::None
}

fn self_grant(facts: &Facts<'_>) -> Judged {
    let (actor, grantee) = (&facts.grant.actor, &facts.grant.grantee);
    let same = !actor.is_nobody()
        && actor
            .spellings
            .iter()
            .any(|spelling| grantee.spellings.contains(spelling));
    let on_himself = facts
        .grant
        .target
        .spellings
        .iter()
        .any(|spelling| actor.spellings.contains(spelling));
    if same && !on_himself {
        fires(3.0, format!("{} gave it to himself", actor.name))
    } else {
        Judged::Silent
    }
}

/// The actor's baseline, or why there is none to judge by.
fn actor_baseline<'a>(facts: &'a Facts<'_>) -> Result<(&'a Baseline, Instant), String> {
    let moment = facts.grant.time.ok_or_else(|| undated(facts.grant))?;
    let past = facts
        .actor
        .ok_or("who granted: the record names no actor")?;
    let baseline = (facts.baselines.actor).get_or_init(|| baseline(facts, past, moment));
    if baseline.is_short() {
        return Err(too_short(facts, baseline));
    }
    Ok((baseline, moment))
}

fn baseline(facts: &Facts<'_>, past: &Past, moment: Instant) -> Baseline {
    Baseline::of(past, moment, facts.log_start, facts.tunables)
}

fn too_short(facts: &Facts<'_>, baseline: &Baseline) -> String {
    format!(
        "what is normal for {}: not enough history ({} of log before the grant, {} needed)",
        facts.grant.actor.name,
        count(u64::try_from(baseline.days).unwrap_or(0), "day"),
        facts.tunables.history_days
    )
}

/// The grantee's baseline, or why there is none to judge by; `None` for a grantee that does nothing itself (a group, everybody,
/// Microsoft) or that the record does not name.
fn grantee_baseline<'a>(facts: &'a Facts<'_>) -> Option<Result<(&'a Baseline, Instant), String>> {
    let grantee = &facts.grant.grantee;
    let acts = matches!(
        grantee.kind,
        PrincipalKind::User
            | PrincipalKind::Guest
            | PrincipalKind::External
            | PrincipalKind::ServicePrincipal
            | PrincipalKind::ManagedIdentity
            | PrincipalKind::Unknown
    );
    (acts && !grantee.is_nobody()).then(|| {
        let moment = facts.grant.time.ok_or_else(|| undated(facts.grant))?;
        let past = facts
            .grantee
            .ok_or_else(|| format!("what {} did before: no history was read", grantee.name))?;
        let baseline = (facts.baselines.grantee).get_or_init(|| baseline(facts, past, moment));
        if baseline.is_short() {
            return Err(format!(
                "how often {} is active: not enough history before the grant",
                grantee.name
            ));
        }
        Ok((baseline, moment))
    })
}

fn off_hours(facts: &Facts<'_>) -> Judged {
    let (baseline, moment) = match actor_baseline(facts) {
        Ok(found) => found,
        Err(reason) => return Judged::Unknown(reason),
    };
    if baseline.acts < facts.tunables.fewest_acts {
        return Judged::Unknown(format!(
            "the usual hours of {}: only {} in the window",
            facts.grant.actor.name,
            count(baseline.acts, "act")
        ));
    }
    let hour = u8::try_from(moment.hour()).unwrap_or(0);
    let around = baseline.around(hour);
    // Three of 24 hours are looked at: an even spread over the day is no surprise.
    let even = -(3.0_f64 / 24.0).log2();
    let bits = surprise(around, baseline.acts) - even;
    if bits < 1.0 {
        return Judged::Silent;
    }
    fires(
        bits,
        format!(
            "at {hour:02}h UTC: {} of {} in the {} up to the day before were within an hour of it",
            grouped(around),
            count(baseline.acts, "act"),
            count(u64::try_from(baseline.days).unwrap_or(0), "day")
        ),
    )
}

fn new_country(facts: &Facts<'_>) -> Judged {
    let (baseline, moment) = match actor_baseline(facts) {
        Ok(found) => found,
        Err(reason) => return Judged::Unknown(reason),
    };
    let Some((country, how)) = actor_country(facts, moment) else {
        return Judged::Unknown(format!(
            "where {} was: no usable address on the grant or on a sign-in before it",
            facts.grant.actor.name
        ));
    };
    if baseline.placed() < facts.tunables.fewest_acts {
        return Judged::Unknown(format!(
            "the usual places of {}: only {} with a country",
            facts.grant.actor.name,
            count(baseline.placed(), "act")
        ));
    }
    let seen = baseline.countries.get(&country).copied().unwrap_or(0);
    let others = baseline.placed();
    let usual = baseline
        .countries
        .iter()
        .max_by_key(|(_, count)| **count)
        .map_or("", |(country, _)| country);
    if country == usual || surprise(seen, others) < 2.0 {
        return Judged::Silent;
    }
    fires(
        surprise(seen, others),
        format!(
            "from {country} ({how}): {} of {} up to the day before were there, {usual} is usual",
            grouped(seen),
            count(others, "act")
        ),
    )
}

/// Country of the actor, and how it is known: his own address on the record, else another act of his.
pub fn actor_country(facts: &Facts<'_>, moment: Instant) -> Option<(String, String)> {
    let place = &facts.grant.place;
    if place.country.is_empty() {
        let (country, how) = place_at(facts.actor?, &place.session, moment, PLACE_HOURS)?;
        let why = if place.microsoft {
            "the grant shows Microsoft's address; country "
        } else {
            "the grant shows no address; country "
        };
        return Some((country, format!("{why}{how}")));
    }
    Some((
        place.country.clone(),
        format!("address {} of the grant", place.ip),
    ))
}

fn rare_grantee(facts: &Facts<'_>) -> Judged {
    let grant = facts.grant;
    let (baseline, moment) = match grantee_baseline(facts) {
        Some(Ok(found)) => found,
        Some(Err(reason)) => return Judged::Unknown(reason),
        None => return Judged::Silent,
    };
    let days = u64::try_from(baseline.days).unwrap_or(0).max(1);
    if baseline.ever == 0 && !is_known_actor(grant) {
        return Judged::Unknown(format!(
            "how often {} is active: the evidence never shows this name acting, and does not tie it to one that does",
            grant.grantee.name
        ));
    }
    if baseline.ever == 0 {
        return fires(
            surprise(0, days),
            format!(
                "{} is not seen once in the {} of log up to the day before",
                grant.grantee.name,
                count(days, "day")
            ),
        );
    }
    let bits = surprise(baseline.active_days.min(days), days);
    if bits < 1.5 {
        return Judged::Silent;
    }
    let last = baseline
        .last
        .map(|last| format!(", last {} before", time::length(moment - last)))
        .unwrap_or_default();
    fires(
        bits,
        format!(
            "{} was active on {} of {}{last}",
            grant.grantee.name,
            grouped(baseline.active_days),
            count(days, "day")
        ),
    )
}

/// Whether the grantee is known under a name that records of acting would show: a principal name, or the id of an application.
fn is_known_actor(grant: &Grant) -> bool {
    !grant.app_ids.is_empty()
        || grant
            .grantee
            .spellings
            .iter()
            .any(|spelling| spelling.contains('@'))
}

fn new_pair(facts: &Facts<'_>) -> Judged {
    let (actor, grantee) = (&facts.grant.actor, &facts.grant.grantee);
    if actor.is_nobody() || grantee.is_nobody() || facts.earlier_to_grantee > 0 {
        return Judged::Silent;
    }
    let Some(moment) = facts.grant.time else {
        return Judged::Unknown(undated(facts.grant).to_owned());
    };
    let log = Baseline::of(&Past::default(), moment, facts.log_start, facts.tunables);
    if log.is_short() {
        return Judged::Unknown(too_short(facts, &log));
    }
    let bits = 1.0 + surprise(0, facts.earlier_by_actor).min(3.0) / 3.0;
    let detail = format!(
        "{} never granted to {} before ({} to others)",
        actor.name,
        grantee.name,
        count(facts.earlier_by_actor, "earlier grant")
    );
    // An actor who never granted at all is the stronger surprise of the two.
    if facts.earlier_by_actor == 0 {
        fires(2.0, format!("{} never granted anything before", actor.name))
    } else {
        fires(bits, detail)
    }
}

fn new_mailbox(facts: &Facts<'_>) -> Judged {
    let grant = facts.grant;
    if grant.scope == Scope::Tenant || !opens_anything(grant) {
        return Judged::Silent;
    }
    let moment = match grantee_baseline(facts) {
        Some(Ok((_, moment))) => moment,
        Some(Err(reason)) => return Judged::Unknown(reason),
        None => return Judged::Silent,
    };
    let used = |spelling: &String| {
        let past = facts.grantee;
        past.is_some_and(|past| past.used(spelling, moment, facts.tunables))
    };
    if !is_known_actor(grant) || grant.target.spellings.iter().any(used) {
        return Judged::Silent;
    }
    fires(
        1.0,
        format!(
            "{} never used {} before",
            grant.grantee.name, grant.target.name
        ),
    )
}

fn fresh_credential(facts: &Facts<'_>) -> Judged {
    let (Some(moment), Some((last, _))) = (facts.grant.time, facts.credentials.last()) else {
        return Judged::Silent;
    };
    let record_ids = facts.credentials.iter().map(|(_, id)| id.clone()).collect();
    let detail = format!(
        "{} got a credential {} before",
        facts.grant.grantee.name,
        time::length(moment - *last)
    );
    Judged::Fires {
        bits: 3.0,
        detail,
        record_ids,
    }
}

fn fast_first_use(facts: &Facts<'_>) -> Judged {
    let (Some(granted), Some(first)) =
        (facts.grant.time, facts.after.and_then(|after| after.first))
    else {
        return Judged::Silent;
    };
    let delay = first - granted;
    if delay.num_seconds() > facts.tunables.fast_use_seconds {
        return Judged::Silent;
    }
    fires(
        2.0,
        format!("first used {} after the grant", time::length(delay)),
    )
}

fn many_mailboxes(facts: &Facts<'_>) -> Judged {
    let reached = facts.after.map_or(0, |after| after.mailboxes.len());
    let many = facts.tunables.many_mailboxes.max(1);
    if reached < many {
        return Judged::Silent;
    }
    let times = reached / many;
    fires(
        2.0 + float(times as u64).log2().max(0.0),
        format!("{} reached through it", count(reached as u64, "mailbox")),
    )
}

fn whole_folders(facts: &Facts<'_>) -> Judged {
    match facts.after.map_or(0, |after| after.synchronised) {
        0 => Judged::Silent,
        folders => fires(
            2.0,
            format!(
                "{} synchronised whole: presume every message in them read",
                count(folders, "folder")
            ),
        ),
    }
}

fn removed_soon(facts: &Facts<'_>) -> Judged {
    let grant = facts.grant;
    let (Some(from), Some(to)) = (grant.time, grant.revoked_at) else {
        return Judged::Silent;
    };
    let used = facts.after.is_some_and(|after| after.accesses > 0);
    if (to - from).num_seconds() > facts.tunables.soon_removed_seconds || !used {
        return Judged::Silent;
    }
    let detail = format!(
        "used, then removed {} after it was given",
        time::length(to - from)
    );
    Judged::Fires {
        bits: 3.0,
        detail,
        record_ids: grant.revocation_ids.clone(),
    }
}
