//! An open case, and what one can ask of it.
//!
//! Not here: threads (`worker`) and printing (`cli`).

use super::JobError;
use super::coverage;
use super::custody::{self, Verified};
use super::hunting::{self, Known, Shown};
use super::index::{self, Observer, Pace, Plan};
use super::inventories::Inventories;
use super::originals;
use super::protocol::{Coverage, FileCoverage, Hunt};
use crate::case::{CaseFolder, Database, FileState, Mark, mark};
use crate::evidence::{self, Original};
use crate::export::{self, Document, Entry, MOST_ACCESSES, Reached, Source};
use crate::hunt::access::{self, Summary, Tie};
use crate::hunt::baseline::Tunables;
use crate::hunt::catalog::Noise;
use crate::hunt::identity::fact::LocatedFact;
use crate::hunt::who::{self, World};
use crate::hunt::{Grant, Judged, ScoredGrant, Verdict, facet};
use crate::query::{Expr, Field};
use crate::record::{Located, Provenance, Record};
use crate::store::{self, Hits, Row, Snapshot, Store};
use crate::time::Instant;
use std::collections::{BTreeSet, HashMap};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Ledger rows listed for one file.
const LISTED_POSITIONS: u64 = 1000;

/// Most files whose accounts are asked for one by one.
const ONE_BY_ONE: usize = 256;

/// An open case.
pub struct Session {
    folder: CaseFolder,
    store: Arc<Store>,
    database: Database,
    /// Of the last hunt, while more is being read.
    memory: hunting::Memory,
    /// What Microsoft's own service does.
    noise: Arc<Noise>,
    /// The permission listings as they were read last.
    inventories: Inventories,
}

/// Records found by a search, with the index state they were found in.
#[derive(Clone)]
pub struct Found {
    /// The records found.
    pub hits: Hits,
    snapshot: Snapshot,
}

impl Found {
    /// Some rows of the listing.
    pub fn rows(&self, from: usize, count: usize) -> Result<Vec<Row>, JobError> {
        Ok(self.snapshot.rows(&self.hits, from, count)?)
    }
}

/// What the case knows about who could reach what.
pub struct Who {
    /// One answer; several where the name may be that of several.
    pub answers: Vec<who::Answer>,
    /// Names near to one that the evidence does not know.
    pub near: Vec<String>,
    /// The files behind the places of the rows.
    pub sources: HashMap<Provenance, Source>,
    /// What could not be read again, one sentence each.
    pub faults: Vec<String>,
}

/// The accesses after a grant.
pub struct Access {
    /// Why they are tied to it.
    pub tie: Tie,
    /// The records; `None` when nothing can be tied.
    pub found: Option<Found>,
}

impl Session {
    /// Opens the case in a folder, making it when there is none.
    pub fn open_or_create(path: &Path) -> Result<Self, JobError> {
        Self::with(CaseFolder::open_or_create(path, store::VERSION)?)
    }

    /// Opens the case in a folder to ask it something. An index of another version is refused, and stays; so is one that holds nothing
    /// yet of the evidence that the case knows.
    pub fn open(path: &Path) -> Result<Self, JobError> {
        let folder = CaseFolder::open(path, store::VERSION)?;
        folder.require_current_index()?;
        let session = Self::with(folder)?;
        let is_empty = index::committed(&session.store)? == 0;
        if is_empty && !session.database.files(u64::MAX)?.is_empty() {
            let path = session.folder.path().to_owned();
            return Err(JobError::NotIndexed { path });
        }
        Ok(session)
    }

    /// Opens the case in a folder to read evidence. An index of another version is made anew.
    pub fn open_to_index(path: &Path) -> Result<Self, JobError> {
        Self::with(CaseFolder::open_to_write(path, store::VERSION)?)
    }

    fn with(mut folder: CaseFolder) -> Result<Self, JobError> {
        let noise = Arc::new(noise(&folder.system_grants())?);
        let mut database = Database::open(&folder.database())?;
        if folder.is_stale() {
            // An index built anew begins with commit 0; the plan then names all evidence that the database knows.
            database.alone(|| folder.renew_index(store::VERSION))?;
        }
        let store = Arc::new(Store::open(&folder.index())?);
        Ok(Self {
            folder,
            store,
            database,
            memory: hunting::Memory::default(),
            noise,
            inventories: Inventories::default(),
        })
    }

