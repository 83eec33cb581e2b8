//! Jobs and workers, for operators: the list, cancelling a job, and failed jobs.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use scr_documents::{CancelledJob, Job, JobList, Refusal, Worker};
use scr_store::{
    Cancellation, JobChoice, JobRow, JobSubject, MAX_ATTEMPTS, PublicStore, Scope, WorkerRow,
};
use serde::Deserialize;

use super::paging::{PageQuery, cut};
use super::refusals;
use crate::error::Failure;
use crate::extractors::Authenticated;
use crate::list_pages::place_text;

/// Query of the list of jobs, beside that of a page.
#[derive(Deserialize)]
pub(crate) struct JobQuery {
    #[serde(default)]
    failed: bool,
}

fn job(row: JobRow) -> Job {
    let kind = row.subject.kind().to_owned();
    let (submission, entry) = match row.subject {
        JobSubject::Submission { id, .. } => (Some(id), None),
        JobSubject::Entry { id } => (None, Some(id)),
    };
    Job {
        id: row.id,
        submission,
        entry,
        benchmark: row.benchmark_id,
        kind,
        state: row.state.as_str().into(),
        attempts: row.attempts,
        worker: row.worker,
        leased_until: row.leased_until,
        error: row.error,
        created_at: row.since,
    }
}

fn worker(WorkerRow { name, heard_at, .. }: WorkerRow) -> Worker {
    Worker { name, heard_at }
}

/// Running, waiting and failed jobs with their workers, for operators, the longest waiting first.
/// `next` is the address of the jobs that follow; null at the end.
#[utoipa::path(
    get,
    path = "/api/v1/jobs",
    tag = "operation",
    params(
        ("failed" = Option<bool>, Query, description = "True for failed jobs only"),
        ("after" = Option<String>, Query, description = "Place after which the list begins, as `next` has it: time and identifier of a job"),
        ("limit" = Option<u32>, Query, description = "Largest number of jobs, from 1 to 500, by default 100", minimum = 1, maximum = 500)
    ),
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The jobs", body = JobList),
        refusals::InvalidQuery,
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::InvalidFields
    )
)]
pub(crate) async fn jobs(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Query(query): Query<PageQuery>,
    Query(JobQuery { failed }): Query<JobQuery>,
) -> Result<Json<JobList>, Failure> {
    caller.operates(Scope::Read)?;
    let limit = query.limit()?;
    let after = query.time_and_id()?;
    let choice = if failed { JobChoice::Failed } else { JobChoice::All };
    let mut jobs = store.jobs().list(choice, after, limit + 1).await?;
    let path = if failed { "/jobs?failed=true" } else { "/jobs" };
    let next = cut(&mut jobs, limit, path, |last| place_text(&last.since, &last.id));
    Ok(Json(JobList {
        jobs: jobs.into_iter().map(job).collect(),
        next,
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

/// Queues a failed job again, with all attempts, for operators. The submission returns to its
/// state before.
#[utoipa::path(
    post,
    path = "/api/v1/jobs/{job}/retry",
    tag = "operation",
    params(("job" = String, Path, description = "Identifier of the job")),
    security(("token" = ["review"])),
    responses(
        (status = 204, description = "The job waits for a worker"),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoJob,
        (status = 409, description = "The job has attempts left, or its upload is lost", body = Refusal)
    )
)]
pub(crate) async fn retry(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    caller.operates(Scope::Review)?;
    store.failed_jobs().retry(&id, &caller.0.user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Drops a failed job for good, for operators. A submission that was to be scored stays rejected,
/// and its upload is deleted; the entry of a re-score keeps its result.
#[utoipa::path(
    post,
    path = "/api/v1/jobs/{job}/drop",
    tag = "operation",
    params(("job" = String, Path, description = "Identifier of the job")),
    security(("token" = ["review"])),
    responses(
        (status = 204, description = "The job is dropped"),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoJob,
        (status = 409, description = "The job has attempts left", body = Refusal)
    )
)]
pub(crate) async fn drop_job(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    caller.operates(Scope::Review)?;
    store.failed_jobs().drop_job(&id, &caller.0.user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
