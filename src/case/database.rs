//! The database of a case: the account of each evidence file, the ledger of rows that were not read whole, who is who, and marks.
//!
//! Evidence rows carry the number of the index commit they belong to. The index commit decides: rows of a commit that has not happened
//! are not seen, and whoever writes next discards them, so that ledger and index agree wherever the process was killed. Marks are
//! written at once.
//! Not here: what is indexed, and what a mark means.

mod identity;

use super::{CaseError, FileState, Mark};
use crate::hunt::Verdict;
use crate::hunt::identity::fact::LocatedFact;
use crate::time::{self, Instant};
use rusqlite::types::Type;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant as Clock};

/// How long to wait for another process that writes.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait before the next try.
const PAUSE: Duration = Duration::from_millis(20);

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS evidence (
    file INTEGER NOT NULL, sequence INTEGER NOT NULL, path BLOB NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
    sha256 TEXT NOT NULL, layout TEXT NOT NULL, done INTEGER NOT NULL, finished INTEGER NOT NULL, rows INTEGER NOT NULL,
    read INTEGER NOT NULL, degraded INTEGER NOT NULL, duplicate INTEGER NOT NULL, refused INTEGER NOT NULL,
    first INTEGER, last INTEGER, fault TEXT NOT NULL, member TEXT NOT NULL DEFAULT '', account TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (file, sequence));
CREATE TABLE IF NOT EXISTS ledger (
    file INTEGER NOT NULL, sequence INTEGER NOT NULL, line INTEGER NOT NULL, offset INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS ledger_file ON ledger (file, line);
CREATE TABLE IF NOT EXISTS mark (
    grant_id TEXT PRIMARY KEY, verdict TEXT NOT NULL, note TEXT NOT NULL, tags TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS history (
    at INTEGER NOT NULL, by TEXT NOT NULL, grant_id TEXT NOT NULL, what TEXT NOT NULL);
";

/// Takes back at a commit what the ledger told of any row before it.
const TAKE_ALL_BACK: &str =
    "INSERT INTO ledger SELECT DISTINCT file, ?1, line, offset, '' FROM ledger WHERE reason <> ''";

/// Columns of the table `evidence` that cases made by earlier versions lack.
const LATER: [&str; 2] = ["member", "account"];

/// An open case database.
pub struct Database {
    connection: Connection,
    path: PathBuf,
}

/// A row that was refused or degraded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Number of its file.
    pub file: u32,
    /// Line, from 1.
    pub line: u64,
    /// Byte offset, from 0.
    pub offset: u64,
    /// Why, in words; empty when there is nothing to tell of this row any more, which takes back what was told before.
    pub reason: String,
}

/// What belongs to one commit of the index.
#[derive(Debug, Clone, Copy, Default)]
pub struct Commit<'a> {
    /// Number of the commit.
    pub sequence: u64,
    /// Whether it begins the index anew: everything that was told of rows before is taken back with it.
    pub is_anew: bool,
    /// The states of files that changed.
    pub files: &'a [FileState],
    /// New rows of the ledger.
    pub positions: &'a [Position],
    /// What its records show of who is who.
    pub facts: &'a [LocatedFact],
}

