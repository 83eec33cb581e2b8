//! Update matrix: the step for a residual, learnt by displacing known appearances.

use nalgebra::DMatrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::appearance::Appearance;
use crate::shape_model::PosedShape;
use crate::stored::{ANY, count, numbers};
use crate::{Example, ModelFault};

/// Displacements of known appearances to both sides, in standard deviations of a mode and in
/// units of the pose. The source displaces by up to half a deviation.
const DISPLACEMENTS: [f64; 2] = [0.25, 0.5];
/// Ridge added to the curvature for a stable inverse, as a share of the largest curvature.
const RIDGE: f64 = 1e-6;

/// Number of pose parameters in a step.
const POSE_NUMBERS: usize = 4;

/// Update matrix R, with step = -R residual.
///
/// R is the pseudo-inverse of the residual's derivative by the step, computed with
/// numeric differences and averaged over examples: section 4 of the source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Update {
    /// One row for each number of the step, each as long as the residual.
    rows: Vec<f32>,
    n_steps: usize,
}

impl Update {
    /// Learns from examples and their known appearances.
    #[must_use]
    pub(super) fn learn(
        appearance: &Appearance,
        known: &[PosedShape],
        examples: &[Example],
    ) -> Self {
        let (n_steps, n_places) = (appearance.n_modes() + POSE_NUMBERS, appearance.n_places());
        let columns: Vec<Vec<f64>> = (0..n_steps)
            .into_par_iter()
            .map(|number| derivative(appearance, number, known, examples))
            .collect();
        let jacobian = DMatrix::from_fn(n_places, n_steps, |row, column| columns[column][row]);
        let mut curvature = jacobian.transpose() * &jacobian;
        let ridge = (RIDGE * curvature.diagonal().max()).max(1e-12);
        for index in 0..n_steps {
            curvature[(index, index)] += ridge;
        }
        let rows = curvature.cholesky().map_or_else(
            || vec![0.0; n_steps * n_places],
            // The columns of the transpose are the rows of the matrix.
            |found| {
                found.solve(&jacobian.transpose()).transpose().iter().map(|&v| v as f32).collect()
            },
        );
        Self { rows, n_steps }
    }

    /// Refuses a matrix of a file with another size than that of the modes and places.
    pub(super) fn check(&self, n_modes: usize, n_places: usize) -> Result<(), ModelFault> {
        count("steps", self.n_steps, n_modes + POSE_NUMBERS)?;
        count("rows", self.rows.len(), self.n_steps * n_places)?;
        numbers("rows", self.rows.iter().copied(), ANY)
    }

    /// Step for a residual.
    #[must_use]
    pub(super) fn step(&self, residual: &[f32]) -> Vec<f64> {
        if residual.is_empty() {
            return vec![0.0; self.n_steps];
        }
        let rows = self.rows.chunks_exact(residual.len());
        rows.map(|row| -f64::from(row.iter().zip(residual).map(|(r, v)| r * v).sum::<f32>()))
            .collect()
    }
}

/// Mean derivative of the residual by one number of the step.
fn derivative(
    appearance: &Appearance,
    number: usize,
    known: &[PosedShape],
    examples: &[Example],
) -> Vec<f64> {
    let mut sum = vec![0.0; appearance.n_places()];
    let mut step = vec![0.0; appearance.n_modes() + POSE_NUMBERS];
    step[number] = 1.0;
    for (example, known) in examples.iter().zip(known) {
        for distance in DISPLACEMENTS {
            let at = |share: f64| {
                let moved = appearance.moved(known, &step, share, f64::INFINITY);
                appearance.residual(&example.pyramid, &moved).0
            };
            let share = 1.0 / (2.0 * distance * (DISPLACEMENTS.len() * examples.len()) as f64);
            for (sum, (up, down)) in sum.iter_mut().zip(at(distance).iter().zip(at(-distance))) {
                *sum += share * f64::from(up - down);
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::appearance::mean_square;
    use super::super::testing::{examples, learnt};
    use super::*;

    #[test]
    fn the_step_undoes_the_displacement_of_an_example() {
        let examples = examples(12, 96);
        let (appearance, known) = learnt(&examples, 4.0);
        let update = Update::learn(&appearance, &known, &examples);
        let mut away = vec![0.0; appearance.n_modes() + 4];
        away[appearance.n_modes() + 2] = 0.5;
        for (example, known) in examples.iter().zip(&known) {
            let moved = appearance.moved(known, &away, 1.0, f64::INFINITY);
            let (residual, _) = appearance.residual(&example.pyramid, &moved);
            let step = update.step(&residual);
            let back = appearance.moved(&moved, &step, 1.0, f64::INFINITY);
            let after = mean_square(&appearance.residual(&example.pyramid, &back).0);
            assert!(after < 0.5 * mean_square(&residual), "{after} {}", mean_square(&residual));
        }
    }

    #[test]
    fn an_empty_texture_gives_no_step() {
        let update = Update { rows: Vec::new(), n_steps: 5 };
        assert_eq!(update.step(&[]), [0.0; 5]);
    }
}
