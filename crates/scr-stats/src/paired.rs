//! Paired t test of two methods on the same images.
//!
//! Uses the differences' sizes and so needs both values of a pair; pairs with an
//! undefined one are counted in [`PairedComparison::n_undefined`]. The test that
//! ranks them as worst is [`SignedRank`](crate::SignedRank).

use crate::student;
use crate::summary::Summary;

/// Mean difference of pairs, with Student's paired t test.
///
/// All but the counts are `None` with no pair defined, and all but the mean with
/// only one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedComparison {
    /// Number of pairs with both values defined.
    pub n: usize,
    /// Number of pairs with at least one value undefined.
    pub n_undefined: usize,
    /// Mean of first minus second, in the values' unit.
    pub mean_difference: Option<f64>,
    /// Standard deviation of the differences with divisor n - 1.
    pub sd: Option<f64>,
    /// The 95 % t interval of the mean difference, `[low, high]`; `None` where
    /// `p` is.
    pub ci95: Option<[f64; 2]>,
    /// The paired t statistic; `None` where `p` is.
    pub t: Option<f64>,
    /// Degrees of freedom, n - 1; `None` with fewer than two pairs.
    pub degrees_of_freedom: Option<usize>,
    /// Two-sided p, 0 to 1.
    ///
    /// Differences without variation have no test: `None` when all are equal within
    /// rounding. When all are zero, p is 1, t is 0 and the interval is `[0, 0]`.
    pub p: Option<f64>,
}

impl PairedComparison {
    /// Compares two columns over the same images.
    ///
    /// # Panics
    /// When the columns do not hold equally many values.
    ///
    /// # Source
    /// Student, "The probable error of a mean", Biometrika 6, 1908,
    /// doi:10.1093/biomet/6.1.1. That differences without spread have no test is
    /// R's rule (`t.test` stops with an error); ours are when they count as equal,
    /// a standard error of at most ten rounding steps of the largest value, and
    /// the answer for zeros.
    ///
    /// # Example
    /// ```
    /// use scr_stats::PairedComparison;
    /// let first = [Some(3.0), Some(4.0), Some(8.0), None];
    /// let second = [Some(2.0), Some(2.0), Some(5.0), Some(1.0)];
    /// let compared = PairedComparison::of(&first, &second);
    /// assert_eq!((compared.n, compared.n_undefined), (3, 1));
    /// // The differences are 1, 2 and 3.
    /// assert_eq!((compared.mean_difference, compared.sd), (Some(2.0), Some(1.0)));
    /// ```
    #[must_use]
    pub fn of(first: &[Option<f64>], second: &[Option<f64>]) -> Self {
        let pairs = differences(first, second);
        let summary = Summary::of(&pairs);
        let mut compared = Self {
            n: summary.n,
            n_undefined: summary.n_undefined,
            mean_difference: summary.mean,
            sd: summary.sd,
            ci95: None,
            t: None,
            degrees_of_freedom: summary.n.checked_sub(1).filter(|&df| df > 0),
            p: None,
        };
        let (Some(mean), Some(sd), Some(df)) =
            (summary.mean, summary.sd, compared.degrees_of_freedom)
        else {
            return compared;
        };
        let standard_error = sd / (summary.n as f64).sqrt();
        let is_zero = summary.min == Some(0.0) && summary.max == Some(0.0);
        if is_zero {
            compared.t = Some(0.0);
        } else if standard_error > rounding(first, second) {
            compared.t = Some(mean / standard_error);
        }
        compared.p = compared.t.and_then(|t| student::two_sided_p(t, df));
        compared.ci95 = compared.t.and_then(|_| student::interval95(mean, standard_error, df));
        compared
    }

    /// Standardised mean difference: the mean difference over the standard deviation of the
    /// differences. `None` without spread, and with fewer than two pairs.
    ///
    /// # Source
    /// Cohen's d_z: Lakens, "Calculating and reporting effect sizes to facilitate cumulative
    /// science", Frontiers in Psychology 4:863, 2013, doi:10.3389/fpsyg.2013.00863, equation 6.
    ///
    /// # Example
    /// ```
    /// use scr_stats::PairedComparison;
    /// let (first, second) = ([3.0, 4.0, 8.0].map(Some), [2.0, 2.0, 5.0].map(Some));
    /// // Differences 1, 2 and 3: mean 2, standard deviation 1.
    /// assert_eq!(PairedComparison::of(&first, &second).effect_size(), Some(2.0));
    /// ```
    #[must_use]
    pub fn effect_size(&self) -> Option<f64> {
        let sd = self.sd.filter(|&sd| sd > 0.0 && self.p.is_some())?;
        Some(self.mean_difference? / sd)
    }
}

/// First minus second, image by image; `None` where either is.
///
/// # Panics
/// When the columns do not hold equally many values.
pub(crate) fn differences(first: &[Option<f64>], second: &[Option<f64>]) -> Vec<Option<f64>> {
    assert_eq!(first.len(), second.len(), "pairs are of the same images");
    first.iter().zip(second).map(|(one, two)| Some((*one)? - (*two)?)).collect()
}

