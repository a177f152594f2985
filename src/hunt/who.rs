//! Who could read a mailbox at a moment, and what somebody could read: the rights in force, each with its road.
//!
//! Answers come from grants (intervals), memberships of groups and listings. What the evidence cannot tell is said beside them
//! ([`Answer::unknowns`]): an answer without rows is no proof that nobody could. Not here: who did read (`access`), and judgement.

mod groups;
mod limits;
mod near;
#[cfg(test)]
mod tests;

pub use groups::{Member, members_of};
pub use near::near;

use super::catalog::Power;
use super::grant::management_role::DELEGATING;
use super::identity::Identities;
use super::model::{Class, Grant, Listing, Party, PrincipalKind, Road, Scope, State, words};
use super::power;
use super::snapshot::{Listed, Name, Parties, Span};
use crate::record::Provenance;
use crate::text::fold;
use crate::time::Instant;
use groups::{Groups, Reached};
use std::collections::BTreeSet;

words! {
    /// How a right is known.
    Certainty {
        /// A record made it.
        Logged = "logged",
        /// A listing has it, and no record made it.
        Listed = "listed",
        /// A record made it, and a listing has it.
        LoggedAndListed = "logged and listed",
        /// A record made it, none removed it, and a listing that would have it has not.
        NotListed = "logged, listing lacks it",
    }
}

/// When something is in force: from `since` until before `until`. An end that is not known is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interval {
    /// Since when; `None` when nobody knows.
    pub since: Option<Instant>,
    /// Until when; `None` while it stands.
    pub until: Option<Instant>,
}

impl Interval {
    /// The time that two have in common; `None` when they have none.
    fn and(self, other: Self) -> Option<Self> {
        let since = self.since.max(other.since);
        let until = match (self.until, other.until) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        let is_empty = since
            .zip(until)
            .is_some_and(|(since, until)| since >= until);
        (!is_empty).then_some(Self { since, until })
    }

    /// Whether it holds all of another.
    fn holds(self, other: Self) -> bool {
        let begins = self.since.is_none() || (other.since.is_some() && self.since <= other.since);
        let ends = self.until.is_none() || (other.until.is_some() && self.until >= other.until);
        begins && ends
    }
}

/// The time that a question is about: a moment, or all moments of a day or minute. Both ends are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The first moment.
    pub from: Instant,
    /// The last moment.
    pub to: Instant,
}

impl When {
    /// A time of one moment.
    pub fn at(moment: Instant) -> Self {
        Self {
            from: moment,
            to: moment,
        }
    }

    /// Whether something is in force at any moment of it.
    fn meets(self, interval: Interval) -> bool {
        interval.since.is_none_or(|since| since <= self.to)
            && interval.until.is_none_or(|until| until > self.from)
    }
}

/// A group through which a right reaches somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Name of the group.
    pub group: String,
    /// How it is known that somebody is in it.
    pub certainty: Certainty,
}

/// One right of one principal.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// Who holds the right.
    pub principal: Party,
    /// Whose mailbox; the party named `all mailboxes` for tenant-wide rights.
    pub mailbox: Party,
    /// By which road; `None` for the owner of the mailbox.
    pub road: Option<Road>,
    /// Rights in the words of the source.
    pub rights: Vec<String>,
    /// What the strongest of them opens; `None` when no list explains it, so that it can be anything.
    pub power: Option<Power>,
    /// The groups from the holder of the right to the principal; empty when the principal holds it himself.
    pub via: Vec<Link>,
    /// How far it reaches.
    pub scope: Scope,
    /// Folder of a right on a folder, empty otherwise.
    pub folder: String,
    /// When it was in force.
    pub during: Interval,
    /// How it is known.
    pub certainty: Certainty,
    /// Id of the grant; empty for the owner.
    pub grant: String,
    /// Application ids of the holder of the right.
    pub app_ids: Vec<String>,
    /// Whether it is one that Microsoft's own service made.
    pub class: Class,
    /// The first of the places in the evidence that show it.
    pub source: Option<Provenance>,
    /// What narrows it or makes it doubtful, one sentence each.
    pub limits: Vec<String>,
}

