//! From permission changes to grants: who is who, which records describe one act, and which removal ends which grant.
//!
//! A grant is an interval, opened by its records and closed by the matching removal. Records are taken in the order of time; within
//! one second the log has no order, so a removal in the same second as its grant leaves the state unknown. The result depends on
//! neither the order nor the repetition of records. Not here: scores.

mod drafts;

use super::catalog;
use super::grant::management_role::WITHIN;
use super::grant::role_group::MEMBER_OF;
use super::grant::{Effect, PermissionChange, changes};
use super::identity::Identities;
use super::model::{Act, Class, Grant, Listing, Party, Place, PrincipalKind, Road, Scope, State};
use crate::net;
use crate::record::{Located, Outcome, Record, RecordId};
use crate::text::fold;
use crate::time::Instant;
use drafts::Drafts;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Name shown for the target of a tenant-wide grant.
pub const EVERY_MAILBOX: &str = "all mailboxes";

/// Records of one act may be this far apart, in seconds.
const ONE_ACT_SECONDS: i64 = 2;

/// A change with the record that made it.
struct Event<'a> {
    located: &'a Located,
    change: PermissionChange,
}

impl Event<'_> {
    fn record(&self) -> &Record {
        &self.located.record
    }
}

/// A grant on its way, with what only the lifecycle needs.
#[derive(Clone)]
struct Draft {
    grant: Grant,
    /// Id of the grant as it was made, before partial removals split it.
    origin: String,
    handle: String,
    correlation: String,
}

/// One record's changes, with the grants they ask for.
struct Step<'a> {
    events: &'a [Event<'a>],
    granted: Vec<Draft>,
}

/// Every grant and attempt that the records show, by time and then id.
pub fn grants(records: &[Located], identities: &Identities) -> Vec<Grant> {
    grants_among(Drafts::default(), records, identities)
}

fn grants_among(mut drafts: Drafts, records: &[Located], identities: &Identities) -> Vec<Grant> {
    let events = events(records);
    let roles = GroupRoles::of(&events);
    for moment in events.chunk_by(|left, right| left.record().time == right.record().time) {
        let mut acts = Vec::new();
        for events in moment.chunk_by(|left, right| left.record().id == right.record().id) {
            let act = act(events, identities, &roles, &drafts);
            remove(&act, identities, &mut drafts);
            give(&act, &mut drafts);
            acts.push(act);
        }
        // Within one moment the log has no order: a removal also meets what was given after it in the order of ids.
        for act in &acts {
            remove(act, identities, &mut drafts);
        }
    }
    let mut grants = drafts.into_grants();
    grants.sort_by(|left, right| (left.time, &left.id).cmp(&(right.time, &right.id)));
    grants
}

/// The changes of all records in the order of time, then record id: each record once, whatever the order it came in. Records without
/// a time come last, for a removal among them can end whatever stands.
fn events(records: &[Located]) -> Vec<Event<'_>> {
    let mut unique: Vec<&Located> = records.iter().collect();
    unique.sort_by(|left, right| {
        // Of two copies the whole one counts, wherever it stands.
        let key = |located: &Located| {
            let Located { record, provenance } = located;
            (!record.degraded.is_empty(), record.time, *provenance)
        };
        left.record
            .id
            .cmp(&right.record.id)
            .then_with(|| key(left).cmp(&key(right)))
    });
    unique.dedup_by(|left, right| left.record.id == right.record.id);
    unique.sort_by_key(|located| {
        let time = located.record.time;
        (time.is_none(), time, &located.record.id)
    });
    unique
        .into_iter()
        .flat_map(|located| {
            changes(&located.record)
                .into_iter()
                .map(move |change| Event { located, change })
        })
        .collect()
}

/// When a role group was created, and with which roles.
type Creation = (Option<Instant>, Vec<String>);

/// The creations of role groups in the log, by group, in the order of time.
struct GroupRoles(BTreeMap<String, Vec<Creation>>);

