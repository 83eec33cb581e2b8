//! Exact gradient of the residual.
//!
//! Backward differentiation, from grey values to places, points and modes, computes the
//! derivative by all numbers of a step for about the cost of one residual.

use scr_image::Point;

use super::appearance::{Appearance, POSE_UNIT, mean_square};
use crate::Pyramid;
use crate::shape_model::Pose;

impl Appearance {
    /// Mean squared residual after a step from the mean appearance at a pose, and its gradient
    /// by the numbers of the step.
    #[must_use]
    pub(super) fn cost_and_gradient_at(
        &self,
        pyramid: &Pyramid,
        pose: Pose,
        step: &[f64],
    ) -> (f64, Vec<f64>) {
        let from = self.mean_at(pose);
        let found = self.moved(&from, step, 1.0, f64::INFINITY);
        let (residual, contrast) = self.residual(pyramid, &found);
        let n = residual.len().max(1) as f64;
        // By texture: the normalised values are the sum of residual and model.
        let modelled = self.texture(&found.weights);
        let mean: f64 = residual.iter().map(|&r| f64::from(r)).sum::<f64>() / n;
        let product: f64 =
            residual.iter().zip(&modelled).map(|(r, m)| f64::from(r * (r + m))).sum::<f64>() / n;
        let factor = if contrast > 0.0 { 2.0 / (n * contrast) } else { 0.0 };
        let weights: Vec<f64> = residual
            .iter()
            .zip(&modelled)
            .map(|(r, m)| factor * (f64::from(*r) - mean - f64::from(r + m) * product))
            .collect();
        let slopes = self.warp.gradient(pyramid, self.level, &self.points(&found), &weights);
        // From points in the image to points in the step's frame.
        let rotated =
            |by: Pose, p: Point| Point::new(by.a * p.x + by.b * p.y, by.a * p.y - by.b * p.x);
        let stepped: Vec<Point> = slopes.into_iter().map(|slope| rotated(pose, slope)).collect();
        let change = self.pose_step(&step[self.n_modes()..], 1.0);
        let local: Vec<Point> = stepped.iter().map(|&slope| rotated(change, slope)).collect();
        let mut gradient = self.gradient_by_modes(&residual, &local);
        let mut by_pose = [0.0; 4];
        for (s, p) in stepped.iter().zip(self.local(&found.weights)) {
            let radius = self.radius();
            by_pose[0] += s.x * p.x + s.y * p.y;
            by_pose[1] += s.y * p.x - s.x * p.y;
            by_pose[2] += s.x * radius;
            by_pose[3] += s.y * radius;
        }
        gradient.extend(by_pose.map(|value| value * POSE_UNIT));
        (mean_square(&residual), gradient)
    }

    fn gradient_by_modes(&self, residual: &[f32], by_local: &[Point]) -> Vec<f64> {
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
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examples, learnt};

    #[test]
    fn the_gradient_equals_numeric_differences() {
        let examples = examples(12, 96);
        let (appearance, known) = learnt(&examples, 4.0);
        let mut step = known[3].weights.clone();
        step.extend([0.2, -0.1, 0.3, -0.2]);
        let (pyramid, pose) = (&examples[3].pyramid, known[3].pose);
        let (cost, gradient) = appearance.cost_and_gradient_at(pyramid, pose, &step);
        let at = |number: usize, by: f64| {
            let mut step = step.clone();
            step[number] += by;
            appearance.cost_and_gradient_at(pyramid, pose, &step).0
        };
        let largest = gradient.iter().fold(0.0f64, |most, value| most.max(value.abs()));
        assert!(cost > 0.0 && largest > 0.0);
        for (number, found) in gradient.iter().enumerate() {
            let expected = (at(number, 0.02) - at(number, -0.02)) / 0.04;
            // Derivatives of the image are differences over a pixel, so not exactly equal.
            assert!((found - expected).abs() < 0.1 * largest, "{number}: {found} {expected}");
        }
    }
}
