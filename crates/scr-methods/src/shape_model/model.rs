//! Shape model: the mean shape and its modes.

use nalgebra::DMatrix;
use scr_image::Point;
use serde::{Deserialize, Serialize};

use super::Layout;
use super::pose::{Pose, centroid};
use crate::stored::{NOT_NEGATIVE, count, numbers, pairs};
use crate::{ModelFault, ShapeModes};

/// Number of alignment rounds; shapes of one population converge in two or three.
const ALIGNMENTS: usize = 5;
/// Number of rounds of a fit; each fits the pose, then the weights.
const FITS: usize = 3;

/// Largest distance of a mean shape's points from its centre along x and y, in longer
/// sides of the image. Points farther away cannot come from landmarks near the image.
pub(crate) const SIDES: f64 = 2.0;

/// Point distribution model: mean shape and modes of variation.
///
/// A shape of n points is x = mean + sum of b_i mode_i, then placed by a [`Pose`].
/// Modes are orthonormal, with the largest variance first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShapeModel {
    /// Mean shape: centred, in the mean size of the examples.
    mean: Vec<(f64, f64)>,
    /// Modes one after the other, each of 2 n numbers: x and y of each point.
    modes: Vec<f64>,
    /// Variance of each mode's weight over the examples.
    variances: Vec<f64>,
}

/// Shape of the model with its pose.
#[derive(Debug, Clone, PartialEq)]
pub struct PosedShape {
    /// Weights of the modes.
    pub weights: Vec<f64>,
    /// Pose in the image.
    pub pose: Pose,
}

