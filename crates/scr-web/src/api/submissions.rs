//! Handing in masks: begin, send the file piece by piece, complete, look, withdraw.
//!
//! Every address asks for a token, or for the session of a page. What is not the
//! caller's own is, to a caller who may not review, not there. Deciding is `review.rs`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use scr_report::ResultDocument;
use scr_store::{
    FileMark, LogLine, NewSubmission, Scope, Store, Submission, SubmissionState,
    SuspicionsDocument, Told,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::{self, Refusal};
use super::schema;
use crate::address;
use crate::card_input::{CardInput, Intent, size_fault};
use crate::error::Failure;
use crate::extractors::{Published, Signed};

/// What is to be handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Beginning {
    /// What made the masks.
    card: CardInput,
    /// Size of the zip file to come, in bytes.
    size_bytes: u64,
    /// Whether the submitter accepts the benchmark's terms.
    #[serde(default)]
    accept_terms: bool,
    /// Whether scoring is to follow on a good check without a question; else the
    /// submission waits for `confirm`.
    #[serde(default)]
    confirm: bool,
    /// Identifier of a published entry of the submitter's own that this corrects.
    #[serde(default)]
    corrects: Option<String>,
    /// What tells the file again after an upload broke off.
    #[serde(default)]
    file: Option<FileInput>,
}

/// What tells a file again after an upload broke off.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileInput {
    /// Its name on the submitter's machine.
    name: String,
    /// SHA-256 of its first bytes, as the uploading program counts them.
    beginning: String,
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
    problems: Vec<Told>,
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

/// Where a piece belongs.
#[derive(Deserialize)]
pub(crate) struct PieceOptions {
    offset: u64,
}

/// Begins a submission.
#[utoipa::path(
    post,
    path = "/api/v1/benchmarks/{benchmark}/submissions",
    tag = "submissions",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    request_body = Beginning,
    security(("token" = ["submit"])),
    responses(
        (status = 201, description = "Begun; its file is to follow", body = SubmissionAnswer),
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::NoBenchmark,
        (status = 409, description = "It takes no masks", body = Refusal),
        refusals::Faulty,
        (status = 507, description = "No room for the file", body = Refusal),
        refusals::BodyRefusals
    )
)]
pub(crate) async fn begin(
    State(store): State<Store>,
    signed: Signed,
    Published(benchmark): Published,
    Json(beginning): Json<Beginning>,
) -> Result<(StatusCode, Json<SubmissionAnswer>), Failure> {
    signed.needs(Scope::Submit)?;
    let Beginning { card, size_bytes, accept_terms, confirm, corrects, file } = beginning;
    let intent = Intent { card, corrects, accepts_terms: accept_terms };
    let user = &signed.0.user;
    let checked = intent.checked(&store, &benchmark, user).await?;
    let card = match (checked, size_fault(size_bytes)) {
        (Ok(card), None) => card,
        (checked, fault) => {
            let faults = checked.err().into_iter().flatten().chain(fault).collect();
            return Err(Failure::Faulty { faults });
        }
    };
    let file = file.map(|FileInput { name, beginning }| FileMark { name, beginning });
    let new = NewSubmission {
        benchmark_id: &benchmark.document.id,
        user_id: &user.id,
        card: &card,
        size_bytes,
        file: file.as_ref(),
        confirmed: confirm,
        supersedes: intent.corrects.as_deref(),
    };
    let begun = store.begin_submission(new).await?;
    Ok((StatusCode::CREATED, Json(answer(&store, begun).await?)))
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
    State(store): State<Store>,
    signed: Signed,
) -> Result<Json<SubmissionList>, Failure> {
    signed.needs(Scope::Read)?;
    let found = store.submissions_of(&signed.0.user.id).await?;
    Ok(Json(SubmissionList { submissions: found.into_iter().map(Into::into).collect() }))
}

