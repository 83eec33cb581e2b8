//! Augmentation: random changes of training images that other radiographs could show.
//!
//! Places: rotation, scale, shear, shift, elastic deformation, and mirroring where each structure
//! has a mirror image. Grey values: contrast, a slow change of brightness, noise, blur, and cut
//! borders. All ranges are this project's own choice.

use rand_core::Rng;

use crate::random::{share, uniform};
use crate::sample::{Sample, standardise};

/// Largest rotation in radians.
const ROTATION: f32 = 0.26;
/// Largest logarithm of the scale.
const SCALE: f32 = 0.22;
/// Largest logarithm of the ratio of height and width.
const PROPORTION: f32 = 0.12;
/// Largest shear.
const SHEAR: f32 = 0.12;
/// Largest shift, in halves of the side.
const SHIFT: f32 = 0.18;
/// Grids of elastic deformation: points a side, and largest shift in halves of the side.
const ELASTIC: [(usize, f32); 2] = [(5, 0.08), (9, 0.025)];
/// Largest logarithm of the exponent of grey values.
const CONTRAST: f32 = 0.6;
/// Slow change of brightness: points a side, and largest share.
const BRIGHTNESS: (usize, f32) = (3, 0.25);
/// Largest standard deviation of noise, as a share of the range of grey values.
const NOISE: f32 = 0.06;
/// Largest share of the side that is cut.
const CUT: f32 = 0.12;
/// Probability of a cut border, and of blur.
const OFTEN: f32 = 0.3;

/// Random values on a square grid, with smooth values in between.
struct Field {
    n: usize,
    values: Vec<f32>,
}

impl Field {
    fn new(n: usize, largest: f32, random: &mut impl Rng) -> Self {
        Self { n, values: (0..n * n).map(|_| uniform(random) * largest).collect() }
    }

    /// Value at a place from 0 to 1 on both axes.
    fn at(&self, x: f32, y: f32) -> f32 {
        let place = |share: f32| {
            let place = share * (self.n - 1) as f32;
            let cell = (place as usize).min(self.n - 2);
            let rest = place - cell as f32;
            (cell, rest * rest * (3.0 - 2.0 * rest))
        };
        let ((col, right), (row, down)) = (place(x), place(y));
        let at = row * self.n + col;
        let across = |at: usize| self.values[at] + (self.values[at + 1] - self.values[at]) * right;
        let (upper, lower) = (across(at), across(at + self.n));
        upper + (lower - upper) * down
    }
}

/// Random change of a training image. `mirrored` lists the structure that each structure becomes
/// in the mirror image; `None` where images are not mirrored.
pub(crate) fn augmented(
    sample: &Sample,
    side: usize,
    mirrored: Option<&[usize]>,
    random: &mut impl Rng,
) -> Sample {
    let is_mirrored = share(random) < 0.5;
    let mirrored = mirrored.filter(|_| is_mirrored);
    let mut changed = moved(sample, side, mirrored, random);
    change_grey(&mut changed.grey, side, random);
    standardise(&mut changed.grey);
    changed
}

/// Sample with all places changed.
fn moved(
    sample: &Sample,
    side: usize,
    mirrored: Option<&[usize]>,
    random: &mut impl Rng,
) -> Sample {
    let (sine, cosine) = (uniform(random) * ROTATION).sin_cos();
    let across = (uniform(random) * SCALE).exp();
    let down = across * (uniform(random) * PROPORTION).exp();
    let shear = uniform(random) * SHEAR;
    let shift = [uniform(random) * SHIFT, uniform(random) * SHIFT];
    let fields = ELASTIC
        .map(|(n, largest)| [Field::new(n, largest, random), Field::new(n, largest, random)]);
    let area = side * side;
    let half = side as f32 / 2.0;
    let n_structures = sample.masks.len() / area;
    let mut changed =
        Sample { grey: Vec::with_capacity(area), masks: vec![0.0; sample.masks.len()] };
    let turn = if mirrored.is_some() { -1.0 } else { 1.0 };
    for pixel in 0..area {
        let place = |at: usize| (at as f32 + 0.5) / side as f32;
        let (u, v) = (place(pixel % side), place(pixel / side));
        let (x, y) = (turn * (2.0 * u - 1.0), 2.0 * v - 1.0);
        let elastic = |axis: usize| fields.iter().map(|field| field[axis].at(u, v)).sum::<f32>();
        let from_x = cosine * across * x + (shear - sine * down) * y + shift[0] + elastic(0);
        let from_y = sine * across * x + cosine * down * y + shift[1] + elastic(1);
        let corners = Corners::new((from_x + 1.0) * half - 0.5, (from_y + 1.0) * half - 0.5, side);
        changed.grey.push(corners.value(&sample.grey));
        if corners.is_inside {
            for structure in 0..n_structures {
                let target = mirrored.map_or(structure, |of| of[structure]);
                let value = corners.value(&sample.masks[structure * area..][..area]);
                changed.masks[target * area + pixel] = value;
            }
        }
    }
    changed
}

