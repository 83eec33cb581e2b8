//! Classification stage: nearest-neighbour voting at one image size.

use std::ops::Range;

use rayon::prelude::*;
use scr_image::Radiograph;
use serde::{Deserialize, Serialize};

use super::features::{Features, Scaling};
use super::neighbours::{Neighbours, NeighboursFile, Search};
use super::posterior::{Centre, Posterior};
use super::refinement::votes_where_needed;
use super::samples::Samples;
use super::settings::{ClassifierTraining, PixelSettings};
use crate::stored::{MAX_LISTS, at_most, count, equal};
use crate::{GreyImage, MethodError, ModelFault, Progress, SampleCount, TrainingImages};

/// Number of queries that one thread answers at a time.
const QUERIES_AT_A_TIME: usize = 512;

/// Samples of pixels, with the settings of the features by which pixels are compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Stage {
    side: usize,
    n_scales: usize,
    search: Search,
    scaling: Scaling,
    /// By label, then structure: membership of the structure in the combination.
    combinations: Vec<Vec<bool>>,
    samples: Neighbours,
}

/// Stage in a model file.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
pub(super) struct StageFile {
    side: usize,
    n_scales: usize,
    search: Search,
    scaling: Scaling,
    #[serde(deserialize_with = "at_most::<_, _, MAX_LISTS>")]
    combinations: Vec<Vec<bool>>,
    samples: NeighboursFile,
}

impl StageFile {
    /// Validates the stage against the settings and the number of structures.
    ///
    /// # Errors
    /// The first [`ModelFault`]: a part that training with them cannot have written.
    pub(super) fn checked(
        self,
        settings: PixelSettings,
        n_structures: usize,
    ) -> Result<Stage, ModelFault> {
        let Self { side, n_scales, search, scaling, combinations, samples } = self;
        equal("side", &side, &settings.side)?;
        equal("scales", &n_scales, &settings.n_scales)?;
        equal("k", &search.k, &settings.search.k)?;
        equal("approximation", &search.approximation, &settings.search.approximation)?;
        let n_features = Features::count(n_scales);
        scaling.check(n_features)?;
        for combination in &combinations {
            count("structures of a combination", combination.len(), n_structures)?;
        }
        let samples = samples.checked(n_features, combinations.len())?;
        Ok(Stage { side, n_scales, search, scaling, combinations, samples })
    }
}

impl Stage {
    /// Learns from images, with `centres` as the origins of places. Also returns the range of
    /// samples of each image.
    ///
    /// # Errors
    /// As [`Samples::of`].
    pub(super) fn learn(
        images: &TrainingImages<'_>,
        training: ClassifierTraining,
        centres: &[Centre],
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<(Self, Vec<Range<usize>>), MethodError> {
        let settings = training.settings;
        let samples = Samples::of(images, training, centres, method, progress)?;
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
            search: settings.search,
            scaling,
            combinations: samples.combinations,
            samples: Neighbours::new(n_features, &scaled, samples.labels),
        };
        Ok((stage, samples.images))
    }

    /// Number of samples.
    pub(super) fn n_samples(&self) -> usize {
        self.samples.len()
    }

    /// Number of samples in each combination of structures.
    pub(super) fn sample_counts(&self) -> Vec<SampleCount> {
        let mut n_samples = vec![0; self.combinations.len()];
        for &label in self.samples.labels() {
            n_samples[label as usize] += 1;
        }
        let counts = self.combinations.iter().cloned().zip(n_samples);
        counts.map(|(structures, n_samples)| SampleCount { structures, n_samples }).collect()
    }

    /// Posterior of a radiograph with `centre` as the origin of places: each structure's share
    /// of the votes of the k nearest samples, at each pixel. Pixels between others with the
    /// same unanimous votes take these over: see `refinement.rs`.
    pub(super) fn posterior(&self, radiograph: &Radiograph, centre: Centre) -> Posterior {
        self.posterior_by(&(0..0), radiograph, centre)
    }

    /// Posterior without the votes of the samples `left_out`, unless these are all.
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
        let n_votes = self.search.k.min(self.samples.len());
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

    /// Votes of each pixel by structure. A sample votes for its combination of structures, and
    /// a structure has the votes of all combinations that contain it.
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
        self.samples.nearest(&queries, self.search, left_out).into_iter().map(count).collect()
    }
}
