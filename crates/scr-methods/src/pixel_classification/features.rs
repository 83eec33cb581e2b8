//! Features of pixels: Gaussian derivatives at several scales, and the place.
//!
//! The position of the chest varies between radiographs. So places are relative to a centre,
//! which a coarse stage of the classifier finds (`classifier.rs`).

use scr_image::Size;
use serde::{Deserialize, Serialize};

use super::posterior::Centre;
use crate::stored::{ANY, NOT_NEGATIVE, count, numbers};
use crate::{GreyImage, ModelFault, gaussian};

/// The orders of derivative along x and y: L, Lx, Ly, Lxx, Lxy, Lyy.
const ORDERS: [(usize, usize); 6] = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)];

/// Neighbourhood of local contrast: the standard deviation of a Gaussian, as a share of the
/// image's longer side.
const NEIGHBOURHOOD: f64 = 0.12;

/// Small standard deviation, as a share of the image's range of grey values.
const FAINT: f32 = 0.02;

/// Features of all pixels of an image: one plane a feature, row by row.
pub(super) struct Features {
    /// Size of every plane.
    pub(super) size: Size,
    planes: Vec<Vec<f32>>,
}

impl Features {
    /// Computes the features of an image: L, Lx, Ly, Lxx, Lxy, Lyy at standard deviations
    /// of 1, 2, 4, ... pixels, of its grey values and then of its local contrast; then
    /// x and y relative to `centre`, as shares of width and height.
    pub(super) fn of(image: &GreyImage, n_scales: usize, centre: Centre) -> Self {
        let size = image.size();
        let grey = normalised(image);
        let mut planes = Vec::with_capacity(Self::count(n_scales));
        for image in [&grey, &local_contrast(&grey)] {
            for scale in 0..n_scales {
                let kernels = [0, 1, 2].map(|order| gaussian(f64::from(1u32 << scale), order));
                for (across, down) in ORDERS {
                    let answer = image.convolved(&kernels[across], &kernels[down]);
                    planes.push(answer.values().to_vec());
                }
            }
        }
        let share = |at: usize, length: usize| (at as f64 + 0.5) / length as f64;
        let x = |at: usize| (share(at % size.width, size.width) - centre.x) as f32;
        let y = |at: usize| (share(at / size.width, size.height) - centre.y) as f32;
        planes.push((0..size.area()).map(x).collect());
        planes.push((0..size.area()).map(y).collect());
        Self { size, planes }
    }

    /// Number of features of a pixel.
    pub(super) const fn count(n_scales: usize) -> usize {
        n_scales.saturating_mul(2 * ORDERS.len()).saturating_add(2)
    }

    /// Features of one pixel.
    pub(super) fn at(&self, pixel: usize) -> impl Iterator<Item = f32> + '_ {
        self.planes.iter().map(move |plane| plane[pixel])
    }
}

/// Image scaled so that 5 % of its pixels lie below 0 and 5 % above 1. That removes
/// differences of exposure, and labels or a collimator's black border hardly change the
/// scale. All 0 for a flat image.
fn normalised(image: &GreyImage) -> GreyImage {
    let mut sorted = image.values().to_vec();
    sorted.sort_by(f32::total_cmp);
    let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    let (dark, bright) = (at(0.05), at(0.95));
    let scale = if bright - dark > 1e-6 { 1.0 / (bright - dark) } else { 0.0 };
    let values = image.values().iter().map(|value| (value - dark) * scale).collect();
    GreyImage::new(image.size(), values)
}

/// Local contrast: each value minus the mean of its neighbourhood, divided by the standard
/// deviation there. It removes brightness differences within an image.
fn local_contrast(image: &GreyImage) -> GreyImage {
    let sigma_px = NEIGHBOURHOOD * image.size().width.max(image.size().height) as f64;
    let mean = image.blurred(sigma_px);
    let difference = |(value, mean): (&f32, &f32)| value - mean;
    let differences: Vec<f32> = image.values().iter().zip(mean.values()).map(difference).collect();
    let squares = differences.iter().map(|difference| difference * difference).collect();
    let variance = GreyImage::new(image.size(), squares).blurred(sigma_px);
    let contrast = differences.iter().zip(variance.values());
    let contrast = contrast.map(|(difference, variance)| difference / (variance.sqrt() + FAINT));
    GreyImage::new(image.size(), contrast.collect())
}

/// Normalisation of features to a common scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Scaling {
    /// Mean and factor of each feature.
    features: Vec<(f32, f32)>,
}

