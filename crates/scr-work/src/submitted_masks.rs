//! Masks that are submitted beside a model: their check before its run, and their comparison with
//! the masks of the run.
//!
//! The entry has the masks of the run. The submitted ones are neither scored nor kept.

use std::path::Path;

use scr_data::{Benchmark, DataError, MaskSet};
use scr_documents::{
    Flag, FlagKind, MaskDifferencesDocument, MaskVerdict, SubmittedMasksDocument,
    VerifiedRunDocument,
};
use scr_store::ModelRun;

use crate::mask_comparison::{MaskComparison, compare};

/// Opens submitted masks, each of which can be read and has the size of its image.
///
/// # Errors
/// [`DataError::Problems`] for all others.
pub(crate) fn open(benchmark: &Benchmark, upload: &Path) -> Result<MaskSet, DataError> {
    let masks = MaskSet::open(upload, benchmark)?;
    let reference = &benchmark.reference().id;
    let report = scr_eval::check(benchmark, &masks, reference, &|| ())?;
    report.problems.or(masks)
}

/// Compares submitted masks with those of the run, a zip file, and notes the verdict in the run.
/// Returns the differences, which are in the run where the reference is not hidden.
///
/// # Errors
/// [`DataError::Problems`] for masks that cannot be read.
pub(crate) fn note(
    benchmark: &Benchmark,
    submitted: &MaskSet,
    run_masks: &Path,
    is_hidden: bool,
    verified: &mut VerifiedRunDocument,
) -> Result<Option<MaskDifferencesDocument>, DataError> {
    let made = MaskSet::open(run_masks, benchmark)?;
    let MaskComparison { masks_digest, n_masks, differences } =
        compare(benchmark, submitted, &made)?;
    let verdict = match differences {
        None => MaskVerdict::Equal,
        Some(_) => MaskVerdict::Different,
    };
    // Differences image by image would tell what the model made of images its author never saw.
    let shown = differences.clone().filter(|_| !is_hidden);
    verified.submitted_masks =
        Some(SubmittedMasksDocument { verdict, masks_digest, n_masks, differences: shown });
    Ok(differences)
}

/// Flag of submitted masks that differ from those of the run; none where they are equal.
pub(crate) fn flag(run: &ModelRun) -> Option<Flag> {
    let differences = run.differences.as_ref()?;
    let submitted = run.verified.submitted_masks.as_ref()?;
    let message = format!(
        "{} of {} masks that were submitted beside the model differ from those of its run, in {} \
         pixels. The entry has those of the run.",
        differences.n_masks, submitted.n_masks, differences.n_pixels
    );
    Some(Flag { kind: FlagKind::SubmittedMasks, message, entry: None })
}
