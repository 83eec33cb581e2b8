//! The JSON and the files under `/api/v1`, and the document that describes them.
//!
//! The answers carry the stored documents as they are; [`schema`] says in
//! OpenAPI what is in them.

pub(crate) mod benchmarks;
pub(crate) mod downloads;
pub(crate) mod entries;
pub(crate) mod files;
mod schema;
pub(crate) mod submissions;
pub(crate) mod watching;

use axum::Json;
use axum::response::IntoResponse;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "SCR",
        description = "Segmentation in chest radiographs: benchmarks, entries, results and the \
            files behind them, open to all. Handing in and reviewing masks needs a token.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        benchmarks::benchmarks,
        benchmarks::benchmark,
        benchmarks::entries,
        entries::entry,
        files::image,
        files::thumbnail,
        files::outlines,
        files::mask,
        files::entry_outlines,
        files::entry_mask,
        files::entry_posterior,
        downloads::manifest,
        downloads::sums,
        downloads::file,
        submissions::begin,
        submissions::piece,
        submissions::complete,
        submissions::submission,
        submissions::confirm,
        watching::events,
        watching::outlines,
        submissions::review,
        submissions::withdraw,
        openapi,
    )
)]
struct Document;

/// This document.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "about",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value))
)]
pub(crate) async fn openapi() -> impl IntoResponse {
    Json(Document::openapi())
}
