//! Scores of one image: of the entries that the image browser shows, or of all.
//!
//! The page also works without script; the viewer's script takes the rows of the visible layers
//! from it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, ImageEntryDocument, MeasureMap};
use scr_store::{Copies, EntryRow, PublicStore, Submission};
use std::collections::HashMap;

use super::draw::page;
use super::draw::private_page;
use super::layers::{Layer, View, layers};
use super::submissions;
use crate::address;
use crate::error::Failure;
use crate::extractors::{PublishedBenchmark, Visitor};
use crate::nearest::nearest;
use crate::numbers::{MeasureFormat, NO_VALUE, has_column};
use crate::offered::Offered;
use crate::options::Options;

#[derive(Template)]
#[template(path = "scores.html")]
struct ScoresPage {
    benchmark: BenchmarkDocument,
    image: String,
    image_href: String,
    scores: ImageScores,
}

/// Values of one image: entries and their objects down, measures across.
pub(super) struct ImageScores {
    pub(super) columns: Vec<ScoreColumn>,
    pub(super) layers: Vec<LayerScores>,
}

pub(super) struct ScoreColumn {
    pub(super) name: String,
    /// `higher` or `lower`.
    pub(super) better: &'static str,
}

/// Values of one layer.
pub(super) struct LayerScores {
    /// The layer's, `entries:ID` or `observers:ID`.
    pub(super) key: String,
    /// Mean of the first measure over the objects; `None` where an object has no value.
    pub(super) score: Option<String>,
    /// The layer's.
    pub(super) index: usize,
    pub(super) entry_name: String,
    pub(super) entry_href: String,
    /// One for each object and one for the whole image.
    pub(super) rows: Vec<ScoreRow>,
}

pub(super) struct ScoreRow {
    pub(super) object_name: String,
    pub(super) cells: Vec<String>,
}

/// Index of the image in the path.
pub(super) fn place_of(
    benchmark: &BenchmarkDocument,
    segments: &HashMap<String, String>,
) -> Result<usize, Failure> {
    let id = segments.get("image").map(String::as_str).unwrap_or_default();
    let place = benchmark.images.iter().position(|image| image.id == id);
    let absent = || {
        let known = benchmark.images.iter().map(|image| image.id.as_str());
        let nearest = nearest(id, known);
        Failure::NoImage { benchmark: benchmark.id.clone(), image: id.to_owned(), nearest }
    };
    place.ok_or_else(absent)
}

/// Answers `/benchmarks/ID/browse/IMAGE/scores`; with `?submission=ID` those of that
/// submission too, for its submitter and for curators.
pub(crate) async fn scores(
    State(store): State<PublicStore>,
    Visitor(visitor): Visitor,
    PublishedBenchmark(row): PublishedBenchmark,
    Path(segments): Path<HashMap<String, String>>,
    options: Options,
) -> Result<Response, Failure> {
    let benchmark = row.document;
    let image = benchmark.images[place_of(&benchmark, &segments)?].clone();
    let standings = store.standings(&benchmark.id).await?;
    let chosen = options.list("entries").unwrap_or_default();
    let offered = Offered::of(&store, &standings, &benchmark, &chosen).await?;
    let entries = offered.rows(&standings).await?;
    let submission = submissions::wanted(&store, visitor, &options).await?;
    let private = submission.as_ref();
    let view = View {
        benchmark: &benchmark,
        image: &image,
        entries: &entries,
        submission: private,
        options: &options,
        copies: Copies::Display,
    };
    let layers = layers(&store, &view).await?;
    let scores =
        ImageScores::new(&store, &benchmark, &image, layers.iter(), private, &options).await?;
    let drawn = ScoresPage {
        image_href: address::browse(&benchmark.id, &image.id, ""),
        image: image.id,
        benchmark,
        scores,
    };
    if submission.is_some() { private_page(StatusCode::OK, &drawn) } else { page(&drawn) }
}

impl ImageScores {
    /// Scores of the entries behind `layers`, in their order; `private` is the submission
    /// among them.
    pub(super) async fn new(
        store: &PublicStore,
        benchmark: &BenchmarkDocument,
        image: &ImageEntryDocument,
        layers: impl Iterator<Item = &Layer>,
        private: Option<&Submission>,
        options: &Options,
    ) -> Result<Self, Failure> {
        let mut own = private.and_then(submissions::as_entry);
        let mut shown: Vec<(&Layer, EntryRow)> = Vec::new();
        for layer in layers {
            if let Some(id) = &layer.scored_as {
                let entry = match own.take_if(|own| own.id == *id) {
                    Some(own) => Some(own),
                    None => store.entries().get(id).await?,
                };
                shown.extend(entry.map(|entry| (layer, entry)));
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
        let layers = shown
            .iter()
            .filter_map(|(layer, entry)| layer_scores(benchmark, &image.id, layer, entry, &keys))
            .collect();
        let columns = keys.into_iter().map(|key| {
            let head = MeasureFormat::page(key);
            ScoreColumn { name: head.title(), better: head.better_words() }
        });
        Ok(Self { columns: columns.collect(), layers })
    }
}

/// An entry's values of one image; `None` if the entry does not cover it.
fn layer_scores(
    benchmark: &BenchmarkDocument,
    image: &str,
    layer: &Layer,
    entry: &EntryRow,
    keys: &[&String],
) -> Option<LayerScores> {
    let values = entry.result.images.iter().flatten().find(|values| values.image == image)?;
    let whole = (!values.image_measures.is_empty())
        .then(|| ("Whole image".to_owned(), &values.image_measures));
    let objects = values.objects.iter().map(|(id, measures)| {
        let object = benchmark.objects.iter().find(|object| object.id == *id);
        (object.map_or_else(|| id.clone(), |object| object.name.clone()), measures)
    });
    let score = keys.first().and_then(|key| {
        let defined = values.objects.values().map(|measures| measures.get(*key).copied().flatten());
        let defined: Vec<f64> = defined.collect::<Option<_>>()?;
        let mean = defined.iter().sum::<f64>() / defined.len() as f64;
        (!defined.is_empty()).then(|| MeasureFormat::page(key).value(Some(mean)))
    });
    let row = |(object_name, measures): (String, &MeasureMap<Option<f64>>)| {
        let cell = |key: &&String| match measures.get(*key) {
            Some(None) => "undefined".to_owned(),
            Some(value) => MeasureFormat::of(&entry.result, key).value(*value),
            None => NO_VALUE.to_owned(),
        };
        ScoreRow { object_name, cells: keys.iter().map(cell).collect() }
    };
    Some(LayerScores {
        key: layer.key(),
        score,
        index: layer.index,
        entry_name: entry.card.name.clone(),
        entry_href: layer.page_href.clone().unwrap_or_else(|| address::entry(&entry.id)),
        rows: objects.chain(whole).map(row).collect(),
    })
}
