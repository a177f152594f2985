//! Grants beside listings: which are confirmed, which are gone without a removal, and which rights no grant explains.
//!
//! A listing counts as taken at the end of the log. What failed, only asks, or was revoked in the log is not compared. The result does
//! not depend on the order of grants or entries. Not here: what a listing shows (the parent module).

mod pairing;

use super::folder::{folder_thing, may_be};
use super::matching::{
    Parties, Slot, is_role, right_key, road_of, target_number, things_of_entry, things_of_grant,
};
use super::role::is_built_in;
use super::{Cover, Entitlement, Listed, Name};
use crate::hunt::catalog::Power;
use crate::hunt::catalog::folder_key;
use crate::hunt::grant::folder_permission;
use crate::hunt::grant::management_role::WITHIN;
use crate::hunt::identity::Identities;
use crate::hunt::lifecycle::EVERY_MAILBOX;
use crate::hunt::model::{
    Act, Class, Grant, Listing, Party, Place, PrincipalKind, Road, Scope, State,
};
use crate::hunt::power;
use crate::text::{fold, hex};
use crate::time::{Instant, show};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// First and last moment of the log.
pub type Span = Option<(Instant, Instant)>;

/// The flag of a calendar's delegate, folded.
const DELEGATE: &str = "delegate";

const NO_TIME: &str = "a listing has no time and counts as taken at the end of the log";

/// The grants of the log, each with what the listings say about it, and a grant for every listed right that none of them explains; by
/// time and then id.
pub fn reconcile(
    grants: Vec<Grant>,
    listed: &Listed,
    identities: &Identities,
    span: Span,
) -> Vec<Grant> {
    if listed.rights.is_empty() && listed.covers.is_empty() {
        return grants;
    }
    let mut table = Table::new(&grants, listed, identities);
    let mut grants = grants;
    let whose = std::mem::take(&mut table.whose);
    for (grant, whose) in grants.iter_mut().zip(&whose) {
        table.compare(grant, *whose);
    }
    table.join_names_of_folders();
    table.pair(&mut grants, &whose);
    for (grant, whose) in grants.iter_mut().zip(&whose) {
        table.miss(grant, *whose);
    }
    grants.extend(table.unexplained(span));
    grants.sort_by(|left, right| (left.time, &left.id).cmp(&(right.time, &right.id)));
    grants
}

/// What listings show of one slot.
#[derive(Default)]
struct Shown {
    /// Its entries, by number.
    entries: Vec<usize>,
    /// Rights that a grant of the log explains, as they are compared.
    explained: BTreeSet<String>,
}

/// Numbers of grantee and target of a grant.
type Whose = (usize, usize);

/// Listings, laid out to be looked into.
struct Table<'a> {
    listed: &'a Listed,
    parties: Parties<'a>,
    /// Numbers of holder and target of each entry.
    of_entry: Vec<Whose>,
    whose: Vec<Whose>,
    slots: HashMap<Slot, Shown>,
    /// What the listings would show: road, subject and thing, with the entry that says so.
    covers: HashMap<(Road, Option<usize>, String), &'a Cover>,
    /// Slots of entries whose holder is a delegate, by holder and target.
    delegates: HashMap<Whose, Vec<Slot>>,
    /// Roads and holders with an entry that lost what it gives.
    lost: HashSet<(Road, usize)>,
    /// Role groups and the roles that a grant of the log says they carry, folded.
    carried: HashSet<(String, String)>,
    /// Role groups with a listed member, folded.
    peopled: HashSet<String>,
    /// Holders of entries by road, target and every name that they may have: a grantee of that name may be one of them.
    unsure: HashMap<(Road, usize, String), BTreeSet<usize>>,
}

impl<'a> Table<'a> {
    fn new(grants: &[Grant], listed: &'a Listed, identities: &'a Identities) -> Self {
        let mut parties = Parties::new(identities);
        let rights = listed.rights.iter();
        let of_entry = parties.add_pairs(rights.map(|right| (&right.holder, &right.target)));
        let whose = parties.add_grants(grants);
        let subjects: Vec<usize> = listed
            .covers
            .iter()
            .map(|cover| parties.add_name(&cover.subject))
            .collect();
        let mut table = Self {
            listed,
            parties,
            of_entry,
            whose,
            slots: HashMap::new(),
            covers: HashMap::new(),
            delegates: HashMap::new(),
            lost: HashSet::new(),
            carried: carried(grants),
            peopled: listed
                .members
                .iter()
                .map(|member| fold(&member.group.spelling))
                .collect(),
            unsure: HashMap::new(),
        };
        table.lay_out();
        for (cover, subject) in listed.covers.iter().zip(subjects) {
            // The members of a role group are known by its name, assignments perhaps of everybody.
            let is_of_somebody = !cover.subject.is_nobody() && cover.road != Road::RoleGroup;
            let subject = is_of_somebody.then(|| table.parties.number(subject));
            let key = (road_of(cover.road), subject, cover.detail.clone());
            table.covers.entry(key).or_insert(cover);
        }
        table
    }

