//! Image list of a benchmark: thumbnails that link to the image browser.

use askama::Template;
use axum::response::Response;
use scr_documents::BenchmarkDocument;

use super::benchmark::n_by_fold;
use super::draw::page;
use crate::address;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::options::Options;
use crate::thumbnails::Thumbnail;

#[derive(Template)]
#[template(path = "images.html")]
struct ImagesPage {
    filters: Vec<Filter>,
    thumbnails: Vec<Thumbnail>,
    benchmark: BenchmarkDocument,
}

struct Filter {
    label: String,
    href: String,
    is_current: bool,
}

/// Answers `/benchmarks/ID/browse`.
pub(crate) async fn images(
    PublishedBenchmark(row): PublishedBenchmark,
    options: Options,
) -> Result<Response, Failure> {
    let document = row.document;
    let fold: Option<u8> = match options.first("fold") {
        Some("1") => Some(1),
        Some("2") => Some(2),
        _ => None,
    };
    let n_by_fold = n_by_fold(&document);
    let base = address::benchmark(&document.id, "browse");
    let filter = |label: String, href: String, of: Option<u8>| Filter {
        label,
        href,
        is_current: of == fold,
    };
    let filters = vec![
        filter(format!("All {}", document.images.len()), base.clone(), None),
        filter(format!("Fold 1: {}", n_by_fold[0]), format!("{base}?fold=1"), Some(1)),
        filter(format!("Fold 2: {}", n_by_fold[1]), format!("{base}?fold=2"), Some(2)),
    ];
    let thumbnails = document
        .images
        .iter()
        .filter(|image| fold.is_none_or(|fold| image.fold == fold))
        .map(|image| Thumbnail::plain(&document, image))
        .collect();
    page(&ImagesPage { filters, thumbnails, benchmark: document })
}
