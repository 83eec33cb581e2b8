//! The terms of a benchmark's data and what is offered of them, file by file.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use scr_store::{BenchmarkDocument, ImageEntryDocument, Store};

use super::page;
use crate::address;
use crate::error::Failure;
use crate::extractors::Published;
use crate::references::{Piece, linked};

#[derive(Template)]
#[template(path = "download.html")]
struct DownloadPage {
    obtain: Vec<Piece>,
    cite: Vec<Vec<Piece>>,
    files_href: String,
    api_href: String,
    rows: Vec<ImageRow>,
    n_files: usize,
    entries: Vec<EntryLink>,
    benchmark: BenchmarkDocument,
}

struct ImageRow {
    image: String,
    radiograph_href: Option<String>,
    /// By observer, in the benchmark's order.
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
    State(store): State<Store>,
    Published(row): Published,
) -> Result<Response, Failure> {
    let document = row.document;
    let entries = store.entries_without_images(&document.id).await?;
    let offered = if document.terms.may_download { document.images.as_slice() } else { &[] };
    page(&DownloadPage {
        obtain: linked(&document.terms.obtain),
        cite: document.terms.cite.iter().map(|text| linked(text)).collect(),
        files_href: address::benchmark(&document.id, "download/files.txt"),
        api_href: format!("/api/v1{}", address::benchmark(&document.id, "")),
        rows: offered.iter().map(|image| image_row(&document, image)).collect(),
        n_files: offered.iter().map(|image| files_of(&document, image).len()).sum(),
        entries: entries
            .iter()
            .map(|entry| EntryLink {
                name: entry.card.name.clone(),
                href: address::entry(&entry.id),
            })
            .collect(),
        benchmark: document,
    })
}

/// Answers `/benchmarks/ID/download/files.txt`: the address of every file that
/// is offered, one a line.
pub(crate) async fn files(Published(row): Published) -> Result<Response, Failure> {
    let document = row.document;
    if !document.terms.may_download {
        return Err(Failure::NoFile);
    }
    let mut list = String::new();
    for address in document.images.iter().flat_map(|image| files_of(&document, image)) {
        // The version is for browsers; a saved file should not carry it in its name.
        list.push_str(address.split('?').next().unwrap_or(&address));
        list.push('\n');
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], list).into_response())
}

fn radiograph(document: &BenchmarkDocument, image: &ImageEntryDocument) -> Option<String> {
    let is_offered = image.has_pixels && document.terms.may_display;
    is_offered.then(|| address::image(document, &image.id))
}

fn files_of(document: &BenchmarkDocument, image: &ImageEntryDocument) -> Vec<String> {
    let mut files: Vec<String> = radiograph(document, image).into_iter().collect();
    for observer in &document.observers {
        files.push(address::outlines(document, &observer.id, &image.id));
        for structure in &document.structures {
            files.push(address::mask(document, &observer.id, &structure.id, &image.id));
        }
    }
    files
}

fn image_row(document: &BenchmarkDocument, image: &ImageEntryDocument) -> ImageRow {
    ImageRow {
        image: image.id.clone(),
        radiograph_href: radiograph(document, image),
        observers: document
            .observers
            .iter()
            .map(|observer| ObserverFiles {
                outlines_href: address::outlines(document, &observer.id, &image.id),
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