/// Rounding tolerance of a difference: ten steps of the largest value.
fn rounding(first: &[Option<f64>], second: &[Option<f64>]) -> f64 {
    let sizes = first.iter().chain(second).flatten().map(|value| value.abs());
    10.0 * f64::EPSILON * sizes.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn defined(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    fn near(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-10 * expected.abs().max(1.0), "{found} {expected}");
    }

    #[test]
    fn statistic_p_and_interval_are_scipys() {
        // r = scipy.stats.ttest_rel(x, y); r.statistic, r.pvalue, r.confidence_interval()
        let x = defined(&[95.0, 93.0, 97.0, 88.0, 91.0, 96.0, 90.0, 94.0, 89.0, 92.0]);
        let y = defined(&[94.0, 96.0, 92.0, 86.0, 97.0, 87.0, 82.0, 83.0, 79.0, 80.0]);
        let compared = PairedComparison::of(&x, &y);
        assert_eq!((compared.n, compared.degrees_of_freedom), (10, Some(9)));
        near(compared.mean_difference, 4.9);
        near(compared.sd, 6.190494505467412);
        near(compared.t, 2.5030569886040306);
        near(compared.p, 0.03369240557040262);
        near(compared.ci95.map(|ends| ends[0]), 0.4715870041404324);
        near(compared.ci95.map(|ends| ends[1]), 9.32841299585957);
    }

    #[test]
    fn sixty_pairs_are_scipys() {
        // i = numpy.arange(60); scipy.stats.ttest_rel((i * 37 % 61) / 61, (i * i % 53) / 53)
        let x: Vec<_> = (0..60).map(|i| f64::from(i * 37 % 61) / 61.0).collect();
        let y: Vec<_> = (0..60).map(|i| f64::from(i * i % 53) / 53.0).collect();
        let compared = PairedComparison::of(&defined(&x), &defined(&y));
        near(compared.t, 0.575557635589742);
        near(compared.p, 0.56710302964015);
        near(compared.ci95.map(|ends| ends[0]), -0.07799604911719828);
        near(compared.ci95.map(|ends| ends[1]), 0.1409819239496552);
    }

    #[test]
    fn pairs_without_both_values_are_left_out_and_counted() {
        let first = [Some(1.0), None, Some(5.0), Some(4.0), None];
        let second = [Some(0.0), Some(1.0), None, Some(2.0), None];
        let compared = PairedComparison::of(&first, &second);
        assert_eq!((compared.n, compared.n_undefined), (2, 3));
        assert_eq!(compared.mean_difference, Some(1.5));
    }

    #[test]
    fn fewer_than_two_pairs_have_no_test() {
        let none = PairedComparison::of(&[], &[]);
        assert_eq!((none.n, none.mean_difference, none.degrees_of_freedom), (0, None, None));
        let one = PairedComparison::of(&[Some(3.0)], &[Some(1.0)]);
        assert_eq!((one.n, one.mean_difference), (1, Some(2.0)));
        assert_eq!((one.sd, one.ci95, one.t, one.degrees_of_freedom), (None, None, None, None));
        assert_eq!((none.p, one.p), (None, None));
    }

    #[test]
    fn equal_columns_have_p_1() {
        let values = defined(&[0.3, 0.1, 0.2]);
        let compared = PairedComparison::of(&values, &values);
        assert_eq!((compared.t, compared.p), (Some(0.0), Some(1.0)));
        assert_eq!(compared.ci95, Some([0.0, 0.0]));
    }

    #[test]
    fn equal_differences_have_no_test() {
        // 0.3 - 0.2 and 0.2 - 0.1 differ by rounding alone.
        for second in [[2.0, 1.0, 4.0], [0.2, 0.1, 0.7]] {
            let step = second[1];
            let first = second.map(|value| value + step);
            let compared = PairedComparison::of(&defined(&first), &defined(&second));
            near(compared.mean_difference, step);
            assert_eq!((compared.t, compared.p, compared.ci95), (None, None, None));
        }
    }

    #[test]
    #[should_panic(expected = "the same images")]
    fn columns_of_different_lengths_are_refused() {
        let _ = PairedComparison::of(&[Some(1.0)], &[]);
    }

    proptest! {
        #[test]
        fn swapping_the_methods_flips_the_signs_and_keeps_p(
            pairs in prop::collection::vec(prop::option::weighted(0.9, (-9..9, -9..9)), 0..30)
        ) {
            let first: Vec<_> = pairs.iter().map(|pair| pair.map(|p| f64::from(p.0))).collect();
            let second: Vec<_> = pairs.iter().map(|pair| pair.map(|p| f64::from(p.1))).collect();
            let there = PairedComparison::of(&first, &second);
            let back = PairedComparison::of(&second, &first);
            prop_assert_eq!(there.p, back.p);
            prop_assert_eq!(there.t, back.t.map(|t| -t));
            prop_assert_eq!(there.ci95, back.ci95.map(|[low, high]| [-high, -low]));
            prop_assert!(there.p.is_none_or(|p| (0.0..=1.0).contains(&p)));
        }
    }
}
