//! Hybrids: shape methods that search in the pixel classifier's posterior, instead of or in
//! addition to grey values.
//!
//! The classifier finds the probable position of a structure and knows no shape. The shape
//! model knows the shapes of structures, and here searches in an image in which structures are
//! bright and everything else is dark.

use std::sync::Arc;

use scr_image::Mask;

use crate::active_appearance::{self, ActiveAppearanceModel, AppearanceSettings};
use crate::active_shape::{self, ActiveShapeModel, SearchSettings};
use crate::info::STUDY;
use crate::parameter::concatenated;
use crate::pixel_classification::{ClassifierFile, ClassifierTraining, PIXEL_PARAMETERS};
use crate::shape_search::check_trained;
use crate::stored::{equal, read};
use crate::{
    Example, GreyImage, Insight, Method, MethodError, MethodInfo, ModelDeclaration, ModelFault,
    Parameter, Parameters, PixelClassifier, PixelSettings, Posterior, Progress, Pyramid, Segmenter,
    ShapeSearch, Subject, TrainingSet,
};

/// Hybrid method: a shape method on the posterior of the pixel classifier, or on this and grey
/// values.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at that
/// size; masks may overlap. The classifier is that of `pc`, the shape method that of
/// `asm-tuned` or `aam-whiskers`; each point uses the posterior of its own structure.
/// `asm-pc-grey` uses grey values too: the misfit of a position is the sum over its profiles
/// in both. The shape method learns from posteriors of the training images that are computed
/// without their own samples, like those of a new image. Deterministic for a seed, which
/// selects the classifier's samples. Cost: that of both methods.
///
/// # Parameters
/// Those of the shape method, those of `pc` with `pc_` before their names, and
/// `smoothing`, the blur of the posterior before the search.
///
/// # Limits
/// The shape method cannot find a structure that the classifier misses altogether.
///
/// # Source
/// van Ginneken, Stegmann and Loog, "Segmentation of anatomical structures in
/// chest radiographs using supervised methods", Medical Image Analysis 10, 2006,
/// doi:10.1016/j.media.2005.02.002. The idea of such hybrids is the study's. The variant of the
/// shape method, its values, the exclusion of an image's own samples in training, and the
/// use of grey values are this project's own.
#[derive(Debug, Clone, Copy)]
pub struct Hybrid {
    info: &'static MethodInfo,
    model: ShapeMethod,
    input: Input,
}

/// Shape method of a hybrid.
#[derive(Debug, Clone, Copy)]
enum ShapeMethod {
    ActiveShape,
    ActiveAppearance,
}

/// Images that a hybrid's shape model searches in.
#[derive(Debug, Clone, Copy)]
enum Input {
    Posterior,
    PosteriorAndGrey,
}

impl Input {
    /// Number of channels of the pyramids.
    const fn n_channels(self) -> usize {
        match self {
            Self::Posterior => 1,
            Self::PosteriorAndGrey => 2,
        }
    }
}

impl Hybrid {
    /// Active shape model on posteriors.
    pub const SHAPE: Self =
        Self { info: &SHAPE, model: ShapeMethod::ActiveShape, input: Input::Posterior };
    /// Active shape model on posteriors and grey values: the profiles of both must fit.
    pub const SHAPE_AND_GREY: Self = Self {
        info: &SHAPE_AND_GREY,
        model: ShapeMethod::ActiveShape,
        input: Input::PosteriorAndGrey,
    };
    /// Active appearance model on posteriors.
    pub const APPEARANCE: Self =
        Self { info: &APPEARANCE, model: ShapeMethod::ActiveAppearance, input: Input::Posterior };
}

static SHAPE_PARAMETERS: [Parameter; 19] =
    concatenated(&active_shape::POSTERIOR_PARAMETERS, &PIXEL_PARAMETERS);
static APPEARANCE_PARAMETERS: [Parameter; 18] =
    concatenated(active_appearance::WHISKERS.parameters, &PIXEL_PARAMETERS);

static SHAPE: MethodInfo = MethodInfo {
    id: "asm-pc",
    version: "1.4.0",
    name: "ASM/PC hybrid",
    summary: "Active shape model that searches in the pixel classifier's posterior instead \
              of grey values.",
    source: STUDY,
    verified: "The names are the study's; which variant of the shape method runs on the \
               posterior and all values are this project's own.",
    is_quick: false,
    has_posterior: false,
    parameters: &SHAPE_PARAMETERS,
};

static SHAPE_AND_GREY: MethodInfo = MethodInfo {
    id: "asm-pc-grey",
    version: "1.2.0",
    name: "ASM/PC hybrid with grey values",
    summary: "Active shape model that searches in the pixel classifier's posterior and in \
              grey values.",
    verified: "The shape method on the posterior is the study's; the use of grey values \
               and all values are this project's own.",
    ..SHAPE
};

