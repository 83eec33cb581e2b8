//! How the residual changes with an appearance, exactly.
//!
//! The derivative by all numbers of a step at once costs about as much as one
//! residual: it is carried back from grey values to places, to points, to modes.

use scr_image::Point;

use super::appearance::{Appearance, POSE_UNIT, mean_square};
use crate::Pyramid;
use crate::shape_model::Pose;

impl Appearance {
    /// The mean squared residual after a step from a pose, with its derivative by
    /// each number of the step; the weights are the step's own.
    #[must_use]
    pub(super) fn cost_and_slope(
        &self,
        pyramid: &Pyramid,
        pose: Pose,
        step: &[f64],
    ) -> (f64, Vec<f64>) {
        let from = self.mean_at(pose);
        let found = self.moved(&from, step, 1.0, f64::INFINITY);
        let (residual, contrast) = self.residual(pyramid, &found);
        let n = residual.len().max(1) as f64;
        // By texture: the normalised values are residual + model.
        let shown = self.model_texture(&found.weights);
        let mean: f64 = residual.iter().map(|&r| f64::from(r)).sum::<f64>() / n;
        let with_shown: f64 =
            residual.iter().zip(&shown).map(|(r, m)| f64::from(r * (r + m))).sum::<f64>() / n;
        let factor = if contrast > 0.0 { 2.0 / (n * contrast) } else { 0.0 };
        let weights: Vec<f64> = residual
            .iter()
            .zip(&shown)
            .map(|(r, m)| factor * (f64::from(*r) - mean - f64::from(r + m) * with_shown))
            .collect();
        let slopes = self.warp.slope(pyramid, self.level, &self.points(&found), &weights);
        // From points in the image to points in the step's frame.
        let turned =
            |by: Pose, p: Point| Point::new(by.a * p.x + by.b * p.y, by.a * p.y - by.b * p.x);
        let stepped: Vec<Point> = slopes.into_iter().map(|slope| turned(pose, slope)).collect();
        let change = self.pose_step(&step[self.n_modes()..], 1.0);
        let local: Vec<Point> = stepped.iter().map(|&slope| turned(change, slope)).collect();
        let mut slope = self.slope_by_modes(&residual, &local);
        let mut by_pose = [0.0; 4];
        for (s, p) in stepped.iter().zip(self.local(&found.weights)) {
            let radius = self.radius();
            by_pose[0] += s.x * p.x + s.y * p.y;
            by_pose[1] += s.y * p.x - s.x * p.y;
            by_pose[2] += s.x * radius;
            by_pose[3] += s.y * radius;
        }
        slope.extend(by_pose.map(|value| value * POSE_UNIT));
        (mean_square(&residual), slope)
    }

    fn slope_by_modes(&self, residual: &[f32], by_local: &[Point]) -> Vec<f64> {
        let shapes = self.shape_modes.chunks_exact(2 * by_local.len().max(1));
        let textures = self.texture_modes.chunks_exact(self.n_places().max(1));
        shapes
            .zip(textures)
            .map(|(shape, grey)| {
                let along = shape.as_chunks::<2>().0.iter().zip(by_local);
                let in_shape: f64 = along.map(|(s, by)| s[0] * by.x + s[1] * by.y).sum();
                let in_texture: f32 = grey.iter().zip(residual).map(|(t, r)| t * r).sum();
                in_shape - 2.0 * f64::from(in_texture) / residual.len().max(1) as f64
            })
            .collect()
    }

    fn model_texture(&self, weights: &[f64]) -> Vec<f32> {
        let mut texture = self.mean_texture.clone();
        for (mode, &weight) in self.texture_modes.chunks_exact(self.n_places().max(1)).zip(weights)
        {
            for (value, along) in texture.iter_mut().zip(mode) {
                *value += weight as f32 * along;
            }
        }
        texture
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examples, learnt};

    #[test]
    fn the_derivative_is_that_of_numeric_differences() {
        let examples = examples(12, 96);
        let (appearance, known) = learnt(&examples, 4.0);
        let mut step = known[3].weights.clone();
        step.extend([0.2, -0.1, 0.3, -0.2]);
        let (pyramid, pose) = (&examples[3].pyramid, known[3].pose);
        let (cost, slope) = appearance.cost_and_slope(pyramid, pose, &step);
        let at = |number: usize, by: f64| {
            let mut step = step.clone();
            step[number] += by;
            appearance.cost_and_slope(pyramid, pose, &step).0
        };
        let largest = slope.iter().fold(0.0f64, |most, value| most.max(value.abs()));
        assert!(cost > 0.0 && largest > 0.0);
        for (number, found) in slope.iter().enumerate() {
            let expected = (at(number, 0.02) - at(number, -0.02)) / 0.04;
            // The image's slopes are taken over a pixel, hence not exactly equal.
            assert!((found - expected).abs() < 0.1 * largest, "{number}: {found} {expected}");
        }
    }
}