    fn lay_out(&mut self) {
        for (at, entry) in self.listed.rights.iter().enumerate() {
            let Some((holder, target)) = self.numbers(at) else {
                continue;
            };
            let road = road_of(entry.road);
            let things = things_of_entry(entry);
            if things.is_empty() {
                self.lost.insert((road, holder));
            }
            for thing in things {
                let slot = Slot {
                    road,
                    holder,
                    target,
                    thing,
                };
                if entry.rights.iter().any(|right| fold(right) == DELEGATE) {
                    let slots = self.delegates.entry((holder, target)).or_default();
                    slots.push(slot.clone());
                }
                self.slots.entry(slot).or_default().entries.push(at);
            }
            let party = self.of_entry.get(at).and_then(|of| self.parties.get(of.0));
            let Some((party, _)) = party else {
                continue;
            };
            let candidates = party.candidates.iter().map(|name| fold(name));
            for name in candidates.chain([fold(&entry.holder.spelling)]) {
                let holders = self.unsure.entry((road, target, name)).or_default();
                holders.insert(holder);
            }
        }
    }

    /// Entries that name a folder without its path are about the same as those of the one path that ends so, unless a grant tells of them.
    fn join_names_of_folders(&mut self) {
        let mut folders: BTreeMap<Whose, BTreeSet<Slot>> = BTreeMap::new();
        for slot in self
            .slots
            .keys()
            .filter(|slot| slot.road == Road::FolderPermission)
        {
            let of_both = folders.entry((slot.holder, slot.target)).or_default();
            of_both.insert(slot.clone());
        }
        for slots in folders.into_values() {
            for bare in &slots {
                let paths = slots.iter().filter(|path| may_be(&bare.thing, &path.thing));
                let [path] = paths.collect::<Vec<_>>()[..] else {
                    continue;
                };
                let is_told = |shown: &Shown| !shown.explained.is_empty();
                if self.slots.get(bare).is_some_and(is_told) {
                    continue;
                }
                let joined = self.slots.remove(bare).unwrap_or_default();
                if let Some(shown) = self.slots.get_mut(path) {
                    shown.entries.extend(joined.entries);
                    shown.entries.sort_unstable();
                }
            }
        }
    }

    /// The numbers under which holder and target of an entry are compared.
    fn numbers(&self, entry: usize) -> Option<Whose> {
        let (holder, target) = *self.of_entry.get(entry)?;
        let scope = self.listed.rights.get(entry)?.scope;
        let target = target_number(scope, target, &self.parties);
        Some((self.parties.number(holder), target))
    }

    /// Confirms a grant that an entry has.
    fn compare(&mut self, grant: &mut Grant, whose: Whose) {
        if !comes_in(grant) {
            return;
        }
        let mut found: Option<&'static str> = None;
        for slot in self.slots_of(grant, whose) {
            let Some(shown) = self.slots.get_mut(&slot) else {
                continue;
            };
            for at in &shown.entries {
                let Some(entry) = self.listed.rights.get(*at) else {
                    continue;
                };
                let common = common(grant, entry);
                if !common.is_empty() {
                    let name = entry.source.name();
                    found = Some(found.map_or(name, |known| known.min(name)));
                    shown.explained.extend(common);
                }
            }
        }
        if let Some(source) = found {
            grant.listing = Listing::Confirmed;
            grant.listing_reason = format!("{source} lists it; {NO_TIME}");
        }
    }

    /// Whether an entry about the same as a grant lost its rights: it may be this one.
    fn is_lost(&self, grant: &Grant, whose: Whose) -> bool {
        let slots = self.slots_of(grant, whose);
        let shown = slots.iter().filter_map(|slot| self.slots.get(slot));
        let mut entries = shown
            .flat_map(|shown| &shown.entries)
            .filter_map(|at| self.listed.rights.get(*at));
        entries.any(|entry| entry.rights.is_empty())
    }