impl ShapeModel {
    /// Learns from examples, all with the same number of points, in one frame. Keeps the
    /// modes that explain the share `variance` (0 to 1) of the variance after alignment.
    ///
    /// # Panics
    /// When there is no example, or they differ in their number of points.
    #[must_use]
    pub fn learn(examples: &[Vec<Point>], variance: f64) -> Self {
        let aligned = align(examples);
        let mean = mean_of(&aligned);
        let (n, dimension) = (aligned.len(), 2 * mean.len());
        let mut deviations = DMatrix::zeros(n, dimension);
        for (row, shape) in aligned.iter().enumerate() {
            for (index, (point, mean)) in shape.iter().zip(&mean).enumerate() {
                deviations[(row, 2 * index)] = point.x - mean.x;
                deviations[(row, 2 * index + 1)] = point.y - mean.y;
            }
        }
        // Examples are fewer than coordinates: the small matrix has the same modes.
        let divisor = n.saturating_sub(1).max(1) as f64;
        let small = (&deviations * deviations.transpose()) / divisor;
        let eigen = small.symmetric_eigen();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&i, &j| eigen.eigenvalues[j].total_cmp(&eigen.eigenvalues[i]));
        let total: f64 = eigen.eigenvalues.iter().filter(|value| **value > 0.0).sum();
        let (mut modes, mut variances, mut held) = (Vec::new(), Vec::new(), 0.0);
        for index in order {
            let value = eigen.eigenvalues[index];
            if value <= 1e-9 * total || held >= variance * total {
                break;
            }
            let mode = deviations.transpose() * eigen.eigenvectors.column(index);
            modes.extend((&mode / mode.norm()).iter());
            variances.push(value);
            held += value;
        }
        Self { mean: mean.iter().map(|point| (point.x, point.y)).collect(), modes, variances }
    }

    /// Refuses a model that is impossible for `n_points` points in images whose longer side is
    /// `side` pixels.
    pub(crate) fn check(&self, n_points: usize, side: usize) -> Result<(), ModelFault> {
        count("mean", self.mean.len(), n_points)?;
        let reach = SIDES * side as f64;
        pairs("mean", &self.mean, -reach..=reach)?;
        numbers("variances", self.variances.iter().copied(), NOT_NEGATIVE)?;
        count("modes", self.modes.len(), 2 * n_points * self.n_modes())?;
        // Modes have length 1, up to rounding.
        numbers("modes", self.modes.iter().copied(), -1.001..=1.001)
    }

    /// Number of modes.
    #[must_use]
    pub fn n_modes(&self) -> usize {
        self.variances.len()
    }

    /// Variance of each mode's weight, the largest first.
    #[must_use]
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// Root mean square distance of the mean shape's points from its centre, in the examples'
    /// pixels.
    #[must_use]
    pub fn radius_px(&self) -> f64 {
        let square: f64 = self.mean.iter().map(|(x, y)| x * x + y * y).sum();
        (square / self.mean.len().max(1) as f64).sqrt()
    }

    /// Mean shape at a pose.
    #[must_use]
    pub fn mean_at(&self, pose: Pose) -> PosedShape {
        PosedShape { weights: vec![0.0; self.n_modes()], pose }
    }

    /// Points of a shape in the image.
    #[must_use]
    pub fn points(&self, shape: &PosedShape) -> Vec<Point> {
        let mut local = self.mean.clone();
        for (mode, weight) in self.modes.chunks_exact(2 * local.len().max(1)).zip(&shape.weights) {
            for (point, along) in local.iter_mut().zip(mode.as_chunks::<2>().0) {
                point.0 += weight * along[0];
                point.1 += weight * along[1];
            }
        }
        local.into_iter().map(|(x, y)| shape.pose.apply(Point::new(x, y))).collect()
    }

    /// Fits the model to `points` by least squares, each weight clamped to `limit` standard
    /// deviations of its mode. Pose and weights are fitted alternately.
    ///
    /// # Panics
    /// When there are not as many points as the model has.
    #[must_use]
    pub fn fit(&self, points: &[Point], limit: f64) -> PosedShape {
        self.fit_noisy(points, limit, 0.0)
    }

    /// Fits the most probable shape to points with Gaussian noise of `noise_px` pixels (one
    /// standard deviation) in x and y. The weight of a mode with variance v is shrunk by
    /// v / (v + noise^2), so that noise hardly moves modes of small variance.
    ///
    /// # Panics
    /// When there are not as many points as the model has.
    #[must_use]
    pub fn fit_noisy(&self, points: &[Point], limit: f64, noise_px: f64) -> PosedShape {
        let mut shape = PosedShape { weights: vec![0.0; self.n_modes()], pose: Pose::IDENTITY };
        for _ in 0..FITS {
            let local = self.points(&PosedShape { pose: Pose::IDENTITY, ..shape.clone() });
            shape.pose = Pose::fit(&local, points);
            let back: Vec<Point> = points.iter().map(|&point| shape.pose.undo(point)).collect();
            let noise = if noise_px > 0.0 { noise_px / shape.pose.scale() } else { 0.0 };
            shape.weights = self.weights(&back, limit, noise);
        }
        shape
    }

    /// Insight into the first modes, each within `limit` standard deviations.
    pub(crate) fn modes(&self, layout: &Layout, limit: f64) -> ShapeModes {
        ShapeModes::of(layout, limit, &self.variances, |mode, sd| {
            let mut shape = self.mean_at(Pose::IDENTITY);
            if sd != 0.0 {
                shape.weights[mode] = sd * self.variances[mode].sqrt();
            }
            self.points(&shape)
        })
    }

    /// Weights of a shape in the model's own frame, with `noise` as in
    /// [`fit_noisy`](Self::fit_noisy).
    fn weights(&self, local: &[Point], limit: f64, noise: f64) -> Vec<f64> {
        let modes = self.modes.chunks_exact(2 * self.mean.len().max(1));
        modes
            .zip(&self.variances)
            .map(|(mode, variance)| {
                let along = mode.as_chunks::<2>().0.iter();
                let weight: f64 = along
                    .zip(local.iter().zip(&self.mean))
                    .map(|(mode, (p, mean))| mode[0] * (p.x - mean.0) + mode[1] * (p.y - mean.1))
                    .sum();
                let most = limit * variance.sqrt();
                let share = if noise > 0.0 { variance / (variance + noise * noise) } else { 1.0 };
                (share * weight).clamp(-most, most)
            })
            .collect()
    }
}

