//! What has come from the worker: the hunt, the marks, how far indexing is.
//!
//! Not here: what a screen makes of it.

use crate::case::Mark;
use crate::hunt::{Class, ScoredGrant};
use crate::job::{Hunt, Progress};
use std::collections::HashMap;
use std::sync::Arc;

/// Whether the worker still answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Worker {
    /// It still answers.
    #[default]
    Works,
    /// It has ended: nothing more will come.
    Gone,
}

/// Grants by kind, for the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Grants that took effect.
    pub grants: u64,
    /// Those to be judged by a person.
    pub candidates: u64,
    /// Those made by Microsoft's own services.
    pub system: u64,
    /// Attempts that failed.
    pub attempts: u64,
}

/// What has come from the worker.
#[derive(Debug, Clone, Default)]
pub struct Data {
    /// The newest hunt.
    pub hunt: Arc<Hunt>,
    /// Every mark of the case.
    pub marks: Arc<Vec<Mark>>,
    /// How far indexing is.
    pub progress: Progress,
    /// Whether more can come.
    pub worker: Worker,
    /// Grants by kind.
    pub counts: Counts,
    marked: HashMap<String, usize>,
    findings: Vec<(usize, Option<usize>)>,
}

impl Data {
    /// Takes a new hunt.
    pub fn take_hunt(&mut self, hunt: Arc<Hunt>) {
        self.hunt = hunt;
        self.counts = count(&self.hunt.grants);
        self.join();
    }

    /// Takes new marks.
    pub fn take_marks(&mut self, marks: Arc<Vec<Mark>>) {
        self.marked = marks
            .iter()
            .enumerate()
            .map(|(at, mark)| (mark.grant.clone(), at))
            .collect();
        self.marks = marks;
        self.join();
    }

    /// The mark of a grant.
    pub fn mark(&self, grant: &str) -> Option<&Mark> {
        self.marked.get(grant).and_then(|at| self.marks.get(*at))
    }

    /// A grant by its id.
    pub fn grant(&self, id: &str) -> Option<&ScoredGrant> {
        self.hunt.grants.iter().find(|scored| scored.grant.id == id)
    }

    /// The name to show of an evidence file, without its folder.
    pub fn file_name(&self, number: u32) -> String {
        let files = &self.hunt.coverage.files;
        let path = files
            .iter()
            .find(|file| file.number == number)
            .map(|file| file.path.as_str());
        path.and_then(|path| path.rsplit(['/', '\\']).next())
            .map_or_else(|| format!("file {number}"), str::to_owned)
    }

    /// The marks with their grants, riskiest first; a mark whose grant the evidence no longer has comes last.
    pub fn finding(&self, at: usize) -> Option<(&Mark, Option<&ScoredGrant>)> {
        let (mark, grant) = self.findings.get(at)?;
        Some((
            self.marks.get(*mark)?,
            grant.and_then(|at| self.hunt.grants.get(at)),
        ))
    }

    /// Whether evidence is being read.
    pub fn is_reading(&self) -> bool {
        let begun = self.progress.bytes > 0 && !self.progress.finished;
        self.worker == Worker::Works && (self.hunt.indexing || begun)
    }

    fn join(&mut self) {
        let mut places: Vec<Option<usize>> = vec![None; self.marks.len()];
        if !self.marks.is_empty() {
            for (at, scored) in self.hunt.grants.iter().enumerate() {
                let known = scored.grant.ids().find_map(|id| self.marked.get(id));
                let Some(mark) = known.copied() else { continue };
                // The grant is looked up by its own id, whichever the mark was made under.
                self.marked.insert(scored.grant.id.clone(), mark);
                if let Some(place) = places.get_mut(mark) {
                    *place = Some(at);
                }
            }
        }
        self.findings = places.into_iter().enumerate().collect();
        let score = |grant: Option<usize>| {
            grant
                .and_then(|at| self.hunt.grants.get(at))
                .map_or(f64::NEG_INFINITY, |scored| scored.score)
        };
        let mut findings = std::mem::take(&mut self.findings);
        findings.sort_by(|one, other| score(other.1).total_cmp(&score(one.1)).then(one.cmp(other)));
        self.findings = findings;
    }
}

fn count(grants: &[ScoredGrant]) -> Counts {
    let mut counts = Counts::default();
    for scored in grants {
        let grant = &scored.grant;
        if grant.gave_nothing() {
            counts.attempts += 1;
            continue;
        }
        counts.grants += 1;
        match grant.class {
            Class::Candidate => counts.candidates += 1,
            Class::System => counts.system += 1,
            Class::Sanctioned => {}
        }
    }
    counts
}
