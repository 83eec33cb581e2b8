//! Refinement of a search result by L-BFGS on the residual.
//!
//! The search uses an average derivative, L-BFGS the derivative of the image itself. The
//! result is kept only if it fits better.

use std::convert::Infallible;

use basin::{CostFunction, Executor, FirstOrderState, Gradient, Lbfgs};

use super::appearance::{Appearance, mean_square};
use super::settings::AppearanceSettings;
use crate::Pyramid;
use crate::shape_model::{Pose, PosedShape};

/// Number of steps in the memory of L-BFGS.
const MEMORY: usize = 7;
/// Penalty for a squared standard deviation beyond the limit.
const PENALTY: f64 = 0.1;
/// Norm of the gradient at which the descent ends.
const GRADIENT_TOLERANCE: f64 = 1e-8;

/// Refines the appearance `from` at its level; `None` when the result does not fit better.
#[must_use]
pub(super) fn refined(
    appearance: &Appearance,
    pyramid: &Pyramid,
    from: &PosedShape,
    settings: AppearanceSettings,
) -> Option<PosedShape> {
    let cost = mean_square(&appearance.residual(pyramid, from).0);
    let mut start = from.weights.clone();
    start.extend([0.0; 4]);
    let problem = Problem { appearance, pyramid, pose: from.pose, limit: settings.limit };
    let solver: Lbfgs<Vec<f64>> = Lbfgs::new().with_m_capacity(MEMORY);
    let solver = solver.unbounded().with_absolute_gradient_tolerance(GRADIENT_TOLERANCE);
    // A line search without a descent direction ends the run; the best result counts.
    let Ok(result) = Executor::new(problem, solver, FirstOrderState::new(start))
        .max_iter(settings.refinements as u64)
        .run();
    let start = appearance.mean_at(from.pose);
    let found = appearance.moved(&start, result.best_param(), 1.0, settings.limit);
    (mean_square(&appearance.residual(pyramid, &found).0) < cost).then_some(found)
}

struct Problem<'a> {
    appearance: &'a Appearance,
    pyramid: &'a Pyramid,
    pose: Pose,
    limit: f64,
}

impl Problem<'_> {
    /// Excess of each weight over the limit.
    fn excess<'a>(&'a self, step: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let weights = &step[..self.appearance.n_modes()];
        weights.iter().map(|weight| weight - weight.clamp(-self.limit, self.limit))
    }
}

impl CostFunction for Problem<'_> {
    type Param = Vec<f64>;
    type Output = f64;
    type Error = Infallible;

    fn cost(&self, step: &Vec<f64>) -> Result<f64, Infallible> {
        self.cost_and_gradient(step).map(|(cost, _)| cost)
    }
}

impl Gradient for Problem<'_> {
    type Gradient = Vec<f64>;

    fn gradient(&self, step: &Vec<f64>) -> Result<Vec<f64>, Infallible> {
        self.cost_and_gradient(step).map(|(_, gradient)| gradient)
    }

    /// Computes both in one pass over the texture.
    fn cost_and_gradient(&self, step: &Vec<f64>) -> Result<(f64, Vec<f64>), Infallible> {
        let (mut cost, mut gradient) =
            self.appearance.cost_and_gradient_at(self.pyramid, self.pose, step);
        for (slope, excess) in gradient.iter_mut().zip(self.excess(step)) {
            cost += PENALTY * excess * excess;
            *slope += 2.0 * PENALTY * excess;
        }
        Ok((cost, gradient))
    }
}
