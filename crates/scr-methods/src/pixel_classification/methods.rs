//! Pixel classification methods: the raw posterior, and the post-processed one.

use std::sync::Arc;

use scr_image::Mask;

use super::settings::PARAMETERS;
use super::{ClassifierFile, ClassifierTraining, PixelSettings, largest_parts_filled};
use crate::info::STUDY;
use crate::parts::MAX_PARTS;
use crate::stored::{count, equal, read};
use crate::{
    Insight, Method, MethodError, MethodInfo, ModelDeclaration, ModelFault, Parameters,
    PixelClassifier, Posterior, Progress, Segmenter, Subject, TrainingSet,
};

/// Pixel classification method: the posterior, thresholded at 0.5.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at
/// that size; masks may overlap and have specks and holes. The features of each pixel of
/// the image, reduced to `side` pixels, are L, Lx, Ly, Lxx, Lxy and Lyy at dyadic scales, of
/// grey values and of local contrast, and its place, all with mean 0 and variance 1 over the
/// training samples. The place is relative to the chest's centre: the centroid of the
/// posterior that the same kind of classifier gives for a smaller image.
/// The k nearest samples vote; the search is exact. Classes are the combinations of structures
/// that occur, and a structure has the votes of all combinations that contain it. The share
/// of votes is interpolated to the image's size and thresholded at 0.5. Deterministic for a
/// seed, which selects the samples.
/// Cost: O(pixels near borders x samples x features).
///
/// # Parameters
/// - `side`: longer side of the image during classification; 16 to 1024, 256 by default.
/// - `scales`: scales of the filters, 1, 2, 4, ... pixels; 1 to 7, 6 by default.
/// - `k`: neighbours that vote; 1 to 255, 15 by default.
/// - `samples`: training pixels an image, one in each cell of a grid; 16 to
///   20000, 500 by default. More are better, and slower in proportion. With few images
///   each gives more, for a total of 16000.
/// - `place_weight`: weight of x and y against a filter response; 0 to 100, 4 by
///   default.
/// - `centre_side`: longer side of the image during the search for the centre; 0 to
///   256, 64 by default. With 0 the place is relative to the image.
///
/// The side, k, the filters and the place are known from the original. The scales, the
/// samples, the weight of the place, its centre and the normalisation of grey values are this
/// project's own. They were chosen on halves of fold 1 of 247 phantoms, so these defaults
/// depend on their reference (the centre: on other phantoms), and on 37 radiographs whose
/// reference was wrong then (docs/reference/results.md). On phantoms a weight of 4 gave a quarter less
/// pixel error than 1. Grey values between percentiles were better than mean and deviation,
/// and together with local contrast better than either alone. Linear discriminants instead of
/// the features were worse. Three times as many samples lowered the pixel error by a quarter.
///
/// # Limits
/// Knows no shape, so a lung may have holes. A small structure with a varying position, such
/// as the clavicle, needs many samples. A structure with fewer pixels than a cell of the grid
/// may have no sample, and then has no mask.
///
/// # Source
/// van Ginneken, Stegmann and Loog, "Segmentation of anatomical structures in
/// chest radiographs using supervised methods", Medical Image Analysis 10, 2006,
/// doi:10.1016/j.media.2005.02.002.
#[derive(Debug, Clone, Copy)]
pub struct PixelClassification;

/// Post-processed pixel classification method: smoothed posterior, largest parts of each mask.
///
/// As [`PixelClassification`], with the same training. Each structure's posterior is blurred
/// by a Gaussian, interpolated and thresholded at 0.5. Of the mask, the
/// [largest parts](super::largest_parts_filled) are kept, as many as the structure has in most
/// training masks, and their holes are filled.
///
/// # Parameters
/// Those of [`PixelClassification`], and `smoothing`: standard deviation of the
/// blur, in pixels of the image during classification; 0 to 32, 1 by default. The value is this
/// project's own: on halves of a training fold of phantoms 1 was the best of 0 to 2.5; larger
/// values lose clavicles.
///
/// # Limits
/// A structure in one part loses all others, so a fragmented clavicle becomes worse.
///
/// # Source
/// As [`PixelClassification`].
#[derive(Debug, Clone, Copy)]
pub struct PixelClassificationPost;

static RAW: MethodInfo = MethodInfo {
    id: "pc",
    version: "1.3.0",
    name: "Pixel classification",
    summary: "Each pixel gets the label that most of the 15 most similar training pixels \
              had, by the responses of Gaussian derivative filters and by place.",
    source: STUDY,
    verified: "Multi-scale Gaussian derivatives and a k-nearest-neighbour classifier, \
               as the source's abstract words it; scales, samples, weight of the place, \
               grey normalisation and the approximation of neighbours are this \
               project's own.",
    is_quick: false,
    has_posterior: true,
    parameters: PARAMETERS.split_at(7).0,
};