    /// The slots in which an entry about the same as a grant would be.
    fn slots_of(&self, grant: &Grant, (grantee, target): Whose) -> Vec<Slot> {
        let holder = self.parties.number(grantee);
        let target = target_number(grant.scope, target, &self.parties);
        if grant.road == Road::CalendarDelegation {
            let slots = self.delegates.get(&(holder, target));
            return slots.cloned().unwrap_or_default();
        }
        let things = things_of_grant(grant).into_iter();
        things
            .map(|thing| Slot {
                road: road_of(grant.road),
                holder,
                target,
                thing,
            })
            .collect()
    }

    /// A grant that no entry has: gone, if a listing would have it.
    fn miss(&self, grant: &mut Grant, whose: Whose) {
        let is_missed =
            comes_in(grant) && grant.listing == Listing::Unknown && grant.state == State::Standing;
        if !is_missed || self.is_lost(grant, whose) {
            return;
        }
        let target = target_number(grant.scope, whose.1, &self.parties);
        let holder = self.parties.number(whose.0);
        let short = grant.grantee.name.split('@').next().unwrap_or_default();
        // A listing may name him by what stands before the `@`, or as people call him.
        let names = [&grant.grantee.name, &grant.grantee.label, short];
        let is_unsure = names.into_iter().any(|name| {
            let others = self.unsure.get(&(road_of(grant.road), target, fold(name)));
            !name.is_empty() && others.is_some_and(|holders| holders.iter().any(|at| *at != holder))
        });
        let is_lost = self.lost.contains(&(road_of(grant.road), holder));
        if is_unsure || is_lost || !grant.grantee.candidates.is_empty() {
            return;
        }
        let Some(cover) = self.cover(grant, whose) else {
            return;
        };
        if is_group_itself(grant) {
            grant.listing = Listing::Confirmed;
            grant.listing_reason = format!("{} lists the group; {NO_TIME}", cover.source.name());
        } else {
            grant.listing = Listing::Vanished;
            grant.listing_reason = format!(
                "{} lists {} and not this right, and the log has no removal of it; {NO_TIME}",
                cover.source.name(),
                about(cover, grant)
            );
        }
    }

