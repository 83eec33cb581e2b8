//! Handing in masks: begin, send the file piece by piece, complete, watch, review.
//!
//! Every address asks for a token, or for the session of a page. What is not the caller's own is, to a caller who
//! may not review, not there.

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

use super::schema;
use crate::card_input::{CardInput, Intent, size_fault};
use crate::error::Failure;
use crate::extractors::{Published, Signed};
use crate::reviewers::refuse_others;

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

/// What a curator decides.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub(crate) enum Review {
    /// Make an entry of it.
    Publish,
    /// Return it.
    Return {
        /// What the submitter is told.
        #[schema(min_length = 1, pattern = r"\S")]
        message: String,
    },
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
    responses(
        (status = 201, description = "Begun; its file is to follow", body = SubmissionAnswer),
        (status = 401, description = "No token that is known", body = schema::Refusal),
        (status = 403, description = "A token that may not do this", body = schema::Refusal),
        (status = 404, description = "No such benchmark", body = schema::Refusal),
        (status = 409, description = "It takes no masks", body = schema::Refusal),
        (status = 422, description = "What is wrong, all of it", body = schema::Refusal),
        (status = 507, description = "No room for the file", body = schema::Refusal),
        schema::BodyRefusals
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
    responses(
        (status = 200, description = "The piece is on the disk", body = SubmissionAnswer),
        (status = 401, description = "No token that is known", body = schema::Refusal),
        (status = 404, description = "No such submission", body = schema::Refusal),
        (status = 409, description = "It does not follow on what is here", body = schema::Refusal),
        (status = 507, description = "No room for the piece", body = schema::Refusal),
        schema::BodyRefusals
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
    responses(
        (status = 200, description = "It is kept, whatever happens", body = SubmissionAnswer),
        (status = 401, description = "No token that is known", body = schema::Refusal),
        (status = 404, description = "No such submission", body = schema::Refusal),
        (status = 409, description = "Not all of it is here", body = schema::Refusal)
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
    responses(
        (status = 200, description = "It is to be scored", body = SubmissionAnswer),
        (status = 401, description = "No token that is known", body = schema::Refusal),
        (status = 404, description = "No such submission", body = schema::Refusal),
        (status = 409, description = "It does not wait for that", body = schema::Refusal)
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
    responses(
        (status = 200, description = "The submission", body = SubmissionAnswer),
        (status = 401, description = "No token that is known", body = schema::Refusal),
        (status = 404, description = "No such submission", body = schema::Refusal)
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

/// Publishes or returns a submission that awaits review.
#[utoipa::path(
    post,
    path = "/api/v1/submissions/{submission}/review",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    request_body = Review,
    responses(
        (status = 200, description = "It is decided", body = SubmissionAnswer),
        (status = 401, description = "No token that is known", body = schema::Refusal),
        (status = 403, description = "A token that may not do this", body = schema::Refusal),
        (status = 404, description = "No such submission", body = schema::Refusal),
        (status = 409, description = "It does not await review", body = schema::Refusal),
        (status = 422, description = "No decision, or no message", body = schema::Refusal),
        schema::BodyRefusals
    )
)]
pub(crate) async fn review(
    State(store): State<Store>,
    signed: Signed,
    Path(id): Path<String>,
    Json(review): Json<Review>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    signed.needs(Scope::Review)?;
    let submission = any(&store, id).await?;
    refuse_others(&store, &signed.0.user, &submission.benchmark_id).await?;
    let (id, curator) = (&submission.id, &signed.0.user.id);
    match review {
        Review::Publish => store.submission_accepted(id, curator).await?,
        Review::Return { message } if message.trim().is_empty() => {
            return Err(Failure::Wrong { what: "message: expected why it is returned".into() });
        }
        Review::Return { message } => {
            store.submission_returned(id, curator, &message).await?;
            store.delete_upload(id)?;
        }
    }
    changed(&store, id).await
}

/// Takes a submission back that is not public yet.
#[utoipa::path(
    post,
    path = "/api/v1/submissions/{submission}/withdraw",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    responses(
        (status = 200, description = "It is withdrawn", body = SubmissionAnswer),
        (status = 401, description = "No token that is known", body = schema::Refusal),
        (status = 404, description = "No such submission", body = schema::Refusal),
        (status = 409, description = "It is past that", body = schema::Refusal)
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

async fn any(store: &Store, id: String) -> Result<Submission, Failure> {
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

async fn changed(store: &Store, id: &str) -> Result<Json<SubmissionAnswer>, Failure> {
    let found = any(store, id.to_owned()).await?;
    Ok(Json(answer(store, found).await?))
}

async fn answer(store: &Store, found: Submission) -> Result<SubmissionAnswer, Failure> {
    let url = match &found.entry_id {
        Some(entry) => crate::address::entry(entry),
        None => crate::address::submission(&found.id),
    };
    Ok(SubmissionAnswer {
        received_bytes: store.uploaded_bytes(&found.id)?,
        log: store.submission_log(&found.id).await?,
        submission: found.id,
        benchmark: found.benchmark_id,
        state: found.state,
        url,
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
