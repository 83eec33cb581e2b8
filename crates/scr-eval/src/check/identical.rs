//! Whether several images have the same mask: a file copied under several names,
//! a loop that never moved on, or a method that always answers the same.
//!
//! Same size and same pixels, not empty. Where the reference has the same mask on
//! these images as well the images are the same, and so may their masks be.

use std::collections::{BTreeMap, BTreeSet};

use super::warning::grouped;
use super::{Findings, Rule, Warning};

/// How many groups of images the message spells out.
const NAMED_GROUPS: usize = 4;

/// Structures whose masks are the same on the same images come together.
pub(super) fn warnings(findings: &Findings<'_>) -> Vec<Warning> {
    let found = findings.all_structures().into_iter().map(|place| {
        let repeated = repeated(findings, place);
        let mut images: Vec<usize> = repeated.iter().flatten().copied().collect();
        images.sort_unstable();
        (place, images, repeated)
    });
    let warning = |group: super::warning::Group<Vec<Vec<usize>>>| {
        let sizes: Vec<String> =
            group.detail.iter().take(NAMED_GROUPS).map(|images| images.len().to_string()).collect();
        let more = if group.detail.len() > NAMED_GROUPS { ", ..." } else { "" };
        let message = format!(
            "the same in every pixel on different images: {} have {} different mask{} ({}{more} \
             images)",
            findings.share_of_images(group.images.len()),
            group.detail.len(),
            if group.detail.len() == 1 { "" } else { "s" },
            sizes.join(", "),
        );
        let hint = "a mean shape does that rightly; else look whether a file was copied or the \
                    method saw one image again and again";
        findings.warning(Rule::IdenticalMasks, &group.structures, &group.images, message, hint)
    };
    grouped(found).into_iter().map(warning).collect()
}

/// The groups of images with the same mask, the largest first.
fn repeated(findings: &Findings<'_>, place: usize) -> Vec<Vec<usize>> {
    let mut by_pixels: BTreeMap<u64, Vec<(usize, u64)>> = BTreeMap::new();
    for image in findings.images {
        let mask = &image.masks[place];
        if !mask.is_empty {
            let same = by_pixels.entry(mask.pixels).or_default();
            same.push((image.image, mask.reference_pixels));
        }
    }
    let is_of_different_images = |same: &Vec<(usize, u64)>| {
        same.iter().map(|&(_, reference)| reference).collect::<BTreeSet<_>>().len() > 1
    };
    let mut groups: Vec<Vec<usize>> = by_pixels
        .into_values()
        .filter(is_of_different_images)
        .map(|same| same.into_iter().map(|(image, _)| image).collect())
        .collect();
    groups.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    groups
}
