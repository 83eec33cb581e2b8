//! Board of a benchmark's entries, computed once for the same results.
//!
//! The only place that reads every entry with its images for a page of a benchmark.

use std::sync::Arc;

use scr_documents::BenchmarkDocument;
use scr_report::NamedResult;
use scr_report::board::{Board, MAX_COMPARED, board};
use scr_report::comparison::CompareSettings;
use scr_report::standings::{Order, Standing, Statistic};
use scr_store::{EntryRow, PublicStore};

use crate::computed::{self, Computed};
use crate::error::Failure;
use crate::numbers::MeasureFormat;

/// Resamples behind rank stability on pages.
const RESAMPLES: usize = 1000;

/// Board of `entries`; none where values of single images are hidden. The names of its
/// results are the identifiers of the entries. Of too many entries it has the best.
pub(crate) async fn board_of(
    store: &PublicStore,
    boards: &Computed<Board>,
    benchmark: &BenchmarkDocument,
    entries: &[EntryRow],
) -> Result<Option<Arc<Board>>, Failure> {
    if entries.is_empty() || !store.benchmarks().shows_image_results(&benchmark.id).await? {
        return Ok(None);
    }
    let chosen = best(entries);
    let content: Vec<_> = chosen.iter().map(|entry| (&entry.id, &entry.result)).collect();
    let key = computed::key(&(&benchmark.digest, content))?;
    let read = async {
        let mut results = Vec::new();
        for entry in &chosen {
            let whole = store.entries().get(&entry.id).await?;
            results.extend(whole.map(|whole| NamedResult { name: whole.id, result: whole.result }));
        }
        Ok(results)
    };
    let settings = CompareSettings { bootstrap_resamples: RESAMPLES, ..CompareSettings::default() };
    let compute = move |results: Vec<NamedResult>| board(&results, settings);
    boards.get(key, read, compute).await.map(Some)
}

/// The entries that a board has room for: the best by the first measure of the first object.
fn best(entries: &[EntryRow]) -> Vec<&EntryRow> {
    let mut chosen: Vec<&EntryRow> = entries.iter().collect();
    if chosen.len() <= MAX_COMPARED {
        return chosen;
    }
    let first = entries.iter().flat_map(|entry| &entry.result.objects).next();
    let first = first.and_then(|(object, measures)| Some((object, measures.keys().next()?)));
    if let Some((object, key)) = first {
        let better = MeasureFormat::page(key).better;
        let order = better.map_or(Order::Ascending, Order::best_first);
        let standing = |entry: &EntryRow| {
            let summary = entry.result.objects.get(object).and_then(|found| found.get(key));
            Standing::of(&entry.result, key, summary, Statistic::Mean)
        };
        chosen.sort_by(|one, other| standing(one).compare(standing(other), order));
    }
    chosen.truncate(MAX_COMPARED);
    chosen
}
