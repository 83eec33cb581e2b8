//! Hybrids: a shape method that looks at the pixel classifier's posterior, in place of
//! grey values or beside them.
//!
//! The classifier finds where a structure probably is and knows no shape; the shape
//! model knows what a structure can look like, and here has a picture in which
//! structures are bright and all else is dark.

use std::sync::{Arc, LazyLock};

use scr_image::Mask;

use crate::active_appearance::{ActiveAppearanceModel, AppearanceSettings};
use crate::active_shape::{ActiveShapeModel, SearchSettings};
use crate::method::STUDY;
use crate::pixel_classification::{ClassifierFile, PIXEL_PARAMETERS, pixel_settings};
use crate::stored::{equal, read};
use crate::{
    About, ActiveAppearance, ActiveShape, Declared, Example, GreyImage, Insight, Method,
    MethodError, ModelFault, Parameter, Parameters, PixelClassifier, Posterior, Progress, Pyramid,
    Segmenter, ShapeSearch, Subject, TrainingSet,
};

/// A shape method on the posterior of the pixel classifier, or on this and grey values.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at that
/// size; masks may overlap. The classifier is that of `pc`, the shape method that of
/// `asm-tuned` or `aam-whiskers`; each point looks at the posterior of its own
/// structure. `asm-pc-grey` looks at grey values too: a place is as far from what was
/// learnt as its profiles in both together. The shape method learns from posteriors of
/// its training images that are made without their own samples, as those of a new image
/// are. Deterministic for a seed, which picks the classifier's samples. Cost: that of
/// both methods.
///
/// # Parameters
/// Those of the shape method, those of `pc` with `pc_` before their names, and
/// `smoothing`, the blur of the posterior before the shape method looks at it.
///
/// # Limits
/// What the classifier misses altogether, the shape method cannot see in a posterior.
///
/// # Source
/// van Ginneken, Stegmann and Loog, "Segmentation of anatomical structures in
/// chest radiographs using supervised methods", Medical Image Analysis 10, 2006,
/// doi:10.1016/j.media.2005.02.002. That there are such hybrids is the study's; which
/// variant of the shape method runs, with which values, that training images do
/// not vote on themselves and that grey values are looked at too are ours.
#[derive(Debug, Clone, Copy)]
pub struct Hybrid {
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shape,
    ShapeAndGrey,
    Appearance,
}

impl Hybrid {
    /// The active shape model on posteriors.
    pub const SHAPE: Self = Self { kind: Kind::Shape };
    /// The active shape model on posteriors and grey values together: the profiles of
    /// both must fit.
    pub const SHAPE_AND_GREY: Self = Self { kind: Kind::ShapeAndGrey };
    /// The active appearance model on posteriors.
    pub const APPEARANCE: Self = Self { kind: Kind::Appearance };

    fn sees_grey(self) -> bool {
        self.kind == Kind::ShapeAndGrey
    }
}

static OF_SHAPE: LazyLock<Vec<Parameter>> =
    LazyLock::new(|| [ActiveShape::TUNED.parameters(), &PIXEL_PARAMETERS].concat());
static OF_APPEARANCE: LazyLock<Vec<Parameter>> =
    LazyLock::new(|| [ActiveAppearance::WHISKERS.parameters(), &PIXEL_PARAMETERS].concat());

