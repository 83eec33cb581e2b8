//! Queue of re-scores: published entries that workers score again by other rules.
//!
//! A job for each shard of an entry's images keeps its scores as a part; when all parts are
//! there, a job that merges them adds the result. The parts are the same for any number of workers
//! and any order, and so is the result. Workers claim a re-score only when no job of a submission
//! waits, for a participant's score and a publication have priority, or in turn with those jobs when
//! it has waited for long.

use async_recursion::async_recursion as boxed;
use scr_documents::ResultDocument;
use std::time::Duration;

use crate::database::{Doing, begin_writing, clock, clock_of};
use crate::dialect::Dialect;
use crate::entries::Entries;
use crate::publish::error::PublishError;
use crate::results::add_result_in;
use crate::storage_error::StorageError;
use crate::submissions::claim::{Claim, Queue};
use crate::submissions::job::{MAX_ATTEMPTS, notify};
use crate::submissions::jobs::Jobs;
use crate::time::time_text;

/// Step of a re-score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RescoreStep {
    /// Scores the images of shard `number`, from 1, of `count`.
    Shard {
        /// Number of the shard.
        number: i64,
        /// Number of shards.
        count: i64,
    },
    /// Merges the parts of all shards.
    Merge,
}

/// A re-score that a worker has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RescoreJob {
    /// The entry.
    pub entry_id: String,
    /// Step.
    pub step: RescoreStep,
    /// Claim of the worker.
    pub claim: Claim,
}

impl Jobs<'_> {
    /// Queues the re-score of an entry in `shards` shards, for workers with `evaluator_version`.
    /// A re-score in the queue for the same version goes on, and its jobs that used up their
    /// attempts are retried; one for another version is replaced. True when it was queued anew.
    ///
    /// # Errors
    /// [`StorageError::Database`], also when there is no such entry.
    #[boxed]
    pub async fn queue_rescore(
        &self,
        entry_id: &str,
        shards: usize,
        evaluator_version: &str,
    ) -> Result<bool, StorageError> {
        let doing = "queue a re-score";
        let mut transaction = begin_writing(self.pool).await?;
        let now = time_text(clock(&mut transaction).await?);
        sqlx::query("DELETE FROM rescore_jobs WHERE entry_id = $1 AND evaluator_version <> $2")
            .bind(entry_id)
            .bind(evaluator_version)
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        let (queued,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM rescore_jobs WHERE entry_id = $1")
                .bind(entry_id)
                .fetch_one(&mut *transaction)
                .await
                .doing(doing)?;
        if queued == 0 {
            for number in 1..=shards {
                let id = format!("{entry_id}.{number}of{shards}");
                let step = (number as i64, shards as i64);
                insert(&mut transaction, &id, (entry_id, evaluator_version), step, &now).await?;
            }
        } else {
            sqlx::query(
                "UPDATE rescore_jobs SET attempts = 0 \
                 WHERE entry_id = $1 AND attempts >= $2 AND leased_until < $3",
            )
            .bind(entry_id)
            .bind(MAX_ATTEMPTS)
            .bind(now)
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        }
        notify(&mut transaction).await?;
        transaction.commit().await.doing(doing)?;
        Ok(queued == 0)
    }

    /// Claims a re-score for `lease`, as [`claim`](Self::claim) claims the job of a submission.
    /// Only one that was queued `waited` ago or earlier. Merges come first, then entries in the
    /// order of the queue.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn claim_rescore(
        &self,
        worker: &str,
        lease: Duration,
        evaluator_version: &str,
        waited: Duration,
    ) -> Result<Option<RescoreJob>, StorageError> {
        let now = clock_of(self.pool).await?;
        let lock = Dialect::of(self.pool).lock_free_jobs();
        let query = format!(
            "UPDATE rescore_jobs SET worker = $1, leased_until = $2, attempts = attempts + 1 \
             WHERE id = (SELECT id FROM rescore_jobs jobs \
             WHERE part IS NULL AND leased_until < $3 AND attempts < $4 AND evaluator_version = $5 \
             AND created_at <= $6 \
             ORDER BY CASE shard WHEN 0 THEN 0 ELSE 1 END, created_at, entry_id, shard \
             LIMIT 1 {lock}) \
             AND leased_until < $3 RETURNING id, entry_id, shard, shards, attempts, created_at"
        );
        let taken: Option<(String, String, i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(query))
                .bind(worker)
                .bind(time_text(now + lease))
                .bind(time_text(now))
                .bind(MAX_ATTEMPTS)
                .bind(evaluator_version)
                .bind(time_text(now - waited))
                .fetch_optional(self.pool)
                .await
                .doing("claim a re-score")?;
        let job = |(id, entry_id, number, count, attempt, created_at)| RescoreJob {
            entry_id,
            step: match number {
                0 => RescoreStep::Merge,
                number => RescoreStep::Shard { number, count },
            },
            claim: Claim {
                queue: Queue::Rescores,
                id,
                worker: worker.to_owned(),
                attempt,
                created_at,
            },
        };
        Ok(taken.map(job))
    }

    /// Keeps the scores of a shard, and queues the merge when it was the last, with the time at
    /// which the re-score was queued. False, and nothing
    /// is kept, when the claim does not hold any more.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn finish_shard(&self, job: &RescoreJob, part: &str) -> Result<bool, StorageError> {
        let doing = "keep the scores of a shard";
        let mut transaction = begin_writing(self.pool).await?;
        let kept = job
            .claim
            .change("part = $5, leased_until = '', worker = ''")
            .bind(part)
            .execute(&mut *transaction)
            .await;
        if kept.doing(doing)?.rows_affected() == 0 {
            return Ok(false);
        }
        let rest: Option<(String, String, i64, i64)> = sqlx::query_as(
            "SELECT MIN(evaluator_version), MIN(created_at), MIN(shards), \
             COUNT(*) - COUNT(part) FROM rescore_jobs WHERE entry_id = $1 AND shard > 0",
        )
        .bind(&job.entry_id)
        .fetch_optional(&mut *transaction)
        .await
        .doing(doing)?;
        if let Some((version, queued_at, shards, 0)) = rest {
            let id = format!("{}.merge", job.entry_id);
            let of = (job.entry_id.as_str(), version.as_str());
            insert(&mut transaction, &id, of, (0, shards), &queued_at).await?;
            notify(&mut transaction).await?;
        }
        transaction.commit().await.doing(doing)?;
        Ok(true)
    }

    /// Parts of an entry's re-score, each with its job, in the order of the shards.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn rescore_parts(
        &self,
        entry_id: &str,
    ) -> Result<Vec<(String, String)>, StorageError> {
        sqlx::query_as(
            "SELECT id, part FROM rescore_jobs \
             WHERE entry_id = $1 AND part IS NOT NULL ORDER BY shard",
        )
        .bind(entry_id)
        .fetch_all(self.pool)
        .await
        .doing("read the parts of a re-score")
    }
}

