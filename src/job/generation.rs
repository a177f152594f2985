//! Writes an invented tenant into a folder: evidence in the shapes asked for, inventories, the approved list, the labels.
//!
//! Events are made on one thread, records of them on several, files on the caller's: batches go round in a fixed order, so that the
//! number of threads decides nothing but the time it takes, and a batch or two for each thread is all that is in memory. Labels come
//! last: a folder without them is not whole. Not here: what happens in the tenant and what records of it look like (`demo`).

mod file;
mod lines;
mod pen;

use super::JobError;
use crate::demo::World;
use crate::demo::damage::{Damage, Fault, Tally};
use crate::demo::event::Event;
use crate::demo::inventory::Inventories;
use crate::demo::shape::{self, Shape, Stream};
use file::{Folder, Output, failed};
use lines::{Needs, Rendered};
use pen::Pens;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

/// Events in one batch: small enough for the cache, large enough not to notice the channel.
const BATCH: usize = 1024;

/// Batches that wait before and behind each thread.
const WAITING: usize = 2;

/// Name of the folder with the evidence, inside that of the tenant.
pub const EVIDENCE: &str = "evidence";

/// The shape of the file that has some records of a damaged log a second time.
const AGAIN: &str = "search-csv";

/// Name of the file with the truth, which is written last.
pub const LABELS: &str = "labels.json";

