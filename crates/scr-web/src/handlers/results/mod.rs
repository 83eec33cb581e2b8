//! Results page of a benchmark: a table of whole images and one an object with their figures,
//! agreement of the cardiothoracic ratio, and published values.

mod choice;
mod figures;
mod files;
mod literature;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, EntryRole, Fold, Protocol, UndefinedDocument};
use scr_report::board::Board;
use scr_store::{EntryFilter, EntryRow, PublicStore, Standings};

use super::draw::page;
use crate::address;
use crate::boards::Boards;
use crate::computed::Computed;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::numbers::{MeasureFormat, NO_VALUE, date, shows_all, time_words};
use crate::options::Options;
use crate::page_links::{PageLink, current, page_links};
use crate::results_table::{ResultsTable, TablePage, TableRequest, TableSource, reference_mark};
use choice::{ENTRIES_A_PAGE, KINDS, filter_of, page_range, subjects};
pub(crate) use figures::plot;
use figures::{Figure, FigureKind, Figures};
pub(crate) use files::{results_csv, results_json, results_tex};
use literature::{Literature, literature};

/// Options of the address that stay on another page.
const KEPT: [&str; 8] = ["measures", "fold", "kind", "q", "verified", "object", "sort", "order"];

#[derive(Template)]
#[template(path = "results.html")]
struct ResultsPage {
    benchmark: BenchmarkDocument,
    href: String,
    compare_href: String,
    /// Faults of the address.
    notes: Vec<String>,
    sections: Vec<Section>,
    facts: Vec<EntryFacts>,
    agreement: Vec<AgreementRow>,
    literature: Vec<Literature>,
    scoring: Vec<Scoring>,
    /// True if tables show all measures.
    shows_all: bool,
    all_href: String,
    folds: Vec<FoldLink>,
    kinds: Vec<KindChoice>,
    /// Text of the filter.
    text: String,
    is_filtered: bool,
    /// True where verified entries alone are shown.
    only_verified: bool,
    /// True where the filter of verified entries is offered.
    offers_verified: bool,
    /// Number of entries that the filter leaves, and of all.
    n_shown: u64,
    n_entries: u64,
    pages: Vec<PageLink>,
    /// Number of entries that were compared with each other in the first table that compares;
    /// 0 where nothing was.
    n_compared: usize,
    resamples: usize,
    alpha: f64,
    /// True where undefined distances count as the image's diagonal.
    is_penalised: bool,
}

/// Table of one object or of whole images, with its figures.
struct Section {
    table: ResultsTable,
    boxes: Option<Figure>,
    ranks: Option<Figure>,
    progress: Option<Figure>,
}

/// An entry beside its numbers.
struct EntryFacts {
    name: String,
    href: String,
    mark: &'static str,
    kind: &'static str,
    /// Words for the origin of the masks.
    verified: &'static str,
    time: String,
    published: String,
}

/// Agreement of an entry's cardiothoracic ratio.
struct AgreementRow {
    name: String,
    href: String,
    mark: &'static str,
    bias: String,
    interval: String,
    limits: String,
    n: usize,
    undefined: usize,
}

struct FoldLink {
    label: String,
    href: String,
    is_current: bool,
}

