//! The pages of submissions, for who handed them in and for curators.
//!
//! - `list.rs`: one's own. `page.rs`: one of them, on its way.
//! - `acts.rs`: what its forms do.
//! - `standing.rs`: where its scores would stand. `log.rs`: what became of it.
//!
//! What is not a visitor's own is, to who may not review, not there.

mod acts;
mod list;
mod log;
mod page;
mod standing;

pub(crate) use acts::{confirm, withdraw};
pub(crate) use list::list;
pub(crate) use page::submission;

pub(super) use log::{LogRow, log_rows};
pub(super) use standing::{FoldRow, StandingTable, Vicinity, fold_rows, standings};

use scr_documents::{EntryRole, SubmissionState};
use scr_store::{EntryRow, PublicStore, Role, Submission};

use crate::error::Failure;
use crate::extractors::{Member, Options};
use crate::reviewers;

/// A state as people say it.
pub(super) const fn state_words(state: SubmissionState) -> &'static str {
    match state {
        SubmissionState::Receiving => "upload not complete",
        SubmissionState::Received => "received, being checked",
        SubmissionState::Checked => "checked, waiting for your word",
        SubmissionState::Scoring => "being scored",
        SubmissionState::AwaitingReview => "awaiting review",
        SubmissionState::Publishing => "accepted, being published",
        SubmissionState::Published => "published",
        SubmissionState::Rejected => "rejected",
        SubmissionState::Withdrawn => "withdrawn",
    }
}

/// The submission, where the member may see it.
pub(super) async fn seen(
    store: &PublicStore,
    member: &Member,
    id: String,
) -> Result<Submission, Failure> {
    reviewers::seen(store, &member.user, member.user.role >= Role::Curator, id).await
}

/// The submission, where it is the member's own.
async fn own(store: &PublicStore, member: &Member, id: String) -> Result<Submission, Failure> {
    let found = seen(store, member, id).await?;
    if found.user_id == member.user.id {
        return Ok(found);
    }
    Err(Failure::NoSubmission { id: found.id })
}

/// The submission that `?submission=ID` names, for whom may see it.
pub(super) async fn wanted(
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

/// A scored submission as the entry that it would be, under its own identifier.
pub(super) fn as_entry(submission: &Submission) -> Option<EntryRow> {
    Some(EntryRow {
        id: submission.id.clone(),
        benchmark_id: submission.benchmark_id.clone(),
        role: EntryRole::Method,
        card: submission.card.clone(),
        result: submission.result.clone()?,
        posteriors: Vec::new(),
        published_at: submission.updated_at.clone(),
        withdrawn: None,
    })
}
