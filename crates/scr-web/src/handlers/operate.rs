//! Operator page: jobs, workers, submissions by state, and feedback.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use scr_documents::SubmissionState;
use scr_store::{FeedbackRow, JobRow, MAX_ATTEMPTS, PublicStore, Role, WorkerRow};

use super::draw::private_page;
use crate::address;
use crate::error::Failure;
use crate::extractors::Member;
use crate::numbers::{capitalised, minute};

#[derive(Template)]
#[template(path = "operate.html")]
struct OperatePage {
    jobs: Vec<JobLine>,
    max_attempts: i64,
    /// Active workers with the time of their last heartbeat.
    workers: Vec<(String, String)>,
    /// States in words, with their number of submissions.
    counts: Vec<(String, u64)>,
    /// Feedback, newest first.
    feedback: Vec<FeedbackRow>,
}

struct JobLine {
    submission: String,
    submission_href: String,
    cancel_href: String,
    benchmark_id: String,
    kind: &'static str,
    state: &'static str,
    attempts: i64,
    worker: String,
    until: String,
    since: String,
}

/// Answers `/operate`.
pub(crate) async fn operate(
    State(store): State<PublicStore>,
    member: Member,
) -> Result<Response, Failure> {
    member.needs(Role::Operator)?;
    let words = |state: SubmissionState| capitalised(&state.as_str().replace('_', " "));
    let counts = store.counts().await?.submissions.into_iter().filter(|(_, count)| *count > 0);
    let page = OperatePage {
        jobs: store.jobs().list().await?.into_iter().map(line).collect(),
        max_attempts: MAX_ATTEMPTS,
        workers: store.workers().list().await?.into_iter().map(worker).collect(),
        counts: counts.map(|(state, count)| (words(state), count)).collect(),
        feedback: store.feedback().list().await?,
    };
    private_page(StatusCode::OK, &page)
}

fn worker(row: WorkerRow) -> (String, String) {
    (row.name, minute(&row.heard_at))
}

fn line(job: JobRow) -> JobLine {
    JobLine {
        submission_href: address::submission(&job.submission_id),
        cancel_href: format!("/operate/jobs/{}/cancel", address::encoded(&job.submission_id)),
        kind: job.kind.as_str(),
        state: if job.is_running { "running" } else { "waiting" },
        attempts: job.attempts,
        worker: job.worker.unwrap_or_default(),
        until: job.leased_until.map(|until| minute(&until)).unwrap_or_default(),
        since: minute(&job.created_at),
        benchmark_id: job.benchmark_id,
        submission: job.submission_id,
    }
}

/// Cancels a job.
pub(crate) async fn cancel(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Redirect, Failure> {
    member.needs(Role::Operator)?;
    store.jobs().cancel(&id, &member.user.id).await?;
    Ok(Redirect::to("/operate"))
}