impl Method for Hybrid {
    fn id(&self) -> &'static str {
        match self.kind {
            Kind::Shape => "asm-pc",
            Kind::ShapeAndGrey => "asm-pc-grey",
            Kind::Appearance => "aam-pc",
        }
    }

    fn version(&self) -> &'static str {
        if self.sees_grey() { "1.0.0" } else { "1.2.0" }
    }

    fn about(&self) -> About {
        About {
            name: match self.kind {
                Kind::Shape => "ASM/PC hybrid",
                Kind::ShapeAndGrey => "ASM/PC hybrid with grey values",
                Kind::Appearance => "AAM/PC hybrid",
            },
            summary: match self.kind {
                Kind::Shape => {
                    "Active shape model that looks at the pixel classifier's posterior in place \
                     of grey values."
                }
                Kind::ShapeAndGrey => {
                    "Active shape model that looks at the pixel classifier's posterior and at \
                     grey values."
                }
                Kind::Appearance => {
                    "Active appearance model with whiskers that looks at the pixel classifier's \
                     posterior in place of grey values."
                }
            },
            source: STUDY,
            verified: match self.kind {
                Kind::ShapeAndGrey => {
                    "That a shape method runs on the posterior is the study's; that it looks at \
                     grey values too and all values are this project's own."
                }
                Kind::Shape | Kind::Appearance => {
                    "The names are the study's; which variant of the shape method runs on the \
                     posterior and all values are this project's own."
                }
            },
        }
    }

    fn is_quick(&self) -> bool {
        false
    }

    fn parameters(&self) -> &'static [Parameter] {
        match self.kind {
            Kind::Shape | Kind::ShapeAndGrey => &OF_SHAPE,
            Kind::Appearance => &OF_APPEARANCE,
        }
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let pixels = pixel_settings(parameters, &PIXEL_PARAMETERS);
        let smoothing_px = parameters.get("smoothing");
        let classifier = PixelClassifier::train(set, pixels, seed, self.id(), progress)?;
        let posteriors =
            PixelClassifier::training_posteriors(set, pixels, seed, self.id(), progress)?;
        let (side, n_levels) = (parameters.whole("side"), parameters.whole("levels"));
        let sees_grey = self.sees_grey();
        let grey = sees_grey.then(|| set.grey_images(side, progress)).transpose()?;
        let look = |index: usize| {
            let posterior = Pyramid::posterior(&posteriors[index], smoothing_px, side, n_levels);
            match &grey {
                Some(grey) => posterior.beside(Pyramid::grey(grey[index].clone(), n_levels)),
                None => posterior,
            }
        };
        let n_points = parameters.whole("points");
        let (layout, examples) = Example::read_all(set, n_points, self.id(), progress, look)?;
        progress("learning shapes", 0, 1);
        Ok(match self.kind {
            Kind::Shape | Kind::ShapeAndGrey => {
                let settings = SearchSettings::of(parameters);
                let model = ActiveShapeModel::learn(settings, layout, &examples);
                Arc::new(OnPosterior { classifier, smoothing_px, sees_grey, model })
            }
            Kind::Appearance => {
                let settings = AppearanceSettings::of(parameters);
                let model = ActiveAppearanceModel::learn(settings, layout, &examples, &|done| {
                    progress("learning appearances", done, n_levels);
                });
                Arc::new(OnPosterior { classifier, smoothing_px, sees_grey, model })
            }
        })
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: Declared<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        match self.kind {
            Kind::Shape | Kind::ShapeAndGrey => {
                OnPosterior::<ActiveShapeModel>::restore(bytes, declared, self.sees_grey())
            }
            Kind::Appearance => {
                OnPosterior::<ActiveAppearanceModel>::restore(bytes, declared, false)
            }
        }
    }
}

/// A shape method's model that looks at a classifier's posterior.
struct OnPosterior<M> {
    classifier: Arc<PixelClassifier>,
    smoothing_px: f64,
    /// Whether it looks at grey values too.
    sees_grey: bool,
    model: M,
}

impl<M: ShapeSearch> OnPosterior<M> {
    fn restore(
        bytes: &[u8],
        declared: Declared<'_>,
        sees_grey: bool,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        let Declared { parameters, n_structures } = declared;
        read(bytes, |(smoothing_px, model, classifier): (f64, M, ClassifierFile)| {
            equal("smoothing", &smoothing_px, &parameters.get("smoothing"))?;
            model.check(declared, if sees_grey { 2 } else { 1 })?;
            let settings = pixel_settings(parameters, &PIXEL_PARAMETERS);
            let classifier = Arc::new(classifier.checked(settings, n_structures)?);
            Ok(Arc::new(Self { classifier, smoothing_px, sees_grey, model }) as Arc<dyn Segmenter>)
        })
    }

    /// What the model looks at in an image with this posterior.
    fn pyramid(&self, subject: &Subject<'_>, posterior: &Posterior) -> Pyramid {
        let (side, n_levels) = self.model.resolutions();
        let pyramid = Pyramid::posterior(posterior, self.smoothing_px, side, n_levels);
        if !self.sees_grey {
            return pyramid;
        }
        let grey = GreyImage::of(subject.radiograph(), side);
        pyramid.beside(Pyramid::grey(grey, n_levels))
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
