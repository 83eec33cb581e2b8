//! The last word: L-BFGS on the residual itself.
//!
//! The search moves by an average derivative; here every derivative is the image's
//! own. What is found is kept only if it fits better.

use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

use super::appearance::{Appearance, mean_square};
use super::search::AppearanceSettings;
use crate::Pyramid;
use crate::shape_model::{Placed, Pose};

/// Steps that L-BFGS remembers.
const MEMORY: usize = 7;
/// What a squared standard deviation beyond the limit costs.
const BEYOND: f64 = 0.1;

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
    let solver: LBFGS<_, Vec<f64>, Vec<f64>, f64> =
        LBFGS::new(MoreThuenteLineSearch::new(), MEMORY);
    // A line search that finds no way down is an error to argmin: nothing is better then.
    let result = Executor::new(problem, solver)
        .configure(|state| state.param(start).max_iters(settings.refinements as u64))
        .timer(false)
        .run()
        .ok()?;
    let step = result.state().get_best_param()?;
    let found = appearance.moved(&appearance.mean_at(from.pose), step, 1.0, settings.limit);
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

    fn cost(&self, step: &Vec<f64>) -> Result<f64, Error> {
        let from = self.appearance.mean_at(self.pose);
        let found = self.appearance.moved(&from, step, 1.0, f64::INFINITY);
        let beyond: f64 = self.beyond(step).map(|excess| excess * excess).sum();
        Ok(mean_square(&self.appearance.residual(self.pyramid, &found).0) + BEYOND * beyond)
    }
}

impl Gradient for Problem<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, step: &Vec<f64>) -> Result<Vec<f64>, Error> {
        let (_, mut slope) = self.appearance.cost_and_slope(self.pyramid, self.pose, step);
        for (slope, excess) in slope.iter_mut().zip(self.beyond(step)) {
            *slope += 2.0 * BEYOND * excess;
        }
        Ok(slope)
    }
}
