//! Counts of re-scores in the queue, and those that failed.

use async_recursion::async_recursion as boxed;

use crate::database::{Doing, clock_of};
use crate::storage_error::StorageError;
use crate::submissions::job::MAX_ATTEMPTS;
use crate::submissions::jobs::Jobs;
use crate::time::time_text;

/// Counts of re-scores in the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RescoreCounts {
    /// Jobs of entries whose result is not there yet.
    pub jobs: u64,
    /// Jobs among them that are done: shards with a part.
    pub done: u64,
    /// Jobs that used up their attempts.
    pub failed: Vec<String>,
}

impl Jobs<'_> {
    /// Counts of the re-scores in the queue: of a benchmark, of an entry, or of all.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn rescore_counts(
        &self,
        benchmark_id: Option<&str>,
        entry_id: Option<&str>,
    ) -> Result<RescoreCounts, StorageError> {
        const CHOSEN: &str = "FROM rescore_jobs JOIN entries ON entries.id = entry_id \
             WHERE ($1 = '' OR benchmark_id = $1) AND ($2 = '' OR entry_id = $2)";
        let doing = "count re-scores";
        let (benchmark_id, entry_id) =
            (benchmark_id.unwrap_or_default(), entry_id.unwrap_or_default());
        let query = format!("SELECT COUNT(*), COUNT(part) {CHOSEN}");
        let (jobs, done): (i64, i64) = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(benchmark_id)
            .bind(entry_id)
            .fetch_one(self.pool)
            .await
            .doing(doing)?;
        let query = format!(
            "SELECT rescore_jobs.id {CHOSEN} AND part IS NULL AND attempts >= $3 \
             AND leased_until < $4 ORDER BY created_at, entry_id, shard"
        );
        let failed: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(benchmark_id)
            .bind(entry_id)
            .bind(MAX_ATTEMPTS)
            .bind(time_text(clock_of(self.pool).await?))
            .fetch_all(self.pool)
            .await
            .doing(doing)?;
        let failed = failed.into_iter().map(|(id,)| id).collect();
        Ok(RescoreCounts { jobs: jobs.unsigned_abs(), done: done.unsigned_abs(), failed })
    }
}
