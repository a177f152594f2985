//! The threads behind the workbench: one reads evidence, one hunts in what is read, one answers questions.
//!
//! They share nothing but the index and the latest state of the hunt. Reading never waits for a hunt: what it finds is told to the hunting
//! thread, which catches up and hunts once for however many commits there were meanwhile. Answers go through one bounded channel; progress is dropped when
//! the screen is behind, everything else waits for it. Not here: what a screen does with an answer.

#[cfg(test)]
mod tests;

use super::JobError;
use super::index::Observer;
use super::protocol::{Histogram, Hunt, ListKind, Progress, Reply, Request};
use super::records::Records;
use super::scouting;
use super::session::{Found, Session};
use crate::evidence::Original;
use crate::hunt::ScoredGrant;
use crate::record::{Located, Provenance, RecordId};
use chrono::Utc;
use std::any::Any;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::mpsc as replies;

/// Rows sent with a new listing: more than two screens.
const FIRST_ROWS: usize = 200;

/// Steps of a listing's histogram: more than a terminal has columns, so that a screen can add neighbours up.
const STEPS: usize = 240;

/// How long a commit waits to be hunted in: reading that has come to its end says so at once, and what is whole is hunted in only once.
const SETTLING: Duration = Duration::from_millis(5);

/// How long to look ahead of the reader: it is to be the first to show something, not to read everything twice.
const AHEAD: Duration = Duration::from_secs(2);

/// Least time between two notices of progress.
const NOTICE: Duration = Duration::from_millis(60);

/// The handle of the threads; [`Worker::stop`] ends them, and what is committed stays.
pub struct Worker {
    requests: mpsc::Sender<Request>,
    cancelled: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Worker {
    /// A function that hands requests over.
    pub fn asker(&self) -> impl FnMut(Request) + Send + 'static {
        let requests = self.requests.clone();
        move |request| {
            // The thread is gone only when nobody takes its replies any more.
            let _ = requests.send(request);
        }
    }

    /// Stops the threads and waits for the commit under way.
    pub fn stop(self) {
        self.cancelled.store(true, Ordering::Relaxed);
        drop(self.requests);
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}

/// Starts the threads on a case: evidence that is new is indexed, then the case stands open for questions.
pub fn start(
    session: Session,
    evidence: Vec<PathBuf>,
    command_line: String,
    out: replies::Sender<Reply>,
) -> Result<Worker, JobError> {
    let cancelled = Arc::new(AtomicBool::new(false));
    let latest: Latest = Arc::default();
    let reading: Reading = Arc::default();
    let (requests, inbox) = mpsc::channel();
    let answering = Answering {
        session: session.another()?,
        latest: Arc::clone(&latest),
        reading: Arc::clone(&reading),
        out: out.clone(),
        lists: HashMap::new(),
        command_line,
    };
    let hunting = Hunting {
        session,
        latest,
        reading,
        out,
        cancelled: Arc::clone(&cancelled),
        records: Records::default(),
        scouted: BTreeMap::new(),
        has_shown: false,
    };
    let threads = vec![
        thread::Builder::new()
            .name("hunt".to_owned())
            .spawn(move || hunting.run(&evidence)),
        thread::Builder::new()
            .name("answer".to_owned())
            .spawn(move || answering.run(&inbox)),
    ];
    let threads = threads.into_iter().filter_map(Result::ok).collect();
    Ok(Worker {
        requests,
        cancelled,
        threads,
    })
}

type Latest = Arc<Mutex<Arc<Hunt>>>;

/// The files that are looked ahead at while they are read, by number.
type Reading = Arc<Mutex<BTreeMap<u32, PathBuf>>>;

/// The thread that hunts, and begins the one that reads evidence.
struct Hunting {
    session: Session,
    latest: Latest,
    reading: Reading,
    out: replies::Sender<Reply>,
    cancelled: Arc<AtomicBool>,
    records: Records,
    /// Records found ahead of the reader, while it reads.
    scouted: BTreeMap<RecordId, Located>,
    /// Whether any grants are shown.
    has_shown: bool,
}

/// What reading tells the hunt.
enum News {
    /// A record that the hunt needs was added.
    Hunted(Box<Located>),
    /// One gave way.
    Displaced(Provenance),
    /// What was added so far is in the index.
    Committed,
    /// Records that the reader has not come to yet.
    Scouted(Vec<Located>),
}

impl Hunting {
    fn run(mut self, evidence: &[PathBuf]) {
        // What is in the index is shown even when reading on failed.
        let read = guarded("reading the evidence", || self.read(evidence));
        let done = self.publish(false);
        for error in [read.err(), done.err()].into_iter().flatten() {
            let _ = self.out.blocking_send(Reply::Failed(error.to_string()));
        }
        let finished = Progress {
            finished: true,
            ..Progress::default()
        };
        let _ = self.out.blocking_send(Reply::Progress(finished));
    }

