//! The index: the only module that names tantivy.
//!
//! It answers plain questions (search, rows, histogram, history of a principal) and keeps nothing but terms and columns: originals
//! are read again from the evidence by their place. Unique values (record ids, message ids) are kept out of the term dictionaries,
//! where they cost more than all other fields together; record ids are columns of 128 bits, enough to recognise a duplicate.
//! Not here: what the answers mean.

mod advice;
mod collect;
mod columns;
mod compile;
mod history;
mod row;
mod schema;
mod snapshot;
#[cfg(test)]
mod tests;
mod writer;

pub use advice::{advice, advice_on_new};
pub use history::{History, Seen};
pub use row::Row;
pub use snapshot::{Hits, Snapshot};
pub use writer::{Added, Displaced, Writer};

use advice::advice_on_index;
use schema::Schema;
use std::path::{Path, PathBuf};
use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexReader, ReloadPolicy};

/// Version of the index layout. An index of another version is built anew from the evidence.
pub const VERSION: u32 = 3;

/// The index of a case.
pub struct Store {
    index: Index,
    reader: IndexReader,
    schema: Schema,
    folder: PathBuf,
}

/// Why the index could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The index cannot be opened or created.
    #[error("cannot open the index in {}: {source}{}", folder.display(), advice_on_index(source))]
    Open {
        /// Where it should be.
        folder: PathBuf,
        /// What tantivy says.
        source: tantivy::TantivyError,
    },
    /// Another process is writing to it.
    #[error(
        "another grantline is indexing the case in {folder}; wait for it, or open the case without naming evidence"
    )]
    Busy {
        /// Where it is.
        folder: PathBuf,
    },
    /// Reading or writing failed.
    #[error("the index in {} failed: {source}{}", folder.display(), advice_on_index(source))]
    Failed {
        /// Where it is.
        folder: PathBuf,
        /// What tantivy says.
        source: tantivy::TantivyError,
    },
    /// The query asks what the index does not hold.
    #[error("{0}")]
    Unsupported(String),
}

impl Store {
    /// Opens the index in a folder, or creates an empty one.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let open = || -> tantivy::Result<(Index, IndexReader, Schema)> {
            let schema = Schema::new();
            let index =
                Index::open_or_create(MmapDirectory::open(folder)?, schema.tantivy.clone())?;
            schema::register(&index);
            let reader = index
                .reader_builder()
                .reload_policy(ReloadPolicy::Manual)
                .try_into()?;
            Ok((index, reader, schema))
        };
        let (index, reader, schema) = open().map_err(|source| StoreError::Open {
            folder: folder.to_owned(),
            source,
        })?;
        Ok(Self {
            index,
            reader,
            schema,
            folder: folder.to_owned(),
        })
    }

    /// The state at the last commit, fixed: later commits do not change it.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.reader.reload().map_err(|source| self.failed(source))?;
        Snapshot::new(
            self.reader.searcher(),
            self.schema.clone(),
            self.folder.clone(),
        )
        .map_err(|source| self.failed(source))
    }

    /// The text that the last commit carried; empty before the first.
    pub fn payload(&self) -> Result<String, StoreError> {
        let metas = self
            .index
            .load_metas()
            .map_err(|source| self.failed(source))?;
        Ok(metas.payload.unwrap_or_default())
    }

    /// Opens the one writer. Fails with [`StoreError::Busy`] while another process holds it; a killed process does not.
    pub fn writer(&self) -> Result<Writer, StoreError> {
        Writer::open(
            &self.index,
            self.schema.clone(),
            self.folder.clone(),
            || self.snapshot()?.known(),
        )
    }

    fn failed(&self, source: tantivy::TantivyError) -> StoreError {
        StoreError::Failed {
            folder: self.folder.clone(),
            source,
        }
    }
}
