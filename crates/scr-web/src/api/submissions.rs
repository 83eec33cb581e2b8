//! Submissions on their way: the caller's own, one of them, confirming, withdrawing.
//!
//! Every address asks for a token, or for the session of a page. What is not the
//! caller's own is, to a caller who may not review, not there. Handing in is
//! `handing_in.rs`, deciding `review.rs`.

use axum::Json;
use axum::extract::{Path, State};
use scr_documents::{
    LogLine, ResultDocument, SubmissionProblem, SubmissionState, SuspicionsDocument,
    UploadFingerprint,
};
use scr_store::{PublicStore, Scope, Submission};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::{self, Refusal};
use super::schema;
use crate::address;
use crate::error::Failure;
use crate::extractors::Authenticated;
use crate::reviewers;

/// What tells a file again after an upload broke off.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileInput {
    /// Its name on the submitter's machine.
    pub(super) name: String,
    /// SHA-256 of its first bytes, as the uploading program counts them.
    pub(super) beginning: String,
}

/// A submission.
#[derive(Serialize, ToSchema)]
pub(crate) struct SubmissionAnswer {
    /// Identifier.
    submission: String,
    /// Identifier of the benchmark.
    benchmark: String,
    /// receiving, received, checked, scoring, awaiting_review, publishing, published,
    /// rejected or withdrawn.
    #[schema(value_type = String)]
    state: SubmissionState,
    /// Its page on this site: the entry's once it is published.
    url: String,
    /// Identifier of the entry that it corrects.
    corrects: Option<String>,
    /// What tells its file again.
    file: Option<FileInput>,
    /// How many bytes of its file are here.
    received_bytes: u64,
    /// How many there are to be.
    size_bytes: u64,
    /// What a good check found odd, and worth a look before scoring.
    #[schema(value_type = Option<serde_json::Value>)]
    suspicions: Option<SuspicionsDocument>,
    /// What is wrong with the masks.
    #[schema(value_type = Vec<serde_json::Value>)]
    problems: Vec<SubmissionProblem>,
    /// Why it was returned.
    message: Option<String>,
    /// Identifier of the entry that came of it.
    entry: Option<String>,
    /// Its scores, once it is scored.
    #[schema(value_type = Option<schema::Results>)]
    results: Option<ResultDocument>,
    /// Every change of its state.
    #[schema(value_type = Vec<serde_json::Value>)]
    log: Vec<LogLine>,
}

/// The caller's submissions.
#[derive(Serialize, ToSchema)]
pub(crate) struct SubmissionList {
    /// The newest first.
    submissions: Vec<ListedSubmission>,
}

/// A submission in a list.
#[derive(Serialize, ToSchema)]
struct ListedSubmission {
    /// Identifier.
    submission: String,
    /// Identifier of the benchmark.
    benchmark: String,
    /// Name of the method.
    name: String,
    /// As in the submission itself.
    #[schema(value_type = String)]
    state: SubmissionState,
    /// Its page on this site: the entry's once it is published.
    url: String,
    /// Identifier of the entry that came of it.
    entry: Option<String>,
    /// When it was begun, RFC 3339.
    created_at: String,
    /// When its state changed last, RFC 3339.
    updated_at: String,
}

impl From<Submission> for ListedSubmission {
    fn from(found: Submission) -> Self {
        Self {
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
    Ok(Json(SubmissionList { submissions: found.into_iter().map(Into::into).collect() }))
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
        file: found.file.map(|UploadFingerprint { name, beginning }| FileInput { name, beginning }),
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
