//! Whether right and left structures are swapped.
//!
//! The patient's right is on the left of the image; who names masks by the side of
//! the image they lie on, or reads a mirrored image, swaps them.
//!
//! # Thresholds
//! On an image two structures are swapped when each overlaps the other's reference
//! by more than twice what it overlaps its own, and by [`LEAST`] or more. Both must
//! do so: a weak method's right lung may spill over the left one, and its left lung
//! will then not lie over the right one. Inverted masks lie over everything else.

use scr_data::Benchmark;

use super::orientation::Orientation;
use super::warning::grouped;
use super::{Findings, Rule, Warning};

const LEAST: f64 = 0.05;

/// For each of `covered`, indices into the benchmark's structures, where among
/// them the same structure of the other side is: `right_lung` for `left_lung`.
pub(super) fn counterparts(benchmark: &Benchmark, covered: &[usize]) -> Vec<Option<usize>> {
    let id = |structure: usize| benchmark.structures[structure].id.as_str();
    covered
        .iter()
        .map(|&structure| {
            let other = match id(structure).split_once('_')? {
                ("right", what) => format!("left_{what}"),
                ("left", what) => format!("right_{what}"),
                _ => return None,
            };
            covered.iter().position(|&structure| id(structure) == other)
        })
        .collect()
}

/// The pairs of structures that are swapped on images whose orientation does not
/// explain it.
pub(super) fn warnings(findings: &Findings<'_>, orientation: &Orientation) -> Vec<Warning> {
    let is_swapped = |image: &super::ImageFacts, place: usize, other: usize| {
        [place, other].iter().all(|&place| {
            let facts = &image.masks[place];
            let across = facts.other_side_overlap.unwrap_or(0.0);
            !facts.is_inverted && across >= LEAST && across > 2.0 * facts.overlap
        })
    };
    let swapped = findings.sides.iter().enumerate().map(|(place, &other)| {
        let images = findings.images.iter().filter(|image| {
            other.is_some_and(|other| is_swapped(image, place, other))
                && !orientation.explains(image.image)
        });
        (place, images.map(|image| image.image).collect(), ())
    });
    let warning = |group: super::warning::Group<()>| {
        let message = format!(
            "right and left look swapped on {}: each lies on the reference of the other",
            findings.share_of_images(group.images.len())
        );
        let hint = "right is the patient's, on the left of the image: swap the two folders, or \
                    mirror the masks if they were drawn on mirrored images";
        findings.warning(Rule::LeftRightSwap, &group.structures, &group.images, message, hint)
    };
    grouped(swapped).into_iter().map(warning).collect()
}
