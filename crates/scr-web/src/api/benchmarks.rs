//! Benchmarks and lists of their entries, as JSON.

use axum::Json;
use axum::extract::State;
use scr_documents::BenchmarkDocument;
use scr_store::PublicStore;
use serde::Serialize;
use utoipa::ToSchema;

use super::entries::EntrySummary;
use super::refusals;
use super::schema;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;

/// All benchmarks, without their images.
#[derive(Serialize, ToSchema)]
pub(crate) struct BenchmarkList {
    benchmarks: Vec<BenchmarkSummary>,
}

/// A benchmark in a list.
#[derive(Serialize, ToSchema)]
struct BenchmarkSummary {
    /// Identifier, as in its address.
    id: String,
    /// Name for people.
    title: String,
    /// What the images are.
    description: String,
    /// Names exactly what is scored against.
    digest: String,
    /// Whether the images are drawn by a program and are no patient's.
    phantom: bool,
    /// How many images there are.
    n_images: usize,
    /// Identifiers of what is scored.
    objects: Vec<String>,
    /// When it was published here, RFC 3339.
    published_at: String,
}

/// A benchmark and when it was published.
#[derive(Serialize)]
pub(crate) struct BenchmarkAnswer {
    #[serde(flatten)]
    pub(crate) document: BenchmarkDocument,
    pub(crate) published_at: String,
}

/// The entries of a benchmark, without their images' values.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntryList {
    entries: Vec<EntrySummary>,
}

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
        (status = 200, description = "The benchmark", body = schema::Benchmark),
        refusals::NoBenchmark
    )
)]
pub(crate) async fn benchmark(
    PublishedBenchmark(row): PublishedBenchmark,
) -> Json<BenchmarkAnswer> {
    Json(BenchmarkAnswer { document: row.document, published_at: row.published_at })
}

/// The entries of a benchmark, in the order in which they were published,
/// without their images' values.
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
    Ok(Json(EntryList { entries: rows.into_iter().map(EntrySummary::from).collect() }))
}
