//! A benchmark's folder to be copied: what is in it, and every file, in pieces if need be.
//!
//! The files are those that `scr evaluate` needs, as the operator added them, so that
//! a copy has the benchmark's digest. Looking at single masks and radiographs is
//! [`files`](super::files)'.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use scr_documents::{BenchmarkDocument, DownloadManifest, OfferedFile, Refusal};
use scr_store::PublicStore;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::refusals;
use crate::cache::file_on_disk;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::rights::terms_version;
use crate::rights::{Requester, may_download, may_offer};

/// What is in a benchmark's folder, with the SHA-256 and size of every file.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/download/manifest.json",
    tag = "downloads",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    responses(
        (status = 200, description = "The files", body = DownloadManifest),
        refusals::NotOffered,
        refusals::NoBenchmark
    )
)]
pub(crate) async fn manifest(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Json<DownloadManifest>, Failure> {
    let files = offered(&store, &row.document).await?;
    Ok(Json(DownloadManifest {
        terms_version: terms_version(&row.document.terms),
        total_bytes: files.iter().map(|file| file.size_bytes).sum(),
        benchmark: row.document.id,
        digest: row.document.digest,
        files: files.to_vec(),
    }))
}

/// The same as `sha256sum --check` reads it.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/download/SHA256SUMS",
    tag = "downloads",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    responses(
        (status = 200, description = "`DIGEST  PATH`, one a line", body = String, content_type = "text/plain"),
        refusals::NotOffered,
        refusals::NoBenchmark
    )
)]
pub(crate) async fn sums(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Response, Failure> {
    let files = offered(&store, &row.document).await?;
    let list = files.iter().fold(String::new(), |mut list, file| {
        writeln!(list, "{}  {}", file.sha256, file.path)
            .expect("writing to a String does not fail");
        list
    });
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], list).into_response())
}

/// A file of a benchmark's folder, whole or the part that `Range` names. Its ETag is
/// its SHA-256.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/download/files/{path}",
    tag = "downloads",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("path" = String, Path, description = "Path in the folder, as the manifest has it"),
        ("Accept-Terms" = Option<String>, Header, description = "The version of the terms, accepted; known of who has accepted it"),
        ("Range" = Option<String>, Header, description = "Part of the file, `bytes=FROM-TO`")
    ),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The part", body = Vec<u8>, content_type = "application/octet-stream"),
        refusals::NotOffered,
        refusals::Unsigned,
        refusals::NoFile,
        (status = 416, description = "The file has no such part", body = Refusal)
    )
)]
pub(crate) async fn file(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    requester: Requester,
    Path(mut segments): Path<HashMap<String, String>>,
    request: Request,
) -> Result<Response, Failure> {
    may_download(&store, &row.document, &requester).await?;
    let path = segments.remove("path").unwrap_or_default();
    let files = offered(&store, &row.document).await?;
    // Only what is offered is there: no path leads anywhere else.
    let found = files.binary_search_by(|file| file.path.as_str().cmp(&path));
    let file = &files[found.map_err(|_| Failure::NoFile)?];
    let on_disk = store.benchmarks().offered_path(&row.document, file);
    file_on_disk(request, &on_disk, &file.sha256).await
}

async fn offered(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
) -> Result<Arc<[OfferedFile]>, Failure> {
    may_offer(benchmark)?;
    store.benchmarks().offered_files(benchmark).await?.ok_or(Failure::NoFile)
}