    /// A second session on the same case and index, for another thread.
    pub fn another(&self) -> Result<Self, JobError> {
        Ok(Self {
            folder: self.folder.clone(),
            store: Arc::clone(&self.store),
            database: Database::open(&self.folder.database())?,
            memory: hunting::Memory::default(),
            noise: Arc::clone(&self.noise),
            inventories: self.inventories.clone(),
        })
    }

    /// The folder of the case.
    pub fn folder(&self) -> &CaseFolder {
        &self.folder
    }

    /// Works out what is to be read of some evidence.
    pub fn plan(&mut self, evidence: &[PathBuf]) -> Result<Plan, JobError> {
        Plan::new(&self.store, &self.database, &self.folder.spool(), evidence)
    }

    /// Reads what a plan names.
    pub fn index(&mut self, plan: Plan, observer: &mut dyn Observer) -> Result<(), JobError> {
        self.index_at(plan, observer, Pace::default())
    }

    /// Reads what a plan names, at another pace than the usual.
    pub fn index_at(
        &mut self,
        plan: Plan,
        observer: &mut dyn Observer,
        pace: Pace,
    ) -> Result<(), JobError> {
        index::run(&self.store, &mut self.database, plan, observer, pace)
    }

    /// The account of every evidence file, of commits that happened.
    pub fn files(&mut self) -> Result<Vec<FileState>, JobError> {
        Ok(self.database.files(index::committed(&self.store)?)?)
    }

    /// The records that the hunt needs, read again from the evidence, and why some could not be.
    pub fn hunted(&mut self) -> Result<(Vec<Located>, Vec<String>), JobError> {
        let found = self.search(&Expr::exact(Field::Is, facet::HUNTED))?;
        let (records, mut faults) = self.originals(&found.hits.places())?;
        let files = self.files()?;
        faults.extend(self.inventories(&files).faults());
        Ok((records, faults))
    }

    /// The permission listings of the evidence, read once while they stay the same.
    fn inventories(&mut self, files: &[FileState]) -> Inventories {
        self.inventories = self.inventories.read(files, &self.folder.spool());
        self.inventories.clone()
    }

    /// What records show of who is who.
    fn facts(&self) -> Result<Vec<LocatedFact>, JobError> {
        Ok(self.database.facts(index::committed(&self.store)?)?)
    }

    /// Answers who could reach a mailbox, or what somebody could reach, and says what could not be read again.
    pub fn who(
        &mut self,
        subject: who::Subject<'_>,
        when: Option<who::When>,
    ) -> Result<Who, JobError> {
        let (records, faults) = self.hunted()?;
        // They were read just now, with the records.
        let inventories = self.inventories.clone();
        let snapshot = self.store.snapshot()?;
        let span = snapshot.span()?;
        let facts = self.facts()?;
        let shown = Shown {
            records: &records,
            facts: &facts,
            inventories: &inventories,
            noise: &self.noise,
        };
        let known = Known::of(shown, span);
        let members = who::members_of(&records, &known.identities);
        let accounts = snapshot.mailboxes(&Expr::All)?;
        let listed = inventories.listed();
        let world = World::new(&known.grants, listed, members, &known.identities, span);
        let answers = world.ask(subject, when, &accounts);
        let (who::Subject::Mailbox(asked) | who::Subject::Principal(asked)) = subject;
        let near = if answers.iter().any(|answer| answer.is_known) {
            Vec::new()
        } else {
            let names = world.names().chain(accounts.iter().map(String::as_str));
            let near = who::near(asked, names).into_iter();
            near.map(str::to_owned).collect()
        };
        let places = answers.iter().flat_map(|answer| &answer.ways);
        let places: Vec<Provenance> = places.filter_map(|way| way.source).collect();
        let found = sources(&self.files_of(&places)?, &places);
        Ok(Who {
            answers,
            near,
            sources: places.into_iter().zip(found).collect(),
            faults,
        })
    }

    /// The accounts of the files that some places are in. Few are asked for one by one: a case may have ten thousand.
    fn files_of(&mut self, places: &[Provenance]) -> Result<Vec<FileState>, JobError> {
        let numbers: BTreeSet<u32> = places.iter().map(|place| place.file).collect();
        if numbers.len() > ONE_BY_ONE {
            return self.files();
        }
        let committed = index::committed(&self.store)?;
        let mut files = Vec::new();
        for number in numbers {
            files.extend(self.database.file(number, committed)?);
        }
        Ok(files)
    }

