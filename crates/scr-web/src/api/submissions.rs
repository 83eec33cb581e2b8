//! Submissions: the caller's list, one submission, confirmation, withdrawal.
//!
//! All operations need a token or a page's session. For a caller without the right to
//! review, submissions of others do not exist. `upload.rs` begins submissions, and
//! `review.rs` decides on them.

use axum::Json;
use axum::extract::{Path, Query, State};
use scr_documents::{ListedSubmission, Refusal, SubmissionAnswer, SubmissionList};
use scr_store::{PublicStore, Scope, Submission};

use super::paging::{PageQuery, cut};
use super::refusals;
use crate::address;
use crate::error::Failure;
use crate::extractors::Authenticated;
use crate::reviewers;

fn listed(found: Submission) -> ListedSubmission {
    ListedSubmission {
        url: url_of(&found),
        submission: found.id,
        benchmark: found.benchmark_id,
        name: found.card.name,
        state: found.state,
        entry: found.entry_id,
        created_at: found.created_at,
        updated_at: found.updated_at,
    }
}

/// The caller's submissions, newest first. `next` is the address of the submissions that follow;
/// null at the end.
#[utoipa::path(
    get,
    path = "/api/v1/submissions",
    tag = "submissions",
    params(
        ("after" = Option<String>, Query, description = "Identifier of the submission after which the list begins"),
        ("limit" = Option<u32>, Query, description = "Largest number of submissions, from 1 to 500, by default 100", minimum = 1, maximum = 500)
    ),
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The submissions", body = SubmissionList),
        refusals::InvalidQuery,
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::InvalidFields
    )
)]
pub(crate) async fn submissions(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Query(query): Query<PageQuery>,
) -> Result<Json<SubmissionList>, Failure> {
    caller.needs(Scope::Read)?;
    let (limit, user) = (query.limit()?, &caller.0.user.id);
    let after = match &query.after {
        Some(id) => {
            let found = store.submissions().get(id).await?.filter(|found| found.user_id == *user);
            let expected = "a submission of yours";
            Some(found.ok_or_else(|| PageQuery::invalid_after(expected, id))?)
        }
        None => None,
    };
    let place = after.as_ref().map(|after| (after.created_at.as_str(), after.id.as_str()));
    let mut found = store.submissions().of_user_after(user, place, limit + 1).await?;
    let next = cut(&mut found, limit, "/submissions", |last| last.id.clone());
    Ok(Json(SubmissionList { submissions: found.into_iter().map(listed).collect(), next }))
}

/// Confirms a checked submission and queues its scoring.
#[utoipa::path(
    post,
    path = "/api/v1/submissions/{submission}/confirm",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = ["submit"])),
    responses(
        (status = 200, description = "The submission, queued for scoring", body = SubmissionAnswer),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "The submission does not wait for a confirmation", body = Refusal)
    )
)]
pub(crate) async fn confirm(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    caller.needs(Scope::Submit)?;
    let submission = own(&store, &caller, id).await?;
    store.submissions().confirm(&submission.id, &caller.0.user.id).await?;
    changed(&store, &submission.id).await
}

/// A submission, for its submitter and its curators.
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{submission}",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = [])),
    responses(
        (status = 200, description = "The submission", body = SubmissionAnswer),
        refusals::Unauthenticated,
        refusals::NoSubmission
    )
)]
pub(crate) async fn submission(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    let found = visible(&store, &caller, id).await?;
    Ok(Json(answer(&store, found).await?))
}

/// Withdraws a submission before its publication.
#[utoipa::path(
    post,
    path = "/api/v1/submissions/{submission}/withdraw",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = ["submit"])),
    responses(
        (status = 200, description = "The submission, withdrawn", body = SubmissionAnswer),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "The submission can no longer be withdrawn", body = Refusal)
    )
)]
pub(crate) async fn withdraw(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    caller.needs(Scope::Submit)?;
    let submission = own(&store, &caller, id).await?;
    store.submissions().withdraw(&submission.id, &caller.0.user.id).await?;
    changed(&store, &submission.id).await
}

async fn any(store: &PublicStore, id: String) -> Result<Submission, Failure> {
    store.submissions().get(&id).await?.ok_or(Failure::NoSubmission { id })
}

/// Submission of the caller, or of a benchmark that the caller reviews.
pub(super) async fn visible(
    store: &PublicStore,
    caller: &Authenticated,
    id: String,
) -> Result<Submission, Failure> {
    reviewers::visible(store, &caller.0.user, caller.needs(Scope::Review).is_ok(), id).await
}

/// Submission of the caller; submissions of others are refused as unknown.
pub(super) async fn own(
    store: &PublicStore,
    caller: &Authenticated,
    id: String,
) -> Result<Submission, Failure> {
    let found = any(store, id).await?;
    if found.user_id == caller.0.user.id {
        return Ok(found);
    }
    Err(Failure::NoSubmission { id: found.id })
}

pub(super) async fn changed(
    store: &PublicStore,
    id: &str,
) -> Result<Json<SubmissionAnswer>, Failure> {
    let found = any(store, id.to_owned()).await?;
    Ok(Json(answer(store, found).await?))
}

pub(super) async fn answer(
    store: &PublicStore,
    found: Submission,
) -> Result<SubmissionAnswer, Failure> {
    Ok(SubmissionAnswer {
        url: url_of(&found),
        received_bytes: store.uploads().received_bytes(&found.id).await?,
        log: store.submissions().log(&found.id).await?,
        is_site_fault: found.is_site_fault(),
        submission: found.id,
        benchmark: found.benchmark_id,
        state: found.state,
        size_bytes: found.size_bytes,
        corrects: found.supersedes,
        file: found.file,
        suspicions: found.suspicions,
        problems: found.problems,
        message: found.message,
        entry: found.entry_id,
        results: found.result,
        verified_run: found.run.map(|run| run.verified),
    })
}

fn url_of(found: &Submission) -> String {
    match &found.entry_id {
        Some(entry) => address::entry(entry),
        None => address::submission(&found.id),
    }
}
