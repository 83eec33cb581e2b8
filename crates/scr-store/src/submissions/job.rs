//! A job: the work that a submission waits for.

use async_recursion::async_recursion as boxed;
use scr_documents::SubmissionState;
use sqlx::AnyConnection;

use super::claim::Claim;
use crate::database::Doing;
use crate::dialect::Dialect;
use crate::storage_error::StorageError;

/// Attempts of a job.
pub const MAX_ATTEMPTS: i64 = 3;

/// Log message of a submission whose job used up its attempts.
pub(crate) const GIVEN_UP: &str = "given up";

/// Kind of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// Check the masks and score them.
    Score,
    /// Write the entry.
    Publish,
}

/// A job that a worker has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Kind of work.
    pub kind: JobKind,
    /// Claim of the worker, with the submission.
    pub claim: Claim,
}

/// Progress of a job, in images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobProgress {
    /// Images done.
    pub done: i64,
    /// All images; 0 before the work has begun.
    pub total: i64,
}

impl JobKind {
    /// Word in the database and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Publish => "publish",
        }
    }

    /// State of a submission whose job ends unfinished.
    pub(super) const fn fallback_state(self) -> SubmissionState {
        match self {
            Self::Score => SubmissionState::Rejected,
            Self::Publish => SubmissionState::AwaitingReview,
        }
    }

    pub(super) fn read(word: &str) -> Result<Self, StorageError> {
        let found = [Self::Score, Self::Publish].into_iter().find(|kind| kind.as_str() == word);
        found.ok_or_else(|| StorageError::Word {
            what: "kind of a job",
            expected: "score or publish",
            found: word.into(),
        })
    }
}

/// Sets the job of a submission; an existing job keeps its worker and its attempts. `None`
/// deletes the job.
#[boxed]
pub(super) async fn replace(
    connection: &mut AnyConnection,
    id: &str,
    job: Option<JobKind>,
    now: &str,
) -> Result<(), StorageError> {
    let doing = "change a job";
    let Some(kind) = job else {
        let delete = sqlx::query("DELETE FROM jobs WHERE submission_id = $1").bind(id);
        delete.execute(connection).await.doing(doing)?;
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO jobs (submission_id, kind, attempts, worker, leased_until, created_at) \
         VALUES ($1, $2, 0, '', '', $3) ON CONFLICT (submission_id) DO NOTHING",
    )
    .bind(id)
    .bind(kind.as_str())
    .bind(now)
    .execute(&mut *connection)
    .await
    .doing(doing)?;
    notify(connection).await
}

/// Channel on which PostgreSQL tells workers of jobs.
pub(crate) const CHANNEL: &str = "scr_jobs";

/// Tells waiting workers of a job when the transaction ends. Workers of SQLite look for
/// themselves.
pub(crate) async fn notify(connection: &mut AnyConnection) -> Result<(), StorageError> {
    if Dialect::of_connection(connection) == Dialect::Postgres {
        let notify = sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL);
        notify.execute(connection).await.doing("tell workers of a job")?;
    }
    Ok(())
}
