//! Who is in which group when, also through other groups.
//!
//! A group may hold itself and each other; every walk ends. Not here: what a group may do (`who`).

use super::{Certainty, Interval, Link, When, certainty};
use crate::hunt::context::{self, Context};
use crate::hunt::grant::role_group::MEMBER_OF;
use crate::hunt::identity::Identities;
use crate::hunt::model::{Grant, Party, PrincipalKind, Road};
use crate::hunt::snapshot::{Listed, Parties};
use crate::record::Located;
use crate::text::fold;
use crate::time::Instant;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Times kept for one member of a group: more ways to the same say nothing new.
const MOST_WAYS: usize = 8;

/// Somebody in a group for some time, as records show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Which group it is.
    pub group: Party,
    /// Who is in it.
    pub member: Party,
    /// When he was in it.
    pub during: Interval,
}

/// One membership, by the numbers of group and member.
struct Edge {
    group: usize,
    member: usize,
    during: Interval,
    certainty: Certainty,
}

/// Somebody reached through groups.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reached {
    /// His number, or that of the group that holds him.
    pub at: usize,
    /// The groups, the one that holds the right first.
    pub via: Vec<Link>,
    /// When all memberships were in force at once.
    pub during: Interval,
}

/// All memberships that are known.
pub(super) struct Groups {
    edges: Vec<Edge>,
    by_group: BTreeMap<usize, Vec<usize>>,
    by_member: BTreeMap<usize, Vec<usize>>,
    names: BTreeMap<usize, String>,
    /// Groups of which a listing has all members.
    whole: BTreeSet<usize>,
}

impl Groups {
    /// The memberships that records, role group grants and listings show.
    pub fn new<'a>(
        grants: &[Grant],
        listed: &'a Listed,
        members: Vec<Member>,
        parties: &mut Parties<'a>,
    ) -> Self {
        let mut groups = Self {
            edges: Vec::new(),
            by_group: BTreeMap::new(),
            by_member: BTreeMap::new(),
            names: BTreeMap::new(),
            whole: BTreeSet::new(),
        };
        for member in &listed.members {
            let (group, member) = (
                parties.add_name(&member.group),
                parties.add_name(&member.member),
            );
            groups.add(group, member, Interval::default(), Certainty::Listed);
        }
        for Member {
            group,
            member,
            during,
        } in members
        {
            let (group, member) = (parties.add_party(&group), parties.add_party(&member));
            groups.add(group, member, during, Certainty::Logged);
        }
        for grant in grants {
            groups.add_role_group(grant, parties);
        }
        for group in &listed.whole_groups {
            groups.whole.insert(parties.add_name(group));
        }
        groups
    }

    fn add(&mut self, group: usize, member: usize, during: Interval, certainty: Certainty) {
        self.edges.push(Edge {
            group,
            member,
            during,
            certainty,
        });
    }

    /// A grant of a role group is a membership. One that a listing alone shows is a listed member already.
    fn add_role_group(&mut self, grant: &Grant, parties: &mut Parties<'_>) {
        if grant.road != Road::RoleGroup || grant.gave_nothing() {
            return;
        }
        let member = parties.add_party(&grant.grantee);
        for group in grant
            .rights
            .iter()
            .filter_map(|right| right.strip_prefix(MEMBER_OF))
        {
            let is_itself = fold(group) == fold(&grant.grantee.name);
            if !is_itself {
                let group = parties.add_party(&Party::new(group, PrincipalKind::RoleGroup));
                self.add(group, member, super::interval(grant), certainty(grant));
            }
        }
    }

    /// Turns every party into the number it shares with all its spellings.
    pub fn number(&mut self, parties: &Parties<'_>) {
        for (at, edge) in self.edges.iter_mut().enumerate() {
            let name = parties.get(edge.group).map(|(party, _)| party.name.clone());
            edge.group = parties.number(edge.group);
            edge.member = parties.number(edge.member);
            self.by_group.entry(edge.group).or_default().push(at);
            self.by_member.entry(edge.member).or_default().push(at);
            let name = name.unwrap_or_default();
            let shown = self.names.entry(edge.group).or_insert_with(|| name.clone());
            if name < *shown {
                *shown = name;
            }
        }
        self.whole = self.whole.iter().map(|at| parties.number(*at)).collect();
    }

    /// Whether nobody listed the members of a group.
    pub fn is_opaque(&self, group: usize) -> bool {
        !self.whole.contains(&group)
    }

    /// Everybody in a group, also through other groups, during an interval and at any moment of a time.
    pub fn members(&self, group: usize, during: Interval, when: When) -> Vec<Reached> {
        let start = BTreeSet::from([group]);
        self.walk(&start, during, when, Direction::Down)
    }

    /// Every group that somebody is in, also through other groups.
    pub fn of(&self, somebody: &BTreeSet<usize>, when: When) -> Vec<Reached> {
        self.walk(somebody, Interval::default(), when, Direction::Up)
    }

    /// Whether somebody is in a group at any moment of a time.
    pub fn holds(&self, group: usize, somebody: &BTreeSet<usize>, when: When) -> bool {
        let mut members = self.members(group, Interval::default(), when).into_iter();
        members.any(|reached| somebody.contains(&reached.at))
    }

    fn walk(
        &self,
        start: &BTreeSet<usize>,
        during: Interval,
        when: When,
        direction: Direction,
    ) -> Vec<Reached> {
        let mut found: Vec<Reached> = Vec::new();
        let mut times: BTreeMap<usize, Vec<Interval>> = BTreeMap::new();
        for at in start {
            times.insert(*at, vec![during]);
        }
        let begin = start.iter().map(|at| Reached {
            at: *at,
            via: Vec::new(),
            during,
        });
        let mut waiting: VecDeque<Reached> = begin.collect();
        while let Some(here) = waiting.pop_front() {
            for edge in self.edges_of(here.at, direction) {
                let during = here.during.and(edge.during);
                let Some(during) = during.filter(|during| when.meets(*during)) else {
                    continue;
                };
                let at = direction.end(edge);
                let known = times.entry(at).or_default();
                if known.len() >= MOST_WAYS || known.iter().any(|known| known.holds(during)) {
                    continue;
                }
                known.push(during);
                let reached = Reached {
                    at,
                    via: self.path(&here.via, edge, direction),
                    during,
                };
                found.push(reached.clone());
                waiting.push_back(reached);
            }
        }
        found
    }

    fn edges_of(&self, at: usize, direction: Direction) -> impl Iterator<Item = &Edge> {
        let by = match direction {
            Direction::Down => &self.by_group,
            Direction::Up => &self.by_member,
        };
        let numbers = by.get(&at).into_iter().flatten();
        numbers.filter_map(|number| self.edges.get(*number))
    }

    /// The groups of a way, that which holds the right first.
    fn path(&self, before: &[Link], edge: &Edge, direction: Direction) -> Vec<Link> {
        let link = Link {
            group: self.names.get(&edge.group).cloned().unwrap_or_default(),
            certainty: edge.certainty,
        };
        let mut path = before.to_vec();
        match direction {
            Direction::Down => path.push(link),
            Direction::Up => path.insert(0, link),
        }
        path
    }
}