static APPEARANCE: MethodInfo = MethodInfo {
    id: "aam-pc",
    name: "AAM/PC hybrid",
    summary: "Active appearance model with whiskers that searches in the pixel classifier's \
              posterior instead of grey values.",
    parameters: &APPEARANCE_PARAMETERS,
    ..SHAPE
};

impl Method for Hybrid {
    fn info(&self) -> &'static MethodInfo {
        self.info
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let (images, method, input) = (set.images(), self.info.id, self.input);
        let training = ClassifierTraining::of(parameters, &PIXEL_PARAMETERS, seed);
        let classifier = set.classifier(training, method, progress)?;
        let posteriors = set.posteriors(training, method, progress)?;
        let smoothing_px = parameters.get("smoothing");
        let (side, n_levels) = (parameters.whole("side"), parameters.whole("levels"));
        let grey = match input {
            Input::Posterior => None,
            Input::PosteriorAndGrey => Some(images.grey_images(side, progress)?),
        };
        let pyramid = |index: usize| {
            let posterior = Pyramid::posterior(&posteriors[index], smoothing_px, side, n_levels);
            match &grey {
                Some(grey) => posterior.beside(Pyramid::grey(grey[index].clone(), n_levels)),
                None => posterior,
            }
        };
        let n_points = parameters.whole("points");
        let (layout, examples) = Example::read_all(images, n_points, method, progress, pyramid)?;
        progress("learning shapes", 0, 1);
        Ok(match self.model {
            ShapeMethod::ActiveShape => {
                let settings = SearchSettings::of(parameters);
                let model = ActiveShapeModel::learn(settings, layout, &examples);
                check_trained(&model, method, parameters, input.n_channels())?;
                Arc::new(OnPosterior { classifier, smoothing_px, input, model })
            }
            ShapeMethod::ActiveAppearance => {
                let settings = AppearanceSettings::of(parameters);
                let model = ActiveAppearanceModel::learn(settings, layout, &examples, &|done| {
                    progress("learning appearances", done, n_levels);
                });
                check_trained(&model, method, parameters, input.n_channels())?;
                Arc::new(OnPosterior { classifier, smoothing_px, input, model })
            }
        })
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        match self.model {
            ShapeMethod::ActiveShape => {
                OnPosterior::<ActiveShapeModel>::restore(bytes, declared, self.input)
            }
            ShapeMethod::ActiveAppearance => {
                OnPosterior::<ActiveAppearanceModel>::restore(bytes, declared, self.input)
            }
        }
    }
}

/// Segmenter of a shape model that searches in a classifier's posterior.
struct OnPosterior<M> {
    classifier: Arc<PixelClassifier>,
    smoothing_px: f64,
    input: Input,
    model: M,
}

impl<M: ShapeSearch> OnPosterior<M> {
    fn restore(
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
        input: Input,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        let ModelDeclaration { parameters, n_structures } = declared;
        read(bytes, |(smoothing_px, model, classifier): (f64, M, ClassifierFile)| {
            equal("smoothing", &smoothing_px, &parameters.get("smoothing"))?;
            model.check(declared, input.n_channels())?;
            let settings = PixelSettings::of(parameters, &PIXEL_PARAMETERS);
            let classifier = Arc::new(classifier.checked(settings, n_structures)?);
            Ok(Arc::new(Self { classifier, smoothing_px, input, model }) as Arc<dyn Segmenter>)
        })
    }

    /// Pyramid of a radiograph with this posterior.
    fn pyramid(&self, subject: &Subject<'_>, posterior: &Posterior) -> Pyramid {
        let (side, n_levels) = self.model.resolutions();
        let pyramid = Pyramid::posterior(posterior, self.smoothing_px, side, n_levels);
        match self.input {
            Input::Posterior => pyramid,
            Input::PosteriorAndGrey => {
                let grey = GreyImage::of(subject.radiograph(), side);
                pyramid.beside(Pyramid::grey(grey, n_levels))
            }
        }
    }
}

impl<M: ShapeSearch> Segmenter for OnPosterior<M> {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        let pyramid = self.pyramid(subject, &subject.posterior(&self.classifier));
        Ok(self.model.masks(&pyramid, subject.radiograph().size()))
    }

    fn classifier(&self) -> Option<&PixelClassifier> {
        Some(&self.classifier)
    }

    fn insights(&self) -> Vec<Insight> {
        let mut insights = self.model.insights();
        insights.push(Insight::Samples(self.classifier.sample_counts()));
        insights
    }

    fn insights_on(&self, subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        let posterior = subject.posterior(&self.classifier);
        let pyramid = self.pyramid(subject, &posterior);
        let masks = self.model.masks(&pyramid, posterior.full_size());
        Ok(vec![
            Insight::Posterior(posterior.blurred(self.smoothing_px), masks),
            Insight::SearchSteps(self.model.search_steps(&pyramid)),
        ])
    }

    fn to_bytes(&self) -> Vec<u8> {
        let parts = (self.smoothing_px, &self.model, &*self.classifier);
        postcard::to_stdvec(&parts).expect("numbers in memory can always be written")
    }
}