impl GroupRoles {
    fn of(events: &[Event<'_>]) -> Self {
        let mut roles: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for event in events.iter().filter(|event| {
            event.record().operation.is("New-RoleGroup")
                && event.record().outcome != Outcome::Failed
        }) {
            let carried: Vec<String> = event
                .change
                .rights
                .iter()
                .filter(|right| !right.starts_with(MEMBER_OF))
                .cloned()
                .collect();
            let made = (event.record().time, carried);
            roles
                .entry(event.change.handle.clone())
                .or_default()
                .push(made);
        }
        Self(roles)
    }

    /// The roles of a group as of a moment: those of its last creation until then.
    fn at(&self, group: &str, moment: Option<Instant>) -> &[String] {
        let creations = self.0.get(group).map_or(&[][..], Vec::as_slice);
        creations
            .iter()
            .rev()
            .find(|(made, _)| made.is_none() || moment.is_none() || *made <= moment)
            .map_or(&[], |(_, roles)| roles)
    }
}

fn act<'a>(
    events: &'a [Event<'a>],
    identities: &Identities,
    roles: &GroupRoles,
    drafts: &Drafts,
) -> Step<'a> {
    let granted = events
        .iter()
        .filter(|event| event.change.effect != Effect::Revokes)
        .map(|event| {
            let mut new = draft(event, identities, roles);
            if let Some(known) = assignment(&event.change, drafts) {
                refer(&mut new, known);
            }
            new
        })
        .collect();
    Step { events, granted }
}

/// The earlier assignment of a role that a change only refers to by name.
fn assignment<'a>(change: &PermissionChange, drafts: &'a Drafts) -> Option<&'a Draft> {
    let refers = change.road == Road::ImpersonationRole
        && change.grantee.is_empty()
        && !change.handle.is_empty();
    refers.then(|| drafts.assignment(&change.handle)).flatten()
}

fn is_assigned(grant: &Grant) -> bool {
    matches!(
        grant.road,
        Road::ImpersonationRole | Road::RbacForApplications
    )
}

/// Fills in what a change of an assignment leaves unsaid: who is assigned and which role. Scopes it names replace those before.
fn refer(new: &mut Draft, known: &Draft) {
    let Draft { grant, .. } = new;
    let rescoped = grant.rights.iter().any(|right| right.starts_with(WITHIN));
    let kept = known.grant.rights.iter();
    let kept = kept.filter(|right| !(rescoped && right.starts_with(WITHIN)));
    grant.rights.extend(kept.cloned());
    grant.rights.sort();
    grant.rights.dedup();
    grant.road = known.grant.road;
    grant.grantee.clone_from(&known.grant.grantee);
    grant.app_ids.clone_from(&known.grant.app_ids);
}

/// Ends what the removals of an act end. Failed removals change nothing.
fn remove(act: &Step<'_>, identities: &Identities, drafts: &mut Drafts) {
    for event in act.events.iter().filter(|event| {
        event.change.effect == Effect::Revokes && event.record().outcome != Outcome::Failed
    }) {
        revoke(event, identities, &act.granted, drafts);
    }
}

/// Adds the grants of an act: as new ones, as further records of a known act, or not at all when they only repeat what stands.
fn give(act: &Step<'_>, drafts: &mut Drafts) {
    for (new, event) in act.granted.iter().zip(act.grants()) {
        if let Some(standing) = standing(act, new, drafts) {
            also(&mut standing.grant, &new.grant);
            continue;
        }
        if !new.grant.gave_nothing() && assignment(&event.change, drafts).is_some() {
            replace(new, event.record(), drafts);
        }
        match of_one_act(new, drafts) {
            Some(at) => {
                if let Some(draft) = drafts.get_mut(at) {
                    merge(&mut draft.grant, new.grant.clone());
                }
                drafts.note(at);
            }
            None => drafts.push(new.clone()),
        }
    }
}

/// The number of the last draft that a new grant is a further record of.
fn of_one_act(new: &Draft, drafts: &Drafts) -> Option<usize> {
    let is_its = |at: &usize| {
        drafts
            .get(*at)
            .is_some_and(|draft| is_one_act(&draft.grant, &draft.correlation, new))
    };
    is_directory(new.grant.road)
        .then(|| drafts.of_act(new).into_iter().find(is_its))
        .flatten()
}

impl Step<'_> {
    fn grants(&self) -> impl Iterator<Item = &Event<'_>> {
        let events = self.events.iter();
        events.filter(|event| event.change.effect != Effect::Revokes)
    }

    /// Whether it says what holds from now on, rather than what is added: a whole list, or an assignment as changed.
    fn replaces(&self) -> bool {
        self.events.len() > 1 || self.grants().any(|event| event.change.grantee.is_empty())
    }
}

/// The grant in force already that an act only repeats.
fn standing<'a>(act: &Step<'_>, new: &Draft, drafts: &'a mut Drafts) -> Option<&'a mut Draft> {
    if !act.replaces() {
        return None;
    }
    let grant = &new.grant;
    let near = drafts.standing_between(grant.road, Some(&grant.grantee), Some(&grant.target));
    let at = near
        .into_iter()
        .find(|at| drafts.get(*at).is_some_and(|draft| is_repeated(draft, new)))?;
    drafts.get_mut(at)
}

