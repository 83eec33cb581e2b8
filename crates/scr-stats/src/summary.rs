//! Mean, spread and quartiles of one measure over the images.

/// Summary statistics of a column. All but the counts are `None` when no value is
/// defined; `sd` also when only one is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Number of defined values.
    pub n: usize,
    /// Number of undefined values.
    pub n_undefined: usize,
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Standard deviation with divisor n - 1.
    pub sd: Option<f64>,
    /// Smallest value.
    pub min: Option<f64>,
    /// Lower quartile, see [`quantile`].
    pub q1: Option<f64>,
    /// Median, see [`quantile`].
    pub median: Option<f64>,
    /// Upper quartile, see [`quantile`].
    pub q3: Option<f64>,
    /// Largest value.
    pub max: Option<f64>,
}

impl Summary {
    /// Summarises values in the order given. Sums run in that order, so the
    /// same values in the same order give the same bits.
    #[must_use]
    pub fn of(values: &[Option<f64>]) -> Self {
        let defined: Vec<f64> = values.iter().copied().flatten().collect();
        let n = defined.len();
        let mean = mean(&defined);
        let sd = mean.filter(|_| n > 1).map(|mean| {
            let squares: f64 = defined.iter().map(|value| (value - mean).powi(2)).sum();
            (squares / (n - 1) as f64).sqrt()
        });
        let mut sorted = defined;
        sorted.sort_by(f64::total_cmp);
        Self {
            n,
            n_undefined: values.len() - n,
            mean,
            sd,
            min: sorted.first().copied(),
            q1: quantile(&sorted, 0.25),
            median: quantile(&sorted, 0.5),
            q3: quantile(&sorted, 0.75),
            max: sorted.last().copied(),
        }
    }
}

/// Arithmetic mean; `None` without values.
fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The quantile of ascending values at `share` (0 to 1), by linear interpolation
/// between the two nearest (numpy's default, type 7 of Hyndman and Fan,
/// "Sample quantiles in statistical packages", The American Statistician 50, 1996).
///
/// `None` without values; a `share` outside 0 to 1 is taken as the nearer end.
#[must_use]
pub fn quantile(ascending: &[f64], share: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    let position = share.clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    let rest = position - below as f64;
    Some(ascending[below] + rest * (ascending[above] - ascending[below]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_to_five_has_mean_3_and_quartiles_2_and_4() {
        let values: Vec<_> = [5.0, 1.0, 4.0, 2.0, 3.0].map(Some).to_vec();
        let summary = Summary::of(&values);
        assert_eq!(summary.mean, Some(3.0));
        assert_eq!(summary.sd, Some(2.5f64.sqrt()));
        assert_eq!((summary.min, summary.max), (Some(1.0), Some(5.0)));
        assert_eq!((summary.q1, summary.median, summary.q3), (Some(2.0), Some(3.0), Some(4.0)));
    }

    #[test]
    fn quantiles_are_interpolated_as_numpy_does() {
        // numpy.percentile([1, 2, 3, 10], [25, 50, 95]) -> [1.75, 2.5, 8.95]
        let values = [1.0, 2.0, 3.0, 10.0];
        for (share, expected) in [(0.25, 1.75), (0.5, 2.5), (0.95, 8.95)] {
            let found = quantile(&values, share).unwrap();
            assert!((found - expected).abs() < 1e-12, "{share}: {found}");
        }
    }

    #[test]
    fn nothing_has_no_mean() {
        let summary = Summary::of(&[None, None]);
        assert_eq!((summary.n, summary.n_undefined), (0, 2));
        assert_eq!((summary.mean, summary.sd, summary.median), (None, None, None));
        assert_eq!(Summary::of(&[Some(1.0)]).sd, None);
    }

    proptest! {
        #[test]
        fn quartiles_are_in_order(values in prop::collection::vec(-1e6..1e6f64, 1..40)) {
            let summary = Summary::of(&values.iter().copied().map(Some).collect::<Vec<_>>());
            let steps = [summary.min, summary.q1, summary.median, summary.q3, summary.max];
            prop_assert!(steps.windows(2).all(|pair| pair[0] <= pair[1]));
            prop_assert!(summary.min <= summary.mean.map(|m| m + 1e-6));
        }
    }
}
