//! Threads that do jobs, whose results come out in the order of the jobs.
//!
//! Not here: what the jobs are.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder, ScopedJoinHandle};

/// A job, and where its result goes.
type Job<J, D> = (J, Sender<D>);

/// Those who do the jobs, as their leader sees them.
pub(super) struct Crew<J, D, W> {
    jobs: Sender<Job<J, D>>,
    /// Results that are to come, in order.
    ahead: VecDeque<Receiver<D>>,
    /// The leader itself, when the system has no threads for others.
    alone: Option<W>,
}

/// A worker is gone that had a job; why is said when all of them are gone.
pub(super) struct Lost;

impl<J, D, W: FnMut(J) -> D> Crew<J, D, W> {
    /// Gives out the next job.
    pub(super) fn give(&mut self, job: J) {
        let (done, result) = mpsc::channel();
        self.ahead.push_back(result);
        // Whoever does not take a job or its result any more is gone, which is seen when it is asked for.
        let _ = match &mut self.alone {
            Some(work) => done.send(work(job)).is_ok(),
            None => self.jobs.send((job, done)).is_ok(),
        };
    }

    /// How many results are to come.
    pub(super) fn ahead(&self) -> usize {
        self.ahead.len()
    }

    /// The next result; none when there are no jobs, or it is not there yet and is not waited for.
    pub(super) fn take(&mut self, wait: bool) -> Result<Option<D>, Lost> {
        let Some(first) = self.ahead.front() else {
            return Ok(None);
        };
        let result = if wait {
            first.recv().map_err(|_| Lost)?
        } else {
            match first.try_recv() {
                Ok(result) => result,
                Err(TryRecvError::Empty) => return Ok(None),
                Err(TryRecvError::Disconnected) => return Err(Lost),
            }
        };
        self.ahead.pop_front();
        Ok(Some(result))
    }
}

/// Runs `lead` on this thread, beside so many others, each of which does jobs with a worker of its own. A panic of one of them goes on here.
pub(super) fn with_crew<J: Send, D: Send, W: FnMut(J) -> D, R>(
    threads: usize,
    worker: &(dyn Fn() -> W + Sync),
    lead: impl FnOnce(&mut Crew<J, D, W>) -> R,
) -> R {
    let (jobs, queue) = mpsc::channel();
    let (queue, stopped) = (Mutex::new(queue), AtomicBool::new(false));
    let (queue, stopped) = (&queue, &stopped);
    thread::scope(move |scope| {
        let work = move || run(queue, stopped, worker());
        let start = |_| Builder::new().spawn_scoped(scope, work).ok();
        let workers: Vec<_> = (0..threads).map_while(start).collect();
        let mut crew = Crew {
            jobs,
            ahead: VecDeque::new(),
            alone: workers.is_empty().then(worker),
        };
        let result = lead(&mut crew);
        stopped.store(true, Ordering::Relaxed);
        drop(crew);
        workers.into_iter().for_each(joined);
        result
    })
}

/// Does jobs until there are none, or nobody wants them any more.
fn run<J, D>(
    queue: &Mutex<Receiver<Job<J, D>>>,
    stopped: &AtomicBool,
    mut work: impl FnMut(J) -> D,
) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((job, done)) = job else { return };
        if stopped.load(Ordering::Relaxed) {
            return;
        }
        // Who stops early does not take what is done.
        let _ = done.send(work(job));
    }
}

/// What a thread came to; its panic goes on here.
pub(super) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    match thread.join() {
        Ok(result) => result,
        Err(panic) => resume_unwind(panic),
    }
}
