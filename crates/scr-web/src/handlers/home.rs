//! Front page: benchmarks with their best entries and a human's, and news.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, EntryRole};
use scr_store::{EntryFilter, EntryRow, PublicStore, RoleCounts, RowRange, Standings};

use super::draw::page;
use crate::address;
use crate::error::Failure;
use crate::numbers::{MeasureFormat, date};
use crate::options::Options;
use crate::references::{Piece, linked};
use crate::results_table::{Subject, TablePage, TableRequest, reference_mark};
use crate::thumbnails::{Thumbnail, evenly_spaced};

/// Pieces of news on the page.
const N_NEWS: u32 = 8;
/// Key of the measure in news.
const NEWS_MEASURE: &str = "pixel_error";
/// Rows among which the best is that is no observer.
const N_FIRST: u32 = 20;
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
    n_entries: u64,
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
        let counts = store.entries().counts(&document.id).await?;
        let standings = store.standings(&document.id).await?;
        news.push(News {
            date: date(&row.published_at).to_owned(),
            published_at: row.published_at,
            what: "Benchmark",
            name: document.title.clone(),
            href: address::benchmark(&document.id, ""),
            mark: if document.phantom { "phantom" } else { "" },
            detail: contents(&document, counts),
        });
        for entry in latest(&store, &standings, &document).await? {
            news.push(of_entry(&document, &entry));
        }
        let mut thumbnails = Vec::new();
        for image in evenly_spaced(&document, N_THUMBNAILS) {
            thumbnails.push(Thumbnail::outlined(&store, &document, image).await?);
        }
        let (leaders, ordered_by) = leaders(&document, &standings).await?;
        benchmarks.push(BenchmarkCard {
            href: address::benchmark(&document.id, ""),
            results_href: address::benchmark(&document.id, "results"),
            browse_href: address::benchmark(&document.id, "browse"),
            n_images: document.images.len(),
            n_entries: counts.all(),
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
    news.truncate(N_NEWS as usize);
    page(&HomePage { benchmarks, news })
}

/// The submissions that were published last.
async fn latest(
    store: &PublicStore,
    standings: &Standings<'_>,
    benchmark: &BenchmarkDocument,
) -> Result<Vec<EntryRow>, Failure> {
    let submissions = EntryFilter { role: Some(EntryRole::Method), ..EntryFilter::default() };
    let range = RowRange { start: 0, count: N_NEWS };
    let listed = store.entries().latest_listed(&benchmark.id, &submissions, range).await?;
    let ids: Vec<&str> = listed.iter().map(|entry| entry.id.as_str()).collect();
    let subject = Subject::WholeImage.within(None);
    Ok(standings.entries_with(&ids, subject, &[NEWS_MEASURE]).await?)
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
        detail: match entry.result.image_measures.get(NEWS_MEASURE) {
            Some(summary) => {
                let format = MeasureFormat::of(&entry.result, NEWS_MEASURE);
                format!("on {}: pixel error {}", benchmark.title, format.value(summary.mean))
            }
            None => format!("on {}", benchmark.title),
        },
    }
}

/// Images and reference rows of a benchmark in words.
fn contents(benchmark: &BenchmarkDocument, counts: RoleCounts) -> String {
    let count = |n: u64, name: &str| match n {
        0 => String::new(),
        1 => format!(", 1 {name}"),
        n => format!(", {n} {name}s"),
    };
    let baselines = count(counts.baselines, "baseline");
    let observers = count(counts.observers, "observer");
    format!("{} images{baselines}{observers}", benchmark.images.len())
}

/// The best entry of each object and the best human, with the basis of the order.
async fn leaders(
    benchmark: &BenchmarkDocument,
    standings: &Standings<'_>,
) -> Result<(Vec<Leader>, String), Failure> {
    let request = TableRequest {
        standings,
        fold: None,
        options: &Options::default(),
        filter: &EntryFilter::default(),
        range: RowRange { start: 0, count: N_FIRST },
    };
    let mut ordered_by = String::new();
    let mut leaders = Vec::new();
    for object in &benchmark.objects {
        let subject = Subject::Object(&object.id);
        let Some(table) = TablePage::read(request, subject).await? else { continue };
        let measure = table.first_measure();
        let observer = Some(EntryRole::Observer);
        let human = standings.references(subject.within(None), measure, observer, 1).await?;
        let is_observer = |entry: &EntryRow| entry.role == EntryRole::Observer;
        let entries = || table.rows.iter().map(|row| &row.entry);
        let best = entries().find(|entry| !is_observer(entry)).or(entries().next());
        let Some(best) = best else { continue };
        let results = address::benchmark(&benchmark.id, "results");
        leaders.push(Leader {
            object: object.name.clone(),
            href: format!("{results}#{}", address::encoded(&object.id)),
            best: Placed::of(best, subject, measure),
            human: human.first().map(|row| Placed::of(&row.entry, subject, measure)),
        });
        ordered_by = table.ordered_by();
    }
    Ok((leaders, ordered_by))
}

impl Placed {
    fn of(entry: &EntryRow, subject: Subject<'_>, measure: &str) -> Self {
        let summary = subject.measures(entry).and_then(|found| found.get(measure));
        let mean = summary.and_then(|summary| summary.mean);
        Self {
            name: entry.card.name.clone(),
            href: address::entry(&entry.id),
            mark: reference_mark(entry.role),
            value: MeasureFormat::of(&entry.result, measure).value(mean),
        }
    }
}
