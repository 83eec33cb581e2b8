//! Handing in masks: begin, send the file piece by piece, say that it is whole.
//!
//! What becomes of it is `submissions.rs`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use futures_util::StreamExt;
use scr_documents::{Refusal, SubmissionAnswer, UploadFingerprint};
use scr_store::{NewSubmission, PublicStore, Scope};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals;
use super::submissions::{answer, changed, own};
use crate::bodies::UnreadBody;
use crate::card_input::{CardInput, Intent, size_error};
use crate::error::Failure;
use crate::extractors::{Authenticated, PublishedBenchmark};
use crate::slots::RequestConnection;
use crate::transfers::Transfers;

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
    file: Option<UploadFingerprint>,
}

/// Bytes of a piece, for the OpenAPI document.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "described alone: a body is read as it comes")]
struct Bytes(Vec<u8>);

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
    State(store): State<PublicStore>,
    signed: Authenticated,
    PublishedBenchmark(benchmark): PublishedBenchmark,
    body: UnreadBody,
) -> Result<(StatusCode, Json<SubmissionAnswer>), Failure> {
    signed.needs(Scope::Submit)?;
    let user = &signed.0.user;
    store.submissions().check_quota(&user.id, &benchmark.document.id).await?;
    let Beginning { card, size_bytes, accept_terms, confirm, corrects, file } = body.json().await?;
    let intent = Intent { card, corrects, accepts_terms: accept_terms };
    let checked = intent.checked(&store, &benchmark, user).await?;
    let card = match (checked, size_error(size_bytes)) {
        (Ok(card), None) => card,
        (checked, error) => {
            let errors = checked.err().into_iter().flatten().chain(error).collect();
            return Err(Failure::InvalidFields { errors });
        }
    };
    let new = NewSubmission {
        benchmark_id: &benchmark.document.id,
        user_id: &user.id,
        card: &card,
        size_bytes,
        file: file.as_ref(),
        confirmed: confirm,
        supersedes: intent.corrects.as_deref(),
    };
    let begun = store.submissions().begin(new).await?;
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
    request_body(content_type = "application/octet-stream", content = Bytes),
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
    State(store): State<PublicStore>,
    State(transfers): State<Arc<Transfers>>,
    signed: Authenticated,
    Path(id): Path<String>,
    Query(options): Query<PieceOptions>,
    RequestConnection(connection): RequestConnection,
    body: UnreadBody,
) -> Result<Json<SubmissionAnswer>, Failure> {
    signed.needs(Scope::Submit)?;
    let submission = own(&store, &signed, id).await?;
    let mut piece = store.uploads().begin_chunk(&submission, options.offset, body.announced())?;
    let _slot = transfers.upload(&signed.0.user, connection);
    let mut bytes = body.stream();
    while let Some(some) = bytes.next().await {
        piece.add(some?).await?;
    }
    piece.keep().await?;
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
    State(store): State<PublicStore>,
    signed: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    signed.needs(Scope::Submit)?;
    let submission = own(&store, &signed, id).await?;
    let here = store.uploads().received_bytes(&submission.id)?;
    if here != submission.size_bytes {
        let message = format!("{} bytes were announced, {here} are here", submission.size_bytes);
        return Err(Failure::Conflict { message });
    }
    store.submissions().mark_received(&submission.id, &signed.0.user.id).await?;
    changed(&store, &submission.id).await
}
