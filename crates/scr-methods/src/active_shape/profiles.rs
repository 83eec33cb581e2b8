//! Profiles: derivatives of grey values along the normals of an outline.
//!
//! The first derivative is sampled along the normal of each point, and divided by its mean
//! absolute value, which removes contrast and exposure. The misfit of a position is the
//! Mahalanobis distance of its profile from those of the examples.

use nalgebra::DMatrix;
use scr_image::Point;
use serde::{Deserialize, Serialize};

use crate::stored::{ANY, MAX_LISTS, at_most, count, numbers};
use crate::{GreyImage, ModelFault, Pyramid};

/// Distribution of the profile of one point at one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PointProfile {
    mean: Vec<f32>,
    /// Rows of the upper triangle U with U^T U the inverse covariance.
    whitening: Vec<f32>,
}

/// Profiles of one level, by channel, then point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct LevelProfiles {
    #[serde(deserialize_with = "at_most::<_, _, MAX_LISTS>")]
    pub(super) profiles: Vec<PointProfile>,
}

/// Place on an outline and the direction across it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Normal {
    /// Place in the pixels of the level.
    pub(super) place: Point,
    /// Unit vector across the outline.
    pub(super) direction: (f64, f64),
}

impl PointProfile {
    /// Learns from profiles of equal length.
    ///
    /// The covariance is shrunk towards that of independent samples by d / (n + d) for n
    /// examples of d samples: with few examples it could not be inverted. The amount is
    /// this project's choice.
    #[must_use]
    pub(super) fn learn(examples: &[Vec<f32>]) -> Self {
        let (n, d) = (examples.len(), examples.first().map_or(0, Vec::len));
        let mut mean = vec![0.0f64; d];
        for example in examples {
            for (sum, &value) in mean.iter_mut().zip(example) {
                *sum += f64::from(value) / n as f64;
            }
        }
        let mut covariance = DMatrix::<f64>::zeros(d, d);
        for example in examples {
            let deviation = |index: usize| f64::from(example[index]) - mean[index];
            for row in 0..d {
                for column in 0..d {
                    covariance[(row, column)] +=
                        deviation(row) * deviation(column) / n.saturating_sub(1).max(1) as f64;
                }
            }
        }
        let average = (covariance.trace() / d.max(1) as f64).max(1e-6);
        let share = d as f64 / (n + d) as f64;
        covariance *= 1.0 - share;
        for index in 0..d {
            covariance[(index, index)] += share * average;
        }
        let upper = covariance
            .cholesky()
            .and_then(|found| found.inverse().cholesky())
            .map_or_else(|| DMatrix::identity(d, d), |found| found.l().transpose());
        let triangle = (0..d).flat_map(|row| (row..d).map(move |column| (row, column)));
        Self {
            mean: mean.into_iter().map(|value| value as f32).collect(),
            whitening: triangle.map(|place| upper[place] as f32).collect(),
        }
    }

    /// Refuses a profile of a file that does not have `length` samples.
    pub(super) fn check(&self, length: usize) -> Result<(), ModelFault> {
        count("mean", self.mean.len(), length)?;
        numbers("mean", self.mean.iter().copied(), ANY)?;
        count("whitening", self.whitening.len(), length * (length + 1) / 2)?;
        numbers("whitening", self.whitening.iter().copied(), ANY)
    }

    /// Mean profile.
    pub(super) fn mean(&self) -> impl DoubleEndedIterator<Item = f64> + '_ {
        self.mean.iter().map(|&value| f64::from(value))
    }

    /// Standard deviation of each sample, by the covariance that distances use.
    pub(super) fn standard_deviations(&self) -> Vec<f64> {
        let d = self.mean.len();
        let mut rows = self.whitening.iter().map(|&value| f64::from(value));
        let mut upper = DMatrix::zeros(d, d);
        for row in 0..d {
            for column in row..d {
                upper[(row, column)] = rows.next().unwrap_or_default();
            }
        }
        // U^T U is the inverse covariance, so the covariance is V V^T with V = U^-1.
        let inverse = upper.try_inverse().unwrap_or_else(|| DMatrix::identity(d, d));
        inverse.row_iter().map(|row| row.norm()).collect()
    }

    /// Squared Mahalanobis distance of a profile of the same length.
    #[must_use]
    fn distance(&self, profile: &[f32]) -> f32 {
        let d = self.mean.len();
        let (mut sum, mut from) = (0.0, 0);
        for row in 0..d {
            let weights = &self.whitening[from..from + d - row];
            let deviations = profile[row..].iter().zip(&self.mean[row..]);
            let value: f32 = weights.iter().zip(deviations).map(|(w, (p, m))| w * (p - m)).sum();
            sum += value * value;
            from += d - row;
        }
        sum
    }
}

/// Derivatives along a normal in every channel of an image.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    channels: Vec<Vec<f32>>,
    /// Buffer for a normalised profile.
    profile: Vec<f32>,
}

impl Line {
    /// Samples a structure's images along a normal, up to `reach` pixels of the level away.
    pub(super) fn sample(
        &mut self,
        pyramid: &Pyramid,
        level: usize,
        structure: usize,
        normal: Normal,
        reach: usize,
    ) {
        self.channels.resize_with(pyramid.n_channels(), Vec::new);
        for (channel, line) in self.channels.iter_mut().enumerate() {
            derivative(pyramid.image_in(channel, level, structure), normal, reach, line);
        }
    }

    /// Normalised profile in a channel, without `margin` samples at either end.
    pub(super) fn profile(&self, channel: usize, margin: usize) -> Vec<f32> {
        let (line, mut profile) = (&self.channels[channel], Vec::new());
        normalised(&line[margin..line.len() - margin], &mut profile);
        profile
    }

