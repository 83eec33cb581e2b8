//! Submissions that a curator decides on.

use scr_store::{PublicStore, Role, Submission};

use crate::error::Failure;
use crate::extractors::Member;
use crate::reviewers::reviewable;

/// Submission that the member may decide on.
pub(super) async fn decidable(
    store: &PublicStore,
    member: &Member,
    id: String,
) -> Result<Submission, Failure> {
    member.needs(Role::Curator)?;
    reviewable(store, &member.user, id).await
}
