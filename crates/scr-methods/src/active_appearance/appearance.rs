//! Appearance model: the joint variation of shape and texture at one level.

use nalgebra::DMatrix;
use rayon::prelude::*;
use scr_image::Point;
use serde::{Deserialize, Serialize};

use super::components::Components;
use super::warp::Warp;
use crate::shape_model::{Layout, Pose, PosedShape, SIDES, ShapeModel};
use crate::stored::{ANY, NOT_NEGATIVE, count, equal, numbers, pairs};
use crate::{Example, ModelFault, Pyramid};

/// Unit of the four pose parameters: larger by a tenth, rotated by a tenth of a radian,
/// shifted right and down by a tenth of the shape's radius.
pub(super) const POSE_UNIT: f64 = 0.1;

/// Appearance model of one level.
///
/// Weights q are in standard deviations of their mode. The shape is mean + sum of
/// q_i S_i, the texture mean + sum of q_i T_i: equation (3) of the source, with modes scaled
/// by their deviations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Appearance {
    pub(super) level: usize,
    pub(super) warp: Warp,
    mean_shape: Vec<(f64, f64)>,
    /// By mode: x and y of each point.
    pub(super) shape_modes: Vec<f64>,
    pub(super) mean_texture: Vec<f32>,
    /// By mode: the value at each place.
    pub(super) texture_modes: Vec<f32>,
    /// Standard deviation of each mode's weight.
    deviations: Vec<f64>,
    /// Square of the factor between units of shape (pixels) and units of texture.
    shape_share: f64,
}

impl Appearance {
    /// Learns from examples and the shape model's fit to each. Keeps modes that explain the
    /// share `texture` of the textures' variance, then the share `joint` of the joint variance.
    #[must_use]
    pub(super) fn learn(
        level: usize,
        warp: Warp,
        shape: &ShapeModel,
        fits: &[PosedShape],
        examples: &[Example],
        (texture, joint): (f64, f64),
    ) -> Self {
        let textures: Vec<Vec<f32>> = examples
            .par_iter()
            .map(|e| normalised(warp.sample(&e.pyramid, level, &e.points)).0)
            .collect();
        let (n, n_places) = (examples.len(), warp.n_places());
        let mut rows =
            DMatrix::from_fn(n, n_places, |row, column| f64::from(textures[row][column]));
        let mean_texture = centre(&mut rows);
        let textures = Components::learn(&rows, texture);

        // Section 3.1 of the source: r^2 is the ratio of the total variances.
        let shape_variance: f64 = shape.variances().iter().sum();
        let texture_variance: f64 = textures.variances.iter().sum();
        let ratio = texture_variance / shape_variance;
        let shape_share = if ratio.is_finite() && ratio > 0.0 { ratio } else { 1.0 };
        let (n_shape, n_texture) = (shape.n_modes(), textures.variances.len());
        let mut joined = DMatrix::from_fn(n, n_shape + n_texture, |row, column| {
            if column < n_shape {
                shape_share.sqrt() * fits[row].weights[column]
            } else {
                textures.weights[(row, column - n_shape)]
            }
        });
        centre(&mut joined);
        let modes = Components::learn(&joined, joint);

        let deviations: Vec<f64> = modes.variances.iter().map(|value| value.sqrt()).collect();
        let mean = shape.points(&shape.mean_at(Pose::IDENTITY));
        let (mut shape_modes, mut texture_modes) = (Vec::new(), Vec::new());
        for (index, deviation) in deviations.iter().enumerate() {
            let mode = modes.modes.column(index) * *deviation;
            let weights = mode.rows(0, n_shape).iter().map(|w| w / shape_share.sqrt()).collect();
            let moved = shape.points(&PosedShape { weights, pose: Pose::IDENTITY });
            shape_modes.extend(moved.iter().zip(&mean).flat_map(|(p, m)| [p.x - m.x, p.y - m.y]));
            let grey = &textures.modes * mode.rows(n_shape, n_texture);
            texture_modes.extend(grey.iter().map(|&value| value as f32));
        }
        Self {
            level,
            warp,
            mean_shape: mean.iter().map(|point| (point.x, point.y)).collect(),
            shape_modes,
            mean_texture: mean_texture.into_iter().map(|value| value as f32).collect(),
            texture_modes,
            deviations,
            shape_share,
        }
    }

