//! End of a job that is not finished: cancelled, or out of attempts.

use async_recursion::async_recursion as boxed;
use scr_documents::{SubmissionProblem, SubmissionState};
use sqlx::AnyConnection;

use super::changes::{Change, change_in, set_state};
use super::dead_letters::{self, ExhaustedJob};
use super::job::{GIVEN_UP, JobKind, MAX_ATTEMPTS};
use super::letters::{mail_change, mail_site_fault};
use super::rows::read_state;
use crate::database::Doing;
use crate::json::write_json;
use crate::storage_error::StorageError;

/// Moves a submission whose job is cancelled into its fallback state, and returns that state;
/// none when its current state has no such job.
#[boxed]
pub(super) async fn end_cancelled(
    connection: &mut AnyConnection,
    id: &str,
    actor: &str,
    kind: JobKind,
) -> Result<Option<SubmissionState>, StorageError> {
    let change = change_of(id, actor, kind, EndReason::Cancelled)?;
    Ok(change_in(connection, id, change).await?.then_some(kind.fallback_state()))
}

/// Moves a submission whose job used up its attempts into its fallback state, and writes the dead
/// letter. Nothing changes when its current state has no such job.
#[boxed]
pub(super) async fn end_exhausted(
    connection: &mut AnyConnection,
    id: &str,
    actor: &str,
    job: &ExhaustedJob,
) -> Result<(), StorageError> {
    let (state,): (String,) = sqlx::query_as("SELECT state FROM submissions WHERE id = $1")
        .bind(id)
        .fetch_one(&mut *connection)
        .await
        .doing("end an exhausted job")?;
    let (before, to) = (read_state(&state)?, job.kind.fallback_state());
    let change = change_of(id, actor, job.kind, EndReason::Exhausted)?;
    if !(to.may_follow(before) && set_state(connection, id, &[before], change).await?) {
        return Ok(());
    }
    dead_letters::write(connection, id, before, job).await?;
    match job.kind {
        JobKind::Score => mail_site_fault(connection, id).await,
        JobKind::Publish => mail_change(connection, id, to).await,
    }
}

fn change_of<'a>(
    id: &str,
    actor: &'a str,
    kind: JobKind,
    reason: EndReason,
) -> Result<Change<'a>, StorageError> {
    let set = match kind {
        JobKind::Score => vec![("problems", write_json(id, "problems", &[reason.problem()])?)],
        JobKind::Publish => vec![],
    };
    Ok(Change { to: kind.fallback_state(), actor, message: reason.message(), set, job: None })
}

/// Reason for which a job ends unfinished.
#[derive(Debug, Clone, Copy)]
pub(super) enum EndReason {
    /// Cancelled by an operator.
    Cancelled,
    /// All attempts used up.
    Exhausted,
    /// All attempts used up, and dropped by an operator.
    Dropped,
}

impl EndReason {
    /// Message in the log.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Exhausted => GIVEN_UP,
            Self::Dropped => "dropped",
        }
    }

    /// Problem for the submitter of masks that were not scored.
    pub(super) fn problem(self) -> SubmissionProblem {
        let (expected, found, hint) = match self {
            Self::Cancelled => (
                "to be checked and scored",
                "the operator of this site stopped it".to_owned(),
                "ask the operator, or hand the masks in again",
            ),
            Self::Exhausted => (
                "to be checked and scored",
                format!("a fault of this site: {MAX_ATTEMPTS} attempts failed"),
                "the upload is kept and the operator may try again; you need not do anything",
            ),
            Self::Dropped => (
                "to be checked and scored",
                format!("a fault of this site: {MAX_ATTEMPTS} attempts failed"),
                "hand the masks in again; the operator does not try again, the upload is deleted",
            ),
        };
        let (place, expected, hint) = ("the submission".into(), expected.into(), hint.into());
        SubmissionProblem { place, expected, found, hint }
    }
}
