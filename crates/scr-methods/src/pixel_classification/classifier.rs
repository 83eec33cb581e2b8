//! The trained classifier that both methods share.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use scr_data::digest::{file_digest, hex};
use scr_image::Radiograph;
use serde::{Deserialize, Serialize};

use super::features::{Features, Scaling};
use super::neighbours::Neighbours;
use super::posterior::Posterior;
use super::refinement::votes_where_needed;
use super::samples::Samples;
use crate::{GreyImage, MethodError, Progress, SampleCount, TrainingSet};

/// Queries answered at a time by one thread.
const QUERIES_AT_A_TIME: usize = 256;

/// What training and classifying are steered by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PixelSettings {
    /// Longer side of the image as classified, in pixels.
    pub side: usize,
    /// Scales of the filters: 1, 2, 4, ... pixels.
    pub n_scales: usize,
    /// Neighbours that vote.
    pub k: usize,
    /// Pixels learnt from, an image.
    pub n_samples: usize,
    /// Weight of a pixel's place against a filter's answer.
    pub place_weight: f64,
}

/// A trained pixel classifier: radiograph in, [`Posterior`] out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PixelClassifier {
    /// SHA-256 of all else in hexadecimal.
    fingerprint: String,
    side: usize,
    n_scales: usize,
    k: usize,
    scaling: Scaling,
    /// Whether each structure is part of each combination.
    combinations: Vec<Vec<bool>>,
    samples: Neighbours,
}

/// A classifier and which of its samples are of which training image.
struct Learnt {
    classifier: Arc<PixelClassifier>,
    images: Vec<Range<usize>>,
}

