//! Scores published entries again, after a change of the scoring rules.
//!
//! Reads the stored masks, not the uploads. An entry is scored again when its result is of
//! another version of the evaluator. Each entry is one transaction, while the site is served, so
//! that an interrupted run continues where it stopped. The main type is [`RescoredEntry`].

use scr_data::MaskSet;
use scr_documents::ResultDocument;
use scr_eval::{EVALUATOR_VERSION, Settings, evaluate};
use scr_store::{EntryRow, Store};

use crate::claimed_job::with_benchmark;
use crate::error::WorkError;
use crate::selected_entries::{ChosenEntry, EntryChoice};

/// Selection of entries, and whether to store the new results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RescoreOptions {
    /// Entries.
    pub entries: EntryChoice,
    /// Stores the new results; the old ones are kept as earlier versions.
    pub apply: bool,
}

/// An entry that was scored again.
#[derive(Debug)]
pub struct RescoredEntry {
    /// The entry with its earlier result, without images.
    pub entry: EntryRow,
    /// Its new result, without images, or the reason that there is none.
    pub result: Result<ResultDocument, WorkError>,
}

/// Scores entries of another version again. `on_entry` gets the number of entries done and of
/// all. Entries that cannot be scored are reported and keep their results.
///
/// # Errors
/// [`WorkError::NoSuch`] when there is no such benchmark or entry; [`WorkError::Store`].
pub async fn rescore(
    store: &Store,
    options: &RescoreOptions,
    on_entry: &mut dyn FnMut(usize, usize),
) -> Result<Vec<RescoredEntry>, WorkError> {
    let outdated = outdated(store, options).await?;
    let total = outdated.len();
    let mut rescored = Vec::with_capacity(total);
    for (done, ChosenEntry { id, .. }) in outdated.into_iter().enumerate() {
        on_entry(done, total);
        let Some(entry) = store.entries().summary(&id).await?.filter(is_outdated) else {
            // Another process has scored or withdrawn it meanwhile.
            continue;
        };
        let mut result = again(store, &entry, options.apply).await;
        if let Ok(result) = &mut result {
            result.images = None;
        }
        rescored.push(RescoredEntry { entry, result });
    }
    on_entry(total, total);
    Ok(rescored)
}

/// Entries to score again.
pub(crate) async fn outdated(
    store: &Store,
    options: &RescoreOptions,
) -> Result<Vec<ChosenEntry>, WorkError> {
    options.entries.entries(store, is_outdated).await
}

/// True for an entry with a result of another version of the evaluator that is not withdrawn.
fn is_outdated(row: &EntryRow) -> bool {
    row.withdrawn.is_none() && row.result.evaluator_version != EVALUATOR_VERSION
}

async fn again(store: &Store, entry: &EntryRow, apply: bool) -> Result<ResultDocument, WorkError> {
    let (id, folder) = (&entry.id, store.entries().local_masks(&entry.id).await?);
    let result = with_benchmark(store, &entry.benchmark_id, move |benchmark| {
        let masks = MaskSet::open(&folder, benchmark)?;
        let evaluation = evaluate(benchmark, &masks, &Settings::default(), &|| ())?;
        Ok(scr_report::result_document(&evaluation, true))
    })
    .await?;
    let (result, before) = (of_stored_masks(result, entry)?, &entry.result);
    if apply && !store.entries().add_result(id, &before.evaluator_version, &result).await? {
        return Err(WorkError::Overtaken { id: id.clone() });
    }
    Ok(result)
}

/// The result of an entry's stored masks as one of its submitted masks.
///
/// # Errors
/// [`WorkError::OtherBenchmark`] when the entry was scored on another benchmark.
pub(crate) fn of_stored_masks(
    mut result: ResultDocument,
    entry: &EntryRow,
) -> Result<ResultDocument, WorkError> {
    // The stored files differ from the submitted ones; their pixels are the same.
    result.masks_digest.clone_from(&entry.result.masks_digest);
    let before = &entry.result;
    if result.benchmark_digest != before.benchmark_digest {
        let (id, expected) = (entry.id.clone(), before.benchmark_digest.clone());
        return Err(WorkError::OtherBenchmark { id, expected, found: result.benchmark_digest });
    }
    Ok(result)
}
