//! The commands of `demo` that need no terminal: writing a tenant into a folder, listing what there is.
//!
//! Not here: the tenants (`demo`), the writing (`job::generation`), opening the workbench on one (`workbench`).

use super::args::{
    DemoCommand, GenerateArguments, ListArguments, Listed, PlainFormat, ProgressStyle,
    TenantOptions,
};
use super::output::{Out, Table, notice, out};
use super::{CliError, Outcome};
use crate::demo::shape::{self, Shape};
use crate::demo::{Options, World, place, story};
use crate::job::JobError;
use crate::job::generation::{EVIDENCE, Generated, Order, generate, stream};
use crate::text::{count, grouped};
use serde_json::{Value, json};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Least time between two lines of progress.
const NOTICE: Duration = Duration::from_millis(200);

/// Does what was asked.
pub(super) fn run(command: &DemoCommand) -> Result<Outcome, CliError> {
    match command {
        DemoCommand::Generate(arguments) => write(arguments),
        DemoCommand::List(arguments) => list(arguments),
    }
}

/// What a tenant follows from, as asked for; what was not asked for is as in the tenant of `demo`.
pub(super) fn options(tenant: &TenantOptions) -> Options {
    let default = Options::default();
    Options {
        seed: tenant.seed,
        users: tenant.users,
        records: Options::usual_records(tenant.users, default.days),
        scenarios: scenarios(&tenant.scenario),
        ..default
    }
}

/// The scenarios of some names, each once, in the order of their table; those that there are not come last.
fn scenarios(names: &[String]) -> Vec<String> {
    let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    let is_named = |known: &&str| names.iter().any(|name| name == known || *name == "all");
    let is_word = |name: &str| ["", "none", "all"].contains(&name);
    let is_known = |name: &str| is_word(name) || story::names().any(|known| known == name);
    let found = story::names().filter(is_named).map(str::to_owned);
    let unknown = names.iter().filter(|name| !is_known(name));
    found
        .chain(unknown.map(|name| (*name).to_owned()))
        .collect()
}

fn write(arguments: &GenerateArguments) -> Result<Outcome, CliError> {
    let GenerateArguments { days, records, .. } = *arguments;
    let options = Options {
        days,
        zone: arguments.zone.clone(),
        records: records.unwrap_or_else(|| Options::usual_records(arguments.tenant.users, days)),
        ..options(&arguments.tenant)
    };
    let is_streamed = arguments.output.as_os_str() == "-";
    let streamed = is_streamed
        .then(|| streamed_shape(&arguments.shape))
        .transpose()?;
    let shapes = shape::chosen(&arguments.shape).map_err(usage)?;
    let world = World::new(options).map_err(usage)?;
    let usual = Order::of(&world);
    let order = Order {
        shapes,
        is_damaged: arguments.damage,
        threads: arguments.threads.map_or(usual.threads, usize::from),
        ..usual
    };
    let mut shown = Shown::new(arguments.progress, world.options.records);
    let mut watch = |events| shown.add(events);
    if let Some(shape) = streamed {
        let streamed = stream(&order, shape, io::stdout().lock(), &mut watch);
        shown.end();
        return piped(streamed);
    }
    let generated = generate(&order, &arguments.output, &mut watch)?;
    shown.end();
    report(&world, &generated, &arguments.output)?;
    Ok(Outcome::Done)
}

/// The one shape for standard output.
fn streamed_shape(names: &[String]) -> Result<&'static Shape, CliError> {
    let shapes = shape::named(names).map_err(usage)?;
    match (shapes.as_slice(), shape::usual().first()) {
        ([shape], _) | ([], Some(shape)) => Ok(shape),
        _ => Err(usage(
            "standard output takes one shape; name one, or a folder",
        )),
    }
}

/// A reader that has had enough is no error.
fn piped(streamed: Result<(), JobError>) -> Result<Outcome, CliError> {
    match streamed {
        Err(JobError::Write { source, .. }) => Err(CliError::Output(source)),
        other => Ok(other.map(|()| Outcome::Done)?),
    }
}

fn usage(fault: impl std::fmt::Display) -> CliError {
    CliError::Usage(fault.to_string())
}

