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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PixelClassification;
    use scr_data::{Benchmark, Fold, formats};
    use scr_image::{Mask, Size};
    use scr_phantom::{Population, write_benchmark};
    use tempfile::TempDir;

    fn quiet(_: &str, _: usize, _: usize) {}

    fn phantoms() -> (TempDir, Benchmark) {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("bench");
        write_benchmark(&Population::new(4, 5), 64, &folder, &quiet).unwrap();
        let benchmark = Benchmark::open(&folder).unwrap();
        (temp, benchmark)
    }

    fn trained(benchmark: &Benchmark) -> Result<PixelClassifier, MethodError> {
        let settings = [("side", "64"), ("samples", "200")];
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let parameters = Parameters::new(&PixelClassification, &settings).unwrap();
        let set = TrainingSet::new(benchmark, Fold::One);
        PixelClassifier::train(&set, &parameters, 1, "pc", &quiet)
    }

    #[test]
    fn one_thread_and_three_give_the_same_classifier_and_posterior() {
        let (_temp, benchmark) = phantoms();
        let image = benchmark.fold(Fold::Two).next().unwrap();
        let radiograph = benchmark.read_radiograph(image).unwrap();
        let answer = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| {
                let classifier = trained(&benchmark).unwrap();
                let posterior = classifier.posterior(&radiograph);
                (classifier, posterior)
            })
        };
        let (classifier, posterior) = answer(1);
        assert_eq!(answer(3), (classifier, posterior.clone()));
        assert_eq!(posterior.full_size(), Size::square(64));
        let is_share = |value: &f32| (0.0..=1.0).contains(value);
        assert!(posterior.maps().iter().all(|map| map.values().iter().all(is_share)));
    }

    #[test]
    fn a_structure_that_is_empty_in_all_training_images_is_named() {
        let (temp, benchmark) = phantoms();
        let heart = temp.path().join("bench/masks/reference/heart");
        for image in benchmark.fold(Fold::One) {
            let empty = formats::png::write_mask(&Mask::empty(Size::square(64)));
            std::fs::write(heart.join(format!("{}.png", image.id)), empty).unwrap();
        }
        let error = trained(&benchmark).unwrap_err();
        assert!(matches!(error, MethodError::NeverDrawn { structure, .. } if structure == "heart"));
    }

    #[test]
    fn a_classifier_whose_parts_do_not_fit_is_noticed() {
        let (_temp, benchmark) = phantoms();
        let mut classifier = trained(&benchmark).unwrap();
        assert!(classifier.is_sound());
        classifier.combinations.pop();
        assert!(!classifier.is_sound());
    }
}
