//! Deciding on submissions, for curators: what waits, and all that helps to decide.

mod decide;
mod one;
mod queue;

pub(crate) use decide::{publish, send_back};
pub(crate) use one::one;
pub(crate) use queue::queue;

use scr_store::{Role, Store, Submission};

use crate::error::Failure;
use crate::extractors::Member;
use crate::handlers::submissions::seen;

/// The submission, where the member may decide on it.
async fn decidable(store: &Store, member: &Member, id: String) -> Result<Submission, Failure> {
    member.needs(Role::Curator)?;
    let submission = seen(store, member, id).await?;
    if may_decide(store, member, &submission.benchmark_id).await? {
        return Ok(submission);
    }
    Err(Failure::NotReviewer { benchmark: submission.benchmark_id })
}

/// Whether the member reviews for a benchmark, by its settings.
async fn may_decide(store: &Store, member: &Member, benchmark: &str) -> Result<bool, Failure> {
    Ok(store.benchmark_settings(benchmark).await?.may_review(&member.user.email))
}