impl Scaling {
    /// Learns the scaling to mean 0 and variance 1 over the samples, `n_features` values each.
    /// The last two features, the place, are weighted by `place_weight`. A constant feature
    /// becomes 0.
    pub(super) fn of(samples: &[f32], n_features: usize, place_weight: f64) -> Self {
        let n_samples = (samples.len() / n_features).max(1) as f64;
        let scaling = |feature: usize| {
            let values = || samples.iter().skip(feature).step_by(n_features).map(|&v| f64::from(v));
            let mean = values().sum::<f64>() / n_samples;
            let sd = (values().map(|v| (v - mean).powi(2)).sum::<f64>() / n_samples).sqrt();
            let weight = if feature + 2 >= n_features { place_weight } else { 1.0 };
            (mean as f32, if sd > 1e-9 { (weight / sd) as f32 } else { 0.0 })
        };
        Self { features: (0..n_features).map(scaling).collect() }
    }

    /// Refuses a scaling of a file that does not have `n_features` features.
    pub(super) fn check(&self, n_features: usize) -> Result<(), ModelFault> {
        count("scaling", self.features.len(), n_features)?;
        numbers("means of features", self.features.iter().map(|(mean, _)| *mean), ANY)?;
        let factors = self.features.iter().map(|(_, factor)| *factor);
        numbers("factors of features", factors, NOT_NEGATIVE)
    }

    /// Scales features.
    pub(super) fn scaled(&self, features: impl Iterator<Item = f32>) -> impl Iterator<Item = f32> {
        features.zip(&self.features).map(|(value, (mean, factor))| (value - mean) * factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slope(scale: f32, offset: f32) -> GreyImage {
        let size = Size::new(40, 30);
        let value = |at: usize| (at % 40) as f32 * scale + (at / 40) as f32 * 2.0 * scale + offset;
        GreyImage::new(size, (0..size.area()).map(value).collect())
    }

    #[test]
    fn another_exposure_gives_the_same_features() {
        let of = |image| Features::of(image, 2, Centre::CORNER);
        let (one, other) = (of(&slope(1.0, 0.0)), of(&slope(0.02, 0.3)));
        for pixel in [0, 605, 1199] {
            for (a, b) in one.at(pixel).zip(other.at(pixel)) {
                assert!((a - b).abs() < 1e-3, "{a} {b}");
            }
        }
    }

    #[test]
    fn what_lies_elsewhere_has_the_same_features_seen_from_its_centre() {
        let size = Size::new(60, 30);
        let with_disc_at = |x: f64| {
            let value = |at: usize| {
                let (dx, dy) = ((at % 60) as f64 + 0.5 - x, (at / 60) as f64 - 14.5);
                f32::from(dx.hypot(dy) < 8.0)
            };
            let image = GreyImage::new(size, (0..size.area()).map(value).collect());
            Features::of(&image, 2, Centre { x: x / 60.0, y: 0.5 })
        };
        let (here, there) = (with_disc_at(24.0), with_disc_at(35.0));
        for pixel in [14 * 60 + 24, 10 * 60 + 30, 20 * 60 + 15] {
            for (a, b) in here.at(pixel).zip(there.at(pixel + 11)) {
                assert!((a - b).abs() < 1e-4, "{a} {b}");
            }
        }
    }

    #[test]
    fn derivatives_and_place_are_in_their_order() {
        let centre = Centre { x: 0.25, y: 1.0 };
        let features = Features::of(&slope(1.0, 0.0), 1, centre);
        let features: Vec<f32> = features.at(15 * 40 + 20).collect();
        assert_eq!((features.len(), Features::count(1)), (2 * 6 + 2, 2 * 6 + 2));
        let [_, x, y, xx, xy, yy] = features[..6] else { panic!("6 answers") };
        let (col, row) = (features[12], features[13]);
        assert!(x > 0.0 && (y - 2.0 * x).abs() < 1e-4, "{x} {y}");
        assert!([xx, xy, yy].iter().all(|value| value.abs() < 1e-4));
        assert!((col - (20.5 / 40.0 - 0.25)).abs() < 1e-6, "{col}");
        assert!((row - (15.5 / 30.0 - 1.0)).abs() < 1e-6, "{row}");
    }

    #[test]
    fn a_flat_image_has_no_features_but_its_places() {
        let features = Features::of(&GreyImage::new(Size::new(1, 1), vec![0.7]), 7, Centre::CORNER);
        let expected: Vec<f32> = [[0.0; 84].as_slice(), &[0.5, 0.5]].concat();
        assert_eq!(features.at(0).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn samples_are_scaled_to_mean_0_and_variance_1_and_the_place_is_weighted() {
        let samples = [1.0, 7.0, 0.0, 5.0, 3.0, 7.0, 1.0, 9.0];
        let scaling = Scaling::of(&samples, 4, 3.0);
        let first: Vec<f32> = scaling.scaled(samples[..4].iter().copied()).collect();
        assert_eq!(first, [-1.0, 0.0, -3.0, -3.0]);
    }
}