/// The answer for one mailbox or one principal.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Whom it is about.
    pub about: Party,
    /// Whether the evidence knows of it at all.
    pub is_known: bool,
    /// The time that was asked for.
    pub when: When,
    /// The rights, those that open most first.
    pub ways: Vec<Way>,
    /// What the evidence cannot tell, one sentence each.
    pub unknowns: Vec<String>,
}

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// Everybody who could read, send as, or read a folder of this mailbox.
    Mailbox(&'a str),
    /// Every mailbox that this principal could reach.
    Principal(&'a str),
}

/// What is needed to answer: grants, groups and listings, with everybody in them under one number.
pub struct World<'a> {
    grants: &'a [Grant],
    listed: &'a Listed,
    identities: &'a Identities,
    span: Span,
    parties: Parties<'a>,
    /// Grantee and target of each grant, by number.
    whose: Vec<(usize, usize)>,
    groups: Groups,
    /// Holder and mailbox of each denial.
    denied: Vec<(usize, usize)>,
    /// Group of each policy.
    kept: Vec<usize>,
    /// Accounts that audit passes over.
    bypassed: BTreeSet<usize>,
}

impl<'a> World<'a> {
    /// Lays out what the evidence shows. `grants` are reconciled; `members` are memberships that records show.
    pub fn new(
        grants: &'a [Grant],
        listed: &'a Listed,
        members: Vec<Member>,
        identities: &'a Identities,
        span: Span,
    ) -> Self {
        let mut parties = Parties::new(identities);
        let whose = parties.add_grants(grants);
        let groups = Groups::new(grants, listed, members, &mut parties);
        let denials = listed.denials.iter();
        let denied = parties.add_pairs(denials.map(|denial| (&denial.holder, &denial.target)));
        let kept: Vec<usize> = listed
            .policies
            .iter()
            .map(|policy| parties.add_name(&policy.group))
            .collect();
        let bypassed: Vec<usize> = listed
            .bypassed
            .iter()
            .map(|name| parties.add_name(name))
            .collect();
        let mut world = Self {
            grants,
            listed,
            identities,
            span,
            whose,
            groups,
            denied,
            kept,
            bypassed: BTreeSet::new(),
            parties,
        };
        world.number(&bypassed);
        world
    }

    /// Turns every party into the number it shares with all its spellings, which is known only now.
    fn number(&mut self, bypassed: &[usize]) {
        let parties = &self.parties;
        let pair = |(one, two): &mut (usize, usize)| {
            (*one, *two) = (parties.number(*one), parties.number(*two));
        };
        self.whose.iter_mut().for_each(pair);
        self.denied.iter_mut().for_each(pair);
        for group in &mut self.kept {
            *group = parties.number(*group);
        }
        self.bypassed = bypassed.iter().map(|at| parties.number(*at)).collect();
        self.groups.number(parties);
    }

    /// Answers a question; a name that may be several principals is answered for each of them. Without a time the end of the log is
    /// meant. `accounts` are further names that the evidence knows, folded.
    pub fn ask(
        &self,
        subject: Subject<'_>,
        when: Option<When>,
        accounts: &BTreeSet<String>,
    ) -> Vec<Answer> {
        let (Subject::Mailbox(name) | Subject::Principal(name)) = subject;
        let end = self.span.map(|(_, last)| last).unwrap_or_default();
        let when = when.unwrap_or(When::at(end));
        let find = |name: &str| self.identities.party(name, &[], PrincipalKind::Unknown).0;
        let asked = find(name);
        let meant = if asked.candidates.is_empty() {
            vec![asked]
        } else {
            asked.candidates.iter().map(|name| find(name)).collect()
        };
        let answers = meant.into_iter().map(|party| {
            let numbers = self.parties.lookup(&party);
            let is_known = !numbers.is_empty() || self.knows(&party, accounts);
            match subject {
                Subject::Mailbox(_) => self.readers(party, &numbers, is_known, when),
                Subject::Principal(_) => self.reach(party, &numbers, is_known, when),
            }
        });
        answers.collect()
    }

