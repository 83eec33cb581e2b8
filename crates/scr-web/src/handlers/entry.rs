//! Entry page: standing, images from the worst on, results, card, citation. A withdrawn entry has a
//! page with the reason.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use scr_documents::{
    BenchmarkDocument, EntryRole, MeasureMap, ModelAccess, ResultDocument, SummaryDocument,
};
use scr_report::board::ratio_agreement;
use scr_store::{
    EntryFilter, EntryRow, EntryStanding, ModelFileName, PublicStore, RowRange, Standings,
    TableColumn, Withdrawal,
};
use std::sync::Arc;

use super::draw::page;
use super::scored_before::ScoredBefore;
use crate::error::Failure;
use crate::extractors::AnyEntry;
use crate::extractors::benchmark_of;
use crate::image_table::{ImageLinks, ImageTable};
use crate::numbers::{MeasureFormat, NO_VALUE, date};
use crate::options::Options;
use crate::references::{Piece, linked};
use crate::results_table::{Subject, TablePage, TableRequest, reference_mark, tile_cell};
use crate::settings::SiteSettings;
use crate::strips::{Shown, StripItem, strip};
use crate::versions::EntryLink;
use crate::{address, citation, markdown};

/// Images of the strip, from the first of the table on.
const N_STRIP: usize = 6;
/// Ranks above and below that are offered for comparison.
const N_NEIGHBOURS: u32 = 2;

#[derive(Template)]
#[template(path = "entry.html")]
struct EntryPage {
    benchmark: BenchmarkDocument,
    benchmark_href: String,
    entry: EntryRow,
    mark: &'static str,
    authors: String,
    /// Markdown of the card as HTML.
    description: String,
    training: String,
    reference: Vec<Piece>,
    code: Vec<Piece>,
    corrects: Option<EntryLink>,
    corrected_by: Option<EntryLink>,
    published: String,
    summaries: Vec<SummaryTable>,
    scored_before: ScoredBefore,
    images: ImageTable,
    tiles: Vec<Tile>,
    /// Comparisons with entries of neighbouring ranks.
    neighbours: Vec<Neighbour>,
    /// The first images of the table.
    strip: Vec<StripItem>,
    agreement: Option<RatioAgreement>,
    /// Faults of the address.
    notes: Vec<String>,
    json_href: String,
    past_href: String,
    csv_href: String,
    /// The model's file, where it is public.
    model_href: Option<String>,
    browse_href: Option<String>,
    citation: Citation,
}

#[derive(Template)]
#[template(path = "withdrawn.html")]
struct WithdrawnPage {
    benchmark: BenchmarkDocument,
    benchmark_href: String,
    entry: EntryRow,
    withdrawn: Withdrawal,
    withdrawn_on: String,
    published: String,
    corrected_by: Option<EntryLink>,
    citation: Citation,
}

/// Citation of an entry: as text, and as files.
struct Citation {
    text: String,
    bib_href: String,
    cff_href: String,
}

impl Citation {
    fn new(entry: &EntryRow, benchmark: &BenchmarkDocument, site: &SiteSettings) -> Self {
        let href = address::entry(&entry.id);
        Self {
            text: citation::of_entry(entry, benchmark, site).to_string(),
            bib_href: format!("{href}/cite.bib"),
            cff_href: format!("{href}/CITATION.cff"),
        }
    }
}

/// The standing of an entry by one object.
struct Tile {
    object: String,
    href: String,
    measure: String,
    value: String,
    interval: String,
    mark: String,
    note: String,
    rank: String,
    n: u64,
    /// Rank among submissions and their number, where there are reference rows too.
    among_submissions: Option<(String, u64)>,
}

/// Comparison with another entry.
struct Neighbour {
    name: String,
    href: String,
    rank: String,
}

/// Agreement of the cardiothoracic ratio.
struct RatioAgreement {
    svg: String,
    bias: String,
    interval: String,
    limits: String,
    n: usize,
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
    n: String,
    n_undefined: String,
    has_undefined: bool,
}

