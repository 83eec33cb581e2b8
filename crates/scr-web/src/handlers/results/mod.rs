//! Results page of a benchmark: a table of whole images and one an object with their figures,
//! agreement of the cardiothoracic ratio, and published values.

mod figures;
mod files;
mod literature;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_documents::{BenchmarkDocument, EntryRole, Protocol, UndefinedDocument};
use scr_report::board::Board;
use scr_store::{EntryRow, PublicStore};

use super::draw::page;
use crate::address;
use crate::boards::board_of;
use crate::computed::Computed;
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::numbers::{MeasureFormat, NO_VALUE, date, shows_all};
use crate::options::Options;
use crate::results_table::{ResultsTable, Subject, TableSource, reference_mark};
pub(crate) use figures::plot;
use figures::{Figure, FigureKind, Figures};
pub(crate) use files::{results_csv, results_json, results_tex};
use literature::{Literature, literature};

/// Kinds of entries, and their words in the address.
const KINDS: [(&str, &str, EntryRole); 3] = [
    ("submission", "Submissions", EntryRole::Method),
    ("baseline", "Baselines", EntryRole::Baseline),
    ("observer", "Observers", EntryRole::Observer),
];

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
    /// Number of entries that the filter leaves, and of all.
    n_shown: usize,
    n_entries: usize,
    /// Number of entries that were compared with each other; 0 where nothing was.
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
    State(boards): State<Arc<Computed<Board>>>,
    PublishedBenchmark(row): PublishedBenchmark,
    options: Options,
) -> Result<Response, Failure> {
    let benchmark = row.document;
    let all = store.entries().summaries(&benchmark.id).await?;
    let mut notes = Vec::new();
    let fold = fold_of(&benchmark, &all, &options, &mut notes);
    let in_fold = fold.as_ref().map(|fold| entries_in(&all, fold));
    let entries = in_fold.as_deref().unwrap_or(&all);
    let board = match fold {
        None => board_of(&store, &boards, &benchmark, &all).await?,
        Some(_) => None,
    };
    let kind = options.first("kind").filter(|kind| {
        let is_known = KINDS.iter().any(|(key, ..)| key == kind);
        if !is_known {
            notes.push(format!("There is no kind {kind}: it is submission, baseline or observer."));
        }
        is_known
    });
    let text = options.first("q").unwrap_or_default().trim().to_owned();
    let is_shown = |entry: &EntryRow| {
        let is_kind = kind.is_none_or(|kind| {
            KINDS.iter().any(|(key, _, role)| *key == kind && *role == entry.role)
        });
        let authors = entry.card.authors.join(" ");
        let words = format!("{} {authors} {}", entry.card.name, entry.id).to_lowercase();
        is_kind && text.to_lowercase().split_whitespace().all(|word| words.contains(word))
    };
    if let Some(other) = options.first("measures").filter(|word| *word != "all") {
        notes.push(format!("There is no choice {other} of measures: it is all, or nothing."));
    }
    let figures =
        Figures { benchmark: &benchmark, entries, board: board.as_deref(), has_links: true };
    let section = |subject: Subject<'_>, caption: String| {
        let object = Some(subject.key()).filter(|key| *key != "all");
        let mut subjects = board.iter().flat_map(|board| &board.subjects);
        let source = TableSource {
            benchmark: &benchmark.id,
            entries,
            board: subjects.find(|found| found.object.as_deref() == object),
            options: &options,
        };
        let mut table = ResultsTable::new(source, subject, caption)?;
        table.rows.retain(|row| all.iter().any(|entry| entry.id == row.id && is_shown(entry)));
        let figure = |kind| figures.figure(kind, subject);
        Some(Section {
            boxes: figure(FigureKind::Boxes),
            ranks: figure(FigureKind::Ranks),
            progress: figure(FigureKind::Progress),
            table,
        })
    };
    let objects =
        benchmark.objects.iter().map(|object| (Subject::Object(&object.id), object.name.clone()));
    let whole = (Subject::WholeImage, "All structures together, by image".to_owned());
    let sections: Vec<Section> = [whole]
        .into_iter()
        .chain(objects)
        .filter_map(|(subject, caption)| section(subject, caption))
        .collect();
    if let Some(object) = options.first("object")
        && !sections.is_empty()
        && !sections.iter().any(|section| section.table.id == object)
    {
        notes.push(format!("There is no object {object}; every table is in its usual order."));
    }
    notes.extend(sections.iter().flat_map(|section| section.table.notes.clone()));
    notes.dedup();
    let without = |name: &str| {
        let kept = ["measures", "fold", "kind", "q"].into_iter().filter(|found| *found != name);
        kept.filter_map(|name| Some((name, options.first(name)?))).collect::<Vec<_>>()
    };
    page(&ResultsPage {
        href: address::benchmark(&benchmark.id, "results"),
        compare_href: address::benchmark(&benchmark.id, "compare"),
        facts: all.iter().filter(|entry| is_shown(entry)).map(facts).collect(),
        agreement: board.as_deref().map_or_else(Vec::new, |board| {
            all.iter()
                .filter(|entry| is_shown(entry))
                .filter_map(|entry| agreement(board, entry))
                .collect()
        }),
        literature: literature(&benchmark),
        scoring: scoring(&all),
        shows_all: shows_all(&options),
        all_href: {
            let mut kept = without("measures");
            kept.extend((!shows_all(&options)).then_some(("measures", "all")));
            format!("?{}", address::query(kept))
        },
        folds: fold_links(&benchmark, &all, fold.as_deref(), &without("fold")),
        kinds: KINDS
            .iter()
            .filter(|(_, _, role)| all.iter().any(|entry| entry.role == *role))
            .map(|&(key, label, _)| KindChoice { key, label, is_current: kind == Some(key) })
            .collect(),
        is_filtered: kind.is_some() || !text.is_empty(),
        n_shown: all.iter().filter(|entry| is_shown(entry)).count(),
        n_entries: all.len(),
        n_compared: board.as_deref().map_or(0, |board| board.compared.len()),
        resamples: board.as_deref().map_or(0, |board| board.resamples),
        alpha: board.as_deref().map_or(0.0, |board| board.alpha),
        is_penalised: all
            .iter()
            .any(|entry| entry.result.undefined_as == Some(UndefinedDocument::ImageDiagonal)),
        text,
        notes,
        sections,
        benchmark,
    })
}