    /// Refuses an appearance that is impossible for level `number`, this layout, and images
    /// whose longer side is `side` pixels at the finest level.
    pub(super) fn check(
        &self,
        number: usize,
        layout: &Layout,
        side: usize,
    ) -> Result<(), ModelFault> {
        equal("number of the level", &self.level, &number)?;
        let n_points = layout.n_points();
        count("mean shape", self.mean_shape.len(), n_points)?;
        let reach = SIDES * side as f64;
        pairs("mean shape", &self.mean_shape, -reach..=reach)?;
        // Places on whiskers lie outside of the shape.
        self.warp.check(layout, &self.local(&[]), 2.0 * reach)?;
        count("mean texture", self.mean_texture.len(), self.warp.n_places())?;
        numbers("mean texture", self.mean_texture.iter().copied(), ANY)?;
        numbers("deviations", self.deviations.iter().copied(), NOT_NEGATIVE)?;
        count("shape modes", self.shape_modes.len(), 2 * n_points * self.n_modes())?;
        numbers("shape modes", self.shape_modes.iter().copied(), ANY)?;
        count("texture modes", self.texture_modes.len(), self.n_places() * self.n_modes())?;
        numbers("texture modes", self.texture_modes.iter().copied(), ANY)?;
        // Shapes with hardly any variation make it arbitrarily large.
        numbers("shape share", [self.shape_share], 0.0..=f64::MAX)
    }

    /// Number of modes.
    #[must_use]
    pub(super) fn n_modes(&self) -> usize {
        self.deviations.len()
    }

    /// Number of places at which texture is sampled.
    #[must_use]
    pub(super) fn n_places(&self) -> usize {
        self.mean_texture.len()
    }

    /// Mean appearance at a pose.
    #[must_use]
    pub(super) fn mean_at(&self, pose: Pose) -> PosedShape {
        PosedShape { weights: vec![0.0; self.n_modes()], pose }
    }

    /// Points of an appearance, in the finest level's pixels.
    #[must_use]
    pub(super) fn points(&self, found: &PosedShape) -> Vec<Point> {
        let local = self.local(&found.weights);
        local.into_iter().map(|point| found.pose.apply(point)).collect()
    }

    /// Points in the mean shape's frame.
    pub(super) fn local(&self, weights: &[f64]) -> Vec<Point> {
        let mut local: Vec<Point> =
            self.mean_shape.iter().map(|&(x, y)| Point::new(x, y)).collect();
        for (mode, weight) in self.shape_modes.chunks_exact(2 * local.len().max(1)).zip(weights) {
            for (point, along) in local.iter_mut().zip(mode.as_chunks::<2>().0) {
                point.x += weight * along[0];
                point.y += weight * along[1];
            }
        }
        local
    }

    /// Variance of each mode's weight.
    pub(super) fn variances(&self) -> Vec<f64> {
        self.deviations.iter().map(|deviation| deviation * deviation).collect()
    }

    /// Texture of an appearance, one value a place.
    pub(super) fn texture(&self, weights: &[f64]) -> Vec<f32> {
        let mut texture = self.mean_texture.clone();
        let modes = self.texture_modes.chunks_exact(self.n_places().max(1));
        for (mode, &weight) in modes.zip(weights) {
            for (value, along) in texture.iter_mut().zip(mode) {
                *value += weight as f32 * along;
            }
        }
        texture
    }

    /// Residual: normalised texture of the image minus that of the model, one value a place.
    /// Also returns the contrast of the image's texture.
    #[must_use]
    pub(super) fn residual(&self, pyramid: &Pyramid, found: &PosedShape) -> (Vec<f32>, f64) {
        let sampled = self.warp.sample(pyramid, self.level, &self.points(found));
        let (mut residual, contrast) = normalised(sampled);
        for (value, mean) in residual.iter_mut().zip(&self.mean_texture) {
            *value -= mean;
        }
        let modes = self.texture_modes.chunks_exact(self.n_places().max(1));
        for (mode, &weight) in modes.zip(&found.weights) {
            let weight = weight as f32;
            for (value, along) in residual.iter_mut().zip(mode) {
                *value -= weight * along;
            }
        }
        (residual, contrast)
    }