    /// The state of the hunt, from records that the caller holds.
    pub fn hunt(&mut self, records: &[Located], indexing: bool) -> Result<Hunt, JobError> {
        let snapshot = self.store.snapshot()?;
        let tunables = Tunables::default();
        let facts = self.facts()?;
        let files = self.files()?;
        let inventories = self.inventories(&files);
        let shown = Shown {
            records,
            facts: &facts,
            inventories: &inventories,
            noise: &self.noise,
        };
        let grants = hunting::hunt(&snapshot, shown, tunables, &mut self.memory)?;
        if !indexing {
            // No hunt is to follow.
            self.memory = hunting::Memory::default();
        }
        Ok(Hunt {
            grants,
            records: snapshot.len(),
            span: snapshot.span()?,
            coverage: self.coverage_of(files)?,
            case: self.folder.name(),
            indexing,
        })
    }

    /// The state of the hunt, from the case alone, and what could not be read again.
    pub fn hunt_whole(&mut self) -> Result<(Hunt, Vec<String>), JobError> {
        let (records, faults) = self.hunted()?;
        Ok((self.hunt(&records, false)?, faults))
    }

    /// The ledger of all files, by path.
    pub fn coverage(&mut self) -> Result<Coverage, JobError> {
        let states = self.files()?;
        self.coverage_of(states)
    }

    fn coverage_of(&self, states: Vec<FileState>) -> Result<Coverage, JobError> {
        let committed = index::committed(&self.store)?;
        let mut files = Vec::new();
        for state in states.into_iter().filter(|state| !state.is_cured()) {
            let positions = if state.refused + state.degraded > 0 {
                self.database
                    .positions(state.file, committed, LISTED_POSITIONS)?
            } else {
                Vec::new()
            };
            files.push((state, positions));
        }
        Ok(coverage::of(files))
    }

    /// Digests the evidence again, and says what is no longer what was indexed; last come files of the index that are damaged.
    pub fn verify(&mut self) -> Result<Vec<Verified>, JobError> {
        let mut verified = custody::verify(&self.files()?, &self.folder.spool());
        let damaged = self.store.verify()?.into_iter();
        verified.extend(damaged.map(|(path, error)| custody::damaged(&path, &error)));
        Ok(verified)
    }

    /// Finds the records that match.
    pub fn search(&self, query: &Expr) -> Result<Found, JobError> {
        let snapshot = self.store.snapshot()?;
        Ok(Found {
            hits: snapshot.search(query)?,
            snapshot,
        })
    }

    /// Finds the accesses after a grant, narrowed by a query.
    pub fn accesses(&self, scored: &ScoredGrant, narrow: &Expr) -> Result<Access, JobError> {
        let (tie, query) = access::query(&scored.grant);
        let found = query
            .map(|query| self.search(&query.and(narrow.clone())))
            .transpose()?;
        Ok(Access { tie, found })
    }

    /// The original of a record, with the file it stands in.
    pub fn original(
        &mut self,
        at: Provenance,
    ) -> Result<(FileState, Result<Original, String>), JobError> {
        let committed = index::committed(&self.store)?;
        let state = self.database.file(at.file, committed)?.unwrap_or_default();
        let original = match &state.layout {
            Some(layout) => {
                let path = state.location(&self.folder.spool());
                evidence::reread(&path, layout, at.into()).map_err(|error| error.to_string())
            }
            None => Err(
                "the case does not know how its file is laid out; index the evidence again"
                    .to_owned(),
            ),
        };
        Ok((state, original))
    }

    /// The originals of some records, each with the file it stands in.
    pub fn originals(
        &mut self,
        places: &[Provenance],
    ) -> Result<(Vec<Located>, Vec<String>), JobError> {
        Ok(originals::reread(
            &self.files_of(places)?,
            &self.folder.spool(),
            places,
        ))
    }

    /// Every mark in the case.
    pub fn marks(&self) -> Result<Vec<Mark>, JobError> {
        Ok(self.database.marks()?)
    }

    /// Marks a grant, or changes the mark on it; without a note the one that is there stays.
    pub fn mark(
        &mut self,
        grant: &Grant,
        verdict: Verdict,
        note: Option<&str>,
        at: Instant,
    ) -> Result<Mark, JobError> {
        let marks = self.marks()?;
        let before = mark::of(&marks, grant);
        let mark = Mark {
            grant: before.map_or(&grant.id, |before| &before.grant).clone(),
            verdict,
            note: note
                .or(before.map(|before| before.note.as_str()))
                .unwrap_or_default()
                .trim()
                .to_owned(),
            tags: before.map(|before| before.tags.clone()).unwrap_or_default(),
            by: whoami(),
            at,
        };
        self.database.mark(&mark)?;
        Ok(mark)
    }

