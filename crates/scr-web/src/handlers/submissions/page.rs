//! Submission page: progress, problems, scores.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, SubmissionState, SuspicionsDocument, UploadFingerprint};
use scr_store::{PublicStore, Role, Submission};

use super::access::{as_entry, seen};
use super::log::{LogRow, log_rows};
use super::standing::{FoldTable, StandingTable, Vicinity, fold_table, standings};
use super::state::state_words;
use crate::address;
use crate::error::Failure;
use crate::extractors::Member;
use crate::extractors::benchmark_of;
use crate::handlers::draw::private_page;
use crate::image_table::{ImageLinks, ImageTable};
use crate::numbers::capitalised;
use crate::options::Options;

#[derive(Template)]
#[template(path = "submissions/submission.html")]
struct SubmissionPage {
    submission: Submission,
    href: String,
    benchmark: BenchmarkDocument,
    benchmark_href: String,
    state: String,
    steps: Vec<Step>,
    is_passing: bool,
    is_own: bool,
    /// Review page, for curators.
    review_href: Option<String>,
    again_href: String,
    entry_href: Option<String>,
    corrects_href: Option<String>,
    /// Data to resume an interrupted upload.
    resume: Option<Resume>,
    received_percent: u64,
    suspicions: SuspicionsDocument,
    standings: Vec<StandingTable>,
    folds: Option<FoldTable>,
    images: Option<ImageTable>,
    look_href: Option<String>,
    may_withdraw: bool,
    log: Vec<LogRow>,
}

/// Step from upload to entry.
struct Step {
    words: &'static str,
    /// `done`, `current` or `next`.
    place: &'static str,
}

/// Fingerprint of the uploaded file.
struct Resume {
    name: String,
    beginning: String,
}

/// Answers `/submissions/ID`.
pub(crate) async fn submission(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
    options: Options,
) -> Result<Response, Failure> {
    let submission = seen(&store, &member, id).await?;
    let benchmark = benchmark_of(&store, &submission.benchmark_id).await?;
    let href = address::submission(&submission.id);
    let as_entry = as_entry(&submission);
    let findings = submission.findings.as_ref();
    let mut tables = Vec::new();
    let mut images = None;
    if let Some(own) = &as_entry {
        tables = standings(&store, &benchmark, own, None, Vicinity::References).await?;
        let look = address::query([("submission", own.id.as_str()), ("entries", own.id.as_str())]);
        images = Some(ImageTable::new(&benchmark, own, &href, ImageLinks::Plain(&look), &options));
    }
    let state = submission.state;
    let is_own = submission.user_id == member.user.id;
    let benchmark_href = address::benchmark(&benchmark.id, "");
    let received = store.uploads().received_bytes(&submission.id).await?;
    let page = SubmissionPage {
        state: capitalised(state_words(state)),
        steps: steps(state),
        is_passing: state.is_passing(),
        is_own,
        review_href: (member.user.role >= Role::Curator
            && state == SubmissionState::AwaitingReview)
            .then(|| address::review(&submission.id)),
        again_href: format!(
            "{benchmark_href}/submit?{}",
            address::query([("from", submission.id.as_str())])
        ),
        entry_href: submission.entry_id.as_deref().map(address::entry),
        corrects_href: submission.supersedes.as_deref().map(address::entry),
        resume: submission
            .file
            .clone()
            .map(|UploadFingerprint { name, beginning }| Resume { name, beginning }),
        received_percent: 100 * received / submission.size_bytes.max(1),
        suspicions: submission.suspicions.clone().unwrap_or_default(),
        folds: fold_table(&benchmark, findings),
        standings: tables,
        look_href: images.as_ref().and_then(|table| table.rows.first()).map(|row| row.href.clone()),
        images,
        may_withdraw: is_own && submission.may_be_withdrawn(),
        log: log_rows(&store, &submission, &member).await?,
        benchmark_href,
        benchmark,
        href,
        submission,
    };
    private_page(StatusCode::OK, &page)
}

/// Steps from upload to entry, with the current one.
fn steps(state: SubmissionState) -> Vec<Step> {
    use SubmissionState as S;
    const WAY: [&str; 6] =
        ["Received", "Checked", "Scoring", "Awaiting review", "Accepted", "Published"];
    let current = match state {
        S::Receiving | S::Received => 0,
        S::Checked => 1,
        S::Scoring => 2,
        S::AwaitingReview => 3,
        S::Publishing => 4,
        S::Published => 5,
        // Final states without further steps.
        S::Rejected | S::Withdrawn => return Vec::new(),
    };
    let place = |index: usize| match index.cmp(&current) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal => "current",
        std::cmp::Ordering::Greater => "next",
    };
    WAY.into_iter().enumerate().map(|(index, words)| Step { words, place: place(index) }).collect()
}
