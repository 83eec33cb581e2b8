//! Handing in masks: begin, send the file piece by piece, complete, watch, review.
//!
//! Every address asks for a token. What is not the caller's own is, to a caller who
//! may not review, not there.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use scr_report::ResultDocument;
use scr_store::{
    CardDocument, LogLine, NewSubmission, Scope, Store, Submission, SubmissionState, Told,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::schema;
use crate::error::Failure;
use crate::extractors::{Published, Signed, terms_version};

/// The largest file that is taken, in bytes.
const MAX_FILE_BYTES: u64 = 2 << 30;
/// The longest texts of a card, in characters.
const MAX_NAME: usize = 200;
const MAX_TEXT: usize = 20_000;
const MAX_AUTHORS: usize = 100;

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
}

/// What a submitter says of a method.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CardInput {
    /// Name in tables.
    name: String,
    /// Who made it.
    #[serde(default)]
    authors: Vec<String>,
    /// What it does.
    #[serde(default)]
    description: String,
    /// A DOI or an address.
    #[serde(default)]
    reference: String,
    /// Where its code is.
    #[serde(default)]
    code: String,
    /// What it was trained on, and how.
    #[serde(default)]
    training: String,
    /// That each fold was segmented by what was trained and tuned on the other.
    #[serde(default)]
    two_fold_declaration: bool,
}

/// A submission.
#[derive(Serialize, ToSchema)]
pub(crate) struct SubmissionAnswer {
    /// Identifier.
    submission: String,
    /// Identifier of the benchmark.
    benchmark: String,
    /// receiving, received, scoring, awaiting_review, publishing, published, rejected
    /// or withdrawn.
    #[schema(value_type = String)]
    state: SubmissionState,
    /// Its address on this site: the entry's once it is published.
    url: String,
    /// How many bytes of its file are here.
    received_bytes: u64,
    /// How many there are to be.
    size_bytes: u64,
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
#[serde(deny_unknown_fields, tag = "decision", rename_all = "snake_case")]
pub(crate) enum Review {
    /// Make an entry of it.
    Publish,
    /// Return it.
    Return {
        /// What the submitter is told.
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
        (status = 422, description = "What is wrong, all of it", body = schema::Refusal)
    )
)]
pub(crate) async fn begin(
    State(store): State<Store>,
    signed: Signed,
    Published(benchmark): Published,
    Json(beginning): Json<Beginning>,
) -> Result<(StatusCode, Json<SubmissionAnswer>), Failure> {
    signed.needs(Scope::Submit)?;
    let id = &benchmark.document.id;
    let version = terms_version(&benchmark.document.terms);
    let user = &signed.0.user.id;
    if beginning.accept_terms {
        store.accept_terms(user, id, &version).await?;
    }
    let accepted = store.accepted_terms(user, id).await?;
    let has_accepted = accepted.is_some_and(|(accepted, _)| accepted == version);
    let card = checked(beginning.card, beginning.size_bytes, has_accepted)?;
    if !store.benchmark_folder(id).is_dir() {
        return Err(Failure::NotScored { id: id.clone() });
    }
    let new = NewSubmission {
        benchmark_id: id,
        user_id: user,
        card: &card,
        size_bytes: beginning.size_bytes,
    };
    let begun = store.begin_submission(new).await?;
    Ok((StatusCode::CREATED, Json(answer(&store, begun).await?)))
}

/// A card that may be kept, or everything that is wrong.
fn checked(
    card: CardInput,
    size_bytes: u64,
    has_accepted_terms: bool,
) -> Result<CardDocument, Failure> {
    let mut wrong = Vec::new();
    let name = card.name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.contains(char::is_control) {
        wrong.push(format!("card.name: expected 1 to {MAX_NAME} characters on one line"));
    }
    if card.authors.len() > MAX_AUTHORS {
        wrong.push(format!("card.authors: expected at most {MAX_AUTHORS}"));
    }
    let texts = [&card.description, &card.reference, &card.code, &card.training];
    if texts.into_iter().chain(&card.authors).any(|text| text.chars().count() > MAX_TEXT) {
        wrong.push(format!("card: expected texts of at most {MAX_TEXT} characters"));
    }
    if !card.two_fold_declaration {
        wrong.push(
            "card.two_fold_declaration: expected true: each fold must have been segmented by what \
             was trained and tuned on the other"
                .into(),
        );
    }
    if !(1..=MAX_FILE_BYTES).contains(&size_bytes) {
        wrong.push(format!("size_bytes: expected 1 to {MAX_FILE_BYTES}, found {size_bytes}"));
    }
    if !has_accepted_terms {
        wrong.push("accept_terms: expected true: the benchmark's terms are to be accepted".into());
    }
    if !wrong.is_empty() {
        return Err(Failure::Wrong { what: wrong.join("; ") });
    }
    Ok(CardDocument {
        name: name.to_owned(),
        authors: card.authors,
        description: card.description,
        reference: card.reference,
        code: card.code,
        training: card.training,
        ..CardDocument::default()
    })
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
    request_body(content_type = "application/octet-stream", content = Vec<u8>),
    responses(
        (status = 200, description = "The piece is on the disk", body = SubmissionAnswer),
        (status = 401, description = "No token that is known", body = schema::Refusal),
        (status = 404, description = "No such submission", body = schema::Refusal),
        (status = 409, description = "It does not follow on what is here", body = schema::Refusal)
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
    let found = match signed.needs(Scope::Review) {
        Ok(()) => any(&store, id).await?,
        Err(_) => own(&store, &signed, id).await?,
    };
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
        (status = 409, description = "It does not await review", body = schema::Refusal)
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
    let (id, curator) = (&submission.id, &signed.0.user.id);
    match review {
        Review::Publish => store.submission_accepted(id, curator).await?,
        Review::Return { message } if message.trim().is_empty() => {
            return Err(Failure::Wrong { what: "message: expected why it is returned".into() });
        }
        Review::Return { message } => store.submission_returned(id, curator, &message).await?,
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
        None => format!("/api/v1/submissions/{}", found.id),
    };
    Ok(SubmissionAnswer {
        received_bytes: store.uploaded_bytes(&found.id)?,
        log: store.submission_log(&found.id).await?,
        submission: found.id,
        benchmark: found.benchmark_id,
        state: found.state,
        url,
        size_bytes: found.size_bytes,
        problems: found.problems,
        message: found.message,
        entry: found.entry_id,
        results: found.result,
    })
}
