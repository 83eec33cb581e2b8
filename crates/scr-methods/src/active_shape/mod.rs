//! Active shape models: the shapes of all structures, moved step by step to where
//! the grey values across their outlines look as they did in training.
//!
//! `asm` and `asm-tuned` are one method with other defaults. [`ActiveShapeModel`]
//! looks at any images, so that hybrids can show it something else than grey values.

mod insights;
mod learning;
mod profiles;
mod search;

use std::sync::Arc;

use crate::method::STUDY;
use crate::shape_search::OnGrey;
use crate::{
    About, Declared, Example, Method, MethodError, ModelFault, Parameter, Parameters, Progress,
    Pyramid, Segmenter, TrainingSet,
};

pub use search::{ActiveShapeModel, SearchSettings};

/// The active shape model.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at that
/// size; masks may overlap. Deterministic without a seed.
///
/// Training: landmarks of all structures become one shape model; at each of several
/// resolutions each landmark learns the derivative profile across its outline.
/// Segmenting: from the mean shape at its mean place, coarse to fine, every landmark
/// looks along its normal for the profile that fits best, and the shape model is
/// fitted to where they went: with `noise`, which the tuned method has, as the most
/// probable shape of points that err as profiles were measured to err in training, so
/// that wrong points bend it less, least of all where borders are hard to find. With
/// `spread`, which the tuned method has too, the search begins at seven places and
/// sizes, and the end at which the profiles of all resolutions fit best is kept. Cost:
/// O(landmarks x candidates x steps x levels) a start.
///
/// # Parameters
/// `scr methods` prints them with their ranges; letters are those of the study.
///
/// # Limits
/// Begins at or around the mean place: an image cropped or turned far beyond the
/// examples is lost. Every structure is needed in every training image.
///
/// # Source
/// Cootes, Taylor, Cooper and Graham, Computer Vision and Image Understanding 61,
/// 1995, doi:10.1006/cviu.1995.1004; for chest radiographs van Ginneken, Stegmann
/// and Loog, Medical Image Analysis 10, 2006, doi:10.1016/j.media.2005.02.002.
/// Normalised derivative profiles, Mahalanobis distance and resolutions are common
/// knowledge of the method; the values are ours, those of `asm` in the range known
/// from the authors' other papers, and so are the shrinking of covariances, the noise
/// and the starts around the mean place.
#[derive(Debug, Clone, Copy)]
pub struct ActiveShape {
    is_tuned: bool,
}

impl ActiveShape {
    /// With the defaults of the plain method.
    pub const DEFAULT: Self = Self { is_tuned: false };
    /// With what `scr tune` chose inside fold 1 of 160 phantoms of seed 77, on which no
    /// result is reported: all modes, wider limits, one candidate on either side and
    /// several starts. All modes can be kept because noise holds back those that hardly
    /// vary. Levels and noise had the best mean over that fold and fold 1 of 37
    /// radiographs, whose reference was wrong then (docs/results.md).
    pub const TUNED: Self = Self { is_tuned: true };
}

/// Side, variance, limit, levels, reach, candidates, steps, close, noise, spread.
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

static DEFAULTS: [Parameter; 11] =
    parameters([256.0, 0.98, 2.0, 4.0, 5.0, 2.0, 10.0, 0.9, 0.0, 0.0]);
static TUNED: [Parameter; 11] = parameters([256.0, 1.0, 3.0, 6.0, 5.0, 1.0, 10.0, 0.9, 1.25, 0.3]);

impl Method for ActiveShape {
    fn id(&self) -> &'static str {
        if self.is_tuned { "asm-tuned" } else { "asm" }
    }

    fn version(&self) -> &'static str {
        "1.2.0"
    }

    fn about(&self) -> About {
        About {
            name: if self.is_tuned { "ASM tuned" } else { "ASM default" },
            summary: "Active shape model: one shape model of all structures, moved from coarse to \
                      fine to where the profiles across its outlines fit.",
            source: STUDY,
            verified: "The names are the study's; the method is common knowledge; the values are \
                       this project's own: those of the default in the range of the authors' \
                       other papers, those of the tuned one chosen on phantoms by `scr tune`, \
                       levels and noise on radiographs with a wrong reference too; so are noise \
                       and several starts.",
        }
    }

    fn parameters(&self) -> &'static [Parameter] {
        if self.is_tuned { &TUNED } else { &DEFAULTS }
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        _seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let settings = SearchSettings::of(parameters);
        let grey = set.grey_images(settings.side, progress)?;
        let look = |index: usize| Pyramid::grey(grey[index].clone(), settings.levels);
        let n_points = parameters.whole("points");
        let (layout, examples) = Example::read_all(set, n_points, self.id(), progress, look)?;
        progress("learning profiles", 0, 1);
        let model = ActiveShapeModel::learn(settings, layout, &examples);
        Ok(Arc::new(OnGrey { model }))
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: Declared<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        OnGrey::<ActiveShapeModel>::restore(bytes, declared)
    }
}
