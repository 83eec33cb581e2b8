//! Results page of a benchmark: overview by pixel error, a table per object, and published
//! values.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, EntryRole, LiteratureDocument, Protocol};
use scr_report::plot::{BoxPlotRow, box_plot};
use scr_report::tables::as_published;
use scr_store::{EntryRow, PublicStore};

use super::draw::page;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::numbers::{NO_VALUE, capitalised, shows_all};
use crate::options::Options;
use crate::references::{Piece, linked};
use crate::results_table::{ResultsTable, Subject};

#[derive(Template)]
#[template(path = "results.html")]
struct ResultsPage {
    benchmark: BenchmarkDocument,
    overview: Option<ResultsTable>,
    /// SVG, with its texts escaped; empty when no entry has a pixel error.
    plot: String,
    tables: Vec<ResultsTable>,
    literature: Vec<Literature>,
    scoring: Vec<Scoring>,
    /// True if tables show all measures.
    shows_all: bool,
}

/// Published values of one object.
struct Literature {
    object: String,
    rows: Vec<LiteratureRow>,
}

struct LiteratureRow {
    measure: String,
    method: String,
    year: String,
    value: String,
    unit: String,
    protocol: String,
    verified: String,
    source: Vec<Piece>,
}

/// Scoring rules of the entries on the page.
#[derive(PartialEq)]
struct Scoring {
    evaluator_version: String,
    bootstrap_resamples: usize,
    bootstrap_seed: u64,
}

/// Answers `/benchmarks/ID/results`.
pub(crate) async fn results(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
    options: Options,
) -> Result<Response, Failure> {
    let document = row.document;
    let entries = store.entries().summaries(&document.id).await?;
    let table = |subject: Subject<'_>, caption: String| {
        ResultsTable::new(&document.id, &subject, caption, &entries, &options)
    };
    let overview = table(Subject::WholeImage, "All structures together, by image".to_owned());
    let tables = document
        .objects
        .iter()
        .filter_map(|object| table(Subject::Object(&object.id), object.name.clone()))
        .collect();
    let mut scoring: Vec<Scoring> = Vec::new();
    for entry in &entries {
        let rules = Scoring {
            evaluator_version: entry.result.evaluator_version.clone(),
            bootstrap_resamples: entry.result.bootstrap_resamples,
            bootstrap_seed: entry.result.bootstrap_seed,
        };
        if !scoring.contains(&rules) {
            scoring.push(rules);
        }
    }
    page(&ResultsPage {
        plot: pixel_error_plot(&document.title, &entries),
        overview,
        tables,
        literature: literature(&document),
        scoring,
        shows_all: shows_all(&options),
        benchmark: document,
    })
}

/// The box plot of the pixel errors, the smallest median first.
fn pixel_error_plot(title: &str, entries: &[EntryRow]) -> String {
    let mut rows: Vec<BoxPlotRow> = entries
        .iter()
        .filter_map(|entry| {
            let summary = entry.result.image_measures.get("pixel_error")?;
            Some(BoxPlotRow {
                label: entry.card.name.clone(),
                min: summary.min?,
                q1: summary.q1?,
                median: summary.median?,
                q3: summary.q3?,
                max: summary.max?,
                mean: summary.mean?,
                is_reference: entry.role != EntryRole::Method,
            })
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by(|left, right| left.median.total_cmp(&right.median));
    box_plot(
        &format!("Pixel error of each entry on {title}"),
        "Pixel error: share of pixels with a wrong label",
        &rows,
    )
}

/// The published rows by object, in the order in which the benchmark lists them.
fn literature(document: &BenchmarkDocument) -> Vec<Literature> {
    let mut groups: Vec<(String, Literature)> = Vec::new();
    for row in &document.literature {
        let place = groups.iter().position(|(id, _)| *id == row.object);
        let place = place.unwrap_or_else(|| {
            let object = object_name(document, &row.object);
            groups.push((row.object.clone(), Literature { object, rows: Vec::new() }));
            groups.len() - 1
        });
        groups[place].1.rows.push(literature_row(row));
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn literature_row(row: &LiteratureDocument) -> LiteratureRow {
    LiteratureRow {
        measure: capitalised(&row.measure.replace('_', " ")),
        method: row.method.clone(),
        year: row.year.clone(),
        value: as_published(row.mean, row.sd).unwrap_or_else(|| NO_VALUE.to_owned()),
        unit: row.unit.clone(),
        protocol: row.protocol.clone(),
        verified: row.verified.clone(),
        source: linked(&row.source),
    }
}

fn object_name(document: &BenchmarkDocument, id: &str) -> String {
    let object = document.objects.iter().find(|object| object.id == id);
    match object {
        Some(object) => object.name.clone(),
        None if id == "all" => "All structures together".to_owned(),
        None => capitalised(&id.replace('_', " ")),
    }
}