    fn read(&mut self, evidence: &[PathBuf]) -> Result<(), JobError> {
        let marks = self.session.marks()?;
        let _ = self.out.blocking_send(Reply::Marks(Arc::new(marks)));
        let plan = self.session.plan(evidence)?;
        // Of evidence that changed under the index nothing can be read again; it is about to be read anew.
        let (records, faults) = if plan.is_anew() {
            (Vec::new(), Vec::new())
        } else {
            self.session.hunted()?
        };
        self.records = records.into_iter().collect();
        for fault in faults {
            let _ = self.out.blocking_send(Reply::Failed(fault));
        }
        if plan.is_empty() {
            return Ok(());
        }
        self.publish(true)?;
        let mut session = self.session.another()?;
        let ahead = plan.ahead();
        self.watch(ahead, |observer| session.index(plan, observer))
    }

    /// Follows what is read, and looks ahead in some files meanwhile.
    fn watch(
        &mut self,
        ahead: Vec<(u32, PathBuf)>,
        read: impl FnOnce(&mut dyn Observer) -> Result<(), JobError> + Send,
    ) -> Result<(), JobError> {
        *self.reading.lock().unwrap_or_else(PoisonError::into_inner) =
            ahead.iter().cloned().collect();
        let (news, told) = mpsc::channel();
        let scouted = news.clone();
        let mut telling = Telling {
            news,
            out: self.out.clone(),
            cancelled: Arc::clone(&self.cancelled),
            last_notice: Instant::now(),
        };
        let is_over = AtomicBool::new(false);
        let done = thread::scope(|scope| {
            let reading = scope.spawn(|| {
                let done = guarded("reading the evidence", || read(&mut telling));
                is_over.store(true, Ordering::Relaxed);
                // The hunt follows for as long as anybody may tell.
                drop(telling);
                done
            });
            let begun = Instant::now();
            let (cancelled, is_over) = (Arc::clone(&self.cancelled), &is_over);
            let is_wanted = move || {
                let stopped = [&*cancelled, is_over].map(|flag| flag.load(Ordering::Relaxed));
                begun.elapsed() < AHEAD && stopped == [false; 2]
            };
            let scouting = move || {
                // What cannot be looked ahead at is the reader's to tell.
                let _ = guarded("looking ahead", || {
                    scouting::scout(ahead, &is_wanted, &mut |found| {
                        let _ = scouted.send(News::Scouted(found));
                    });
                    Ok(())
                });
            };
            scope.spawn(scouting);
            self.follow(&told);
            reading
                .join()
                .unwrap_or_else(|panic| Err(panicked("reading the evidence", panic.as_ref())))
        });
        self.scouted.clear();
        done
    }

    /// Follows what reading tells until it ends. What the last commit brought is hunted in by whoever called.
    fn follow(&mut self, told: &mpsc::Receiver<News>) {
        let mut committed: Option<Instant> = None;
        loop {
            let news = match committed {
                None => told.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(at) => told.recv_timeout(SETTLING.saturating_sub(at.elapsed())),
            };
            match news {
                Ok(News::Hunted(located)) => self.records.add(*located),
                Ok(News::Displaced(provenance)) => self.records.remove(provenance),
                Ok(News::Committed) => committed = committed.or_else(|| Some(Instant::now())),
                Ok(News::Scouted(found)) => {
                    let found = found.into_iter();
                    self.scouted
                        .extend(found.map(|located| (located.record.id.clone(), located)));
                    // Where grants are shown, more of them can wait for the next commit.
                    let is_new = !self.has_shown;
                    committed = committed.or_else(|| is_new.then(Instant::now));
                }
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if committed.is_some_and(|at| at.elapsed() >= SETTLING) {
                committed = None;
                if let Err(error) = self.publish(true) {
                    let _ = self.out.blocking_send(Reply::Failed(error.to_string()));
                }
            }
        }
    }

    fn publish(&mut self, indexing: bool) -> Result<(), JobError> {
        // Nobody looks any more: the case is whole, the hunt can be made again.
        if self.is_cancelled() {
            return Ok(());
        }
        let hunt = Arc::new(guarded("hunting", || {
            if self.scouted.is_empty() {
                self.session.hunt(self.records.all(), indexing)
            } else {
                let records = self.with_scouted();
                self.session.hunt(&records, indexing)
            }
        })?);
        self.has_shown = !hunt.grants.is_empty();
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&hunt);
        let _ = self.out.blocking_send(Reply::Hunt(hunt));
        Ok(())
    }

