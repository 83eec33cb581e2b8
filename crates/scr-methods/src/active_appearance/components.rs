//! Principal components of few examples with many numbers.

use nalgebra::DMatrix;

/// Principal components of examples with mean 0.
#[derive(Debug, Clone)]
pub(super) struct Components {
    /// Modes as orthonormal columns, the largest variance first.
    pub(super) modes: DMatrix<f64>,
    /// Weights of the modes, one row an example.
    pub(super) weights: DMatrix<f64>,
    /// Variance of each mode's weight.
    pub(super) variances: Vec<f64>,
}

impl Components {
    /// Learns the modes that explain the share `share` (0 to 1) of the variance of `rows`, one
    /// row an example, with mean 0.
    ///
    /// There are fewer examples than numbers: their small Gram matrix has the same modes.
    #[must_use]
    pub(super) fn learn(rows: &DMatrix<f64>, share: f64) -> Self {
        let n = rows.nrows();
        let products = (rows * rows.transpose()) / n.saturating_sub(1).max(1) as f64;
        let eigen = products.symmetric_eigen();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&i, &j| eigen.eigenvalues[j].total_cmp(&eigen.eigenvalues[i]));
        let total: f64 = eigen.eigenvalues.iter().filter(|value| **value > 0.0).sum();
        let (mut kept, mut held) = (Vec::new(), 0.0);
        for index in order {
            let value = eigen.eigenvalues[index];
            if value <= 1e-9 * total || held >= share * total {
                break;
            }
            kept.push(index);
            held += value;
        }
        let mut modes = DMatrix::zeros(rows.ncols(), kept.len());
        for (column, &index) in kept.iter().enumerate() {
            let mode = rows.transpose() * eigen.eigenvectors.column(index);
            modes.set_column(column, &(&mode / mode.norm()));
        }
        let weights = rows * &modes;
        let variances = kept.iter().map(|&index| eigen.eigenvalues[index]).collect();
        Self { modes, weights, variances }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ways_of_varying_are_found_with_their_variances() {
        let rows = DMatrix::from_fn(40, 6, |row, column| {
            let wide = 3.0 * if row % 2 == 0 { 1.0 } else { -1.0 };
            let narrow = if row % 4 < 2 { 1.0 } else { -1.0 };
            [wide, narrow, 0.0, 0.0, 0.0, 0.0][column]
        });
        let found = Components::learn(&rows, 1.0);
        assert_eq!(found.variances.len(), 2);
        assert!((found.variances[0] - 9.0 * 40.0 / 39.0).abs() < 1e-9);
        assert!((found.modes[(0, 0)].abs() - 1.0).abs() < 1e-9);
        assert!((found.weights[(0, 1)].abs() - 1.0).abs() < 1e-9);
        assert_eq!(Components::learn(&rows, 0.8).variances.len(), 1);
    }

    #[test]
    fn examples_that_do_not_vary_have_no_modes() {
        assert!(Components::learn(&DMatrix::zeros(3, 5), 0.98).variances.is_empty());
    }
}
