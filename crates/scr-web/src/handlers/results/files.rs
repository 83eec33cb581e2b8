//! Results of all entries as files: CSV, JSON and LaTeX.

use axum::extract::State;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, ResultListDocument};
use scr_report::csv;
use scr_report::layout::{self, Layout};
use scr_report::listing::{ListedEntry, list_tables, result_list};
use scr_store::{EntryRow, PublicStore};

use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::handlers::entry_files::{file, plain};
use crate::numbers::has_column;
use crate::options::Options;

/// Answers `/benchmarks/ID/results.csv`.
pub(crate) async fn results_csv(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Response, Failure> {
    let text = csv::result_list(&list(&store, &row.document).await?);
    Ok(file(&name(&row.document, "csv"), "text/csv; charset=utf-8", text))
}

/// Answers `/benchmarks/ID/results.json`.
pub(crate) async fn results_json(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Response, Failure> {
    let text = list(&store, &row.document).await?.to_json();
    Ok(file(&name(&row.document, "json"), "application/json", text))
}

/// Answers `/benchmarks/ID/results.tex`: tables for a paper by a few measures.
pub(crate) async fn results_tex(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Response, Failure> {
    let entries = store.entries().summaries(&row.document.id).await?;
    let few = |key: &str| has_column(key, &Options::default());
    let tables = list_tables(&listed(&entries), &few);
    let text = layout::write(&tables, Layout::Latex);
    Ok(file(&name(&row.document, "tex"), "application/x-tex; charset=utf-8", text))
}

fn name(benchmark: &BenchmarkDocument, extension: &str) -> String {
    format!("{}-results.{extension}", plain(&benchmark.id))
}

async fn list(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
) -> Result<ResultListDocument, Failure> {
    let entries = store.entries().summaries(&benchmark.id).await?;
    Ok(result_list(&benchmark.id, &benchmark.digest, &listed(&entries)))
}

fn listed(entries: &[EntryRow]) -> Vec<ListedEntry<'_>> {
    entries.iter().map(one).collect()
}

fn one(entry: &EntryRow) -> ListedEntry<'_> {
    ListedEntry {
        id: &entry.id,
        name: &entry.card.name,
        role: entry.role,
        published_at: &entry.published_at,
        result: &entry.result,
    }
}