    /// Takes the mark made under an id away. Says whether there was one.
    pub fn unmark(&mut self, id: &str, at: Instant) -> Result<bool, JobError> {
        Ok(self.database.unmark(id, &whoami(), at)?)
    }

    /// Everything an export of some grants needs: the grants with marks, their sources and the account of the evidence; on demand what
    /// was accessed through them too, which takes a search for each.
    pub fn document(
        &mut self,
        hunt: &Hunt,
        choose: &dyn Fn(&Judged<'_>) -> bool,
        command_line: &str,
        at: Instant,
        with_accesses: bool,
    ) -> Result<Document, JobError> {
        let (files, marks) = (self.files()?, self.marks()?);
        let mut entries = Vec::new();
        for scored in &hunt.grants {
            let mark = mark::of(&marks, &scored.grant);
            let judged = Judged {
                scored,
                verdict: mark.map(|mark| mark.verdict),
                tags: mark.map_or(&[], |mark| mark.tags.as_slice()),
            };
            if choose(&judged) {
                let (accesses, reached) = if with_accesses {
                    let (accesses, reached) = self.reached(&files, scored)?;
                    (accesses, Some(reached))
                } else {
                    (Vec::new(), None)
                };
                entries.push(Entry {
                    scored: scored.clone(),
                    mark: mark.cloned(),
                    sources: sources(&files, &scored.grant.provenance),
                    accesses,
                    reached,
                });
            }
        }
        Ok(Document {
            case: hunt.case.clone(),
            command_line: command_line.to_owned(),
            written: at,
            span: hunt.span,
            records: hunt.records,
            files: hunt.coverage.files.iter().map(evidence_line).collect(),
            entries,
        })
    }

    /// What was accessed through a grant, for an export.
    fn reached(
        &self,
        files: &[FileState],
        scored: &ScoredGrant,
    ) -> Result<(Vec<export::Access>, Reached), JobError> {
        let Access { tie, found } = self.accesses(scored, &Expr::All)?;
        let mut rows = match found {
            Some(found) => found.rows(0, usize::MAX)?,
            None => Vec::new(),
        };
        let summary = Summary::of(&rows);
        rows.truncate(MOST_ACCESSES);
        let places: Vec<Provenance> = rows.iter().map(|row| row.provenance).collect();
        let (records, _) = originals::reread(files, &self.folder.spool(), &places);
        let mut records: HashMap<Provenance, Record> = records
            .into_iter()
            .map(|located| (located.provenance, located.record))
            .collect();
        let accesses = rows
            .into_iter()
            .zip(sources(files, &places))
            .map(|(row, source)| {
                let record = records.remove(&row.provenance);
                export::Access {
                    row,
                    source,
                    record,
                }
            });
        let reached = Reached {
            total: summary.accesses,
            mailboxes: summary.mailboxes.into_iter().collect(),
            link: tie.reason().to_owned(),
        };
        Ok((accesses.collect(), reached))
    }

    /// Writes an export to a new file; an existing one is never overwritten.
    pub fn write_export(
        document: &Document,
        format: export::Format,
        path: &Path,
    ) -> Result<(), JobError> {
        let failed = |source| JobError::Write {
            path: path.to_owned(),
            source,
        };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        file.write_all(export::write(document, format).as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(failed)
    }
}

/// The patterns that come with the program, and those in a file of the case where there is one.
fn noise(path: &Path) -> Result<Noise, JobError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(JobError::catalog(path, error.to_string())),
    };
    Noise::parse(&text).map_err(|fault| JobError::catalog(path, fault))
}

/// Where records stand, for an export.
pub(super) fn sources(files: &[FileState], places: &[Provenance]) -> Vec<Source> {
    // In the order of their numbers, as the database gives them.
    let find = |file: u32| {
        let at = files.binary_search_by_key(&file, |state| state.file).ok()?;
        files.get(at)
    };
    places
        .iter()
        .map(|at| {
            let state = find(at.file);
            Source {
                file: state
                    .map(|state| state.name().to_string_lossy().into_owned())
                    .unwrap_or_default(),
                line: at.line,
                offset: at.offset,
                length: at.length,
                sha256: state.map(|state| state.sha256.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

fn evidence_line(file: &FileCoverage) -> export::EvidenceFile {
    export::EvidenceFile {
        path: file.path.clone(),
        sha256: file.sha256.clone(),
        size: file.size,
        rows: file.rows,
        read: file.read,
        fault: file.fault.clone(),
    }
}

/// Name of the account that runs the program, for marks.
pub fn whoami() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "unknown".to_owned())
}
