//! What narrows a right, what makes it doubtful, and what an answer cannot know.
//!
//! Nothing is taken away because of a limit: a policy may be younger than the question. Not here: the rights themselves (`who`).

use super::{Certainty, Way, When, World, is_named};
use crate::hunt::model::{Class, Grant, Party, Road, Scope, State};
use crate::hunt::snapshot::{Policy, Source};
use crate::text::{count, fold};
use crate::time::show;
use std::collections::BTreeSet;

/// Listings that show rights on one mailbox, with their roads.
const OF_MAILBOX: [(Road, Source); 4] = [
    (Road::MailboxPermission, Source::MailboxPermission),
    (Road::SendAs, Source::RecipientPermission),
    (Road::SendOnBehalf, Source::Mailbox),
    (Road::FolderPermission, Source::FolderPermission),
];

/// Listings that show rights on every mailbox, with their roads.
const OF_TENANT: [(Road, Source); 4] = [
    (Road::ImpersonationRole, Source::RoleAssignment),
    (Road::RoleGroup, Source::RoleGroup),
    (Road::AppPermission, Source::AppRole),
    (Road::Consent, Source::Consent),
];

/// What a grant itself says against its right.
pub(super) fn of_grant(grant: &Grant) -> Vec<String> {
    let mut limits = Vec::new();
    if grant.state == State::Unknown && !grant.revocation_ids.is_empty() {
        limits.push("a removal of it is logged in the same second or without a time".to_owned());
    }
    if grant.time.is_none() && !grant.record_ids.is_empty() {
        limits.push("its record lost its time".to_owned());
    }
    if !grant.grantee.candidates.is_empty() {
        let names = grant.grantee.candidates.join(" or ");
        limits.push(format!("the holder may be {names}"));
    }
    if !grant.target.candidates.is_empty() {
        let names = grant.target.candidates.join(" or ");
        limits.push(format!("the mailbox may be that of {names}"));
    }
    if grant.road == Road::Consent && grant.scope == Scope::Tenant {
        limits.push("only in the name of whoever signs in to it".to_owned());
    }
    if grant.class == Class::System {
        limits.push(grant.class_reason.clone());
    }
    limits
}

impl World<'_> {
    /// Adds what listings say against a right: denials, policies, audit that passes its holder over.
    pub(super) fn limit(&self, way: &mut Way, mailbox: Option<&BTreeSet<usize>>) {
        let holder = self.parties.lookup(&way.principal);
        let target = self.parties.lookup(&way.mailbox);
        let target = mailbox.unwrap_or(&target);
        for (denial, (denied, on)) in self.listed.denials.iter().zip(&self.denied) {
            if way.road.is_some() && holder.contains(denied) && target.contains(on) {
                way.limits.push(format!(
                    "{} denies {}",
                    denial.source.name(),
                    denial.rights.join(", ")
                ));
            }
        }
        if way.road == Some(Road::AppPermission) {
            for (policy, group) in self.listed.policies.iter().zip(&self.kept) {
                let mut ids = way.principal.spellings.iter().chain(&way.app_ids);
                if ids.any(|id| fold(id) == policy.app) {
                    way.limits.push(self.policy(policy, *group, mailbox));
                }
            }
        }
        if holder.iter().any(|at| self.bypassed.contains(at)) {
            way.limits
                .push("mailbox audit leaves out what its holder does".to_owned());
        }
    }

    /// What a policy means for a mailbox, or for all.
    fn policy(&self, policy: &Policy, group: usize, mailbox: Option<&BTreeSet<usize>>) -> String {
        let name = &policy.group.spelling;
        let kept = if policy.denies {
            format!("a policy (DenyAccess) keeps it from {name}")
        } else {
            format!("a policy (RestrictAccess) keeps it to {name}")
        };
        let Some(mailbox) = mailbox else {
            return kept;
        };
        let end = self.span.map(|(_, last)| last).unwrap_or_default();
        if self.groups.holds(group, mailbox, When::at(end)) {
            format!("{kept}, of which this mailbox is a member")
        } else if self.groups.is_opaque(group) {
            format!("{kept}, whose members are not listed")
        } else {
            format!("{kept}, of which this mailbox is no listed member")
        }
    }

    /// What the evidence cannot tell about a question.
    pub(super) fn unknowns(
        &self,
        ways: &[Way],
        mailbox: Option<&Party>,
        opaque: &BTreeSet<String>,
        when: When,
    ) -> Vec<String> {
        let mut unknowns = self.of_time(when);
        unknowns.extend(self.unlisted(mailbox));
        unknowns.extend(
            opaque
                .iter()
                .map(|group| format!("the members of {group} are not listed")),
        );
        let is_undated =
            |way: &&Way| way.certainty == Certainty::Listed && way.during.since.is_none();
        let undated = ways.iter().filter(is_undated).count() as u64;
        if undated > 0 {
            unknowns.push(format!(
                "{} known only from listings, which do not say since when: the end of the log is sure, earlier is not",
                are(undated)
            ));
        }
        let incomplete = self.listed.left_out.incomplete;
        if incomplete > 0 {
            unknowns.push(format!(
                "{} of listings lost whose right it is, or which",
                count(incomplete, "row")
            ));
        }
        unknowns
    }

    fn of_time(&self, when: When) -> Vec<String> {
        let Some((first, last)) = self.span else {
            return vec!["no record of the log has a time".to_owned()];
        };
        let mut unknowns = vec![format!(
            "the log begins on {}: rights given before are known only where a listing has them",
            show(first)
        )];
        if when.to < first {
            unknowns.push("the time asked for is before the log begins".to_owned());
        }
        if when.from > last {
            unknowns.push(format!(
                "the log ends on {}: what stood then is taken to stand still",
                show(last)
            ));
        }
        unknowns
    }

    /// The listings that are not in the evidence, or do not have the mailbox.
    fn unlisted(&self, mailbox: Option<&Party>) -> Option<String> {
        let mut missing: BTreeSet<&'static str> = BTreeSet::new();
        for (road, source) in OF_MAILBOX {
            let covers = self.listed.covers.iter().filter(|cover| cover.road == road);
            let is_its = |subject| mailbox.is_none_or(|mailbox| is_named(mailbox, subject));
            if !covers.into_iter().any(|cover| is_its(&cover.subject)) {
                missing.insert(source.name());
            }
        }
        for (road, source) in OF_TENANT {
            if !self.listed.shows(road) {
                missing.insert(source.name());
            }
        }
        let names: Vec<&str> = missing.into_iter().collect();
        let whose = mailbox.map_or("", |_| " of this mailbox");
        (!names.is_empty()).then(|| {
            format!(
                "no listing{whose} in the evidence by {}: what only these show is not known",
                names.join(", ")
            )
        })
    }
}

fn are(rights: u64) -> String {
    let verb = if rights == 1 { "is" } else { "are" };
    format!("{} {verb}", count(rights, "right"))
}
