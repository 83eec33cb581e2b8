//! Operator page: jobs, workers, submissions by state, and feedback.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use scr_documents::SubmissionState;
use scr_store::{
    FeedbackRow, JobChoice, JobRow, JobState, JobSubject, MAX_ATTEMPTS, PublicStore, Role,
    WorkerRow,
};

use super::draw::private_page;
use crate::address;
use crate::error::Failure;
use crate::extractors::Member;
use crate::list_pages::{ListLinks, ROWS_A_PAGE, cut, place_text, read_place};
use crate::numbers::{capitalised, minute};
use crate::options::Options;

/// Rows of a table of jobs. The longest waiting come first, and `scr admin jobs` lists all.
const MAX_ROWS: u32 = 100;
/// Query option of the place in the list of messages.
const MESSAGES: &str = "messages-after";

#[derive(Template)]
#[template(path = "operate.html")]
struct OperatePage {
    jobs: Vec<JobLine>,
    failed: Vec<JobLine>,
    max_attempts: i64,
    max_rows: u32,
    /// Active workers with the time of their last heartbeat.
    workers: Vec<(String, String)>,
    /// States in words, with their number of submissions.
    counts: Vec<(String, u64)>,
    /// Feedback, newest first.
    feedback: Vec<FeedbackRow>,
    feedback_links: ListLinks,
}

struct JobLine {
    /// Identifier of the submission or entry.
    subject: String,
    subject_href: String,
    /// Address for cancelling it; none for a re-score.
    cancel_href: Option<String>,
    retry_href: String,
    drop_href: String,
    benchmark_id: String,
    kind: &'static str,
    state: &'static str,
    attempts: i64,
    worker: String,
    until: String,
    error: String,
    since: String,
}

/// Answers `/operate`.
pub(crate) async fn operate(
    State(store): State<PublicStore>,
    member: Member,
    options: Options,
) -> Result<Response, Failure> {
    member.needs(Role::Operator)?;
    let words = |state: SubmissionState| capitalised(&state.as_str().replace('_', " "));
    let counts = store.counts().await?.submissions.into_iter().filter(|(_, count)| *count > 0);
    let mut jobs = store.jobs().list(JobChoice::All, None, MAX_ROWS).await?;
    jobs.retain(|job| job.state != JobState::Failed);
    let failed = store.jobs().list(JobChoice::Failed, None, MAX_ROWS).await?;
    let place = options.first(MESSAGES).and_then(read_place);
    let mut feedback = store.feedback().list(place, ROWS_A_PAGE + 1).await?;
    let next = cut(&mut feedback, ROWS_A_PAGE).map(|last| place_text(&last.sent_at, &last.id));
    let page = OperatePage {
        jobs: jobs.into_iter().map(line).collect(),
        failed: failed.into_iter().map(line).collect(),
        max_rows: MAX_ROWS,
        max_attempts: MAX_ATTEMPTS,
        workers: store.workers().list().await?.into_iter().map(worker).collect(),
        counts: counts.map(|(state, count)| (words(state), count)).collect(),
        feedback,
        feedback_links: ListLinks::new("/operate#feedback", &options, MESSAGES, next),
    };
    private_page(StatusCode::OK, &page)
}

fn worker(row: WorkerRow) -> (String, String) {
    (row.name, minute(&row.heard_at))
}

fn line(job: JobRow) -> JobLine {
    let act = |act: &str| format!("/operate/jobs/{}/{act}", address::encoded(&job.id));
    let (subject_href, cancel_href) = match &job.subject {
        JobSubject::Submission { id, .. } => (address::submission(id), Some(act("cancel"))),
        JobSubject::Entry { id } => (address::entry(id), None),
    };
    JobLine {
        subject: job.subject.id().to_owned(),
        subject_href,
        cancel_href,
        retry_href: act("retry"),
        drop_href: act("drop"),
        kind: job.subject.kind(),
        state: job.state.as_str(),
        attempts: job.attempts,
        worker: job.worker.unwrap_or_default(),
        until: job.leased_until.map(|until| minute(&until)).unwrap_or_default(),
        error: job.error.unwrap_or_default(),
        since: minute(&job.since),
        benchmark_id: job.benchmark_id,
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

/// Queues a failed job again.
pub(crate) async fn retry(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Redirect, Failure> {
    member.needs(Role::Operator)?;
    store.failed_jobs().retry(&id, &member.user.id).await?;
    Ok(Redirect::to("/operate"))
}

/// Drops a failed job.
pub(crate) async fn drop_job(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Redirect, Failure> {
    member.needs(Role::Operator)?;
    store.failed_jobs().drop_job(&id, &member.user.id).await?;
    Ok(Redirect::to("/operate"))
}
