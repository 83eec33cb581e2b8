//! Plausibility check of a set of masks: suspicions, which are no errors.
//!
//! An error prevents scoring; reading the whole set finds all errors. A set without
//! errors can still be wrong: sides swapped, axes exchanged, foreground and
//! background exchanged. Each rule searches for the trace of one such accident, a
//! trace that a weak method does not leave; a low score alone is no trace. A warning
//! never prevents scoring.
//!
//! Deliberately not a score: rules compare overlaps with each other, on thumbnails
//! where these suffice, and report none as a result.
//!
//! Reading keeps only [`ImageFacts`] of an image, some hundred bytes a mask. Each
//! rule is a function from the facts of all images to warnings, in a file with its
//! thresholds and their reasons:
//!
//! | rule | file |
//! |---|---|
//! | [`WrongSize`](Rule::WrongSize) | `wrong_size.rs` |
//! | [`Orientation`](Rule::Orientation) | `orientation.rs` |
//! | [`LeftRightSwap`](Rule::LeftRightSwap) | `sides.rs` |
//! | [`ScaledContent`](Rule::ScaledContent), [`ShiftedContent`](Rule::ShiftedContent) | `frame.rs` |
//! | [`Inverted`](Rule::Inverted), [`Empty`](Rule::Empty), [`EqualsReference`](Rule::EqualsReference) | `single.rs` |
//! | [`IdenticalMasks`](Rule::IdenticalMasks) | `identical.rs` |
//! | [`Outlier`](Rule::Outlier) | `outlier.rs` |

mod facts;
mod fences;
mod frame;
mod hypotheses;
mod identical;
mod orientation;
mod outlier;
mod reading;
mod set_facts;
mod sides;
mod single;
mod thumbnail;
mod warning;
mod wrong_size;

use rayon::prelude::*;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, Fold, MaskSet, Problems};

use self::facts::ImageFacts;
pub(crate) use self::fences::Fences;
use self::reading::{ImageInspection, inspect};
use self::set_facts::SetFacts;
pub(crate) use self::sides::counterparts;
pub(crate) use self::thumbnail::Thumbnail;
pub(crate) use self::warning::{Group, grouped, share_of_images};
pub use self::warning::{Rule, Warning};
use crate::reading::Reader;
use crate::shard::Shard;

/// Report of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// Number of images that the set covers.
    pub n_images: usize,
    /// Identifiers of the structures that the set covers, in the benchmark's order.
    pub structures: Vec<String>,
    /// Number of images with a mask that is not empty, by structure, in the order of
    /// `structures`.
    pub n_filled: Vec<usize>,
    /// Digest of the benchmark; `None` when a part of it cannot be read.
    pub benchmark_digest: Option<String>,
    /// Digest of the masks; `None` when there are errors.
    pub masks_digest: Option<String>,
    /// Errors, which prevent scoring, sorted by place.
    pub problems: Problems,
    /// Suspicions, in the order of [`Rule`]. With errors they rest on the images that
    /// could be read completely.
    pub warnings: Vec<Warning>,
    /// Remarks that are no suspicions, in words.
    pub notices: Vec<String>,
}

/// Checks `masks`: finds all errors and suspicions.
///
/// Finds the same errors as [`evaluate`](crate::evaluate()). `observer` names the
/// reference. Calls `on_image` after each image, from any thread. The same files give
/// the same report for any number of threads.
///
/// # Errors
/// [`DataError::Problems`] when the benchmark has no such observer. Problems of files
/// are in the report.
pub fn check(
    benchmark: &Benchmark,
    masks: &MaskSet,
    observer: &str,
    on_image: &(dyn Fn() + Sync),
) -> Result<CheckReport, DataError> {
    let observer = benchmark.observer(observer)?;
    let sides = sides::counterparts(benchmark, masks.structures());
    let reader = Reader { benchmark, masks, observer };
    let covered = masks.images();
    let inspections: Vec<_> = covered
        .par_iter()
        .map(|&image| {
            let inspection = inspect(reader, image, &sides);
            on_image();
            inspection
        })
        .collect();

    let mut problems = Problems::default();
    let mut mask_files = Manifest::default();
    let mut reference_files = benchmark.manifest();
    let mut reference_is_whole = true;
    let mut images = Vec::with_capacity(inspections.len());
    let mut wrong_sizes = Vec::new();
    for ImageInspection { facts, wrong_sizes: wrong, reading, reference_is_whole: is_whole } in
        inspections
    {
        reference_is_whole &= is_whole;
        reference_files.extend(reading.reference_files);
        mask_files.extend(reading.mask_files);
        problems.extend(reading.problems);
        wrong_sizes.extend(wrong);
        images.extend(facts);
    }
    reference_is_whole &= reader.note_uncovered(Shard::WHOLE, &mut reference_files, &mut problems);
    let problems = match problems.or(()) {
        Ok(()) => Problems::default(),
        Err(DataError::Problems(sorted)) => sorted,
        Err(other) => return Err(other),
    };

    let structures = masks.structures();
    let n_filled =
        |place: usize| images.iter().filter(|image| !image.masks[place].is_empty).count();
    let n_filled = (0..structures.len()).map(n_filled).collect();
    let set = SetFacts { benchmark, structures, sides: &sides, images: &images };
    let mut warnings = wrong_size::warnings(benchmark, &wrong_sizes);
    warnings.extend(set.warnings());
    Ok(CheckReport {
        n_images: masks.images().len(),
        structures: structures.iter().map(|&s| benchmark.structures[s].id.clone()).collect(),
        n_filled,
        benchmark_digest: reference_is_whole.then(|| reference_files.digest()),
        masks_digest: problems.list().is_empty().then(|| mask_files.digest()),
        problems,
        warnings,
        notices: missing_folds(benchmark, masks)
            .into_iter()
            .chain(benchmark.spacing_notice())
            .collect(),
    })
}

impl SetFacts<'_> {
    /// Applies every rule, in the order of [`Rule`].
    fn warnings(&self) -> Vec<Warning> {
        let orientation = orientation::judge(self);
        let mut warnings = Vec::new();
        warnings.extend(orientation.warnings(self));
        warnings.extend(sides::warnings(self, &orientation));
        if !orientation.is_of_the_whole_set() {
            warnings.extend(frame::warnings(self));
        }
        warnings.extend(single::warnings(self));
        warnings.extend(identical::warnings(self));
        warnings.extend(outlier::warnings(self));
        warnings
    }
}

/// Notice that the set covers some folds, where the benchmark has images of others.
fn missing_folds(benchmark: &Benchmark, masks: &MaskSet) -> Option<String> {
    let has_images = |fold: &Fold| benchmark.fold(*fold).next().is_some();
    let folds = benchmark.folds().into_iter().filter(has_images);
    let covered = masks.folds();
    if folds.clone().all(|fold| covered.contains(&fold)) {
        return None;
    }
    let names = covered.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Some(format!(
        "the set covers {} {names} only: scores will rest on {} of {} images",
        if covered.len() == 1 { "fold" } else { "folds" },
        masks.images().len(),
        benchmark.images.len()
    ))
}
