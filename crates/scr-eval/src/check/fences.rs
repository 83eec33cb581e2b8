//! Tukey's far-out fences: bounds beyond which a value is an outlier.
//!
//! Source: Tukey, "Exploratory Data Analysis", Addison-Wesley 1977, section 2D: a
//! value beyond three times the distance of the quartiles from the nearer quartile
//! is far out. Quartiles are [`quantile`]'s, close to his hinges.

use scr_stats::quantile;

/// Far-out fences of a column of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fences {
    pub(super) median: f64,
    low: f64,
    high: f64,
}

impl Fences {
    /// The fences of `values`; `None` without values.
    ///
    /// `least_iqr` is the least interquartile range assumed: otherwise a rounding error
    /// would be far out among nearly equal values, as a mean shape gives.
    pub(crate) fn of(mut values: Vec<f64>, least_iqr: f64) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let at = |share| quantile(&values, share);
        let q1 = at(0.25)?;
        let median = at(0.5)?;
        let q3 = at(0.75)?;
        let iqr = (q3 - q1).max(least_iqr);
        Some(Self { median, low: q1 - 3.0 * iqr, high: q3 + 3.0 * iqr })
    }

    /// True when `value` is far out.
    pub(crate) fn is_far_out(self, value: f64) -> bool {
        value < self.low || value > self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_to_five_far_out_is_below_minus_4_and_above_10() {
        let fences = Fences::of(vec![5.0, 1.0, 4.0, 2.0, 3.0], 0.0).unwrap();
        assert_eq!(fences, Fences { median: 3.0, low: -4.0, high: 10.0 });
        assert!(fences.is_far_out(-4.1) && fences.is_far_out(10.1));
        assert!(!fences.is_far_out(-4.0) && !fences.is_far_out(10.0));
    }

    #[test]
    fn values_that_are_all_the_same_leave_room_for_roundings() {
        let fences = Fences::of(vec![1.0; 9], 0.1).unwrap();
        assert!(!fences.is_far_out(1.29) && fences.is_far_out(1.31));
        assert_eq!(Fences::of(Vec::new(), 0.1), None);
    }
}
