//! Submissions that a member can see or change.

use scr_documents::EntryRole;
use scr_store::{EntryRow, PublicStore, Role, Submission};

use crate::error::Failure;
use crate::extractors::Member;
use crate::options::Options;
use crate::reviewers;

/// Submission that the member may see.
pub(super) async fn seen(
    store: &PublicStore,
    member: &Member,
    id: String,
) -> Result<Submission, Failure> {
    reviewers::visible(store, &member.user, member.user.role >= Role::Curator, id).await
}

/// Submission of the member.
pub(super) async fn own(
    store: &PublicStore,
    member: &Member,
    id: String,
) -> Result<Submission, Failure> {
    let found = seen(store, member, id).await?;
    if found.user_id == member.user.id {
        return Ok(found);
    }
    Err(Failure::NoSubmission { id: found.id })
}

/// Submission of the option `submission=ID`, if the visitor may see it.
pub(in crate::handlers) async fn wanted(
    store: &PublicStore,
    visitor: Option<Member>,
    options: &Options,
) -> Result<Option<Submission>, Failure> {
    match (options.first("submission"), visitor) {
        (Some(id), Some(member)) => Ok(Some(seen(store, &member, id.to_owned()).await?)),
        (Some(id), None) => Err(Failure::NoSubmission { id: id.to_owned() }),
        (None, _) => Ok(None),
    }
}

/// Scored submission as an entry, under its own identifier.
pub(in crate::handlers) fn as_entry(submission: &Submission) -> Option<EntryRow> {
    Some(EntryRow {
        id: submission.id.clone(),
        benchmark_id: submission.benchmark_id.clone(),
        role: EntryRole::Method,
        card: submission.card.clone(),
        result: submission.result.clone()?,
        posteriors: Vec::new(),
        verified_run: submission.run.as_ref().map(|run| run.verified.clone()),
        published_at: submission.updated_at.clone(),
        withdrawn: None,
    })
}
