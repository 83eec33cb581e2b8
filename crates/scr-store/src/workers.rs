//! Workers of a store, in any process, and their heartbeats.
//!
//! Knows no job. A worker records a heartbeat at short intervals; one without a heartbeat for
//! [`WORKER_TIMEOUT`] counts as dead.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use sqlx::AnyPool;

use crate::database::{Doing, begin_writing, clock_of};
use crate::storage_error::StorageError;
use crate::submissions::claim::Queue;
use crate::time::time_text;

/// Time after the last heartbeat at which a worker counts as dead.
pub const WORKER_TIMEOUT: Duration = Duration::from_secs(20);

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerRow {
    /// Unique name.
    pub name: String,
    /// Time of the first heartbeat, RFC 3339 in UTC.
    pub started_at: String,
    /// Time of the last heartbeat, RFC 3339 in UTC.
    pub heard_at: String,
}

/// Handle of workers.
#[derive(Debug, Clone, Copy)]
pub struct Workers<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl Workers<'_> {
    /// Records a heartbeat of a worker.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn record_heartbeat(&self, name: &str) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO workers (name, started_at, heard_at) VALUES ($1, $2, $2) \
             ON CONFLICT (name) DO UPDATE SET heard_at = excluded.heard_at",
        )
        .bind(name)
        .bind(time_text(clock_of(self.pool).await?))
        .execute(self.pool)
        .await
        .doing("record a heartbeat")?;
        Ok(())
    }

    /// Removes a worker that shuts down and releases its jobs; their attempt does not count.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn remove(&self, name: &str) -> Result<(), StorageError> {
        let doing = "remove a worker";
        let mut transaction = begin_writing(self.pool).await?;
        let release = Queue::ALL.map(|queue| {
            let (table, _) = queue.table();
            format!(
                "UPDATE {table} SET leased_until = '', worker = '', attempts = attempts - 1 \
                 WHERE worker = $1"
            )
        });
        let delete = "DELETE FROM workers WHERE name = $1".to_owned();
        for query in release.into_iter().chain([delete]) {
            let done = sqlx::query(sqlx::AssertSqlSafe(query)).bind(name);
            done.execute(&mut *transaction).await.doing(doing)?;
        }
        transaction.commit().await.doing(doing)
    }

    /// Live workers, the longest-running first.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn list(&self) -> Result<Vec<WorkerRow>, StorageError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT name, started_at, heard_at FROM workers WHERE heard_at >= $1 \
             ORDER BY started_at, name",
        )
        .bind(time_text(clock_of(self.pool).await? - WORKER_TIMEOUT))
        .fetch_all(self.pool)
        .await
        .doing("list workers")?;
        let row = |(name, started_at, heard_at)| WorkerRow { name, started_at, heard_at };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Removes workers without a heartbeat for `silence`.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn remove_silent(&self, silence: Duration) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM workers WHERE heard_at < $1")
            .bind(time_text(clock_of(self.pool).await? - silence))
            .execute(self.pool)
            .await
            .doing("remove dead workers")?;
        Ok(())
    }
}
