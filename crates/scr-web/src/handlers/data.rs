//! Data page of a benchmark: structures, objects, observers, folds, attributes.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, Fold};
use scr_store::PublicStore;

use super::draw::page;
use crate::attributes::{Distribution, distributions};
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::thumbnails::{Thumbnail, evenly_spaced};

#[derive(Template)]
#[template(path = "data.html")]
struct DataPage {
    folds: Vec<(Fold, usize)>,
    sizes: String,
    objects: Vec<ObjectRow>,
    attributes: Vec<Distribution>,
    examples: Vec<Thumbnail>,
    benchmark: BenchmarkDocument,
}

struct ObjectRow {
    name: String,
    id: String,
    structures: String,
}

/// Answers `/benchmarks/ID/data`.
pub(crate) async fn data(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Response, Failure> {
    let document = row.document;
    let mut examples = Vec::new();
    for image in evenly_spaced(&document, 6) {
        examples.push(Thumbnail::outlined(&store, &document, image).await?);
    }
    let objects = document
        .objects
        .iter()
        .map(|object| ObjectRow {
            name: object.name.clone(),
            id: object.id.clone(),
            structures: object
                .structures
                .iter()
                .map(|id| structure_name(&document, id))
                .collect::<Vec<_>>()
                .join(", "),
        })
        .collect();
    page(&DataPage {
        folds: document.folds(),
        sizes: sizes(&document),
        objects,
        attributes: distributions(&document),
        examples,
        benchmark: document,
    })
}

fn structure_name(document: &BenchmarkDocument, id: &str) -> String {
    let structure = document.structures.iter().find(|structure| structure.id == id);
    structure.map_or(id, |structure| structure.name.as_str()).to_lowercase()
}

/// Image sizes in pixels: one, or the smallest and the largest.
fn sizes(document: &BenchmarkDocument) -> String {
    let frames = || document.images.iter().map(|image| (image.width, image.height));
    let by_area = |frame: &(usize, usize)| frame.0 * frame.1;
    match (frames().min_by_key(by_area), frames().max_by_key(by_area)) {
        (Some(smallest), Some(largest)) if smallest == largest => {
            format!("{} × {}", smallest.0, smallest.1)
        }
        (Some(smallest), Some(largest)) => {
            format!("{} × {} to {} × {}", smallest.0, smallest.1, largest.0, largest.1)
        }
        _ => "none".to_owned(),
    }
}
