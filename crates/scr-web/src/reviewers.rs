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

/// Submissions of one query of the queue.
const ROWS_PER_QUERY: u32 = 200;

/// Review queue of a curator, longest wait first: at most `count` submissions after a place, the
/// time of the last change and the identifier of one, or from the first on.
pub(crate) async fn review_queue(
    store: &PublicStore,
    user: &UserRow,
    after: Option<(&str, &str)>,
    count: u32,
) -> Result<Vec<QueuedSubmission>, Failure> {
    let state = SubmissionState::AwaitingReview;
    let (mut waiting, mut reviewed) = (Vec::new(), HashMap::new());
    let mut after = after.map(|(since, id)| (since.to_owned(), id.to_owned()));
    loop {
        let place = after.as_ref().map(|(since, id)| (since.as_str(), id.as_str()));
        let found = store.submissions().in_state_after(state, place, ROWS_PER_QUERY).await?;
        let is_last = found.len() < ROWS_PER_QUERY as usize;
        after = found.last().map(|last| (last.updated_at.clone(), last.id.clone()));
        for submission in found {
            let benchmark = &submission.benchmark_id;
            let is_reviewed = match reviewed.get(benchmark) {
                Some(known) => *known,
                None => {
                    let may = may_review(store, user, benchmark).await?;
                    reviewed.insert(benchmark.clone(), may);
                    may
                }
            };
            if is_reviewed {
                let submitter = store.accounts().get(&submission.user_id).await?;
                let submitter = submitter.map(|user| user.name).unwrap_or_default();
                waiting.push(QueuedSubmission { submission, submitter });
            }
            if waiting.len() >= count as usize {
                return Ok(waiting);
            }
        }
        if is_last {
            return Ok(waiting);
        }
    }
}
