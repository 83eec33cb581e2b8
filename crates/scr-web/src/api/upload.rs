//! Upload of a submission: begin it, send the file in upload chunks, complete it.
//!
//! `submissions.rs` has the operations on a submission after its upload.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use futures_util::StreamExt;
use scr_documents::{ModelAccess, Refusal, SubmissionAnswer, UploadFingerprint};
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

/// Request to begin a submission.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Beginning)]
pub(crate) struct BeginRequest {
    /// Card of the method.
    card: CardInput,
    /// Size of the zip file in bytes.
    size_bytes: u64,
    /// Acceptance of the benchmark's terms.
    #[serde(default)]
    accept_terms: bool,
    /// True to score at once after a check without problems; otherwise the submission
    /// waits for `confirm`.
    #[serde(default)]
    confirm: bool,
    /// Identifier of the submitter's published entry that this submission corrects.
    #[serde(default)]
    corrects: Option<String>,
    /// Access to the model, `public` or `private`, where the zip file has a model in place of
    /// masks: `model.onnx`, perhaps `model-fold-2.onnx`, and `model.toml`.
    #[serde(default)]
    model: Option<ModelAccess>,
    /// Upload fingerprint of the file, for a later resumption.
    #[serde(default)]
    file: Option<UploadFingerprint>,
}

/// Bytes of an upload chunk.
#[derive(ToSchema)]
#[schema(as = Bytes, value_type = String, format = Binary)]
#[expect(dead_code, reason = "type of the OpenAPI document only: the handler streams the body")]
struct ChunkBytes(Vec<u8>);

/// Query of an upload chunk.
#[derive(Deserialize)]
pub(crate) struct ChunkQuery {
    offset: u64,
}

/// Begins a submission.
#[utoipa::path(
    post,
    path = "/api/v1/benchmarks/{benchmark}/submissions",
    tag = "submissions",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    request_body = BeginRequest,
    security(("token" = ["submit"])),
    responses(
        (status = 201, description = "The submission, ready for the upload of its file", body = SubmissionAnswer),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoBenchmark,
        (status = 409, description = "The benchmark has ended, or too many of the caller's submissions are unfinished", body = Refusal),
        refusals::InvalidFields,
        (status = 507, description = "Not enough disk space for the file", body = Refusal),
        refusals::UnreadableBody
    )
)]
pub(crate) async fn begin(
    State(store): State<PublicStore>,
    caller: Authenticated,
    PublishedBenchmark(benchmark): PublishedBenchmark,
    body: UnreadBody,
) -> Result<(StatusCode, Json<SubmissionAnswer>), Failure> {
    caller.needs(Scope::Submit)?;
    let user = &caller.0.user;
    store.submissions().check_quota(&user.id, &benchmark.document.id).await?;
    let BeginRequest { card, size_bytes, accept_terms, confirm, corrects, model, file } =
        body.json().await?;
    let intent = Intent { card, corrects, accepts_terms: accept_terms, model };
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
        model: intent.model,
    };
    let begun = store.submissions().begin(new).await?;
    Ok((StatusCode::CREATED, Json(answer(&store, begun).await?)))
}

/// Appends an upload chunk to the file. A repeated chunk changes nothing.
#[utoipa::path(
    put,
    path = "/api/v1/submissions/{submission}/file",
    operation_id = "piece",
    tag = "submissions",
    params(
        ("submission" = String, Path, description = "Identifier of the submission"),
        ("offset" = u64, Query, description = "Offset of the upload chunk in the file, in bytes")
    ),
    request_body(content_type = "application/octet-stream", content = ChunkBytes),
    security(("token" = ["submit"])),
    responses(
        (status = 200, description = "The upload chunk is on the disk", body = SubmissionAnswer),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "The upload chunk does not continue the received bytes", body = Refusal),
        (status = 507, description = "Not enough disk space for the upload chunk", body = Refusal),
        refusals::UnreadableBody
    )
)]
pub(crate) async fn upload_chunk(
    State(store): State<PublicStore>,
    State(transfers): State<Arc<Transfers>>,
    caller: Authenticated,
    Path(id): Path<String>,
    Query(query): Query<ChunkQuery>,
    RequestConnection(connection): RequestConnection,
    body: UnreadBody,
) -> Result<Json<SubmissionAnswer>, Failure> {
    caller.needs(Scope::Submit)?;
    let submission = own(&store, &caller, id).await?;
    let announced = body.announced();
    let mut chunk = store.uploads().begin_chunk(&submission, query.offset, announced).await?;
    let _slot = transfers.upload(&caller.0.user, connection);
    let mut bytes = body.stream();
    while let Some(part) = bytes.next().await {
        chunk.add(part?).await?;
    }
    chunk.keep().await?;
    Ok(Json(answer(&store, submission).await?))
}

/// Completes the upload and queues the check.
#[utoipa::path(
    post,
    path = "/api/v1/submissions/{submission}/complete",
    tag = "submissions",
    params(("submission" = String, Path, description = "Identifier of the submission")),
    security(("token" = ["submit"])),
    responses(
        (status = 200, description = "The submission, on the disk and queued", body = SubmissionAnswer),
        refusals::Unauthenticated,
        refusals::Forbidden,
        refusals::NoSubmission,
        (status = 409, description = "The file is incomplete", body = Refusal)
    )
)]
pub(crate) async fn complete(
    State(store): State<PublicStore>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<SubmissionAnswer>, Failure> {
    caller.needs(Scope::Submit)?;
    let submission = own(&store, &caller, id).await?;
    let received = store.uploads().received_bytes(&submission.id).await?;
    if received != submission.size_bytes {
        let expected = submission.size_bytes;
        let message = format!("file: expected {expected} bytes, received {received}");
        return Err(Failure::Conflict { message });
    }
    store.submissions().mark_received(&submission.id, &caller.0.user.id).await?;
    changed(&store, &submission.id).await
}
