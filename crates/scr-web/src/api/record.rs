//! Record of the site, for verification: its head, its lines and the evidence of entries.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::stream::{self, StreamExt};
use scr_documents::RecordAnswer;
use scr_store::{EntryEvidence, PublicStore, StorageError};

use super::refusals;
use crate::error::Failure;

/// Number of lines in one query of the store.
const LINES_PER_QUERY: u32 = 500;

/// Head of the record.
#[utoipa::path(
    get,
    path = "/api/v1/record",
    operation_id = "record_head",
    tag = "record",
    responses((status = 200, description = "Length and head of the record", body = RecordAnswer))
)]
pub(crate) async fn head(State(store): State<PublicStore>) -> Result<Json<RecordAnswer>, Failure> {
    let head = store.record().head().await?;
    Ok(Json(RecordAnswer { length: head.length, head: head.head }))
}

/// All lines of the record, oldest first, as JSON Lines.
#[utoipa::path(
    get,
    path = "/api/v1/record/log",
    operation_id = "record_log",
    tag = "record",
    responses((status = 200, description = "One line for each change", content_type = "application/x-ndjson",
        body = String))
)]
pub(crate) async fn log(State(store): State<PublicStore>) -> Response {
    // Fused: the compression layer polls once more after the end.
    let lines = stream::unfold((store, 0), |(store, after)| async move {
        let lines = match store.record().lines(after, LINES_PER_QUERY).await {
            Ok(lines) if lines.is_empty() => return None,
            Ok(lines) => lines,
            // An error ends the body early, without the last line end: readers notice.
            Err(error) => return Some((Err(error), (store, u64::MAX))),
        };
        let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        Some((Ok::<_, StorageError>(Bytes::from(text)), (store, after + lines.len() as u64)))
    });
    let mut response = Response::new(Body::from_stream(lines.fuse()));
    let content_type = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

/// Evidence of an entry: the card, the results with their nonces and the list of files, whose
/// digests are in the record. Without results if the operator hides scores.
#[utoipa::path(
    get,
    path = "/api/v1/record/entries/{entry}",
    operation_id = "record_entry",
    tag = "record",
    params(("entry" = String, Path, description = "Identifier of the entry")),
    responses(
        (status = 200, description = "The evidence", body = serde_json::Value),
        refusals::NoEntry
    )
)]
pub(crate) async fn entry(
    State(store): State<PublicStore>,
    Path(id): Path<String>,
) -> Result<Json<EntryEvidence>, Failure> {
    store
        .entries()
        .evidence(&id)
        .await?
        .map(Json)
        .ok_or(Failure::NoEntry { id, nearest: Vec::new() })
}
