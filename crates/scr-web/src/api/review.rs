//! Deciding on what was handed in: what waits, and the decision.
//!
//! For curators, and of them those who review the benchmark (`reviewers.rs`).

use axum::Json;
use axum::extract::{Path, State};
use scr_documents::{Refusal, ReviewQueue, SubmissionAnswer, WaitingSubmission};
use scr_store::{PublicStore, Scope};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals;
use super::submissions::changed;
use crate::address;
use crate::bodies::UnreadBody;
use crate::error::Failure;
use crate::extractors::Authenticated;
use crate::reviewers::{self, Waiting, to_decide};

fn waiting(Waiting { submission, submitter }: Waiting) -> WaitingSubmission {
    WaitingSubmission {
        url: address::review(&submission.id),
        submission: submission.id,
        benchmark: submission.benchmark_id,
        name: submission.card.name,
        submitter,
        since: submission.updated_at,
    }
}

/// What a curator decides.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub(crate) enum Review {
    /// Make an entry of it.
    Publish {
        /// Why, where there are flags that cast doubt on whose work it is; public.
        #[serde(default)]
        #[schema(max_length = 2000)]
        answer: String,
    },
    /// Return it.
    Return {
        /// What the submitter is told.
        #[schema(min_length = 1, pattern = r"\S")]
        message: String,
    },
}

/// What waits for the caller's decision, the longest first.
#[utoipa::path(
    get,
    path = "/api/v1/review",
    tag = "review",
    security(("token" = ["review"])),
    responses(
        (status = 200, description = "What waits", body = ReviewQueue),
        refusals::Unsigned,
        refusals::Forbidden
    )
)]
pub(crate) async fn queue(
    State(store): State<PublicStore>,
    signed: Authenticated,
) -> Result<Json<ReviewQueue>, Failure> {
    signed.needs(Scope::Review)?;
    let queue = reviewers::waiting_for(&store, &signed.0.user).await?;
    Ok(Json(ReviewQueue { submissions: queue.into_iter().map(waiting).collect() }))
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
        (status = 200, description = "It is decided", body = SubmissionAnswer),
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "It does not await review, or has flags and no answer", body = Refusal),
        refusals::Faulty,
        refusals::BodyRefusals
    )
)]
pub(crate) async fn review(
    State(store): State<PublicStore>,
    signed: Authenticated,
    Path(id): Path<String>,
    body: UnreadBody,
) -> Result<Json<SubmissionAnswer>, Failure> {
    signed.needs(Scope::Review)?;
    let submission = to_decide(&store, &signed.0.user, id).await?;
    let (id, curator) = (&submission.id, &signed.0.user.id);
    match body.json().await? {
        Review::Publish { answer } => store.submissions().accept(id, curator, &answer).await?,
        Review::Return { message } if message.trim().is_empty() => {
            return Err(Failure::Unprocessable {
                message: "message: expected why it is returned".into(),
            });
        }
        Review::Return { message } => {
            store.submissions().return_to_submitter(id, curator, &message).await?;
        }
    }
    changed(&store, id).await
}
