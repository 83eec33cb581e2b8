//! Front page: purpose, news, benchmarks.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_store::PublicStore;

use super::draw::page;
use crate::address;
use crate::error::Failure;
use crate::numbers::{MeasureFormat, date};
use crate::references::{Piece, linked};
use crate::results_table::reference_mark;
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
    description: String,
    phantom: bool,
    n_images: usize,
    n_entries: usize,
    structures: String,
    thumbnails: Vec<Thumbnail>,
    cite: Vec<Vec<Piece>>,
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
            detail: format!("{} images", document.images.len()),
        });
        news.extend(entries.iter().map(|entry| News {
            date: date(&entry.published_at).to_owned(),
            published_at: entry.published_at.clone(),
            what: "Entry",
            name: entry.card.name.clone(),
            href: address::entry(&entry.id),
            mark: reference_mark(entry.role),
            detail: match entry.result.image_measures.get("pixel_error") {
                Some(summary) => {
                    let head = MeasureFormat::page("pixel_error");
                    format!("on {}: pixel error {}", document.title, head.value(summary.mean))
                }
                None => format!("on {}", document.title),
            },
        }));
        benchmarks.push(BenchmarkCard {
            href: address::benchmark(&document.id, ""),
            results_href: address::benchmark(&document.id, "results"),
            n_images: document.images.len(),
            n_entries: entries.len(),
            structures: document
                .structures
                .iter()
                .map(|structure| structure.name.to_lowercase())
                .collect::<Vec<_>>()
                .join(", "),
            thumbnails: evenly_spaced(&document, N_THUMBNAILS)
                .into_iter()
                .map(|image| Thumbnail::plain(&document, image))
                .collect(),
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
