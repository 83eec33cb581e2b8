//! The trained classifier that both methods share.

use rayon::prelude::*;
use scr_image::Radiograph;
use serde::{Deserialize, Serialize};

use super::features::{Features, Scaling};
use super::neighbours::Neighbours;
use super::posterior::Posterior;
use super::refinement::votes_where_needed;
use super::samples::Samples;
use crate::{GreyImage, MethodError, Parameters, Progress, TrainingSet};

/// Queries answered at a time by one thread.
const QUERIES_AT_A_TIME: usize = 256;

/// A trained pixel classifier: radiograph in, [`Posterior`] out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PixelClassifier {
    side: usize,
    n_scales: usize,
    k: usize,
    scaling: Scaling,
    /// Whether each structure is part of each combination.
    combinations: Vec<Vec<bool>>,
    samples: Neighbours,
}

impl PixelClassifier {
    /// Learns from the images of `set`, with the parameters `side`, `scales`, `k`,
    /// `samples` and `place_weight` of the two methods.
    ///
    /// # Errors
    /// [`MethodError::Data`] when files cannot be read, [`MethodError::NeverDrawn`]
    /// in the name of `method` when a structure is empty in all images.
    pub fn train(
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        seed: u64,
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<Self, MethodError> {
        let (side, n_scales) = (parameters.whole("side"), parameters.whole("scales"));
        let sizes = (side, n_scales, parameters.whole("samples"));
        let Samples { features, labels, combinations } =
            Samples::of(set, sizes, seed, method, progress)?;
        let n_features = features.len() / labels.len();
        let scaling = Scaling::of(&features, n_features, parameters.get("place_weight"));
        let scaled: Vec<f32> = features
            .chunks_exact(n_features)
            .flat_map(|sample| scaling.scaled(sample.iter().copied()))
            .collect();
        let samples = Neighbours::new(n_features, &scaled, labels);
        Ok(Self { side, n_scales, k: parameters.whole("k"), scaling, combinations, samples })
    }

    /// Number of samples that pixels are compared with.
    #[must_use]
    pub fn n_samples(&self) -> usize {
        self.samples.len()
    }

    /// Whether the parts fit together: true but for a damaged file.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let n_structures = self.combinations.first().map_or(0, Vec::len);
        self.samples.is_sound()
            && !self.samples.is_empty()
            && self.scaling.n_features() == self.samples.n_features()
            && self.combinations.iter().all(|combination| combination.len() == n_structures)
            && self.samples.labels().iter().all(|&l| (l as usize) < self.combinations.len())
    }

    /// How probable each structure is at each pixel of a radiograph: its share of
    /// the votes of the k nearest samples. Pixels among others that are all sure of
    /// the same are not asked for: see `refinement.rs`.
    #[must_use]
    pub fn posterior(&self, radiograph: &Radiograph) -> Posterior {
        let image = GreyImage::of(radiograph, self.side);
        let features = Features::of(&image, self.n_scales);
        let n_votes = self.k.min(self.samples.len());
        let votes = votes_where_needed(features.size, n_votes as u16, |pixels| {
            pixels
                .par_chunks(QUERIES_AT_A_TIME)
                .flat_map_iter(|pixels| self.votes(&features, pixels))
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
    fn votes(&self, features: &Features, pixels: &[usize]) -> Vec<Vec<u16>> {
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
        self.samples.nearest(&queries, self.k).into_iter().map(count).collect()
    }
}
