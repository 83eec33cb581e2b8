//! Jobs and workers, for operators: the list, and cancelling a job.

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

/// Running and waiting jobs with their workers, for operators.
#[utoipa::path(
    get,
    path = "/api/v1/jobs",
    tag = "operation",
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The jobs", body = JobList),
        refusals::Unauthenticated,
        refusals::Forbidden
    )
)]
pub(crate) async fn jobs(
    State(store): State<PublicStore>,
    caller: Authenticated,
) -> Result<Json<JobList>, Failure> {
    caller.operates(Scope::Read)?;
    Ok(Json(JobList {
        jobs: store.jobs().list().await?.into_iter().map(job).collect(),
        max_attempts: MAX_ATTEMPTS,
        workers: store.workers().list().await?.into_iter().map(worker).collect(),
    }))
}

/// Cancels a submission's job for good, for operators. A submission that waited for its score
/// is rejected; one that waited for publication awaits review again.
#[utoipa::path(
    post,
    path = "/api/v1/jobs/{submission}/cancel",
    tag = "operation",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = ["review"])),
    responses(
        (status = 200, description = "The submission after the job was cancelled", body = CancelledJob),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "The submission has no job", body = Refusal)
    )
)]
pub(crate) async fn cancel(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<CancelledJob>, Failure> {
    caller.operates(Scope::Review)?;
    match store.jobs().cancel(&id, &caller.0.user.id).await? {
        Cancellation::Now(state) => Ok(Json(CancelledJob { submission: id, state })),
        Cancellation::NoJob(state) => {
            let message = format!("submission `{id}` is {} and has no job", state.as_str());
            Err(Failure::Conflict { message })
        }
    }
}
