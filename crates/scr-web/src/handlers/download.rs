//! Download page: terms of a benchmark's data, and its files.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, ImageEntryDocument};
use scr_store::{Copies, PublicStore};

use super::draw::page;
use crate::address;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::offered::Offered;
use crate::outline_form::OutlineForm;
use crate::references::{Piece, linked};
use crate::rights::terms_version;

#[derive(Template)]
#[template(path = "download.html")]
struct DownloadPage {
    obtain: Vec<Piece>,
    cite: Vec<Vec<Piece>>,
    /// Address of the whole folder, for `scr fetch` or any download program.
    folder_href: Option<String>,
    terms_version: String,
    api_href: String,
    rows: Vec<ImageRow>,
    entries: Vec<EntryLink>,
    /// Number of entries that are not among them.
    n_other_entries: u64,
    benchmark: BenchmarkDocument,
}

struct ImageRow {
    image: String,
    radiograph_href: Option<String>,
    /// Files by observer, in the benchmark's order.
    observers: Vec<ObserverFiles>,
}

struct ObserverFiles {
    outlines_href: String,
    masks: Vec<MaskLink>,
}

struct MaskLink {
    name: String,
    href: String,
}

struct EntryLink {
    name: String,
    href: String,
}

/// Answers `/benchmarks/ID/download`.
pub(crate) async fn download(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Response, Failure> {
    let document = row.document;
    let standings = store.standings(&document.id).await?;
    let to_choose = Offered::of(&store, &standings, &document, &[]).await?;
    let api_href = format!("/api/v1{}", address::benchmark(&document.id, ""));
    let offered =
        if document.terms.download.is_allowed() { document.images.as_slice() } else { &[] };
    page(&DownloadPage {
        obtain: linked(&document.terms.obtain),
        cite: document.terms.cite.iter().map(|text| linked(text)).collect(),
        folder_href: store
            .benchmarks()
            .offers_folder(&document)
            .await?
            .then(|| format!("{api_href}/download")),
        terms_version: terms_version(&document.terms),
        api_href,
        rows: offered.iter().map(|image| image_row(&document, image)).collect(),
        n_other_entries: to_choose.n_others(),
        entries: to_choose
            .entries
            .iter()
            .map(|entry| EntryLink { name: entry.name.clone(), href: address::entry(&entry.id) })
            .collect(),
        benchmark: document,
    })
}

fn radiograph(document: &BenchmarkDocument, image: &ImageEntryDocument) -> Option<String> {
    let is_offered = image.has_pixels && document.terms.display.is_allowed();
    is_offered.then(|| address::image(document, &image.id, Copies::Exact))
}

fn image_row(document: &BenchmarkDocument, image: &ImageEntryDocument) -> ImageRow {
    ImageRow {
        image: image.id.clone(),
        radiograph_href: radiograph(document, image),
        observers: document
            .observers
            .iter()
            .map(|observer| ObserverFiles {
                outlines_href: address::outlines(
                    document,
                    &observer.id,
                    &image.id,
                    Copies::Exact,
                    OutlineForm::Json,
                ),
                masks: document
                    .structures
                    .iter()
                    .map(|structure| MaskLink {
                        name: structure.name.to_lowercase(),
                        href: address::mask(document, &observer.id, &structure.id, &image.id),
                    })
                    .collect(),
            })
            .collect(),
    }
}
