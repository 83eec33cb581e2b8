//! What scoring finds beside the scores: what a curator should look at.
//!
//! Decides nothing: a curator does, who answers flags that cast doubt on whose work it is.
//! All comparisons are by the overlap (intersection over union) of objects, which every
//! result has, and with all entries of the benchmark, withdrawn ones too.
//!
//! - `folds.rs`: whether one fold is segmented better than the other.
//! - `sameness.rs`: whether the masks are an entry's, or the reference's.
//! - `naming.rs`: whether the name is an entry's, or looks like one.
//! - here: how far the submission is from each entry, image by image.

mod folds;
mod naming;
mod sameness;

use std::collections::HashMap;

use scr_data::{Benchmark, MaskSet};
use scr_documents::{DifferenceDocument, FindingsDocument, ImageDocument, ResultDocument};
use scr_stats::PairedComparison;
use scr_store::{EntryRow, Store, Submission};

use crate::WorkError;

/// What results are compared by.
const MEASURE: &str = "overlap";

/// Flags of a submission with these masks and this result, beside the entries of now.
pub(crate) async fn findings(
    store: &Store,
    submission: &Submission,
    benchmark: &Benchmark,
    masks: &MaskSet,
    result: &ResultDocument,
) -> Result<FindingsDocument, WorkError> {
    let entries = store.compared_entries(&benchmark.id).await?;
    let mut flags: Vec<_> = sameness::with_reference(result).into_iter().collect();
    for entry in &entries {
        flags.extend(sameness::with_entry(store, benchmark, masks, result, &entry.row).await?);
    }
    flags.extend(naming::flags(submission, &entries));
    let folds = folds::folds(result);
    flags.extend(folds::flags(&folds));
    let standing = entries.iter().map(|entry| &entry.row).filter(|row| row.withdrawn.is_none());
    let differences = standing.flat_map(|entry| differences(result, entry)).collect();
    Ok(FindingsDocument { flags, folds, differences, n_entries: entries.len() as u64 })
}

/// Object by object, the images that both have.
fn differences(result: &ResultDocument, entry: &EntryRow) -> Vec<DifferenceDocument> {
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

/// The values of an object in the images that both results have.
fn columns(one: &ResultDocument, two: &ResultDocument, object: &str) -> [Vec<Option<f64>>; 2] {
    let others: HashMap<&str, &ImageDocument> =
        two.images.iter().flatten().map(|image| (image.image.as_str(), image)).collect();
    let mut columns = [Vec::new(), Vec::new()];
    for image in one.images.iter().flatten() {
        if let Some(other) = others.get(image.image.as_str()) {
            columns[0].push(value(image, object));
            columns[1].push(value(other, object));
        }
    }
    columns
}

fn value(image: &ImageDocument, object: &str) -> Option<f64> {
    image.objects.get(object)?.get(MEASURE).copied().flatten()
}