/// What to write.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// The tenant to write.
    pub world: &'a World,
    /// Shapes, each a file.
    pub shapes: Vec<&'static Shape>,
    /// Whether with the faults of real exports.
    pub is_damaged: bool,
    /// Threads that make records; at least one.
    pub threads: usize,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Path of the file.
    pub path: PathBuf,
    /// The shape it has; `None` for files about the tenant.
    pub shape: Option<&'static str>,
    /// Records in it.
    pub records: u64,
    /// Its length in bytes.
    pub bytes: u64,
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Generated {
    /// Every file of it.
    pub files: Vec<Written>,
    /// Faults that were put in, by name, with how many of each.
    pub damage: Vec<(&'static str, u64)>,
}

/// How far it is: events dealt with so far, in all passes over them.
pub type Watch<'a> = &'a mut dyn FnMut(u64);

impl<'a> Order<'a> {
    /// The usual order for a tenant: each log in its usual shape, whole, on as many threads as there are processors.
    pub fn of(world: &'a World) -> Self {
        Self {
            world,
            shapes: shape::usual(),
            is_damaged: false,
            threads: thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// The evidence of a tenant in the folder of a case, which is written there once.
///
/// It is written beside its place and then put there, so that what died in the middle is not taken for whole. Of several processes one
/// writes it, and the others wait for it.
pub fn for_case(world: &World, case: &Path, watch: Watch<'_>) -> Result<PathBuf, JobError> {
    let tenants = case.join("tenant");
    let whole = tenants.join(format!("{:016x}", world.options.digest()));
    if !whole.exists() {
        fs::create_dir_all(&tenants).map_err(|error| failed(&tenants, error))?;
        alone(&tenants.with_extension("lock"), || {
            put(world, &whole, watch)
        })?;
    }
    Ok(whole.join(EVIDENCE))
}

/// Does something while holding a lock, which the system takes back from whoever dies.
fn alone(lock: &Path, work: impl FnOnce() -> Result<(), JobError>) -> Result<(), JobError> {
    let file = OpenOptions::new().create(true).append(true).open(lock);
    let file = file.map_err(|error| failed(lock, error))?;
    match file.lock() {
        // Some file systems have no locks; two processes at once are rarer still.
        Err(error) if error.kind() != ErrorKind::Unsupported => Err(failed(lock, error)),
        _ => work(),
    }
}

/// Writes a tenant and puts it in its place, unless another process just did. What a dead one left of it is removed.
fn put(world: &World, whole: &Path, watch: Watch<'_>) -> Result<(), JobError> {
    let part = whole.with_extension("part");
    if whole.exists() {
        return Ok(());
    }
    if part.exists() {
        fs::remove_dir_all(&part).map_err(|error| failed(&part, error))?;
    }
    generate(&Order::of(world), &part, watch)?;
    fs::rename(&part, whole).map_err(|error| failed(whole, error))
}

/// Writes a tenant into a folder, which must be empty or not there. What fails leaves nothing behind.
pub fn generate(order: &Order<'_>, path: &Path, watch: Watch<'_>) -> Result<Generated, JobError> {
    let mut folder = Folder::new(path)?;
    let generated = fill(order, &mut folder, watch)?;
    folder.keep();
    Ok(generated)
}

/// Writes one log or inventory of a tenant to a stream, in the shape given, and nothing else of it.
pub fn stream(
    order: &Order<'_>,
    shape: &'static Shape,
    to: impl Write,
    watch: Watch<'_>,
) -> Result<(), JobError> {
    let pen = Pens::new(order.world, order.is_damaged).pen(shape, 0);
    let path = PathBuf::from("standard output");
    let mut outputs = [Output::to(to, path, shape, pen)];
    let needs = Needs {
        inventories: matches!(shape.stream, Stream::Inventory(_)),
        ..Needs::default()
    };
    let inventories = logs_of(order, needs, &mut outputs, watch)?;
    let [mut output] = outputs;
    if let Stream::Inventory(kind) = shape.stream {
        list(order.world, &inventories, kind, &mut output)?;
    }
    output.finish()
}

fn fill(order: &Order<'_>, folder: &mut Folder, watch: Watch<'_>) -> Result<Generated, JobError> {
    let pens = Pens::new(order.world, order.is_damaged);
    let (mut outputs, mut lists) = (Vec::new(), Vec::new());
    for (number, shape) in (0..).zip(&order.shapes) {
        let output = Output::new(folder, shape, pens.pen(shape, number))?;
        match shape.stream {
            Stream::Inventory(kind) => lists.push((kind, output)),
            _ => outputs.push(output),
        }
    }
    if let Some(shape) = Shape::of(AGAIN) {
        let number = order.shapes.len() as u64;
        outputs.extend(Output::again(folder, shape, &pens, number)?);
    }
    let needs = Needs {
        inventories: !lists.is_empty(),
        ..Needs::default()
    };
    let inventories = logs_of(order, needs, &mut outputs, watch)?;
    let (mut generated, mut tally) = (Generated::default(), Tally::default());
    for (kind, mut output) in lists {
        list(order.world, &inventories, kind, &mut output)?;
        outputs.push(output);
    }
    for mut output in outputs {
        output.finish()?;
        output.tally().into_iter().for_each(|own| tally.add(own));
        generated.files.push(output.end()?);
    }
    for (name, bytes) in pens.damage().into_iter().flat_map(Damage::litter) {
        let name = format!("{EVIDENCE}/{name}");
        generated.files.push(folder.bytes(&name, &bytes)?);
        tally.count(Fault::Litter, 1);
    }
    generated.damage = tally.counts();
    about(order, folder, &mut generated)?;
    Ok(generated)
}

/// Writes the logs, and keeps the inventories where they are needed; a first pass sees all records, where a shape needs that.
fn logs_of<W: Write>(
    order: &Order<'_>,
    needs: Needs,
    outputs: &mut [Output<W>],
    watch: Watch<'_>,
) -> Result<Inventories, JobError> {
    let mut needs = needs;
    for output in &*outputs {
        needs.add(output.shape().stream, output.need());
    }
    if outputs.iter().any(Output::must_survey) {
        let needs = Needs {
            inventories: false,
            ..needs
        };
        walk(order, needs, watch, &mut |rendered| {
            let outputs = outputs.iter_mut();
            outputs.for_each(|output| output.survey(rendered));
            Ok(())
        })?;
    }
    walk(order, needs, watch, &mut |rendered| {
        let mut outputs = outputs.iter_mut();
        outputs.try_for_each(|output| output.take(rendered))
    })
}

/// Writes an inventory, entry by entry.
fn list<W: Write>(
    world: &World,
    inventories: &Inventories,
    kind: &str,
    output: &mut Output<W>,
) -> Result<(), JobError> {
    let mut done = Ok(());
    inventories.each(&world.tenant, kind, &mut |entry| {
        if done.is_ok() {
            done = output.values(&[entry]);
        }
    });
    done
}

/// What is said about the tenant; the labels last.
fn about(
    order: &Order<'_>,
    folder: &mut Folder,
    generated: &mut Generated,
) -> Result<(), JobError> {
    let World { tenant, labels, .. } = order.world;
    let texts = [
        ("approved.toml", crate::demo::inventory::approved(tenant)),
        ("answers.md", labels.answers(tenant)),
        (LABELS, labels.json(tenant)),
    ];
    for (name, text) in texts {
        generated.files.push(folder.bytes(name, text.as_bytes())?);
    }
    Ok(())
}

/// Goes once through all that happens, and gives the inventories as they are at its end.
fn walk(
    order: &Order<'_>,
    needs: Needs,
    watch: Watch<'_>,
    take: &mut dyn FnMut(&Rendered) -> Result<(), JobError>,
) -> Result<Inventories, JobError> {
    let tenant = &order.world.tenant;
    thread::scope(|scope| {
        let (mut feeds, mut results) = (Vec::new(), Vec::new());
        for _ in 0..order.threads.max(1) {
            let (feed, batches) = sync_channel::<Vec<Event>>(WAITING);
            let (done, result) = sync_channel(WAITING);
            feeds.push(feed);
            results.push(result);
            scope.spawn(move || {
                for batch in batches {
                    if done.send(Rendered::of(tenant, &batch, needs)).is_err() {
                        break;
                    }
                }
            });
        }
        let dealer = scope.spawn(move || deal(order.world, needs, &feeds));
        // The threads are fed in turn and end in turn: the first without a result is the end of all.
        for result in results.iter().cycle() {
            let Ok(rendered) = result.recv() else { break };
            take(&rendered)?;
            watch(rendered.events);
        }
        drop(results);
        Ok(dealer.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// Makes all events and deals them out to the threads in turn, until nobody takes them any more; gives what inventories are needed.
fn deal(world: &World, needs: Needs, feeds: &[SyncSender<Vec<Event>>]) -> Inventories {
    let mut inventories = Inventories::default();
    if needs.inventories {
        inventories = Inventories::new(&world.tenant);
    }
    let (mut events, mut due) = (world.events(), Vec::new());
    let mut feeds = feeds.iter().cycle();
    let mut send = |batch| feeds.next().is_some_and(|feed| feed.send(batch).is_ok());
    let mut seen = 0;
    while events.next_hour(&mut due) {
        let fresh = due.iter().skip(seen);
        for event in fresh.filter(|_| needs.inventories) {
            inventories.see(&world.tenant, event);
        }
        let whole = due.len() - due.len() % BATCH;
        let rest = due.split_off(whole);
        let mut batches = due.into_iter();
        while batches.len() > 0 {
            if !send(batches.by_ref().take(BATCH).collect()) {
                return inventories;
            }
        }
        due = rest;
        seen = due.len();
    }
    let _ = send(due);
    inventories
}

#[cfg(test)]
mod tests;