/// Answers `/entries/ID`.
pub(crate) async fn entry(
    State(store): State<PublicStore>,
    State(site): State<Arc<SiteSettings>>,
    AnyEntry(entry): AnyEntry,
    options: Options,
) -> Result<Response, Failure> {
    let benchmark = benchmark_of(&store, &entry.benchmark_id).await?;
    let corrected_by = store.entries().correction_of(&benchmark.id, &entry.id).await?;
    let corrected_by = corrected_by.as_ref().map(EntryLink::to);
    let citation = Citation::new(&entry, &benchmark, &site);
    if let Some(withdrawn) = entry.withdrawn.clone() {
        return withdrawn_page(benchmark, entry, withdrawn, corrected_by, citation);
    }
    let corrects = entry.card.corrects.as_deref();
    let corrects = store.entries().corrected(&benchmark.id, corrects).await?;
    let standings = store.standings(&benchmark.id).await?;
    let href = address::entry(&entry.id);
    let look = address::query([("entries", entry.id.as_str())]);
    let images = ImageTable::new(&benchmark, &entry, &href, ImageLinks::InOrder(&look), &options);
    let shown = images.rows.iter().take(N_STRIP).map(|row| Shown {
        image: row.image.clone(),
        href: row.href.clone(),
        text: match row.cells.get(images.sorted_by) {
            Some(cell) => format!("{} {cell}", images.ordered_by),
            None => String::new(),
        },
    });
    let strip = strip(&store, &benchmark, None, &[&entry], shown.collect()).await?;
    let past = store.entries().past_results(&entry).await?;
    page(&EntryPage {
        benchmark_href: address::benchmark(&benchmark.id, ""),
        tiles: tiles(&standings, &benchmark, &entry).await?,
        neighbours: neighbours(&standings, &benchmark, &entry).await?,
        strip,
        agreement: agreement(&benchmark, &entry),
        notes: images.notes.clone(),
        mark: reference_mark(entry.role),
        authors: entry.card.authors.join(", "),
        description: markdown::to_html(&entry.card.description),
        training: markdown::to_html(&entry.card.training),
        corrects: corrects.as_ref().map(EntryLink::to),
        corrected_by,
        reference: linked(&entry.card.reference),
        code: linked(&entry.card.code),
        published: date(&entry.published_at).to_owned(),
        summaries: summaries(&benchmark, &entry),
        scored_before: ScoredBefore::new(&benchmark, &entry, &past),
        json_href: format!("{href}/results.json"),
        past_href: address::past_results(&entry.id),
        csv_href: format!("{href}/results.csv"),
        model_href: model_href(&entry),
        browse_href: images.rows.first().map(|row| row.href.clone()),
        citation,
        images,
        entry,
        benchmark,
    })
}

/// Address of the model's file of an entry, where it is public.
fn model_href(entry: &EntryRow) -> Option<String> {
    let run = entry.verified_run.as_ref()?;
    let is_public = run.model_access == ModelAccess::Public;
    is_public.then(|| address::model(&entry.id, ModelFileName::Model.as_str()))
}

/// Standing of an entry by each object and by whole images.
async fn tiles(
    standings: &Standings<'_>,
    benchmark: &BenchmarkDocument,
    entry: &EntryRow,
) -> Result<Vec<Tile>, Failure> {
    let whole = (Subject::WholeImage, "Whole image");
    let objects =
        benchmark.objects.iter().map(|object| (Subject::Object(&object.id), &*object.name));
    let named: Vec<(Subject<'_>, &str, &TableColumn)> = objects
        .chain([whole])
        .filter_map(|(subject, name)| Some((subject, name, first_column(standings, subject)?)))
        .collect();
    let columns: Vec<&TableColumn> = named.iter().map(|(.., column)| *column).collect();
    let found = standings.of_entry(&entry.id, &columns).await?;
    let tile = |(subject, name, column): &(Subject<'_>, &str, &TableColumn)| {
        let standing = found.iter().find(|standing| standing.column == **column)?;
        tile(benchmark, standings, entry, *subject, name, standing)
    };
    Ok(named.iter().filter_map(tile).collect())
}

fn tile(
    benchmark: &BenchmarkDocument,
    standings: &Standings<'_>,
    entry: &EntryRow,
    subject: Subject<'_>,
    object: &str,
    standing: &EntryStanding,
) -> Option<Tile> {
    let measure = &standing.column.measure;
    let summary = subject.measures(entry)?.get(measure)?;
    let cell = tile_cell(&entry.result, measure, summary, standing.interval_of_best);
    let all = standings.all_of(subject.within(None))?;
    let has_two_ranks = all.n_submissions < all.n_listed && entry.role == EntryRole::Method;
    let results = address::benchmark(&benchmark.id, "results");
    Some(Tile {
        object: object.to_owned(),
        href: format!("{results}#{}", address::encoded(subject.key())),
        measure: MeasureFormat::page(measure).title(),
        value: cell.text,
        interval: cell.interval,
        mark: cell.mark,
        note: cell.note,
        rank: rank(standing.rank),
        n: all.n_listed,
        among_submissions: has_two_ranks
            .then(|| (rank(standing.rank_among_submissions), all.n_submissions)),
    })
}

fn rank(rank: Option<u64>) -> String {
    rank.map_or_else(|| NO_VALUE.to_owned(), |rank| rank.to_string())
}

/// Column by which a table is ordered unless an address asks otherwise.
fn first_column<'a>(standings: &'a Standings<'_>, subject: Subject<'_>) -> Option<&'a TableColumn> {
    let request = TableRequest {
        standings,
        fold: None,
        options: &Options::default(),
        filter: &EntryFilter::default(),
        range: RowRange { start: 0, count: 0 },
    };
    let table = TablePage::without_rows(request, subject)?;
    let measure = table.first_measure();
    standings.columns(subject.within(None)).find(|column| column.measure == measure)
}