fn report(world: &World, generated: &Generated, folder: &Path) -> Result<(), CliError> {
    let mut out = out();
    let mut table = Table::new(&["file", "records", "bytes"], &[1, 2]).whole(&[0]);
    for file in &generated.files {
        let name = file.path.strip_prefix(folder).unwrap_or(&file.path);
        let records = file
            .shape
            .map_or_else(String::new, |_| grouped(file.records));
        table.row([name.display().to_string(), records, grouped(file.bytes)]);
    }
    table.print(&mut out)?;
    for (fault, times) in &generated.damage {
        writeln!(out, "damage: {fault}: {}", grouped(*times))?;
    }
    let tenant = &world.tenant;
    writeln!(
        out,
        "{}: {}, {}, {}",
        tenant.name,
        count(tenant.people.len() as u64, "account"),
        count(tenant.mailboxes.len() as u64, "mailbox"),
        count(world.options.scenarios.len() as u64, "planted scenario"),
    )?;
    out.flush()?;
    let evidence = folder.join(EVIDENCE);
    notice(&format!(
        "grantline {} hunts in it; the answers are beside it",
        evidence.display()
    ));
    Ok(())
}

fn list(arguments: &ListArguments) -> Result<Outcome, CliError> {
    let (header, rows) = match arguments.what {
        Listed::Scenarios => known_scenarios(),
        Listed::Shapes => shapes(),
        Listed::Zones => zones(),
    };
    let mut out = out();
    match arguments.format {
        PlainFormat::Table => print_table(&mut out, header, rows)?,
        PlainFormat::Jsonl => print_lines(&mut out, header, rows)?,
    }
    out.flush()?;
    Ok(Outcome::Done)
}

/// Names of columns, and rows of them.
type Listing = (&'static [&'static str], Vec<Vec<String>>);

fn known_scenarios() -> Listing {
    let rows = story::scenarios().map(|scenario| {
        let attack: Vec<&str> = scenario.attack().map(|one| one.id).collect();
        let texts = [
            scenario.name,
            scenario.difficulty.word(),
            &attack.join(" "),
            scenario.title,
        ];
        texts.map(str::to_owned).to_vec()
    });
    (&["name", "difficulty", "attack", "title"], rows.collect())
}

fn shapes() -> Listing {
    let row = |shape: &Shape| {
        let texts = [shape.name, shape.stream.word(), shape.format, shape.what];
        texts.map(str::to_owned).to_vec()
    };
    (
        &["name", "log", "format", "what"],
        shape::SHAPES.iter().map(row).collect(),
    )
}

fn zones() -> Listing {
    let rows = place::zones().map(|zone| vec![zone.to_owned()]);
    (&["zone"], rows.collect())
}

fn print_table(
    out: &mut Out,
    header: &'static [&'static str],
    rows: Vec<Vec<String>>,
) -> io::Result<()> {
    let mut table = Table::new(header, &[]).whole(&[0, header.len() - 1]);
    for row in rows {
        table.row(row);
    }
    table.print(out)
}

fn print_lines(out: &mut Out, header: &[&str], rows: Vec<Vec<String>>) -> io::Result<()> {
    for row in rows {
        let members = header.iter().zip(row);
        let object: Value = members
            .map(|(name, cell)| ((*name).to_owned(), json!(cell)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        writeln!(out, "{object}")?;
    }
    Ok(())
}

/// Progress on standard error.
pub(super) struct Shown {
    style: ProgressStyle,
    is_terminal: bool,
    expected: u64,
    done: u64,
    last: Option<Instant>,
}

impl Shown {
    /// Nothing done yet of so many records.
    pub(super) fn new(style: ProgressStyle, expected: u64) -> Self {
        Self {
            style,
            is_terminal: io::stderr().is_terminal(),
            expected,
            done: 0,
            last: None,
        }
    }

    /// Tells of so many events more, now and then.
    pub(super) fn add(&mut self, events: u64) {
        self.done += events;
        if self.last.is_none_or(|last| last.elapsed() >= NOTICE) {
            self.last = Some(Instant::now());
            self.show();
        }
    }

    fn show(&self) {
        let done = grouped(self.done);
        match self.style {
            ProgressStyle::Json => {
                let line = json!({"events": self.done, "records": self.expected});
                let _ = writeln!(io::stderr(), "{line}");
            }
            ProgressStyle::Auto if self.is_terminal => {
                let of = grouped(self.expected);
                let _ = write!(
                    io::stderr(),
                    "\r{done} events, about {of} records asked for\x1b[K"
                );
            }
            ProgressStyle::Auto | ProgressStyle::None => {}
        }
    }

    /// Leaves nothing of it on a terminal.
    pub(super) fn end(&self) {
        match self.style {
            ProgressStyle::Json => self.show(),
            ProgressStyle::Auto if self.is_terminal && self.last.is_some() => {
                let _ = write!(io::stderr(), "\r\x1b[K");
            }
            ProgressStyle::Auto | ProgressStyle::None => {}
        }
    }
}
