//! Image list of a benchmark: thumbnails that link to the image browser.

use askama::Template;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, Fold};

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
    let folds = document.folds();
    let wanted: Option<Fold> = options.first("fold").and_then(|text| text.parse().ok());
    let fold: Option<Fold> = wanted.filter(|wanted| folds.iter().any(|(fold, _)| fold == wanted));
    let base = address::benchmark(&document.id, "browse");
    let filter = |label: String, href: String, of: Option<Fold>| Filter {
        label,
        href,
        is_current: of == fold,
    };
    let mut filters = vec![filter(format!("All {}", document.images.len()), base.clone(), None)];
    if folds.len() > 1 {
        filters.extend(folds.iter().map(|(fold, count)| {
            let href = format!("{base}?fold={fold}");
            filter(format!("{}: {count}", fold.title()), href, Some(*fold))
        }));
    }
    let thumbnails = document
        .images
        .iter()
        .filter(|image| fold.is_none_or(|fold| image.fold == fold))
        .map(|image| Thumbnail::plain(&document, image))
        .collect();
    page(&ImagesPage { filters, thumbnails, benchmark: document })
}