/// Comparisons with the entries above and below by the first object.
async fn neighbours(
    standings: &Standings<'_>,
    benchmark: &BenchmarkDocument,
    entry: &EntryRow,
) -> Result<Vec<Neighbour>, Failure> {
    let subject = match benchmark.objects.first() {
        Some(object) => Subject::Object(&object.id),
        None => Subject::WholeImage,
    };
    let Some(column) = first_column(standings, subject) else { return Ok(Vec::new()) };
    let (subject, measure) = (subject.within(None), column.measure.as_str());
    let Some(at) = standings.place_of(&entry.id, subject, measure).await? else {
        return Ok(Vec::new());
    };
    let found = standings.around(subject, measure, &at, N_NEIGHBOURS, &[]).await?;
    let rows = found.above.into_iter().chain(found.below);
    let neighbour = |row: scr_store::StandingRow| Neighbour {
        name: row.entry.card.name,
        href: address::compare(&benchmark.id, &[&entry.id, &row.entry.id], "", ""),
        rank: rank(row.rank),
    };
    Ok(rows.map(neighbour).collect())
}

fn agreement(benchmark: &BenchmarkDocument, entry: &EntryRow) -> Option<RatioAgreement> {
    let look = address::query([("entries", entry.id.as_str())]);
    let href = |image: &str| Some(address::browse(&benchmark.id, image, &look));
    let (svg, found) = ratio_agreement(&entry.card.name, &entry.result, &href)?;
    let format = MeasureFormat::of(&entry.result, "ctr_difference");
    Some(RatioAgreement {
        svg,
        bias: format.difference(found.bias),
        interval: format.difference_interval(found.bias_ci95),
        limits: format.difference_interval(found.limits),
        n: found.n,
    })
}

/// Page of a withdrawn entry, without its masks.
fn withdrawn_page(
    benchmark: BenchmarkDocument,
    entry: EntryRow,
    withdrawn: Withdrawal,
    corrected_by: Option<EntryLink>,
    citation: Citation,
) -> Result<Response, Failure> {
    let mut response = page(&WithdrawnPage {
        benchmark_href: address::benchmark(&benchmark.id, ""),
        published: date(&entry.published_at).to_owned(),
        withdrawn_on: date(&withdrawn.at).to_owned(),
        corrected_by,
        citation,
        withdrawn,
        entry,
        benchmark,
    })?;
    *response.status_mut() = StatusCode::GONE;
    Ok(response)
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
        .map(|(title, measures)| SummaryTable { title, rows: summary_rows(result, measures) })
        .collect()
}

/// A count of images; a dash where it is hidden with the reference.
fn count(n: Option<usize>) -> String {
    n.map_or_else(|| NO_VALUE.to_owned(), |n| n.to_string())
}

fn summary_rows(
    result: &ResultDocument,
    measures: &MeasureMap<SummaryDocument>,
) -> Vec<SummaryRow> {
    let row = |(key, summary): (&String, &SummaryDocument)| {
        let head = MeasureFormat::of(result, key);
        let five = [summary.min, summary.q1, summary.median, summary.q3, summary.max];
        SummaryRow {
            measure: head.title(),
            better: head.better_words(),
            mean_sd: head.mean_sd(summary.mean, summary.sd),
            interval: head.interval(summary.ci95),
            five_numbers: five.map(|value| head.value(value)),
            n: count(summary.n),
            n_undefined: count(summary.n_undefined),
            has_undefined: summary.n_undefined.is_some_and(|n| n > 0),
        }
    };
    measures.iter().map(row).collect()
}
