//! Settings of the active appearance model.

use serde::{Deserialize, Serialize};

use crate::Parameters;

/// Settings of learning and search.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AppearanceSettings {
    /// Longer side of the finest level, in pixels.
    pub side: usize,
    /// Number of resolutions, each half of the one before.
    pub levels: usize,
    /// Share of the shapes' variance that the kept modes explain.
    pub shape_variance: f64,
    /// Share of the textures' variance that the kept modes explain.
    pub texture_variance: f64,
    /// Share of the joint variance that the kept modes explain.
    pub joint_variance: f64,
    /// Length of whiskers, in the finest level's pixels; 0 for none.
    pub whisker: f64,
    /// Limit of a mode in standard deviations.
    pub limit: f64,
    /// Largest number of steps at a level.
    pub steps: usize,
    /// Distance of the starts from the mean pose, as a share of the shape's radius
    /// and size; 0 for a single start.
    pub spread: f64,
    /// Largest number of L-BFGS steps after the search; 0 for no L-BFGS.
    pub refinements: usize,
}

impl AppearanceSettings {
    /// Settings from the parameters of `aam`, or of a method that has these too. Without
    /// `whisker` there are no whiskers, without `bfgs` there is no L-BFGS.
    #[must_use]
    pub fn of(parameters: &Parameters) -> Self {
        Self {
            side: parameters.whole("side"),
            levels: parameters.whole("levels"),
            shape_variance: parameters.get("variance"),
            texture_variance: parameters.get("texture"),
            joint_variance: parameters.get("joint"),
            whisker: parameters.find("whisker").unwrap_or(0.0),
            limit: parameters.get("limit"),
            steps: parameters.whole("steps"),
            spread: parameters.get("spread"),
            refinements: parameters.find("bfgs").map_or(0, |steps| steps as usize),
        }
    }
}
