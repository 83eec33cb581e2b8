//! Limits of agreement (Bland-Altman) of two ways of measuring one quantity.

use crate::paired::differences;
use crate::student;
use crate::summary::Summary;

/// Distance of the limits from the bias, in standard deviations.
const Z: f64 = 1.96;

/// Bland and Altman's limits of agreement.
///
/// Differences are measured minus reference, in the values' unit. All but the
/// counts are `None` with no pair defined, and all but the bias with only one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlandAltman {
    /// Number of pairs with both values defined.
    pub n: usize,
    /// Number of pairs with at least one value undefined.
    pub n_undefined: usize,
    /// Mean difference.
    pub bias: Option<f64>,
    /// Standard deviation of the differences with divisor n - 1.
    pub sd: Option<f64>,
    /// Limits of agreement, bias -+ 1.96 sd, `[lower, upper]`: about 95 % of the
    /// differences lie between them when they are normally distributed.
    pub limits: Option<[f64; 2]>,
    /// The 95 % interval of the bias, `[low, high]`.
    pub bias_ci95: Option<[f64; 2]>,
    /// The 95 % interval of the lower limit.
    pub lower_limit_ci95: Option<[f64; 2]>,
    /// The 95 % interval of the upper limit.
    pub upper_limit_ci95: Option<[f64; 2]>,
}

impl BlandAltman {
    /// Compares two columns over the same images. Counts the pairs with an undefined
    /// value and leaves them out.
    ///
    /// Intervals are t intervals with n - 1 degrees of freedom and the standard
    /// errors sd / sqrt(n) of the bias and sd sqrt(1 / n + 1.96^2 / (2 (n - 1)))
    /// of a limit. Differences that are all equal have limits and intervals
    /// without width.
    ///
    /// # Panics
    /// When the columns do not hold equally many values.
    ///
    /// # Source
    /// Bland and Altman, "Statistical methods for assessing agreement between two
    /// methods of clinical measurement", The Lancet 327, 1986,
    /// doi:10.1016/S0140-6736(86)90837-8; the standard error of a limit is that of
    /// "Measuring agreement in method comparison studies", Statistical Methods in
    /// Medical Research 8, 1999, doi:10.1177/096228029900800204, section 2.
    ///
    /// # Example
    /// ```
    /// use scr_stats::BlandAltman;
    /// let reference = [Some(10.0), Some(11.0), Some(12.0), None];
    /// let measured = [Some(11.0), Some(13.0), Some(15.0), Some(9.0)];
    /// let agreement = BlandAltman::of(&reference, &measured);
    /// // The differences are 1, 2 and 3.
    /// assert_eq!((agreement.bias, agreement.sd), (Some(2.0), Some(1.0)));
    /// assert_eq!(agreement.limits, Some([2.0 - 1.96, 2.0 + 1.96]));
    /// ```
    #[must_use]
    pub fn of(reference: &[Option<f64>], measured: &[Option<f64>]) -> Self {
        let Summary { n, n_undefined, mean: bias, sd, .. } =
            Summary::of(&differences(measured, reference));
        let degrees_of_freedom = n.saturating_sub(1);
        let share = 1.0 / n as f64;
        let interval = |estimate: Option<f64>, variance: f64| {
            student::interval95(estimate?, sd? * variance.sqrt(), degrees_of_freedom)
        };
        let limit = |side: f64| Some(bias? + side * Z * sd?);
        let of_limit = share + Z.powi(2) / (2.0 * degrees_of_freedom as f64);
        Self {
            n,
            n_undefined,
            bias,
            sd,
            limits: limit(-1.0).zip(limit(1.0)).map(<[f64; 2]>::from),
            bias_ci95: interval(bias, share),
            lower_limit_ci95: interval(limit(-1.0), of_limit),
            upper_limit_ci95: interval(limit(1.0), of_limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(found: Option<[f64; 2]>, expected: [f64; 2]) {
        for (found, expected) in found.unwrap().into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-10, "{found} {expected}");
        }
    }

    #[test]
    fn six_pairs_are_as_by_numpy() {
        // d = measured - reference; b, s, n = d.mean(), d.std(ddof=1), 6
        // t = scipy.stats.t.ppf(0.975, 5); b -+ 1.96 * s; b -+ t * s / sqrt(n)
        // limit -+ t * s * sqrt(1 / n + 1.96**2 / (2 * (n - 1)))
        let reference = [10.2, 11.5, 9.8, 12.1, 10.9, 13.4].map(Some);
        let measured = [10.5, 11.2, 10.4, 12.0, 11.6, 13.9].map(Some);
        let agreement = BlandAltman::of(&reference, &measured);
        near(
            agreement.bias.zip(agreement.sd).map(<[f64; 2]>::from),
            [0.2833333333333332, 0.40207793606049386],
        );
        near(agreement.limits, [-0.5047394213452348, 1.0714060880119012]);
        near(agreement.bias_ci95, [-0.13862158278436787, 0.7052882494510343]);
        near(agreement.lower_limit_ci95, [-1.271834426541193, 0.26235558385072344]);
        near(agreement.upper_limit_ci95, [0.304311082815943, 1.8385010932078594]);
    }

    #[test]
    fn too_few_pairs_have_no_limits() {
        let empty = BlandAltman::of(&[None, Some(1.0)], &[Some(2.0), None]);
        assert_eq!((empty.n, empty.n_undefined, empty.bias), (0, 2, None));
        let one = BlandAltman::of(&[Some(1.0)], &[Some(3.0)]);
        assert_eq!((one.n, one.bias, one.sd), (1, Some(2.0), None));
        for agreement in [empty, one] {
            assert_eq!((agreement.limits, agreement.bias_ci95), (None, None));
            assert_eq!((agreement.lower_limit_ci95, agreement.upper_limit_ci95), (None, None));
        }
    }

    #[test]
    fn equal_differences_agree_within_no_width() {
        let agreement = BlandAltman::of(&[1.0, 2.0, 3.0].map(Some), &[1.5, 2.5, 3.5].map(Some));
        for ends in [agreement.limits, agreement.bias_ci95, agreement.upper_limit_ci95] {
            assert_eq!(ends, Some([0.5, 0.5]));
        }
    }

    #[test]
    #[should_panic(expected = "the same images")]
    fn columns_of_different_lengths_are_refused() {
        let _ = BlandAltman::of(&[Some(1.0)], &[]);
    }

    proptest! {
        #[test]
        fn swapping_the_columns_mirrors_the_limits(
            pairs in prop::collection::vec((-1e3..1e3f64, -1e3..1e3f64), 2..40)
        ) {
            let (one, two): (Vec<_>, Vec<_>) =
                pairs.iter().map(|pair| (Some(pair.0), Some(pair.1))).unzip();
            let there = BlandAltman::of(&one, &two);
            let back = BlandAltman::of(&two, &one);
            let mirrored = |ends: Option<[f64; 2]>| ends.map(|[low, high]| [-high, -low]);
            prop_assert_eq!(there.limits, mirrored(back.limits));
            prop_assert_eq!(there.upper_limit_ci95, mirrored(back.lower_limit_ci95));
            let ([lower, upper], bias) = (there.limits.unwrap(), there.bias.unwrap());
            prop_assert!(lower <= bias && bias <= upper);
        }
    }
}
