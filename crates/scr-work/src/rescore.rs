//! Scores published entries again, after a change of the scoring rules.
//!
//! Reads the masks that the store keeps, never those that were handed in, and decides on
//! no rule: an entry is scored again when its result is of another evaluator's version
//! than this one's. Entry by entry, each in one transaction, while the site is served;
//! what breaks off in between goes on where it was. The main type is [`Rescored`].

use scr_data::MaskSet;
use scr_documents::ResultDocument;
use scr_eval::{EVALUATOR_VERSION, Settings, evaluate};
use scr_store::{EntryRow, Store};

use crate::WorkError;
use crate::job::with_benchmark;

/// Which entries, and whether their results are to be replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rescoring {
    /// Only those of this benchmark.
    pub benchmark: Option<String>,
    /// Only this one.
    pub entry: Option<String>,
    /// Whether the new results take the place of the old ones, which are kept.
    pub apply: bool,
}

/// An entry that was scored again.
#[derive(Debug)]
pub struct Rescored {
    /// The entry with the result that it had, without images.
    pub entry: EntryRow,
    /// The result that it has now, or would have; or why there is none.
    pub result: Result<ResultDocument, WorkError>,
}

/// Scores again what is of another version. `on_entry` is told how many entries are done
/// and of how many. Entries that cannot be scored are among the answers and keep their
/// results.
///
/// # Errors
/// [`WorkError::NoSuch`] when there is no such benchmark or entry; what the store says.
pub async fn rescore(
    store: &Store,
    rescoring: &Rescoring,
    on_entry: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Rescored>, WorkError> {
    let entries = entries(store, rescoring).await?;
    let total = entries.len();
    let mut rescored = Vec::with_capacity(total);
    for (done, entry) in entries.into_iter().enumerate() {
        on_entry(done, total);
        let result = again(store, &entry, rescoring.apply).await;
        rescored.push(Rescored { entry, result });
    }
    on_entry(total, total);
    Ok(rescored)
}

/// What is to be scored again.
async fn entries(store: &Store, rescoring: &Rescoring) -> Result<Vec<EntryRow>, WorkError> {
    let Rescoring { benchmark, entry, .. } = rescoring;
    let none = |what, id: &str| WorkError::NoSuch { what, id: id.to_owned() };
    if let Some(id) = benchmark
        && store.benchmark(id).await?.is_none()
    {
        return Err(none("benchmark", id));
    }
    let mut found = Vec::new();
    for row in store.benchmarks().await? {
        let id = &row.document.id;
        if benchmark.as_ref().is_none_or(|wanted| wanted == id) {
            found.extend(store.entries_without_images(id).await?);
        }
    }
    if let Some(id) = entry {
        found.retain(|row| row.id == *id);
        if found.is_empty() {
            return Err(none("entry", id));
        }
    }
    found.retain(|row| row.result.evaluator_version != EVALUATOR_VERSION);
    Ok(found)
}

async fn again(store: &Store, entry: &EntryRow, apply: bool) -> Result<ResultDocument, WorkError> {
    let (id, folder) = (&entry.id, store.entry_masks_folder(&entry.id));
    let mut result = with_benchmark(store, &entry.benchmark_id, move |benchmark| {
        let masks = MaskSet::open(&folder, benchmark)?;
        let evaluation = evaluate(benchmark, &masks, &Settings::default(), &|| ())?;
        Ok(scr_report::result_document(&evaluation, true))
    })
    .await?;
    // The files are others than those handed in; the pixels, and so the entry, are the same.
    result.masks_digest.clone_from(&entry.result.masks_digest);
    let before = &entry.result;
    if result.benchmark_digest != before.benchmark_digest {
        let (id, expected) = (id.clone(), before.benchmark_digest.clone());
        return Err(WorkError::OtherBenchmark { id, expected, found: result.benchmark_digest });
    }
    if apply && !store.add_result(id, &before.evaluator_version, &result).await? {
        return Err(WorkError::Overtaken { id: id.clone() });
    }
    Ok(result)
}
