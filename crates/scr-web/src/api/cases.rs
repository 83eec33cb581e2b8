//! Cases of a benchmark and scores of single images, in columns, as JSON.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, CaseList, ImageEntryDocument, ScoreColumn};
use scr_store::PublicStore;
use serde::Deserialize;
use std::sync::Arc;

use super::refusals;
use crate::address;
use crate::cache::{Keep, file_response};
use crate::cases::{Score, ScoreColumns, Scored};
use crate::error::Failure;
use crate::extractors::{EntryHead, PublishedBenchmark, benchmark_of};
use crate::offered::Offered;

/// Object and file of a column in its path.
#[derive(Deserialize)]
pub(crate) struct ColumnPath {
    object: String,
    file: String,
}

/// The images of a benchmark in columns, and the measures and entries whose scores can order
/// them; of many entries the observers, the baselines and the best. Empty columns where scores of single images are hidden.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/cases.json",
    tag = "benchmarks",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    responses(
        (status = 200, description = "The cases", body = CaseList),
        refusals::NoBenchmark
    )
)]
pub(crate) async fn cases(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let list = case_list(&store, &row.document).await?;
    answer(&headers, &list)
}

/// Scores of an entry in every image of its benchmark: one measure of one object, on full
/// precision. The object `all` has the measures of whole images. The values are in the order
/// of the benchmark's images.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{entry}/scores/{object}/{measure}.json",
    tag = "entries",
    params(
        ("entry" = String, Path, description = "Identifier of the entry"),
        ("object" = String, Path, description = "Identifier of the object, or `all`"),
        ("measure" = String, Path, description = "Key of the measure, with its unit")
    ),
    responses(
        (status = 200, description = "The scores", body = ScoreColumn),
        refusals::NoEntry,
        refusals::NoFile
    )
)]
pub(crate) async fn entry_scores(
    State(store): State<PublicStore>,
    State(columns): State<Arc<ScoreColumns>>,
    EntryHead(entry): EntryHead,
    Path(ColumnPath { object, file }): Path<ColumnPath>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let benchmark = benchmark_of(&store, &entry.benchmark_id).await?;
    let measure = file.strip_suffix(".json").ok_or(Failure::NoFile)?;
    let scores = columns.get(&store, &benchmark, &entry, &object, measure).await?;
    let scores = scores.ok_or(Failure::NoFile)?;
    let missing = scores.iter().enumerate().filter(|(_, score)| **score == Score::Missing);
    let column = ScoreColumn {
        entry: entry.id,
        measure: measure.to_owned(),
        object,
        values: scores.iter().map(|score| score.known()).collect(),
        missing: missing.map(|(place, _)| place).collect(),
    };
    answer(&headers, &column)
}

fn answer(headers: &HeaderMap, document: &impl serde::Serialize) -> Result<Response, Failure> {
    let json = serde_json::to_vec(document).map_err(|error| {
        tracing::error!(%error, "cases cannot be written");
        Failure::Internal
    })?;
    Ok(file_response(headers, json.into(), "application/json", Keep::AskAgain))
}

async fn case_list(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
) -> Result<CaseList, Failure> {
    let standings = store.standings(&benchmark.id).await?;
    let offered = Offered::of(store, &standings, benchmark, &[]).await?;
    let scored = Scored::of(store, &standings, benchmark, &offered.entries).await?;
    let images = &benchmark.images;
    let mut list = CaseList {
        benchmark: benchmark.id.clone(),
        digest: benchmark.digest.clone(),
        images: images.iter().map(|image| image.id.clone()).collect(),
        fold: images.iter().map(|image| image.fold).collect(),
        attributes: [].into(),
        pictures: pictures(benchmark),
        reference: benchmark
            .reference()
            .filter(|_| benchmark.shows_observers())
            .map(|reference| reference.id.clone()),
        columns: scored.columns,
        entries: scored.entries,
    };
    for name in images.iter().flat_map(|image| image.attributes.keys()) {
        if !list.attributes.contains_key(name) {
            let value = |image: &ImageEntryDocument| {
                image.attributes.get(name).cloned().unwrap_or_default()
            };
            list.attributes.insert(name.clone(), images.iter().map(value).collect());
        }
    }
    Ok(list)
}

/// Addresses of the pictures of a case, `*` in place of its image.
fn pictures(benchmark: &BenchmarkDocument) -> Vec<String> {
    let version = address::version(benchmark);
    let has_pixels = benchmark.images.iter().any(|image| image.has_pixels);
    let may_show = benchmark.terms.display.is_allowed() && has_pixels;
    let reference = benchmark.reference().filter(|_| benchmark.shows_observers());
    let radiograph = may_show.then(|| format!("thumbnails/*.png?v={version}"));
    let outlines = reference
        .map(|observer| format!("thumbnails/{}/*.svg?v={version}", address::encoded(&observer.id)));
    radiograph.into_iter().chain(outlines).collect()
}