/// Four pixels around a place, with their weights.
struct Corners {
    places: [usize; 4],
    weights: [f32; 4],
    /// The place lies in the image; otherwise the pixels are those of its border.
    is_inside: bool,
}

impl Corners {
    fn new(x: f32, y: f32, side: usize) -> Self {
        let last = (side - 1) as f32;
        let is_inside = (-0.5..=last + 0.5).contains(&x) && (-0.5..=last + 0.5).contains(&y);
        let (x, y) = (x.clamp(0.0, last), y.clamp(0.0, last));
        let (col, row) = ((x as usize).min(side - 2), (y as usize).min(side - 2));
        let (right, down) = (x - col as f32, y - row as f32);
        let at = row * side + col;
        Self {
            places: [at, at + 1, at + side, at + side + 1],
            weights: [
                (1.0 - right) * (1.0 - down),
                right * (1.0 - down),
                (1.0 - right) * down,
                right * down,
            ],
            is_inside,
        }
    }

    fn value(&self, values: &[f32]) -> f32 {
        self.places.iter().zip(self.weights).map(|(&at, weight)| values[at] * weight).sum()
    }
}

/// Changes grey values.
fn change_grey(grey: &mut Vec<f32>, side: usize, random: &mut impl Rng) {
    let low = grey.iter().copied().fold(f32::INFINITY, f32::min);
    let high = grey.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let range = (high - low).max(1e-6);
    let exponent = (uniform(random) * CONTRAST).exp();
    let brightness = Field::new(BRIGHTNESS.0, BRIGHTNESS.1, random);
    let deviation = uniform(random).abs() * NOISE;
    for (pixel, value) in grey.iter_mut().enumerate() {
        let place = |at: usize| (at as f32 + 0.5) / side as f32;
        let factor = 1.0 + brightness.at(place(pixel % side), place(pixel / side));
        // The sum of three uniform numbers from -1 to 1 has variance 1.
        let noise = uniform(random) + uniform(random) + uniform(random);
        *value = ((*value - low) / range).powf(exponent) * factor + noise * deviation;
    }
    if share(random) < OFTEN {
        let length = 1 + (share(random) * CUT * side as f32) as usize;
        let value = if share(random) < 0.5 { 0.0 } else { 1.0 };
        let edge = (share(random) * 4.0) as usize;
        for (pixel, grey) in grey.iter_mut().enumerate() {
            let (col, row) = (pixel % side, pixel / side);
            if [row, side - 1 - row, col, side - 1 - col][edge.min(3)] < length {
                *grey = value;
            }
        }
    }
    if share(random) < OFTEN {
        *grey = blurred(grey, side);
    }
}

/// Mean of 3 x 3 pixels; at the border, of those inside.
fn blurred(grey: &[f32], side: usize) -> Vec<f32> {
    let around = |at: usize| at.saturating_sub(1)..(at + 2).min(side);
    let mean = |pixel: usize| {
        let (rows, cols) = (around(pixel / side), around(pixel % side));
        let n = rows.len() * cols.len();
        let row = |row: usize| grey[row * side..][cols.clone()].iter().sum::<f32>();
        rows.map(row).sum::<f32>() / n as f32
    };
    (0..grey.len()).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;

    #[test]
    fn masks_move_with_their_image() {
        // A bright square that is the structure, away from the border.
        let side = 64;
        let is_in = |at: usize| (24..40).contains(&(at % side)) && (24..40).contains(&(at / side));
        let square: Vec<f32> = (0..side * side).map(|at| f32::from(is_in(at))).collect();
        let sample = Sample { grey: square.clone(), masks: square };
        for seed in 0..10 {
            let mut random = generator(seed, 0);
            let changed = moved(&sample, side, Some(&[0]), &mut random);
            assert_eq!(changed.grey, changed.masks);
            let area: f32 = changed.masks.iter().sum();
            assert!((80.0..600.0).contains(&area), "{area}");
        }
    }

    #[test]
    fn a_mirror_image_exchanges_sides() {
        let side = 32;
        let half =
            |right: bool| (0..side * side).map(move |at| f32::from((at % side >= 16) == right));
        let masks: Vec<f32> = half(false).chain(half(true)).collect();
        let sample = Sample { grey: half(true).collect(), masks };
        let changed = moved(&sample, side, Some(&[1, 0]), &mut generator(4, 0));
        let (first, second) = changed.masks.split_at(side * side);
        let middle = side / 2 * side;
        assert!(first[middle + 4] > 0.9 && second[middle + 27] > 0.9, "the sides are as before");
        assert!(changed.grey[middle + 4] > 0.9, "and the bright side is the other");
    }

    #[test]
    fn grey_values_stay_finite_and_are_standardised() {
        for value in [0.0, 1.0] {
            let sample = Sample { grey: vec![value; 1024], masks: vec![0.0; 1024] };
            for seed in 0..20 {
                let changed = augmented(&sample, 32, None, &mut generator(seed, 0));
                assert!(changed.grey.iter().all(|value| value.is_finite()));
                let mean = changed.grey.iter().sum::<f32>() / 1024.0;
                assert!(mean.abs() < 1e-3, "{mean}");
            }
        }
    }
}
