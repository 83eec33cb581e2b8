//! Overview page of a benchmark: description, leaders, links.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, Fold};
use scr_store::{EntryFilter, PublicStore, RowRange};

use super::draw::page;
use super::entry_files::{BIBTEX, file, plain};
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::numbers::date;
use crate::options::Options;
use crate::references::{Piece, linked};
use crate::results_table::{ResultsTable, Row, Subject, TablePage, TableRequest, TableSource};
use crate::thumbnails::{Thumbnail, evenly_spaced};
use crate::{address, citation};

/// Entries of each object that the page names.
const N_LEADERS: u32 = 5;

#[derive(Template)]
#[template(path = "benchmark.html")]
struct BenchmarkPage {
    benchmark: BenchmarkDocument,
    href: String,
    folds: Vec<(Fold, usize)>,
    n_entries: u64,
    published: String,
    leaders: Vec<Leaders>,
    examples: Vec<Thumbnail>,
    cite: Vec<Vec<Piece>>,
    accepts_submissions: bool,
}

/// The first entries of one table.
struct Leaders {
    title: String,
    href: String,
    ordered_by: String,
    rows: Vec<Leader>,
}

struct Leader {
    row: Row,
    value: String,
    /// Interval of the mean as SVG; empty without one.
    mark: String,
}

impl Leaders {
    fn of(benchmark: &BenchmarkDocument, found: TablePage<'_>, title: &str) -> Self {
        let options = Options::default();
        let source = TableSource { benchmark: &benchmark.id, board: None, options: &options };
        let table = ResultsTable::new(source, found, title.to_owned());
        let results = address::benchmark(&benchmark.id, "results");
        let leader = |row: Row| Leader {
            value: row.cells.first().map(|cell| cell.text.clone()).unwrap_or_default(),
            mark: row.cells.first().map(|cell| cell.mark.clone()).unwrap_or_default(),
            row,
        };
        Self {
            title: table.caption,
            href: format!("{results}#{}", address::encoded(&table.id)),
            ordered_by: table.ordered_by,
            rows: table.rows.into_iter().map(leader).collect(),
        }
    }
}

/// Answers `/benchmarks/ID`.
pub(crate) async fn benchmark(
    State(store): State<PublicStore>,
    PublishedBenchmark(row): PublishedBenchmark,
) -> Result<Response, Failure> {
    let document = row.document;
    let counts = store.entries().counts(&document.id).await?;
    let standings = store.standings(&document.id).await?;
    let options = Options::default();
    let request = TableRequest {
        standings: &standings,
        fold: None,
        options: &options,
        filter: &EntryFilter::default(),
        range: RowRange { start: 0, count: N_LEADERS },
    };
    let mut leaders = Vec::new();
    for object in &document.objects {
        let found = TablePage::read(request, Subject::Object(&object.id)).await?;
        leaders.extend(found.map(|found| Leaders::of(&document, found, &object.name)));
    }
    let mut examples = Vec::new();
    for image in evenly_spaced(&document, 4) {
        examples.push(Thumbnail::outlined(&store, &document, image).await?);
    }
    page(&BenchmarkPage {
        href: address::benchmark(&document.id, ""),
        folds: document.folds(),
        n_entries: counts.all(),
        published: date(&row.published_at).to_owned(),
        leaders,
        examples,
        cite: document.terms.cite.iter().map(|text| linked(text)).collect(),
        accepts_submissions: store.benchmarks().accepts_submissions(&document).await?,
        benchmark: document,
    })
}

/// Answers `/benchmarks/ID/cite.bib`.
pub(crate) async fn cite_bib(PublishedBenchmark(row): PublishedBenchmark) -> Response {
    let records = citation::of_benchmark(&row.document, &row.published_at);
    let name = format!("{}.bib", plain(&row.document.id));
    file(&name, BIBTEX, citation::file_of(records))
}
