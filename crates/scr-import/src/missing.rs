//! Images that lack masks: left out, or with empty ones.

use std::collections::{BTreeMap, BTreeSet};

use crate::doubts::Doubt;
use crate::images::PlannedImage;
use crate::inspection::InspectedImage;
use crate::options::Missing;
use crate::structures::PlannedStructure;

/// Images that have masks of all structures, or whose missing masks are empty.
pub(crate) fn kept(
    choice: Option<Missing>,
    list: &[PlannedImage],
    structures: &[PlannedStructure],
    faulty: &BTreeSet<usize>,
    doubts: &mut Vec<Doubt>,
    notes: &mut Vec<String>,
) -> Vec<bool> {
    let n_masks = |image: usize| {
        // A mask that cannot be read is a fault of its own, and not missing.
        if faulty.contains(&image) {
            return structures.len().max(1);
        }
        structures.iter().filter(|structure| structure.masks.contains_key(&image)).count()
    };
    let counts: Vec<usize> = (0..list.len()).map(n_masks).collect();
    let is_half = |count: &usize| *count > 0 && *count < structures.len();
    let half: Vec<usize> = (0..list.len()).filter(|&at| is_half(&counts[at])).collect();
    if let (Some(&first), None) = (half.first(), choice) {
        let lacks: Vec<&str> = structures
            .iter()
            .filter(|structure| !structure.masks.contains_key(&first))
            .map(|structure| structure.id.as_str())
            .collect();
        doubts.push(Doubt::new(
            "--missing",
            format!(
                "{} images have masks of some structures only, such as `{}` without {}",
                half.len(),
                list[first].id,
                lacks.join(", ")
            ),
            [
                ("leave-out", "these images are left out"),
                ("empty", "the structures are not in these images: their masks are empty"),
            ],
        ));
    }
    let is_kept = |count: &usize| match choice {
        Some(Missing::Empty) => true,
        Some(Missing::LeaveOut) => *count > 0 && *count >= structures.len(),
        // The doubt is open: faults of the next steps shall not depend on its answer.
        None => *count > 0,
    };
    let kept: Vec<bool> = counts.iter().map(is_kept).collect();
    let none: Vec<&PlannedImage> = list
        .iter()
        .zip(&counts)
        .filter(|(_, count)| **count == 0)
        .map(|(image, _)| image)
        .collect();
    if let (Some(first), true) = (none.first(), choice == Some(Missing::Empty)) {
        notes.push(format!(
            "{} images without masks have empty ones, such as `{}`",
            none.len(),
            first.id
        ));
    } else if let Some(first) = none.first() {
        notes.push(format!(
            "{} images without masks cannot be scored: kept in their own folder, outside of the \
             table, such as `{}`",
            none.len(),
            first.id
        ));
    }
    kept
}

/// Images, contents and structures of the kept images alone, and the images without masks.
pub(crate) fn only(
    list: Vec<PlannedImage>,
    contents: Vec<Option<InspectedImage>>,
    mut structures: Vec<PlannedStructure>,
    kept: &[bool],
) -> (Vec<PlannedImage>, Vec<Option<InspectedImage>>, Vec<PlannedStructure>, Vec<PlannedImage>) {
    let mut new_place: BTreeMap<usize, usize> = BTreeMap::new();
    let annotated: BTreeSet<usize> =
        structures.iter().flat_map(|structure| structure.masks.keys().copied()).collect();
    let (mut images, mut kept_contents, mut without) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (image, contents)) in list.into_iter().zip(contents).enumerate() {
        if kept[at] {
            new_place.insert(at, images.len());
            images.push(image);
            kept_contents.push(contents);
        } else if !annotated.contains(&at) {
            without.push(image);
        }
    }
    for structure in &mut structures {
        let masks = std::mem::take(&mut structure.masks).into_iter();
        structure.masks =
            masks.filter_map(|(at, source)| Some((*new_place.get(&at)?, source))).collect();
    }
    (images, kept_contents, structures, without)
}