/// The fold of the address, if entries have summaries of it.
fn fold_of(
    benchmark: &BenchmarkDocument,
    entries: &[EntryRow],
    options: &Options,
    notes: &mut Vec<String>,
) -> Option<String> {
    let asked = options.first("fold")?;
    if entries.iter().any(|entry| entry.result.folds.contains_key(asked)) {
        return Some(asked.to_owned());
    }
    let reason = match benchmark.reference_hidden {
        true => "scores by fold are hidden with the reference",
        false => "all images are shown",
    };
    notes.push(format!("There are no results of a fold {asked}: {reason}."));
    None
}

/// Entries with the summaries of one fold in place of those of all images.
fn entries_in(entries: &[EntryRow], fold: &str) -> Vec<EntryRow> {
    let in_fold = |entry: &EntryRow| {
        let found = entry.result.folds.get(fold)?;
        let mut entry = entry.clone();
        entry.result.objects.clone_from(&found.objects);
        entry.result.image_measures.clone_from(&found.image_measures);
        Some(entry)
    };
    entries.iter().filter_map(in_fold).collect()
}

fn fold_links(
    benchmark: &BenchmarkDocument,
    entries: &[EntryRow],
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
    let folds = benchmark.folds().into_iter().filter(|(fold, _)| {
        entries.iter().any(|entry| entry.result.folds.contains_key(&fold.to_string()))
    });
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
        time: time_an_image(&entry.card.cost).unwrap_or_else(|| NO_VALUE.to_owned()),
        published: date(&entry.published_at).to_owned(),
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
