//! Student's t distribution: p-values and confidence intervals of means.
//!
//! The distribution is `statrs`'s. Compared with scipy 1.17 for 1 to 1,000,000
//! degrees of freedom, p-values agree to 1e-7 and the interval's quantile to
//! 1e-11 up to 10,000 degrees and to 2e-5 beyond (relative).

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Two-sided p of a t statistic. `None` without degrees of freedom.
pub(crate) fn two_sided_p(t: f64, degrees_of_freedom: usize) -> Option<f64> {
    Some((2.0 * students_t(degrees_of_freedom)?.sf(t.abs())).min(1.0))
}

/// The 95 % interval around an estimate, `[low, high]`. `None` without degrees
/// of freedom.
pub(crate) fn interval95(
    estimate: f64,
    standard_error: f64,
    degrees_of_freedom: usize,
) -> Option<[f64; 2]> {
    let half = students_t(degrees_of_freedom)?.inverse_cdf(0.975) * standard_error;
    Some([estimate - half, estimate + half])
}

fn students_t(degrees_of_freedom: usize) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, degrees_of_freedom as f64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_and_quantiles_are_scipys() {
        // scipy.stats.t.ppf(0.975, df), 2 * scipy.stats.t.sf(2.5, df)
        let expected = [
            (1, 12.706204736174694, 0.24223788318168682),
            (5, 2.5705818356363146, 0.05449009934237626),
            (246, 1.9696541761789226, 0.013071415332582381),
            (9999, 1.960201263621357, 0.012435221140020176),
        ];
        for (df, quantile, p) in expected {
            let [low, high] = interval95(0.0, 1.0, df).unwrap();
            assert!((high / quantile - 1.0).abs() < 1e-11, "{df}: {high}");
            assert_eq!(low, -high);
            let found = two_sided_p(-2.5, df).unwrap();
            assert!((found / p - 1.0).abs() < 1e-10, "{df}: {found}");
        }
    }

    #[test]
    fn nothing_is_known_without_degrees_of_freedom() {
        assert_eq!(two_sided_p(1.0, 0), None);
        assert_eq!(interval95(1.0, 1.0, 0), None);
    }
}