/// Whether two drafts say the same of the same grantee.
fn is_repeated(old: &Draft, new: &Draft) -> bool {
    let rights_count = old.grant.road == Road::FolderPermission || is_assigned(&old.grant);
    old.grant.road == new.grant.road
        && same(&old.grant.grantee, &new.grant.grantee)
        && same(&old.grant.target, &new.grant.target)
        && fold(&old.grant.folder) == fold(&new.grant.folder)
        && old.handle == new.handle
        && (!rights_count || old.grant.rights == new.grant.rights)
}

/// Ends the assignment that a change of it replaces.
fn replace(new: &Draft, record: &Record, drafts: &mut Drafts) {
    for at in drafts.standing_with_handle(&new.handle) {
        if let Some(old) = drafts.get_mut(at)
            && is_assigned(&old.grant)
            && old.handle == new.handle
        {
            close(&mut old.grant, record);
        }
    }
}

fn draft(event: &Event<'_>, identities: &Identities, roles: &GroupRoles) -> Draft {
    let (record, change) = (event.record(), &event.change);
    let (grantee, known_apps) = identities.party(
        &change.grantee,
        &change.grantee_aliases,
        change.grantee_kind,
    );
    let (actor, _) = identities.party(&record.user, &[], actor_kind(record));
    let target = target(change, identities);
    let reason = catalog::system_reason(&record.user, &change.target, &change.grantee);
    let act = act_of(record, change);
    let grant = Grant {
        id: id(&record.id, change),
        also_ids: Vec::new(),
        time: record.time,
        road: change.road,
        operation: record.operation.to_string(),
        actor,
        grantee,
        target,
        scope: change.scope,
        rights: rights(change, roles, record.time),
        act,
        class: if reason.is_some() {
            Class::System
        } else {
            Class::Candidate
        },
        class_reason: reason.unwrap_or_default().to_owned(),
        state: if act != Act::Given || record.time.is_none() {
            State::Unknown
        } else {
            State::Standing
        },
        revoked_at: None,
        ended_by: String::new(),
        listing: Listing::Unknown,
        listing_reason: String::new(),
        record_ids: vec![record.id.clone()],
        revocation_ids: Vec::new(),
        provenance: vec![event.located.provenance],
        place: place(record),
        app_ids: app_ids(change, known_apps),
        folder: change.folder.clone(),
        degraded: record.degraded.clone(),
    };
    Draft {
        origin: grant.id.clone(),
        grant,
        handle: change.handle.clone(),
        correlation: record.correlation.clone(),
    }
}

/// What became of a change that gives something.
fn act_of(record: &Record, change: &PermissionChange) -> Act {
    match (record.outcome, change.effect) {
        (Outcome::Failed, _) => Act::Failed,
        (_, Effect::Requests) => Act::Requested,
        _ => Act::Given,
    }
}

/// The ids that the record gives of an application, and those known from others, each once.
fn app_ids(change: &PermissionChange, known: Vec<String>) -> Vec<String> {
    let written = change.app_ids.iter().map(|app| fold(app));
    let mut app_ids: Vec<String> = written.chain(known).collect();
    app_ids.sort();
    app_ids.dedup();
    app_ids
}

/// The rights that a change gives; a membership gives what the group carries at that moment too.
fn rights(change: &PermissionChange, roles: &GroupRoles, moment: Option<Instant>) -> Vec<String> {
    let mut rights = change.rights.clone();
    if change.road == Road::RoleGroup {
        rights.extend_from_slice(roles.at(&change.handle, moment));
    }
    rights.sort();
    rights.dedup();
    rights
}

fn target(change: &PermissionChange, identities: &Identities) -> Party {
    if change.scope == Scope::Tenant {
        return Party {
            name: EVERY_MAILBOX.to_owned(),
            key: "*".to_owned(),
            ..Party::default()
        };
    }
    identities
        .party(
            &change.target,
            &change.target_aliases,
            PrincipalKind::Unknown,
        )
        .0
}

/// What the record says its actor is; a name alone is asked last.
fn actor_kind(record: &Record) -> PrincipalKind {
    use crate::record::UserType;
    match record.user_type {
        Some(UserType::Application | UserType::ServicePrincipal) => PrincipalKind::ServicePrincipal,
        Some(UserType::Guest) => PrincipalKind::Guest,
        Some(UserType::PartnerTechnician) => PrincipalKind::External,
        _ => super::grant::kind_of(&record.user),
    }
}

