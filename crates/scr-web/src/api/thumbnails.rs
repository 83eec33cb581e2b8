//! Outlines over thumbnails, as SVG pictures without a background, and the mean of thumbnails.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use scr_store::{Copies, PublicStore};

use super::files::{Parts, keep_display};
use super::refusals;
use crate::cache::{Keep, file_response};
use crate::error::Failure;
use crate::extractors::{EntryHead, PublishedBenchmark, benchmark_of};
use crate::options::Options;
use crate::outlines;
use crate::thumbnails::{Strokes, outlines_svg};

/// Mean of the radiographs of a benchmark in their automatic grey windows, as 8-bit grey PNG. All
/// are scaled to one frame, as large as a thumbnail.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/mean-image.png",
    tag = "files",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    responses(
        (status = 200, description = "The mean", body = Vec<u8>, content_type = "image/png"),
        refusals::NoFile
    )
)]
pub(crate) async fn mean_image(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let shapes = store.benchmarks().shapes(&row.document).await?.ok_or(Failure::NoFile)?;
    let png = shapes.mean_png().ok_or(Failure::NoFile)?;
    Ok(file_response(&headers, png.into(), "image/png", Keep::AskAgain))
}

/// An observer's outlines over a thumbnail, as SVG: simplified, in the frame of the image.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/thumbnails/{observer}/{image}.svg",
    tag = "files",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("observer" = String, Path, description = "Identifier of the observer"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    responses(
        (status = 200, description = "The outlines", body = Vec<u8>, content_type = "image/svg+xml"),
        refusals::NoFile
    )
)]
pub(crate) async fn thumbnail_outlines(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    Path(parts): Path<Parts>,
    options: Options,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let benchmark = row.document;
    let image = parts.image(".svg")?;
    let file =
        store.benchmarks().outlines(&benchmark, &parts.observer, image, Copies::Display).await?;
    let keep = keep_display(&benchmark, &options);
    let read = outlines::read(&file.ok_or(Failure::NoFile)?)?;
    let svg = outlines_svg(&benchmark, &read, Strokes::Reference);
    Ok(file_response(&headers, svg.into(), "image/svg+xml", keep))
}

/// An entry's outlines over a thumbnail, as SVG: simplified, in the frame of the image.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{entry}/thumbnails/{image}.svg",
    tag = "files",
    params(
        ("entry" = String, Path, description = "Identifier of the entry"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    responses(
        (status = 200, description = "The outlines", body = Vec<u8>, content_type = "image/svg+xml"),
        refusals::NoEntry,
        refusals::NoFile
    )
)]
pub(crate) async fn entry_thumbnail_outlines(
    State(store): State<PublicStore>,
    EntryHead(entry): EntryHead,
    Path(parts): Path<Parts>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let benchmark = benchmark_of(&store, &entry.benchmark_id).await?;
    let image = parts.image(".svg")?;
    let file = store.entries().outlines(&benchmark, &entry, image, Copies::Display).await?;
    let read = outlines::read(&file.ok_or(Failure::NoFile)?)?;
    let svg = outlines_svg(&benchmark, &read, Strokes::Entry);
    // Settings may hide an observer's outlines later.
    Ok(file_response(&headers, svg.into(), "image/svg+xml", Keep::AskAgain))
}
