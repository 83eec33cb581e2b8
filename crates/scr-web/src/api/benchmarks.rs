//! Benchmarks and lists of their entries, as JSON.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::Response;
use scr_documents::{BenchmarkAnswer, BenchmarkList, BenchmarkSummary, EntryList};
use scr_store::{EntrySelection, PublicStore};
use serde::Deserialize;

use super::entry_stream::EntryStream;
use super::paging::PageQuery;
use super::refusals;
use crate::address;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::field_error::FieldError;

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

/// Query of a list of entries.
#[derive(Deserialize)]
pub(crate) struct EntryQuery {
    after: Option<String>,
    limit: Option<u32>,
    verified: Option<String>,
}

/// Entries of a benchmark in the order of publication, without their images' values. `next` is
/// the address of the entries that follow; null at the end.
#[utoipa::path(
    get,
    path = "/api/v1/benchmarks/{benchmark}/entries",
    tag = "benchmarks",
    params(
        ("benchmark" = String, Path, description = "Identifier of the benchmark"),
        ("after" = Option<String>, Query, description = "Identifier of the entry after which the list begins"),
        ("limit" = Option<u32>, Query, description = "Largest number of entries, from 1 to 500, by default 100", minimum = 1, maximum = 500),
        ("verified" = Option<u8>, Query, description = "1 for entries alone whose models the site ran", minimum = 1, maximum = 1)
    ),
    responses(
        (status = 200, description = "The entries", body = EntryList),
        refusals::InvalidQuery,
        refusals::NoBenchmark,
        refusals::InvalidFields
    )
)]
pub(crate) async fn entries(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    Query(EntryQuery { after, limit, verified }): Query<EntryQuery>,
) -> Result<Response, Failure> {
    let id = &row.document.id;
    let query = PageQuery { after, limit };
    let limit = query.limit()?;
    let mut path = address::benchmark(id, "entries");
    let selection = match verified.as_deref() {
        None => EntrySelection::All,
        Some("1") => {
            path += "?verified=1";
            EntrySelection::Verified
        }
        Some(other) => {
            let message = format!("expected 1, or nothing, found {other}");
            return Err(Failure::InvalidFields {
                errors: vec![FieldError::new("verified", message)],
            });
        }
    };
    if let Some(after) = &query.after
        && store.entries().summary(after).await?.is_none_or(|entry| entry.benchmark_id != *id)
    {
        return Err(PageQuery::invalid_after("an entry of this benchmark", after));
    }
    let (benchmark_id, after) = (row.document.id, query.after);
    EntryStream { store, benchmark_id, selection, after, limit, path }.answer().await
}
