//! Radiographs, small pictures, outlines, masks and posteriors, as the store keeps them.
//!
//! What the terms of a benchmark do not allow to offer is not there (404): no
//! radiograph and no observer's outline where they may not be shown, no
//! observer's mask where copies may not be passed on. Radiographs of full size and exact
//! outlines are copies; what is shown to others are the display copies. The masks of an
//! entry are its maker's and are offered, unless the entry is an observer's.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, EntryRole};
use scr_store::{Copies, PublicStore};
use serde::Deserialize;

use super::refusals;
use crate::address;
use crate::cache::{Keep, file_response};
use crate::error::Failure;
use crate::extractors::benchmark_of;
use crate::extractors::{PublishedBenchmark, PublishedEntry};
use crate::options::Options;
use crate::rights::{Requester, may_have_exact};

/// The parts of a file's address after the benchmark or entry.
#[derive(Deserialize)]
pub(crate) struct Parts {
    #[serde(default)]
    observer: String,
    #[serde(default)]
    structure: String,
    file: String,
}

impl Parts {
    /// The image that the file is of: its name without the extension.
    fn image(&self, extension: &str) -> Result<&str, Failure> {
        self.file.strip_suffix(extension).ok_or(Failure::NoFile)
    }
}

/// A radiograph, 8- or 16-bit grey PNG.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/images/{image}.png",
    tag = "files",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "The radiograph", body = Vec<u8>, content_type = "image/png"),
        refusals::NotOffered,
        refusals::Unsigned,
        refusals::NoFile
    )
)]
pub(crate) async fn image(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    requester: Requester,
    Path(parts): Path<Parts>,
    options: Options,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let document = row.document;
    let file =
        store.benchmarks().radiograph(&document, parts.image(".png")?, Copies::Exact).await?;
    let file = file.ok_or(Failure::NoFile)?;
    may_have_exact(&store, &document, &requester).await?;
    offer(Some(file), &headers, "image/png", keep(&document, &options))
}

/// A radiograph to look at: 8-bit grey PNG, at most 512 pixels and half as wide and high.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/display/images/{image}.png",
    tag = "files",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    responses(
        (status = 200, description = "The display copy", body = Vec<u8>, content_type = "image/png"),
        refusals::NoFile
    )
)]
pub(crate) async fn image_display(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    Path(parts): Path<Parts>,
    options: Options,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let document = row.document;
    let file =
        store.benchmarks().radiograph(&document, parts.image(".png")?, Copies::Display).await?;
    offer(file, &headers, "image/png", keep_display(&document, &options))
}

/// A small 8-bit picture of a radiograph.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/thumbnails/{image}.png",
    tag = "files",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    responses(
        (status = 200, description = "The picture", body = Vec<u8>, content_type = "image/png"),
        refusals::NoFile
    )
)]
pub(crate) async fn thumbnail(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    Path(parts): Path<Parts>,
    options: Options,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let document = row.document;
    let file = store.benchmarks().thumbnail(&document, parts.image(".png")?).await?;
    offer(file, &headers, "image/png", keep(&document, &options))
}

/// An observer's outlines in one image: `size` is `[width, height]`,
/// `structures` maps each structure to closed outlines `[x0, y0, x1, y1, ...]`
/// in pixels from the upper left corner, inside by the even-odd rule. Outlines are exact
/// but for the structures in `blocks_px`, which are too ragged: they follow blocks so many
/// pixels wide and high, each of which is in when any of its pixels is.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/outlines/{observer}/{image}.json",
    tag = "files",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("observer" = String, Path, description = "Identifier of the observer"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "The outlines", body = serde_json::Value),
        refusals::NotOffered,
        refusals::Unsigned,
        refusals::NoFile
    )
)]
pub(crate) async fn outlines(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    requester: Requester,
    Path(parts): Path<Parts>,
    options: Options,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let document = row.document;
    let image = parts.image(".json")?;
    let observer = &parts.observer;
    let file = store.benchmarks().outlines(&document, observer, image, Copies::Exact).await?;
    let file = file.ok_or(Failure::NoFile)?;
    may_have_exact(&store, &document, &requester).await?;
    offer(Some(file), &headers, "application/json", keep(&document, &options))
}

/// An observer's outlines in one image to look at: in the form of the exact ones, simplified.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/display/outlines/{observer}/{image}.json",
    tag = "files",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("observer" = String, Path, description = "Identifier of the observer"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    responses(
        (status = 200, description = "The display copy", body = serde_json::Value),
        refusals::NoFile
    )
)]
pub(crate) async fn outlines_display(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    Path(parts): Path<Parts>,
    options: Options,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (document, image) = (row.document, parts.image(".json")?);
    let observer = &parts.observer;
    let file = store.benchmarks().outlines(&document, observer, image, Copies::Display).await?;
    offer(file, &headers, "application/json", keep_display(&document, &options))
}

/// An observer's mask of one structure in one image.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/masks/{observer}/{structure}/{image}.png",
    tag = "files",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("observer" = String, Path, description = "Identifier of the observer"),
        ("structure" = String, Path, description = "Identifier of the structure"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "The mask", body = Vec<u8>, content_type = "image/png"),
        refusals::NotOffered,
        refusals::Unsigned,
        refusals::NoFile
    )
)]
pub(crate) async fn mask(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    requester: Requester,
    Path(parts): Path<Parts>,
    options: Options,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let document = row.document;
    let image = parts.image(".png")?;
    let file = store.benchmarks().mask(&document, &parts.observer, &parts.structure, image).await?;
    let file = file.ok_or(Failure::NoFile)?;
    may_have_exact(&store, &document, &requester).await?;
    offer(Some(file), &headers, "image/png", keep(&document, &options))
}

