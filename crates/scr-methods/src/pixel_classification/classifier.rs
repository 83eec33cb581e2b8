//! The trained classifier that both methods share.

use std::ops::Range;
use std::sync::Arc;

use scr_data::digest::{file_digest, hex};
use scr_image::Radiograph;
use serde::{Deserialize, Serialize};

use super::posterior::{Centre, Posterior};
use super::stage::{Stage, StageFile};
use crate::stored::equal;
use crate::{MethodError, ModelFault, Progress, SampleCount, TrainingSet};

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
    /// Longer side of the image when its centre is looked for, in pixels; 0: places are
    /// those in the image.
    pub centre_side: usize,
}

/// A trained pixel classifier: radiograph in, [`Posterior`] out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PixelClassifier {
    /// SHA-256 of all else in hexadecimal.
    fingerprint: String,
    /// What finds the centre from which places are seen.
    coarse: Option<Stage>,
    fine: Stage,
}

/// A classifier as a file holds it: nothing but [`checked`](Self::checked) makes use of it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
pub(crate) struct ClassifierFile {
    /// Computed anew when it is read: methods share the posterior of equal classifiers.
    _fingerprint: String,
    coarse: Option<StageFile>,
    fine: StageFile,
}

impl ClassifierFile {
    /// The classifier, unless training with these settings on so many structures cannot have
    /// made it.
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

/// A classifier, which of its samples are of which training image, and from where
/// places in that image are seen.
struct Learnt {
    classifier: Arc<PixelClassifier>,
    images: Vec<Range<usize>>,
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
            let fine = &learnt.classifier.fine;
            honest_posteriors(set, fine, &learnt.images, &learnt.centres, progress).map(Arc::new)
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
        self.fine.n_samples()
    }

    /// How many samples lie in each combination of structures.
    #[must_use]
    pub fn sample_counts(&self) -> Vec<SampleCount> {
        self.fine.sample_counts()
    }

    /// How probable each structure is at each pixel of a radiograph: its share of
    /// the votes of the k nearest samples.
    #[must_use]
    pub fn posterior(&self, radiograph: &Radiograph) -> Posterior {
        let centre = |coarse: &Stage| coarse.posterior(radiograph, Centre::CORNER).centre();
        let centre = self.coarse.as_ref().map_or(Centre::CORNER, centre);
        self.fine.posterior(radiograph, centre)
    }
}

/// The posteriors of the training images, each by the samples of all others.
fn honest_posteriors(
    set: &TrainingSet<'_>,
    stage: &Stage,
    samples: &[Range<usize>],
    centres: &[Centre],
    progress: Progress<'_>,
) -> Result<Vec<Posterior>, MethodError> {
    set.each_image("classifying pixels", progress, |index, image| {
        let radiograph = set.radiograph(image)?;
        Ok(stage.posterior_without(&samples[index], &radiograph, centres[index]))
    })
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
            let (mut coarse, mut centres) = (None, vec![Centre::CORNER; set.images().len()]);
            if settings.centre_side > 0 {
                // The same share of all pixels is learnt from, not the same number.
                let share = (settings.centre_side as f64 / settings.side as f64).powi(2).min(1.0);
                let n_samples = (settings.n_samples as f64 * share).ceil() as usize;
                let settings = PixelSettings { side: settings.centre_side, n_samples, ..settings };
                let (stage, images) =
                    Stage::learn(set, settings, &centres, seed, method, progress)?;
                let posteriors = honest_posteriors(set, &stage, &images, &centres, progress)?;
                centres = posteriors.iter().map(Posterior::centre).collect();
                coarse = Some(stage);
            }
            let (fine, images) = Stage::learn(set, settings, &centres, seed, method, progress)?;
            let classifier = Arc::new(PixelClassifier::new(coarse, fine));
            Ok(Arc::new(Self { classifier, images, centres }))
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

    const SETTINGS: PixelSettings = PixelSettings {
        side: 64,
        n_scales: 5,
        k: 15,
        n_samples: 200,
        place_weight: 1.0,
        centre_side: 32,
    };

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
}
