//! What goes on behind the site, for operators: jobs, who works on them, and ending one.

use axum::Json;
use axum::extract::{Path, State};
use scr_documents::{CancelledJob, Job, JobList, Refusal, Worker};
use scr_store::{Cancellation, JobRow, MAX_ATTEMPTS, PublicStore, Scope, WorkerRow};

use super::refusals;
use crate::error::Failure;
use crate::extractors::Authenticated;

fn job(row: JobRow) -> Job {
    Job {
        submission: row.submission_id,
        benchmark: row.benchmark_id,
        kind: row.kind.as_str().into(),
        state: if row.is_running { "running" } else { "waiting" }.into(),
        attempts: row.attempts,
        worker: row.worker,
        leased_until: row.leased_until,
        created_at: row.created_at,
    }
}

fn worker(WorkerRow { name, heard_at, .. }: WorkerRow) -> Worker {
    Worker { name, heard_at }
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
        jobs: store.jobs().list().await?.into_iter().map(job).collect(),
        max_attempts: MAX_ATTEMPTS,
        workers: store.workers().list().await?.into_iter().map(worker).collect(),
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
