//! Who sees what was handed in for a benchmark and decides on it: all curators, or those
//! whom the operator names. Looks at no role: that is asked for before.

use scr_documents::SubmissionState;
use scr_store::{PublicStore, Submission, UserRow};

use crate::error::Failure;

/// What awaits review.
pub(crate) struct Waiting {
    /// The submission, without its results.
    pub(crate) submission: Submission,
    /// Name of who handed it in.
    pub(crate) submitter: String,
}

/// The submission, where a person may see it: their own, and of those who review
/// (`may_review_some`) what is handed in for their benchmarks. Anything else is as good
/// as not there.
pub(crate) async fn seen(
    store: &PublicStore,
    user: &UserRow,
    may_review_some: bool,
    id: String,
) -> Result<Submission, Failure> {
    let found = store.submission(&id).await?;
    let Some(found) = found else { return Err(Failure::NoSubmission { id }) };
    if found.user_id == user.id {
        return Ok(found);
    }
    if may_review_some && may_review(store, user, &found.benchmark_id).await? {
        let whole = store.submission_for_review(&id).await?;
        return whole.ok_or(Failure::NoSubmission { id });
    }
    Err(Failure::NoSubmission { id })
}

/// The submission, where a curator decides on it; that they are one was asked before.
pub(crate) async fn to_decide(
    store: &PublicStore,
    user: &UserRow,
    id: String,
) -> Result<Submission, Failure> {
    let found = seen(store, user, true, id).await?;
    if may_review(store, user, &found.benchmark_id).await? {
        return Ok(found);
    }
    Err(Failure::NoSubmission { id: found.id })
}

/// Whether a curator reviews for a benchmark.
async fn may_review(
    store: &PublicStore,
    user: &UserRow,
    benchmark_id: &str,
) -> Result<bool, Failure> {
    Ok(store.benchmark_settings(benchmark_id).await?.may_review(&user.email))
}

/// What awaits a curator's decision, the longest first.
pub(crate) async fn waiting_for(
    store: &PublicStore,
    user: &UserRow,
) -> Result<Vec<Waiting>, Failure> {
    let mut waiting = Vec::new();
    for submission in store.submissions_in(SubmissionState::AwaitingReview).await? {
        if may_review(store, user, &submission.benchmark_id).await? {
            let submitter = store.user(&submission.user_id).await?;
            let submitter = submitter.map(|user| user.name).unwrap_or_default();
            waiting.push(Waiting { submission, submitter });
        }
    }
    Ok(waiting)
}
