//! Active appearance models: how shapes and the grey values in and around them vary
//! together, moved until the model shows what the image shows.
//!
//! `aam`, `aam-whiskers` and `aam-whiskers-bfgs` are one method: the second also
//! looks outside the structures, the third ends with L-BFGS. [`ActiveAppearanceModel`]
//! looks at any images, so that hybrids can show it something else than grey values.

mod appearance;
mod components;
mod insights;
mod refine;
mod search;
mod slope;
#[cfg(test)]
mod testing;
mod update;
mod warp;

use std::sync::Arc;

use crate::method::STUDY;
use crate::shape_search::OnGrey;
use crate::{
    About, Declared, Example, Method, MethodError, ModelFault, Parameter, Parameters, Progress,
    Pyramid, Segmenter, TrainingSet,
};

pub use search::{ActiveAppearanceModel, AppearanceSettings};

/// The active appearance model.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at that
/// size; masks may overlap. Deterministic without a seed.
///
/// Training: landmarks of all structures become one shape model. At each of several
/// resolutions the grey values in every structure are sampled in the frame of the
/// mean shape and normalised to mean 0 and variance 1; shape and texture together
/// become one set of modes; and moving the training images' own appearances shows
/// which step a difference in texture asks for. Segmenting: from the mean appearance
/// at and around its mean place, coarse to fine, such steps are taken as long as the
/// difference falls. With whiskers, lines outward from each landmark are texture
/// too. With BFGS, a last descent on the finest resolution follows the image's own
/// derivatives. Cost: O(places x modes) a step.
///
/// # Parameters
/// `scr methods` prints them with their ranges.
///
/// # Limits
/// Knows only what varied in training: an abnormality that covers much of a lung
/// pulls everything with it. Without whiskers nothing holds an outline that lies
/// too far inside. Every structure is needed in every training image.
///
/// # Source
/// Cootes, Edwards and Taylor, IEEE TPAMI 23(6), 2001, doi:10.1109/34.927467; for
/// chest radiographs van Ginneken, Stegmann and Loog, Medical Image Analysis 10,
/// 2006, doi:10.1016/j.media.2005.02.002. Verified there is that the standard scheme
/// performs poorly and that areas outside the objects improve it much. All values
/// are ours: whisker length, variances, moves, starts, and the settings of BFGS; so
/// are whiskers that turn and grow with the landmarks beside theirs, and textures
/// of structures that lie over each other. Those of the variants with whiskers were
/// chosen on 160 phantoms of seed 77, on which no result is reported, but for the
/// spread of starts: phantoms do as well with any, and fold 1 of 37 radiographs chose,
/// whose reference was wrong then (docs/results.md).
#[derive(Debug, Clone, Copy)]
pub struct ActiveAppearance {
    variant: Variant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variant {
    Standard,
    Whiskers,
    Refined,
}

impl ActiveAppearance {
    /// Texture inside the structures only.
    pub const DEFAULT: Self = Self { variant: Variant::Standard };
    /// Texture on whiskers too.
    pub const WHISKERS: Self = Self { variant: Variant::Whiskers };
    /// Texture on whiskers too, and L-BFGS after the search.
    pub const WHISKERS_BFGS: Self = Self { variant: Variant::Refined };
}

/// What all variants have, then whiskers, then the steps of L-BFGS; the defaults of
/// the shares of variance, shapes, textures, joint, and of the spread of starts.
const fn parameters([shape, texture, joint, spread]: [f64; 4]) -> [Parameter; 11] {
    [
        Parameter::POINTS,
        Parameter::whole(
            "side",
            "longer side of the finest resolution, in pixels",
            128.0,
            [32.0, 256.0],
        ),
        Parameter::whole("levels", "resolutions, each half of the one before", 3.0, [1.0, 5.0]),
        Parameter::number(
            "variance",
            "share of the shapes' variance that modes keep",
            shape,
            [0.5, 1.0],
        ),
        Parameter::number(
            "texture",
            "share of the textures' variance that modes keep",
            texture,
            [0.5, 1.0],
        ),
        Parameter::number(
            "joint",
            "share of the joint variance that modes keep",
            joint,
            [0.5, 1.0],
        ),
        Parameter::number("limit", "standard deviations that a mode may reach", 3.0, [0.5, 10.0]),
        Parameter::whole("steps", "steps at one resolution at most", 30.0, [1.0, 200.0]),
        Parameter::number(
            "spread",
            "how far starts lie around the mean place; 0: one start",
            spread,
            [0.0, 0.3],
        ),
        Parameter::number(
            "whisker",
            "length of whiskers in pixels of the finest resolution",
            5.0,
            [1.0, 64.0],
        ),
        Parameter::whole("bfgs", "steps of L-BFGS at most", 30.0, [1.0, 200.0]),
    ]
}

static DEFAULTS: [Parameter; 11] = parameters([0.98, 0.98, 0.98, 0.1]);
static WHISKERS: [Parameter; 11] = parameters([0.995, 0.99, 0.995, 0.2]);

impl Method for ActiveAppearance {
    fn id(&self) -> &'static str {
        match self.variant {
            Variant::Standard => "aam",
            Variant::Whiskers => "aam-whiskers",
            Variant::Refined => "aam-whiskers-bfgs",
        }
    }

    fn version(&self) -> &'static str {
        match self.variant {
            Variant::Standard | Variant::Whiskers => "1.2.0",
            Variant::Refined => "1.3.0",
        }
    }

    fn about(&self) -> About {
        About {
            name: match self.variant {
                Variant::Standard => "AAM default",
                Variant::Whiskers => "AAM whiskers",
                Variant::Refined => "AAM whiskers + BFGS",
            },
            summary: match self.variant {
                Variant::Standard => {
                    "Active appearance model: shapes and the grey values inside them vary \
                     together, and are moved until they show what the image shows."
                }
                Variant::Whiskers => {
                    "Active appearance model that also looks along lines outward from its \
                     outlines."
                }
                Variant::Refined => {
                    "Active appearance model that also looks along lines outward from its \
                     outlines, and ends with L-BFGS on what still differs."
                }
            },
            source: STUDY,
            verified: "The names are the study's, and so is that areas outside the objects help; \
                       the method is Cootes, Edwards and Taylor's, IEEE TPAMI 23(6), 2001, \
                       doi:10.1109/34.927467; the values are this project's own.",
        }
    }

    fn parameters(&self) -> &'static [Parameter] {
        match self.variant {
            Variant::Standard => &DEFAULTS[..9],
            Variant::Whiskers => &WHISKERS[..10],
            Variant::Refined => &WHISKERS,
        }
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        _seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let settings = AppearanceSettings::of(parameters);
        let grey = set.grey_images(settings.side, progress)?;
        let look = |index: usize| Pyramid::grey(grey[index].clone(), settings.levels);
        let n_points = parameters.whole("points");
        let (layout, examples) = Example::read_all(set, n_points, self.id(), progress, look)?;
        progress("learning appearances", 0, settings.levels);
        let model = ActiveAppearanceModel::learn(settings, layout, &examples, &|done| {
            progress("learning appearances", done, settings.levels);
        });
        Ok(Arc::new(OnGrey { model }))
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: Declared<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        OnGrey::<ActiveAppearanceModel>::restore(bytes, declared)
    }
}
