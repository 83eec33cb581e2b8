//! The jobs as an operator sees them, and the end of those that are not done.
//!
//! Takes no job and does none. A cancelled job is gone from the database; the worker
//! that has it notices when it next says that it is at it, and nothing that it still
//! wants to write is taken, because the submission's state has moved on.

use scr_documents::{SubmissionProblem, SubmissionState};
use sqlx::{AnyConnection, Row};

use super::JobKind;
use super::jobs::{GIVEN_UP, MAX_ATTEMPTS};
use super::rows::{Change, change_in};
use crate::database::{failed, time_text};
use crate::entries::write_json;
use crate::{StoreCore, StoreError};

/// A job that waits or is being done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// What it is about.
    pub submission_id: String,
    /// The benchmark that the submission is for.
    pub benchmark_id: String,
    /// What is to be done.
    pub kind: JobKind,
    /// How often it was begun.
    pub attempts: i64,
    /// The worker that had it last; none when it was never begun, or was given back.
    pub worker: Option<String>,
    /// Until when it is that worker's, RFC 3339 in UTC; past when the worker is heard
    /// of no more. Without a worker it is put off until then.
    pub leased_until: Option<String>,
    /// Whether a worker has it now.
    pub is_running: bool,
    /// When it was asked for, RFC 3339 in UTC.
    pub created_at: String,
}

/// What cancelling did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// The job is gone, and the submission is in this state now: rejected where it was
    /// to be scored, awaiting review again where it was to be published.
    Now(SubmissionState),
    /// There was no job; the submission is in this state.
    NoJob(SubmissionState),
}

impl StoreCore {
    /// All jobs, those that have waited longest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn jobs(&self) -> Result<Vec<JobRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT submission_id, benchmark_id, kind, attempts, worker, leased_until, \
             jobs.created_at AS asked_at FROM jobs \
             JOIN submissions ON submissions.id = jobs.submission_id \
             ORDER BY jobs.created_at, submission_id",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list jobs"))?;
        let now = time_text(jiff::Timestamp::now());
        let job = |row: &sqlx::any::AnyRow| {
            let text = |column| row.try_get::<String, _>(column).map_err(failed("list jobs"));
            let (worker, leased_until) = (text("worker")?, text("leased_until")?);
            Ok(JobRow {
                submission_id: text("submission_id")?,
                benchmark_id: text("benchmark_id")?,
                kind: JobKind::read(&text("kind")?)?,
                attempts: row.try_get("attempts").map_err(failed("list jobs"))?,
                is_running: !worker.is_empty() && leased_until >= now,
                worker: Some(worker).filter(|worker| !worker.is_empty()),
                leased_until: Some(leased_until).filter(|until| !until.is_empty()),
                created_at: text("asked_at")?,
            })
        };
        rows.iter().map(job).collect()
    }

    /// Ends the job of a submission for good, whether a worker has it or not; `actor`
    /// stands in the log. Where there is none, nothing changes.
    ///
    /// # Errors
    /// [`StoreError::NoSubmission`]; [`StoreError::Database`].
    pub async fn cancel_job(&self, id: &str, actor: &str) -> Result<Cancelled, StoreError> {
        let doing = "cancel a job";
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        let job: Option<(String,)> =
            sqlx::query_as("DELETE FROM jobs WHERE submission_id = $1 RETURNING kind")
                .bind(id)
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed(doing))?;
        let to = match job {
            Some((kind,)) => {
                let why = Why::Cancelled;
                end(&mut transaction, id, JobKind::read(&kind)?, actor, why).await?
            }
            None => None,
        };
        let Some(to) = to else {
            drop(transaction);
            let found = self.submission_row(id).await?;
            let found = found.ok_or_else(|| StoreError::NoSubmission { id: id.into() })?;
            return Ok(Cancelled::NoJob(found.state));
        };
        transaction.commit().await.map_err(failed(doing))?;
        tracing::info!(submission = id, actor, state = to.as_str(), "a job was cancelled");
        Ok(Cancelled::Now(to))
    }
}

/// Brings a submission whose job ends undone into the state that is left for it; none
/// when its state has nothing to do with such a job.
pub(super) async fn end(
    connection: &mut AnyConnection,
    id: &str,
    kind: JobKind,
    actor: &str,
    why: Why,
) -> Result<Option<SubmissionState>, StoreError> {
    let (to, set) = match kind {
        JobKind::Score => {
            let problems = write_json(id, "problems", &[why.told()])?;
            (SubmissionState::Rejected, vec![("problems", problems)])
        }
        JobKind::Publish => (SubmissionState::AwaitingReview, vec![]),
    };
    let change = Change { to, actor, message: why.message(), set, job: None };
    Ok(change_in(connection, id, change).await?.then_some(to))
}

/// Why a job ends undone.
#[derive(Clone, Copy)]
pub(super) enum Why {
    /// An operator wants it so.
    Cancelled,
    /// It was begun too often.
    GivenUp,
}

impl Why {
    /// What the log says.
    const fn message(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::GivenUp => GIVEN_UP,
        }
    }

    /// What the submitter is told where nothing was scored.
    fn told(self) -> SubmissionProblem {
        let (expected, found, hint) = match self {
            Self::Cancelled => (
                "to be checked and scored",
                "the operator of this site stopped it".to_owned(),
                "ask the operator, or hand the masks in again",
            ),
            Self::GivenUp => (
                "masks that this server can work on",
                format!("{MAX_ATTEMPTS} attempts that each failed or ended the worker"),
                "ask the operator, who finds more in the server's log",
            ),
        };
        let (place, expected, hint) = ("the submission".into(), expected.into(), hint.into());
        SubmissionProblem { place, expected, found, hint }
    }
}
