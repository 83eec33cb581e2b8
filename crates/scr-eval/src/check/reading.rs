//! Reads one image's masks and keeps the facts, or everything that is wrong.

use scr_data::digest::Manifest;
use scr_data::{Benchmark, MaskSet, Observer, Problem};
use scr_image::{Mask, Size};

use super::facts::ImageFacts;
use super::wrong_size::WrongSize;

/// What is the same for every image.
pub(super) struct Reader<'a> {
    pub(super) benchmark: &'a Benchmark,
    pub(super) masks: &'a MaskSet,
    pub(super) observer: &'a Observer,
    pub(super) sides: &'a [Option<usize>],
}

/// What one image came to.
pub(super) struct Reading {
    /// `None` where anything is wrong.
    pub(super) facts: Option<ImageFacts>,
    pub(super) problems: Vec<Problem>,
    pub(super) wrong_sizes: Vec<WrongSize>,
    pub(super) reference_is_whole: bool,
    pub(super) reference_files: Manifest,
    pub(super) mask_files: Manifest,
}

impl Reader<'_> {
    /// Reads the masks of the image with this index. The set's are also read when
    /// the reference cannot be, to find everything that is wrong at once.
    pub(super) fn read(&self, image: usize) -> Reading {
        let (mut reference_files, mut mask_files) = (Manifest::default(), Manifest::default());
        let (mut problems, mut wrong_sizes) = (Vec::new(), Vec::new());
        let at = &self.benchmark.images[image];
        let references = self
            .benchmark
            .read_masks(self.observer, at, &mut reference_files)
            .map_err(|list| problems.extend(list))
            .ok();
        let covered = self.masks.structures();
        let mut predictions = Vec::with_capacity(covered.len());
        for &structure in covered {
            let size = references.as_ref().map(|masks| masks[structure].size());
            match self.masks.read_mask(self.benchmark, structure, image, size, &mut mask_files) {
                Ok(mask) => predictions.push(mask),
                Err(problem) => {
                    problems.push(problem);
                    wrong_sizes.extend(self.wrong_size(structure, image, size));
                }
            }
        }
        let facts = references.as_ref().filter(|_| problems.is_empty()).map(|references| {
            let references: Vec<&Mask> = covered.iter().map(|&s| &references[s]).collect();
            ImageFacts::of(image, &references, &predictions, self.sides)
        });
        Reading {
            facts,
            problems,
            wrong_sizes,
            reference_is_whole: references.is_some(),
            reference_files,
            mask_files,
        }
    }

    /// Whether a mask that was refused is wrong in nothing but its size.
    fn wrong_size(
        &self,
        structure: usize,
        image: usize,
        expected: Option<Size>,
    ) -> Option<WrongSize> {
        let mut files = Manifest::default();
        let mask = self.masks.read_mask(self.benchmark, structure, image, None, &mut files).ok()?;
        Some(WrongSize { structure, image, expected: expected?, found: mask.size() })
    }
}