/// Adds a piece to the file; one that comes again changes nothing.
#[utoipa::path(
    put,
    path = "/api/v1/submissions/{submission}/file",
    tag = "submissions",
    params(
        ("submission" = String, Path, description = "Identifier of the submission"),
        ("offset" = u64, Query, description = "Where the piece begins, in bytes")
    ),
    request_body(content_type = "application/octet-stream", content = schema::Bytes),
    security(("token" = ["submit"])),
    responses(
        (status = 200, description = "The piece is on the disk", body = SubmissionAnswer),
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "It does not follow on what is here", body = Refusal),
        (status = 507, description = "No room for the piece", body = Refusal),
        refusals::BodyRefusals
    )
)]
pub(crate) async fn piece(
    State(store): State<Store>,
    signed: Signed,
    Path(id): Path<String>,
    Query(options): Query<PieceOptions>,
    body: Bytes,
) -> Result<Json<SubmissionAnswer>, Failure> {
    signed.needs(Scope::Submit)?;
    let submission = own(&store, &signed, id).await?;
    store.add_piece(&submission, options.offset, body).await?;
    Ok(Json(answer(&store, submission).await?))
}

/// Says that the file is whole: its check begins.
#[utoipa::path(
    post,
    path = "/api/v1/submissions/{submission}/complete",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = ["submit"])),
    responses(
        (status = 200, description = "It is kept, whatever happens", body = SubmissionAnswer),
        refusals::Unsigned,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "Not all of it is here", body = Refusal)
    )
)]
pub(crate) async fn complete(
    State(store): State<Store>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    signed.needs(Scope::Submit)?;
    let submission = own(&store, &signed, id).await?;
    let here = store.uploaded_bytes(&submission.id)?;
    if here != submission.size_bytes {
        let what = format!("{} bytes were announced, {here} are here", submission.size_bytes);
        return Err(Failure::Conflict { what });
    }
    store.submission_received(&submission.id, &signed.0.user.id).await?;
    changed(&store, &submission.id).await
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
    State(store): State<Store>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    signed.needs(Scope::Submit)?;
    let submission = own(&store, &signed, id).await?;
    store.submission_confirmed(&submission.id, &signed.0.user.id).await?;
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
    State(store): State<Store>,
    signed: Signed,
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
    State(store): State<Store>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    signed.needs(Scope::Submit)?;
    let submission = own(&store, &signed, id).await?;
    store.submission_withdrawn(&submission.id, &signed.0.user.id).await?;
    store.delete_upload(&submission.id)?;
    changed(&store, &submission.id).await
}

pub(super) async fn any(store: &Store, id: String) -> Result<Submission, Failure> {
    store.submission(&id).await?.ok_or(Failure::NoSubmission { id })
}

/// The caller's own, and for who may review anybody's.
pub(super) async fn seen(
    store: &Store,
    signed: &Signed,
    id: String,
) -> Result<Submission, Failure> {
    match signed.needs(Scope::Review) {
        Ok(()) => any(store, id).await,
        Err(_) => own(store, signed, id).await,
    }
}

/// The caller's own; another's is as good as none.
async fn own(store: &Store, signed: &Signed, id: String) -> Result<Submission, Failure> {
    let found = any(store, id).await?;
    if found.user_id == signed.0.user.id {
        return Ok(found);
    }
    Err(Failure::NoSubmission { id: found.id })
}

pub(super) async fn changed(store: &Store, id: &str) -> Result<Json<SubmissionAnswer>, Failure> {
    let found = any(store, id.to_owned()).await?;
    Ok(Json(answer(store, found).await?))
}

async fn answer(store: &Store, found: Submission) -> Result<SubmissionAnswer, Failure> {
    Ok(SubmissionAnswer {
        url: url_of(&found),
        received_bytes: store.uploaded_bytes(&found.id)?,
        log: store.submission_log(&found.id).await?,
        submission: found.id,
        benchmark: found.benchmark_id,
        state: found.state,
        size_bytes: found.size_bytes,
        corrects: found.supersedes,
        file: found.file.map(|FileMark { name, beginning }| FileInput { name, beginning }),
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