struct KindChoice {
    key: &'static str,
    label: &'static str,
    is_current: bool,
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
    State(kept): State<Arc<Computed<Board>>>,
    PublishedBenchmark(row): PublishedBenchmark,
    options: Options,
) -> Result<Response, Failure> {
    let benchmark = row.document;
    let mut notes = Vec::new();
    let standings = store.standings(&benchmark.id).await?;
    let counts = store.entries().counts(&benchmark.id).await?;
    let fold = fold_of(&benchmark, &standings, &options, &mut notes);
    let (filter, kind) = filter_of(&options, &mut notes);
    if let Some(other) = options.first("measures").filter(|word| *word != "all") {
        notes.push(format!("There is no choice {other} of measures: it is all, or nothing."));
    }
    let n_shown = match filter.is_empty() {
        true => counts.all(),
        false => store.entries().count(&benchmark.id, &filter).await?,
    };
    let all_verified = EntryFilter { verified: true, ..EntryFilter::default() };
    let n_verified = store.entries().count(&benchmark.id, &all_verified).await?;
    let n_pages = usize::try_from(n_shown.div_ceil(ENTRIES_A_PAGE.into())).unwrap_or(usize::MAX);
    let current = current(options.first("page"), n_pages);
    let range = page_range(current);
    let request = TableRequest {
        standings: &standings,
        fold: fold.as_deref(),
        options: &options,
        filter: &filter,
        range,
    };
    let boards = Boards::new(&store, &benchmark, &standings, &kept).await?;
    let (mut sections, mut agreed, mut compared) = (Vec::new(), Vec::new(), None);
    for (subject, caption) in subjects(&benchmark) {
        let Some(found) = TablePage::read(request, subject).await? else { continue };
        let board = match fold {
            None => boards.of(subject, &found.rows).await?,
            Some(_) => None,
        };
        if let Some(board) = &board {
            agreed.extend(found.rows.iter().filter_map(|row| agreement(board, &row.entry)));
            compared = compared.or(Some(Arc::clone(board)));
        }
        let board = board.as_deref().and_then(|board| board.subject.as_ref());
        let figures =
            Figures { benchmark: &benchmark, page: &found, board, options: Some(&options) };
        let [boxes, ranks, progress] = FigureKind::ALL.map(|kind| figures.figure(kind));
        let source = TableSource { benchmark: &benchmark.id, board, options: &options };
        let table = ResultsTable::new(source, found, caption);
        sections.push(Section { boxes, ranks, progress, table });
    }
    if let Some(object) = options.first("object")
        && !sections.is_empty()
        && !sections.iter().any(|section| section.table.id == object)
    {
        notes.push(format!("There is no object {object}; every table is in its usual order."));
    }
    notes.extend(sections.iter().flat_map(|section| section.table.notes.clone()));
    notes.dedup();
    let listed = store.entries().listed(&benchmark.id, &filter, range).await?;
    let ids: Vec<&str> = listed.iter().map(|entry| entry.id.as_str()).collect();
    let entries = standings.entries(&ids).await?;
    let without = |name: &str| {
        let kept = ["measures", "fold", "kind", "q", "verified"]
            .into_iter()
            .filter(|found| *found != name);
        kept.filter_map(|name| Some((name, options.first(name)?))).collect::<Vec<_>>()
    };
    let href = address::benchmark(&benchmark.id, "results");
    let query =
        address::query(KEPT.into_iter().filter_map(|name| Some((name, options.first(name)?))));
    page(&ResultsPage {
        compare_href: address::benchmark(&benchmark.id, "compare"),
        facts: entries.iter().map(facts).collect(),
        agreement: agreed,
        literature: literature(&benchmark),
        scoring: scoring(&entries),
        shows_all: shows_all(&options),
        all_href: {
            let mut kept = without("measures");
            kept.extend((!shows_all(&options)).then_some(("measures", "all")));
            format!("?{}", address::query(kept))
        },
        folds: fold_links(&benchmark, &standings, fold.as_deref(), &without("fold")),
        kinds: KINDS
            .iter()
            .filter(|(_, _, role)| counts.of(*role) > 0)
            .map(|&(key, label, _)| KindChoice { key, label, is_current: kind == Some(key) })
            .collect(),
        is_filtered: !filter.is_empty(),
        only_verified: filter.verified,
        offers_verified: n_verified > 0 || filter.verified,
        n_shown,
        n_entries: counts.all(),
        pages: page_links(&href, &query, current, n_pages),
        n_compared: compared.as_deref().map_or(0, |board| board.compared.len()),
        resamples: compared.as_deref().map_or(0, |board| board.resamples),
        alpha: compared.as_deref().map_or(0.0, |board| board.alpha),
        is_penalised: entries
            .iter()
            .any(|entry| entry.result.undefined_as == Some(UndefinedDocument::ImageDiagonal)),
        text: options.first("q").unwrap_or_default().trim().to_owned(),
        href,
        notes,
        sections,
        benchmark,
    })
}

/// The fold of the address, if entries have summaries of it.
fn fold_of(
    benchmark: &BenchmarkDocument,
    standings: &Standings<'_>,
    options: &Options,
    notes: &mut Vec<String>,
) -> Option<String> {
    let asked = options.first("fold")?;
    if standings.has_fold(asked) {
        return Some(asked.to_owned());
    }
    let reason = match benchmark.reference_hidden {
        true => "scores by fold are hidden with the reference",
        false => "all images are shown",
    };
    notes.push(format!("There are no results of a fold {asked}: {reason}."));
    None
}

