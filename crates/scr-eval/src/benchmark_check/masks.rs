//! Rules for single masks and for equal ones, by observer.
//!
//! # Thresholds
//! A structure may be absent, as a nodule is on most images: an empty mask is a suspicion
//! where at most a fifth of the structure's masks are empty ([`SELDOM`]), or all are.
//!
//! Equal masks of one structure are no suspicion on images whose radiographs are equal.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{MaskFacts, RadiographFacts};
use super::findings::BenchmarkFacts;
use crate::check::{Rule, Warning};

const SELDOM: f64 = 0.2;

/// Warnings about the masks of one observer.
pub(super) fn warnings(facts: &BenchmarkFacts<'_>, observer: usize) -> Vec<Warning> {
    let mut warnings = inverted(facts, observer);
    warnings.extend(empty(facts, observer));
    warnings.extend(equal_to_reference(facts, observer));
    warnings.extend(identical_structures(facts, observer));
    warnings.extend(identical_masks(facts, observer));
    warnings
}

/// Notices about structures that are often empty.
pub(super) fn notices(facts: &BenchmarkFacts<'_>, observer: usize) -> Vec<String> {
    let structures = facts.benchmark.structures.iter().enumerate();
    let often_empty = structures.filter_map(|(structure, named)| {
        let (images, is_seldom) = empty_on(facts, observer, structure);
        (!images.is_empty() && !is_seldom).then(|| {
            let of = facts.of_observer(observer);
            let share = facts.share_of_images(images.len());
            format!("{of}{} is empty on {share}", named.id)
        })
    });
    often_empty.collect()
}

fn inverted(facts: &BenchmarkFacts<'_>, observer: usize) -> Vec<Warning> {
    let images = |structure: usize| {
        let masks = facts.masks_of(observer).filter(|(_, masks)| masks[structure].is_inverted);
        masks.map(|(image, _)| image.image).collect()
    };
    let message = |share: &str| {
        format!("foreground and background look exchanged on {share}: corners of the image are set")
    };
    let hint = "0 is the background: invert the masks when exporting";
    facts.mask_warnings(Rule::Inverted, observer, images, message, hint)
}

/// Images on which a structure is empty, and whether that is a suspicion.
fn empty_on(facts: &BenchmarkFacts<'_>, observer: usize, structure: usize) -> (Vec<usize>, bool) {
    let n_masks = facts.masks_of(observer).count();
    let empty = facts.masks_of(observer).filter(|(_, masks)| masks[structure].is_empty());
    let images: Vec<usize> = empty.map(|(image, _)| image.image).collect();
    let is_seldom = images.len() as f64 <= SELDOM * n_masks as f64 || images.len() == n_masks;
    (images, is_seldom)
}

fn empty(facts: &BenchmarkFacts<'_>, observer: usize) -> Vec<Warning> {
    let images = |structure: usize| {
        let (images, is_seldom) = empty_on(facts, observer, structure);
        if is_seldom { images } else { Vec::new() }
    };
    let message = |share: &str| format!("empty on {share}");
    let hint = "right where the structure is not in the image; else look for it in the export";
    facts.mask_warnings(Rule::Empty, observer, images, message, hint)
}

/// Masks of another observer that equal the reference's.
fn equal_to_reference(facts: &BenchmarkFacts<'_>, observer: usize) -> Vec<Warning> {
    if observer == 0 {
        return Vec::new();
    }
    let images = |structure: usize| {
        let equal = facts.masks_of(observer).filter(|(image, masks)| {
            let reference = image.masks[0].as_deref();
            let is_equal = |reference: &[MaskFacts]| {
                !masks[structure].is_empty()
                    && masks[structure].pixels == reference[structure].pixels
            };
            reference.is_some_and(is_equal)
        });
        equal.map(|(image, _)| image.image).collect()
    };
    let message = |share: &str| format!("equal to the reference in every pixel on {share}");
    let hint = "were the reference's masks copied? a second drawing differs in some pixels";
    facts.mask_warnings(Rule::EqualsReference, observer, images, message, hint)
}

/// Masks by their pixels: index of the image, index of the structure.
fn by_pixels(facts: &BenchmarkFacts<'_>, observer: usize) -> BTreeMap<u64, Vec<(usize, usize)>> {
    let mut found: BTreeMap<u64, Vec<(usize, usize)>> = BTreeMap::new();
    for (image, masks) in facts.masks_of(observer) {
        for (structure, mask) in masks.iter().enumerate().filter(|(_, mask)| !mask.is_empty()) {
            found.entry(mask.pixels).or_default().push((image.image, structure));
        }
    }
    found
}

fn identical_structures(facts: &BenchmarkFacts<'_>, observer: usize) -> Vec<Warning> {
    let mut found: BTreeMap<Vec<usize>, BTreeSet<usize>> = BTreeMap::new();
    for same in by_pixels(facts, observer).into_values() {
        let structures: BTreeSet<usize> = same.iter().map(|&(_, structure)| structure).collect();
        if structures.len() > 1 {
            let images = found.entry(structures.into_iter().collect()).or_default();
            images.extend(same.iter().map(|&(image, _)| image));
        }
    }
    let warning = |(structures, images): (Vec<usize>, BTreeSet<usize>)| {
        let images: Vec<usize> = images.into_iter().collect();
        let message = format!(
            "{}different structures have the same mask, equal in every pixel, on {}",
            facts.of_observer(observer),
            facts.share_of_images(images.len())
        );
        let hint = "was a file or a folder copied under another name?";
        facts.warning(Rule::IdenticalStructures, &structures, &images, message, hint)
    };
    found.into_iter().map(warning).collect()
}

fn identical_masks(facts: &BenchmarkFacts<'_>, observer: usize) -> Vec<Warning> {
    let radiograph = |image: usize| facts.images[image].radiograph;
    let mut found: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); facts.benchmark.structures.len()];
    for same in by_pixels(facts, observer).into_values() {
        for (structure, images) in found.iter_mut().enumerate() {
            let of_structure: Vec<usize> =
                same.iter().filter(|of| of.1 == structure).map(|of| of.0).collect();
            let is_one_radiograph = of_structure.iter().all(|&image| {
                matches!(radiograph(image), RadiographFacts::Read(_))
                    && radiograph(image) == radiograph(of_structure[0])
            });
            if of_structure.len() > 1 && !is_one_radiograph {
                images.extend(of_structure);
            }
        }
    }
    let images = |structure: usize| found[structure].iter().copied().collect();
    let message = |share: &str| format!("the same in every pixel on different images: {share}");
    let hint = "was a file copied under another name, or did an export repeat one image?";
    facts.mask_warnings(Rule::IdenticalMasks, observer, images, message, hint)
}
