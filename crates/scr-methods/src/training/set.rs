//! Training set: images, and the parts of models that several methods learn from them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use scr_data::Benchmark;

use super::cache::Cache;
use super::images::TrainingImages;
use super::part::TrainingPart;
use crate::pixel_classification::{ClassifierTraining, LearntClassifier};
use crate::{MethodError, Parameters, PixelClassifier, Posterior, Progress, Segmenter};

/// Training images, with everything that several methods learn from them once:
/// such as the pixel classifier of `pc`, `pc-post`, the hybrids and `voting`.
pub struct TrainingSet<'a> {
    images: TrainingImages<'a>,
    classifiers: Cache<ClassifierTraining, Arc<LearntClassifier>>,
    posteriors: Cache<ClassifierTraining, Arc<Vec<Posterior>>>,
    segmenters: Cache<MethodTraining, Arc<dyn Segmenter>>,
    checkpoints: Option<PathBuf>,
}

/// Method, parameters and seed of a training.
#[derive(PartialEq)]
struct MethodTraining {
    method: &'static str,
    parameters: Parameters,
    seed: u64,
}

impl<'a> TrainingSet<'a> {
    /// Training set of all images of `part`, such as a fold.
    #[must_use]
    pub fn new(benchmark: &'a Benchmark, part: impl Into<TrainingPart>) -> Self {
        Self::of(TrainingImages::new(benchmark, part))
    }

    /// Training set of some images.
    #[must_use]
    pub fn of(images: TrainingImages<'a>) -> Self {
        let (classifiers, posteriors) = (Cache::default(), Cache::default());
        let segmenters = Cache::default();
        Self { images, classifiers, posteriors, segmenters, checkpoints: None }
    }

    /// This set with a folder for checkpoints: a training that was stopped goes on from there,
    /// where its method can.
    #[must_use]
    pub fn with_checkpoints(self, folder: Option<&Path>) -> Self {
        Self { checkpoints: folder.map(Path::to_owned), ..self }
    }

    /// Folder for checkpoints.
    pub(crate) fn checkpoints(&self) -> Option<&Path> {
        self.checkpoints.as_deref()
    }

    /// Images of the set.
    #[must_use]
    pub const fn images(&self) -> &TrainingImages<'a> {
        &self.images
    }

    /// Pixel classifier of these images.
    ///
    /// # Errors
    /// [`MethodError::Data`] when files cannot be read, [`MethodError::NeverDrawn`] with the
    /// name of `method` when a structure is empty in all images.
    pub fn classifier(
        &self,
        training: ClassifierTraining,
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<Arc<PixelClassifier>, MethodError> {
        Ok(self.learnt(training, method, progress)?.classifier().clone())
    }

    /// Posteriors of the training images, each computed without the image's own samples.
    /// With them it would look surer than any new image. A single image has to use its own
    /// samples.
    ///
    /// # Errors
    /// As [`classifier`](Self::classifier).
    pub fn posteriors(
        &self,
        training: ClassifierTraining,
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<Arc<Vec<Posterior>>, MethodError> {
        self.posteriors.get(&self.images.clock, training, || {
            let learnt = self.learnt(training, method, progress)?;
            learnt.training_posteriors(&self.images, progress).map(Arc::new)
        })
    }

    fn learnt(
        &self,
        training: ClassifierTraining,
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<Arc<LearntClassifier>, MethodError> {
        self.classifiers.get(&self.images.clock, training, || {
            LearntClassifier::learn(&self.images, training, method, progress).map(Arc::new)
        })
    }

    /// Segmenter of a method, trained by `train` on the first call.
    pub(crate) fn segmenter(
        &self,
        method: &'static str,
        parameters: &Parameters,
        seed: u64,
        train: impl FnOnce() -> Result<Arc<dyn Segmenter>, MethodError>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let parameters = parameters.clone();
        let training = MethodTraining { method, parameters, seed };
        self.segmenters.get(&self.images.clock, training, train)
    }

    /// Runs `work`, and returns its time as if nothing had been shared with other methods.
    pub(crate) fn measure<T>(&self, work: impl FnOnce() -> T) -> (T, Duration) {
        self.images.measure(work)
    }
}
