//! Dead letters: rows of jobs that used up their attempts, for the operator.
//!
//! The submission has its fallback state meanwhile: rejected after a job that scores, and its
//! upload is kept; awaiting review after one that publishes. `failed_jobs.rs` retries and drops
//! them.

use async_recursion::async_recursion as boxed;
use scr_documents::SubmissionState;
use sqlx::{AnyConnection, AnyPool};

use super::job::JobKind;
use super::rows::read_state;
use crate::database::{Doing, clock};
use crate::storage_error::StorageError;
use crate::time::time_text;

/// Error of a job none of whose attempts reported one.
const NO_REPORT: &str = "no attempt reported an error: each ended its worker";

/// Dead letter of a job.
pub(super) struct DeadLetter {
    pub(super) kind: JobKind,
    /// State of the submission before, to which a retry returns.
    pub(super) state: SubmissionState,
}

/// Exhausted job, as its row had it.
pub(super) struct ExhaustedJob {
    pub(super) kind: JobKind,
    pub(super) attempts: i64,
    /// Last error; empty where none was reported.
    pub(super) error: String,
}

/// Writes the dead letter of an exhausted job; `state` is the submission's before it ended.
#[boxed]
pub(super) async fn write(
    connection: &mut AnyConnection,
    id: &str,
    state: SubmissionState,
    job: &ExhaustedJob,
) -> Result<(), StorageError> {
    let now = time_text(clock(connection).await?);
    let error = if job.error.is_empty() { NO_REPORT } else { &job.error };
    sqlx::query(
        "INSERT INTO dead_letters (submission_id, kind, state, attempts, error, failed_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(job.kind.as_str())
    .bind(state.as_str())
    .bind(job.attempts)
    .bind(error)
    .bind(now)
    .execute(connection)
    .await
    .doing("write a dead letter")?;
    Ok(())
}

/// Dead letter of a submission, if there is one.
#[boxed]
pub(super) async fn read(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<Option<DeadLetter>, StorageError> {
    let row: Option<(String, String)> =
        sqlx::query_as("SELECT kind, state FROM dead_letters WHERE submission_id = $1")
            .bind(id)
            .fetch_optional(connection)
            .await
            .doing("read a dead letter")?;
    let letter = |(kind, state): (String, String)| {
        Ok(DeadLetter { kind: JobKind::read(&kind)?, state: read_state(&state)? })
    };
    row.map(letter).transpose()
}

/// True if an upload is kept for a dead letter.
#[boxed]
pub(crate) async fn is_upload_kept(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<bool, StorageError> {
    Ok(read(connection, id).await?.is_some_and(|letter| letter.kind == JobKind::Score))
}

/// Submissions whose dead letter was written before `time`.
pub(super) async fn before(pool: &AnyPool, time: &str) -> Result<Vec<String>, StorageError> {
    let found: Vec<(String,)> = sqlx::query_as(
        "SELECT submission_id FROM dead_letters WHERE failed_at < $1 ORDER BY failed_at, submission_id",
    )
    .bind(time)
    .fetch_all(pool)
    .await
    .doing("look for old dead letters")?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}
