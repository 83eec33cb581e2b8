//! Facts about the masks of an image, as numbers.

use std::hash::{DefaultHasher, Hash, Hasher};

use scr_image::{Mask, PixelBox, Size};
use scr_measures::Counts;
use scr_measures::overlap::overlap;

use super::hypotheses::fit_hypotheses;
use super::thumbnail::Thumbnail;

/// Facts about an image.
pub(super) struct ImageFacts {
    /// Its index in the benchmark.
    pub(super) image: usize,
    /// Facts by structure, in the order of those covered.
    pub(super) masks: Vec<MaskFacts>,
    /// Mean overlap of the thumbnails by orientation hypothesis, see `orientation.rs`;
    /// `None` when no structure has both masks.
    pub(super) fits: Option<Vec<f64>>,
    /// Bounding boxes around all structures; `None` when one is empty.
    pub(super) frames: Option<Frames>,
}

/// Facts about a mask and its reference.
pub(super) struct MaskFacts {
    pub(super) is_empty: bool,
    pub(super) reference_is_empty: bool,
    /// True when the prediction equals the reference, pixel by pixel, and is not empty.
    pub(super) is_reference: bool,
    /// True when foreground and background look exchanged.
    pub(super) is_inverted: bool,
    /// Overlap with the reference.
    pub(super) overlap: f64,
    /// Overlap with the reference of the structure on the other side, if any.
    pub(super) other_side_overlap: Option<f64>,
    /// Set pixels as a share of the image.
    pub(super) area: f64,
    /// Centre of area, as shares of width and height; `None` when empty.
    pub(super) centre: Option<[f64; 2]>,
    /// Hash of size and pixels: two of 50 000 different masks collide with a probability
    /// of 1 in 10 000 000 000.
    pub(super) pixels: u64,
    /// Hash of the reference's size and pixels.
    pub(super) reference_pixels: u64,
}

/// Left, top, right and bottom of a box, as shares of the image's width and height.
pub(super) type Frame = [f64; 4];

/// Bounding boxes around all structures covered.
#[derive(Clone, Copy)]
pub(super) struct Frames {
    pub(super) prediction: Frame,
    pub(super) reference: Frame,
}

impl ImageFacts {
    /// Collects the facts of one image. `references` and `predictions` are in the order
    /// of the structures covered and have one size; `sides` gives the place of each
    /// structure's counterpart.
    pub(super) fn of(
        image: usize,
        references: &[&Mask],
        predictions: &[Mask],
        sides: &[Option<usize>],
    ) -> Self {
        let thumbnails = |masks: &mut dyn Iterator<Item = &Mask>| -> Vec<Thumbnail> {
            masks.map(Thumbnail::of).collect()
        };
        let of_references = thumbnails(&mut references.iter().copied());
        let of_predictions = thumbnails(&mut predictions.iter());
        let masks: Vec<MaskFacts> = (0..predictions.len())
            .map(|place| {
                let other_side = sides[place].map(|other| references[other]);
                let centre = of_predictions[place].centre();
                MaskFacts::of(references[place], &predictions[place], other_side, centre)
            })
            .collect();
        let usable: Vec<usize> =
            (0..masks.len()).filter(|&place| masks[place].has_location()).collect();
        let frame = |masks: &dyn Fn(usize) -> PixelBox, size| {
            let all = usable.iter().map(|&place| masks(place)).reduce(PixelBox::union);
            all.map(|found| relative(found, size))
        };
        let size = predictions.first().map_or(Size::new(0, 0), Mask::size);
        let found = |mask: &Mask| mask.bounding_box().expect("masks without pixels are left out");
        let prediction = frame(&|place| found(&predictions[place]), size);
        let reference = frame(&|place| found(references[place]), size);
        Self {
            image,
            fits: fit_hypotheses(&of_references, &of_predictions, &usable, sides),
            frames: prediction
                .zip(reference)
                .map(|(prediction, reference)| Frames { prediction, reference }),
            masks,
        }
    }
}

impl MaskFacts {
    fn of(
        reference: &Mask,
        prediction: &Mask,
        other_side: Option<&Mask>,
        centre: Option<[f64; 2]>,
    ) -> Self {
        let counts = Counts::of(reference, prediction);
        let is_empty = counts.prediction_is_empty();
        Self {
            is_empty,
            reference_is_empty: counts.reference_is_empty(),
            is_reference: !is_empty && reference == prediction,
            is_inverted: is_inverted(counts),
            overlap: overlap(counts),
            other_side_overlap: other_side.map(|other| overlap(Counts::of(other, prediction))),
            area: (counts.true_positive + counts.false_positive) as f64
                / prediction.size().area().max(1) as f64,
            centre,
            pixels: pixels(prediction),
            reference_pixels: pixels(reference),
        }
    }

    /// True when prediction and reference both have a location.
    fn has_location(&self) -> bool {
        !self.is_empty && !self.reference_is_empty && !self.is_inverted
    }
}

/// True when foreground and background look exchanged: the prediction fills more than
/// half of the image, its background is half to twice as large as the reference, and
/// its background overlaps the reference by 0.05 more than its foreground does. A
/// method that fills too much has its background elsewhere.
fn is_inverted(counts: Counts) -> bool {
    let Counts { true_positive, false_positive, false_negative, true_negative } = counts;
    let exchanged = Counts {
        true_positive: false_negative,
        false_positive: true_negative,
        false_negative: true_positive,
        true_negative: false_positive,
    };
    let filled = true_positive + false_positive;
    let left = true_negative + false_negative;
    let reference = true_positive + false_negative;
    filled > left
        && 2 * left >= reference
        && left <= 2 * reference
        && overlap(exchanged) >= overlap(counts) + 0.05
}

fn pixels(mask: &Mask) -> u64 {
    // `DefaultHasher` has fixed keys; the hash is never stored.
    let mut hasher = DefaultHasher::new();
    (mask.size(), mask.words()).hash(&mut hasher);
    hasher.finish()
}

fn relative(found: PixelBox, size: Size) -> Frame {
    let width = size.width as f64;
    let height = size.height as f64;
    [
        found.left as f64 / width,
        found.top as f64 / height,
        found.right as f64 / width,
        found.bottom as f64 / height,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_inverted(reference: &str, prediction: &str) -> bool {
        super::is_inverted(Counts::of(&Mask::from_text(reference), &Mask::from_text(prediction)))
    }

    #[test]
    fn only_the_complement_of_something_like_the_reference_is_inverted() {
        assert!(is_inverted("##......", "..######"));
        assert!(is_inverted("##......", "#..#####"), "also of a poor one");
        assert!(!is_inverted("##......", "##......"));
        assert!(!is_inverted("##......", "########"), "everything is filled");
        assert!(!is_inverted("##......", "######.."), "far too much is filled");
        assert!(!is_inverted("##......", "....##.."), "it lies elsewhere");
        assert!(!is_inverted("######..", "..######"), "a poor mask of something large");
        assert!(is_inverted("........", "########"), "the complement of an empty mask");
    }
}
