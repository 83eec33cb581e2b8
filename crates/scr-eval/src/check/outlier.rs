//! Rule for outliers: masks far from the set's other masks of the same structure.
//!
//! # Thresholds
//! Compares each mask's area (the logarithm of its share of the image, so that a tenth
//! is as far as ten times) and its centre of area (as shares of width and height) with
//! the far-out [`Fences`] of the set's own masks, at least [`LEAST_MASKS`] of them. The
//! least interquartile ranges are [`LEAST_IQR_OF_LOG_AREA`] and
//! [`LEAST_IQR_OF_CENTRE`]: a method with nearly the same mask everywhere has outliers
//! only from a third larger, a quarter smaller or a sixteenth of the image away.
//!
//! A patient may be an outlier as well: a mask that overlaps the reference by half
//! ([`FITS`]) is in its place.

use super::facts::{ImageFacts, MaskFacts};
use super::fences::Fences;
use super::set_facts::SetFacts;
use super::warning::{Rule, Warning, grouped};

const LEAST_MASKS: usize = 8;
const LEAST_IQR_OF_LOG_AREA: f64 = 0.1;
const LEAST_IQR_OF_CENTRE: f64 = 0.02;
const FITS: f64 = 0.5;

/// Warnings, one for all structures with outliers on the same images.
pub(super) fn warnings(set: &SetFacts<'_>) -> Vec<Warning> {
    let found =
        set.all_structures().into_iter().map(|place| (place, far_out(set.images, place), ()));
    grouped(found)
        .iter()
        .map(|group| {
            let message = format!(
                "area or centre far outside the range of the set's other masks, and little of \
                 the reference covered, on {}",
                set.share_of_images(group.images.len())
            );
            let hint = "look at these images: did the method lose the structure, or is the mask \
                        another structure's or another image's?";
            set.warning(Rule::Outlier, &group.structures, &group.images, message, hint)
        })
        .collect()
}

/// Images with a far-out mask of the structure at `place`.
fn far_out(images: &[ImageFacts], place: usize) -> Vec<usize> {
    // Only masks with an area and a centre.
    let masks: Vec<(usize, &MaskFacts, [f64; 3])> = images
        .iter()
        .filter_map(|image| {
            let mask = &image.masks[place];
            let [x, y] = mask.centre.filter(|_| !mask.is_inverted)?;
            Some((image.image, mask, [mask.area.ln(), x, y]))
        })
        .collect();
    if masks.len() < LEAST_MASKS {
        return Vec::new();
    }
    let least_iqr = [LEAST_IQR_OF_LOG_AREA, LEAST_IQR_OF_CENTRE, LEAST_IQR_OF_CENTRE];
    let fences: Vec<Option<Fences>> = (0..3)
        .map(|of| Fences::of(masks.iter().map(|mask| mask.2[of]).collect(), least_iqr[of]))
        .collect();
    let is_far_out = |values: &[f64; 3]| {
        fences.iter().zip(values).any(|(fences, &v)| fences.is_some_and(|f| f.is_far_out(v)))
    };
    masks
        .iter()
        .filter(|(_, mask, values)| mask.overlap < FITS && is_far_out(values))
        .map(|&(image, ..)| image)
        .collect()
}
