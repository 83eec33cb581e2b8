//! Queue of jobs, with leases and retries.
//!
//! A worker claims a job for the length of a lease and renews the lease while it works; an
//! expired lease lets another worker claim the job. After [`MAX_ATTEMPTS`] attempts of any
//! outcome a job is not retried. A cancelled job is deleted: its worker notices when it
//! renews the lease, and its later writes are refused. Times are the database's, so that machines
//! whose clocks differ agree. A [`Claim`] fences all that a worker writes: only while the job is its
//! own, in the same attempt. `leases.rs` has the changes of a claimed job, `failed_jobs.rs` those of one that failed. Re-scores of entries have
//! a queue of their own, `rescores.rs`, with a lower priority.

use async_recursion::async_recursion as boxed;
use scr_documents::SubmissionState;
use std::time::Duration;

use sqlx::AnyPool;

use super::claim::{Claim, Queue};
use super::dead_letters::ExhaustedJob;
use super::error::SubmissionError;
use super::job::{Job, JobKind, MAX_ATTEMPTS};
use super::job_end::{end_cancelled, end_exhausted};
use super::rows;
use crate::database::{Doing, begin_writing, clock, clock_of};
use crate::dialect::Dialect;
use crate::storage_error::StorageError;
use crate::time::time_text;

/// Outcome of a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancellation {
    /// The job is cancelled, and the submission is in this state: rejected after a job that
    /// scores, awaiting review again after one that publishes.
    Now(SubmissionState),
    /// There is no job; the submission is in this state.
    NoJob(SubmissionState),
}

/// Handle of jobs.
#[derive(Debug, Clone, Copy)]
pub struct Jobs<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl Jobs<'_> {
    /// Claims a job without a lease, or with an expired one, for `lease`. Accounts take turns:
    /// the one that was served longest ago is next, with its oldest job.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn claim(&self, worker: &str, lease: Duration) -> Result<Option<Job>, StorageError> {
        let doing = "claim a job";
        let mut transaction = self.pool.begin().await.doing(doing)?;
        let now = clock(&mut transaction).await?;
        let lock = Dialect::of(self.pool).lock_free_jobs();
        let query = format!(
            "UPDATE jobs SET worker = $1, leased_until = $2, attempts = attempts + 1 \
             WHERE submission_id = (SELECT jobs.submission_id FROM jobs \
             JOIN submissions ON submissions.id = jobs.submission_id \
             LEFT JOIN turns ON turns.user_id = submissions.user_id \
             WHERE leased_until < $3 AND attempts < $4 \
             ORDER BY COALESCE(taken_at, ''), jobs.created_at, jobs.submission_id LIMIT 1 {lock}) \
             AND leased_until < $3 RETURNING submission_id, kind, attempts, created_at"
        );
        let taken: Option<(String, String, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(query))
                .bind(worker)
                .bind(time_text(now + lease))
                .bind(time_text(now))
                .bind(MAX_ATTEMPTS)
                .fetch_optional(&mut *transaction)
                .await
                .doing(doing)?;
        let Some((submission_id, kind, attempt, created_at)) = taken else { return Ok(None) };
        sqlx::query(
            "INSERT INTO turns (user_id, taken_at) \
             SELECT user_id, $1 FROM submissions WHERE id = $2 \
             ON CONFLICT (user_id) DO UPDATE SET taken_at = excluded.taken_at",
        )
        .bind(time_text(now))
        .bind(&submission_id)
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
        transaction.commit().await.doing(doing)?;
        let kind = JobKind::read(&kind)?;
        let (queue, id, worker) = (Queue::Submissions, submission_id, worker.to_owned());
        let claim = Claim { queue, id, worker, attempt, created_at };
        Ok(Some(Job { kind, claim }))
    }

    /// Ends jobs that used up their attempts and have no valid lease: submissions to be scored
    /// are rejected, those to be published await review again. Dead letters show them to the
    /// operator. Returns their identifiers.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn end_exhausted(&self, worker: &str) -> Result<Vec<String>, StorageError> {
        let doing = "end an exhausted job";
        let exhausted = "attempts >= $1 AND leased_until < $2";
        let query = format!("SELECT submission_id FROM jobs WHERE {exhausted}");
        let found: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(MAX_ATTEMPTS)
            .bind(time_text(clock_of(self.pool).await?))
            .fetch_all(self.pool)
            .await
            .doing("look for exhausted jobs")?;
        let query = format!(
            "DELETE FROM jobs WHERE {exhausted} AND submission_id = $3 RETURNING kind, attempts, error"
        );
        let mut ended = Vec::new();
        for (id,) in found {
            let mut transaction = begin_writing(self.pool).await?;
            let now = clock(&mut transaction).await?;
            let job: Option<(String, i64, String)> =
                sqlx::query_as(sqlx::AssertSqlSafe(query.clone()))
                    .bind(MAX_ATTEMPTS)
                    .bind(time_text(now))
                    .bind(&id)
                    .fetch_optional(&mut *transaction)
                    .await
                    .doing(doing)?;
            // None where another worker was faster.
            let Some((kind, attempts, error)) = job else { continue };
            let job = ExhaustedJob { kind: JobKind::read(&kind)?, attempts, error };
            end_exhausted(&mut transaction, &id, worker, &job).await?;
            transaction.commit().await.doing(doing)?;
            ended.push(id);
        }
        Ok(ended)
    }

    /// Cancels the job of a submission for good, also when a worker has claimed it; `actor`
    /// stands in the log. Without a job, nothing changes.
    ///
    /// # Errors
    /// [`SubmissionError::Unknown`]; [`StorageError::Database`].
    #[boxed]
    pub async fn cancel(&self, id: &str, actor: &str) -> Result<Cancellation, SubmissionError> {
        let doing = "cancel a job";
        let mut transaction = begin_writing(self.pool).await?;
        let job: Option<(String,)> =
            sqlx::query_as("DELETE FROM jobs WHERE submission_id = $1 RETURNING kind")
                .bind(id)
                .fetch_optional(&mut *transaction)
                .await
                .doing(doing)?;
        let to = match job {
            Some((kind,)) => {
                end_cancelled(&mut transaction, id, actor, JobKind::read(&kind)?).await?
            }
            None => None,
        };
        let Some(to) = to else {
            drop(transaction);
            let found = rows::get(self.pool, id).await?;
            let found = found.ok_or_else(|| SubmissionError::Unknown { id: id.into() })?;
            return Ok(Cancellation::NoJob(found.state));
        };
        transaction.commit().await.doing(doing)?;
        tracing::info!(submission = id, actor, state = to.as_str(), "a job was cancelled");
        Ok(Cancellation::Now(to))
    }
}
