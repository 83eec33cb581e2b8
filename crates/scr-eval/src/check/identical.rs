//! Rule for one mask on several images: a file copied under several names, a loop
//! that never advanced, or a method with a constant result.
//!
//! Masks are the same when size and pixels are equal and they are not empty. When the
//! reference has one mask on these images as well, the images are equal, and so may
//! their masks be.

use std::collections::{BTreeMap, BTreeSet};

use super::set_facts::SetFacts;
use super::warning::{Rule, Warning, grouped};

/// Number of groups of images that the message lists.
const NAMED_GROUPS: usize = 4;

/// Warnings, one for all structures with the same groups of images.
pub(super) fn warnings(set: &SetFacts<'_>) -> Vec<Warning> {
    let found = set.all_structures().into_iter().map(|place| {
        let repeated = repeated(set, place);
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
            set.share_of_images(group.images.len()),
            group.detail.len(),
            if group.detail.len() == 1 { "" } else { "s" },
            sizes.join(", "),
        );
        let hint = "a mean shape does that rightly; else look whether a file was copied or the \
                    method saw one image again and again";
        set.warning(Rule::IdenticalMasks, &group.structures, &group.images, message, hint)
    };
    grouped(found).into_iter().map(warning).collect()
}

/// Groups of images with the same mask, the largest first.
fn repeated(set: &SetFacts<'_>, place: usize) -> Vec<Vec<usize>> {
    let mut by_pixels: BTreeMap<u64, Vec<(usize, u64)>> = BTreeMap::new();
    for image in set.images {
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
