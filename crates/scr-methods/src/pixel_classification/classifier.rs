//! Pixel classifier: a coarse stage that finds the centre of the chest, and a fine one.

use std::ops::Range;
use std::sync::Arc;

use scr_data::digest::{file_digest, hex};
use scr_image::Radiograph;
use serde::{Deserialize, Serialize};

use super::posterior::{Centre, Posterior};
use super::settings::{ClassifierTraining, PixelSettings};
use super::stage::{Stage, StageFile};
use crate::stored::equal;
use crate::{MethodError, ModelFault, Progress, SampleCount, TrainingImages};

/// Trained pixel classifier: radiograph in, [`Posterior`] out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PixelClassifier {
    /// SHA-256 of the other fields in hexadecimal.
    fingerprint: String,
    /// Stage that finds the centre of the chest, the origin of places.
    coarse: Option<Stage>,
    fine: Stage,
}

/// Classifier in a model file: [`checked`](Self::checked) makes a [`PixelClassifier`] of it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
pub(crate) struct ClassifierFile {
    /// Ignored, and computed again on loading: methods share the posterior of equal
    /// classifiers, so the fingerprint has to be true.
    _fingerprint: String,
    coarse: Option<StageFile>,
    fine: StageFile,
}

impl ClassifierFile {
    /// Validates the classifier against the settings and the number of structures.
    ///
    /// # Errors
    /// The first [`ModelFault`]: a part that training with them cannot have written.
    pub(crate) fn checked(
        self,
        settings: PixelSettings,
        n_structures: usize,
    ) -> Result<PixelClassifier, ModelFault> {
        let stage = |name: &str, file: StageFile, settings: PixelSettings| {
            file.checked(settings, n_structures).map_err(|fault| fault.within(name))
        };
        let has_coarse = settings.centre_side > 0;
        equal("existence of the coarse stage", &self.coarse.is_some(), &has_coarse)?;
        let coarse_settings = PixelSettings { side: settings.centre_side, ..settings };
        let coarse = self.coarse.map(|file| stage("coarse stage", file, coarse_settings));
        let fine = stage("fine stage", self.fine, settings)?;
        Ok(PixelClassifier::new(coarse.transpose()?, fine))
    }
}

/// Classifier with the details of its training.
pub(crate) struct LearntClassifier {
    classifier: Arc<PixelClassifier>,
    /// Samples of each training image.
    samples: Vec<Range<usize>>,
    /// Centre of each training image, the origin of its places.
    centres: Vec<Centre>,
}

impl PixelClassifier {
    fn new(coarse: Option<Stage>, fine: Stage) -> Self {
        let mut classifier = Self { fingerprint: String::new(), coarse, fine };
        let bytes = postcard::to_stdvec(&classifier);
        let bytes = bytes.expect("numbers in memory can always be written");
        classifier.fingerprint = hex(&file_digest(&bytes));
        classifier
    }

    /// Fingerprint: equal for equal classifiers only.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Number of samples.
    #[must_use]
    pub fn n_samples(&self) -> usize {
        self.fine.n_samples()
    }

    /// Number of samples in each combination of structures.
    #[must_use]
    pub fn sample_counts(&self) -> Vec<SampleCount> {
        self.fine.sample_counts()
    }

    /// Posterior of each structure at each pixel of a radiograph: its share of the votes of
    /// the k nearest samples.
    #[must_use]
    pub fn posterior(&self, radiograph: &Radiograph) -> Posterior {
        let centre = |coarse: &Stage| coarse.posterior(radiograph, Centre::CORNER).centre();
        let centre = self.coarse.as_ref().map_or(Centre::CORNER, centre);
        self.fine.posterior(radiograph, centre)
    }
}

