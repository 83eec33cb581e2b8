//! Overlap measures: the area that two masks share.
//!
//! Counts pixels only and needs no spacing. [`distances`](crate::distances) has the
//! boundary measures. Empty masks follow [`empty`](crate::empty), never a local rule.

use crate::{Counts, empty::Emptiness};

/// Overlap: the pixels in both masks over the pixels in either,
/// TP / (TP + FP + FN). Range 0 to 1, higher is better, symmetric.
///
/// # Empty masks
/// Both empty: 1. One empty: 0.
///
/// # Source
/// Omega in van Ginneken, Stegmann and Loog, "Segmentation of anatomical
/// structures in chest radiographs using supervised methods", Medical Image
/// Analysis 10, 2006, doi:10.1016/j.media.2005.02.002. Elsewhere: Jaccard
/// index, intersection over union.
#[must_use]
pub fn overlap(counts: Counts) -> f64 {
    let shared = counts.true_positive;
    let either = shared + counts.false_positive + counts.false_negative;
    Emptiness::of(counts).share(|| shared as f64 / either as f64)
}

/// Dice coefficient, 2TP / (2TP + FP + FN). Range 0 to 1, higher is better, symmetric.
///
/// # Empty masks
/// Both empty: 1. One empty: 0.
///
/// # Source
/// Dice, "Measures of the amount of ecologic association between species",
/// Ecology 26, 1945, doi:10.2307/1932409. Equals 2J / (1 + J) of the overlap J.
#[must_use]
pub fn dice(counts: Counts) -> f64 {
    let twice = 2 * counts.true_positive;
    let both = twice + counts.false_positive + counts.false_negative;
    Emptiness::of(counts).share(|| twice as f64 / both as f64)
}

/// Sensitivity, or recall: the share of the reference that was found,
/// TP / (TP + FN). Range 0 to 1, higher is better; not symmetric.
///
/// # Empty masks
/// Both empty: 1. One empty: 0.
#[must_use]
pub fn sensitivity(counts: Counts) -> f64 {
    let of = counts.true_positive + counts.false_negative;
    Emptiness::of(counts).share(|| counts.true_positive as f64 / of as f64)
}

/// Precision, or positive predictive value: the share of the prediction that is
/// right, TP / (TP + FP). Range 0 to 1, higher is better; not symmetric.
///
/// # Empty masks
/// Both empty: 1. One empty: 0.
#[must_use]
pub fn precision(counts: Counts) -> f64 {
    let of = counts.true_positive + counts.false_positive;
    Emptiness::of(counts).share(|| counts.true_positive as f64 / of as f64)
}

/// Specificity: the share of the reference's background that the prediction leaves out,
/// TN / (TN + FP). Range 0 to 1, higher is better; not symmetric.
///
/// It depends on how much background the image has. `None` when the reference
/// covers the whole image.
///
/// # Empty masks
/// No special case: only the background counts.
#[must_use]
pub fn specificity(counts: Counts) -> Option<f64> {
    let of = counts.true_negative + counts.false_positive;
    (of > 0).then(|| counts.true_negative as f64 / of as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_image::{Mask, Size};

    fn counts(reference: &str, prediction: &str) -> Counts {
        Counts::of(&Mask::from_text(reference), &Mask::from_text(prediction))
    }

    #[test]
    fn two_of_six_pixels_shared_is_a_third() {
        let counts = counts("####", "..##");
        assert_eq!(overlap(counts), 0.5);
        assert_eq!(dice(counts), 2.0 / 3.0);
        let counts =
            Counts { true_positive: 2, false_positive: 2, false_negative: 2, true_negative: 0 };
        assert_eq!(overlap(counts), 1.0 / 3.0);
        assert_eq!(dice(counts), 0.5);
    }

    #[test]
    fn rates_count_one_side_each() {
        // Reference 2 pixels, prediction 3, shared 1; background of the reference 4.
        let counts = counts("##....", ".###..");
        assert_eq!(sensitivity(counts), 0.5);
        assert_eq!(precision(counts), 1.0 / 3.0);
        assert_eq!(specificity(counts), Some(0.5));
    }

    #[test]
    fn without_background_there_is_no_specificity() {
        assert_eq!(specificity(counts("##", "#.")), None);
        assert_eq!(specificity(counts("..", "#.")), Some(0.5));
        assert_eq!(specificity(counts("#.", "..")), Some(1.0));
    }

    #[test]
    fn empty_masks_follow_the_policy() {
        let empty = Mask::empty(Size::new(4, 1));
        let some = Mask::from_text("#...");
        for measure in [overlap, dice, sensitivity, precision] {
            assert_eq!(measure(Counts::of(&empty, &empty)), 1.0);
            assert_eq!(measure(Counts::of(&some, &empty)), 0.0);
            assert_eq!(measure(Counts::of(&empty, &some)), 0.0);
        }
    }
}