impl PixelClassifier {
    /// Learns from the images of `set`, once for all methods that need it.
    ///
    /// # Errors
    /// [`MethodError::Data`] when files cannot be read, [`MethodError::NeverDrawn`]
    /// in the name of `method` when a structure is empty in all images.
    pub fn train(
        set: &TrainingSet<'_>,
        settings: PixelSettings,
        seed: u64,
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<Arc<Self>, MethodError> {
        Ok(Learnt::of(set, settings, seed, method, progress)?.classifier.clone())
    }

    /// The posteriors of the training images, each by the samples of all others: an
    /// image that voted for itself would look surer than any new one. An only image
    /// has to vote for itself.
    ///
    /// # Errors
    /// As [`train`](Self::train).
    pub fn training_posteriors(
        set: &TrainingSet<'_>,
        settings: PixelSettings,
        seed: u64,
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<Arc<Vec<Posterior>>, MethodError> {
        let name = format!("posteriors of training images {settings:?} seed {seed}");
        set.shared(&name, || {
            let learnt = Learnt::of(set, settings, seed, method, progress)?;
            let classifier = &learnt.classifier;
            let posteriors = set.each_image("classifying pixels", progress, |index, image| {
                let radiograph = set.radiograph(image)?;
                let left_out = learnt.images[index].clone();
                if left_out.len() == classifier.n_samples() {
                    return Ok(classifier.posterior(&radiograph));
                }
                Ok(classifier.posterior_by(&classifier.samples.without(left_out), &radiograph))
            })?;
            Ok(Arc::new(posteriors))
        })
    }

    /// Says which classifier it is: equal only for equal ones.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Number of samples that pixels are compared with.
    #[must_use]
    pub fn n_samples(&self) -> usize {
        self.samples.len()
    }

    /// How many samples lie in each combination of structures.
    #[must_use]
    pub fn sample_counts(&self) -> Vec<SampleCount> {
        let mut n_samples = vec![0; self.combinations.len()];
        for &label in self.samples.labels() {
            n_samples[label as usize] += 1;
        }
        let counts = self.combinations.iter().cloned().zip(n_samples);
        counts.map(|(structures, n_samples)| SampleCount { structures, n_samples }).collect()
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
        self.posterior_by(&self.samples, radiograph)
    }

    fn posterior_by(&self, samples: &Neighbours, radiograph: &Radiograph) -> Posterior {
        let image = GreyImage::of(radiograph, self.side);
        let features = Features::of(&image, self.n_scales);
        let n_votes = self.k.min(samples.len());
        let votes = votes_where_needed(features.size, n_votes as u16, |pixels| {
            pixels
                .par_chunks(QUERIES_AT_A_TIME)
                .flat_map_iter(|pixels| self.votes(samples, &features, pixels))
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
    fn votes(&self, samples: &Neighbours, features: &Features, pixels: &[usize]) -> Vec<Vec<u16>> {
        let queries: Vec<f32> =
            pixels.iter().flat_map(|&pixel| self.scaling.scaled(features.at(pixel))).collect();
        let count = |nearest: Vec<u32>| {
            let mut votes = vec![0; self.combinations[0].len()];
            for sample in nearest {
                let combination = samples.labels()[sample as usize] as usize;
                for (votes, &is_part) in votes.iter_mut().zip(&self.combinations[combination]) {
                    *votes += u16::from(is_part);
                }
            }
            votes
        };
        samples.nearest(&queries, self.k).into_iter().map(count).collect()
    }
}

impl Learnt {
    fn of(
        set: &TrainingSet<'_>,
        settings: PixelSettings,
        seed: u64,
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<Arc<Self>, MethodError> {
        set.shared(&format!("pixel classifier {settings:?} seed {seed}"), || {
            let samples = Samples::of(set, settings, seed, method, progress)?;
            let n_features = samples.features.len() / samples.labels.len();
            let scaling = Scaling::of(&samples.features, n_features, settings.place_weight);
            let scaled: Vec<f32> = samples
                .features
                .chunks_exact(n_features)
                .flat_map(|sample| scaling.scaled(sample.iter().copied()))
                .collect();
            let mut classifier = PixelClassifier {
                fingerprint: String::new(),
                side: settings.side,
                n_scales: settings.n_scales,
                k: settings.k,
                scaling,
                combinations: samples.combinations,
                samples: Neighbours::new(n_features, &scaled, samples.labels),
            };
            let bytes = postcard::to_stdvec(&classifier);
            let bytes = bytes.expect("numbers in memory can always be written");
            classifier.fingerprint = hex(&file_digest(&bytes));
            Ok(Arc::new(Self { classifier: Arc::new(classifier), images: samples.images }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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

    const SETTINGS: PixelSettings =
        PixelSettings { side: 64, n_scales: 5, k: 15, n_samples: 200, place_weight: 1.0 };

    fn trained(benchmark: &Benchmark) -> Result<PixelClassifier, MethodError> {
        let set = TrainingSet::new(benchmark, Fold::One);
        let trained = PixelClassifier::train(&set, SETTINGS, 1, "pc", &quiet)?;
        Ok(Arc::unwrap_or_clone(trained))
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
    fn a_training_image_has_no_vote_on_itself() {
        let (_temp, benchmark) = phantoms();
        let set = TrainingSet::new(&benchmark, Fold::One);
        let honest = PixelClassifier::training_posteriors(&set, SETTINGS, 1, "pc", &quiet).unwrap();
        let images = set.images();
        assert_eq!((images.len(), honest.len()), (2, 2));
        let radiograph = set.radiograph(images[0]).unwrap();
        let classifier = PixelClassifier::train(&set, SETTINGS, 1, "pc", &quiet).unwrap();
        assert_ne!(classifier.posterior(&radiograph), honest[0]);
        let alone = TrainingSet::of(&benchmark, Fold::One, vec![images[0]]);
        let own = PixelClassifier::training_posteriors(&alone, SETTINGS, 1, "pc", &quiet).unwrap();
        let classifier = PixelClassifier::train(&alone, SETTINGS, 1, "pc", &quiet).unwrap();
        assert_eq!(own[..], [classifier.posterior(&radiograph)]);
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
