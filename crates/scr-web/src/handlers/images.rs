//! Images page of a benchmark: a grid of thumbnails in an order and after filters, which links to
//! the image browser.
//!
//! Works without script: forms and links choose. On paper it is a contact sheet.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use scr_documents::{BenchmarkDocument, EntryRole, Fold, ImageEntryDocument};
use scr_store::{ListedEntry, PublicStore};
use std::sync::Arc;

use super::draw::page;
use crate::address;
use crate::cases::{
    CaseChoice, CaseForm, CaseOrder, Cases, PAGE_SIZE, ScoreColumns, Scored, titled,
};
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::offered::Offered;
use crate::options::Options;
use crate::page_links::{PageLink, current, page_links, with_query};

#[derive(Template)]
#[template(path = "images.html")]
struct ImagesPage {
    folds: Vec<Filter>,
    form: CaseForm,
    problems: Vec<String>,
    cases: Vec<Case>,
    /// Order in words.
    ordered_by: String,
    /// Number of images after the filters.
    count: usize,
    pages: Vec<PageLink>,
    /// True if a filter or an order is chosen.
    is_chosen: bool,
    base: String,
    benchmark: BenchmarkDocument,
}

struct Filter {
    label: String,
    href: String,
    is_current: bool,
}

/// Image of the grid.
struct Case {
    image: String,
    fold: Option<Fold>,
    width: usize,
    height: usize,
    /// The picture; none where the terms forbid display or there are no pixels.
    src: Option<String>,
    /// Pictures of outlines over it.
    outlines: Vec<String>,
    /// Score, or value of the attribute that orders.
    label: String,
    href: String,
}

/// Answers `/benchmarks/ID/browse`.
pub(crate) async fn images(
    State(store): State<PublicStore>,
    State(columns): State<Arc<ScoreColumns>>,
    PublishedBenchmark(row): PublishedBenchmark,
    options: Options,
) -> Result<Response, Failure> {
    let benchmark = row.document;
    let base = address::benchmark(&benchmark.id, "browse");
    let choice = CaseChoice::of(&options, &benchmark);
    if options.first("by").is_some() && choice.problems.is_empty() {
        // The form's many fields become one short address.
        let query = written(&choice, &[]);
        return Ok(Redirect::to(&with_query(&base, &query)).into_response());
    }
    let standings = store.standings(&benchmark.id).await?;
    let chosen = entries_of(&choice.order);
    let offered = Offered::of(&store, &standings, &benchmark, &chosen).await?;
    let scored = Scored::of(&store, &standings, &benchmark, &offered.entries).await?;
    let cases = Cases::new(&store, &columns, &benchmark, &standings, choice).await?;
    let count = cases.places.len();
    let n_pages = count.div_ceil(PAGE_SIZE).max(1);
    let current = current(options.first("page"), n_pages);
    let view = written(&cases.choice, &entries_of(&cases.choice.order));
    let shown = cases.places.iter().skip((current - 1) * PAGE_SIZE).take(PAGE_SIZE);
    let outlines = Outlines::of(&benchmark, &offered.entries, &cases.choice.order);
    let drawn = ImagesPage {
        folds: folds(&benchmark, &base, &cases.choice),
        form: CaseForm::new(&benchmark, &scored, &cases.choice),
        ordered_by: in_words(&cases.choice.order, &benchmark, &scored),
        cases: shown
            .map(|&place| {
                let image = &benchmark.images[place];
                case(&benchmark, image, &outlines, &view, cases.label(image, place))
            })
            .collect(),
        pages: page_links(&base, &written(&cases.choice, &[]), current, n_pages),
        is_chosen: !cases.choice.written().is_empty(),
        problems: cases.choice.problems,
        count,
        base,
        benchmark,
    };
    page(&drawn)
}

/// Query of a choice, after the entries that the view shows.
fn written(choice: &CaseChoice, entries: &[&str]) -> String {
    let entries = (!entries.is_empty()).then(|| ("entries", entries.join(",")));
    let pairs: Vec<(&str, String)> = entries.into_iter().chain(choice.written()).collect();
    address::query(pairs.iter().map(|(name, value)| (*name, value.as_str())))
}

