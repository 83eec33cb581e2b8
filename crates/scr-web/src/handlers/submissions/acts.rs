//! Form actions of the submission page.

use axum::extract::{Path, State};
use axum::response::Redirect;
use scr_store::PublicStore;

use super::access::own;
use crate::address;
use crate::error::Failure;
use crate::extractors::Member;

/// Starts the scoring of a checked submission.
pub(crate) async fn confirm(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Redirect, Failure> {
    let submission = own(&store, &member, id).await?;
    store.submissions().confirm(&submission.id, &member.user.id).await?;
    Ok(Redirect::to(&address::submission(&submission.id)))
}

/// Withdraws a submission that is not public yet.
pub(crate) async fn withdraw(
    State(store): State<PublicStore>,
    member: Member,
    Path(id): Path<String>,
) -> Result<Redirect, Failure> {
    let submission = own(&store, &member, id).await?;
    store.submissions().withdraw(&submission.id, &member.user.id).await?;
    Ok(Redirect::to(&address::submission(&submission.id)))
}