    /// The records of the index, and those found ahead of it that are none of them.
    fn with_scouted(&self) -> Vec<Located> {
        let indexed = self.records.all();
        let known: HashSet<&RecordId> = indexed.iter().map(|located| &located.record.id).collect();
        let ahead = self.scouted.iter().filter(|(id, _)| !known.contains(id));
        let ahead = ahead.map(|(_, located)| located);
        indexed.iter().chain(ahead).cloned().collect()
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Does some work; a panic in it is an error, so that the workbench goes on with what there is.
fn guarded<T>(
    what: &'static str,
    work: impl FnOnce() -> Result<T, JobError>,
) -> Result<T, JobError> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|panic| Err(panicked(what, panic.as_ref())))
}

/// The error that a panic becomes.
fn panicked(doing: &'static str, panic: &(dyn Any + Send)) -> JobError {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    JobError::Panicked {
        doing,
        what: text.unwrap_or("it does not say why").to_owned(),
    }
}

/// The reading thread, telling the others.
struct Telling {
    news: mpsc::Sender<News>,
    out: replies::Sender<Reply>,
    cancelled: Arc<AtomicBool>,
    last_notice: Instant,
}

impl Telling {
    fn tell(&self, news: News) {
        // The hunt follows as long as anything is read.
        let _ = self.news.send(news);
    }
}

impl Observer for Telling {
    fn progress(&mut self, progress: &Progress) {
        if self.last_notice.elapsed() >= NOTICE {
            self.last_notice = Instant::now();
            let _ = self.out.try_send(Reply::Progress(progress.clone()));
        }
    }

    fn hunted(&mut self, located: Located) {
        self.tell(News::Hunted(Box::new(located)));
    }

    fn displaced(&mut self, provenance: Provenance) {
        self.tell(News::Displaced(provenance));
    }

