//! Active shape models: a shape model of all structures, fitted step by step to the places
//! where the grey-value profiles across its outlines match those of training.
//!
//! `asm` and `asm-tuned` are one method with different defaults. [`ActiveShapeModel`] searches
//! in images of any kind, so hybrids can give it posteriors.

mod insights;
mod learning;
mod profiles;
mod search;
mod settings;

use std::sync::Arc;

use crate::info::STUDY;
use crate::shape_search::OnGrey;
use crate::{
    Example, Method, MethodError, MethodInfo, ModelDeclaration, ModelFault, Parameter, Parameters,
    Progress, Pyramid, Segmenter, TrainingSet,
};

pub use search::ActiveShapeModel;
pub use settings::SearchSettings;

/// Active shape model method.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at that
/// size; masks may overlap. Deterministic without a seed.
///
/// Training: the landmarks of all structures form one shape model. At each of several
/// resolutions the derivative profile across the outline is learnt for each landmark.
/// Segmenting: the search starts with the mean shape at its mean pose and goes from coarse to
/// fine. In each step every landmark moves along its normal to the best matching profile, and
/// the shape model is fitted to the moved landmarks. With `noise` (the tuned method) the fit is
/// the most probable shape for landmarks with the error that profiles had in training. So wrong
/// landmarks bend the shape less, least of all where borders are hard to find. With `spread`
/// (the tuned method) the search has seven starts of different position and size, and the
/// result with the best match of the profiles of all resolutions is kept. Cost: O(landmarks x
/// candidates x steps x levels) a start.
///
/// # Parameters
/// `scr methods` prints them with their ranges; letters are those of the study.
///
/// # Limits
/// The search starts at or around the mean pose: it fails in an image that is cropped or
/// rotated far beyond the examples. Every training image needs every structure.
///
/// # Source
/// Cootes, Taylor, Cooper and Graham, Computer Vision and Image Understanding 61,
/// 1995, doi:10.1006/cviu.1995.1004; for chest radiographs van Ginneken, Stegmann
/// and Loog, Medical Image Analysis 10, 2006, doi:10.1016/j.media.2005.02.002.
/// Normalised derivative profiles, Mahalanobis distance and resolutions are common
/// knowledge of the method. This project's own: the values (those of `asm` in the range
/// known from the authors' other papers), the shrinking of covariances, the noise
/// and the starts around the mean pose.
#[derive(Debug, Clone, Copy)]
pub struct ActiveShape {
    info: &'static MethodInfo,
}

impl ActiveShape {
    /// Variant with the defaults of the plain method.
    pub const DEFAULT: Self = Self { info: &DEFAULT };
    /// Variant with the defaults that `scr tune` chose inside fold 1 of 160 phantoms and inside
    /// fold 1 of 37 radiographs (docs/explanation/experiments.md): all modes, wider limits, one
    /// candidate on either side and several starts. All modes can be kept because noise
    /// shrinks those of small variance.
    pub const TUNED: Self = Self { info: &TUNED };
}

/// Parameters from their defaults, in this order: side, variance, limit, levels, reach,
/// candidates, steps, close, noise, spread.
const fn parameters(defaults: [f64; 10]) -> [Parameter; 11] {
    let [side, variance, limit, levels, reach, candidates, steps, close, noise, spread] = defaults;
    [
        Parameter::POINTS,
        Parameter::whole(
            "side",
            "longer side of the finest resolution, in pixels",
            side,
            [32.0, 1024.0],
        ),
        Parameter::number(
            "variance",
            "share of the shapes' variance that modes keep (f_v)",
            variance,
            [0.5, 1.0],
        ),
        Parameter::number(
            "limit",
            "standard deviations that a mode may reach (m)",
            limit,
            [0.5, 5.0],
        ),
        Parameter::whole(
            "levels",
            "resolutions, each half of the one before (L_max)",
            levels,
            [1.0, 8.0],
        ),
        Parameter::whole(
            "reach",
            "samples of a profile on either side of its point (k)",
            reach,
            [1.0, 15.0],
        ),
        Parameter::whole(
            "candidates",
            "places tried on either side of a point (n_s)",
            candidates,
            [1.0, 10.0],
        ),
        Parameter::whole("steps", "steps at one resolution at most (N_max)", steps, [1.0, 100.0]),
        Parameter::number(
            "close",
            "share of points that must move little to go on (p_close)",
            close,
            [0.1, 1.0],
        ),
        Parameter::number(
            "noise",
            "error of a step, in mean errors of profiles in training; 0: none",
            noise,
            [0.0, 10.0],
        ),
        Parameter::number(
            "spread",
            "how far starts lie around the mean place; 0: one start",
            spread,
            [0.0, 0.5],
        ),
    ]
}

static DEFAULT_PARAMETERS: [Parameter; 11] =
    parameters([256.0, 0.98, 2.0, 4.0, 5.0, 2.0, 10.0, 0.9, 0.0, 0.0]);
static TUNED_PARAMETERS: [Parameter; 11] = tuned(384.0);
/// Parameters of a search in posteriors: those of the tuned method, at the posterior's size.
pub(crate) static POSTERIOR_PARAMETERS: [Parameter; 11] = tuned(256.0);

/// Parameters of the tuned method with its finest resolution.
const fn tuned(side: f64) -> [Parameter; 11] {
    parameters([side, 1.0, 3.0, 6.0, 5.0, 1.0, 10.0, 0.9, 1.0, 0.4])
}

static DEFAULT: MethodInfo = MethodInfo {
    id: "asm",
    version: "1.3.0",
    name: "ASM default",
    summary: "Active shape model: one shape model of all structures, fitted from coarse to \
              fine to the best matching profiles across its outlines.",
    source: STUDY,
    verified: "The names are the study's; the method is common knowledge; the values are \
               this project's own: those of the default in the range of the authors' \
               other papers, those of the tuned one chosen on phantoms and radiographs by \
               `scr tune`; so are noise and several starts.",
    is_quick: true,
    has_posterior: false,
    parameters: &DEFAULT_PARAMETERS,
};

pub(crate) static TUNED: MethodInfo = MethodInfo {
    id: "asm-tuned",
    version: "1.4.0",
    name: "ASM tuned",
    parameters: &TUNED_PARAMETERS,
    ..DEFAULT
};

impl Method for ActiveShape {
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
        let settings = SearchSettings::of(parameters);
        let images = set.images();
        let grey = images.grey_images(settings.side, progress)?;
        let pyramid = |index: usize| Pyramid::grey(grey[index].clone(), settings.levels);
        let (n_points, method) = (parameters.whole("points"), self.info.id);
        let (layout, examples) = Example::read_all(images, n_points, method, progress, pyramid)?;
        progress("learning profiles", 0, 1);
        let model = ActiveShapeModel::learn(settings, layout, &examples);
        OnGrey::trained(model, method, parameters)
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        OnGrey::<ActiveShapeModel>::restore(bytes, declared)
    }
}