    /// Appearance of an image at points that another level found.
    #[must_use]
    pub(super) fn encoded(
        &self,
        pyramid: &Pyramid,
        points: &[Point],
        pose: Pose,
        limit: f64,
    ) -> PosedShape {
        let local: Vec<Point> = points.iter().map(|&point| pose.undo(point)).collect();
        let (texture, _) = normalised(self.warp.sample(pyramid, self.level, points));
        let shapes = self.shape_modes.chunks_exact(2 * local.len().max(1));
        let textures = self.texture_modes.chunks_exact(self.n_places().max(1));
        let weights = shapes
            .zip(textures)
            .zip(&self.deviations)
            .map(|((shape, grey), deviation)| {
                let along = shape.as_chunks::<2>().0.iter();
                let in_shape: f64 = along
                    .zip(local.iter().zip(&self.mean_shape))
                    .map(|(s, (p, mean))| s[0] * (p.x - mean.0) + s[1] * (p.y - mean.1))
                    .sum();
                let differences = texture.iter().zip(&self.mean_texture).map(|(v, m)| v - m);
                let in_texture: f32 = grey.iter().zip(differences).map(|(t, d)| t * d).sum();
                let weight =
                    (self.shape_share * in_shape + f64::from(in_texture)) / (deviation * deviation);
                weight.clamp(-limit, limit)
            })
            .collect();
        PosedShape { weights, pose }
    }

    /// Appearance after the share `share` of a step: one number a mode in standard deviations,
    /// then four pose parameters in their units. Weights are clamped to `limit`.
    #[must_use]
    pub(super) fn moved(
        &self,
        from: &PosedShape,
        step: &[f64],
        share: f64,
        limit: f64,
    ) -> PosedShape {
        let (modes, pose) = step.split_at(self.n_modes());
        let weights = from.weights.iter().zip(modes);
        let weights = weights.map(|(q, s)| (q + share * s).clamp(-limit, limit)).collect();
        PosedShape { weights, pose: from.pose.after(self.pose_step(pose, share)) }
    }

    /// Pose change of the four pose parameters.
    pub(super) fn pose_step(&self, step: &[f64], share: f64) -> Pose {
        let unit = share * POSE_UNIT;
        let shift = unit * self.radius();
        Pose { a: 1.0 + unit * step[0], b: unit * step[1], x: shift * step[2], y: shift * step[3] }
    }

    /// Root mean square distance of the mean shape's points from its centre.
    pub(super) fn radius(&self) -> f64 {
        let squares: f64 = self.mean_shape.iter().map(|(x, y)| x * x + y * y).sum();
        (squares / self.mean_shape.len().max(1) as f64).sqrt()
    }
}

/// Mean of squares; 0 for an empty slice.
pub(super) fn mean_square(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>() / values.len().max(1) as f64
}

/// Values normalised to mean 0 and standard deviation 1, and their deviation before; all 0
/// for flat values.
fn normalised(mut values: Vec<f32>) -> (Vec<f32>, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
    let square = |&v: &f32| (f64::from(v) - mean).powi(2);
    let deviation = (values.iter().map(square).sum::<f64>() / n).sqrt();
    let contrast = if deviation > 1e-6 { deviation } else { 0.0 };
    let scale = if contrast > 0.0 { 1.0 / contrast } else { 0.0 };
    for value in &mut values {
        *value = ((f64::from(*value) - mean) * scale) as f32;
    }
    (values, contrast)
}

/// Subtracts the mean row from all rows, and returns it.
fn centre(rows: &mut DMatrix<f64>) -> Vec<f64> {
    let mean = rows.row_mean();
    for mut row in rows.row_iter_mut() {
        row -= &mean;
    }
    mean.iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examples, learnt};
    use super::*;

    #[test]
    fn an_example_is_reconstructed_closely() {
        let examples = examples(12, 64);
        let (appearance, known) = learnt(&examples, 4.0);
        for (example, known) in examples.iter().zip(&known) {
            let points = appearance.points(known);
            let pairs = points.iter().zip(&example.points);
            let worst = pairs.map(|(p, q)| p.distance_px(*q)).fold(0.0, f64::max);
            assert!(worst < 0.5, "{worst}");
            assert!(mean_square(&appearance.residual(&example.pyramid, known).0) < 0.02);
        }
    }

    #[test]
    fn brightness_and_contrast_do_not_matter() {
        let examples = examples(6, 64);
        let (appearance, known) = learnt(&examples, 0.0);
        let image = examples[2].pyramid.image(0, 0);
        let values = image.values().iter().map(|value| 0.3 * value + 0.6).collect();
        let pale = Pyramid::new(vec![crate::GreyImage::new(image.size(), values)], 1);
        let (found, _) = appearance.residual(&pale, &known[2]);
        let (expected, _) = appearance.residual(&examples[2].pyramid, &known[2]);
        assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-3));
    }

    #[test]
    fn flat_values_are_normalised_to_0() {
        assert_eq!(normalised(vec![0.4; 3]), (vec![0.0; 3], 0.0));
        assert_eq!(normalised(vec![1.0, 3.0]), (vec![-1.0, 1.0], 1.0));
        assert_eq!(normalised(Vec::new()), (Vec::new(), 0.0));
    }
}
