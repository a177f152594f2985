//! How soon the first grant stands on the screen, while the rest is still being read.
//!
//! Not here: the screen itself.

use grantline::job::{Reply, Session, worker};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Answers that may wait, as many as the workbench lets.
const WAITING: usize = 64;

/// Reads evidence into a new case as the workbench does, and stops at the first state of the hunt that has a grant.
pub fn grant(evidence: &[PathBuf], case: &Path) -> Duration {
    let begun = Instant::now();
    let session = Session::open_or_create(case).expect("a case can be made");
    let (out, mut replies) = mpsc::channel(WAITING);
    let worker = worker::start(session, evidence.to_vec(), String::new(), out);
    let worker = worker.expect("the worker starts");
    loop {
        let reply = replies.blocking_recv();
        match reply.expect("a grant is found before the worker ends") {
            Reply::Hunt(hunt) if !hunt.grants.is_empty() => break,
            Reply::Failed(fault) => assert_eq!(fault, "", "the worker failed"),
            _ => {}
        }
    }
    let waited = begun.elapsed();
    drop(replies);
    worker.stop();
    waited
}
