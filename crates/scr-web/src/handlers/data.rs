//! Data page of a benchmark: structures, objects, observers, folds, and distributions over the
//! images.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, Fold};
use scr_store::{CONTOUR_PERCENTS, PublicStore, ShapesDocument};
use std::fmt::Write as _;
use std::sync::Arc;

use super::draw::page;
use crate::address;
use crate::attributes::{Distribution, distributions};
use crate::cases::ScoreColumns;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::spreads::{self, Spread};
use crate::thumbnails::{Thumbnail, evenly_spaced};

#[derive(Template)]
#[template(path = "data.html")]
struct DataPage {
    folds: Vec<(Fold, usize)>,
    sizes: String,
    objects: Vec<ObjectRow>,
    attributes: Vec<Distribution>,
    /// Plots of attributes with many numbers.
    numbers: Vec<Spread>,
    mean: Option<MeanImage>,
    /// Areas and shapes of the structures.
    shapes: Vec<Spread>,
    agreement: Option<Spread>,
    examples: Vec<Thumbnail>,
    benchmark: BenchmarkDocument,
}

/// Mean radiograph with the places of the structures.
struct MeanImage {
    /// The picture; none without radiographs.
    src: Option<String>,
    width: usize,
    height: usize,
    /// Number of images that were read.
    n_images: usize,
    n_mean: usize,
    /// SVG paths by structure, one for each of `percents`.
    contours: Vec<[String; 3]>,
    percents: [u32; 3],
}

struct ObjectRow {
    name: String,
    id: String,
    structures: String,
}

/// Answers `/benchmarks/ID/data`.
pub(crate) async fn data(
    State(store): State<PublicStore>,
    State(columns): State<Arc<ScoreColumns>>,
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
    let shapes = store.benchmarks().shapes(&document).await?;
    let shapes = shapes.as_deref();
    let plots = shapes
        .map(|shapes| [spreads::areas(&document, shapes), spreads::slenderness(&document, shapes)]);
    let standings = store.standings(&document.id).await?;
    let (attributes, plotted): (Vec<_>, Vec<_>) =
        distributions(&document).into_iter().partition(|found| found.numbers.is_empty());
    page(&DataPage {
        folds: document.folds(),
        sizes: sizes(&document),
        objects,
        attributes,
        numbers: plotted.iter().filter_map(|of| spreads::attribute(&document, of)).collect(),
        mean: shapes.map(|shapes| mean_image(&document, shapes)),
        shapes: plots.into_iter().flatten().flatten().collect(),
        agreement: spreads::agreement(&store, &columns, &document, &standings).await?,
        examples,
        benchmark: document,
    })
}

fn mean_image(document: &BenchmarkDocument, shapes: &ShapesDocument) -> MeanImage {
    let path = |polygons: &Vec<Vec<u32>>| {
        let mut path = String::new();
        for polygon in polygons {
            for (index, point) in polygon.chunks_exact(2).enumerate() {
                let command = if index == 0 { 'M' } else { 'L' };
                write!(path, "{command}{} {}", point[0], point[1])
                    .expect("writing to a String does not fail");
            }
            path.push('Z');
        }
        path
    };
    let contours = shapes.structures.iter();
    MeanImage {
        src: (shapes.n_mean > 0).then(|| address::mean_image(document)),
        width: shapes.size[0],
        height: shapes.size[1],
        n_images: shapes.images.len(),
        n_mean: shapes.n_mean,
        contours: contours.map(|structure| structure.contours.each_ref().map(path)).collect(),
        percents: CONTOUR_PERCENTS,
    }
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
