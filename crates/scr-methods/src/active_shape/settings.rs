//! Settings of the active shape model.

use serde::{Deserialize, Serialize};

use crate::Parameters;

/// Settings of learning and search, with the names of the study.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SearchSettings {
    /// Longer side of the finest level, in pixels.
    pub side: usize,
    /// Number of resolutions: L_max.
    pub levels: usize,
    /// Number of profile samples on either side of a point: k.
    pub reach: usize,
    /// Number of candidate positions on either side of a point: n_s.
    pub candidates: usize,
    /// Largest number of steps at a level: N_max.
    pub steps: usize,
    /// Share of the shapes' variance that the kept modes explain: f_v.
    pub variance: f64,
    /// Share of points with small moves at which a level ends: p_close.
    pub close: f64,
    /// Limit of a mode in standard deviations: m.
    pub limit: f64,
    /// Standard deviation of a point's x and y after a step, in mean errors of the level's
    /// profiles; 0 for exact points.
    pub noise: f64,
    /// Distance of the starts from the mean pose, as a share of the shape's radius and
    /// size; 0 for a single start.
    pub spread: f64,
}

impl SearchSettings {
    /// Settings from the parameters of `asm`, or of a method that has these too.
    #[must_use]
    pub fn of(parameters: &Parameters) -> Self {
        Self {
            side: parameters.whole("side"),
            levels: parameters.whole("levels"),
            reach: parameters.whole("reach"),
            candidates: parameters.whole("candidates"),
            steps: parameters.whole("steps"),
            variance: parameters.get("variance"),
            close: parameters.get("close"),
            limit: parameters.get("limit"),
            noise: parameters.get("noise"),
            spread: parameters.get("spread"),
        }
    }
}