    /// The names that questions can be about, as far as grants and listings show them.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        let parties = self.grants.iter();
        let parties = parties.flat_map(|grant| [&grant.grantee.name, &grant.target.name]);
        let listed = self.listed.mailboxes.keys().map(|name| &name.spelling);
        parties.chain(listed).map(String::as_str)
    }

    /// Whether the evidence knows somebody who has no part in any grant.
    fn knows(&self, party: &Party, accounts: &BTreeSet<String>) -> bool {
        let mut names = party.spellings.iter().chain([&party.key]);
        // Who is known by further spellings is known.
        party.spellings.len() > 1
            || names.any(|name| accounts.contains(name))
            || self.listed_kinds(party).next().is_some()
    }

    /// Everybody who could reach a mailbox.
    fn readers(
        &self,
        mailbox: Party,
        numbers: &BTreeSet<usize>,
        is_known: bool,
        when: When,
    ) -> Answer {
        let mut ways: Vec<Way> = self.owner(&mailbox).into_iter().collect();
        let mut opaque = BTreeSet::new();
        for (at, grant) in self.in_force(when) {
            let (grantee, target) = self.whose.get(at).copied().unwrap_or_default();
            let may_be_its = grant.target.candidates.contains(&mailbox.name);
            if grant.scope != Scope::Tenant && !numbers.contains(&target) && !may_be_its {
                continue;
            }
            ways.extend(way(grant, &grant.grantee, Vec::new(), interval(grant)));
            if !groups::may_have_members(grant) {
                continue;
            }
            let members = self.groups.members(grantee, interval(grant), when);
            let is_group = matches!(
                grant.grantee.kind,
                PrincipalKind::Group | PrincipalKind::RoleGroup
            );
            if is_group && members.is_empty() && self.groups.is_opaque(grantee) {
                opaque.insert(grant.grantee.name.clone());
            }
            for Reached { at, via, during } in members {
                if let Some((member, _)) = self.parties.get(at) {
                    ways.extend(way(grant, member, via, during));
                }
            }
        }
        for way in &mut ways {
            self.limit(way, Some(numbers));
        }
        sort(&mut ways);
        let unknowns = self.unknowns(&ways, Some(&mailbox), &opaque, when);
        Answer {
            about: mailbox,
            is_known,
            when,
            ways,
            unknowns,
        }
    }

    /// Every mailbox and tenant-wide right of a principal.
    fn reach(
        &self,
        principal: Party,
        numbers: &BTreeSet<usize>,
        is_known: bool,
        when: When,
    ) -> Answer {
        let mut ways: Vec<Way> = Vec::new();
        if self.listed_kinds(&principal).next().is_some() {
            ways.extend(self.owner(&principal));
        }
        let groups = self.groups.of(numbers, when);
        for (at, grant) in self.in_force(when) {
            let (grantee, _) = self.whose.get(at).copied().unwrap_or_default();
            let may_be_his = grant.grantee.candidates.contains(&principal.name);
            if numbers.contains(&grantee) || may_be_his {
                ways.extend(way(grant, &principal, Vec::new(), interval(grant)));
            }
            if is_for_everybody(&grant.grantee, &principal) {
                let via = vec![Link {
                    group: grant.grantee.name.clone(),
                    certainty: certainty(grant),
                }];
                ways.extend(way(grant, &principal, via, interval(grant)));
            }
            let through = groups.iter().filter(|reached| reached.at == grantee);
            for Reached { via, during, .. } in through.filter(|_| groups::may_have_members(grant)) {
                if let Some(during) = during.and(interval(grant)).filter(|both| when.meets(*both)) {
                    ways.extend(way(grant, &principal, via.clone(), during));
                }
            }
        }
        for way in &mut ways {
            self.limit(way, None);
        }
        sort(&mut ways);
        let unknowns = self.unknowns(&ways, None, &BTreeSet::new(), when);
        Answer {
            about: principal,
            is_known,
            when,
            ways,
            unknowns,
        }
    }

    /// The grants in force at any moment of a time that open anything, with their numbers.
    fn in_force(&self, when: When) -> impl Iterator<Item = (usize, &'a Grant)> {
        let grants = self.grants.iter().enumerate();
        grants.filter(move |(_, grant)| {
            !grant.gave_nothing() && when.meets(interval(grant)) && opens(grant)
        })
    }

    /// What listings say that a mailbox is.
    fn listed_kinds(&self, mailbox: &Party) -> impl Iterator<Item = &'a str> {
        let listed = self.listed.mailboxes.iter();
        let its = listed.filter(|(name, _)| is_named(mailbox, name));
        its.map(|(_, kind)| kind.as_str())
    }

    /// The right of whoever owns a mailbox; none for one that nobody signs in to.
    fn owner(&self, mailbox: &Party) -> Option<Way> {
        let mut kinds = self.listed_kinds(mailbox);
        let is_shared = |kind: &str| !kind.is_empty() && !kind.ends_with("UserMailbox");
        if kinds.any(is_shared) {
            return None;
        }
        Some(Way {
            principal: mailbox.clone(),
            mailbox: mailbox.clone(),
            road: None,
            rights: vec!["owner".to_owned()],
            power: Some(Power::Full),
            via: Vec::new(),
            scope: Scope::Mailbox,
            folder: String::new(),
            during: Interval::default(),
            certainty: Certainty::Logged,
            grant: String::new(),
            app_ids: Vec::new(),
            class: Class::Candidate,
            source: None,
            limits: Vec::new(),
        })
    }
}

