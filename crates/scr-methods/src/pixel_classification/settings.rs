//! Settings of the pixel classifier, and the parameters that set them.

use super::neighbours::Search;
use crate::{Parameter, Parameters};

/// Settings of training and classification.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PixelSettings {
    /// Longer side of the image during classification, in pixels.
    pub side: usize,
    /// Number of filter scales: 1, 2, 4, ... pixels.
    pub n_scales: usize,
    /// Search for the neighbours that vote.
    pub search: Search,
    /// Number of training pixels an image.
    pub n_samples: usize,
    /// Weight of a pixel's place against a filter response.
    pub place_weight: f64,
    /// Longer side of the image during the search for its centre, in pixels; 0: places are
    /// relative to the image.
    pub centre_side: usize,
}

/// Settings and seed of a classifier's training. Equal ones give equal classifiers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassifierTraining {
    /// Settings of training and classification.
    pub settings: PixelSettings,
    /// Seed of the sample selection.
    pub seed: u64,
}

/// Parameters of training, then the one of post-processing.
pub(super) static PARAMETERS: [Parameter; 8] =
    parameters(["side", "scales", "k", "samples", "place_weight", "centre_side", "approximation"]);

/// These parameters with their names in methods with a `side` of their own.
pub(crate) static PIXEL_PARAMETERS: [Parameter; 8] = parameters([
    "pc_side",
    "pc_scales",
    "pc_k",
    "pc_samples",
    "pc_place_weight",
    "pc_centre_side",
    "pc_approximation",
]);

const fn parameters(
    [side, scales, k, samples, place_weight, centre_side, approximation]: [&'static str; 7],
) -> [Parameter; 8] {
    [
        Parameter::whole(
            side,
            "longer side of the image during classification, in pixels",
            256.0,
            [16.0, 1024.0],
        ),
        Parameter::whole(scales, "scales of the filters: 1, 2, 4, ... pixels", 6.0, [1.0, 7.0]),
        Parameter::whole(k, "neighbours that vote", 15.0, [1.0, 255.0]),
        Parameter::whole(samples, "training pixels an image", 500.0, [16.0, 20000.0]),
        Parameter::number(
            place_weight,
            "weight of a pixel's place against a filter response",
            4.0,
            [0.0, 100.0],
        ),
        Parameter::whole(
            centre_side,
            "longer side of the image during the search for the chest's centre; 0: no search",
            64.0,
            [0.0, 256.0],
        ),
        Parameter::number(
            approximation,
            "share by which a neighbour may be farther than the nearest; 0: exact search",
            0.7,
            [0.0, 10.0],
        ),
        Parameter::number(
            "smoothing",
            "standard deviation of the blur of the posterior, in its own pixels",
            1.0,
            [0.0, 32.0],
        ),
    ]
}

impl ClassifierTraining {
    /// Training with the parameters whose names are those of `table`.
    pub(crate) fn of(parameters: &Parameters, table: &[Parameter; 8], seed: u64) -> Self {
        Self { settings: PixelSettings::of(parameters, table), seed }
    }
}

impl PixelSettings {
    /// Settings from the parameters whose names are those of `table`.
    pub(crate) fn of(parameters: &Parameters, table: &[Parameter; 8]) -> Self {
        let [side, scales, k, samples, place_weight, centre_side, approximation, _] =
            table.each_ref().map(|parameter| parameter.key);
        Self {
            side: parameters.whole(side),
            n_scales: parameters.whole(scales),
            search: Search {
                k: parameters.whole(k),
                approximation: parameters.get(approximation) as f32,
            },
            n_samples: parameters.whole(samples),
            place_weight: parameters.get(place_weight),
            centre_side: parameters.whole(centre_side),
        }
    }
}
