//! Who decides on what was handed in for a benchmark: all curators, or those whom the
//! operator names. Looks at no role: that is asked for before.

use scr_store::{PublicStore, Submission, SubmissionState, UserRow};

use crate::error::Failure;

/// What awaits review.
pub(crate) struct Waiting {
    /// The submission, without its results.
    pub(crate) submission: Submission,
    /// Name of who handed it in.
    pub(crate) submitter: String,
}

/// Refuses a curator of other benchmarks.
pub(crate) async fn refuse_others(
    store: &PublicStore,
    user: &UserRow,
    benchmark_id: &str,
) -> Result<(), Failure> {
    if may_review(store, user, benchmark_id).await? {
        return Ok(());
    }
    Err(Failure::NotReviewer { benchmark: benchmark_id.to_owned() })
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
