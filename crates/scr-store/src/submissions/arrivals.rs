//! Waiting for jobs: by PostgreSQL's notifications, and by looking for them.
//!
//! A lost notification costs one interval: every wait ends with a look.

use std::time::{Duration, Instant};

use sqlx::AnyPool;
use sqlx::postgres::PgListener;

use super::job::{CHANNEL, MAX_ATTEMPTS};
use super::jobs::Jobs;
use crate::database::{Doing, clock_of};
use crate::dialect::Dialect;
use crate::storage_error::StorageError;
use crate::time::time_text;

/// Interval at which a worker of SQLite looks for jobs, which takes 0.1 ms.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Interval at which a worker of PostgreSQL looks for jobs, beside the notifications.
const LOOK_BESIDE: Duration = Duration::from_secs(1);

/// Jobs as they arrive, for a worker that waits.
#[derive(Debug)]
pub struct Arrivals {
    pool: AnyPool,
    evaluator_version: String,
    /// Connection that is notified; none before the first wait, and after it broke.
    listener: Option<PgListener>,
}

impl Jobs<'_> {
    /// Jobs as they arrive, for a worker with this version of the evaluator.
    #[must_use]
    pub fn arrivals(&self, evaluator_version: &str) -> Arrivals {
        let evaluator_version = evaluator_version.to_owned();
        Arrivals { pool: self.pool.clone(), evaluator_version, listener: None }
    }
}

impl Arrivals {
    /// Waits until there is a job that may be claimed or ended, at most for `patience`.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn wait(&mut self, patience: Duration) -> Result<(), StorageError> {
        let begin = Instant::now();
        let is_notified = Dialect::of(&self.pool) == Dialect::Postgres;
        if is_notified && self.listener.is_none() {
            self.listen().await?;
        }
        while !self.is_any_free().await? && begin.elapsed() < patience {
            let left = patience.saturating_sub(begin.elapsed());
            match &mut self.listener {
                Some(listener) => {
                    let notified = tokio::time::timeout(left.min(LOOK_BESIDE), listener.recv());
                    if let Ok(Err(source)) = notified.await {
                        self.listener = None;
                        return Err(source).doing("wait for jobs");
                    }
                }
                None => tokio::time::sleep(left.min(LOOK_EVERY)).await,
            }
        }
        Ok(())
    }

    async fn listen(&mut self) -> Result<(), StorageError> {
        let doing = "wait for jobs";
        let options = self.pool.connect_options();
        let mut listener = PgListener::connect(options.database_url.as_str()).await.doing(doing)?;
        listener.listen(CHANNEL).await.doing(doing)?;
        self.listener = Some(listener);
        Ok(())
    }

    /// True if a job has no valid lease. A re-score that used up its attempts is none.
    async fn is_any_free(&self) -> Result<bool, StorageError> {
        let now = time_text(clock_of(&self.pool).await?);
        let found: Option<(i64,)> = sqlx::query_as(
            "SELECT CAST(1 AS BIGINT) FROM jobs WHERE leased_until < $1 UNION ALL \
             SELECT CAST(1 AS BIGINT) FROM rescore_jobs \
             WHERE part IS NULL AND leased_until < $1 AND attempts < $2 \
             AND evaluator_version = $3 LIMIT 1",
        )
        .bind(now)
        .bind(MAX_ATTEMPTS)
        .bind(&self.evaluator_version)
        .fetch_optional(&self.pool)
        .await
        .doing("look for jobs")?;
        Ok(found.is_some())
    }
}
