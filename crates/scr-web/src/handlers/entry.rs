//! An entry: its card, its results, its images from the worst on, how to cite it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_report::{MeasureMap, SummaryDocument};
use scr_store::{BenchmarkDocument, EntryRow, Store};

use super::page;
use crate::address;
use crate::citation::citation;
use crate::error::Failure;
use crate::extractors::{Options, PublishedEntry};
use crate::image_table::ImageTable;
use crate::numbers::{MeasureHead, date};
use crate::references::{Piece, linked};
use crate::results_table::reference_mark;

#[derive(Template)]
#[template(path = "entry.html")]
struct EntryPage {
    benchmark: BenchmarkDocument,
    benchmark_href: String,
    entry: EntryRow,
    mark: &'static str,
    authors: String,
    reference: Vec<Piece>,
    code: Vec<Piece>,
    published: String,
    summaries: Vec<SummaryTable>,
    images: ImageTable,
    json_href: String,
    csv_href: String,
    browse_href: Option<String>,
    citation: String,
}

/// All measures of one object.
struct SummaryTable {
    title: String,
    rows: Vec<SummaryRow>,
}

struct SummaryRow {
    measure: String,
    better: &'static str,
    mean_sd: String,
    interval: String,
    /// Smallest value, lower quartile, median, upper quartile, largest value.
    five_numbers: [String; 5],
    n: usize,
    n_undefined: usize,
}

/// Answers `/entries/ID`.
pub(crate) async fn entry(
    State(store): State<Store>,
    PublishedEntry(entry): PublishedEntry,
    options: Options,
) -> Result<Response, Failure> {
    let Some(row) = store.benchmark(&entry.benchmark_id).await? else {
        tracing::error!(entry = entry.id, "an entry's benchmark is not in the store");
        return Err(Failure::Internal);
    };
    let benchmark = row.document;
    let href = address::entry(&entry.id);
    let look = address::query([("entries", entry.id.as_str())]);
    let images = ImageTable::new(&benchmark, &entry, &href, &look, &options);
    page(&EntryPage {
        benchmark_href: address::benchmark(&benchmark.id, ""),
        mark: reference_mark(entry.role),
        authors: entry.card.authors.join(", "),
        reference: linked(&entry.card.reference),
        code: linked(&entry.card.code),
        published: date(&entry.published_at).to_owned(),
        summaries: summaries(&benchmark, &entry),
        json_href: format!("{href}/results.json"),
        csv_href: format!("{href}/results.csv"),
        browse_href: images.rows.first().map(|row| row.href.clone()),
        citation: citation(&entry, &benchmark),
        images,
        entry,
        benchmark,
    })
}

fn summaries(benchmark: &BenchmarkDocument, entry: &EntryRow) -> Vec<SummaryTable> {
    let result = &entry.result;
    let whole = Some(("All structures together, by image".to_owned(), &result.image_measures));
    let objects = result.objects.iter().map(|(id, measures)| {
        let object = benchmark.objects.iter().find(|object| object.id == *id);
        (object.map_or_else(|| id.clone(), |object| object.name.clone()), measures)
    });
    whole
        .into_iter()
        .chain(objects)
        .filter(|(_, measures)| !measures.is_empty())
        .map(|(title, measures)| SummaryTable { title, rows: summary_rows(measures) })
        .collect()
}

fn summary_rows(measures: &MeasureMap<SummaryDocument>) -> Vec<SummaryRow> {
    let row = |(key, summary): (&String, &SummaryDocument)| {
        let head = MeasureHead::of(key);
        let five = [summary.min, summary.q1, summary.median, summary.q3, summary.max];
        SummaryRow {
            measure: head.title(),
            better: head.better_words(),
            mean_sd: head.mean_sd(summary.mean, summary.sd),
            interval: head.interval(summary.ci95),
            five_numbers: five.map(|value| head.shown(value)),
            n: summary.n,
            n_undefined: summary.n_undefined,
        }
    };
    measures.iter().map(row).collect()
}
