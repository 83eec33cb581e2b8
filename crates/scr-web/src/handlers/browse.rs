//! The browser on one image: the radiograph, outlines, scores.
//!
//! Everything shown is in the address, so that a view can be linked. This page
//! works without script; `static/viewer/` takes the figure over where script
//! runs, from the same fields.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use scr_report::SpacingDocument;
use scr_store::{BenchmarkDocument, EntryRow, ImageEntryDocument, Store};
use std::collections::HashMap;

use super::account::private_page;
use super::layers::{Layer, layers};
use super::submissions;
use crate::address;
use crate::error::Failure;
use crate::extractors::{Options, Published, Visitor};
use crate::numbers::{MeasureHead, NONE, capitalised, has_column};

/// Options that go along to the next image; the view on this one does not.
const KEPT: [&str; 8] = [
    "submission",
    "entries",
    "observers",
    "structures",
    "window",
    "invert",
    "differences",
    "posterior",
];

#[derive(Template)]
#[template(path = "browse.html")]
struct BrowsePage {
    benchmark: BenchmarkDocument,
    image: ImageEntryDocument,
    /// Place of the image in the benchmark, from 1.
    position: usize,
    count: usize,
    /// Addresses of the neighbours, with the options that go along.
    previous: Option<String>,
    next: Option<String>,
    /// None where the terms forbid display or the pixels are absent.
    image_href: Option<String>,
    /// mm a pixel, where it is known and the same in both directions.
    spacing_mm: Option<f64>,
    layers: Vec<Layer>,
    /// Whether any of the layers has.
    has_posteriors: bool,
    structures: Vec<StructureChoice>,
    /// Grey window `LOW-HIGH` as in the address.
    window: Option<String>,
    invert: bool,
    score_columns: Vec<ScoreColumn>,
    scores: Vec<ScoreRow>,
    attributes: Vec<(String, String)>,
    /// Of who may see what is not public: a submission among the layers.
    submission: Option<String>,
}

/// A structure of the list.
pub(super) struct StructureChoice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) shown: bool,
}

struct ScoreColumn {
    name: String,
    /// `higher` or `lower`.
    better: &'static str,
}

struct ScoreRow {
    /// The layer's.
    index: usize,
    entry_name: String,
    entry_href: String,
    object_name: String,
    cells: Vec<String>,
}

/// Answers `/benchmarks/ID/browse/IMAGE`; with `?submission=ID` that submission is
/// among the layers, for its submitter and for curators.
pub(crate) async fn browse(
    State(store): State<Store>,
    Visitor(visitor): Visitor,
    Published(row): Published,
    Path(segments): Path<HashMap<String, String>>,
    options: Options,
) -> Result<Response, Failure> {
    let benchmark = row.document;
    let id = segments.get("image").map(String::as_str).unwrap_or_default();
    let Some(index) = benchmark.images.iter().position(|image| image.id == id) else {
        return Err(Failure::NoImage { benchmark: benchmark.id, image: id.to_owned() });
    };
    let image = benchmark.images[index].clone();
    let entries = store.entries_without_images(&benchmark.id).await?;
    let structures = structures(&benchmark, &options);
    let submission = match (options.first("submission"), visitor) {
        (Some(id), Some(member)) => Some(submissions::seen(&store, &member, id.to_owned()).await?),
        (Some(id), None) => return Err(Failure::NoSubmission { id: id.to_owned() }),
        (None, _) => None,
    };
    let private = submission.as_ref();
    let layers =
        layers(&store, &benchmark, &image, &entries, private, &structures, &options).await?;
    let own = private.and_then(submissions::as_entry);
    let (score_columns, scores) =
        scores(&store, &benchmark, &image, &layers, own, &options).await?;
    let kept = kept_options(&options);
    let neighbour = |image: &ImageEntryDocument| address::browse(&benchmark.id, &image.id, &kept);
    let may_show = benchmark.terms.may_display && image.has_pixels;
    let page = BrowsePage {
        submission: submission.map(|submission| submission.id),
        position: index + 1,
        count: benchmark.images.len(),
        previous: index.checked_sub(1).map(|index| neighbour(&benchmark.images[index])),
        next: benchmark.images.get(index + 1).map(neighbour),
        image_href: may_show.then(|| address::image(&benchmark, &image.id)),
        spacing_mm: benchmark.spacing_mm.and_then(SpacingDocument::same),
        has_posteriors: layers.iter().any(|layer| layer.posteriors.is_some()),
        layers,
        structures,
        window: options.first("window").map(str::to_owned),
        invert: options.first("invert").is_some_and(|value| value != "0"),
        score_columns,
        scores,
        attributes: image
            .attributes
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (capitalised(&name.replace('_', " ")), value.clone()))
            .collect(),
        image,
        benchmark,
    };
    if page.submission.is_some() {
        return private_page(StatusCode::OK, &page);
    }
    super::page(&page)
}