impl Database {
    /// Opens or makes the database, readable by its owner alone: SQLite gives the files beside it the mode that it has.
    pub fn open(path: &Path) -> Result<Self, CaseError> {
        make_private(path);
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(path)?;
            connection.busy_timeout(PATIENCE)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.execute_batch(SCHEMA)?;
            connection.execute_batch(identity::SCHEMA)?;
            complete(&connection)?;
            Ok(connection)
        };
        let until = Clock::now() + PATIENCE;
        loop {
            match open() {
                Ok(connection) => {
                    return Ok(Self {
                        connection,
                        path: path.to_owned(),
                    });
                }
                // SQLite does not wait by itself where another process makes the database at this very moment.
                Err(error) if is_busy(&error) && Clock::now() < until => thread::sleep(PAUSE),
                Err(source) => {
                    return Err(CaseError::Database {
                        path: path.to_owned(),
                        source,
                    });
                }
            }
        }
    }

    /// Writes what belongs to an index commit, and forgets what was told of commits that did not happen. For the holder of the index
    /// writer only: anybody else may be looking at rows whose commit is under way.
    pub fn prepare(&mut self, commit: &Commit<'_>) -> Result<(), CaseError> {
        let sequence = signed(commit.sequence);
        self.write(|transaction| {
            // Rows of this commit or later are of commits that did not happen. They go in the same breath, so that a process killed here
            // leaves either them or what replaces them.
            for table in ["evidence", "ledger"] {
                let discard = format!("DELETE FROM {table} WHERE sequence >= ?1");
                transaction.execute(&discard, [sequence])?;
            }
            identity::discard(transaction, commit.sequence)?;
            if commit.is_anew {
                transaction.execute(TAKE_ALL_BACK, [sequence])?;
                identity::end_all(transaction, commit.sequence)?;
            }
            for state in commit.files {
                insert_state(transaction, commit.sequence, state)?;
            }
            insert_positions(transaction, sequence, commit.positions)?;
            identity::add(transaction, commit.sequence, commit.facts)
        })
    }

    /// The newest state of every file as of an index commit, by file number.
    pub fn files(&self, committed: u64) -> Result<Vec<FileState>, CaseError> {
        let query = "SELECT * FROM evidence AS newest WHERE sequence = (SELECT MAX(sequence) FROM evidence \
             WHERE file = newest.file AND sequence <= ?1) ORDER BY file";
        let committed = [signed(committed)];
        self.read(|connection| {
            connection
                .prepare(query)?
                .query_map(committed, read_state)?
                .collect()
        })
    }

    /// The newest state of one file as of an index commit; `None` when the case knows no such file.
    pub fn file(&self, file: u32, committed: u64) -> Result<Option<FileState>, CaseError> {
        let query = "SELECT * FROM evidence WHERE file = ?1 AND sequence <= ?2 ORDER BY sequence DESC LIMIT 1";
        self.read(|connection| {
            connection
                .query_row(query, params![file, signed(committed)], read_state)
                .optional()
        })
    }

    /// The ledger rows of a file as of an index commit, by line, at most `most`.
    pub fn positions(
        &self,
        file: u32,
        committed: u64,
        most: u64,
    ) -> Result<Vec<Position>, CaseError> {
        let query = "SELECT file, line, offset, reason FROM ledger WHERE file = ?1 AND sequence <= ?2 \
             AND NOT EXISTS (SELECT 1 FROM ledger AS taken WHERE taken.file = ledger.file AND taken.line = ledger.line \
             AND taken.offset = ledger.offset AND taken.sequence <= ?2 AND taken.reason = '' AND taken.rowid >= ledger.rowid) ORDER BY line, offset LIMIT ?3";
        self.read(|connection| {
            let position = |row: &Row<'_>| {
                Ok(Position {
                    file: row.get(0)?,
                    line: unsigned(row.get(1)?),
                    offset: unsigned(row.get(2)?),
                    reason: row.get(3)?,
                })
            };
            connection
                .prepare_cached(query)?
                .query_map(params![file, signed(committed), signed(most)], position)?
                .collect()
        })
    }

    /// Every mark, by grant.
    pub fn marks(&self) -> Result<Vec<Mark>, CaseError> {
        self.read(|connection| {
            connection
                .prepare("SELECT * FROM mark ORDER BY grant_id")?
                .query_map([], read_mark)?
                .collect()
        })
    }

    /// Sets a mark, and remembers who did.
    pub fn mark(&mut self, mark: &Mark) -> Result<(), CaseError> {
        let at = time::micros(mark.at);
        self.write(|transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO mark VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    mark.grant,
                    mark.verdict.word(),
                    mark.note,
                    mark.tags.join(","),
                    mark.by,
                    at
                ],
            )?;
            let what = format!("marked {}: {}", mark.verdict, mark.note);
            transaction.execute(
                "INSERT INTO history VALUES (?1, ?2, ?3, ?4)",
                params![at, mark.by, mark.grant, what],
            )
        })?;
        Ok(())
    }

    /// Removes a mark, and remembers who did. Says whether there was one.
    pub fn unmark(&mut self, grant: &str, by: &str, at: Instant) -> Result<bool, CaseError> {
        self.write(|transaction| {
            let removed = transaction.execute("DELETE FROM mark WHERE grant_id = ?1", [grant])?;
            if removed > 0 {
                transaction.execute(
                    "INSERT INTO history VALUES (?1, ?2, ?3, 'unmarked')",
                    params![time::micros(at), by, grant],
                )?;
            }
            Ok(removed > 0)
        })
    }

    /// Does something that no other process does at the same time.
    pub fn alone<T>(
        &mut self,
        work: impl FnOnce() -> Result<T, CaseError>,
    ) -> Result<T, CaseError> {
        self.write(|_| Ok(work()))?
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, CaseError> {
        work(&self.connection).map_err(|source| CaseError::Database {
            path: self.path.clone(),
            source,
        })
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, CaseError> {
        let run = || -> rusqlite::Result<T> {
            let transaction = self
                .connection
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        run().map_err(|source| CaseError::Database {
            path: self.path.clone(),
            source,
        })
    }
}

/// What to do about an error of the database.
pub(super) fn advice(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => {
            "; make room on its disk, or bring the disk back, and do it again: what was done before is kept"
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "; wait for the program that uses it, or end that, and do it again"
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            "; make it and its folder writable for your account, or copy the case to where you may write"
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "; put a copy of it back, or index the evidence into a new case"
        }
        _ => "; index the evidence into a new case if this happens again",
    }
}

/// Whether another process holds the database just now.
fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

/// Adds the columns that a database of an earlier version lacks.
fn complete(connection: &Connection) -> rusqlite::Result<()> {
    for column in LATER {
        let known = connection.prepare(&format!("SELECT {column} FROM evidence LIMIT 0"));
        if known.is_err() {
            connection.execute_batch(&format!(
                "ALTER TABLE evidence ADD COLUMN {column} TEXT NOT NULL DEFAULT ''"
            ))?;
        }
    }
    Ok(())
}

fn insert_positions(
    connection: &Connection,
    sequence: i64,
    positions: &[Position],
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached("INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for position in positions {
        let Position {
            file,
            line,
            offset,
            reason,
        } = position;
        let (line, offset) = (signed(*line), signed(*offset));
        insert.execute(params![file, sequence, line, offset, reason])?;
    }
    Ok(())
}

fn insert_state(connection: &Connection, sequence: u64, state: &FileState) -> rusqlite::Result<()> {
    let layout = state
        .layout
        .as_ref()
        .and_then(|layout| serde_json::to_string(layout).ok())
        .unwrap_or_default();
    let mut insert = connection.prepare_cached(
        "INSERT OR REPLACE INTO evidence VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?;
    insert.execute(params![
        state.file,
        signed(sequence),
        path_bytes(&state.path),
        signed(state.size),
        state.modified,
        state.sha256,
        layout,
        signed(state.done),
        state.finished,
        signed(state.rows),
        signed(state.read),
        signed(state.degraded),
        signed(state.duplicate),
        signed(state.refused),
        state.first.map(time::micros),
        state.last.map(time::micros),
        state.fault,
        state.member,
        serde_json::to_string(&state.account).unwrap_or_default(),
    ])?;
    // Only the newest state counts; the one before it stays until the commit that replaces it has happened.
    let mut thin_out = connection.prepare_cached(
        "DELETE FROM evidence WHERE file = ?1 AND sequence < (SELECT MAX(sequence) FROM evidence WHERE file = ?1 AND sequence < ?2)",
    )?;
    thin_out.execute(params![state.file, signed(sequence)])?;
    Ok(())
}

fn read_state(row: &Row<'_>) -> rusqlite::Result<FileState> {
    let number = |name: &str| row.get::<_, i64>(name).map(unsigned);
    let instant = |name: &str| {
        row.get::<_, Option<i64>>(name)
            .map(|micros| micros.map(time::from_micros))
    };
    Ok(FileState {
        file: row.get("file")?,
        path: bytes_path(row.get("path")?),
        size: number("size")?,
        modified: row.get("modified")?,
        sha256: row.get("sha256")?,
        layout: read_json(row, "layout")?,
        done: number("done")?,
        finished: row.get("finished")?,
        rows: number("rows")?,
        read: number("read")?,
        degraded: number("degraded")?,
        duplicate: number("duplicate")?,
        refused: number("refused")?,
        first: instant("first")?,
        last: instant("last")?,
        fault: row.get("fault")?,
        member: row.get("member")?,
        account: read_json(row, "account")?.unwrap_or_default(),
    })
}

/// A value kept as JSON; `None` when there is none. One that cannot be read is an error: it is not taken for nothing.
fn read_json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    name: &str,
) -> rusqlite::Result<Option<T>> {
    let text: String = row.get(name)?;
    if text.is_empty() {
        return Ok(None);
    }
    let read = serde_json::from_str(&text).map(Some);
    read.map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}

fn read_mark(row: &Row<'_>) -> rusqlite::Result<Mark> {
    let tags: String = row.get("tags")?;
    Ok(Mark {
        grant: row.get("grant_id")?,
        verdict: Verdict::read(&row.get::<_, String>("verdict")?).unwrap_or(Verdict::Unknown),
        note: row.get("note")?,
        tags: tags
            .split(',')
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect(),
        by: row.get("by")?,
        at: time::from_micros(row.get("at")?),
    })
}

/// SQLite numbers are signed; no count of ours comes near the limit.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A path as bytes: names need not be UTF-8.
fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

#[cfg(unix)]
fn bytes_path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn bytes_path(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// Makes the file private before SQLite opens it, where that can be done; why it cannot be used, SQLite says.
fn make_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        // Only a file that is not there is opened: closing one that is would let go of the locks that this process holds on it.
        let mut options = std::fs::OpenOptions::new();
        let _ = options.write(true).create_new(true).mode(0o600).open(path);
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
    }
    #[cfg(not(unix))]
    let _ = path;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database() -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("case.db")).unwrap();
        (folder, database)
    }

    fn state(file: u32, rows: u64) -> FileState {
        FileState {
            file,
            rows,
            read: rows,
            path: format!("/evidence/{file}.csv").into(),
            ..FileState::default()
        }
    }

    fn prepare(
        database: &mut Database,
        sequence: u64,
        files: &[FileState],
        positions: &[Position],
    ) {
        let commit = Commit {
            sequence,
            files,
            positions,
            ..Commit::default()
        };
        database.prepare(&commit).unwrap();
    }

    #[test]
    fn what_was_not_committed_is_discarded() {
        let (_folder, mut database) = database();
        let position = |line| Position {
            file: 1,
            line,
            offset: 0,
            reason: "cut off".into(),
        };
        prepare(&mut database, 1, &[state(1, 10)], &[position(3)]);
        let states = [state(1, 20), state(2, 5)];
        prepare(&mut database, 2, &states, &[position(13)]);
        assert_eq!(database.files(2).unwrap(), [state(1, 20), state(2, 5)]);
        assert_eq!(database.files(1).unwrap(), [state(1, 10)]);
        assert_eq!(database.file(1, 2).unwrap(), Some(state(1, 20)));
        assert_eq!(database.file(1, 1).unwrap(), Some(state(1, 10)));
        assert_eq!(database.file(2, 1).unwrap(), None);
        prepare(&mut database, 2, &[state(1, 30)], &[]);
        assert_eq!(database.files(9).unwrap(), [state(1, 30)]);
        assert_eq!(database.positions(1, 9, 100).unwrap(), [position(3)]);
    }

    #[test]
    fn a_database_of_an_earlier_version_is_completed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(
            "CREATE TABLE evidence (
                file INTEGER NOT NULL, sequence INTEGER NOT NULL, path BLOB NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
                sha256 TEXT NOT NULL, layout TEXT NOT NULL, done INTEGER NOT NULL, finished INTEGER NOT NULL, rows INTEGER NOT NULL,
                read INTEGER NOT NULL, degraded INTEGER NOT NULL, duplicate INTEGER NOT NULL, refused INTEGER NOT NULL,
                first INTEGER, last INTEGER, fault TEXT NOT NULL, PRIMARY KEY (file, sequence));
             INSERT INTO evidence VALUES (1, 1, X'2f61', 0, 0, '', '', 0, 0, 0, 0, 0, 0, 0, NULL, NULL, '');",
        )
        .unwrap();
        drop(old);
        let mut database = Database::open(&path).unwrap();
        prepare(&mut database, 2, &[state(2, 5)], &[]);
        assert_eq!(database.files(2).unwrap().len(), 2);
    }

    #[test]
    fn marks_are_kept_and_removed() {
        let (_folder, mut database) = database();
        let mark = Mark {
            grant: "g1".into(),
            verdict: Verdict::TruePositive,
            note: "called the owner".into(),
            tags: vec!["exec".into(), "night".into()],
            by: "analyst".into(),
            at: time::parse("2026-03-02T10:00:00Z").unwrap(),
        };
        database.mark(&mark).unwrap();
        assert_eq!(database.marks().unwrap(), std::slice::from_ref(&mark));
        assert!(database.unmark("g1", "analyst", mark.at).unwrap());
        assert!(!database.unmark("g1", "analyst", mark.at).unwrap());
        assert!(database.marks().unwrap().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_what_sqlite_writes() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case.db");
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let mut database = Database::open(&path).unwrap();
        prepare(&mut database, 1, &[state(1, 1)], &[]);
        for name in ["case.db", "case.db-wal", "case.db-shm"] {
            let there = std::fs::metadata(folder.path().join(name)).unwrap();
            assert_eq!(there.permissions().mode() & 0o777, 0o600, "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn paths_need_not_be_unicode() {
        let (_folder, mut database) = database();
        let odd = FileState {
            path: bytes_path(vec![b'/', 0xff, b'x']),
            ..state(7, 1)
        };
        prepare(&mut database, 1, std::slice::from_ref(&odd), &[]);
        assert_eq!(database.files(1).unwrap(), [odd]);
    }
}
