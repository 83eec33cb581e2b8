//! Comparison of two sets of masks pixel by pixel: those submitted beside a model, or published
//! before, and those of its run.
//!
//! Compares the masks of the first set; the second one must have them all. The same masks give
//! the same comparison for any number of threads.

use std::cmp::Reverse;

use rayon::prelude::*;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, MaskSet, Problem, Problems};
use scr_documents::{MaskDifferenceDocument, MaskDifferencesDocument};

/// Comparison of two sets of masks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MaskComparison {
    /// Digest of the first set.
    pub(crate) masks_digest: String,
    /// Number of compared masks.
    pub(crate) n_masks: usize,
    /// Differences; none where the masks are equal.
    pub(crate) differences: Option<MaskDifferencesDocument>,
}

/// Compares the masks of `first` with those of `second`.
///
/// # Errors
/// [`DataError::Problems`] for masks that cannot be read, are not in the second set, or differ in
/// size.
pub(crate) fn compare(
    benchmark: &Benchmark,
    first: &MaskSet,
    second: &MaskSet,
) -> Result<MaskComparison, DataError> {
    let masks: Vec<(usize, usize)> = first.masks().collect();
    let compared: Vec<Result<(Manifest, u64), Problem>> = masks
        .par_iter()
        .map(|&(structure, image)| {
            let (mut read, mut other) = (Manifest::default(), Manifest::default());
            let mask = first.read_mask(benchmark, structure, image, None, &mut read)?;
            let size = Some(mask.size());
            let made = second.read_mask(benchmark, structure, image, size, &mut other)?;
            Ok((read, mask.count_different(&made)))
        })
        .collect();
    let (mut problems, mut manifest) = (Problems::default(), Manifest::default());
    let mut listed = Vec::new();
    for ((structure, image), result) in masks.iter().zip(compared) {
        let Some((read, n_pixels)) = problems.keep(result) else { continue };
        manifest.extend(read);
        if n_pixels > 0 {
            listed.push((*image, *structure, n_pixels));
        }
    }
    let n_masks = masks.len();
    let differences = (!listed.is_empty()).then(|| document(benchmark, listed));
    problems.or(MaskComparison { masks_digest: manifest.digest(), n_masks, differences })
}

/// Document of masks that differ: image, structure and number of pixels.
fn document(benchmark: &Benchmark, mut masks: Vec<(usize, usize, u64)>) -> MaskDifferencesDocument {
    masks.sort_by_key(|&(image, structure, n_pixels)| (Reverse(n_pixels), image, structure));
    let of = |&(image, structure, n_pixels): &(usize, usize, u64)| MaskDifferenceDocument {
        image: benchmark.images[image].id.clone(),
        structure: benchmark.structures[structure].id.clone(),
        n_pixels,
    };
    MaskDifferencesDocument {
        n_masks: masks.len(),
        n_pixels: masks.iter().map(|(.., n_pixels)| n_pixels).sum(),
        largest: masks.iter().take(MaskDifferencesDocument::MAX_LISTED).map(of).collect(),
    }
}