impl LearntClassifier {
    /// Trains a classifier on images.
    ///
    /// # Errors
    /// [`MethodError::Data`] when files cannot be read, [`MethodError::NeverDrawn`] with the
    /// name of `method` when a structure is empty in all images.
    pub(crate) fn learn(
        images: &TrainingImages<'_>,
        training: ClassifierTraining,
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<Self, MethodError> {
        let settings = training.settings;
        let (mut coarse, mut centres) = (None, vec![Centre::CORNER; images.list().len()]);
        if settings.centre_side > 0 {
            // The coarse stage has the same share of all pixels as samples, not their number.
            let share = (settings.centre_side as f64 / settings.side as f64).powi(2).min(1.0);
            let n_samples = (settings.n_samples as f64 * share).ceil() as usize;
            let settings = PixelSettings { side: settings.centre_side, n_samples, ..settings };
            let training = ClassifierTraining { settings, ..training };
            let (stage, samples) = Stage::learn(images, training, &centres, method, progress)?;
            let posteriors = posteriors(images, &stage, &samples, &centres, progress)?;
            centres = posteriors.iter().map(Posterior::centre).collect();
            coarse = Some(stage);
        }
        let (fine, samples) = Stage::learn(images, training, &centres, method, progress)?;
        let classifier = Arc::new(PixelClassifier::new(coarse, fine));
        Ok(Self { classifier, samples, centres })
    }

    /// The trained classifier.
    pub(crate) const fn classifier(&self) -> &Arc<PixelClassifier> {
        &self.classifier
    }

    /// Posteriors of the training images, each computed without the image's own samples.
    ///
    /// # Errors
    /// [`MethodError::Data`] when files cannot be read.
    pub(crate) fn training_posteriors(
        &self,
        images: &TrainingImages<'_>,
        progress: Progress<'_>,
    ) -> Result<Vec<Posterior>, MethodError> {
        posteriors(images, &self.classifier.fine, &self.samples, &self.centres, progress)
    }
}

/// Posteriors of training images by a stage, each computed without the image's own samples.
fn posteriors(
    images: &TrainingImages<'_>,
    stage: &Stage,
    samples: &[Range<usize>],
    centres: &[Centre],
    progress: Progress<'_>,
) -> Result<Vec<Posterior>, MethodError> {
    images.each_image("classifying pixels", progress, |index, image| {
        let radiograph = images.radiograph(image)?;
        Ok(stage.posterior_without(&samples[index], &radiograph, centres[index]))
    })
}

#[cfg(test)]
mod tests {
    use super::super::neighbours::Search;
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

    const SETTINGS: PixelSettings = PixelSettings {
        side: 64,
        n_scales: 5,
        search: Search { k: 15, approximation: 0.7 },
        n_samples: 200,
        place_weight: 1.0,
        centre_side: 32,
    };

    const TRAINING: ClassifierTraining = ClassifierTraining { settings: SETTINGS, seed: 1 };

    fn trained(images: &TrainingImages<'_>) -> Result<LearntClassifier, MethodError> {
        LearntClassifier::learn(images, TRAINING, "pc", &quiet)
    }

    #[test]
    fn one_thread_and_three_give_the_same_classifier_and_posterior() {
        let (_temp, benchmark) = phantoms();
        let image = benchmark.fold(Fold::Number(2)).next().unwrap();
        let radiograph = benchmark.read_radiograph(image).unwrap();
        let answer = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| {
                let images = TrainingImages::new(&benchmark, Fold::Number(1));
                let classifier = trained(&images).unwrap().classifier;
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
        let images = TrainingImages::new(&benchmark, Fold::Number(1));
        let learnt = trained(&images).unwrap();
        let honest = learnt.training_posteriors(&images, &quiet).unwrap();
        assert_eq!((images.list().len(), honest.len()), (2, 2));
        let radiograph = images.radiograph(images.list()[0]).unwrap();
        assert_ne!(learnt.classifier.posterior(&radiograph), honest[0]);
        let alone = TrainingImages::of(&benchmark, Fold::Number(1), vec![images.list()[0]]);
        let learnt = trained(&alone).unwrap();
        let own = learnt.training_posteriors(&alone, &quiet).unwrap();
        assert_eq!(own[..], [learnt.classifier.posterior(&radiograph)]);
    }

    #[test]
    fn a_structure_that_is_empty_in_all_training_images_is_named() {
        let (temp, benchmark) = phantoms();
        let heart = temp.path().join("bench/masks/reference/heart");
        for image in benchmark.fold(Fold::Number(1)) {
            let empty = formats::png::write_mask(&Mask::empty(Size::square(64)));
            std::fs::write(heart.join(format!("{}.png", image.id)), empty).unwrap();
        }
        let images = TrainingImages::new(&benchmark, Fold::Number(1));
        let error = trained(&images).err().unwrap();
        assert!(matches!(error, MethodError::NeverDrawn { structure, .. } if structure == "heart"));
    }
}
