//! Active shape models: the shapes of all structures, moved step by step to where
//! the grey values across their outlines look as they did in training.
//!
//! `asm` and `asm-tuned` are one method with other defaults. [`ActiveShapeModel`]
//! looks at any images, so that hybrids can show it something else than grey values.

mod profiles;
mod pyramid;
mod search;

use rayon::prelude::*;
use scr_image::{Mask, Radiograph};

use crate::shape_model::Layout;
use crate::{
    About, GreyImage, Method, MethodError, Parameter, Parameters, Progress, Segmenter, TrainingSet,
};

pub use pyramid::Pyramid;
pub use search::{ActiveShapeModel, Example, SearchSettings};

/// The active shape model.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at that
/// size; masks may overlap. Deterministic without a seed.
///
/// Training: landmarks of all structures become one shape model; at each of several
/// resolutions each landmark learns the derivative profile across its outline.
/// Segmenting: from the mean shape at its mean place, coarse to fine, every landmark
/// looks along its normal for the profile that fits best, and the shape model is
/// fitted to where they went. Cost: O(landmarks x candidates x steps x levels).
///
/// # Parameters
/// `scr methods` prints them with their ranges; letters are those of the study.
///
/// # Limits
/// Begins at the mean place: an image cropped or turned far beyond the examples is
/// lost. Every structure is needed in every training image.
///
/// # Source
/// Cootes, Taylor, Cooper and Graham, Computer Vision and Image Understanding 61,
/// 1995, doi:10.1006/cviu.1995.1004; for chest radiographs van Ginneken, Stegmann
/// and Loog, Medical Image Analysis 10, 2006, doi:10.1016/j.media.2005.02.002.
/// Normalised derivative profiles, Mahalanobis distance and resolutions are common
/// knowledge of the method; the values are ours, in the range known from the
/// authors' other papers, and so is the shrinking of covariances.
#[derive(Debug, Clone, Copy)]
pub struct ActiveShape {
    is_tuned: bool,
}

impl ActiveShape {
    /// With the defaults of the plain method.
    pub const DEFAULT: Self = Self { is_tuned: false };
    /// With the values that cross-validation inside training folds chose.
    pub const TUNED: Self = Self { is_tuned: true };
}

const fn whole(
    key: &'static str,
    meaning: &'static str,
    default: f64,
    min: f64,
    max: f64,
) -> Parameter {
    Parameter { key, meaning, default, min, max, is_whole: true }
}

const fn share(
    key: &'static str,
    meaning: &'static str,
    default: f64,
    min: f64,
    max: f64,
) -> Parameter {
    Parameter { key, meaning, default, min, max, is_whole: false }
}

/// Side, variance, limit, levels, reach, candidates, steps, close.
const fn parameters(defaults: [f64; 8]) -> [Parameter; 9] {
    let [side, variance, limit, levels, reach, candidates, steps, close] = defaults;
    [
        whole("points", "landmarks a structure, where the data holds masks only", 64.0, 8.0, 512.0),
        whole("side", "longer side of the finest resolution, in pixels", side, 32.0, 1024.0),
        share(
            "variance",
            "share of the shapes' variance that modes keep (f_v)",
            variance,
            0.5,
            1.0,
        ),
        share("limit", "standard deviations that a mode may reach (m)", limit, 0.5, 5.0),
        whole("levels", "resolutions, each half of the one before (L_max)", levels, 1.0, 8.0),
        whole("reach", "samples of a profile on either side of its point (k)", reach, 1.0, 15.0),
        whole("candidates", "places tried on either side of a point (n_s)", candidates, 1.0, 10.0),
        whole("steps", "steps at one resolution at most (N_max)", steps, 1.0, 100.0),
        share("close", "share of points that must move little to go on (p_close)", close, 0.1, 1.0),
    ]
}

static DEFAULTS: [Parameter; 9] = parameters([256.0, 0.98, 2.0, 4.0, 5.0, 2.0, 10.0, 0.9]);
static TUNED: [Parameter; 9] = parameters([256.0, 0.995, 2.5, 5.0, 5.0, 2.0, 20.0, 0.95]);

impl Method for ActiveShape {
    fn id(&self) -> &'static str {
        if self.is_tuned { "asm-tuned" } else { "asm" }
    }

    fn version(&self) -> &'static str {
        "1.0.0"
    }

    fn about(&self) -> About {
        About {
            name: if self.is_tuned { "ASM tuned" } else { "ASM default" },
            summary: "Active shape model: one shape model of all structures, moved from coarse to \
                      fine to where the profiles across its outlines fit.",
            source: "van Ginneken, Stegmann and Loog, Medical Image Analysis 10:19-40, 2006, \
                     doi:10.1016/j.media.2005.02.002",
            verified: "The names are the study's; the method is common knowledge; the values are \
                       this project's own, in the range of the authors' other papers.",
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
    ) -> Result<Box<dyn Segmenter>, MethodError> {
        let settings = SearchSettings {
            side: parameters.whole("side"),
            levels: parameters.whole("levels"),
            reach: parameters.whole("reach"),
            candidates: parameters.whole("candidates"),
            steps: parameters.whole("steps"),
            close: parameters.get("close"),
            limit: parameters.get("limit"),
        };
        let n_images = set.images().len();
        progress("reading shapes", 0, n_images);
        let shapes = set.shapes(parameters.whole("points"))?;
        let layout = Layout::of(set, &shapes, self.id())?;
        let done = std::sync::atomic::AtomicUsize::new(0);
        let examples: Vec<Example> = set
            .images()
            .par_iter()
            .zip(&shapes)
            .map(|(image, shapes)| {
                let pyramid = grey_pyramid(&set.radiograph(image)?, settings);
                let points = Layout::joined(shapes, pyramid.size());
                let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                progress("reading radiographs", done, n_images);
                Ok(Example { pyramid, points })
            })
            .collect::<Result<_, MethodError>>()?;
        progress("learning profiles", 0, 1);
        let variance = parameters.get("variance");
        let model = ActiveShapeModel::learn(settings, layout, variance, &examples);
        Ok(Box::new(Trained { model }))
    }

    fn restore(&self, bytes: &[u8]) -> Option<Box<dyn Segmenter>> {
        let model = postcard::from_bytes(bytes).ok()?;
        Some(Box::new(Trained { model }))
    }
}

/// What the search looks at: grey values alone.
fn grey_pyramid(radiograph: &Radiograph, settings: SearchSettings) -> Pyramid {
    Pyramid::new(vec![GreyImage::of(radiograph, settings.side)], settings.levels)
}

struct Trained {
    model: ActiveShapeModel,
}

impl Segmenter for Trained {
    fn segment(&self, radiograph: &Radiograph) -> Result<Vec<Mask>, MethodError> {
        let pyramid = grey_pyramid(radiograph, self.model.settings());
        let points = self.model.search(&pyramid);
        Ok(self.model.layout().masks(&points, pyramid.size(), radiograph.size()))
    }

    fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(&self.model).expect("numbers in memory can always be written")
    }
}
