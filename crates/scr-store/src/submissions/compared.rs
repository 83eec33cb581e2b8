//! The entries that a submission is compared with: all of its benchmark, withdrawn ones
//! too, each with the account that handed it in.
//!
//! Compares nothing: workers do.

use std::collections::HashMap;

use crate::database::failed;
use crate::{EntryRow, Store, StoreError, entries};

/// An entry that a submission is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedEntry {
    /// The entry with every image's values; withdrawn ones say so.
    pub row: EntryRow,
    /// Identifier of the account that handed it in; none for the operator's.
    pub user_id: Option<String>,
}

impl Store {
    /// All entries of a benchmark, withdrawn ones too, the first published first.
    ///
    /// # Errors
    /// As [`entries`](Self::entries).
    pub async fn compared_entries(
        &self,
        benchmark_id: &str,
    ) -> Result<Vec<ComparedEntry>, StoreError> {
        let rows = entries::of_benchmark_with_withdrawn(&self.pool, benchmark_id).await?;
        let owners: Vec<(String, String)> = sqlx::query_as(
            "SELECT entry_id, user_id FROM submissions \
             WHERE benchmark_id = $1 AND entry_id IS NOT NULL",
        )
        .bind(benchmark_id)
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list who handed entries in"))?;
        let mut owners: HashMap<String, String> = owners.into_iter().collect();
        let withdrawals = self.withdrawals().await?;
        let compared = |mut row: EntryRow| {
            row.withdrawn = withdrawals.iter().find(|found| found.entry_id == row.id).cloned();
            ComparedEntry { user_id: owners.remove(&row.id), row }
        };
        Ok(rows.into_iter().map(compared).collect())
    }
}
