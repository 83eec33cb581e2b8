//! Refinement: L-BFGS on the residual itself.
//!
//! The search moves by an average derivative; here every derivative is the image's
//! own. What is found is kept only if it fits better.

use std::convert::Infallible;

use basin::{CostFunction, Executor, FirstOrderState, Gradient, Lbfgs};

use super::appearance::{Appearance, mean_square};
use super::search::AppearanceSettings;
use crate::Pyramid;
use crate::shape_model::{Placed, Pose};

/// Steps that L-BFGS remembers.
const MEMORY: usize = 7;
/// What a squared standard deviation beyond the limit costs.
const BEYOND: f64 = 0.1;
/// Norm of the gradient at which the descent ends.
const FLAT: f64 = 1e-8;

/// A better appearance than `from` at its level; none when there is none.
#[must_use]
pub(super) fn refined(
    appearance: &Appearance,
    pyramid: &Pyramid,
    from: &Placed,
    settings: AppearanceSettings,
) -> Option<Placed> {
    let cost = mean_square(&appearance.residual(pyramid, from).0);
    let mut start = from.weights.clone();
    start.extend([0.0; 4]);
    let problem = Problem { appearance, pyramid, pose: from.pose, limit: settings.limit };
    let solver: Lbfgs<Vec<f64>> = Lbfgs::new().with_m_capacity(MEMORY);
    let solver = solver.unbounded().with_absolute_gradient_tolerance(FLAT);
    // A line search that finds no way down ends the run; the best so far counts.
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
    /// By how much each weight is beyond the limit.
    fn beyond<'a>(&'a self, step: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
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
        self.cost_and_gradient(step).map(|(_, slope)| slope)
    }

    /// One pass over the texture gives both.
    fn cost_and_gradient(&self, step: &Vec<f64>) -> Result<(f64, Vec<f64>), Infallible> {
        let (mut cost, mut slope) = self.appearance.cost_and_slope(self.pyramid, self.pose, step);
        for (slope, excess) in slope.iter_mut().zip(self.beyond(step)) {
            cost += BEYOND * excess * excess;
            *slope += 2.0 * BEYOND * excess;
        }
        Ok((cost, slope))
    }
}
