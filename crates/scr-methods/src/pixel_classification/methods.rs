//! The two methods: the posterior as it is, and tidied.

use std::sync::Arc;

use scr_image::Mask;

use super::{ClassifierFile, PixelClassifier, PixelSettings, Posterior, largest_part_filled};
use crate::method::STUDY;
use crate::stored::{equal, read};
use crate::{
    About, Declared, Insight, Method, MethodError, ModelFault, Parameter, Parameters, Progress,
    Segmenter, Subject, TrainingSet,
};

/// Pixel classification, its posterior cut at 0.5.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at
/// that size; masks may overlap and have specks and holes. Each pixel of the image,
/// reduced to `side` pixels, is described by L, Lx, Ly, Lxx, Lxy and Lyy at dyadic
/// scales, of grey values and of local contrast, and by its place, all of mean 0 and
/// variance 1 over the training samples. The place is seen from the chest's centre,
/// the mean place of what the same classifier finds in a smaller image.
/// The k nearest samples vote; they are found exactly. Classes are the combinations
/// of structures that occur, and a structure has the votes of all combinations that
/// it is part of. The share of votes is interpolated to the image's size and cut at
/// 0.5. Deterministic for a seed, which picks the samples.
/// Cost: O(pixels near borders x samples x features).
///
/// # Parameters
/// - `side`: longer side of the image as classified; 16 to 1024, 256 by default.
/// - `scales`: scales of the filters, 1, 2, 4, ... pixels; 1 to 7, 6 by default.
/// - `k`: neighbours that vote; 1 to 255, 15 by default.
/// - `samples`: pixels learnt from, an image, one in each cell of a grid; 16 to
///   20000, 500 by default. More is better and slower in proportion; with few images
///   each gives more, so that there are 16000 in all.
/// - `place_weight`: weight of x and y against a filter's answer; 0 to 100, 4 by
///   default.
/// - `centre_side`: longer side of the image in which the centre is looked for; 0 to
///   256, 64 by default. With 0 the place is that in the image.
///
/// The side, k, the filters and the place are known of the original; the scales, the
/// samples, the weight of the place, its centre and the normalisation of grey values
/// are ours. They were tried on halves of fold 1 of 247 phantoms, whose reference these
/// defaults have so seen (the centre: of other phantoms), and on 37 radiographs whose
/// reference was wrong then (docs/results.md). On phantoms a weight of 4 beat 1 by a
/// quarter of the pixel error; grey values between percentiles beat mean and deviation,
/// and with local contrast beside them they beat each alone; linear discriminants in
/// place of the features lost. Three times as many samples took a quarter off the pixel
/// error.
///
/// # Limits
/// Knows no shape, so a lung may have holes. A structure that is small and lies
/// elsewhere in each image, as the clavicle does, needs many samples. A structure
/// drawn in fewer pixels than a cell of the grid may have no sample, and no mask.
///
/// # Source
/// van Ginneken, Stegmann and Loog, "Segmentation of anatomical structures in
/// chest radiographs using supervised methods", Medical Image Analysis 10, 2006,
/// doi:10.1016/j.media.2005.02.002.
#[derive(Debug, Clone, Copy)]
pub struct PixelClassification;

/// Pixel classification, its posterior smoothed, and the largest part kept.
///
/// As [`PixelClassification`], with the same training. Then each structure's
/// posterior is blurred by a Gaussian, interpolated and cut at 0.5, and of the mask
/// the [largest part](super::largest_part_filled) stays, its holes filled.
///
/// # Parameters
/// Those of [`PixelClassification`], and `smoothing`: standard deviation of the
/// blur, in pixels of the image as classified; 0 to 32, 1 by default. The value is
/// ours: on halves of a training fold of phantoms 1 did best of 0 to 2.5, where more
/// makes clavicles vanish.
///
/// # Limits
/// A structure in several parts loses all but one: a clavicle that is found in
/// pieces becomes worse, not better.
///
/// # Source
/// As [`PixelClassification`].
#[derive(Debug, Clone, Copy)]
pub struct PixelClassificationPost;

/// What trains, then what is of the post-processing.
static PARAMETERS: [Parameter; 7] =
    parameters(["side", "scales", "k", "samples", "place_weight", "centre_side"]);

/// The same under the names that they have in methods with a `side` of their own.
pub(crate) static PIXEL_PARAMETERS: [Parameter; 7] =
    parameters(["pc_side", "pc_scales", "pc_k", "pc_samples", "pc_place_weight", "pc_centre_side"]);