    /// The listing that would have a grant.
    fn cover(&self, grant: &Grant, (grantee, target): Whose) -> Option<&'a Cover> {
        let road = road_of(grant.road);
        let holder = Some(self.parties.number(grantee));
        let target = Some(self.parties.number(target));
        let find = |subject: Option<usize>, thing: &str| {
            self.covers.get(&(road, subject, thing.to_owned())).copied()
        };
        match road {
            Road::FolderPermission => find(target, &folder_key(&grant.folder)),
            Road::ImpersonationRole => {
                let roles = grant.rights.iter().filter(|right| is_role(right));
                let role = roles.map(|role| fold(role)).next()?;
                let whole = [(None, ""), (None, &role), (holder, ""), (holder, &role)];
                whole
                    .into_iter()
                    .find_map(|(subject, thing)| find(subject, thing))
            }
            Road::RoleGroup => find(None, &things_of_grant(grant).into_iter().next()?),
            Road::AppPermission | Road::Consent => find(holder, ""),
            _ => find(target, ""),
        }
    }

    /// A grant for every slot with a right that nothing explains.
    fn unexplained(&mut self, span: Span) -> Vec<Grant> {
        let mut slots: Vec<(Slot, Shown)> = std::mem::take(&mut self.slots).into_iter().collect();
        slots.sort_by(|left, right| left.0.cmp(&right.0));
        let grants = slots
            .iter()
            .filter_map(|(slot, shown)| self.without_record(slot, shown, span));
        grants.collect()
    }

    /// The grant that a slot shows, unless the log explains it or it leads nowhere.
    fn without_record(&self, slot: &Slot, shown: &Shown, span: Span) -> Option<Grant> {
        let entries: Vec<(usize, &Entitlement)> = shown
            .entries
            .iter()
            .filter_map(|at| Some((*at, self.listed.rights.get(*at)?)))
            .collect();
        let rights = remaining(slot, shown, &entries)?;
        let by_id: BTreeMap<String, usize> = entries
            .iter()
            .map(|(at, entry)| (id(slot, entry), *at))
            .collect();
        let mut ids = by_id.keys().cloned();
        let (id, also_ids) = (ids.next()?, ids.collect());
        let first = *by_id.get(&id)?;
        let entry = self.listed.rights.get(first)?;
        let mut grant = self.grant(entry, *self.of_entry.get(first)?);
        grant.id = id;
        grant.also_ids = also_ids;
        grant.rights = rights;
        grant.time = entries.iter().filter_map(|(_, entry)| entry.created).min();
        grant.provenance = entries.iter().map(|(_, entry)| entry.at).collect();
        grant.provenance.sort_unstable();
        grant.provenance.dedup();
        let ids = entries.iter().flat_map(|(_, entry)| &entry.app_ids);
        grant.app_ids.extend(ids.cloned());
        grant.app_ids.sort();
        grant.app_ids.dedup();
        let not_before = entries.iter().filter_map(|(_, entry)| entry.not_before);
        grant.listing_reason = reason(entry, grant.time, not_before.max(), span);
        (leads_somewhere(&grant) && !self.is_told_elsewhere(entry)).then_some(grant)
    }

    /// Whether an entry only says that a role group carries a role: the log or the listed memberships say so of its members.
    fn is_told_elsewhere(&self, entry: &Entitlement) -> bool {
        let is_of_group = entry.road == Road::ImpersonationRole
            && entry.holder.kind == PrincipalKind::RoleGroup
            && entry.default.is_empty();
        let group = fold(&entry.holder.spelling);
        let roles = entry.rights.iter().filter(|right| is_role(right));
        let mut roles = roles.map(|role| (group.clone(), fold(role)));
        let is_peopled = self.peopled.contains(&group) && !is_built_in(&group);
        is_of_group && (is_peopled || roles.any(|carried| self.carried.contains(&carried)))
    }

    /// What an entry says, as a grant that nobody is known to have made.
    fn grant(&self, entry: &Entitlement, (holder, target): Whose) -> Grant {
        let party = |at: usize| self.parties.get(at).cloned().unwrap_or_default();
        let (grantee, app_ids) = party(holder);
        let target = if entry.scope == Scope::Tenant {
            Party {
                name: EVERY_MAILBOX.to_owned(),
                key: "*".to_owned(),
                ..Party::default()
            }
        } else {
            party(target).0
        };
        let class = if entry.default.is_empty() {
            Class::Candidate
        } else {
            Class::System
        };
        Grant {
            id: String::new(),
            also_ids: Vec::new(),
            time: None,
            road: entry.road,
            operation: entry.source.name().to_owned(),
            actor: Party::default(),
            grantee,
            target,
            scope: entry.scope,
            rights: Vec::new(),
            act: Act::Given,
            class,
            class_reason: entry.default.to_owned(),
            state: State::Standing,
            revoked_at: None,
            ended_by: String::new(),
            listing: Listing::WithoutRecord,
            listing_reason: String::new(),
            record_ids: Vec::new(),
            revocation_ids: Vec::new(),
            provenance: Vec::new(),
            place: Place::default(),
            app_ids,
            presumed_app_ids: Vec::new(),
            presumed_reason: String::new(),
            folder: entry.folder.clone(),
            degraded: String::new(),
        }
    }
}

/// Whether a grant is one that a listing may have.
fn comes_in(grant: &Grant) -> bool {
    grant.act == Act::Given && grant.state != State::Revoked && !grant.grantee.is_nobody()
}

/// The role groups of the log, each with the roles that it carries.
fn carried(grants: &[Grant]) -> HashSet<(String, String)> {
    let given = |grant: &&Grant| grant.road == Road::RoleGroup && !grant.gave_nothing();
    let mut carried = HashSet::new();
    for grant in grants.iter().filter(given) {
        for group in things_of_grant(grant) {
            let roles = grant.rights.iter();
            carried.extend(roles.map(|role| (group.clone(), fold(role))));
        }
    }
    carried
}

/// Whether a grant is that of a new role group, which has no members yet.
fn is_group_itself(grant: &Grant) -> bool {
    grant.road == Road::RoleGroup && things_of_grant(grant).contains(&fold(&grant.grantee.name))
}

/// What a listing that lacks a grant is about.
fn about(cover: &Cover, grant: &Grant) -> String {
    let name = |name: &Name, party: &Party| {
        if party.name.is_empty() {
            name.spelling.clone()
        } else {
            party.name.clone()
        }
    };
    match cover.road {
        Road::RoleGroup => format!("the members of {}", cover.subject.spelling),
        Road::ImpersonationRole if cover.subject.is_nobody() => cover.source.of().to_owned(),
        Road::ImpersonationRole | Road::AppPermission | Road::Consent => {
            format!("what {} holds", name(&cover.subject, &grant.grantee))
        }
        Road::FolderPermission => format!(
            "who has rights on {} of {}",
            grant.folder,
            name(&cover.subject, &grant.target)
        ),
        _ => format!("who has rights on {}", name(&cover.subject, &grant.target)),
    }
}

