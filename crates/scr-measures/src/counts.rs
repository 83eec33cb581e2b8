//! Confusion matrix of two masks.

use scr_image::Mask;

/// Confusion matrix: pixels by their value in reference and prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Pixels in both masks.
    pub true_positive: u64,
    /// Pixels in the prediction only.
    pub false_positive: u64,
    /// Pixels in the reference only.
    pub false_negative: u64,
    /// Pixels in neither mask.
    pub true_negative: u64,
}

impl Counts {
    /// Counts on packed words.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn of(reference: &Mask, prediction: &Mask) -> Self {
        assert_eq!(reference.size(), prediction.size(), "masks of different sizes are compared");
        let mut both = 0;
        let mut in_reference = 0;
        let mut in_prediction = 0;
        for (r, p) in reference.words().iter().zip(prediction.words()) {
            both += u64::from((r & p).count_ones());
            in_reference += u64::from(r.count_ones());
            in_prediction += u64::from(p.count_ones());
        }
        let either = in_reference + in_prediction - both;
        Self {
            true_positive: both,
            false_positive: in_prediction - both,
            false_negative: in_reference - both,
            true_negative: reference.size().area() as u64 - either,
        }
    }

    /// True when the reference is empty.
    #[must_use]
    pub const fn reference_is_empty(self) -> bool {
        self.true_positive + self.false_negative == 0
    }

    /// True when the prediction is empty.
    #[must_use]
    pub const fn prediction_is_empty(self) -> bool {
        self.true_positive + self.false_positive == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pixel_is_counted_once() {
        let reference = Mask::from_text("##.. ##.. ....");
        let prediction = Mask::from_text(".##. .... ...#");
        let counts = Counts::of(&reference, &prediction);
        let expected =
            Counts { true_positive: 1, false_positive: 2, false_negative: 3, true_negative: 6 };
        assert_eq!(counts, expected);
    }
}