fn place(record: &Record) -> Place {
    let ip = record.address.ip;
    Place {
        inferred: String::new(),
        ip: ip.map_or_else(|| record.address.written.clone(), |ip| ip.to_string()),
        country: record.country_code().to_owned(),
        microsoft: ip.is_some_and(|ip| net::class(ip) == net::Class::Microsoft),
        session: record.session.clone(),
        agent: record.agent.clone(),
    }
}

/// Stable id of what one record grants: it depends on nothing but the record.
fn id(record: &RecordId, change: &PermissionChange) -> String {
    digest(&[
        &fold(&record.0),
        change.road.word(),
        &fold(&change.grantee),
        &fold(&change.target),
        &fold(&change.folder),
    ])
}

/// `g` and 12 hex digits.
fn digest(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\0").as_bytes());
    let hex = crate::text::hex(&digest);
    format!("g{}", hex.get(..12).unwrap_or(&hex))
}

/// Whether grants of a road are made in the directory.
fn is_directory(road: Road) -> bool {
    matches!(road, Road::Consent | Road::AppPermission)
}

/// Whether a new grant is a further record of an act known already: directory records of one correlation, or agreeing rights given by
/// the same actor within two seconds where one of the records does not name the grantee.
fn is_one_act(old: &Grant, correlation: &str, new: &Draft) -> bool {
    if !is_directory(old.road) || old.road != new.grant.road || old.act != new.grant.act {
        return false;
    }
    if !correlation.is_empty() && !new.correlation.is_empty() {
        return correlation == new.correlation
            && (same(&old.grantee, &new.grant.grantee)
                || old.grantee.is_nobody()
                || new.grant.grantee.is_nobody());
    }
    let close = old
        .time
        .zip(new.grant.time)
        .is_some_and(|(old, new)| (old - new).num_seconds().abs() <= ONE_ACT_SECONDS);
    let unnamed = old.grantee.is_nobody() || new.grant.grantee.is_nobody();
    let covered = |some: &[String], all: &[String]| some.iter().all(|right| all.contains(right));
    let agree = covered(&old.rights, &new.grant.rights) || covered(&new.grant.rights, &old.rights);
    close && unnamed && agree && old.actor.key == new.grant.actor.key
}

/// Keeps the ids that a grant would have if its other records were missing, so that a mark made then is found.
fn also(old: &mut Grant, new: &Grant) {
    let ids = new.also_ids.iter().chain([&new.id]);
    let ids: Vec<String> = ids.filter(|id| **id != old.id).cloned().collect();
    old.also_ids.extend(ids);
    old.also_ids.sort();
    old.also_ids.dedup();
}

/// Adds a further record of the same act. The earlier record keeps the id, at one moment the one with the smaller record id; whatever
/// it lacks, the later one fills in.
fn merge(old: &mut Grant, new: Grant) {
    also(old, &new);
    if old.place.ip.is_empty() {
        old.place = new.place;
    }
    if old.grantee.is_nobody()
        || (!old.grantee.name.contains(' ')
            && new.grantee.spellings.len() > old.grantee.spellings.len())
    {
        old.grantee = new.grantee;
    }
    if new.scope < old.scope {
        old.scope = new.scope;
        old.target = new.target;
    }
    old.rights.extend(new.rights);
    old.rights.sort();
    old.rights.dedup();
    old.app_ids.extend(new.app_ids);
    old.app_ids.sort();
    old.app_ids.dedup();
    let sources = old
        .record_ids
        .iter()
        .cloned()
        .zip(old.provenance.iter().copied())
        .chain(new.record_ids.into_iter().zip(new.provenance));
    let sources: BTreeMap<RecordId, _> = sources.collect();
    (old.record_ids, old.provenance) = sources.into_iter().unzip();
}

/// Closes the grants that a removal ends, whole or for the rights it names.
fn revoke(event: &Event<'_>, identities: &Identities, kept: &[Draft], drafts: &mut Drafts) {
    let (record, change) = (event.record(), &event.change);
    let (grantee, _) = identities.party(
        &change.grantee,
        &change.grantee_aliases,
        change.grantee_kind,
    );
    let target = target(change, identities);
    let mut remaining = Vec::new();
    for at in meant(change, &grantee, &target, drafts) {
        let Some(draft) = drafts.get_mut(at) else {
            continue;
        };
        let is_kept = kept.iter().any(|new| is_repeated(draft, new));
        if is_kept || !ends(change, &grantee, &target, draft) {
            continue;
        }
        let left: Vec<String> = draft
            .grant
            .rights
            .iter()
            .filter(|right| !takes(change, right))
            .cloned()
            .collect();
        if left.len() == draft.grant.rights.len() && !left.is_empty() {
            continue;
        }
        if !left.is_empty() {
            remaining.push(split(draft, left, record));
        }
        close(&mut draft.grant, record);
    }
    for draft in remaining {
        drafts.push(draft);
    }
}