fn fold_links(
    benchmark: &BenchmarkDocument,
    standings: &Standings<'_>,
    current: Option<&str>,
    kept: &[(&str, &str)],
) -> Vec<FoldLink> {
    let link = |fold: Option<String>, label: String| {
        let mut query = kept.to_vec();
        query.extend(fold.as_deref().map(|fold| ("fold", fold)));
        FoldLink {
            label,
            href: format!("?{}", address::query(query)),
            is_current: fold.as_deref() == current,
        }
    };
    let has_scores = |fold: &Fold| standings.has_fold(&fold.to_string());
    let folds = benchmark.folds().into_iter().filter(|(fold, _)| has_scores(fold));
    let mut links: Vec<FoldLink> =
        folds.map(|(fold, _)| link(Some(fold.to_string()), fold.title())).collect();
    if !links.is_empty() {
        links.insert(0, link(None, "All images".to_owned()));
    }
    links
}

fn facts(entry: &EntryRow) -> EntryFacts {
    let kind = KINDS.iter().find(|(_, _, role)| *role == entry.role);
    EntryFacts {
        name: entry.card.name.clone(),
        href: address::entry(&entry.id),
        mark: reference_mark(entry.role),
        kind: kind.map_or("", |(key, ..)| key),
        verified: verified_words(entry),
        time: match entry.verified_run.as_ref().and_then(|run| run.image_s) {
            Some(image_s) => format!("{}, measured here", time_words(image_s)),
            None => time_an_image(&entry.card.cost).unwrap_or_else(|| NO_VALUE.to_owned()),
        },
        published: date(&entry.published_at).to_owned(),
    }
}

/// Words for the origin of an entry's masks.
fn verified_words(entry: &EntryRow) -> &'static str {
    match (&entry.verified_run, entry.role) {
        (Some(_), _) => "verified: run here",
        (None, EntryRole::Method) => "masks handed in",
        (None, _) => NO_VALUE,
    }
}

/// Time an image in the words of a card's cost: `35 ms an image on 2 threads`.
fn time_an_image(cost: &str) -> Option<String> {
    let part = cost
        .split([',', ';'])
        .map(str::trim)
        .find(|part| part.contains(" an image") || part.contains(" per image"))?;
    part.starts_with(|first: char| first.is_ascii_digit())
        .then(|| part.replace(" an image", "").replace(" per image", ""))
}

fn agreement(board: &Board, entry: &EntryRow) -> Option<AgreementRow> {
    let found = board.agreement.get(&entry.id).filter(|found| found.limits.is_some())?;
    let format = MeasureFormat::page("ctr_difference");
    Some(AgreementRow {
        name: entry.card.name.clone(),
        href: format!("{}#agreement", address::entry(&entry.id)),
        mark: reference_mark(entry.role),
        bias: format.difference(found.bias),
        interval: format.difference_interval(found.bias_ci95),
        limits: format.difference_interval(found.limits),
        n: found.n,
        undefined: found.n_undefined,
    })
}

fn scoring(entries: &[EntryRow]) -> Vec<Scoring> {
    let mut scoring: Vec<Scoring> = Vec::new();
    for entry in entries {
        let rules = Scoring {
            evaluator_version: entry.result.evaluator_version.clone(),
            bootstrap_resamples: entry.result.bootstrap_resamples,
            bootstrap_seed: entry.result.bootstrap_seed,
        };
        if !scoring.contains(&rules) {
            scoring.push(rules);
        }
    }
    scoring
}

#[cfg(test)]
mod tests {
    use super::time_an_image;

    #[test]
    fn the_time_an_image_is_read_from_a_card_and_never_guessed() {
        let cost = "trained in 1.5 s a fold, 35 ms an image on 2 threads, model of 1.0 MB";
        assert_eq!(time_an_image(cost).as_deref(), Some("35 ms on 2 threads"));
        assert_eq!(time_an_image("2 s per image; one GPU").as_deref(), Some("2 s"));
        assert_eq!(time_an_image("fast"), None);
        assert_eq!(time_an_image("seconds an image"), None);
    }
}
