//! Rule for swapped right and left structures.
//!
//! The patient's right is on the left of the image. Naming masks by the side of the
//! image swaps them, and so does reading a mirrored image.
//!
//! # Thresholds
//! On an image two structures are swapped when each overlaps the other's reference
//! by more than twice the overlap with its own, and by [`LEAST`] or more. Both must do
//! so: a weak method's right lung may extend over the left one, but its left lung does
//! not cover the right one then. Inverted masks cover everything else.

use scr_data::Benchmark;

use super::orientation::Orientation;
use super::set_facts::SetFacts;
use super::warning::{Rule, Warning, grouped};

const LEAST: f64 = 0.05;

/// Place of each structure's counterpart on the other side (`right_lung` for
/// `left_lung`) among `covered`, which are indices into the benchmark's structures.
pub(crate) fn counterparts(benchmark: &Benchmark, covered: &[usize]) -> Vec<Option<usize>> {
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

/// Warnings about swapped pairs of structures, on images whose orientation does not
/// explain the swap.
pub(super) fn warnings(set: &SetFacts<'_>, orientation: &Orientation) -> Vec<Warning> {
    let is_swapped = |image: &super::ImageFacts, place: usize, other: usize| {
        [place, other].iter().all(|&place| {
            let facts = &image.masks[place];
            let across = facts.other_side_overlap.unwrap_or(0.0);
            !facts.is_inverted && across >= LEAST && across > 2.0 * facts.overlap
        })
    };
    let swapped = set.sides.iter().enumerate().map(|(place, &other)| {
        let images = set.images.iter().filter(|image| {
            other.is_some_and(|other| is_swapped(image, place, other))
                && !orientation.explains(image.image)
        });
        (place, images.map(|image| image.image).collect(), ())
    });
    let warning = |group: super::warning::Group<()>| {
        let message = format!(
            "right and left look swapped on {}: each lies on the reference of the other",
            set.share_of_images(group.images.len())
        );
        let hint = "right is the patient's, on the left of the image: swap the two folders, or \
                    mirror the masks if they were drawn on mirrored images";
        set.warning(Rule::LeftRightSwap, &group.structures, &group.images, message, hint)
    };
    grouped(swapped).into_iter().map(warning).collect()
}
