//! Review: the review queue and the decision on a submission.
//!
//! For the curators of the benchmark (`reviewers.rs`).

use axum::Json;
use axum::extract::{Path, Query, State};
use scr_documents::{Refusal, ReviewQueue, SubmissionAnswer, WaitingSubmission};
use scr_store::{PublicStore, Scope};
use serde::Deserialize;
use utoipa::ToSchema;

use super::paging::{PageQuery, cut};
use super::refusals;
use super::submissions::changed;
use crate::address;
use crate::bodies::UnreadBody;
use crate::error::Failure;
use crate::extractors::Authenticated;
use crate::list_pages::place_text;
use crate::reviewers::{self, QueuedSubmission, reviewable};

fn queued(QueuedSubmission { submission, submitter }: QueuedSubmission) -> WaitingSubmission {
    WaitingSubmission {
        url: address::review(&submission.id),
        submission: submission.id,
        benchmark: submission.benchmark_id,
        name: submission.card.name,
        submitter,
        since: submission.updated_at,
    }
}

/// Decision of a curator.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub(crate) enum Review {
    /// Publish the submission as an entry.
    Publish {
        /// Public answer to flags that question the authorship.
        #[serde(default)]
        #[schema(max_length = 2000)]
        answer: String,
    },
    /// Return the submission.
    Return {
        /// Message to the submitter.
        #[schema(min_length = 1, pattern = r"\S")]
        message: String,
    },
}

/// The caller's review queue, longest wait first. `next` is the address of the submissions that
/// follow; null at the end.
#[utoipa::path(
    get,
    path = "/api/v1/review",
    tag = "review",
    params(
        ("after" = Option<String>, Query, description = "Place after which the list begins, as `next` has it: time and identifier of a submission"),
        ("limit" = Option<u32>, Query, description = "Largest number of submissions, from 1 to 500, by default 100", minimum = 1, maximum = 500)
    ),
    security(("token" = ["review"])),
    responses(
        (status = 200, description = "The review queue", body = ReviewQueue),
        refusals::InvalidQuery,
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::InvalidFields
    )
)]
pub(crate) async fn queue(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Query(query): Query<PageQuery>,
) -> Result<Json<ReviewQueue>, Failure> {
    caller.needs(Scope::Review)?;
    let limit = query.limit()?;
    let after = query.time_and_id()?;
    let mut queue = reviewers::review_queue(&store, &caller.0.user, after, limit + 1).await?;
    let place =
        |last: &QueuedSubmission| place_text(&last.submission.updated_at, &last.submission.id);
    let next = cut(&mut queue, limit, "/review", place);
    Ok(Json(ReviewQueue { submissions: queue.into_iter().map(queued).collect(), next }))
}

/// Publishes or returns a submission that awaits review.
#[utoipa::path(
    post,
    path = "/api/v1/submissions/{submission}/review",
    tag = "review",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    request_body = Review,
    security(("token" = ["review"])),
    responses(
        (status = 200, description = "The submission after the decision", body = SubmissionAnswer),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "The submission does not await review, or its flags lack an answer", body = Refusal),
        refusals::InvalidFields,
        refusals::UnreadableBody
    )
)]
pub(crate) async fn review(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(id): Path<String>,
    body: UnreadBody,
) -> Result<Json<SubmissionAnswer>, Failure> {
    caller.needs(Scope::Review)?;
    let submission = reviewable(&store, &caller.0.user, id).await?;
    let (id, curator) = (&submission.id, &caller.0.user.id);
    match body.json().await? {
        Review::Publish { answer } => store.submissions().accept(id, curator, &answer).await?,
        Review::Return { message } if message.trim().is_empty() => {
            return Err(Failure::Unprocessable {
                message: "message: expected the reason of the return".into(),
            });
        }
        Review::Return { message } => {
            store.submissions().return_to_submitter(id, curator, &message).await?;
        }
    }
    changed(&store, id).await
}
