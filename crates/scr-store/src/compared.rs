//! Entries to compare a submission with: all of its benchmark, withdrawn ones too, each with
//! its submitter.
//!
//! Compares nothing: workers do. Reads no results, so that a worker holds those of one entry at
//! a time.

use async_recursion::async_recursion as boxed;
use futures_util::TryStreamExt;
use sqlx::Row;

use crate::database::Doing;
use crate::entries::Entries;
use crate::entry_heads::{self, COLUMNS, EntryHead, WITH_WITHDRAWALS};
use crate::storage_error::StorageError;

/// Operation in errors.
const DOING: &str = "list entries with their submitters";

/// The head of an entry with its submitter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedEntry {
    /// The entry without its results.
    pub head: EntryHead,
    /// Account of the submitter; none for entries of the operator.
    pub user_id: Option<String>,
}

impl Entries<'_> {
    /// Heads of all entries of a benchmark, withdrawn ones too, the first published first.
    ///
    /// # Errors
    /// As [`heads`](Self::heads).
    #[boxed]
    pub async fn with_submitters(
        &self,
        benchmark_id: &str,
    ) -> Result<Vec<ComparedEntry>, StorageError> {
        let query = format!(
            "SELECT {COLUMNS}, \
             (SELECT MAX(user_id) FROM submissions WHERE submissions.entry_id = entries.id) \
             AS submitter FROM {WITH_WITHDRAWALS} WHERE benchmark_id = $1 \
             ORDER BY entries.published_at, entries.id"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(benchmark_id);
        let mut rows = query.fetch(self.pool);
        let mut entries = Vec::new();
        while let Some(row) = rows.try_next().await.doing(DOING)? {
            let user_id = row.try_get("submitter").doing(DOING)?;
            entries.push(ComparedEntry { head: entry_heads::read(&row)?, user_id });
        }
        Ok(entries)
    }
}