impl Entries<'_> {
    /// Adds the result of a re-score, as [`add_result`](Self::add_result) does, and ends the
    /// re-score. Without a `result` it only ends. False, and nothing is changed, when the claim
    /// does not hold any more.
    ///
    /// # Errors
    /// As [`add_result`](Self::add_result).
    #[boxed]
    pub async fn finish_rescore(
        &self,
        job: &RescoreJob,
        of: &str,
        result: Option<&ResultDocument>,
    ) -> Result<bool, PublishError> {
        let doing = "end a re-score";
        let mut transaction = begin_writing(self.pool).await?;
        if !job.claim.hold(&mut transaction).await? {
            return Ok(false);
        }
        if let Some(result) = result {
            add_result_in(&mut transaction, &job.entry_id, of, result).await?;
        }
        sqlx::query("DELETE FROM rescore_jobs WHERE entry_id = $1")
            .bind(&job.entry_id)
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        transaction.commit().await.doing(doing)?;
        Ok(true)
    }
}

async fn insert(
    connection: &mut sqlx::AnyConnection,
    id: &str,
    (entry_id, evaluator_version): (&str, &str),
    (shard, shards): (i64, i64),
    now: &str,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO rescore_jobs (id, entry_id, shard, shards, evaluator_version, attempts, \
         worker, leased_until, created_at) VALUES ($1, $2, $3, $4, $5, 0, '', '', $6) \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(id)
    .bind(entry_id)
    .bind(shard)
    .bind(shards)
    .bind(evaluator_version)
    .bind(now)
    .execute(connection)
    .await
    .doing("queue a re-score")?;
    Ok(())
}