/// A right as it reaches somebody.
fn way(grant: &Grant, principal: &Party, via: Vec<Link>, during: Interval) -> Option<Way> {
    let mut power = power::strongest(grant);
    // Who may only hand a role on has to give it to himself first.
    if grant.rights.iter().any(|right| right == DELEGATING) {
        power = power.min(Power::Escalate);
    }
    let is_explained =
        power > Power::None || (power::unlisted(grant).is_none() && !grant.rights.is_empty());
    (!principal.is_nobody() || via.is_empty()).then(|| Way {
        principal: principal.clone(),
        mailbox: grant.target.clone(),
        road: Some(grant.road),
        rights: grant.rights.clone(),
        power: is_explained.then_some(power),
        via,
        scope: grant.scope,
        folder: grant.folder.clone(),
        during,
        certainty: certainty(grant),
        grant: grant.id.clone(),
        app_ids: grant.app_ids.clone(),
        class: grant.class,
        source: grant.provenance.first().copied(),
        limits: limits::of_grant(grant),
    })
}

/// Whether an entry names a party in one of its spellings.
fn is_named(party: &Party, name: &Name) -> bool {
    let mut spellings = [&name.spelling].into_iter().chain(&name.aliases);
    spellings.any(|spelling| party.spellings.binary_search(&fold(spelling)).is_ok())
}

/// When a grant is in force.
fn interval(grant: &Grant) -> Interval {
    Interval {
        since: grant.time,
        until: grant.revoked_at.filter(|_| grant.state == State::Revoked),
    }
}

fn certainty(grant: &Grant) -> Certainty {
    match grant.listing {
        Listing::Unknown => Certainty::Logged,
        Listing::Confirmed => Certainty::LoggedAndListed,
        Listing::WithoutRecord => Certainty::Listed,
        Listing::Vanished => Certainty::NotListed,
    }
}

/// Whether a grant leads to mail at all; what no list explains may.
fn opens(grant: &Grant) -> bool {
    power::strongest(grant) > Power::None
        || power::unlisted(grant).is_some()
        || grant.rights.is_empty()
}

/// Whether a right of everybody in the organisation is one of this principal too.
fn is_for_everybody(grantee: &Party, principal: &Party) -> bool {
    matches!(
        grantee.kind,
        PrincipalKind::Default | PrincipalKind::Anonymous
    ) && matches!(
        principal.kind,
        PrincipalKind::User | PrincipalKind::Guest | PrincipalKind::Unknown
    )
}

/// The owner first, then what opens most; ties by name and grant, so that the order never depends on that of the evidence.
fn sort(ways: &mut [Way]) {
    ways.sort_by(|left, right| {
        let key = |way: &Way| {
            let power = way.power.unwrap_or(Power::Full);
            (way.road.is_some(), std::cmp::Reverse(power))
        };
        let names = |way: &Way| (way.principal.key.clone(), way.mailbox.key.clone());
        let groups =
            |way: &Way| -> Vec<String> { way.via.iter().map(|link| link.group.clone()).collect() };
        key(left)
            .cmp(&key(right))
            .then_with(|| names(left).cmp(&names(right)))
            .then_with(|| (&left.grant, groups(left)).cmp(&(&right.grant, groups(right))))
    });
}

/// What a power is called in a table; something that no list explains is `unknown`.
pub fn power_word(power: Option<Power>) -> &'static str {
    match power {
        None => "unknown",
        Some(Power::None) => "none",
        Some(Power::Metadata) => "metadata",
        Some(Power::Calendar) => "calendar",
        Some(Power::Settings) => "settings",
        Some(Power::Send) => "send",
        Some(Power::Read) => "read",
        Some(Power::Escalate) => "can give himself",
        Some(Power::Full) => "full",
    }
}
