//! The commands that open the workbench: the main one, and `demo`; and `keys`, which prints its key table.
//!
//! Not here: the workbench itself (`tui`) and the threads behind it (`job::worker`).

use super::args::{Color, DemoArguments, ProgressStyle, WorkbenchOptions};
use super::demo::Shown;
use super::indexing::{self, check_paths};
use super::output::out;
use super::{CliError, Outcome, command_line};
use crate::case::name_for;
use crate::demo::World;
use crate::job::{JobError, Session, generation, worker};
use crate::tui::{self, ColourMode, Keymap};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Answers that may wait for the screen.
const REPLIES: usize = 64;

/// Indexes what is new and opens the workbench.
pub(super) fn open(
    evidence: &[PathBuf],
    case: Option<&Path>,
    options: WorkbenchOptions,
) -> Result<Outcome, CliError> {
    if evidence.is_empty() && case.is_none() {
        return Err(CliError::Usage(
            "name evidence to hunt in, or a case with --case DIR; `grantline demo` shows sample data, --help the rest".to_owned(),
        ));
    }
    check_paths(evidence)?;
    require_terminal(
        "`grantline index EVIDENCE --case DIR` and `grantline grants --case DIR` work without one",
    )?;
    run(
        indexing::session(evidence, case)?,
        evidence.to_vec(),
        options,
    )
}

/// Opens the workbench on an invented tenant, which is written into its case folder first.
pub(super) fn demo(arguments: &DemoArguments) -> Result<Outcome, CliError> {
    require_terminal("`grantline demo generate` and `grantline index` work without one")?;
    let options = super::demo::options(&arguments.tenant);
    let name = options.case_name();
    let world = World::new(options).map_err(|fault| CliError::Usage(fault.to_string()))?;
    let folder = match &arguments.case.case {
        Some(case) => case.clone(),
        None => name_for(&[]).map_err(JobError::from)?.with_file_name(name),
    };
    let session = Session::open_or_create(&folder)?;
    let mut shown = Shown::new(ProgressStyle::Auto, world.options.records);
    let mut watch = |events| shown.add(events);
    let evidence = generation::for_case(&world, session.folder().path(), &mut watch)?;
    shown.end();
    run(session, vec![evidence], arguments.workbench)
}

/// Prints the key table.
pub(super) fn keys() -> Result<Outcome, CliError> {
    let mut out = out();
    write!(out, "{}", tui::keys_table(&keymap()?))?;
    out.flush()?;
    Ok(Outcome::Done)
}

/// The embedded keymap with the user's merged over it.
fn keymap() -> Result<Keymap, CliError> {
    let folder = directories::ProjectDirs::from("", "", "grantline");
    let path = folder.map(|folder| folder.config_dir().join("keymap.toml"));
    let Some(path) = path.filter(|path| path.exists()) else {
        return Ok(Keymap::built_in());
    };
    let text = std::fs::read_to_string(&path)?;
    Keymap::with_user(&text)
        .map_err(|error| CliError::Usage(format!("{}: {error}", path.display())))
}

fn require_terminal(instead: &str) -> Result<(), CliError> {
    if io::stdout().is_terminal() && io::stdin().is_terminal() {
        return Ok(());
    }
    Err(CliError::Usage(format!(
        "the workbench needs a terminal; {instead}"
    )))
}

fn run(
    session: Session,
    evidence: Vec<PathBuf>,
    options: WorkbenchOptions,
) -> Result<Outcome, CliError> {
    let settings = tui::Settings {
        title: session.folder().name(),
        keymap: keymap()?,
        ascii: options.ascii,
        colour: match options.color {
            Color::Auto => ColourMode::of_no_color(std::env::var_os("NO_COLOR").as_deref()),
            Color::Always => ColourMode::Palette,
            Color::Never => ColourMode::Never,
        },
        export_folder: std::env::current_dir().unwrap_or_default(),
        export_stem: format!("findings-{}", session.folder().name()),
    };
    let (sender, replies) = tokio::sync::mpsc::channel(REPLIES);
    let worker = worker::start(session, evidence, command_line(), sender)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let left = runtime.block_on(tui::run(settings, Box::new(worker.asker()), replies));
    worker.stop();
    left?;
    Ok(Outcome::Done)
}
