//! Insights: views of a trained method, and of its work on one image.
//!
//! Plain data to draw. Draws nothing, and no segmentation depends on it.
//!
//! Structures are in the order of the training benchmark's structures. Pixels are
//! those of the model's finest level unless another is named.

use scr_image::{Mask, Outline, Point, Size};

use crate::shape_model::Layout;
use crate::{GreyImage, Posterior};

/// Largest number of modes of variation in an insight.
const MODES_SHOWN: usize = 4;
/// Distance from the mean at which a mode is shown, in standard deviations. The model's limit
/// can be smaller.
const REACH_SD: f64 = 2.0;

/// Outlines by structure, then part.
pub type StructureOutlines = Vec<Vec<Outline>>;

/// View of a model, or of its work on one image.
#[derive(Debug, Clone)]
pub enum Insight {
    /// Mean outlines, as shares of the image's width and height.
    MeanShape(StructureOutlines),
    /// Variation of shapes.
    ShapeModes(ShapeModes),
    /// Variation of grey values.
    TextureModes(TextureModes),
    /// Grey-value profiles across outlines.
    Profiles(Profiles),
    /// Number of training pixels by combination of structures.
    Samples(Vec<SampleCount>),
    /// Outlines in the course of a search in one image.
    SearchSteps(SearchSteps),
    /// Posterior of one image, and its masks, one a structure.
    Posterior(Posterior, Vec<Mask>),
    /// Loss by training step, of each network.
    Losses(Vec<Vec<f32>>),
    /// Masks of all members on one image, and their majority.
    Votes(Votes),
}

/// Variation of shapes: the first modes, each with all others at their mean.
#[derive(Debug, Clone)]
pub struct ShapeModes {
    /// Mean shape in pixels, with its centre at (0, 0).
    pub mean: StructureOutlines,
    /// Distance from the mean at which modes are shown, in standard deviations.
    pub reach_sd: f64,
    /// Shape below and above the mean, by mode, the largest variance first.
    pub modes: Vec<[StructureOutlines; 2]>,
    /// Share of each mode in the variance of all kept modes; their sum is 1.
    pub shares: Vec<f64>,
}

/// Variation of grey values in the frame of the mean shape.
#[derive(Debug, Clone)]
pub struct TextureModes {
    /// Level of the textures' pixels: 0 is the finest.
    pub level: usize,
    /// Mean texture, in standard deviations of an image's own grey values from
    /// their mean; NaN where no texture is sampled.
    pub mean: GreyImage,
    /// Distance from the mean at which modes are shown, in standard deviations.
    pub reach_sd: f64,
    /// Texture below and above the mean, by mode.
    pub modes: Vec<[GreyImage; 2]>,
    /// Mean outlines in the textures' pixels.
    pub outlines: StructureOutlines,
}

/// Grey-value profiles across outlines, of one landmark a structure.
#[derive(Debug, Clone)]
pub struct Profiles {
    /// Mean shape in pixels, with its centre at (0, 0).
    pub mean: StructureOutlines,
    /// One landmark a structure: the one whose mean profile at the finest level is largest
    /// relative to its standard deviation.
    pub landmarks: Vec<LandmarkProfiles>,
}

/// Profiles of one landmark.
#[derive(Debug, Clone)]
pub struct LandmarkProfiles {
    /// Position on the mean shape.
    pub place: Point,
    /// Profile by level, the finest first.
    pub levels: Vec<Profile>,
}

/// Profile of a landmark: derivatives along the normal from inside to outside, one pixel of
/// the level apart, the middle one at the landmark; divided by the mean absolute value of the
/// profile's samples.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Mean over examples.
    pub mean: Vec<f64>,
    /// Standard deviation, by the covariance that the search uses.
    pub sd: Vec<f64>,
}

/// Number of training pixels in a combination of structures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleCount {
    /// Membership of each structure in the combination.
    pub structures: Vec<bool>,
    /// Number of training pixels.
    pub n_samples: usize,
}

/// Outlines in the course of a search in one image.
#[derive(Debug, Clone)]
pub struct SearchSteps {
    /// Size of the image at the finest level.
    pub size: Size,
    /// Steps from the start to the end.
    pub steps: Vec<SearchStep>,
}

/// Outlines at one stage of a search.
#[derive(Debug, Clone)]
pub struct SearchStep {
    /// Stage of the search.
    pub stage: Stage,
    /// Outlines in pixels.
    pub outlines: StructureOutlines,
}

/// Stage of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before the first step, from the best of several starts.
    Start,
    /// After the steps at a level, 0 being the finest.
    Level {
        /// Number of the level.
        level: usize,
        /// Number of steps at the level.
        n_steps: usize,
    },
    /// After the descent that follows the search.
    Refinement,
}

/// Callback for each stage of a search. The second argument computes the points at that stage,
/// so that a search without an observer need not.
pub type Watch<'a> = &'a mut dyn FnMut(Stage, &dyn Fn() -> Vec<Point>);

/// Votes of all members on one image.
#[derive(Debug, Clone)]
pub struct Votes {
    /// Method and masks of each member, one mask a structure.
    pub members: Vec<(&'static str, Vec<Mask>)>,
    /// Majority, one mask a structure.
    pub vote: Vec<Mask>,
}

impl ShapeModes {
    /// Modes of a shape model with a limit of `limit` standard deviations. `points` gives the
    /// points with one mode, by its index, at a number of standard deviations from the mean.
    pub(crate) fn of(
        layout: &Layout,
        limit: f64,
        variances: &[f64],
        points: impl Fn(usize, f64) -> Vec<Point>,
    ) -> Self {
        let total: f64 = variances.iter().sum();
        let reach_sd = reach_sd(limit);
        let outlines = |mode, sd| layout.outlines(&points(mode, sd));
        Self {
            mean: outlines(0, 0.0),
            reach_sd,
            modes: (0..n_shown(variances.len()))
                .map(|m| [-reach_sd, reach_sd].map(|sd| outlines(m, sd)))
                .collect(),
            shares: variances.iter().map(|variance| variance / total).collect(),
        }
    }
}

/// Distance from the mean at which modes with this limit are shown, in standard deviations.
pub(crate) fn reach_sd(limit: f64) -> f64 {
    limit.min(REACH_SD)
}

/// Number of modes that are shown, of `n_modes`.
pub(crate) fn n_shown(n_modes: usize) -> usize {
    n_modes.min(MODES_SHOWN)
}
