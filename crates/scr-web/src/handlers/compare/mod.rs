//! Comparison page of a benchmark: two entries image by image, or several pair by pair.
//!
//! Tests are those of `scr compare` over the same measures. Where values of single images are
//! hidden, the page has the public means alone and says so.

mod choice;
mod many;
mod means;
mod pair;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use scr_documents::BenchmarkDocument;
use scr_report::NamedResult;
use scr_report::comparison::{CompareSettings, compare_results};
use scr_store::{EntryRow, PublicStore};

use super::draw::page;
use crate::computed::{self, Compared, Computed};
use crate::error::Failure;
use crate::extractors::PublishedBenchmark;
use crate::numbers::has_column;
use crate::offered::Offered;
use crate::options::Options;
use crate::strips::strip;
use choice::{Choice, Chosen, EntryChoice, Selection};
use many::Many;
use means::Means;
use pair::Pair;

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    benchmark: BenchmarkDocument,
    /// Faults of the address, and reasons against the comparison.
    notes: Vec<String>,
    /// Entries that can be chosen.
    choices: Vec<EntryChoice>,
    /// Number of entries that are not among them.
    n_other_entries: u64,
    chosen: Vec<Chosen>,
    selection: Selection,
    pair: Option<Pair>,
    many: Option<Many>,
    means: Option<Means>,
}

/// Answers `/benchmarks/ID/compare?entries=A,B`.
pub(crate) async fn compare(
    State(store): State<PublicStore>,
    State(comparisons): State<Arc<Computed<Compared>>>,
    PublishedBenchmark(row): PublishedBenchmark,
    options: Options,
) -> Result<Response, Failure> {
    let benchmark = row.document;
    let standings = store.standings(&benchmark.id).await?;
    let asked = options.list("entries").unwrap_or_default();
    let offered = Offered::of(&store, &standings, &benchmark, &asked).await?;
    let Choice { entries, mut notes } = Choice::read(&store, &benchmark, &options).await?;
    let selection = Selection::read(&benchmark, &entries, &options, &mut notes);
    let chosen: Vec<Chosen> = choice::chosen(&entries);
    let mut whole = ComparePage {
        choices: choice::choices(&offered.entries, &entries),
        n_other_entries: offered.n_others(),
        notes: Vec::new(),
        chosen,
        selection,
        pair: None,
        many: None,
        means: None,
        benchmark,
    };
    whole.notes = notes;
    if entries.len() < 2 {
        return page(&whole);
    }
    let name_of = |id: &str| {
        let entry = entries.iter().find(|entry| entry.id == id);
        entry.map_or_else(|| id.to_owned(), |entry| entry.card.name.clone())
    };
    let found = compared(&comparisons, &entries).await?;
    let found = match found.as_deref() {
        Some(Ok(found)) => found,
        Some(Err(problems)) => {
            whole.notes.extend(problems.iter().map(|problem| {
                let name = name_of(&problem.place);
                format!("{name}: expected {}, found {}.", problem.expected, problem.found)
            }));
            whole.means = Some(Means::new(&whole.benchmark, &entries));
            return page(&whole);
        }
        None => {
            whole.means = Some(Means::new(&whole.benchmark, &entries));
            return page(&whole);
        }
    };
    match entries.as_slice() {
        [first, second] => {
            let (benchmark, selection) = (&whole.benchmark, &whole.selection);
            let mut pair = Pair::new(benchmark, selection, found, [first, second]);
            let object = selection.object.as_deref();
            pair.strip = strip(&store, benchmark, object, &[first, second], pair.shown()).await?;
            whole.pair = Some(pair);
        }
        _ => whole.many = Some(Many::new(&whole.benchmark, &whole.selection, found, &entries)),
    }
    page(&whole)
}

/// Comparison of entries; none where values of single images are hidden.
async fn compared(
    comparisons: &Computed<Compared>,
    entries: &[EntryRow],
) -> Result<Option<Arc<Compared>>, Failure> {
    let named =
        |entry: &EntryRow| NamedResult { name: entry.id.clone(), result: entry.result.clone() };
    let results: Vec<NamedResult> = entries.iter().map(named).collect();
    if results.iter().any(|named| named.result.images.is_none()) {
        return Ok(None);
    }
    let content: Vec<_> = results.iter().map(|named| (&named.name, &named.result)).collect();
    let key = computed::key(&content)?;
    let few = |key: &str| has_column(key, &Options::default());
    let settings = CompareSettings::default();
    let compute = move |results: Vec<NamedResult>| compare_results(&results, &few, settings);
    comparisons.get(key, async { Ok(results) }, compute).await.map(Some)
}
