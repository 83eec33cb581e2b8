//! Facts about a whole benchmark, and warnings about it.

use scr_data::Benchmark;

use super::facts::{ImageFacts, MaskFacts};
use crate::check::{Rule, Warning};

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
        let structure = |&index: &usize| self.benchmark.structures[index].id.clone();
        Warning {
            rule,
            structures: structures.iter().map(structure).collect(),
            images: images.iter().map(|&i| self.benchmark.images[i].id.clone()).collect(),
            message,
            hint: hint.to_owned(),
        }
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
        let all = self.benchmark.images.len();
        format!("{count} of {all} image{}", if all == 1 { "" } else { "s" })
    }
}
