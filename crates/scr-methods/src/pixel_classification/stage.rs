//! One look at an image: what was learnt from pixels of one size of image, and what
//! it says of others.

use std::ops::Range;

use rayon::prelude::*;
use scr_image::Radiograph;
use serde::{Deserialize, Serialize};

use super::PixelSettings;
use super::features::{Features, Scaling};
use super::neighbours::{Neighbours, NeighboursFile};
use super::posterior::{Centre, Posterior};
use super::refinement::votes_where_needed;
use super::samples::Samples;
use crate::stored::{count, equal};
use crate::{GreyImage, MethodError, ModelFault, Progress, SampleCount, TrainingSet};

/// Queries answered at a time by one thread.
const QUERIES_AT_A_TIME: usize = 512;

/// Samples of pixels, and how pixels are described to be compared with them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Stage {
    side: usize,
    n_scales: usize,
    k: usize,
    scaling: Scaling,
    /// Whether each structure is part of each combination.
    combinations: Vec<Vec<bool>>,
    samples: Neighbours,
}

/// A stage as a file holds it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
pub(super) struct StageFile {
    side: usize,
    n_scales: usize,
    k: usize,
    scaling: Scaling,
    combinations: Vec<Vec<bool>>,
    samples: NeighboursFile,
}

impl StageFile {
    /// The stage, unless training with these settings on so many structures cannot have
    /// made it.
    pub(super) fn checked(
        self,
        settings: PixelSettings,
        n_structures: usize,
    ) -> Result<Stage, ModelFault> {
        let Self { side, n_scales, k, scaling, combinations, samples } = self;
        equal("side", &side, &settings.side)?;
        equal("scales", &n_scales, &settings.n_scales)?;
        equal("k", &k, &settings.k)?;
        let n_features = Features::count(n_scales);
        scaling.check(n_features)?;
        for combination in &combinations {
            count("structures of a combination", combination.len(), n_structures)?;
        }
        let samples = samples.checked(n_features, combinations.len())?;
        Ok(Stage { side, n_scales, k, scaling, combinations, samples })
    }
}

impl Stage {
    /// Learns from the images of `set`, in which places are seen from `centres`. Beside
    /// it: which of its samples are of which image.
    ///
    /// # Errors
    /// As [`Samples::of`].
    pub(super) fn learn(
        set: &TrainingSet<'_>,
        settings: PixelSettings,
        centres: &[Centre],
        seed: u64,
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<(Self, Vec<Range<usize>>), MethodError> {
        let samples = Samples::of(set, settings, centres, seed, method, progress)?;
        let n_features = samples.features.len() / samples.labels.len();
        let scaling = Scaling::of(&samples.features, n_features, settings.place_weight);
        let scaled: Vec<f32> = samples
            .features
            .chunks_exact(n_features)
            .flat_map(|sample| scaling.scaled(sample.iter().copied()))
            .collect();
        let stage = Self {
            side: settings.side,
            n_scales: settings.n_scales,
            k: settings.k,
            scaling,
            combinations: samples.combinations,
            samples: Neighbours::new(n_features, &scaled, samples.labels),
        };
        Ok((stage, samples.images))
    }

    pub(super) fn n_samples(&self) -> usize {
        self.samples.len()
    }

    /// How many samples lie in each combination of structures.
    pub(super) fn sample_counts(&self) -> Vec<SampleCount> {
        let mut n_samples = vec![0; self.combinations.len()];
        for &label in self.samples.labels() {
            n_samples[label as usize] += 1;
        }
        let counts = self.combinations.iter().cloned().zip(n_samples);
        counts.map(|(structures, n_samples)| SampleCount { structures, n_samples }).collect()
    }

    /// Each structure's share of the votes of the k nearest samples, at each pixel of a
    /// radiograph in which places are seen from `centre`. Pixels among others that are
    /// all sure of the same are not asked for: see `refinement.rs`.
    pub(super) fn posterior(&self, radiograph: &Radiograph, centre: Centre) -> Posterior {
        self.posterior_by(&(0..0), radiograph, centre)
    }

    /// The same without the votes of the samples `left_out`, unless these are all.
    pub(super) fn posterior_without(
        &self,
        left_out: &Range<usize>,
        radiograph: &Radiograph,
        centre: Centre,
    ) -> Posterior {
        if left_out.len() == self.n_samples() {
            return self.posterior(radiograph, centre);
        }
        self.posterior_by(left_out, radiograph, centre)
    }

    fn posterior_by(
        &self,
        left_out: &Range<usize>,
        radiograph: &Radiograph,
        centre: Centre,
    ) -> Posterior {
        let image = GreyImage::of(radiograph, self.side);
        let features = Features::of(&image, self.n_scales, centre);
        let n_votes = self.k.min(self.samples.len());
        let votes = votes_where_needed(features.size, n_votes as u16, |pixels| {
            pixels
                .par_chunks(QUERIES_AT_A_TIME)
                .flat_map_iter(|pixels| self.votes(left_out, &features, pixels))
                .collect()
        });
        let n_structures = self.combinations[0].len();
        let share = |structure: usize| {
            let share = |votes: &Vec<u16>| f32::from(votes[structure]) / n_votes as f32;
            GreyImage::new(features.size, votes.iter().map(share).collect())
        };
        Posterior::new(radiograph.size(), (0..n_structures).map(share).collect())
    }

    /// For each pixel, how many of its nearest samples lie in each structure. A
    /// sample votes for its combination; a structure has the votes of all
    /// combinations that it is part of.
    fn votes(
        &self,
        left_out: &Range<usize>,
        features: &Features,
        pixels: &[usize],
    ) -> Vec<Vec<u16>> {
        let queries: Vec<f32> =
            pixels.iter().flat_map(|&pixel| self.scaling.scaled(features.at(pixel))).collect();
        let count = |nearest: Vec<u32>| {
            let mut votes = vec![0; self.combinations[0].len()];
            for sample in nearest {
                let combination = self.samples.labels()[sample as usize] as usize;
                for (votes, &is_part) in votes.iter_mut().zip(&self.combinations[combination]) {
                    *votes += u16::from(is_part);
                }
            }
            votes
        };
        self.samples.nearest(&queries, self.k, left_out).into_iter().map(count).collect()
    }
}
