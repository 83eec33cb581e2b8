//! Review page of one submission: card, scores with the neighbours in the table, flags, images.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, Flag, SubmissionState, SuspicionsDocument};
use scr_store::{MAX_ANSWER_CHARS, PublicStore, Submission, UserRow};

use super::access::decidable;
use crate::address;
use crate::error::Failure;
use crate::extractors::Member;
use crate::extractors::benchmark_of;
use crate::handlers::draw::private_page;
use crate::handlers::submissions::{
    FoldTable, LogRow, StandingTable, Vicinity, as_entry, fold_table, log_rows, standings,
};
use crate::image_table::{ImageLinks, ImageTable};
use crate::options::Options;
use crate::references::{Piece, linked};

/// Links to images, for the worst and for all others.
const N_LOOKS: usize = 5;

#[derive(Template)]
#[template(path = "review/one.html")]
struct ReviewPage {
    submission: Submission,
    submission_href: String,
    review_href: String,
    benchmark: BenchmarkDocument,
    benchmark_href: String,
    submitter: Option<UserRow>,
    authors: String,
    reference: Vec<Piece>,
    code: Vec<Piece>,
    corrects_href: Option<String>,
    is_waiting: bool,
    is_own: bool,
    lacks_message: bool,
    needs_answer: bool,
    lacks_answer: bool,
    max_answer_chars: usize,
    flags: Vec<FlagRow>,
    suspicions: SuspicionsDocument,
    standings: Vec<StandingTable>,
    folds: Option<FoldTable>,
    worst: Vec<Look>,
    spread: Vec<Look>,
    log: Vec<LogRow>,
}

struct FlagRow {
    kind: &'static str,
    message: String,
    entry_href: Option<String>,
}

/// Link to an image with the private masks on it.
#[derive(Clone)]
struct Look {
    image: String,
    href: String,
}

/// Answers `/review/ID`.
pub(crate) async fn one(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let submission = decidable(&store, &member, id).await?;
    page(&store, &member, submission, None).await
}

/// Missing text of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MissingText {
    /// Reason for a return.
    Message,
    /// Answer to flags.
    Answer,
}

pub(super) async fn page(
    store: &PublicStore,
    member: &Member,
    submission: Submission,
    lack: Option<MissingText>,
) -> Result<Response, Failure> {
    let benchmark = benchmark_of(store, &submission.benchmark_id).await?;
    let findings = submission.findings.as_ref();
    let id = submission.id.as_str();
    let mut tables = Vec::new();
    let mut worst = Vec::new();
    let mut spread = Vec::new();
    if let Some(own) = as_entry(&submission) {
        tables = standings(store, &benchmark, &own, findings, Vicinity::Neighbours).await?;
        let look = address::query([("submission", id), ("entries", id)]);
        let images =
            ImageTable::new(&benchmark, &own, "", ImageLinks::Plain(&look), &Options::default());
        let n = images.rows.len();
        let looks: Vec<Look> =
            images.rows.into_iter().map(|row| Look { image: row.image, href: row.href }).collect();
        let step = n.div_ceil(N_LOOKS).max(1);
        worst = looks.iter().take(N_LOOKS).cloned().collect();
        spread = looks.iter().skip(N_LOOKS).step_by(step).cloned().collect();
    }
    let flag = |flag: &Flag| FlagRow {
        kind: flag.kind.title(),
        message: flag.message.clone(),
        entry_href: flag.entry.as_deref().map(address::entry),
    };
    let page = ReviewPage {
        submission_href: address::submission(id),
        review_href: address::review(id),
        benchmark_href: address::benchmark(&benchmark.id, ""),
        submitter: store.accounts().get(&submission.user_id).await?,
        authors: submission.card.authors.join(", "),
        reference: linked(&submission.card.reference),
        code: linked(&submission.card.code),
        corrects_href: submission.supersedes.as_deref().map(address::entry),
        is_waiting: submission.state == SubmissionState::AwaitingReview,
        is_own: submission.user_id == member.user.id,
        lacks_message: lack == Some(MissingText::Message),
        needs_answer: findings.is_some_and(|found| found.to_answer().next().is_some()),
        lacks_answer: lack == Some(MissingText::Answer),
        max_answer_chars: MAX_ANSWER_CHARS,
        flags: findings.map(|found| found.flags.iter().map(flag).collect()).unwrap_or_default(),
        folds: fold_table(&benchmark, findings),
        suspicions: submission.suspicions.clone().unwrap_or_default(),
        standings: tables,
        worst,
        spread,
        log: log_rows(store, &submission, member).await?,
        benchmark,
        submission,
    };
    let status = if lack.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    private_page(status, &page)
}
