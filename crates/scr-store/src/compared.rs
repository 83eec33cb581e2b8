//! Entries to compare a submission with: all of its benchmark, withdrawn ones too, each with
//! its submitter.
//!
//! Compares nothing: workers do.

use async_recursion::async_recursion as boxed;
use std::collections::HashMap;

use crate::database::Doing;
use crate::entries::{self, Entries, EntryRow};
use crate::storage_error::StorageError;

/// An entry with its submitter.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedEntry {
    /// The entry with every image's values and its withdrawal.
    pub row: EntryRow,
    /// Account of the submitter; none for entries of the operator.
    pub user_id: Option<String>,
}

impl Entries<'_> {
    /// All entries of a benchmark, withdrawn ones too, the first published first.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[boxed]
    pub async fn with_submitters(
        &self,
        benchmark_id: &str,
    ) -> Result<Vec<ComparedEntry>, StorageError> {
        let rows = entries::with_withdrawn(self.pool, benchmark_id).await?;
        let owners: Vec<(String, String)> = sqlx::query_as(
            "SELECT entry_id, user_id FROM submissions \
             WHERE benchmark_id = $1 AND entry_id IS NOT NULL",
        )
        .bind(benchmark_id)
        .fetch_all(self.pool)
        .await
        .doing("list submitters of entries")?;
        let mut owners: HashMap<String, String> = owners.into_iter().collect();
        let withdrawals = self.withdrawals().await?;
        let compared = |mut row: EntryRow| {
            row.withdrawn = withdrawals.iter().find(|found| found.entry_id == row.id).cloned();
            ComparedEntry { user_id: owners.remove(&row.id), row }
        };
        Ok(rows.into_iter().map(compared).collect())
    }
}
