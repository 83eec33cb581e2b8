//! Reader of the masks of one image, with all their problems.

use std::collections::BTreeSet;

use scr_data::digest::Manifest;
use scr_data::{Benchmark, MaskSet, Observer, Problem, Problems};
use scr_image::Mask;

use crate::shard::Shard;

/// Reader of a set of masks and of the observer who is the reference.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) benchmark: &'a Benchmark,
    pub(crate) masks: &'a MaskSet,
    pub(crate) observer: &'a Observer,
}

/// Masks of one image, with all problems.
pub(crate) struct ImageMasks {
    /// Masks of the reference by structure; `None` when one cannot be read.
    pub(crate) references: Option<Vec<Mask>>,
    /// Masks of the set by structure; `None` when it does not cover the structure or
    /// the mask was refused.
    pub(crate) predictions: Vec<Option<Mask>>,
    /// Structures whose masks in the set were refused.
    pub(crate) refused: Vec<usize>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) reference_files: Manifest,
    pub(crate) mask_files: Manifest,
}

impl Reader<'_> {
    /// Reads the masks of the image with this index: the set's also when the reference
    /// cannot be read, to find all problems at once.
    pub(crate) fn read(&self, image: usize) -> ImageMasks {
        let Self { benchmark, masks, observer } = *self;
        let mut reference_files = Manifest::default();
        let mut mask_files = Manifest::default();
        let mut problems = Vec::new();
        let mut refused = Vec::new();
        let references = benchmark
            .read_masks(observer, &benchmark.images[image], &mut reference_files)
            .map_err(|list| problems.extend(list))
            .ok();
        let mut predictions = vec![None; benchmark.structures.len()];
        for &structure in masks.structures() {
            let size = references.as_ref().map(|masks| masks[structure].size());
            match masks.read_mask(benchmark, structure, image, size, &mut mask_files) {
                Ok(mask) => predictions[structure] = Some(mask),
                Err(problem) => {
                    problems.push(problem);
                    refused.push(structure);
                }
            }
        }
        ImageMasks { references, predictions, refused, problems, reference_files, mask_files }
    }

    /// Adds the reference's masks of images of the shard that the set does not cover to `files`: a
    /// digest covers the whole benchmark, also for a set of one fold. Returns whether all
    /// of them could be read.
    pub(crate) fn note_uncovered(
        &self,
        shard: Shard,
        files: &mut Manifest,
        problems: &mut Problems,
    ) -> bool {
        let covered: BTreeSet<usize> = self.masks.images().into_iter().collect();
        let mut is_whole = true;
        let images = self.benchmark.images.iter().enumerate();
        let is_noted = |index: &usize| shard.has(*index) && !covered.contains(index);
        for (_, image) in images.filter(|(index, _)| is_noted(index)) {
            for structure in &self.benchmark.structures {
                let noted = self.benchmark.note_mask(self.observer, structure, image, files);
                is_whole &= problems.keep(noted).is_some();
            }
        }
        is_whole
    }
}