fn structures(benchmark: &BenchmarkDocument, options: &Options) -> Vec<StructureChoice> {
    let chosen = options.list("structures");
    let is_shown = |id: &str| chosen.as_ref().is_none_or(|chosen| chosen.contains(&id));
    benchmark
        .structures
        .iter()
        .map(|structure| StructureChoice {
            id: structure.id.clone(),
            name: structure.name.clone(),
            shown: is_shown(&structure.id),
        })
        .collect()
}

/// The values of the shown entries on this image: objects down, measures across.
async fn scores(
    store: &Store,
    benchmark: &BenchmarkDocument,
    image: &ImageEntryDocument,
    layers: &[Layer],
    mut own: Option<EntryRow>,
    options: &Options,
) -> Result<(Vec<ScoreColumn>, Vec<ScoreRow>), Failure> {
    let mut shown: Vec<(usize, EntryRow)> = Vec::new();
    for layer in layers.iter().filter(|layer| layer.shown) {
        if let Some(id) = &layer.scored_as {
            let entry = match own.take_if(|own| own.id == *id) {
                Some(own) => Some(own),
                None => store.entry(id).await?,
            };
            shown.extend(entry.map(|entry| (layer.index, entry)));
        }
    }
    let mut keys: Vec<&String> = Vec::new();
    for (_, entry) in &shown {
        let of_objects = entry.result.objects.values().flat_map(|measures| measures.keys());
        for key in of_objects.chain(entry.result.image_measures.keys()) {
            if !keys.contains(&key) && has_column(key, options) {
                keys.push(key);
            }
        }
    }
    let mut rows = Vec::new();
    for (index, entry) in &shown {
        let images = entry.result.images.iter().flatten();
        let Some(values) = images.into_iter().find(|values| values.image == image.id) else {
            continue;
        };
        let whole = (!values.image_measures.is_empty())
            .then(|| ("Whole image".to_owned(), &values.image_measures));
        let objects = values.objects.iter().map(|(id, measures)| {
            let object = benchmark.objects.iter().find(|object| object.id == *id);
            (object.map_or_else(|| id.clone(), |object| object.name.clone()), measures)
        });
        for (object_name, measures) in objects.chain(whole) {
            let cell = |key: &&String| match measures.get(*key) {
                Some(None) => "undefined".to_owned(),
                Some(value) => MeasureHead::of(key).shown(*value),
                None => NONE.to_owned(),
            };
            rows.push(ScoreRow {
                index: *index,
                entry_name: entry.card.name.clone(),
                entry_href: layers
                    .iter()
                    .find(|layer| layer.index == *index)
                    .and_then(|layer| layer.page_href.clone())
                    .unwrap_or_else(|| address::entry(&entry.id)),
                object_name,
                cells: keys.iter().map(cell).collect(),
            });
        }
    }
    let columns = keys.into_iter().map(|key| {
        let head = MeasureHead::of(key);
        ScoreColumn { name: head.title(), better: head.better_words() }
    });
    Ok((columns.collect(), rows))
}

/// The options that go along to another image, as a query string.
fn kept_options(options: &Options) -> String {
    let kept: Vec<(&str, String)> =
        KEPT.into_iter().filter_map(|name| Some((name, options.list(name)?.join(",")))).collect();
    address::query(kept.iter().map(|(name, value)| (*name, value.as_str())))
}