/// The numbers of the standing drafts that a removal can be about.
fn meant(
    change: &PermissionChange,
    grantee: &Party,
    target: &Party,
    drafts: &mut Drafts,
) -> Vec<usize> {
    let grantee = (!takes_from_everybody(change)).then_some(grantee);
    match change.road {
        Road::ImpersonationRole => drafts.standing_with_handle(&change.handle),
        Road::RoleGroup if grantee.is_none() => drafts.standing_with_handle(&change.handle),
        Road::RoleGroup => drafts.standing_between(change.road, grantee, None),
        _ => drafts.standing_between(change.road, grantee, Some(target)),
    }
}

/// A cmdlet that names nobody takes the right from everybody; a directory record only lost the name.
fn takes_from_everybody(change: &PermissionChange) -> bool {
    change.grantee.is_empty() && !is_directory(change.road)
}

/// Whether a removal is about a grant.
fn ends(change: &PermissionChange, grantee: &Party, target: &Party, draft: &Draft) -> bool {
    let grant = &draft.grant;
    if change.road == Road::ImpersonationRole {
        return is_assigned(grant) && !change.handle.is_empty() && change.handle == draft.handle;
    }
    let somebody = takes_from_everybody(change) || same(grantee, &grant.grantee);
    let there = match change.road {
        Road::RoleGroup => change.handle == draft.handle,
        Road::FolderPermission => {
            same(target, &grant.target) && fold(&change.folder) == fold(&grant.folder)
        }
        _ => same(target, &grant.target),
    };
    change.road == grant.road && somebody && there
}

/// Whether a removal takes a right; one that names no rights takes all.
fn takes(change: &PermissionChange, right: &str) -> bool {
    let membership = change.road == Road::RoleGroup || change.road == Road::ImpersonationRole;
    membership
        || change.rights.is_empty()
        || change
            .rights
            .iter()
            .any(|taken| taken.eq_ignore_ascii_case(right))
}

/// The part of a grant that a partial removal leaves standing, as a grant of its own. Its id depends on the grant as it was made and on
/// the removal, so that it is the same whether earlier removals are in the evidence or not.
fn split(draft: &mut Draft, left: Vec<String>, record: &Record) -> Draft {
    let mut rest = draft.clone();
    draft.grant.rights.retain(|right| !left.contains(right));
    rest.grant.id = digest(&[&draft.origin, &fold(&record.id.0)]);
    rest.grant.also_ids.clear();
    rest.grant.rights = left;
    rest.correlation.clear();
    rest
}

fn close(grant: &mut Grant, record: &Record) {
    grant.revocation_ids.push(record.id.clone());
    grant.revocation_ids.sort();
    grant.ended_by = record.operation.to_string();
    if record.time.is_none() || record.time == grant.time {
        grant.state = State::Unknown;
    } else {
        grant.state = State::Revoked;
        grant.revoked_at = record.time;
    }
}

/// Whether two parties are one: they share a spelling. Nobody is not the same as nobody.
fn same(left: &Party, right: &Party) -> bool {
    let either = (left.is_nobody(), right.is_nobody());
    (either == (false, false) && left.key == right.key)
        || left
            .spellings
            .iter()
            .any(|spelling| right.spellings.binary_search(spelling).is_ok())
}

/// The grants of some records, each compared with every grant before it: the reference of the tests for [`Drafts`].
#[cfg(test)]
pub(super) fn grants_by_comparing_all(records: &[Located], identities: &Identities) -> Vec<Grant> {
    let mut drafts = Drafts::default();
    drafts.finds_all = true;
    grants_among(drafts, records, identities)
}

/// One sentence that says what was granted.
pub fn sentence(grant: &Grant) -> String {
    let somebody = |party: &Party| {
        if party.is_nobody() {
            "somebody".to_owned()
        } else {
            party.name.clone()
        }
    };
    let rights = if grant.rights.is_empty() {
        grant.road.word().to_owned()
    } else {
        grant.rights.join(", ")
    };
    let verb = match grant.act {
        Act::Given => "gave",
        Act::Failed => "tried to give",
        Act::Requested => "asked to give",
    };
    let folder = if grant.folder.is_empty() {
        String::new()
    } else {
        format!(" in {}", grant.folder)
    };
    format!(
        "{} {verb} {} {rights} on {}{folder} by {}",
        somebody(&grant.actor),
        somebody(&grant.grantee),
        somebody(&grant.target),
        grant.operation
    )
}