    fn committed(&mut self) {
        self.tell(News::Committed);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// The thread that answers questions.
struct Answering {
    session: Session,
    latest: Latest,
    reading: Reading,
    out: replies::Sender<Reply>,
    /// The newest listing of each kind, with the number of its question.
    lists: HashMap<ListKind, (u64, Option<Found>)>,
    command_line: String,
}

impl Answering {
    fn run(mut self, inbox: &mpsc::Receiver<Request>) {
        while let Ok(request) = inbox.recv() {
            // Of the questions that wait, a newer one of the same kind makes an older one pointless.
            let mut waiting = vec![request];
            waiting.extend(inbox.try_iter());
            for request in newest(waiting) {
                let reply = guarded("answering", || self.answer(request))
                    .unwrap_or_else(|error| Some(Reply::Failed(error.to_string())));
                if reply.is_some_and(|reply| self.out.blocking_send(reply).is_err()) {
                    return;
                }
            }
        }
    }

    fn answer(&mut self, request: Request) -> Result<Option<Reply>, JobError> {
        match request {
            Request::Search { generation, query } => {
                let found = self.session.search(&query)?;
                self.list(generation, ListKind::Search, Some(found))
                    .map(Some)
            }
            Request::Accesses {
                generation,
                grant,
                query,
            } => {
                let hunt = self.hunt();
                let scored = scored(&hunt, &grant)?;
                let access = self.session.accesses(scored, &query)?;
                self.list(generation, ListKind::Accesses, access.found)
                    .map(Some)
            }
            Request::Rows {
                generation,
                list,
                from,
                count,
            } => self.rows(generation, list, from, count),
            Request::Original {
                generation,
                provenance,
            } => self.original(generation, provenance).map(Some),
            Request::Mark {
                grant,
                verdict,
                note,
            } => {
                let hunt = self.hunt();
                let grant = &scored(&hunt, &grant)?.grant;
                self.session.mark(grant, verdict, Some(&note), Utc::now())?;
                self.marks().map(Some)
            }
            Request::Unmark { grant } => {
                let hunt = self.hunt();
                // A mark whose grant the evidence no longer has can be taken away too.
                let ids: Vec<&str> = scored(&hunt, &grant).map_or_else(
                    |_| vec![grant.as_str()],
                    |scored| scored.grant.ids().collect(),
                );
                for id in ids {
                    self.session.unmark(id, Utc::now())?;
                }
                self.marks().map(Some)
            }
            Request::Export { format, path } => self.export(format, &path).map(Some),
        }
    }

    fn original(&mut self, generation: u64, provenance: Provenance) -> Result<Reply, JobError> {
        let (mut state, mut original) = self.session.original(provenance)?;
        if state.layout.is_none()
            && let Some(known) = self.uncommitted(provenance)
        {
            (state.path, original) = known;
        }
        Ok(Reply::Original {
            generation,
            file: state.path.to_string_lossy().into_owned(),
            sha256: state.sha256,
            provenance,
            original: original.map(Arc::new),
        })
    }

    /// The original of a record whose file no commit tells of yet, with the path of that file; nothing when no evidence is read.
    fn uncommitted(&self, at: Provenance) -> Option<(PathBuf, Result<Original, String>)> {
        let reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let path = reading.get(&at.file).cloned();
        drop(reading);
        match path {
            Some(path) => {
                let original = scouting::original(&path, at).map_err(|error| error.to_string());
                Some((path, original))
            }
            None if self.hunt().indexing => {
                let told = "its file is still being read; open it again when more of it is";
                Some((PathBuf::new(), Err(told.to_owned())))
            }
            None => None,
        }
    }

    fn hunt(&self) -> Arc<Hunt> {
        Arc::clone(&self.latest.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn list(
        &mut self,
        generation: u64,
        list: ListKind,
        found: Option<Found>,
    ) -> Result<Reply, JobError> {
        let rows = found
            .as_ref()
            .map(|found| found.rows(0, FIRST_ROWS))
            .transpose()?
            .unwrap_or_default();
        let total = found.as_ref().map_or(0, |found| found.hits.len());
        let histogram = found.as_ref().map(histogram).unwrap_or_default();
        self.lists.insert(list, (generation, found));
        Ok(Reply::Listed {
            generation,
            list,
            total,
            rows,
            histogram,
        })
    }

    fn rows(
        &self,
        generation: u64,
        list: ListKind,
        from: usize,
        count: usize,
    ) -> Result<Option<Reply>, JobError> {
        let Some((known, Some(found))) = self.lists.get(&list) else {
            return Ok(None);
        };
        if *known != generation {
            return Ok(None);
        }
        Ok(Some(Reply::Rows {
            generation,
            list,
            from,
            rows: found.rows(from, count)?,
        }))
    }

    fn marks(&self) -> Result<Reply, JobError> {
        Ok(Reply::Marks(Arc::new(self.session.marks()?)))
    }

    fn export(
        &mut self,
        format: crate::export::Format,
        path: &std::path::Path,
    ) -> Result<Reply, JobError> {
        let hunt = self.hunt();
        let document = self.session.document(
            &hunt,
            &|judged| judged.verdict.is_some(),
            &self.command_line,
            Utc::now(),
            true,
        )?;
        if document.entries.is_empty() {
            return Err(JobError::NothingMarked);
        }
        Session::write_export(&document, format, path)?;
        let findings = crate::text::count(document.entries.len() as u64, "finding");
        Ok(Reply::Said(format!(
            "{findings} written to {}",
            path.display()
        )))
    }
}

/// The grant of an id.
fn scored<'a>(hunt: &'a Hunt, id: &str) -> Result<&'a ScoredGrant, JobError> {
    let known = hunt.grants.iter().find(|scored| scored.grant.id == id);
    known.ok_or_else(|| JobError::NoGrant { id: id.to_owned() })
}

fn histogram(found: &Found) -> Histogram {
    let span = found.hits.span();
    Histogram {
        from: span.map(|span| span.0),
        to: span.map(|span| span.1),
        counts: found.hits.histogram(STEPS),
    }
}

/// Drops searches and windows that a newer one of their kind makes pointless; orders keep their place.
fn newest(requests: Vec<Request>) -> Vec<Request> {
    let kinds: Vec<Option<u8>> = requests.iter().map(kind).collect();
    let keep = |at: usize| {
        kinds.get(at).is_none_or(|kind| {
            kind.is_none() || !kinds.iter().skip(at + 1).any(|later| later == kind)
        })
    };
    requests
        .into_iter()
        .enumerate()
        .filter(|(at, _)| keep(*at))
        .map(|(_, request)| request)
        .collect()
}

/// A number for each kind of question of which only the newest counts; `None` for orders.
fn kind(request: &Request) -> Option<u8> {
    match request {
        Request::Search { .. } => Some(0),
        Request::Accesses { .. } => Some(1),
        Request::Rows {
            list: ListKind::Search,
            ..
        } => Some(2),
        Request::Rows {
            list: ListKind::Accesses,
            ..
        } => Some(3),
        Request::Original { .. } => Some(4),
        Request::Mark { .. } | Request::Unmark { .. } | Request::Export { .. } => None,
    }
}
