//! What reading some evidence takes, and asking the case of it; with a look whether everything was found.
//!
//! Not here: how a program is watched (`child`), which questions are asked (`asked`).

use super::child::{self, Ran, size};
use super::shape::Evidence;
use super::table::Column;
use super::tenant::Tenant;
use super::{answer, asked, first};
use grantline::job::{FileKind, Session};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Records looked at for values: one in seven has a text to be searched for a phrase.
const LOOKED_AT: usize = 700;

/// Times that a case is opened, and originals are read.
const ROUNDS: usize = 20;

/// Where it is measured, and of whom.
pub struct Lab<'a> {
    /// A folder with room for cases.
    pub folder: &'a Path,
    /// Whose evidence it is.
    pub tenant: &'a Tenant,
    /// Most values with which a class of questions is asked.
    pub values: usize,
}

/// Measures everything of one shape of evidence; what it made is removed.
#[expect(
    clippy::print_stderr,
    reason = "whoever waits for an hour sees how far it is"
)]
pub fn measured(lab: &Lab<'_>, name: &str, evidence: &Evidence) -> Column {
    eprintln!("{name}: {} rows", evidence.rows);
    let mut column = Column::new(name, evidence);
    let case = lab.folder.join("case");
    column.indexed(&indexed(evidence, &case), evidence);
    let spool = size(&case.join("spool"));
    column.kept(size(&case) - spool, spool, evidence);
    account(evidence, &case);
    column.whole_process("coverage", &program(&["coverage".as_ref()], &case));
    column.whole_process("grants", &grants(lab.tenant, &case));
    asked(lab, &case, &mut column);
    fs::remove_dir_all(&case).expect("it can be removed");
    column.first(first::grant(&evidence.paths, &case));
    fs::remove_dir_all(&case).expect("it can be removed");
    column
}

fn indexed(evidence: &Evidence, case: &Path) -> Ran {
    let mut arguments: Vec<&OsStr> = vec!["index".as_ref()];
    arguments.extend(evidence.paths.iter().map(|path| path.as_os_str()));
    arguments.extend(["--progress", "none"].map(OsStr::new));
    rustix::fs::sync();
    program(&arguments, case)
}

/// Lists the grants, and looks for those that were planted.
fn grants(tenant: &Tenant, case: &Path) -> Ran {
    let arguments = ["grants", "--format", "jsonl"].map(OsStr::new);
    let ran = program(&arguments, case);
    for id in &tenant.planted {
        assert!(ran.said.contains(id), "the grant of {id} is not found");
    }
    ran
}

/// Looks whether every row is accounted for, and rightly.
fn account(evidence: &Evidence, case: &Path) {
    let mut session = Session::open(case).expect("the case opens");
    let coverage = session.coverage().expect("there is an account");
    let files = coverage.files.iter();
    let files = files.filter(|file| file.kind == FileKind::Evidence);
    let mut sums = [0; 4];
    for file in files {
        assert_eq!(file.fault, "", "{}", file.path);
        let counts = [file.rows, file.read, file.duplicate, file.refused];
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    let read = evidence.rows - evidence.duplicates;
    let expected = [evidence.rows, read, evidence.duplicates, 0];
    assert_eq!(sums, expected, "rows, read, duplicate, refused");
}

fn asked(lab: &Lab<'_>, case: &Path, column: &mut Column) {
    column.times("open, and a first answer", answer::reopen(case, ROUNDS));
    let mut session = Session::open(case).expect("the case opens");
    let originals = answer::originals(&mut session, ROUNDS);
    column.times("100 originals, read and parsed", originals);
    let samples = asked::samples(&mut session, LOOKED_AT);
    for answered in answer::ask(&session, &samples, lab.values) {
        assert!(answered.questions > 0, "{} was not asked", answered.class);
        column.answered(&answered);
    }
}

/// Runs the program on a case.
fn program(arguments: &[&OsStr], case: &Path) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantline"));
    command.args(arguments).arg("--case").arg(case);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let ran = child::run(&mut command).expect("the program starts");
    let said = &ran.complained;
    assert!(
        ran.status.success(),
        "{arguments:?}: {}: {said}",
        ran.status
    );
    ran
}
