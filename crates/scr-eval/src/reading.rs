//! Reads the masks of one image, and everything that is wrong with them.

use std::collections::BTreeSet;

use scr_data::digest::Manifest;
use scr_data::{Benchmark, MaskSet, Observer, Problem, Problems};
use scr_image::Mask;

/// What is read: a set of masks and the observer that it is held against.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) benchmark: &'a Benchmark,
    pub(crate) masks: &'a MaskSet,
    pub(crate) observer: &'a Observer,
}

/// What one image came to.
pub(crate) struct Reading {
    /// The reference's masks by structure; `None` where one cannot be read.
    pub(crate) references: Option<Vec<Mask>>,
    /// The set's masks by structure; `None` where it does not cover the structure
    /// or the mask was refused.
    pub(crate) predictions: Vec<Option<Mask>>,
    /// The structures whose masks in the set were refused.
    pub(crate) refused: Vec<usize>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) reference_files: Manifest,
    pub(crate) mask_files: Manifest,
}

impl Reader<'_> {
    /// Reads the masks of the image with this index. The set's are also read when
    /// the reference cannot be, to find everything that is wrong at once.
    pub(crate) fn read(&self, image: usize) -> Reading {
        let Self { benchmark, masks, observer } = *self;
        let (mut reference_files, mut mask_files) = (Manifest::default(), Manifest::default());
        let (mut problems, mut refused) = (Vec::new(), Vec::new());
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
        Reading { references, predictions, refused, problems, reference_files, mask_files }
    }

    /// Notes the reference's masks of the images that the set does not cover: a
    /// digest names the benchmark whole, also where a set covers one fold only.
    /// Whether all of them are there.
    pub(crate) fn note_uncovered(&self, files: &mut Manifest, problems: &mut Problems) -> bool {
        let covered: BTreeSet<usize> = self.masks.images().into_iter().collect();
        let mut is_whole = true;
        for (index, image) in self.benchmark.images.iter().enumerate() {
            for structure in self.benchmark.structures.iter().filter(|_| !covered.contains(&index))
            {
                let noted = self.benchmark.note_mask(self.observer, structure, image, files);
                is_whole &= problems.keep(noted).is_some();
            }
        }
        is_whole
    }
}
