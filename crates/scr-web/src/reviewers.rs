//! Access to submissions: owners, and the curators of a benchmark, all or those that the
//! operator names. The caller checks roles.

use std::collections::HashMap;

use scr_documents::SubmissionState;
use scr_store::{PublicStore, Submission, UserRow};

use crate::error::Failure;

/// Submission in the review queue.
pub(crate) struct QueuedSubmission {
    /// The submission, without its results.
    pub(crate) submission: Submission,
    /// Name of the submitter.
    pub(crate) submitter: String,
}

/// Submission that a person may see: their own, or for curators (`may_review_some`) one of
/// their benchmarks. All others do not exist for them.
pub(crate) async fn visible(
    store: &PublicStore,
    user: &UserRow,
    may_review_some: bool,
    id: String,
) -> Result<Submission, Failure> {
    let found = store.submissions().get(&id).await?;
    let Some(found) = found else { return Err(Failure::NoSubmission { id }) };
    if found.user_id == user.id {
        return Ok(found);
    }
    if may_review_some && may_review(store, user, &found.benchmark_id).await? {
        let whole = store.submissions().get_for_review(&id).await?;
        return whole.ok_or(Failure::NoSubmission { id });
    }
    Err(Failure::NoSubmission { id })
}

/// Submission that a curator decides on. The caller has checked the role.
pub(crate) async fn reviewable(
    store: &PublicStore,
    user: &UserRow,
    id: String,
) -> Result<Submission, Failure> {
    let found = visible(store, user, true, id).await?;
    if may_review(store, user, &found.benchmark_id).await? {
        return Ok(found);
    }
    Err(Failure::NoSubmission { id: found.id })
}

/// True if a curator reviews for a benchmark.
async fn may_review(
    store: &PublicStore,
    user: &UserRow,
    benchmark_id: &str,
) -> Result<bool, Failure> {
    Ok(store.settings().get(benchmark_id).await?.may_review(&user.email))
}

/// Review queue of a curator, longest wait first: at most `count` submissions after a place, the
/// time of the last change and the identifier of one, or from the first on.
pub(crate) async fn review_queue(
    store: &PublicStore,
    user: &UserRow,
    after: Option<(&str, &str)>,
    count: u32,
) -> Result<Vec<QueuedSubmission>, Failure> {
    let mut reviewed = Vec::new();
    for benchmark in store.benchmarks().ids().await? {
        if may_review(store, user, &benchmark).await? {
            reviewed.push(benchmark);
        }
    }
    let state = SubmissionState::AwaitingReview;
    let found = store.submissions().in_state_after(state, &reviewed, after, count).await?;
    let (mut waiting, mut names) = (Vec::new(), HashMap::new());
    for submission in found {
        let submitter = match names.get(&submission.user_id) {
            Some(known) => String::clone(known),
            None => {
                let account = store.accounts().get(&submission.user_id).await?;
                let name = account.map(|user| user.name).unwrap_or_default();
                names.insert(submission.user_id.clone(), name.clone());
                name
            }
        };
        waiting.push(QueuedSubmission { submission, submitter });
    }
    Ok(waiting)
}
