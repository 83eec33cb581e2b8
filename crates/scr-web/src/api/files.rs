//! Files of the store: radiographs, thumbnails, outlines, masks and posteriors.
//!
//! Files that a benchmark's terms forbid are answered with 404: radiographs and observers'
//! outlines without permission to display, observers' masks without permission to
//! redistribute. Full-size radiographs and exact outlines count as copies; everyone else gets
//! display copies. The masks of an entry belong to its submitter and are always offered,
//! except those of an observer. Its model is offered where the author made it public.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, EntryRole};
use scr_store::{Copies, ModelFileName, PublicStore};
use serde::Deserialize;

use super::refusals;
use crate::address;
use crate::cache::{Keep, file_response};
use crate::error::Failure;
use crate::extractors::benchmark_of;
use crate::extractors::{PublishedBenchmark, PublishedEntry};
use crate::options::Options;
use crate::outline_form::OutlineForm;
use crate::outlines::read;
use crate::packed_outlines::packed;
use crate::rights::{Requester, may_have_exact};

/// Parts of a file's path after the benchmark or entry.
#[derive(Deserialize)]
pub(crate) struct Parts {
    #[serde(default)]
    pub(super) observer: String,
    #[serde(default)]
    structure: String,
    file: String,
}

impl Parts {
    /// Identifier of the image: the file name without the extension.
    pub(super) fn image(&self, extension: &str) -> Result<&str, Failure> {
        self.file.strip_suffix(extension).ok_or(Failure::NoFile)
    }

    /// Identifier of the image and form of its outlines.
    fn outlines(&self) -> Result<(&str, OutlineForm), Failure> {
        OutlineForm::of_file(&self.file).ok_or(Failure::NoFile)
    }
}

/// A file of an entry's model: `model.onnx`, `model-fold-2.onnx` or `model.toml`, where its author
/// made the model public.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{entry}/model/{file}",
    tag = "files",
    params(
        ("entry" = String, Path, description = "Identifier of the entry"),
        ("file" = String, Path, description = "Name of the file")
    ),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        refusals::NoFile
    )
)]
pub(crate) async fn entry_model(
    State(store): State<PublicStore>,
    PublishedEntry(row): PublishedEntry,
    Path(parts): Path<Parts>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let name = ModelFileName::of_name(&parts.file).ok_or(Failure::NoFile)?;
    let file = store.entries().model(&row, name).await?;
    offer(file, &headers, "application/octet-stream", Keep::AskAgain)
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
        refusals::CopiesForbidden,
        refusals::Unauthenticated,
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

/// Display copy of a radiograph: 8-bit grey PNG, at most 512 pixels and half as wide and high.
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

/// Thumbnail of a radiograph, 8-bit grey PNG.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/thumbnails/{image}.png",
    tag = "files",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("image" = String, Path, description = "Identifier of the image")
    ),
    responses(
        (status = 200, description = "The thumbnail", body = Vec<u8>, content_type = "image/png"),
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

/// An observer's outlines in one image. `size` is `[width, height]`; `structures` maps each
/// structure to closed outlines `[x0, y0, x1, y1, ...]` in pixels from the upper left corner,
/// filled by the even-odd rule. Outlines are exact, except for ragged structures: `blocks_px`
/// gives the side of the square blocks that their outlines follow, in pixels. A block belongs
/// to the structure if any of its pixels does. With the extension `.bin` in place of `.json`,
/// every address of outlines answers with the packed form that the viewer reads.
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
        refusals::CopiesForbidden,
        refusals::Unauthenticated,
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
    let (image, form) = parts.outlines()?;
    let observer = &parts.observer;
    let file = store.benchmarks().outlines(&document, observer, image, Copies::Exact).await?;
    let file = file.ok_or(Failure::NoFile)?;
    may_have_exact(&store, &document, &requester).await?;
    offer_outlines(Some(file), form, &headers, keep(&document, &options))
}

/// Display copy of an observer's outlines in one image: simplified, in the same form.
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
    let document = row.document;
    let (image, form) = parts.outlines()?;
    let observer = &parts.observer;
    let file = store.benchmarks().outlines(&document, observer, image, Copies::Display).await?;
    offer_outlines(file, form, &headers, keep_display(&document, &options))
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
        refusals::CopiesForbidden,
        refusals::Unauthenticated,
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
        refusals::CopiesForbidden,
        refusals::Unauthenticated,
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
    let (image, form) = parts.outlines()?;
    let file = store.entries().outlines(&benchmark, &row, image, Copies::Exact).await?;
    let file = file.ok_or(Failure::NoFile)?;
    if row.role == EntryRole::Observer {
        may_have_exact(&store, &benchmark, &requester).await?;
    }
    offer_outlines(Some(file), form, &headers, keep_entry(&benchmark, row.role))
}

/// Display copy of an entry's outlines in one image: simplified for an observer's entry.
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
    let (image, form) = parts.outlines()?;
    let file = store.entries().outlines(&benchmark, &row, image, Copies::Display).await?;
    offer_outlines(file, form, &headers, Keep::ForADay)
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
        refusals::CopiesForbidden,
        refusals::Unauthenticated,
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

/// An entry's posterior of one structure in one image, 8-bit grey PNG: 0 for probability 0,
/// 255 for probability 1. At most 512 pixels wide and high, over the whole image. Offered
/// under the same terms as the entry's outlines.
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

/// Cache lifetime of an exact file: a day if the address names the benchmark's current
/// version, since an address without a version may later serve another benchmark of the same
/// name. Files behind accepted terms are revalidated each time.
fn keep(document: &BenchmarkDocument, options: &Options) -> Keep {
    let is_free = document.terms.text.is_empty();
    if is_free { keep_display(document, options) } else { Keep::AskAgain }
}

/// Cache lifetime of a display copy, which needs no accepted terms.
pub(super) fn keep_display(document: &BenchmarkDocument, options: &Options) -> Keep {
    let is_this_version = options.first("v") == Some(address::version(document).as_str());
    if is_this_version { Keep::ForADay } else { Keep::AskAgain }
}

/// Cache lifetime of an entry's file: a day, unless an observer drew it and the terms need
/// acceptance.
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

/// Outlines in the requested form.
fn offer_outlines(
    file: Option<Bytes>,
    form: OutlineForm,
    headers: &HeaderMap,
    keep: Keep,
) -> Result<Response, Failure> {
    let file = file.ok_or(Failure::NoFile)?;
    match form {
        OutlineForm::Json => offer(Some(file), headers, "application/json", keep),
        OutlineForm::Packed => {
            let packed = packed(&read(&file)?).into();
            offer(Some(packed), headers, "application/octet-stream", keep)
        }
    }
}
