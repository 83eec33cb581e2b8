//! Benchmarks and lists of their entries, as JSON.

use axum::Json;
use axum::extract::State;
use scr_documents::{BenchmarkAnswer, BenchmarkList, BenchmarkSummary, EntryList};
use scr_store::PublicStore;

use super::entries::entry_summary;
use super::refusals;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;

/// All benchmarks, without their images.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks",
    tag = "benchmarks",
    responses((status = 200, description = "All benchmarks", body = BenchmarkList))
)]
pub(crate) async fn benchmarks(
    State(store): State<PublicStore>,
) -> Result<Json<BenchmarkList>, Failure> {
    let rows = store.benchmarks().list().await?;
    let benchmarks = rows
        .into_iter()
        .map(|row| BenchmarkSummary {
            id: row.document.id,
            title: row.document.title,
            description: row.document.description,
            digest: row.document.digest,
            phantom: row.document.phantom,
            n_images: row.document.images.len(),
            objects: row.document.objects.into_iter().map(|object| object.id).collect(),
            published_at: row.published_at,
        })
        .collect();
    Ok(Json(BenchmarkList { benchmarks }))
}

/// One benchmark, with its images.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}",
    tag = "benchmarks",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    responses(
        (status = 200, description = "The benchmark", body = BenchmarkAnswer),
        refusals::NoBenchmark
    )
)]
pub(crate) async fn benchmark(
    PublishedBenchmark(row): PublishedBenchmark,
) -> Json<BenchmarkAnswer> {
    Json(BenchmarkAnswer { document: row.document, published_at: row.published_at })
}

/// The entries of a benchmark in the order of publication, without their images' values.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/entries",
    tag = "benchmarks",
    params(("benchmark" = String, Path, description = "Identifier of the benchmark")),
    responses(
        (status = 200, description = "The entries", body = EntryList),
        refusals::NoBenchmark
    )
)]
pub(crate) async fn entries(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Json<EntryList>, Failure> {
    let rows = store.entries().summaries(&row.document.id).await?;
    Ok(Json(EntryList { entries: rows.into_iter().map(entry_summary).collect() }))
}
