//! Results of all entries as files: CSV and JSON, streamed column by column, and LaTeX.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use futures_util::stream::{self, StreamExt};
use scr_documents::{BenchmarkDocument, ResultListDocument, ResultListWriter, ResultRowDocument};
use scr_report::csv;
use scr_report::layout::{self, Layout};
use scr_report::listing::{ListedEntry, RANKED_BY, list_tables};
use scr_store::{
    DownloadEntry, DownloadValue, EntryFilter, EntryRow, EntrySelection, PublicStore, RowRange,
    StorageError, TableColumn,
};
use std::collections::{HashMap, VecDeque};

use super::choice::subjects;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::handlers::entry_files::{file, plain};
use crate::numbers::{MeasureFormat, has_column};
use crate::options::Options;
use crate::results_table::{TablePage, TableRequest};

/// Most entries of a paper's tables.
const MAX_IN_TABLES: u32 = 100;
/// Name of all images among folds, and of whole images among objects.
const ALL: &str = "all";

/// Answers `/benchmarks/ID/results.csv`.
pub(crate) async fn results_csv(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Response, Failure> {
    let body = Download::begin(store, &row.document, RowWriter::Csv).await?.stream();
    Ok(file(&name(&row.document, "csv"), "text/csv; charset=utf-8", body))
}

/// Answers `/benchmarks/ID/results.json`.
pub(crate) async fn results_json(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Response, Failure> {
    let writer = RowWriter::Json(ResultListWriter::default());
    let body = Download::begin(store, &row.document, writer).await?.stream();
    Ok(file(&name(&row.document, "json"), "application/json", body))
}

/// Answers `/benchmarks/ID/results.tex`: tables for a paper by a few measures; of many entries
/// the best.
pub(crate) async fn results_tex(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Response, Failure> {
    let benchmark = row.document;
    let n_all = store.entries().counts(&benchmark.id).await?.all();
    let mut note = String::new();
    let entries = if n_all <= u64::from(MAX_IN_TABLES) {
        store
            .entries()
            .summaries_after(&benchmark.id, EntrySelection::All, None, MAX_IN_TABLES)
            .await?
    } else {
        note = format!("% The best {MAX_IN_TABLES} of {n_all} entries by the first table.\n");
        best(&store, &benchmark).await?
    };
    let few = |key: &str| has_column(key, &Options::default());
    let listed: Vec<ListedEntry<'_>> = entries
        .iter()
        .map(|entry| ListedEntry { name: &entry.card.name, result: &entry.result })
        .collect();
    let text = note + &layout::write(&list_tables(&listed, &few), Layout::Latex);
    Ok(file(&name(&benchmark, "tex"), "application/x-tex; charset=utf-8", text))
}

/// The best entries by the first table that there is.
async fn best(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
) -> Result<Vec<EntryRow>, Failure> {
    let standings = store.standings(&benchmark.id).await?;
    let request = TableRequest {
        standings: &standings,
        fold: None,
        options: &Options::default(),
        filter: &EntryFilter::default(),
        range: RowRange { start: 0, count: MAX_IN_TABLES },
    };
    let mut entries = Vec::new();
    for (subject, _) in subjects(benchmark) {
        let Some(page) = TablePage::read(request, subject).await? else { continue };
        for row in page.rows {
            entries.extend(store.entries().summary(&row.entry.id).await?);
        }
        break;
    }
    Ok(entries)
}

fn name(benchmark: &BenchmarkDocument, extension: &str) -> String {
    format!("{}-results.{extension}", plain(&benchmark.id))
}

/// Form of the rows.
enum RowWriter {
    Csv,
    Json(ResultListWriter),
}

impl RowWriter {
    fn begin(&self, benchmark: &BenchmarkDocument) -> String {
        match self {
            Self::Csv => csv::result_list_head(),
            Self::Json(writer) => writer.begin(ResultListDocument {
                benchmark: benchmark.id.clone(),
                benchmark_digest: benchmark.digest.clone(),
                ranked_by: RANKED_BY.to_owned(),
                rows: Vec::new(),
            }),
        }
    }

    fn rows(&mut self, rows: &[ResultRowDocument]) -> String {
        match self {
            Self::Csv => csv::result_list_rows(rows),
            Self::Json(writer) => writer.rows(rows),
        }
    }

    fn end(self) -> &'static str {
        match self {
            Self::Csv => "",
            Self::Json(writer) => writer.end(),
        }
    }
}

/// Download in progress: columns that are still to be written.
struct Download {
    store: PublicStore,
    head: String,
    entries: HashMap<i64, DownloadEntry>,
    columns: VecDeque<TableColumn>,
    writer: RowWriter,
}

/// Next part of a download.
enum Part {
    Head(Download),
    Columns(Download),
    End,
}

impl Download {
    async fn begin(
        store: PublicStore,
        benchmark: &BenchmarkDocument,
        writer: RowWriter,
    ) -> Result<Self, Failure> {
        let columns = in_order(store.standings(&benchmark.id).await?.all_columns());
        let entries = store.entries().for_download(&benchmark.id).await?;
        Ok(Self { head: writer.begin(benchmark), store, entries, columns, writer })
    }

    fn stream(self) -> Body {
        // Fused: the compression layer polls once more after the end.
        let parts = stream::unfold(Part::Head(self), |part| async move {
            let (text, next) = match part {
                Part::Head(mut download) => {
                    (std::mem::take(&mut download.head), Part::Columns(download))
                }
                Part::Columns(mut download) => match download.next_column().await {
                    Ok(Some(text)) => (text, Part::Columns(download)),
                    Ok(None) => (download.writer.end().to_owned(), Part::End),
                    // An error ends the body early: readers notice.
                    Err(error) => return Some((Err(error), Part::End)),
                },
                Part::End => return None,
            };
            Some((Ok::<_, StorageError>(Bytes::from(text)), next))
        });
        Body::from_stream(parts.fuse())
    }

    async fn next_column(&mut self) -> Result<Option<String>, StorageError> {
        let Some(column) = self.columns.pop_front() else { return Ok(None) };
        let better = MeasureFormat::page(&column.measure).better;
        let values = self.store.entries().column_for_download(&column, better).await?;
        let row = |value: DownloadValue| {
            let entry = self.entries.get(&value.entry_number)?;
            let rank = |rank: Option<u64>| rank.and_then(|rank| usize::try_from(rank).ok());
            Some(ResultRowDocument {
                entry: entry.id.clone(),
                name: entry.name.clone(),
                role: entry.role,
                published_at: entry.published_at.clone(),
                evaluator_version: entry.evaluator_version.clone(),
                fold: or_all(&column.fold),
                object: or_all(&column.object),
                measure: column.measure.clone(),
                rank: rank(value.rank),
                rank_among_submissions: rank(value.rank_among_submissions),
                undefined_as: entry.undefined_as,
                summary: value.summary,
            })
        };
        let rows: Vec<ResultRowDocument> = values.into_iter().filter_map(row).collect();
        Ok(Some(self.writer.rows(&rows)))
    }
}

fn or_all(name: &str) -> String {
    if name.is_empty() { ALL.to_owned() } else { name.to_owned() }
}

/// Columns of measures: those of all images first, then fold by fold; in each the objects one
/// after the other, whole images last.
fn in_order(columns: &[TableColumn]) -> VecDeque<TableColumn> {
    let place = |name: fn(&TableColumn) -> &String, column: &TableColumn| {
        columns.iter().position(|found| name(found) == name(column))
    };
    let mut sorted: Vec<&TableColumn> =
        columns.iter().filter(|column| !column.measure.is_empty()).collect();
    sorted.sort_by_key(|column| {
        let fold = place(|column| &column.fold, column).filter(|_| !column.fold.is_empty());
        let object = place(|column| &column.object, column);
        (fold, column.object.is_empty(), object)
    });
    sorted.into_iter().cloned().collect()
}
