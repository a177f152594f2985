//! The lifecycle against a model written plainly: a set of single rights, stepped from act to act.

use crate::hunt::identity::Identities;
use crate::hunt::lifecycle::{self, CHILD_OF};
use crate::hunt::model::{Grant, State};
use crate::hunt::tests::build::{after, cmdlet, dated, directory, grants, located, read, with};
use crate::record::Record;
use crate::time::Instant;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Seconds from one act to the next: too far apart to be one.
const APART: i64 = 10;

const RIGHTS: [&str; 3] = ["DeleteItem", "FullAccess", "ReadPermission"];
const ROLES: [&str; 2] = ["Custom", "Mailbox Search"];
const WHO: [&str; 5] = ["user0", "user1", "group0", "group1", "group2"];

/// One act of a made-up history.
#[derive(Debug, Clone)]
enum Step {
    Give(usize, usize, Vec<&'static str>),
    Take(usize, usize, Vec<&'static str>),
    /// Who may send on behalf of a mailbox from now on.
    List(usize, BTreeSet<usize>),
    Join(usize, usize),
    Leave(usize, usize),
    /// The new members of a group, in place of all before.
    Members(usize, BTreeSet<usize>),
    Gone(usize, bool),
    Back(usize),
    /// A custom role is made.
    Role,
    /// A role for a role group, and for it no more.
    Assign(usize, usize),
    Unassign(usize, usize),
    /// Somebody becomes a member of a role group, and is one no more.
    Enter(usize, usize),
    Exit(usize, usize),
}

fn any_step() -> impl Strategy<Value = Step> {
    let rights = || proptest::sample::subsequence(RIGHTS.to_vec(), 1..=3);
    let some = |least| proptest::collection::btree_set(0..WHO.len(), least..3);
    let (who, two, three) = (0..WHO.len(), 0..2_usize, 2..5_usize);
    prop_oneof![
        4 => (who.clone(), two.clone(), rights()).prop_map(|(a, b, c)| Step::Give(a, b, c)),
        2 => (who.clone(), two.clone(), rights()).prop_map(|(a, b, c)| Step::Take(a, b, c)),
        1 => (two.clone(), some(0)).prop_map(|(a, b)| Step::List(a, b)),
        6 => (three.clone(), who.clone()).prop_map(|(a, b)| Step::Join(a, b)),
        2 => (three.clone(), who.clone()).prop_map(|(a, b)| Step::Leave(a, b)),
        1 => (three, some(1)).prop_map(|(a, b)| Step::Members(a, b)),
        2 => (who.clone(), any::<bool>()).prop_map(|(a, b)| Step::Gone(a, b)),
        3 => who.clone().prop_map(Step::Back),
        1 => Just(Step::Role),
        2 => (two.clone(), two.clone()).prop_map(|(a, b)| Step::Assign(a, b)),
        1 => (two.clone(), two.clone()).prop_map(|(a, b)| Step::Unassign(a, b)),
        2 => (two.clone(), who.clone()).prop_map(|(a, b)| Step::Enter(a, b)),
        1 => (two, who).prop_map(|(a, b)| Step::Exit(a, b)),
    ]
}

/// The record of an act.
fn json_of(step: &Step) -> Value {
    let named = |set: &BTreeSet<usize>| set.iter().map(|who| WHO[*who]).collect::<Vec<_>>();
    let fate = |operation: &str, who: usize| {
        let target = json!({ "Target": [{ "ID": WHO[who], "Type": 1 }] });
        with(directory(operation, &[]), &target)
    };
    let (operation, parameters) = match step {
        Step::Give(who, mailbox, rights) => (
            "Add-MailboxPermission",
            format!(
                "Identity=box{mailbox}|User={}|AccessRights={}",
                WHO[*who],
                rights.join(",")
            ),
        ),
        Step::Take(who, mailbox, rights) => (
            "Remove-MailboxPermission",
            format!(
                "Identity=box{mailbox}|User={}|AccessRights={}",
                WHO[*who],
                rights.join(",")
            ),
        ),
        Step::List(mailbox, set) if set.is_empty() => (
            "Set-Mailbox",
            format!("Identity=box{mailbox}|GrantSendOnBehalfTo=$null"),
        ),
        Step::List(mailbox, set) => (
            "Set-Mailbox",
            format!(
                "Identity=box{mailbox}|GrantSendOnBehalfTo={}",
                named(set).join(";")
            ),
        ),
        Step::Join(group, who) => (
            "Add-DistributionGroupMember",
            format!("Identity={}|Member={}", WHO[*group], WHO[*who]),
        ),
        Step::Leave(group, who) => (
            "Remove-DistributionGroupMember",
            format!("Identity={}|Member={}", WHO[*group], WHO[*who]),
        ),
        Step::Members(group, set) => (
            "Update-DistributionGroupMember",
            format!("Identity={}|Members={}", WHO[*group], named(set).join(",")),
        ),
        Step::Gone(who, true) => return fate("Delete user.", *who),
        Step::Gone(who, false) => return fate("Disable account.", *who),
        Step::Back(who) => return fate("Restore user.", *who),
        Step::Role => (
            "New-ManagementRole",
            "Name=Custom|Parent=ApplicationImpersonation".to_owned(),
        ),
        Step::Assign(group, role) => (
            "New-ManagementRoleAssignment",
            format!(
                "Name=a{group}{role}|Role={}|SecurityGroup=role{group}",
                ROLES[*role]
            ),
        ),
        Step::Unassign(group, role) => (
            "Remove-ManagementRoleAssignment",
            format!("Identity=a{group}{role}"),
        ),
        Step::Enter(group, who) => (
            "Add-RoleGroupMember",
            format!("Identity=role{group}|Member={}", WHO[*who]),
        ),
        Step::Exit(group, who) => (
            "Remove-RoleGroupMember",
            format!("Identity=role{group}|Member={}", WHO[*who]),
        ),
    };
    let parameters: Vec<&str> = parameters.split('|').collect();
    cmdlet(operation, &parameters)
}

/// One right of one holder on one thing, now or once.
#[derive(Debug, Clone)]
struct Right {
    holder: String,
    on: String,
    name: String,
    /// The right that this one comes from, and through which group.
    via: Option<(usize, usize)>,
    /// Whether nothing took it.
    lives: bool,
    /// Whether its holder is gone.
    asleep: bool,
    /// Since when it is in force, if it is.
    since: Option<i64>,
}

/// Every right there ever was, with the spans in which each was in force.
#[derive(Default)]
struct Model {
    rights: Vec<Right>,
    spans: Vec<Span>,
    custom: bool,
    /// Roles of role groups.
    carried: BTreeSet<(usize, usize)>,
}

/// Holder, thing, right, from, until.
type Span = (String, String, String, i64, Option<i64>);

impl Model {
    fn shows(&self, at: usize) -> bool {
        let right = &self.rights[at];
        right.lives && !right.asleep && right.via.is_none_or(|(from, _)| self.shows(from))
    }

    fn lives(&self, at: usize) -> bool {
        let right = &self.rights[at];
        right.lives && right.via.is_none_or(|(from, _)| self.lives(from))
    }

    fn living(&self) -> Vec<usize> {
        (0..self.rights.len())
            .filter(|at| self.lives(*at))
            .collect()
    }

    fn root(&self, at: usize) -> usize {
        self.rights[at].via.map_or(at, |(from, _)| self.root(from))
    }

    fn chain(&self, at: usize) -> Vec<usize> {
        let mut chain = vec![at];
        while let Some((from, _)) = self.rights[chain[chain.len() - 1]].via {
            chain.push(from);
        }
        chain
    }

    fn give(&mut self, holder: &str, on: &str, right: &str) -> usize {
        self.rights.push(Right {
            holder: holder.to_owned(),
            on: on.to_owned(),
            name: right.to_owned(),
            via: None,
            lives: true,
            asleep: false,
            since: None,
        });
        self.rights.len() - 1
    }

    fn take(&mut self, is_meant: impl Fn(&Right) -> bool) {
        for right in &mut self.rights {
            right.lives &= !is_meant(right);
        }
    }

    /// The names of a role in the rights of a grant made now.
    fn names(&self, role: usize) -> Vec<String> {
        let child = format!("{CHILD_OF}ApplicationImpersonation");
        let parent = (role == 0 && self.custom).then_some(child);
        [ROLES[role].to_owned()].into_iter().chain(parent).collect()
    }

    fn act(&mut self, step: &Step) {
        match step {
            Step::Give(who, mailbox, rights) => {
                for right in rights {
                    self.give(WHO[*who], &format!("box{mailbox}"), right);
                }
            }
            Step::Take(who, mailbox, rights) => {
                let on = format!("box{mailbox}");
                self.take(|right| {
                    right.via.is_none()
                        && (&*right.holder, &right.on) == (WHO[*who], &on)
                        && rights.contains(&&*right.name)
                });
            }
            Step::List(mailbox, set) => self.list(*mailbox, set),
            Step::Join(group, who) => self.join(*group, *who),
            Step::Leave(group, who) => self.take(|right| {
                right.via.is_some_and(|(_, through)| through == *group) && right.holder == WHO[*who]
            }),
            Step::Members(group, set) => {
                let stays = |right: &Right| set.iter().any(|who| WHO[*who] == right.holder);
                self.take(|right| {
                    right.via.is_some_and(|(_, through)| through == *group) && !stays(right)
                });
                for who in set {
                    self.join(*group, *who);
                }
            }
            Step::Gone(who, _) | Step::Back(who) => {
                let gone = matches!(step, Step::Gone(..));
                for right in &mut self.rights {
                    if right.holder == WHO[*who] && right.lives {
                        right.asleep = gone;
                    }
                }
            }
            Step::Role => self.custom = true,
            Step::Assign(..) | Step::Unassign(..) | Step::Enter(..) | Step::Exit(..) => {
                self.role_act(step);
            }
        }
    }

    fn role_act(&mut self, step: &Step) {
        match step {
            Step::Assign(group, role) => self.assign(*group, *role),
            Step::Unassign(group, role) => {
                self.carried.remove(&(*group, *role));
                let (handle, on) = (format!("a{group}{role}"), format!("role{group}"));
                let is_role = |right: &Right| {
                    right.name == ROLES[*role] || *role == 0 && right.name.starts_with(CHILD_OF)
                };
                self.take(|right| right.via.is_none() && right.on == handle);
                self.take(|right| right.via.is_none() && right.on == on && is_role(right));
            }
            Step::Enter(group, who) => {
                let on = format!("role{group}");
                self.give(WHO[*who], &on, "member");
                for role in 0..2 {
                    if self.carried.contains(&(*group, role)) {
                        for name in self.names(role) {
                            self.give(WHO[*who], &on, &name);
                        }
                    }
                }
            }
            Step::Exit(group, who) => {
                let on = format!("role{group}");
                self.take(|right| {
                    right.via.is_none() && (&*right.holder, &right.on) == (WHO[*who], &on)
                });
            }
            _ => {}
        }
    }

    fn list(&mut self, mailbox: usize, set: &BTreeSet<usize>) {
        let on = format!("behalf{mailbox}");
        let is_listed = |right: &Right| set.iter().any(|who| WHO[*who] == right.holder);
        let own = |right: &Right| right.via.is_none() && right.on == on;
        self.take(|right| own(right) && (!is_listed(right) || right.asleep));
        for who in set {
            let has = |at: &usize| own(&self.rights[*at]) && self.rights[*at].holder == WHO[*who];
            if !self.living().iter().any(has) {
                self.give(WHO[*who], &on, "SendOnBehalf");
            }
        }
    }

    fn join(&mut self, group: usize, who: usize) {
        for at in self.living() {
            let held = self.rights[at].clone();
            let above = self.chain(at);
            let above = above.iter().any(|at| self.rights[*at].holder == WHO[who]);
            let has = |other: &usize| {
                let right = &self.rights[*other];
                right.holder == WHO[who]
                    && right.via.is_some_and(|(_, through)| through == group)
                    && self.root(*other) == self.root(at)
            };
            let known = self.living().iter().any(has);
            if held.holder == WHO[group] && self.shows(at) && !above && !known {
                self.rights.push(Right {
                    holder: WHO[who].to_owned(),
                    via: Some((at, group)),
                    since: None,
                    ..held
                });
            }
        }
    }

    fn assign(&mut self, group: usize, role: usize) {
        let on = format!("role{group}");
        for name in self.names(role) {
            self.give(&on, &format!("a{group}{role}"), &name);
        }
        if !self.carried.insert((group, role)) {
            return;
        }
        let living = self.living();
        let members: Vec<Right> = living
            .iter()
            .map(|at| self.rights[*at].clone())
            .filter(|right| right.via.is_none() && right.on == on && right.name == "member")
            .collect();
        for member in members {
            for name in self.names(role) {
                let at = self.give(&member.holder, &on, &name);
                self.rights[at].asleep = member.asleep;
            }
        }
    }

    /// Finds whoever has a right through a group that has just lost it another way of the group to it.
    fn settle(&mut self, before: &[bool]) {
        loop {
            let lost = (0..self.rights.len()).find_map(|at| {
                let (from, group) = self.rights[at].via.filter(|_| self.rights[at].lives)?;
                let falls = before.get(from) == Some(&true) && !self.shows(from);
                let others = (0..self.rights.len()).find(|other| {
                    *other != from
                        && self.rights[*other].holder == WHO[group]
                        && self.rights[*other].via.is_some()
                        && self.root(*other) == self.root(at)
                        && self.shows(*other)
                        && !self.chain(*other).contains(&at)
                });
                others
                    .filter(|_| falls || !self.lives(from))
                    .map(|other| (at, other, group))
            });
            let Some((at, other, group)) = lost else {
                break;
            };
            self.rights[at].via = Some((other, group));
        }
        for at in 0..self.rights.len() {
            self.rights[at].lives = self.lives(at);
        }
    }

    fn step(&mut self, second: i64, step: &Step) {
        let before: Vec<bool> = (0..self.rights.len()).map(|at| self.shows(at)).collect();
        self.act(step);
        self.settle(&before);
        for at in 0..self.rights.len() {
            let shows = self.shows(at);
            let right = &mut self.rights[at];
            match (right.since, shows) {
                (None, true) => right.since = Some(second),
                (Some(from), false) => {
                    right.since = None;
                    let span = right.span(from, Some(second));
                    self.spans.push(span);
                }
                _ => {}
            }
        }
    }

    fn finish(mut self) -> Vec<Span> {
        let open = self.rights.iter();
        let open = open.filter_map(|right| Some(right.span(right.since?, None)));
        self.spans.extend(open);
        self.spans.retain(|span| span.2 != "member");
        self.spans.sort();
        self.spans
    }
}

impl Right {
    fn span(&self, from: i64, until: Option<i64>) -> Span {
        (
            self.holder.clone(),
            self.on.clone(),
            self.name.clone(),
            from,
            until,
        )
    }
}

fn modelled(steps: &[Step]) -> Vec<Span> {
    let mut model = Model::default();
    for (second, step) in (0..).zip(steps) {
        model.step(second * APART, step);
    }
    model.finish()
}

/// The grants as spans of single rights.
fn spans(grants: &[Grant]) -> Vec<Span> {
    let second = |time: Instant| (time - after(0)).num_seconds();
    let mut spans = Vec::new();
    for grant in grants {
        let on = thing(grant);
        let rights = grant.rights.iter();
        for right in rights.filter(|right| !right.starts_with("member of ")) {
            spans.push((
                grant.grantee.name.clone(),
                on.clone(),
                right.clone(),
                second(grant.time.unwrap()),
                grant.revoked_at.map(second),
            ));
        }
    }
    spans.sort();
    spans
}

/// What a grant is on, as the model names it.
fn thing(grant: &Grant) -> String {
    use crate::hunt::model::Road;
    match grant.road {
        Road::SendOnBehalf => grant.target.name.replace("box", "behalf"),
        Road::RoleGroup => {
            let membership = grant.rights.iter().find_map(|right| {
                let group = right.strip_prefix("member of ")?;
                group.starts_with("role").then(|| group.to_owned())
            });
            membership.unwrap_or_default()
        }
        Road::ImpersonationRole => {
            let role = ROLES
                .iter()
                .position(|role| grant.rights.iter().any(|right| right == role));
            let group = grant.grantee.name.trim_start_matches("role");
            format!("a{group}{}", role.unwrap_or_default())
        }
        _ => grant.target.name.clone(),
    }
}

/// Records of some acts, under ids in another order than theirs.
fn records_of(steps: &[Step]) -> Vec<Record> {
    let records = (0_i64..).zip(steps).map(|(number, step)| {
        let id = format!("{:08x}-0000-4000-8000-{number:012x}", number * 7919 % 1000);
        read(&dated(json_of(step), &id, number * APART))
    });
    records.collect()
}

/// The same acts as another channel tells them: without an id, a few seconds later.
fn retold(record: &Record, seconds: i64) -> Record {
    let mut again = record.clone();
    again.id.0 = format!("row-{}", record.id.0);
    again.time = record
        .time
        .map(|time| time + chrono::TimeDelta::seconds(seconds));
    again
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn grants_follow_the_model(steps in proptest::collection::vec(any_step(), 0..32)) {
        let grants = grants(&located(records_of(&steps)));
        prop_assert_eq!(spans(&grants), modelled(&steps), "{:#?}", grants);
        for grant in &grants {
            prop_assert_eq!(grant.state == State::Standing, grant.ended_by.is_empty());
            prop_assert_eq!(grant.ended_by.is_empty(), grant.revocation_ids.is_empty());
        }
        let ids: BTreeSet<&str> = grants.iter().map(|grant| &*grant.id).collect();
        prop_assert_eq!(ids.len(), grants.len());
    }

    #[test]
    fn other_channels_order_and_copies_change_no_interval(
        steps in proptest::collection::vec(any_step(), 0..16),
        told in proptest::collection::vec((0..5_i64, any::<bool>()), 16),
        moved in any::<proptest::sample::Index>(),
    ) {
        let once = records_of(&steps);
        let mut all = once.clone();
        let copies = once.iter().zip(&told).filter(|(_, (_, again))| *again);
        all.extend(copies.map(|(record, (seconds, _))| retold(record, *seconds)));
        all.extend(once.iter().take(3).cloned());
        if !all.is_empty() {
            let middle = moved.index(all.len());
            all.rotate_left(middle);
            all.reverse();
        }
        let (one, all) = (grants(&located(once)), grants(&located(all)));
        prop_assert_eq!(spans(&all), spans(&one));
        // Whatever was marked with less evidence is found again.
        let known: BTreeSet<&str> = all.iter().flat_map(Grant::ids).collect();
        for grant in &one {
            prop_assert!(known.contains(&*grant.id), "{}", grant.id);
        }
    }

    #[test]
    fn what_is_looked_up_is_what_comparing_all_finds(
        steps in proptest::collection::vec((any_step(), 0..6_i64), 0..24),
    ) {
        // Several acts in one second, too.
        let records = (0_i64..).zip(&steps).map(|(number, (step, second))| {
            let id = format!("{}-{number}", number * 7 % 5);
            read(&dated(json_of(step), &id, *second))
        });
        let records = located(records);
        let identities = Identities::of_records(&records);
        prop_assert_eq!(
            lifecycle::grants(&records, &identities),
            lifecycle::grants_by_comparing_all(&records, &identities)
        );
    }
}