/// The rights of a grant that an entry has too, as they are compared. Those on folders are written in two vocabularies.
fn common(grant: &Grant, entry: &Entitlement) -> Vec<String> {
    let keys = |rights: &[String]| -> BTreeSet<String> {
        rights.iter().map(|right| right_key(right)).collect()
    };
    let (given, listed) = (keys(&grant.rights), keys(&entry.rights));
    if given.is_empty() || grant.road == Road::CalendarDelegation {
        return listed.into_iter().collect();
    }
    if grant.road == Road::FolderPermission && !listed.is_empty() {
        let reads = |rights: &[String]| rights.iter().any(|right| folder_permission::reads(right));
        let agree = reads(&grant.rights) == reads(&entry.rights) || !given.is_disjoint(&listed);
        return if agree {
            listed.into_iter().collect()
        } else {
            Vec::new()
        };
    }
    given.intersection(&listed).cloned().collect()
}

/// The rights of a slot that nothing explains; `None` when there are none.
fn remaining(slot: &Slot, shown: &Shown, entries: &[(usize, &Entitlement)]) -> Option<Vec<String>> {
    let explained = &shown.explained;
    let is_known = match slot.road {
        // A slot of these is one right: what narrows it or comes with it is none of its own.
        Road::ImpersonationRole | Road::RoleGroup => !explained.is_empty(),
        // Whoever has all of a mailbox has its parts.
        Road::MailboxPermission => explained.contains("fullaccess"),
        _ => false,
    };
    if is_known {
        return None;
    }
    let mut rights: BTreeMap<String, &String> = BTreeMap::new();
    for right in entries.iter().flat_map(|(_, entry)| &entry.rights) {
        let shown = rights.entry(right_key(right)).or_insert(right);
        *shown = (*shown).min(right);
    }
    let is_unscoped = |(_, entry): &(usize, &Entitlement)| {
        !entry.rights.iter().any(|right| right.starts_with(WITHIN))
    };
    if entries.iter().any(is_unscoped) {
        rights.retain(|_, right| !right.starts_with(WITHIN));
    }
    rights.retain(|key, _| !explained.contains(key));
    let mut left: Vec<String> = rights.into_values().cloned().collect();
    left.sort();
    let is_empty = left.is_empty() && !entries.iter().any(|(_, entry)| entry.rights.is_empty());
    (!is_empty && (!left.is_empty() || explained.is_empty())).then_some(left)
}

/// Whether a listed right leads to mail at all. On a mailbox any right does, and one that the export lost may be any.
fn leads_somewhere(grant: &Grant) -> bool {
    let on_mailbox = matches!(
        grant.road,
        Road::MailboxPermission | Road::SendAs | Road::SendOnBehalf | Road::FolderPermission
    );
    on_mailbox || grant.rights.is_empty() || power::strongest(grant) > Power::None
}

/// Stable id of a listed right: of its spellings and what it is, whichever entry shows it.
fn id(slot: &Slot, entry: &Entitlement) -> String {
    let thing = match slot.road {
        Road::FolderPermission => folder_thing(&entry.folder),
        _ => slot.thing.clone(),
    };
    let parts = [
        "listing",
        slot.road.word(),
        &fold(&entry.holder.spelling),
        &fold(&entry.target.spelling),
        &thing,
    ];
    let digest = hex(&Sha256::digest(parts.join("\0").as_bytes()));
    format!("g{}", digest.get(..12).unwrap_or(&digest))
}

/// Why a listed right has no record, in one sentence.
fn reason(
    entry: &Entitlement,
    created: Option<Instant>,
    not_before: Option<Instant>,
    span: Span,
) -> String {
    let source = entry.source.name();
    let begun = format!("{source} lists it, and no record made it");
    let Some((first, last)) = span else {
        return format!("{begun}: no record has a time");
    };
    let when = match (created, not_before) {
        (Some(made), _) if made < first => format!(
            "it was made on {}, before the log begins on {}",
            show(made),
            show(first)
        ),
        (Some(made), _) if made > last => format!(
            "it was made on {}, after the log ends on {}",
            show(made),
            show(last)
        ),
        (Some(made), _) => format!("it was made on {}, which the log covers", show(made)),
        (None, Some(since)) if since >= first => format!(
            "the listing does not say when it was made, but it cannot be before {}, which the log covers",
            show(since)
        ),
        (None, _) => format!(
            "the listing does not say when it was made, and the log begins only on {}",
            show(first)
        ),
    };
    format!("{begun}: {when}")
}