const fn parameters(
    [side, scales, k, samples, place_weight, centre_side]: [&'static str; 6],
) -> [Parameter; 7] {
    [
        Parameter::whole(
            side,
            "longer side of the image as classified, in pixels",
            256.0,
            [16.0, 1024.0],
        ),
        Parameter::whole(scales, "scales of the filters: 1, 2, 4, ... pixels", 6.0, [1.0, 7.0]),
        Parameter::whole(k, "neighbours that vote", 15.0, [1.0, 255.0]),
        Parameter::whole(samples, "pixels learnt from, an image", 500.0, [16.0, 20000.0]),
        Parameter::number(
            place_weight,
            "weight of a pixel's place against a filter's answer",
            4.0,
            [0.0, 100.0],
        ),
        Parameter::whole(
            centre_side,
            "longer side of the image when the chest's centre is looked for; 0: it is not",
            64.0,
            [0.0, 256.0],
        ),
        Parameter::number(
            "smoothing",
            "standard deviation of the blur of the posterior, in pixels as classified",
            1.0,
            [0.0, 32.0],
        ),
    ]
}

/// The settings that parameters under the names of `table` make.
pub(crate) fn pixel_settings(parameters: &Parameters, table: &[Parameter; 7]) -> PixelSettings {
    let [side, scales, k, samples, place_weight, centre_side, _] = table.each_ref().map(|p| p.key);
    PixelSettings {
        side: parameters.whole(side),
        n_scales: parameters.whole(scales),
        k: parameters.whole(k),
        n_samples: parameters.whole(samples),
        place_weight: parameters.get(place_weight),
        centre_side: parameters.whole(centre_side),
    }
}

impl Method for PixelClassification {
    fn id(&self) -> &'static str {
        "pc"
    }

    fn version(&self) -> &'static str {
        "1.2.0"
    }

    fn about(&self) -> About {
        About {
            name: "Pixel classification",
            summary: "Each pixel gets the label that most of the 15 most similar training pixels \
                      had, by the answers of Gaussian derivative filters and by place.",
            source: STUDY,
            verified: "Multi-scale Gaussian derivatives and a k-nearest-neighbour classifier, \
                       as the source's abstract words it; scales, samples, weight of the place \
                       and grey normalisation are this project's own, and neighbours are exact.",
        }
    }

    fn is_quick(&self) -> bool {
        false
    }

    fn has_posterior(&self) -> bool {
        true
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS[..6]
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let settings = pixel_settings(parameters, &PARAMETERS);
        Ok(Arc::new(AsItIs(PixelClassifier::train(set, settings, seed, self.id(), progress)?)))
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: Declared<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        let settings = pixel_settings(declared.parameters, &PARAMETERS);
        read(bytes, |classifier: ClassifierFile| {
            let classifier = classifier.checked(settings, declared.n_structures)?;
            Ok(Arc::new(AsItIs(Arc::new(classifier))) as Arc<dyn Segmenter>)
        })
    }
}

/// A pixel classifier whose posterior is cut as it is.
struct AsItIs(Arc<PixelClassifier>);

impl Segmenter for AsItIs {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        Ok(subject.posterior(&self.0).masks())
    }

    fn classifier(&self) -> Option<&PixelClassifier> {
        Some(&self.0)
    }

    fn posterior(&self, subject: &Subject<'_>) -> Result<Option<Posterior>, MethodError> {
        Ok(Some(Arc::unwrap_or_clone(subject.posterior(&self.0))))
    }

    fn insights(&self) -> Vec<Insight> {
        vec![Insight::Samples(self.0.sample_counts())]
    }

    fn insights_on(&self, subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        let posterior = Arc::unwrap_or_clone(subject.posterior(&self.0));
        let masks = posterior.masks();
        Ok(vec![Insight::Posterior(posterior, masks)])
    }

    fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(&*self.0).expect("numbers in memory can always be written")
    }
}

/// A pixel classifier and how its posterior is tidied.
struct PostProcessed {
    classifier: Arc<PixelClassifier>,
    smoothing_px: f64,
}

impl Method for PixelClassificationPost {
    fn id(&self) -> &'static str {
        "pc-post"
    }

    fn version(&self) -> &'static str {
        "1.2.0"
    }

    fn about(&self) -> About {
        About {
            name: "Pixel classification, post-processed",
            summary: "Pixel classification whose posterior is smoothed; of each structure the \
                      largest part is kept and its holes are filled.",
            source: STUDY,
            verified: "Multi-scale Gaussian derivatives and a k-nearest-neighbour classifier, \
                       as the source's abstract words it, and the name of the variant; scales, \
                       samples, weight of the place, grey normalisation and smoothing are this \
                       project's own, and neighbours are exact.",
        }
    }

    fn is_quick(&self) -> bool {
        false
    }

    fn has_posterior(&self) -> bool {
        true
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let settings = pixel_settings(parameters, &PARAMETERS);
        let classifier = PixelClassifier::train(set, settings, seed, self.id(), progress)?;
        Ok(Arc::new(PostProcessed { classifier, smoothing_px: parameters.get("smoothing") }))
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: Declared<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        let settings = pixel_settings(declared.parameters, &PARAMETERS);
        read(bytes, |(smoothing_px, classifier): (f64, ClassifierFile)| {
            equal("smoothing", &smoothing_px, &declared.parameters.get("smoothing"))?;
            let classifier = Arc::new(classifier.checked(settings, declared.n_structures)?);
            Ok(Arc::new(PostProcessed { classifier, smoothing_px }) as Arc<dyn Segmenter>)
        })
    }
}

impl Segmenter for PostProcessed {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        let posterior = subject.posterior(&self.classifier).blurred(self.smoothing_px);
        Ok(tidied(&posterior))
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
        let masks = tidied(&posterior);
        Ok(vec![Insight::Posterior(posterior, masks)])
    }

    fn to_bytes(&self) -> Vec<u8> {
        let parts = (self.smoothing_px, &*self.classifier);
        postcard::to_stdvec(&parts).expect("numbers in memory can always be written")
    }
}

/// The largest part of each structure, without its holes.
fn tidied(posterior: &Posterior) -> Vec<Mask> {
    posterior.masks().iter().map(largest_part_filled).collect()
}
