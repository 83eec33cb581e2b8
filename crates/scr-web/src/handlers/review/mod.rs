//! Deciding on submissions, for curators: what waits, and all that helps to decide.

mod decide;
mod one;
mod queue;

pub(crate) use decide::{publish, send_back};
pub(crate) use one::one;
pub(crate) use queue::queue;

use scr_store::{PublicStore, Role, Submission};

use crate::error::Failure;
use crate::extractors::Member;
use crate::handlers::submissions::seen;
use crate::reviewers::refuse_others;

/// The submission, where the member may decide on it.
async fn decidable(
    store: &PublicStore,
    member: &Member,
    id: String,
) -> Result<Submission, Failure> {
    member.needs(Role::Curator)?;
    let submission = seen(store, member, id).await?;
    refuse_others(store, &member.user, &submission.benchmark_id).await?;
    Ok(submission)
}
