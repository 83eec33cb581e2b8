//! Flags, folds and differences of one submission.
//!
//! Holds the results of one entry at a time, however many entries there are.

use scr_data::{Benchmark, MaskSet};
use scr_documents::{DifferenceDocument, EntryRole, FindingsDocument, ResultDocument};
use scr_stats::PairedComparison;
use scr_store::{ComparedEntry, EntryRow, Store, Submission};

use super::overlaps::{MEASURE, columns};
use super::{folds, naming, sameness};
use crate::error::WorkError;
use crate::submitted_masks;

/// Flags of a submission against all current entries, with the values behind them.
pub(crate) async fn findings(
    store: &Store,
    submission: &Submission,
    benchmark: &Benchmark,
    masks: &MaskSet,
    result: &ResultDocument,
) -> Result<FindingsDocument, WorkError> {
    let entries = store.entries().with_submitters(&benchmark.id).await?;
    let mut flags: Vec<_> = sameness::with_reference(result).into_iter().collect();
    let corrected = corrected(submission, &entries);
    let mut is_an_observer = false;
    let mut differences = Vec::new();
    for ComparedEntry { head, .. } in &entries {
        let Some(row) = store.entries().get(&head.id).await? else {
            return Err(WorkError::NoSuch { what: "entry", id: head.id.clone() });
        };
        let is_corrected = corrected.contains(&head.id.as_str());
        let flag =
            sameness::with_entry(store, benchmark, masks, result, &row, is_corrected).await?;
        is_an_observer |= flag.is_some() && head.role == EntryRole::Observer;
        flags.extend(flag);
        if head.withdrawn.is_none() {
            differences.extend(differences_from(result, &row));
        }
    }
    // An observer whose masks are an entry is flagged once, as that entry.
    if !is_an_observer {
        flags.extend(sameness::with_observers(benchmark, masks, result).await?);
    }
    flags.extend(submission.run.as_ref().and_then(submitted_masks::flag));
    flags.extend(naming::flags(submission, &entries, &corrected));
    let folds = folds::folds(result);
    flags.extend(folds::flags(&folds));
    Ok(FindingsDocument { flags, folds, differences, n_entries: entries.len() as u64 })
}

/// Differences from an entry, object by object, on the images that both cover.
fn differences_from(result: &ResultDocument, entry: &EntryRow) -> Vec<DifferenceDocument> {
    let shared = result.objects.keys().filter(|object| entry.result.objects.contains_key(*object));
    shared
        .map(|object| {
            let [own, other] = columns(result, &entry.result, object);
            let compared = PairedComparison::of(&own, &other);
            DifferenceDocument {
                entry: entry.id.clone(),
                object: object.clone(),
                measure: MEASURE.to_owned(),
                mean: compared.mean_difference,
                ci95: compared.ci95,
                n: compared.n,
            }
        })
        .collect()
}

/// Identifiers of the entry that a submission corrects, of the one that this corrected, and so
/// on.
fn corrected<'a>(submission: &'a Submission, entries: &'a [ComparedEntry]) -> Vec<&'a str> {
    let mut corrected: Vec<&str> = Vec::new();
    let mut next = submission.supersedes.as_deref();
    while let Some(id) = next.filter(|id| !corrected.contains(id)) {
        corrected.push(id);
        let entry = entries.iter().find(|entry| entry.head.id == id);
        next = entry.and_then(|entry| entry.head.corrects.as_deref());
    }
    corrected
}
