//! End of a job that is not finished: cancelled, or out of attempts.

use async_recursion::async_recursion as boxed;
use scr_documents::{SubmissionProblem, SubmissionState};
use sqlx::AnyConnection;

use super::changes::{Change, change_in};
use super::job::{GIVEN_UP, JobKind, MAX_ATTEMPTS};
use crate::json::write_json;
use crate::storage_error::StorageError;

/// Moves a submission whose job ends unfinished into its fallback state, and returns that
/// state; none when its current state has no such job.
#[boxed]
pub(super) async fn end(
    connection: &mut AnyConnection,
    id: &str,
    kind: JobKind,
    actor: &str,
    reason: EndReason,
) -> Result<Option<SubmissionState>, StorageError> {
    let (to, set) = match kind {
        JobKind::Score => {
            let problems = write_json(id, "problems", &[reason.problem()])?;
            (SubmissionState::Rejected, vec![("problems", problems)])
        }
        JobKind::Publish => (SubmissionState::AwaitingReview, vec![]),
    };
    let change = Change { to, actor, message: reason.message(), set, job: None };
    Ok(change_in(connection, id, change).await?.then_some(to))
}

/// Reason for which a job ends unfinished.
#[derive(Clone, Copy)]
pub(super) enum EndReason {
    /// Cancelled by an operator.
    Cancelled,
    /// All attempts used up.
    Exhausted,
}

impl EndReason {
    /// Message in the log.
    const fn message(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Exhausted => GIVEN_UP,
        }
    }

    /// Problem for the submitter of masks that were not scored.
    fn problem(self) -> SubmissionProblem {
        let (expected, found, hint) = match self {
            Self::Cancelled => (
                "to be checked and scored",
                "the operator of this site stopped it".to_owned(),
                "ask the operator, or hand the masks in again",
            ),
            Self::Exhausted => (
                "masks that this server can work on",
                format!("{MAX_ATTEMPTS} attempts that each failed or ended the worker"),
                "ask the operator, who finds more in the server's log",
            ),
        };
        let (place, expected, hint) = ("the submission".into(), expected.into(), hint.into());
        SubmissionProblem { place, expected, found, hint }
    }
}
