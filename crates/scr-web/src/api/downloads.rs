//! Download of a benchmark's folder: manifest, digests and files, also by range requests.
//!
//! The folder has the files that `scr evaluate` needs, as the operator added them, so a
//! copy has the benchmark's digest. [`files`](super::files) serves single masks and
//! radiographs for display.

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

/// Manifest of a benchmark's folder: path, SHA-256 and size of every file.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/download/manifest.json",
    tag = "downloads",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    responses(
        (status = 200, description = "The files", body = DownloadManifest),
        refusals::CopiesForbidden,
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

/// Digests of the files, in the format of `sha256sum --check`.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/download/SHA256SUMS",
    tag = "downloads",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    responses(
        (status = 200, description = "`DIGEST  PATH`, one a line", body = String, content_type = "text/plain"),
        refusals::CopiesForbidden,
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

/// A file of a benchmark's folder, whole or a range of bytes. Its ETag is its SHA-256.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/download/files/{path}",
    tag = "downloads",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("path" = String, Path, description = "Path in the folder, from the manifest"),
        ("Accept-Terms" = Option<String>, Header, description = "Accepted version of the terms; not needed for an account that has accepted it"),
        ("Range" = Option<String>, Header, description = "Range of bytes, `bytes=FROM-TO`")
    ),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The range of bytes", body = Vec<u8>, content_type = "application/octet-stream"),
        refusals::CopiesForbidden,
        refusals::Unauthenticated,
        refusals::NoFile,
        (status = 416, description = "The range is outside the file", body = Refusal)
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
    // The lookup in the list of offered files rules out any other path.
    let found = files.binary_search_by(|file| file.path.as_str().cmp(&path));
    let file = &files[found.map_err(|_| Failure::NoFile)?];
    let on_disk = store.benchmarks().offered_path(&row.document, file).await?;
    let on_disk = on_disk.ok_or(Failure::NoFile)?;
    file_on_disk(request, &on_disk, &file.sha256).await
}

async fn offered(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
) -> Result<Arc<[OfferedFile]>, Failure> {
    may_offer(benchmark)?;
    store.benchmarks().offered_files(benchmark).await?.ok_or(Failure::NoFile)
}
