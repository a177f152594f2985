//! What records show of who is who, kept beside the ledger: each fact once, with the first place that shows it.
//!
//! As everything of a commit, a fact is seen once its commit has happened. A commit that begins the index anew ends every fact before it,
//! and until it has happened they all still hold. Not here: what follows from facts (`hunt::identity`).

use super::{Database, signed, unsigned};
use crate::case::CaseError;
use crate::hunt::identity::fact::{Fact, LocatedFact};
use crate::record::Provenance;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use sha2::{Digest, Sha256};

/// Facts kept in one case: evidence that names somebody else in every row would fill the disk with them.
const MOST: u64 = 1_000_000;

/// Bytes of a fact's digest that tell it from others.
const TELLING: usize = 16;

/// The table of facts. `until` is the commit that ended a fact.
pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS identity (
    digest BLOB NOT NULL, fact TEXT NOT NULL, file INTEGER NOT NULL, line INTEGER NOT NULL, offset INTEGER NOT NULL,
    length INTEGER NOT NULL, part INTEGER NOT NULL, sequence INTEGER NOT NULL, until INTEGER);
CREATE UNIQUE INDEX IF NOT EXISTS identity_digest ON identity (digest) WHERE until IS NULL;
";

/// Forgets what commits told that did not happen: those from `sequence` on.
pub(super) fn discard(connection: &Connection, sequence: u64) -> rusqlite::Result<()> {
    let sequence = [signed(sequence)];
    connection.execute("DELETE FROM identity WHERE sequence >= ?1", sequence)?;
    connection.execute(
        "UPDATE identity SET until = NULL WHERE until >= ?1",
        sequence,
    )?;
    connection.execute("DELETE FROM identity WHERE until < ?1", sequence)?;
    Ok(())
}

/// Ends every fact at a commit.
pub(super) fn end_all(connection: &Connection, sequence: u64) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE identity SET until = ?1 WHERE until IS NULL",
        [signed(sequence)],
    )?;
    Ok(())
}

/// Adds the facts of a commit that are not known yet.
pub(super) fn add(
    connection: &Connection,
    sequence: u64,
    facts: &[LocatedFact],
) -> rusqlite::Result<()> {
    if facts.is_empty() {
        return Ok(());
    }
    let count = "SELECT COUNT(*) FROM identity WHERE until IS NULL";
    let known: i64 = connection.query_row(count, [], |row| row.get(0))?;
    let room = MOST.saturating_sub(unsigned(known));
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO identity VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL)",
    )?;
    for LocatedFact { fact, at } in facts.iter().take(room) {
        let text = serde_json::to_string(fact).unwrap_or_default();
        let digest = Sha256::digest(text.as_bytes());
        insert.execute(params![
            digest.get(..TELLING),
            text,
            at.file,
            signed(at.line),
            signed(at.offset),
            signed(at.length),
            at.part,
            signed(sequence),
        ])?;
    }
    Ok(())
}

impl Database {
    /// What the records show of who is who, as of an index commit, in the order of the evidence.
    pub fn facts(&self, committed: u64) -> Result<Vec<LocatedFact>, CaseError> {
        let query = "SELECT fact, file, line, offset, length, part FROM identity \
             WHERE sequence <= ?1 AND (until IS NULL OR until > ?1) ORDER BY file, offset, part, fact";
        let committed = [signed(committed)];
        self.read(|connection| {
            connection
                .prepare(query)?
                .query_map(committed, read_fact)?
                .collect()
        })
    }
}

fn read_fact(row: &Row<'_>) -> rusqlite::Result<LocatedFact> {
    let text: String = row.get(0)?;
    let fact: Fact = serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
    })?;
    Ok(LocatedFact {
        fact,
        at: Provenance {
            file: row.get(1)?,
            line: unsigned(row.get(2)?),
            offset: unsigned(row.get(3)?),
            length: unsigned(row.get(4)?),
            part: row.get(5)?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::Commit;
    use super::*;

    fn fact(id: &str, offset: u64) -> LocatedFact {
        LocatedFact {
            fact: Fact {
                ids: vec![id.to_owned()],
                source: "a sign-in".to_owned(),
                ..Fact::default()
            },
            at: Provenance {
                file: 1,
                offset,
                ..Provenance::default()
            },
        }
    }

    fn commit(sequence: u64, facts: &[LocatedFact]) -> Commit<'_> {
        Commit {
            sequence,
            facts,
            ..Commit::default()
        }
    }

    #[test]
    fn a_fact_is_kept_once_and_with_its_commit() {
        let folder = tempfile::tempdir().unwrap();
        let mut database = Database::open(&folder.path().join("case.db")).unwrap();
        let [alice, again, bob, carol] = [
            fact("alice@example.com", 10),
            fact("alice@example.com", 50),
            fact("bob@example.com", 20),
            fact("carol@example.com", 30),
        ];
        database
            .prepare(&commit(1, std::slice::from_ref(&alice)))
            .unwrap();
        assert!(database.facts(0).unwrap().is_empty());
        database.prepare(&commit(2, &[carol])).unwrap();
        // The second commit did not happen; what it told is forgotten by the next that does.
        database.prepare(&commit(2, &[again, bob.clone()])).unwrap();
        assert_eq!(database.facts(1).unwrap(), std::slice::from_ref(&alice));
        assert_eq!(database.facts(2).unwrap(), [alice, bob]);
    }

    #[test]
    fn an_index_begun_anew_has_its_own_facts_once_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut database = Database::open(&folder.path().join("case.db")).unwrap();
        let [old, new] = [fact("alice@example.com", 10), fact("bob@example.com", 20)];
        let both = [old.clone(), new.clone()];
        database.prepare(&commit(1, &both)).unwrap();
        let anew = [new.clone()];
        let anew = Commit {
            is_anew: true,
            ..commit(2, &anew)
        };
        database.prepare(&anew).unwrap();
        assert_eq!(database.facts(1).unwrap(), both);
        assert_eq!(database.facts(2).unwrap(), std::slice::from_ref(&new));
        // It did not happen: everything is as it was.
        database.prepare(&commit(2, &[])).unwrap();
        assert_eq!(database.facts(2).unwrap(), both);
    }
}
