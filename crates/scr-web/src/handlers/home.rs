//! Front page: benchmarks with their best entries and a human's, and news.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, EntryRole};
use scr_store::{EntryRow, PublicStore};

use super::draw::page;
use crate::address;
use crate::error::Failure;
use crate::numbers::{MeasureFormat, date};
use crate::options::Options;
use crate::references::{Piece, linked};
use crate::results_table::{ResultsTable, Row, Subject, TableSource};
use crate::thumbnails::{Thumbnail, evenly_spaced};

/// Pieces of news on the page.
const N_NEWS: usize = 8;
/// Number of thumbnails of each benchmark.
const N_THUMBNAILS: usize = 6;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    benchmarks: Vec<BenchmarkCard>,
    news: Vec<News>,
}

struct BenchmarkCard {
    title: String,
    href: String,
    results_href: String,
    browse_href: String,
    description: String,
    phantom: bool,
    n_images: usize,
    n_entries: usize,
    structures: String,
    thumbnails: Vec<Thumbnail>,
    leaders: Vec<Leader>,
    has_observer: bool,
    ordered_by: String,
    cite: Vec<Vec<Piece>>,
}

/// The best of one object, and the best human.
struct Leader {
    object: String,
    href: String,
    best: Placed,
    human: Option<Placed>,
}

struct Placed {
    name: String,
    href: String,
    mark: &'static str,
    value: String,
}

struct News {
    published_at: String,
    date: String,
    what: &'static str,
    name: String,
    href: String,
    mark: &'static str,
    detail: String,
}

/// Answers `/`.
pub(crate) async fn home(State(store): State<PublicStore>) -> Result<Response, Failure> {
    let mut benchmarks = Vec::new();
    let mut news = Vec::new();
    for row in store.benchmarks().list().await? {
        let document = row.document;
        let entries = store.entries().summaries(&document.id).await?;
        news.push(News {
            date: date(&row.published_at).to_owned(),
            published_at: row.published_at,
            what: "Benchmark",
            name: document.title.clone(),
            href: address::benchmark(&document.id, ""),
            mark: if document.phantom { "phantom" } else { "" },
            detail: contents(&document, &entries),
        });
        let submissions = entries.iter().filter(|entry| entry.role == EntryRole::Method);
        news.extend(submissions.map(|entry| of_entry(&document, entry)));
        let mut thumbnails = Vec::new();
        for image in evenly_spaced(&document, N_THUMBNAILS) {
            thumbnails.push(Thumbnail::outlined(&store, &document, image).await?);
        }
        let (leaders, ordered_by) = leaders(&document, &entries);
        benchmarks.push(BenchmarkCard {
            href: address::benchmark(&document.id, ""),
            results_href: address::benchmark(&document.id, "results"),
            browse_href: address::benchmark(&document.id, "browse"),
            n_images: document.images.len(),
            n_entries: entries.len(),
            structures: document
                .structures
                .iter()
                .map(|structure| structure.name.to_lowercase())
                .collect::<Vec<_>>()
                .join(", "),
            thumbnails,
            has_observer: leaders.iter().any(|leader| leader.human.is_some()),
            leaders,
            ordered_by,
            cite: document.terms.cite.iter().map(|text| linked(text)).collect(),
            phantom: document.phantom,
            title: document.title,
            description: document.description,
        });
    }
    news.sort_by(|left, right| right.published_at.cmp(&left.published_at));
    news.truncate(N_NEWS);
    page(&HomePage { benchmarks, news })
}

/// News of a submission.
fn of_entry(benchmark: &BenchmarkDocument, entry: &EntryRow) -> News {
    News {
        date: date(&entry.published_at).to_owned(),
        published_at: entry.published_at.clone(),
        what: if entry.card.corrects.is_some() { "Correction" } else { "Entry" },
        name: entry.card.name.clone(),
        href: address::entry(&entry.id),
        mark: "",
        detail: match entry.result.image_measures.get("pixel_error") {
            Some(summary) => {
                let format = MeasureFormat::of(&entry.result, "pixel_error");
                format!("on {}: pixel error {}", benchmark.title, format.value(summary.mean))
            }
            None => format!("on {}", benchmark.title),
        },
    }
}

/// Images and reference rows of a benchmark in words.
fn contents(benchmark: &BenchmarkDocument, entries: &[EntryRow]) -> String {
    let count = |role: EntryRole, name: &str| {
        let n = entries.iter().filter(|entry| entry.role == role).count();
        match n {
            0 => String::new(),
            1 => format!(", 1 {name}"),
            n => format!(", {n} {name}s"),
        }
    };
    let baselines = count(EntryRole::Baseline, "baseline");
    let observers = count(EntryRole::Observer, "observer");
    format!("{} images{baselines}{observers}", benchmark.images.len())
}

/// The best entry of each object and the best human, with the basis of the order.
fn leaders(benchmark: &BenchmarkDocument, entries: &[EntryRow]) -> (Vec<Leader>, String) {
    let options = Options::default();
    let mut ordered_by = String::new();
    let mut leaders = Vec::new();
    for object in &benchmark.objects {
        let source =
            TableSource { benchmark: &benchmark.id, entries, board: None, options: &options };
        let subject = Subject::Object(&object.id);
        let Some(table) = ResultsTable::new(source, subject, object.name.clone()) else { continue };
        let is_observer = |row: &&Row| row.mark == "observer";
        let best = table.rows.iter().find(|row| !is_observer(row)).or(table.rows.first());
        let Some(best) = best else { continue };
        let results = address::benchmark(&benchmark.id, "results");
        leaders.push(Leader {
            object: table.caption.clone(),
            href: format!("{results}#{}", address::encoded(&table.id)),
            best: Placed::of(best),
            human: table.rows.iter().find(is_observer).map(Placed::of),
        });
        ordered_by = table.ordered_by;
    }
    (leaders, ordered_by)
}

impl Placed {
    fn of(row: &Row) -> Self {
        Self {
            name: row.name.clone(),
            href: row.href.clone(),
            mark: row.mark,
            value: row.cells.first().map(|cell| cell.text.clone()).unwrap_or_default(),
        }
    }
}