/// Which way a walk goes.
#[derive(Clone, Copy)]
enum Direction {
    /// From a group to its members.
    Down,
    /// From a member to its groups.
    Up,
}

impl Direction {
    fn end(self, edge: &Edge) -> usize {
        match self {
            Self::Down => edge.member,
            Self::Up => edge.group,
        }
    }
}

/// Whether the grantee may be a group whose members have the right by it. A new role group gives its members theirs one by one.
pub(super) fn may_have_members(grant: &Grant) -> bool {
    let is_itself = grant.road == Road::RoleGroup
        && grant.rights.iter().any(|right| {
            let group = right.strip_prefix(MEMBER_OF);
            group.is_some_and(|group| fold(group) == fold(&grant.grantee.name))
        });
    !is_itself
        && matches!(
            grant.grantee.kind,
            PrincipalKind::Group | PrincipalKind::RoleGroup | PrincipalKind::Unknown
        )
}

/// Who joins or leaves which group, at one moment of the log.
struct Turn {
    time: Option<Instant>,
    id: String,
    joins: bool,
    group: Party,
    member: Party,
}

/// The memberships that records show: somebody who joined, until he left; who only left had been in it before the log.
pub fn members_of(records: &[Located], identities: &Identities) -> Vec<Member> {
    let mut turns: Vec<Turn> = Vec::new();
    let party = |spellings: &[String], kind| {
        let first = spellings.first().map_or("", String::as_str);
        let further = spellings.get(1..).unwrap_or_default();
        identities.party(first, further, kind).0
    };
    for located in records {
        for context in context::context(&located.record) {
            if let Context::Member {
                joins,
                group,
                member,
            } = context
            {
                turns.push(Turn {
                    time: located.record.time,
                    id: located.record.id.0.clone(),
                    joins,
                    group: party(&group, PrincipalKind::Group),
                    member: party(&member, PrincipalKind::Unknown),
                });
            }
        }
    }
    turns.sort_by(|left, right| (left.time, &left.id).cmp(&(right.time, &right.id)));
    turns.dedup_by(|left, right| {
        (&left.id, &left.group.key, &left.member.key)
            == (&right.id, &right.group.key, &right.member.key)
    });
    intervals(turns)
}

fn intervals(turns: Vec<Turn>) -> Vec<Member> {
    let mut pairs: BTreeMap<(String, String), Vec<Turn>> = BTreeMap::new();
    for turn in turns {
        let pair = (turn.group.key.clone(), turn.member.key.clone());
        pairs.entry(pair).or_default().push(turn);
    }
    let mut members = Vec::new();
    for turns in pairs.into_values() {
        members.extend(of_pair(turns));
    }
    members
}

/// The times of one member in one group. A turn without a time says only that he was in it.
fn of_pair(turns: Vec<Turn>) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    // Whether he is in it as of the last turn; not known before the first.
    let mut is_in: Option<bool> = None;
    for turn in turns {
        let interval = |since, until| Member {
            group: turn.group.clone(),
            member: turn.member.clone(),
            during: Interval { since, until },
        };
        match (turn.joins, is_in) {
            (true, Some(true)) | (false, Some(false)) => {}
            (true, _) => members.push(interval(turn.time, None)),
            (false, None) => members.push(interval(None, turn.time)),
            (false, Some(true)) => {
                if let Some(last) = members.last_mut() {
                    last.during.until = turn.time;
                }
            }
        }
        is_in = Some(turn.joins);
    }
    members
}
