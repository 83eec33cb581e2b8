//! Rule for masks at another scale than the images, or shifted.
//!
//! Compares the bounding boxes around all structures covered, of the set and of the
//! reference: a copy of half the size in the corner of a full frame has boxes half as
//! wide and half as high on every image.
//!
//! # Thresholds
//! An accident changes every image alike; a method errs on each in another way.
//! So "no change" must lie beyond the far-out [`Fences`] of the set's own changes,
//! on at least [`LEAST_IMAGES`] images, and:
//!
//! - scaled: widths and heights both changed by a factor of 1.2 or more, and by the
//!   same one to a tenth. Another definition of the lungs, without the parts behind
//!   the heart or the diaphragm, changes one of the two more than the other.
//! - shifted: two opposite edges moved in the same direction by [`LEAST_SHIFT`] of
//!   the image or more, the one by at most half as much again as the other.

use super::facts::Frames;
use super::fences::Fences;
use super::set_facts::SetFacts;
use super::warning::{Rule, Warning};

const LEAST_IMAGES: usize = 4;
/// Quartiles of the logarithms of two factors lie at least that far apart.
const LEAST_IQR_OF_FACTORS: f64 = 0.02;
const LEAST_SHIFT: f64 = 0.02;
/// Quartiles of shifts, as shares of the image, lie at least that far apart.
const LEAST_IQR_OF_SHIFTS: f64 = 0.002;

/// The edges of a box, in its order.
const LEFT: usize = 0;
const TOP: usize = 1;
const RIGHT: usize = 2;
const BOTTOM: usize = 3;

/// Warning about a scale, or else about a shift: scaling about a corner also shifts.
pub(super) fn warnings(set: &SetFacts<'_>) -> Option<Warning> {
    let (images, frames): (Vec<usize>, Vec<Frames>) =
        set.images.iter().filter_map(|facts| Some((facts.image, facts.frames?))).unzip();
    if images.len() < LEAST_IMAGES {
        return None;
    }
    let structures = set.all_structures();
    if let Some([width, height]) = scale(&frames) {
        let message = format!(
            "what is drawn is {width:.2} times as wide and {height:.2} times as high as in the \
             reference, on all images alike"
        );
        let hint = "the frame has the right size and its content another scale: was a mask of \
                    another size put into it? scale the content instead";
        return Some(set.warning(Rule::ScaledContent, &structures, &images, message, hint));
    }
    let [x, y] = [shift(&frames, LEFT, RIGHT), shift(&frames, TOP, BOTTOM)];
    if x.is_none() && y.is_none() {
        return None;
    }
    let percent = |share: Option<f64>| 100.0 * share.unwrap_or(0.0).abs();
    let mut ways = Vec::new();
    if let Some(x) = x {
        let way = if x < 0.0 { "left" } else { "right" };
        ways.push(format!("{:.1}% of the width to the {way}", percent(Some(x))));
    }
    if let Some(y) = y {
        let way = if y < 0.0 { "up" } else { "down" };
        ways.push(format!("{:.1}% of the height {way}", percent(Some(y))));
    }
    let message = format!(
        "masks are shifted by {} against the reference, on all images alike",
        ways.join(" and ")
    );
    let hint = "was the image padded or cropped before it was segmented? undo that in the masks";
    Some(set.warning(Rule::ShiftedContent, &structures, &images, message, hint))
}

/// Factors of width and height, when they are one scale.
fn scale(frames: &[Frames]) -> Option<[f64; 2]> {
    let factors = |low: usize, high: usize| {
        let length = |edges: &[f64; 4]| edges[high] - edges[low];
        let logs = frames.iter().map(|f| (length(&f.prediction) / length(&f.reference)).ln());
        Fences::of(logs.collect(), LEAST_IQR_OF_FACTORS)
    };
    let width = factors(LEFT, RIGHT)?;
    let height = factors(TOP, BOTTOM)?;
    let is_large = |fences: Fences| fences.is_far_out(0.0) && fences.median.abs() >= 1.2f64.ln();
    let is_one = (width.median - height.median).abs() <= 1.1f64.ln();
    (is_large(width) && is_large(height) && is_one)
        .then(|| [width.median.exp(), height.median.exp()])
}

/// Shift of two opposite edges, as a share of the image, when both moved alike.
fn shift(frames: &[Frames], low: usize, high: usize) -> Option<f64> {
    let moved = |edge: usize| {
        let shifts = frames.iter().map(|f| f.prediction[edge] - f.reference[edge]);
        Fences::of(shifts.collect(), LEAST_IQR_OF_SHIFTS)
    };
    let low = moved(low)?;
    let high = moved(high)?;
    let is_large = |fences: Fences| fences.is_far_out(0.0) && fences.median.abs() >= LEAST_SHIFT;
    let ratio = high.median / low.median;
    (is_large(low) && is_large(high) && (1.0 / 1.5..=1.5).contains(&ratio))
        .then(|| f64::midpoint(low.median, high.median))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boxes of eight patients, changed by `change` of edges and patient.
    fn frames(change: impl Fn([f64; 4], f64) -> [f64; 4]) -> Vec<Frames> {
        (0..8)
            .map(|index| {
                let other = f64::from(index) / 100.0;
                let reference = [0.1 + other, 0.15, 0.85, 0.9 - 2.0 * other];
                Frames { prediction: change(reference, other), reference }
            })
            .collect()
    }

    #[test]
    fn content_of_half_the_size_is_found_wherever_it_lies() {
        for at in [0.0, 0.25, 0.5] {
            let found = scale(&frames(|edges, _| edges.map(|edge| edge / 2.0 + at))).unwrap();
            assert!(found.iter().all(|factor| (factor - 0.5).abs() < 1e-9), "{found:?}");
        }
    }

    #[test]
    fn a_shift_is_found_along_its_axis() {
        let frames =
            frames(|[left, top, right, bottom], _| [left, top - 0.06, right, bottom - 0.06]);
        assert_eq!(shift(&frames, LEFT, RIGHT), None);
        assert!((shift(&frames, TOP, BOTTOM).unwrap() + 0.06).abs() < 1e-9);
        assert_eq!(scale(&frames), None);
    }

    #[test]
    fn what_differs_from_image_to_image_or_on_one_side_only_is_a_method_at_work() {
        let errs = frames(|edges, other| edges.map(|edge| edge + 2.0 * other - 0.06));
        assert_eq!(shift(&errs, LEFT, RIGHT), None);
        let diaphragm = frames(|[left, top, right, bottom], _| [left, top, right, bottom - 0.2]);
        assert_eq!(scale(&diaphragm), None);
        assert_eq!(shift(&diaphragm, TOP, BOTTOM), None);
        let shrinks = frames(|[left, top, right, bottom], other| {
            [left, top, right - 6.0 * other, bottom - 6.0 * other]
        });
        assert_eq!(scale(&shrinks), None);
    }
}
