//! What a query can ask of a grant.
//!
//! Not here: the language (`query`), and where marks are kept (`case`); a caller brings verdict and tags along.

use super::model::{ScoredGrant, Severity, Verdict};
use crate::query::{Field, Subject};
use crate::record::folder_name;
use crate::time::Instant;

/// A grant with what an analyst decided about it.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    /// The grant with its score.
    pub scored: &'a ScoredGrant,
    /// Verdict; `None` when it is not marked.
    pub verdict: Option<Verdict>,
    /// Tags of its mark; empty when there are none.
    pub tags: &'a [String],
}

impl Subject for Judged<'_> {
    fn keywords(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        let grant = &self.scored.grant;
        match field {
            Field::Id => {
                visit(&grant.id);
                grant.also_ids.iter().for_each(|id| visit(id));
                grant.record_ids.iter().for_each(|id| visit(&id.0));
            }
            Field::Operation => visit(&grant.operation),
            Field::Actor => each(visit, &grant.actor.name, &grant.actor.spellings),
            Field::Grantee => {
                each(visit, &grant.grantee.name, &grant.grantee.spellings);
                visit(grant.grantee.kind.word());
            }
            Field::Target => each(visit, &grant.target.name, &grant.target.spellings),
            Field::App => grant.app_ids.iter().for_each(|id| visit(id)),
            Field::Ip => visit(&grant.place.ip),
            Field::Country => visit(&grant.place.country),
            Field::Session => visit(&grant.place.session),
            Field::Agent => visit(&grant.place.agent),
            Field::Road => visit(grant.road.word()),
            Field::Right => grant.rights.iter().for_each(|right| visit(right)),
            Field::Scope => visit(grant.scope.word()),
            Field::State => visit(grant.state.word()),
            Field::Class => visit(grant.class.word()),
            Field::Severity => visit(self.scored.severity.word()),
            Field::Verdict => visit(self.verdict.map_or("", Verdict::word)),
            Field::Tag => self.tags.iter().for_each(|tag| visit(tag)),
            Field::Signal => self
                .scored
                .signals
                .iter()
                .for_each(|signal| visit(signal.name)),
            Field::Folder => visit(folder_name(&grant.folder)),
            Field::Is => self.facets().for_each(visit),
            Field::Time
            | Field::User
            | Field::Mailbox
            | Field::Workload
            | Field::Outcome
            | Field::Access
            | Field::Items
            | Field::Message
            | Field::Object
            | Field::Score
            | Field::Accesses
            | Field::Mailboxes => {}
        }
    }

    fn number(&self, field: Field) -> Option<f64> {
        match field {
            Field::Score => Some(self.scored.score),
            Field::Severity => Severity::ALL
                .iter()
                .position(|severity| *severity == self.scored.severity)
                .map(number),
            Field::Accesses => Some(number(self.scored.accesses)),
            Field::Mailboxes => Some(number(self.scored.mailboxes)),
            _ => None,
        }
    }

    fn time(&self) -> Option<Instant> {
        self.scored.grant.time
    }

    fn texts(&self, visit: &mut dyn FnMut(&str)) {
        self.scored
            .signals
            .iter()
            .for_each(|signal| visit(&signal.detail));
    }
}

impl Judged<'_> {
    /// The values of `is:` for a grant.
    fn facets(&self) -> impl Iterator<Item = &'static str> {
        let grant = &self.scored.grant;
        let kind = grant.act.word();
        let marked = self.verdict.is_some().then_some("marked");
        let used = (self.scored.accesses > 0).then_some("used");
        [
            Some(kind),
            Some(grant.class.word()),
            Some(grant.state.word()),
            marked,
            used,
        ]
        .into_iter()
        .flatten()
    }
}

fn each(visit: &mut dyn FnMut(&str), name: &str, spellings: &[String]) {
    visit(name);
    for spelling in spellings {
        visit(spelling);
    }
}

/// A count as a number of the query language: exact far beyond any log.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn number<N: TryInto<u64>>(count: N) -> f64 {
    count.try_into().unwrap_or(u64::MAX) as f64
}
