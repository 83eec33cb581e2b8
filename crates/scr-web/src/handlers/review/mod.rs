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
use crate::reviewers::to_decide;

/// The submission, where the member may decide on it.
async fn decidable(
    store: &PublicStore,
    member: &Member,
    id: String,
) -> Result<Submission, Failure> {
    member.needs(Role::Curator)?;
    to_decide(store, &member.user, id).await
}