/// Entries whose scores order.
fn entries_of(order: &CaseOrder) -> Vec<&str> {
    let other = if let CaseOrder::Gap(_, other) = order { Some(other.as_str()) } else { None };
    order.score().map(|score| score.entry.as_str()).into_iter().chain(other).collect()
}

/// Pictures of outlines over thumbnails.
struct Outlines {
    reference: Option<String>,
    entry: Option<String>,
}

impl Outlines {
    fn of(benchmark: &BenchmarkDocument, entries: &[ListedEntry], order: &CaseOrder) -> Self {
        let may_show = benchmark.shows_observers();
        let entry = order.score().and_then(|score| {
            let entry = entries.iter().find(|entry| entry.id == score.entry)?;
            (may_show || entry.role != EntryRole::Observer).then(|| entry.id.clone())
        });
        let reference = benchmark.reference().filter(|_| may_show);
        Self { reference: reference.map(|reference| reference.id.clone()), entry }
    }
}

fn case(
    benchmark: &BenchmarkDocument,
    image: &ImageEntryDocument,
    outlines: &Outlines,
    view: &str,
    label: String,
) -> Case {
    let may_show = benchmark.terms.display.is_allowed() && image.has_pixels;
    let reference = outlines
        .reference
        .as_ref()
        .map(|reference| address::thumbnail_outlines(benchmark, reference, &image.id));
    let entry = outlines.entry.as_ref().map(|id| address::entry_thumbnail_outlines(id, &image.id));
    Case {
        image: image.id.clone(),
        fold: Some(image.fold).filter(|fold| matches!(fold, Fold::Number(_))),
        width: image.width,
        height: image.height,
        src: may_show.then(|| address::thumbnail(benchmark, &image.id)),
        outlines: reference.into_iter().chain(entry).collect(),
        label,
        href: address::browse(&benchmark.id, &image.id, view),
    }
}

fn folds(benchmark: &BenchmarkDocument, base: &str, choice: &CaseChoice) -> Vec<Filter> {
    let folds = benchmark.folds();
    if folds.len() < 2 {
        return Vec::new();
    }
    let filter = |label: String, fold: Option<Fold>| {
        let folds: Vec<String> = fold.iter().map(Fold::to_string).collect();
        let is_current = folds == choice.folds;
        let choice = CaseChoice { folds, ..choice.clone() };
        Filter { label, href: with_query(base, &written(&choice, &[])), is_current }
    };
    std::iter::once(filter(format!("All {}", benchmark.images.len()), None))
        .chain(
            folds.into_iter().map(|(fold, n)| filter(format!("{}: {n}", fold.title()), Some(fold))),
        )
        .collect()
}

fn in_words(order: &CaseOrder, benchmark: &BenchmarkDocument, scored: &Scored) -> String {
    let name = |id: &str| {
        let entry = scored.entries.iter().find(|entry| entry.id == id);
        entry.map_or_else(|| id.to_owned(), |entry| entry.name.clone())
    };
    let score = order.score().map(|key| {
        let column = scored
            .columns
            .iter()
            .find(|column| column.object == key.object && column.measure == key.measure);
        let (measure, object) = column.map_or_else(
            || (key.measure.clone(), key.object.clone()),
            |column| (column.measure_name.clone(), column.object_name.to_lowercase()),
        );
        format!("{measure}, {object}, of {}", name(&key.entry))
    });
    let score = score.unwrap_or_default();
    match order {
        CaseOrder::Table(_) => format!("In the order of the table of {}", benchmark.title),
        CaseOrder::Name(_) => "By name".to_owned(),
        CaseOrder::Worst(_) => format!("Worst first: {score}. An undefined value counts as worst"),
        CaseOrder::Best(_) => format!("Best first: {score}"),
        CaseOrder::Gap(_, other) => format!("Largest gap first: {score} and {}", name(other)),
        CaseOrder::Up(of) => format!("{}, ascending", titled(of)),
        CaseOrder::Down(of) => format!("{}, descending", titled(of)),
    }
}
