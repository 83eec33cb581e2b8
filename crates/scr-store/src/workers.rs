//! Who works on a store's jobs, in whichever process.
//!
//! Knows no job. A worker says again and again that it is there; one that is heard of no
//! more has ended, however it ended.

use std::time::Duration;

use jiff::Timestamp;

use crate::database::{failed, time_text};
use crate::{StoreCore, StoreError};

/// A worker that was not heard of for so long has ended.
pub const WORKER_SILENCE: Duration = Duration::from_secs(20);

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerRow {
    /// What it calls itself.
    pub name: String,
    /// When it was first heard of, RFC 3339 in UTC.
    pub started_at: String,
    /// When it was heard of last, RFC 3339 in UTC.
    pub heard_at: String,
}

impl StoreCore {
    /// Notes that a worker is there.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn hear_worker(&self, name: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO workers (name, started_at, heard_at) VALUES ($1, $2, $2) \
             ON CONFLICT (name) DO UPDATE SET heard_at = excluded.heard_at",
        )
        .bind(name)
        .bind(time_text(Timestamp::now()))
        .execute(&self.pool)
        .await
        .map_err(failed("note a worker"))?;
        Ok(())
    }

    /// Forgets a worker that ends, and gives back what it was at, uncounted.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_worker(&self, name: &str) -> Result<(), StoreError> {
        let doing = "forget a worker";
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        let back = "UPDATE jobs SET leased_until = '', worker = '', attempts = attempts - 1 \
                    WHERE worker = $1";
        for query in [back, "DELETE FROM workers WHERE name = $1"] {
            let done = sqlx::query(query).bind(name).execute(&mut *transaction).await;
            done.map_err(failed(doing))?;
        }
        transaction.commit().await.map_err(failed(doing))
    }

    /// The workers that were heard of within [`WORKER_SILENCE`], the longest there first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn workers(&self) -> Result<Vec<WorkerRow>, StoreError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT name, started_at, heard_at FROM workers WHERE heard_at >= $1 \
             ORDER BY started_at, name",
        )
        .bind(time_text(Timestamp::now() - WORKER_SILENCE))
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list workers"))?;
        let row = |(name, started_at, heard_at)| WorkerRow { name, started_at, heard_at };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Forgets the workers that were not heard of for so long.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_silent_workers(&self, silence: Duration) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM workers WHERE heard_at < $1")
            .bind(time_text(Timestamp::now() - silence))
            .execute(&self.pool)
            .await
            .map_err(failed("forget workers"))?;
        Ok(())
    }
}