    /// Squared distance between a point's profiles, one a channel, and the part of the line
    /// that begins at sample `offset`: the sum over channels.
    pub(super) fn distance<'a>(
        &mut self,
        profiles: impl Iterator<Item = &'a PointProfile>,
        offset: usize,
    ) -> f32 {
        let mut sum = 0.0;
        for (line, learnt) in self.channels.iter().zip(profiles) {
            normalised(&line[offset..offset + learnt.mean.len()], &mut self.profile);
            sum += learnt.distance(&self.profile);
        }
        sum
    }
}

/// Derivative along a normal at 2 `reach` + 1 positions, one pixel apart, the middle one at
/// the normal's place.
fn derivative(image: &GreyImage, normal: Normal, reach: usize, out: &mut Vec<f32>) {
    out.clear();
    let value = |step: f64| {
        let (dx, dy) = normal.direction;
        image.at(Point::new(normal.place.x + step * dx, normal.place.y + step * dy))
    };
    let mut before = value(-(reach as f64) - 0.5);
    for index in 0..=2 * reach {
        let after = value(index as f64 - reach as f64 + 0.5);
        out.push(after - before);
        before = after;
    }
}

/// Profile divided by the mean absolute value of its samples; a flat one stays 0.
fn normalised(profile: &[f32], out: &mut Vec<f32>) {
    let size = profile.iter().map(|value| value.abs()).sum::<f32>() / profile.len() as f32;
    let scale = if size > 1e-6 { 1.0 / size } else { 0.0 };
    out.clear();
    out.extend(profile.iter().map(|value| value * scale));
}

/// Normal at each point: perpendicular to the line between its neighbours.
pub(super) fn normals(points: &[Point], neighbours: &[(usize, usize)], scale: f64) -> Vec<Normal> {
    points
        .iter()
        .zip(neighbours)
        .map(|(point, &(before, after))| {
            let (dx, dy) = (points[after].x - points[before].x, points[after].y - points[before].y);
            let length = dx.hypot(dy);
            let direction = if length > 0.0 { (dy / length, -dx / length) } else { (1.0, 0.0) };
            Normal { place: Point::new(point.x * scale, point.y * scale), direction }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_image::Size;

    #[test]
    fn the_derivative_is_at_the_step() {
        let values = (0..200).map(|index| if index % 20 < 10 { 0.0 } else { 1.0 }).collect();
        let image = GreyImage::new(Size::new(20, 10), values);
        let normal = Normal { place: Point::new(10.0, 5.0), direction: (1.0, 0.0) };
        let mut profile = Vec::new();
        derivative(&image, normal, 2, &mut profile);
        assert_eq!(profile, [0.0, 0.0, 1.0, 0.0, 0.0]);
        let mut scaled = Vec::new();
        normalised(&profile, &mut scaled);
        assert_eq!(scaled, [0.0, 0.0, 5.0, 0.0, 0.0]);
    }

    #[test]
    fn the_distance_of_a_line_is_the_sum_over_channels() {
        let step_at = |at: usize| {
            let value = |index: usize| f32::from(u8::from(index % 20 >= at));
            Pyramid::grey(GreyImage::new(Size::new(20, 10), (0..200).map(value).collect()), 1)
        };
        let normal = Normal { place: Point::new(10.0, 5.0), direction: (1.0, 0.0) };
        let learnt = [vec![0.0, 3.0, 0.0], vec![3.0, 0.0, 0.0]];
        let learnt = learnt.map(|profile| PointProfile::learn(&[profile]));
        let distances = |pyramid: &Pyramid, learnt: &[&PointProfile]| {
            let mut line = Line::default();
            line.sample(pyramid, 0, 0, normal, 2);
            [0, 1, 2].map(|offset| line.distance(learnt.iter().copied(), offset))
        };
        let first = distances(&step_at(10), &[&learnt[0]]);
        let second = distances(&step_at(9), &[&learnt[1]]);
        assert!(first[1] == 0.0 && second[1] == 0.0 && first[0] > 0.0, "{first:?} {second:?}");
        let both = step_at(10).beside(step_at(9));
        let sums = [0, 1, 2].map(|offset| first[offset] + second[offset]);
        assert_eq!(distances(&both, &[&learnt[0], &learnt[1]]), sums);
    }

    #[test]
    fn the_mean_profile_is_nearest_and_rare_deviations_are_far() {
        let example = |index: i32| {
            let wide = (f64::from(index) * 1.3).sin() as f32;
            let narrow = 0.1 * (f64::from(index) * 2.9).sin() as f32;
            vec![1.0 + wide, 2.0 + narrow]
        };
        let examples: Vec<Vec<f32>> = (0..400).map(example).collect();
        let profile = PointProfile::learn(&examples);
        let at = |x: f32, y: f32| profile.distance(&[1.0 + x, 2.0 + y]);
        assert!(at(0.0, 0.0) < 0.02);
        assert!(at(0.0, 0.5) > 10.0 * at(0.5, 0.0));
        // One standard deviation along the wide direction.
        assert!((at(std::f32::consts::FRAC_1_SQRT_2, 0.0) - 1.0).abs() < 0.1);
    }

    #[test]
    fn few_or_equal_examples_still_give_a_distance() {
        let profile = PointProfile::learn(&[vec![1.0, 0.0, 2.0]]);
        assert!(
            profile.distance(&[1.0, 0.0, 2.0]) == 0.0 && profile.distance(&[9.0; 3]).is_finite()
        );
    }
}
