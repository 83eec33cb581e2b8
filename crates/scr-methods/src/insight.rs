//! What a trained method lets people see: of itself, and of its work on one image.
//!
//! Plain data for whoever wants to draw it; draws nothing, and no answer depends on it.
//!
//! Structures come in the order of the training benchmark's structures. A pixel is
//! one of the model's finest level unless another is named.

use scr_image::{Mask, Outline, Point, Size};

use crate::shape_model::Layout;
use crate::{GreyImage, Posterior};

/// Modes of variation that insights show at most.
const MODES_SHOWN: usize = 4;
/// How far from the mean they show a mode, in standard deviations, where the
/// model's limit lets it go that far.
const REACH_SD: f64 = 2.0;

/// One thing to see.
#[derive(Debug, Clone)]
pub enum Insight {
    /// The mean outlines, one a structure, as shares of the image's width and height.
    MeanShape(Vec<Outline>),
    /// How shapes vary.
    ShapeModes(ShapeModes),
    /// How grey values vary.
    TextureModes(TextureModes),
    /// How grey values change across outlines.
    Profiles(Profiles),
    /// How many pixels were learnt from, by what they lie in.
    Samples(Vec<SampleCount>),
    /// Where the outlines were in the course of a search in one image.
    SearchSteps(SearchSteps),
    /// How probable each structure is at each pixel of one image, and the masks made
    /// of it, one a structure.
    Posterior(Posterior, Vec<Mask>),
    /// What each member said of one image, and what most of them did.
    Votes(Votes),
}

/// How shapes vary: the first modes, each with the rest at its mean.
#[derive(Debug, Clone)]
pub struct ShapeModes {
    /// The mean shape, one outline a structure, in pixels, with its centre at (0, 0).
    pub mean: Vec<Outline>,
    /// Distance from the mean at which modes are shown, in standard deviations.
    pub reach_sd: f64,
    /// The shape below and above the mean, mode by mode, the largest variance first.
    pub modes: Vec<[Vec<Outline>; 2]>,
    /// Share of the kept modes' variance that each of them holds: sums to 1.
    pub shares: Vec<f64>,
}

/// How grey values vary in the frame of the mean shape.
#[derive(Debug, Clone)]
pub struct TextureModes {
    /// The level whose pixels the pictures have: 0 is the finest.
    pub level: usize,
    /// The mean texture, in standard deviations of an image's own grey values from
    /// their mean; not a number where no texture is sampled.
    pub mean: GreyImage,
    /// Distance from the mean at which modes are shown, in standard deviations.
    pub reach_sd: f64,
    /// The texture below and above the mean, mode by mode.
    pub modes: Vec<[GreyImage; 2]>,
    /// The mean outlines, one a structure, in the pictures' pixels.
    pub outlines: Vec<Outline>,
}

/// How grey values change across outlines: one landmark a structure.
#[derive(Debug, Clone)]
pub struct Profiles {
    /// The mean shape, one outline a structure, in pixels, with its centre at (0, 0).
    pub mean: Vec<Outline>,
    /// One landmark a structure: the one whose profile at the finest level stands out
    /// most from its own spread.
    pub landmarks: Vec<LandmarkProfiles>,
}

/// The profiles of one landmark.
#[derive(Debug, Clone)]
pub struct LandmarkProfiles {
    /// Its place on the mean shape.
    pub place: Point,
    /// Its profile by level, the finest first.
    pub levels: Vec<Profile>,
}

/// Derivatives along the normal from inside to outside, one pixel of the level apart,
/// the middle one at the landmark; divided by the mean size of a profile's samples.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The mean over examples.
    pub mean: Vec<f64>,
    /// The standard deviation, of the covariance as the search uses it.
    pub sd: Vec<f64>,
}

/// How many pixels of a combination of structures were learnt from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleCount {
    /// Whether each structure is part of the combination.
    pub structures: Vec<bool>,
    /// How many.
    pub n_samples: usize,
}

/// Where the outlines were in the course of a search in one image.
#[derive(Debug, Clone)]
pub struct SearchSteps {
    /// Size of the image at the finest level.
    pub size: Size,
    /// From the start to the end.
    pub steps: Vec<SearchStep>,
}

/// Where the outlines were at one time of a search.
#[derive(Debug, Clone)]
pub struct SearchStep {
    /// When.
    pub stage: Stage,
    /// One outline a structure, in pixels.
    pub outlines: Vec<Outline>,
}

/// A time of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before the first step; of several starts, the one that was gone on with.
    Start,
    /// After the steps at a level, 0 being the finest.
    Level {
        /// The level.
        level: usize,
        /// How many steps were made there.
        n_steps: usize,
    },
    /// After the descent that follows the search.
    Refinement,
}

/// Told of each stage of a search, with what gives the points then: a search that
/// nobody watches need not compute them.
pub type Watch<'a> = &'a mut dyn FnMut(Stage, &dyn Fn() -> Vec<Point>);

/// What each member said of one image, and what most of them did.
#[derive(Debug, Clone)]
pub struct Votes {
    /// Each member's method and masks, one a structure.
    pub members: Vec<(&'static str, Vec<Mask>)>,
    /// One mask a structure.
    pub vote: Vec<Mask>,
}

impl ShapeModes {
    /// The modes of a shape model that reach up to `limit` standard deviations, from
    /// their variances and from the points with one mode that many away from the mean.
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

/// How far modes of a model are shown that may reach `limit` standard deviations.
pub(crate) fn reach_sd(limit: f64) -> f64 {
    limit.min(REACH_SD)
}

/// How many of `n_modes` are shown.
pub(crate) fn n_shown(n_modes: usize) -> usize {
    n_modes.min(MODES_SHOWN)
}