/// Generalised Procrustes alignment: each round aligns every shape to the mean by a similarity
/// transform, and computes the mean again. The mean is centred, and keeps the examples' mean
/// size and rotation.
fn align(examples: &[Vec<Point>]) -> Vec<Vec<Point>> {
    let centred = |shape: &Vec<Point>| -> Vec<Point> {
        let centre = centroid(shape);
        shape.iter().map(|p| Point::new(p.x - centre.x, p.y - centre.y)).collect()
    };
    let reference = centred(&mean_of(examples));
    let mut mean = reference.clone();
    let mut aligned: Vec<Vec<Point>> = examples.iter().map(centred).collect();
    for _ in 0..ALIGNMENTS {
        for shape in &mut aligned {
            let pose = Pose::fit(shape, &mean);
            *shape = shape.iter().map(|&point| pose.apply(point)).collect();
        }
        // Otherwise the mean would shrink and rotate from round to round.
        let new = mean_of(&aligned);
        let pose = Pose::fit(&new, &reference);
        mean = new.into_iter().map(|point| pose.apply(point)).collect();
    }
    for shape in &mut aligned {
        let pose = Pose::fit(shape, &mean);
        *shape = shape.iter().map(|&point| pose.apply(point)).collect();
    }
    aligned
}

fn mean_of(shapes: &[Vec<Point>]) -> Vec<Point> {
    let n = shapes.len() as f64;
    let mut sums = vec![(0.0, 0.0); shapes[0].len()];
    for shape in shapes {
        assert_eq!(shape.len(), sums.len(), "all examples have equally many points");
        for (sum, point) in sums.iter_mut().zip(shape) {
            *sum = (sum.0 + point.x, sum.1 + point.y);
        }
    }
    sums.into_iter().map(|(x, y)| Point::new(x / n, y / n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ellipses with one varying axis ratio, at various poses.
    fn examples() -> Vec<Vec<Point>> {
        (0..20)
            .map(|index| {
                let step = f64::from(index);
                let stretch = 1.0 + 0.2 * (step * 1.7).sin();
                let (turn, scale) = (0.3 * (step * 0.9).cos(), 20.0 + (step * 2.3).sin());
                let pose = Pose {
                    a: scale * turn.cos(),
                    b: scale * turn.sin(),
                    x: 100.0 + 5.0 * (step * 0.7).sin(),
                    y: 90.0 - step,
                };
                (0..24)
                    .map(|k| {
                        let angle = f64::from(k) / 24.0 * std::f64::consts::TAU;
                        pose.apply(Point::new(stretch * angle.cos(), angle.sin() / stretch))
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn one_degree_of_freedom_is_one_mode() {
        let model = ShapeModel::learn(&examples(), 0.99);
        assert_eq!(model.n_modes(), 1, "{:?}", model.variances());
    }

    #[test]
    fn an_example_is_reconstructed_at_any_pose() {
        let examples = examples();
        let model = ShapeModel::learn(&examples, 0.9999);
        for example in &examples {
            let found = model.points(&model.fit(example, 5.0));
            let worst =
                found.iter().zip(example).map(|(p, q)| p.distance_px(*q)).fold(0.0, f64::max);
            assert!(worst < 0.2, "{worst}");
        }
    }

    #[test]
    fn weights_stay_within_their_limit() {
        let model = ShapeModel::learn(&examples(), 1.0);
        let wild: Vec<Point> =
            (0..24).map(|k| Point::new(f64::from(k * k % 11) * 30.0, f64::from(k))).collect();
        let fitted = model.fit(&wild, 2.0);
        for (weight, variance) in fitted.weights.iter().zip(model.variances()) {
            assert!(weight.abs() <= 2.0 * variance.sqrt() + 1e-12);
        }
    }

    #[test]
    fn more_noise_brings_the_shape_nearer_to_the_mean() {
        let (examples, limit) = (examples(), 5.0);
        let model = ShapeModel::learn(&examples, 0.99);
        let weight = |noise: f64| model.fit_noisy(&examples[1], limit, noise).weights[0].abs();
        assert_eq!(model.fit_noisy(&examples[1], limit, 0.0), model.fit(&examples[1], limit));
        // All points together are more precise than one: a pixel of noise changes little.
        assert!(weight(1.0) > 0.8 * weight(0.0) && weight(1.0) < weight(0.0));
        assert!(weight(1e4) < 0.01 * weight(0.0));
    }

    #[test]
    fn a_single_example_has_no_modes() {
        let model = ShapeModel::learn(&examples()[..1], 0.98);
        assert_eq!(model.n_modes(), 0);
        let found = model.points(&model.fit(&examples()[0], 2.0));
        assert!(found[3].distance_px(examples()[0][3]) < 1e-9);
    }
}
