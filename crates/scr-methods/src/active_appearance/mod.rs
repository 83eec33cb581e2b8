//! Active appearance models: a joint model of shape and texture, fitted to an image by
//! minimising the texture residual.
//!
//! `aam`, `aam-whiskers` and `aam-whiskers-bfgs` are one method: the second also samples
//! texture outside of the structures, the third ends with L-BFGS. [`ActiveAppearanceModel`]
//! searches in images of any kind, so hybrids can give it posteriors.

mod appearance;
mod components;
mod gradient;
mod insights;
mod refine;
mod search;
mod settings;
#[cfg(test)]
mod testing;
mod update;
mod warp;

use std::sync::Arc;

use crate::info::STUDY;
use crate::shape_search::OnGrey;
use crate::{
    Example, Method, MethodError, MethodInfo, ModelDeclaration, ModelFault, Parameter, Parameters,
    Progress, Pyramid, Segmenter, TrainingSet,
};

pub use search::ActiveAppearanceModel;
pub use settings::AppearanceSettings;

/// Active appearance model method.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at that
/// size; masks may overlap. Deterministic without a seed.
///
/// Training: the landmarks of all structures form one shape model. At each of several
/// resolutions the grey values in every structure are sampled in the frame of the mean shape
/// and normalised to mean 0 and variance 1. Shape and texture together get one set of modes.
/// Displacing the known appearances of the training images gives the linear relation between
/// texture residual and parameter update. Segmenting: the search starts with the mean
/// appearance at and around its mean pose, goes from coarse to fine, and updates the parameters
/// as long as the residual decreases. With whiskers, lines outward from each landmark are
/// sampled too. With BFGS, a last descent at the finest resolution uses the image's own
/// derivatives. Cost: O(places x modes) a step.
///
/// # Parameters
/// `scr methods` prints them with their ranges.
///
/// # Limits
/// The model covers the variation in training only: an abnormality that covers much of a lung
/// displaces all outlines. Without whiskers nothing prevents outlines that lie too far inside.
/// Every training image needs every structure.
///
/// # Source
/// Cootes, Edwards and Taylor, IEEE TPAMI 23(6), 2001, doi:10.1109/34.927467; for
/// chest radiographs van Ginneken, Stegmann and Loog, Medical Image Analysis 10,
/// 2006, doi:10.1016/j.media.2005.02.002. Verified there: the standard scheme performs poorly,
/// and areas outside of the objects improve it much. This project's own: all values (whisker
/// length, variances, displacements, starts, and the settings of BFGS), whiskers that rotate
/// and scale with their neighbouring landmarks, and textures of overlapping structures. The
/// values of the variants with whiskers were chosen on 160 phantoms of seed 77, on which no
/// result is reported. The spread of starts is an exception: it makes no difference on
/// phantoms, and was chosen on fold 1 of 37 radiographs, whose reference was wrong then
/// (docs/reference/results.md).
#[derive(Debug, Clone, Copy)]
pub struct ActiveAppearance {
    info: &'static MethodInfo,
}

impl ActiveAppearance {
    /// Variant with texture inside the structures only.
    pub const DEFAULT: Self = Self { info: &DEFAULT };
    /// Variant with texture on whiskers too.
    pub const WHISKERS: Self = Self { info: &WHISKERS };
    /// Variant with texture on whiskers too, and L-BFGS after the search.
    pub const WHISKERS_BFGS: Self = Self { info: &WHISKERS_BFGS };
}

/// Parameters of all variants, then of whiskers, then of L-BFGS, from some defaults: the
/// variance shares of shape, texture and both together, and the spread of starts.
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

static DEFAULT_PARAMETERS: [Parameter; 11] = parameters([0.98, 0.98, 0.98, 0.1]);
static WHISKERS_PARAMETERS: [Parameter; 11] = parameters([0.995, 0.99, 0.995, 0.2]);

static DEFAULT: MethodInfo = MethodInfo {
    id: "aam",
    version: "1.3.0",
    name: "AAM default",
    summary: "Active appearance model: a joint model of shapes and the grey values inside \
              them, fitted to the image.",
    source: STUDY,
    verified: "The names are the study's, and so is that areas outside the objects help; \
               the method is Cootes, Edwards and Taylor's, IEEE TPAMI 23(6), 2001, \
               doi:10.1109/34.927467; the values are this project's own.",
    is_quick: true,
    has_posterior: false,
    parameters: DEFAULT_PARAMETERS.split_at(9).0,
};

pub(crate) static WHISKERS: MethodInfo = MethodInfo {
    id: "aam-whiskers",
    name: "AAM whiskers",
    summary: "Active appearance model that also samples lines outward from its outlines.",
    parameters: WHISKERS_PARAMETERS.split_at(10).0,
    ..DEFAULT
};

static WHISKERS_BFGS: MethodInfo = MethodInfo {
    id: "aam-whiskers-bfgs",
    version: "1.4.0",
    name: "AAM whiskers + BFGS",
    summary: "Active appearance model that also samples lines outward from its \
              outlines, and ends with L-BFGS on the residual.",
    parameters: &WHISKERS_PARAMETERS,
    ..DEFAULT
};

impl Method for ActiveAppearance {
    fn info(&self) -> &'static MethodInfo {
        self.info
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        _seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let settings = AppearanceSettings::of(parameters);
        let images = set.images();
        let grey = images.grey_images(settings.side, progress)?;
        let pyramid = |index: usize| Pyramid::grey(grey[index].clone(), settings.levels);
        let (n_points, method) = (parameters.whole("points"), self.info.id);
        let (layout, examples) = Example::read_all(images, n_points, method, progress, pyramid)?;
        progress("learning appearances", 0, settings.levels);
        let model = ActiveAppearanceModel::learn(settings, layout, &examples, &|done| {
            progress("learning appearances", done, settings.levels);
        });
        OnGrey::trained(model, method, parameters)
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        OnGrey::<ActiveAppearanceModel>::restore(bytes, declared)
    }
}
