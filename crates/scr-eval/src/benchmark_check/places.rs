//! Rules for the places of masks: right and left exchanged, and masks far from all others.
//!
//! # Thresholds
//! Outliers are those of `check/outlier.rs`: area or centre beyond the far-out [`Fences`] of
//! at least [`LEAST_MASKS`] masks. A patient may be an outlier as well, so the mask's box must
//! also share less than [`SHARED`] with the median box of the structure.

use super::facts::{Frame, Location, MaskFacts};
use super::findings::BenchmarkFacts;
use crate::check::{Fences, Rule, Warning, counterparts};

const LEAST_MASKS: usize = 8;
const LEAST_IQR_OF_LOG_AREA: f64 = 0.1;
const LEAST_IQR_OF_CENTRE: f64 = 0.02;
const SHARED: f64 = 0.1;

/// Warnings about right structures on the right of left ones. The patient's right is on the
/// left of the image.
pub(super) fn exchanged_sides(facts: &BenchmarkFacts<'_>, observer: usize) -> Vec<Warning> {
    let benchmark = facts.benchmark;
    let all: Vec<usize> = (0..benchmark.structures.len()).collect();
    let sides = counterparts(benchmark, &all);
    let is_right = |structure: usize| benchmark.structures[structure].id.starts_with("right_");
    let images = |structure: usize| {
        let is_exchanged = |masks: &[MaskFacts]| {
            let other = masks[sides[structure]?].location.as_ref()?.centre[0];
            let own = masks[structure].location.as_ref()?.centre[0];
            Some(if is_right(structure) { own > other } else { own < other })
        };
        let exchanged =
            facts.masks_of(observer).filter(|(_, masks)| is_exchanged(masks) == Some(true));
        exchanged.map(|(image, _)| image.image).collect()
    };
    let message = |share: &str| {
        format!(
            "right and left look exchanged on {share}: right structures lie on the right of the image"
        )
    };
    let hint = "right is the patient's, on the left of the image: swap the two names, or \
                mirror radiographs and masks if the heart points to the left of the image";
    facts.mask_warnings(Rule::LeftRightSwap, observer, images, message, hint)
}

/// Warnings about masks far from the structure's masks on other images. Images of `other`
/// warnings are left out: those explain the place.
pub(super) fn outliers(
    facts: &BenchmarkFacts<'_>,
    observer: usize,
    other: &[Warning],
) -> Vec<Warning> {
    let is_explained = |image: &usize| {
        let id = &facts.benchmark.images[*image].id;
        other.iter().any(|warning| warning.images.contains(id))
    };
    let images = |structure: usize| {
        let mut images = far_out(facts, observer, structure);
        images.retain(|image| !is_explained(image));
        images
    };
    let message = |share: &str| {
        format!(
            "area or centre far outside the range of the other images, and in another place, on {share}"
        )
    };
    let hint = "look at these images: is the mask another structure's or another image's?";
    facts.mask_warnings(Rule::Outlier, observer, images, message, hint)
}

fn far_out(facts: &BenchmarkFacts<'_>, observer: usize, structure: usize) -> Vec<usize> {
    let masks: Vec<(usize, &Location)> = facts
        .masks_of(observer)
        .filter(|(_, masks)| !masks[structure].is_inverted)
        .filter_map(|(image, masks)| Some((image.image, masks[structure].location.as_ref()?)))
        .collect();
    if masks.len() < LEAST_MASKS {
        return Vec::new();
    }
    let fences = |value: &dyn Fn(&Location) -> f64, least_iqr: f64| {
        Fences::of(masks.iter().map(|(_, location)| value(location)).collect(), least_iqr)
    };
    let values: [&dyn Fn(&Location) -> f64; 3] =
        [&|at| at.area.ln(), &|at| at.centre[0], &|at| at.centre[1]];
    let least = [LEAST_IQR_OF_LOG_AREA, LEAST_IQR_OF_CENTRE, LEAST_IQR_OF_CENTRE];
    let fences: Vec<Option<Fences>> =
        values.iter().zip(least).map(|(value, least)| fences(value, least)).collect();
    let median = [0, 1, 2, 3].map(|edge: usize| {
        let mut edges: Vec<f64> = masks.iter().map(|(_, location)| location.frame[edge]).collect();
        edges.sort_by(f64::total_cmp);
        edges[edges.len() / 2]
    });
    let is_far_out = |location: &Location| {
        let beyond = fences.iter().zip(&values);
        beyond
            .into_iter()
            .any(|(fences, value)| fences.is_some_and(|fences| fences.is_far_out(value(location))))
            && shared(location.frame, median) < SHARED
    };
    masks.iter().filter(|(_, at)| is_far_out(at)).map(|&(image, _)| image).collect()
}

/// Area in both boxes over area in either.
fn shared(a: Frame, b: Frame) -> f64 {
    let area =
        |[left, top, right, bottom]: Frame| (right - left).max(0.0) * (bottom - top).max(0.0);
    let both = area([a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])]);
    let either = area(a) + area(b) - both;
    if either > 0.0 { both / either } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_share_their_common_area() {
        assert_eq!(shared([0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.5, 0.5]), 1.0);
        assert_eq!(shared([0.0, 0.0, 0.5, 0.5], [0.25, 0.0, 0.75, 0.5]), 1.0 / 3.0);
        assert_eq!(shared([0.0, 0.0, 0.5, 0.5], [0.5, 0.5, 1.0, 1.0]), 0.0);
    }
}
