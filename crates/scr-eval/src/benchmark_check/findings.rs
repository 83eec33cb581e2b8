//! Facts about a whole benchmark, and warnings about it.

use scr_data::Benchmark;

use super::facts::{ImageFacts, MaskFacts};
use crate::check::{Group, Rule, Warning, grouped, share_of_images};

/// Facts about a benchmark: the input of the rules.
pub(super) struct BenchmarkFacts<'a> {
    pub(super) benchmark: &'a Benchmark,
    /// All images, in the benchmark's order.
    pub(super) images: &'a [ImageFacts],
}

impl BenchmarkFacts<'_> {
    /// Warning about structures and images, by their indices in the benchmark.
    pub(super) fn warning(
        &self,
        rule: Rule,
        structures: &[usize],
        images: &[usize],
        message: String,
        hint: &str,
    ) -> Warning {
        Warning::of(self.benchmark, rule, (structures, images), message, hint)
    }

    /// Warnings about an observer's masks, one for all structures with the same images:
    /// `images` gives those of a structure, `message` the words for a share of the images.
    pub(super) fn mask_warnings(
        &self,
        rule: Rule,
        observer: usize,
        images: impl Fn(usize) -> Vec<usize>,
        message: impl Fn(&str) -> String,
        hint: &str,
    ) -> Vec<Warning> {
        let structures = 0..self.benchmark.structures.len();
        let groups = grouped(structures.map(|structure| (structure, images(structure), ())));
        let warning = |group: &Group<()>| {
            let share = self.share_of_images(group.images.len());
            let message = self.of_observer(observer) + &message(&share);
            self.warning(rule, &group.structures, &group.images, message, hint)
        };
        groups.iter().map(warning).collect()
    }

    /// Images with readable masks of an observer, by the observer's index.
    pub(super) fn masks_of(
        &self,
        observer: usize,
    ) -> impl Iterator<Item = (&ImageFacts, &[MaskFacts])> {
        self.images.iter().filter_map(move |image| Some((image, image.masks[observer].as_deref()?)))
    }

    /// Start of a message about masks of an observer; empty for the reference.
    pub(super) fn of_observer(&self, observer: usize) -> String {
        match observer {
            0 => String::new(),
            _ => format!("observer {}: ", self.benchmark.observers[observer].id),
        }
    }

    /// Share of the images in words: `3 of 37 images`.
    pub(super) fn share_of_images(&self, count: usize) -> String {
        share_of_images(count, self.benchmark.images.len())
    }
}
