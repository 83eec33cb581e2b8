//! Inspection of one image: its facts, or the reasons for their absence.

use scr_image::Mask;

use super::facts::ImageFacts;
use super::wrong_size::WrongSize;
use crate::reading::{ImageMasks, Reader};

/// Inspection of one image.
pub(super) struct ImageInspection {
    /// Facts; `None` when the image has a problem.
    pub(super) facts: Option<ImageFacts>,
    /// Masks refused for their size alone.
    pub(super) wrong_sizes: Vec<WrongSize>,
    /// True when all masks of the reference could be read.
    pub(super) reference_is_whole: bool,
    /// Manifests and problems of the files, without the masks.
    pub(super) reading: ImageMasks,
}

/// Reads the masks of an image and keeps the facts only.
pub(super) fn inspect(
    reader: Reader<'_>,
    image: usize,
    sides: &[Option<usize>],
) -> ImageInspection {
    let mut reading = reader.read(image);
    let predictions: Vec<Mask> =
        std::mem::take(&mut reading.predictions).into_iter().flatten().collect();
    let references = reading.references.take();
    let wrong_sizes = references.iter().flat_map(|masks| {
        let refused = reading.refused.iter();
        refused.filter_map(|&structure| wrong_size(reader, image, structure, &masks[structure]))
    });
    let wrong_sizes = wrong_sizes.collect();
    let facts = references.as_ref().filter(|_| reading.problems.is_empty()).map(|references| {
        let covered = reader.masks.structures().iter();
        let references: Vec<&Mask> = covered.map(|&structure| &references[structure]).collect();
        ImageFacts::of(image, &references, &predictions, sides)
    });
    ImageInspection { facts, wrong_sizes, reference_is_whole: references.is_some(), reading }
}

/// Size of a refused mask, when its file states another than the reference's.
fn wrong_size(
    reader: Reader<'_>,
    image: usize,
    structure: usize,
    reference: &Mask,
) -> Option<WrongSize> {
    let found = reader.masks.stated_size(reader.benchmark, structure, image).ok()?;
    let expected = reference.size();
    (found != expected).then_some(WrongSize { structure, image, expected, found })
}
