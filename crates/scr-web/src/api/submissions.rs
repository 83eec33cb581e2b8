//! Submissions on their way: the caller's own, one of them, confirming, withdrawing.
//!
//! Every address asks for a token, or for the session of a page. What is not the
//! caller's own is, to a caller who may not review, not there. Handing in is
//! `handing_in.rs`, deciding `review.rs`.

use axum::Json;
use axum::extract::{Path, State};
use scr_documents::{ListedSubmission, Refusal, SubmissionAnswer, SubmissionList};
use scr_store::{PublicStore, Scope, Submission};

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

/// The caller's own submissions, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/submissions",
    tag = "submissions",
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The submissions", body = SubmissionList),
        refusals::Unsigned,
        refusals::Forbidden
    )
)]
pub(crate) async fn submissions(
    State(store): State<PublicStore>,
    signed: Authenticated,
) -> Result<Json<SubmissionList>, Failure> {
    signed.needs(Scope::Read)?;
    let found = store.submissions().of_user(&signed.0.user.id).await?;
    Ok(Json(SubmissionList { submissions: found.into_iter().map(listed).collect() }))
}

/// Has a checked submission scored.
#[utoipa::path(
    post,
    path = "/api/v1/submissions/{submission}/confirm",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = ["submit"])),
    responses(
        (status = 200, description = "It is to be scored", body = SubmissionAnswer),
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "It does not wait for that", body = Refusal)
    )
)]
pub(crate) async fn confirm(
    State(store): State<PublicStore>,
    signed: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    signed.needs(Scope::Submit)?;
    let submission = own(&store, &signed, id).await?;
    store.submissions().confirm(&submission.id, &signed.0.user.id).await?;
    changed(&store, &submission.id).await
}

/// A submission, for its submitter and for curators.
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{submission}",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = [])),
    responses(
        (status = 200, description = "The submission", body = SubmissionAnswer),
        refusals::Unsigned,
        refusals::NoSubmission
    )
)]
pub(crate) async fn submission(
    State(store): State<PublicStore>,
    signed: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    let found = seen(&store, &signed, id).await?;
    Ok(Json(answer(&store, found).await?))
}

/// Takes a submission back that is not public yet.
#[utoipa::path(
    post,
    path = "/api/v1/submissions/{submission}/withdraw",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = ["submit"])),
    responses(
        (status = 200, description = "It is withdrawn", body = SubmissionAnswer),
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "It is past that", body = Refusal)
    )
)]
pub(crate) async fn withdraw(
    State(store): State<PublicStore>,
    signed: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    signed.needs(Scope::Submit)?;
    let submission = own(&store, &signed, id).await?;
    store.submissions().withdraw(&submission.id, &signed.0.user.id).await?;
    changed(&store, &submission.id).await
}

async fn any(store: &PublicStore, id: String) -> Result<Submission, Failure> {
    store.submissions().get(&id).await?.ok_or(Failure::NoSubmission { id })
}

/// The caller's own, and what is handed in for benchmarks that they review.
pub(super) async fn seen(
    store: &PublicStore,
    signed: &Authenticated,
    id: String,
) -> Result<Submission, Failure> {
    reviewers::seen(store, &signed.0.user, signed.needs(Scope::Review).is_ok(), id).await
}

/// The caller's own; another's is as good as none.
pub(super) async fn own(
    store: &PublicStore,
    signed: &Authenticated,
    id: String,
) -> Result<Submission, Failure> {
    let found = any(store, id).await?;
    if found.user_id == signed.0.user.id {
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
        received_bytes: store.uploads().received_bytes(&found.id)?,
        log: store.submissions().log(&found.id).await?,
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
    })
}

fn url_of(found: &Submission) -> String {
    match &found.entry_id {
        Some(entry) => address::entry(entry),
        None => address::submission(&found.id),
    }
}