/// An entry's outlines in one image, in the form of an observer's.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{entry}/outlines/{image}.json",
    tag = "files",
    params(
        ("entry" = String, Path, description = "Identifier of the entry"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "The outlines", body = serde_json::Value),
        refusals::NotOffered,
        refusals::Unsigned,
        refusals::NoEntry,
        refusals::NoFile
    )
)]
pub(crate) async fn entry_outlines(
    State(store): State<PublicStore>,
    PublishedEntry(row): PublishedEntry,
    requester: Requester,
    Path(parts): Path<Parts>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let benchmark = benchmark_of(&store, &row.benchmark_id).await?;
    let image = parts.image(".json")?;
    let file = store.entries().outlines(&benchmark, &row, image, Copies::Exact).await?;
    let file = file.ok_or(Failure::NoFile)?;
    if row.role == EntryRole::Observer {
        may_have_exact(&store, &benchmark, &requester).await?;
    }
    offer(Some(file), &headers, "application/json", keep_entry(&benchmark, row.role))
}

/// An entry's outlines in one image to look at: simplified where an observer drew them.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{entry}/display/outlines/{image}.json",
    tag = "files",
    params(
        ("entry" = String, Path, description = "Identifier of the entry"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    responses(
        (status = 200, description = "The display copy", body = serde_json::Value),
        refusals::NoEntry,
        refusals::NoFile
    )
)]
pub(crate) async fn entry_outlines_display(
    State(store): State<PublicStore>,
    PublishedEntry(row): PublishedEntry,
    Path(parts): Path<Parts>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let benchmark = benchmark_of(&store, &row.benchmark_id).await?;
    let image = parts.image(".json")?;
    let file = store.entries().outlines(&benchmark, &row, image, Copies::Display).await?;
    offer(file, &headers, "application/json", Keep::ForADay)
}

/// An entry's mask of one structure in one image.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{entry}/masks/{structure}/{image}.png",
    tag = "files",
    params(
        ("entry" = String, Path, description = "Identifier of the entry"),
        ("structure" = String, Path, description = "Identifier of the structure"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "The mask", body = Vec<u8>, content_type = "image/png"),
        refusals::NotOffered,
        refusals::Unsigned,
        refusals::NoEntry,
        refusals::NoFile
    )
)]
pub(crate) async fn entry_mask(
    State(store): State<PublicStore>,
    PublishedEntry(row): PublishedEntry,
    requester: Requester,
    Path(parts): Path<Parts>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let benchmark = benchmark_of(&store, &row.benchmark_id).await?;
    let file =
        store.entries().mask(&benchmark, &row, &parts.structure, parts.image(".png")?).await?;
    let file = file.ok_or(Failure::NoFile)?;
    if row.role == EntryRole::Observer {
        may_have_exact(&store, &benchmark, &requester).await?;
    }
    offer(Some(file), &headers, "image/png", keep_entry(&benchmark, row.role))
}

/// An entry's posterior of one structure in one image, 8-bit grey PNG: 0 for the
/// probability 0 that a pixel is the structure's, 255 for 1. At most 512 pixels wide
/// and high, over the whole image. Shown where the entry's outlines are.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{entry}/posteriors/{structure}/{image}.png",
    tag = "files",
    params(
        ("entry" = String, Path, description = "Identifier of the entry"),
        ("structure" = String, Path, description = "Identifier of the structure"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    responses(
        (status = 200, description = "The posterior", body = Vec<u8>, content_type = "image/png"),
        refusals::NoEntry,
        refusals::NoFile
    )
)]
pub(crate) async fn entry_posterior(
    State(store): State<PublicStore>,
    PublishedEntry(row): PublishedEntry,
    Path(parts): Path<Parts>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let benchmark = benchmark_of(&store, &row.benchmark_id).await?;
    let image = parts.image(".png")?;
    let file = store.entries().posterior(&benchmark, &row, &parts.structure, image).await?;
    offer(file, &headers, "image/png", Keep::ForADay)
}

/// For a day when the address names the version that the benchmark has: an address
/// without one may come to mean another benchmark of the same name. What asks for
/// accepted terms asks each time.
fn keep(document: &BenchmarkDocument, options: &Options) -> Keep {
    let asks_nothing = document.terms.text.is_empty();
    if asks_nothing { keep_display(document, options) } else { Keep::AskAgain }
}

/// As [`keep`], for what asks for nothing.
fn keep_display(document: &BenchmarkDocument, options: &Options) -> Keep {
    let is_this_version = options.first("v") == Some(address::version(document).as_str());
    if is_this_version { Keep::ForADay } else { Keep::AskAgain }
}

/// What is a method's is kept for a day; what an observer drew while it asks for nothing.
fn keep_entry(document: &BenchmarkDocument, role: EntryRole) -> Keep {
    let is_free = role != EntryRole::Observer || document.terms.text.is_empty();
    if is_free { Keep::ForADay } else { Keep::AskAgain }
}

fn offer(
    file: Option<Bytes>,
    headers: &HeaderMap,
    content_type: &'static str,
    keep: Keep,
) -> Result<Response, Failure> {
    Ok(file_response(headers, file.ok_or(Failure::NoFile)?, content_type, keep))
}
