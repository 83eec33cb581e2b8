//! Radiographs, small pictures, outlines, masks and posteriors, as the store keeps them.
//!
//! What the terms of a benchmark do not allow to offer is not there (404): no
//! radiograph and no observer's outline where they may not be shown, no
//! observer's mask where copies may not be passed on. The masks of an entry are
//! its maker's and are offered, unless the entry is an observer's.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use scr_store::{BenchmarkDocument, BlobKey, EntryRole, EntryRow, Store, TermsDocument};
use serde::Deserialize;

use super::refusals;
use crate::address;
use crate::cache::{Keep, file_response};
use crate::error::Failure;
use crate::extractors::{Options, Published, PublishedEntry};
use crate::rights::{Asker, may_see_masks};

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
    responses(
        (status = 200, description = "The radiograph", body = Vec<u8>, content_type = "image/png"),
        refusals::NoFile
    )
)]
pub(crate) async fn image(
    State(store): State<Store>,
    Published(row): Published,
    Path(parts): Path<Parts>,
    options: Options,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let document = row.document;
    may(document.terms.may_display)?;
    let key = BlobKey::image(&document.id, parts.image(".png")?);
    offer(&store, key, &headers, "image/png", keep(&document, &options)).await
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
    State(store): State<Store>,
    Published(row): Published,
    Path(parts): Path<Parts>,
    options: Options,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let document = row.document;
    may(document.terms.may_display)?;
    let key = BlobKey::thumbnail(&document.id, parts.image(".png")?);
    offer(&store, key, &headers, "image/png", keep(&document, &options)).await
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
    responses(
        (status = 200, description = "The outlines", body = serde_json::Value),
        refusals::NoFile
    )
)]
pub(crate) async fn outlines(
    State(store): State<Store>,
    Published(row): Published,
    Path(parts): Path<Parts>,
    options: Options,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let document = row.document;
    may(document.terms.may_display && drew(&document, &parts.observer))?;
    let key = BlobKey::outlines(&document.id, &parts.observer, parts.image(".json")?);
    offer(&store, key, &headers, "application/json", keep(&document, &options)).await
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
    State(store): State<Store>,
    Published(row): Published,
    asker: Asker,
    Path(parts): Path<Parts>,
    options: Options,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let document = row.document;
    may(document.terms.may_download && drew(&document, &parts.observer))?;
    may_see_masks(&store, &document, &asker).await?;
    let image = parts.image(".png")?;
    let key = BlobKey::mask(&document.id, &parts.observer, &parts.structure, image);
    offer(&store, key, &headers, "image/png", keep(&document, &options)).await
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
    responses(
        (status = 200, description = "The outlines", body = serde_json::Value),
        refusals::NoEntry,
        refusals::NoFile
    )
)]
pub(crate) async fn entry_outlines(
    State(store): State<Store>,
    PublishedEntry(row): PublishedEntry,
    Path(parts): Path<Parts>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    may_observer(&store, &row, |terms| terms.may_display).await?;
    let key = BlobKey::entry_outlines(&row.id, parts.image(".json")?);
    offer(&store, key, &headers, "application/json", Keep::ForADay).await
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
    State(store): State<Store>,
    PublishedEntry(row): PublishedEntry,
    asker: Asker,
    Path(parts): Path<Parts>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    may_observer(&store, &row, |terms| terms.may_download).await?;
    if row.role == EntryRole::Observer
        && let Some(benchmark) = store.benchmark(&row.benchmark_id).await?
    {
        may_see_masks(&store, &benchmark.document, &asker).await?;
    }
    let key = BlobKey::entry_mask(&row.id, &parts.structure, parts.image(".png")?);
    offer(&store, key, &headers, "image/png", Keep::ForADay).await
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
    State(store): State<Store>,
    PublishedEntry(row): PublishedEntry,
    Path(parts): Path<Parts>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    may_observer(&store, &row, |terms| terms.may_display).await?;
    // Files of an earlier publication may lie there still.
    may(row.posteriors.contains(&parts.structure))?;
    let key = BlobKey::entry_posterior(&row.id, &parts.structure, parts.image(".png")?);
    offer(&store, key, &headers, "image/png", Keep::ForADay).await
}

/// Whether the observer is one of those that are to be seen.
fn drew(document: &BenchmarkDocument, observer: &str) -> bool {
    document.observers.iter().any(|one| one.id == observer)
}

fn may(is_allowed: bool) -> Result<(), Failure> {
    if is_allowed { Ok(()) } else { Err(Failure::NoFile) }
}

/// What an observer drew belongs to the benchmark, also as an entry: its terms decide.
async fn may_observer(
    store: &Store,
    entry: &EntryRow,
    allow: impl Fn(&TermsDocument) -> bool,
) -> Result<(), Failure> {
    if entry.role != EntryRole::Observer {
        return Ok(());
    }
    let benchmark = store.benchmark(&entry.benchmark_id).await?;
    may(benchmark.is_some_and(|row| allow(&row.document.terms)))
}

/// For a day when the address names the version that the benchmark has: an address
/// without one may come to mean another benchmark of the same name. What asks for
/// accepted terms asks each time.
fn keep(document: &BenchmarkDocument, options: &Options) -> Keep {
    let is_this_version = options.first("v") == Some(address::version(document).as_str());
    if is_this_version && document.terms.text.is_empty() { Keep::ForADay } else { Keep::AskAgain }
}

async fn offer<E>(
    store: &Store,
    key: Result<BlobKey, E>,
    headers: &HeaderMap,
    content_type: &'static str,
    keep: Keep,
) -> Result<Response, Failure> {
    // A name that cannot be a key is the name of no file.
    let key = key.map_err(|_| Failure::NoFile)?;
    let body = store.blob(&key).await?.ok_or(Failure::NoFile)?;
    Ok(file_response(headers, body, content_type, keep))
}
