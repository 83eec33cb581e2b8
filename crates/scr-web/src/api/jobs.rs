//! What goes on behind the site, for operators: jobs, who works on them, and ending one.

use axum::Json;
use axum::extract::{Path, State};
use scr_documents::SubmissionState;
use scr_store::{Cancellation, JobRow, MAX_ATTEMPTS, PublicStore, Scope, WorkerRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::refusals::{self, Refusal};
use crate::error::Failure;
use crate::extractors::Authenticated;

/// Jobs, and who works on them.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobList {
    /// Those that wait or run, the longest waiting first.
    jobs: Vec<Job>,
    /// How often a job is begun at most.
    max_attempts: i64,
    /// Workers heard of lately, in all processes.
    workers: Vec<Worker>,
}

/// A job.
#[derive(Serialize, ToSchema)]
struct Job {
    /// Identifier of the submission that it is about.
    submission: String,
    /// Identifier of the benchmark.
    benchmark: String,
    /// score or publish.
    kind: &'static str,
    /// running or waiting.
    state: &'static str,
    /// How often it was begun.
    attempts: i64,
    /// Name of the worker that had it last.
    worker: Option<String>,
    /// Until when it is that worker's, RFC 3339.
    leased_until: Option<String>,
    /// When it was asked for, RFC 3339.
    created_at: String,
}

/// A worker.
#[derive(Serialize, ToSchema)]
struct Worker {
    /// Its name.
    name: String,
    /// When it was heard of last, RFC 3339.
    heard_at: String,
}

/// What cancelling left.
#[derive(Serialize, ToSchema)]
pub(crate) struct CancelledJob {
    /// Identifier of the submission.
    submission: String,
    /// Its state now: `rejected` where it was to be scored, `awaiting_review` where it was
    /// to be published.
    #[schema(value_type = String)]
    state: SubmissionState,
}

impl From<JobRow> for Job {
    fn from(row: JobRow) -> Self {
        Self {
            submission: row.submission_id,
            benchmark: row.benchmark_id,
            kind: row.kind.as_str(),
            state: if row.is_running { "running" } else { "waiting" },
            attempts: row.attempts,
            worker: row.worker,
            leased_until: row.leased_until,
            created_at: row.created_at,
        }
    }
}

impl From<WorkerRow> for Worker {
    fn from(WorkerRow { name, heard_at, .. }: WorkerRow) -> Self {
        Self { name, heard_at }
    }
}

/// What is being done and what waits, for operators.
#[utoipa::path(
    get,
    path = "/api/v1/jobs",
    tag = "operation",
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The jobs", body = JobList),
        refusals::Unsigned,
        refusals::Forbidden
    )
)]
pub(crate) async fn jobs(
    State(store): State<PublicStore>,
    signed: Authenticated,
) -> Result<Json<JobList>, Failure> {
    signed.operates(Scope::Read)?;
    Ok(Json(JobList {
        jobs: store.jobs().list().await?.into_iter().map(Into::into).collect(),
        max_attempts: MAX_ATTEMPTS,
        workers: store.workers().list().await?.into_iter().map(Into::into).collect(),
    }))
}

/// Ends a submission's job for good, for operators: what was to be scored is rejected,
/// what was to be published awaits review again.
#[utoipa::path(
    post,
    path = "/api/v1/jobs/{submission}/cancel",
    tag = "operation",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = ["review"])),
    responses(
        (status = 200, description = "It is ended", body = CancelledJob),
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "Nothing is to be done on it", body = Refusal)
    )
)]
pub(crate) async fn cancel(
    State(store): State<PublicStore>,
    signed: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<CancelledJob>, Failure> {
    signed.operates(Scope::Review)?;
    match store.jobs().cancel(&id, &signed.0.user.id).await? {
        Cancellation::Now(state) => Ok(Json(CancelledJob { submission: id, state })),
        Cancellation::NoJob(state) => {
            let message = format!("submission `{id}` is {} and has no job", state.as_str());
            Err(Failure::Conflict { message })
        }
    }
}