static POST_PROCESSED: MethodInfo = MethodInfo {
    id: "pc-post",
    version: "1.4.0",
    name: "Pixel classification, post-processed",
    summary: "Pixel classification with a smoothed posterior. Of each structure it keeps the \
              largest part, or as many as it has in training, and fills their holes.",
    source: STUDY,
    verified: "Multi-scale Gaussian derivatives and a k-nearest-neighbour classifier, \
               as the source's abstract words it, and the name of the variant; scales, \
               samples, weight of the place, grey normalisation, the approximation of \
               neighbours and smoothing are this project's own.",
    is_quick: false,
    has_posterior: true,
    parameters: &PARAMETERS,
};

impl Method for PixelClassification {
    fn info(&self) -> &'static MethodInfo {
        &RAW
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let training = ClassifierTraining::of(parameters, &PARAMETERS, seed);
        let classifier = set.classifier(training, self.info().id, progress)?;
        Ok(Arc::new(RawPosterior { classifier }))
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        let settings = PixelSettings::of(declared.parameters, &PARAMETERS);
        read(bytes, |classifier: ClassifierFile| {
            let classifier = Arc::new(classifier.checked(settings, declared.n_structures)?);
            Ok(Arc::new(RawPosterior { classifier }) as Arc<dyn Segmenter>)
        })
    }
}

impl Method for PixelClassificationPost {
    fn info(&self) -> &'static MethodInfo {
        &POST_PROCESSED
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let training = ClassifierTraining::of(parameters, &PARAMETERS, seed);
        let classifier = set.classifier(training, self.info().id, progress)?;
        let n_parts = set.images().part_counts(progress)?.to_vec();
        let smoothing_px = parameters.get("smoothing");
        Ok(Arc::new(PostProcessed { classifier, smoothing_px, n_parts }))
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        let settings = PixelSettings::of(declared.parameters, &PARAMETERS);
        type File = (f64, Vec<usize>, ClassifierFile);
        read(bytes, |(smoothing_px, n_parts, classifier): File| {
            equal("smoothing", &smoothing_px, &declared.parameters.get("smoothing"))?;
            count("parts by structure", n_parts.len(), declared.n_structures)?;
            if let Some(odd) = n_parts.iter().find(|parts| !(1..=MAX_PARTS).contains(*parts)) {
                let expected = format!("1 to {MAX_PARTS}");
                return Err(ModelFault::new("parts by structure", expected, odd));
            }
            let classifier = Arc::new(classifier.checked(settings, declared.n_structures)?);
            Ok(Arc::new(PostProcessed { classifier, smoothing_px, n_parts }) as Arc<dyn Segmenter>)
        })
    }
}

/// Segmenter that thresholds the classifier's raw posterior.
struct RawPosterior {
    classifier: Arc<PixelClassifier>,
}

impl Segmenter for RawPosterior {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        Ok(subject.posterior(&self.classifier).masks())
    }

    fn classifier(&self) -> Option<&PixelClassifier> {
        Some(&self.classifier)
    }

    fn posterior(&self, subject: &Subject<'_>) -> Result<Option<Posterior>, MethodError> {
        Ok(Some(Arc::unwrap_or_clone(subject.posterior(&self.classifier))))
    }

    fn insights(&self) -> Vec<Insight> {
        vec![Insight::Samples(self.classifier.sample_counts())]
    }

    fn insights_on(&self, subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        let posterior = Arc::unwrap_or_clone(subject.posterior(&self.classifier));
        let masks = posterior.masks();
        Ok(vec![Insight::Posterior(posterior, masks)])
    }

    fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(&*self.classifier).expect("numbers in memory can always be written")
    }
}

/// Segmenter that blurs the posterior, and keeps the largest parts of each mask.
struct PostProcessed {
    classifier: Arc<PixelClassifier>,
    smoothing_px: f64,
    /// Number of parts by structure.
    n_parts: Vec<usize>,
}

impl PostProcessed {
    /// Masks of the largest parts of each structure, their holes filled.
    fn masks(&self, posterior: &Posterior) -> Vec<Mask> {
        let masks = posterior.masks();
        masks.iter().zip(&self.n_parts).map(|(m, &n)| largest_parts_filled(m, n)).collect()
    }
}

impl Segmenter for PostProcessed {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        let posterior = subject.posterior(&self.classifier).blurred(self.smoothing_px);
        Ok(self.masks(&posterior))
    }

    fn classifier(&self) -> Option<&PixelClassifier> {
        Some(&self.classifier)
    }

    fn posterior(&self, subject: &Subject<'_>) -> Result<Option<Posterior>, MethodError> {
        Ok(Some(subject.posterior(&self.classifier).blurred(self.smoothing_px)))
    }

    fn insights(&self) -> Vec<Insight> {
        vec![Insight::Samples(self.classifier.sample_counts())]
    }

    fn insights_on(&self, subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        let posterior = subject.posterior(&self.classifier).blurred(self.smoothing_px);
        let masks = self.masks(&posterior);
        Ok(vec![Insight::Posterior(posterior, masks)])
    }

    fn to_bytes(&self) -> Vec<u8> {
        let parts = (self.smoothing_px, &self.n_parts, &*self.classifier);
        postcard::to_stdvec(&parts).expect("numbers in memory can always be written")
    }
}
