//! What a rule needs of one image: its facts, or why there are none.

use scr_image::Mask;

use super::facts::ImageFacts;
use super::wrong_size::WrongSize;
use crate::reading::{Reader, Reading};

/// What one image came to.
pub(super) struct Looked {
    /// `None` where anything is wrong.
    pub(super) facts: Option<ImageFacts>,
    /// The masks that were refused for nothing but their size.
    pub(super) wrong_sizes: Vec<WrongSize>,
    /// Whether the reference's masks could all be read.
    pub(super) reference_is_whole: bool,
    /// What was read, without its masks.
    pub(super) reading: Reading,
}

/// Reads the masks of an image and keeps the facts alone.
pub(super) fn look(reader: Reader<'_>, image: usize, sides: &[Option<usize>]) -> Looked {
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
    Looked { facts, wrong_sizes, reference_is_whole: references.is_some(), reading }
}

/// The size of a mask that was refused, when its file states another than the reference's.
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
