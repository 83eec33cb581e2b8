//! Facts about a set of masks, and warnings that name its structures.

use scr_data::Benchmark;

use super::facts::ImageFacts;
use super::warning::{Rule, Warning, share_of_images};

/// Facts about a set of masks: the input of the rules.
pub(super) struct SetFacts<'a> {
    pub(super) benchmark: &'a Benchmark,
    /// Structures covered, as indices into the benchmark's.
    pub(super) structures: &'a [usize],
    /// Place of each structure's counterpart on the other side, among those covered.
    pub(super) sides: &'a [Option<usize>],
    /// Images that could be read completely, in the benchmark's order.
    pub(super) images: &'a [ImageFacts],
}

impl SetFacts<'_> {
    /// A warning about structures, by their place among those covered, and images,
    /// by their index in the benchmark.
    pub(super) fn warning(
        &self,
        rule: Rule,
        structures: &[usize],
        images: &[usize],
        message: String,
        hint: &str,
    ) -> Warning {
        let structures: Vec<usize> =
            structures.iter().map(|&place| self.structures[place]).collect();
        Warning::of(self.benchmark, rule, (&structures, images), message, hint)
    }

    /// Places of all structures covered.
    pub(super) fn all_structures(&self) -> Vec<usize> {
        (0..self.structures.len()).collect()
    }

    /// Share of the readable images in words: `3 of 37 images`.
    pub(super) fn share_of_images(&self, count: usize) -> String {
        share_of_images(count, self.images.len())
    }
}
