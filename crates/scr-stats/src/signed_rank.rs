//! Wilcoxon's signed-rank test of two methods on the same images.
//!
//! Uses the order of the differences, not their sizes, so that an undefined
//! value can count as worst. The main type is [`SignedRank`]; mean differences
//! are in [`PairedComparison`](crate::PairedComparison).

use statrs::distribution::{ContinuousCDF, Normal};

use crate::Direction;

/// Up to this many differences p is exact: 2^50 sign patterns are still counted
/// without rounding.
const MAX_EXACT: usize = 50;

/// Wilcoxon's signed-rank test. "Higher" is meant by number, whichever is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRank {
    /// Sum of the ranks of pairs whose first value is higher.
    pub w_plus: f64,
    /// Sum of the ranks of pairs whose second value is higher.
    pub w_minus: f64,
    /// Number of pairs that differ.
    pub n_nonzero: usize,
    /// Number of pairs that are equal or both undefined; they have no rank.
    pub n_zero: usize,
    /// Number of pairs with at least one undefined value; they count above as well.
    pub n_undefined: usize,
    /// Two-sided p, 0 to 1. 1 when no pair differs; `None` without pairs.
    pub p: Option<f64>,
    /// True when `p` is exact: up to 50 pairs differ.
    pub is_exact: bool,
}

impl SignedRank {
    /// Tests two columns over the same images.
    ///
    /// Undefined values are worst: a pair with one of them differs by more than
    /// every pair of numbers, against its side, and all such pairs share the top
    /// rank. A pair with two is equal. Equal pairs are dropped; differences of
    /// the same size, to the bit, share the mean of their ranks.
    ///
    /// p is exact for up to 50 pairs that differ, also with shared ranks: the
    /// share of all sign patterns of the given ranks that are as extreme. Beyond,
    /// it is the normal approximation with corrections for shared ranks and for
    /// continuity, as R's `wilcox.test(paired = TRUE, exact = FALSE)`.
    ///
    /// # Panics
    /// When the columns do not hold equally many values.
    ///
    /// # Source
    /// Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin
    /// 1, 1945, doi:10.2307/3001968. The place of undefined values is ours.
    ///
    /// # Example
    /// ```
    /// use scr_stats::{Direction, SignedRank};
    /// let first = [Some(3.0), Some(4.0), Some(5.0), Some(6.0)];
    /// let second = [Some(2.0), Some(2.0), None, Some(6.0)];
    /// let tested = SignedRank::of(&first, &second, Direction::HigherIsBetter);
    /// assert_eq!((tested.w_plus, tested.w_minus), (6.0, 0.0));
    /// // 2 of the 8 sign patterns are as extreme.
    /// assert_eq!(tested.p, Some(0.25));
    /// ```
    #[must_use]
    pub fn of(first: &[Option<f64>], second: &[Option<f64>], direction: Direction) -> Self {
        assert_eq!(first.len(), second.len(), "pairs are of the same images");
        let worst = direction.worst();
        let difference = |(one, two): (&Option<f64>, &Option<f64>)| match (one, two) {
            (None, None) => 0.0,
            _ => one.unwrap_or(worst) - two.unwrap_or(worst),
        };
        let mut differences: Vec<f64> =
            first.iter().zip(second).map(difference).filter(|&size| size != 0.0).collect();
        differences.sort_unstable_by(|one, two| one.abs().total_cmp(&two.abs()));
        let ranks = Ranks::of(&differences);

        let n_pairs = first.len();
        let is_exact = differences.len() <= MAX_EXACT;
        let p = if is_exact { ranks.exact_p() } else { ranks.approximate_p() };
        let is_undefined =
            |pair: &(&Option<f64>, &Option<f64>)| pair.0.is_none() || pair.1.is_none();
        Self {
            w_plus: ranks.twice_plus as f64 / 2.0,
            w_minus: ranks.twice_minus as f64 / 2.0,
            n_nonzero: differences.len(),
            n_zero: n_pairs - differences.len(),
            n_undefined: first.iter().zip(second).filter(is_undefined).count(),
            p: (n_pairs > 0).then_some(p),
            is_exact,
        }
    }

    /// Matched-pairs rank-biserial correlation, -1 to 1: the share of the ranks in which the
    /// first is higher minus the share in which the second is. `None` when no pair differs.
    ///
    /// # Source
    /// Kerby, "The simple difference formula", Comprehensive Psychology 3, 2014,
    /// doi:10.2466/11.IT.3.1, equation 3.
    ///
    /// # Example
    /// ```
    /// use scr_stats::{Direction, SignedRank};
    /// let (first, second) = ([3.0, 4.0, 5.0].map(Some), [2.0, 2.0, 8.0].map(Some));
    /// // Ranks 1 and 2 for the first, 3 for the second.
    /// let tested = SignedRank::of(&first, &second, Direction::HigherIsBetter);
    /// assert_eq!(tested.rank_biserial(), Some(0.0));
    /// ```
    #[must_use]
    pub fn rank_biserial(&self) -> Option<f64> {
        let sum = self.w_plus + self.w_minus;
        (sum > 0.0).then(|| (self.w_plus - self.w_minus) / sum)
    }
}

/// Ranks of the differences' sizes. Twice a rank is whole even where two share it.
struct Ranks {
    twice: Vec<usize>,
    twice_plus: usize,
    twice_minus: usize,
    /// Sum of t^3 - t over groups of t differences of the same size.
    ties: f64,
}

impl Ranks {
    /// Ranks differences that ascend by size.
    fn of(differences: &[f64]) -> Self {
        let mut ranks = Self { twice: Vec::new(), twice_plus: 0, twice_minus: 0, ties: 0.0 };
        for group in differences.chunk_by(|one, two| one.abs() == two.abs()) {
            // Ranks start at 1: the group's first is `before + 1`, its last `before + n`.
            let before = ranks.twice.len();
            let n = group.len();
            let twice = 2 * before + n + 1;
            let n_plus = group.iter().filter(|&&size| size > 0.0).count();
            ranks.twice.extend(std::iter::repeat_n(twice, n));
            ranks.twice_plus += n_plus * twice;
            ranks.twice_minus += (n - n_plus) * twice;
            ranks.ties += (n as f64).powi(3) - n as f64;
        }
        ranks
    }

    /// Twice the share of sign patterns whose sum is at most the smaller one,
    /// counted rank by rank over all sums up to it.
    fn exact_p(&self) -> f64 {
        let smaller = self.twice_plus.min(self.twice_minus);
        let mut n_patterns = vec![0u64; smaller + 1];
        n_patterns[0] = 1;
        for &rank in &self.twice {
            for sum in (rank..=smaller).rev() {
                n_patterns[sum] += n_patterns[sum - rank];
            }
        }
        let n_extreme: u64 = n_patterns.iter().sum();
        let n_all = 1u64 << self.twice.len();
        (2.0 * n_extreme as f64 / n_all as f64).min(1.0)
    }

    /// From the normal distribution of the same mean and variance; half a rank
    /// nearer to the mean, as the sums come in steps.
    fn approximate_p(&self) -> f64 {
        let n = self.twice.len() as f64;
        let from_mean = self.twice_plus.abs_diff(self.twice_minus) as f64 / 4.0;
        let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - self.ties / 48.0;
        let z = (from_mean - 0.5).max(0.0) / variance.sqrt();
        (2.0 * Normal::standard().sf(z)).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Direction::{HigherIsBetter, LowerIsBetter};
    use proptest::prelude::*;

    fn defined(values: impl IntoIterator<Item = f64>) -> Vec<Option<f64>> {
        values.into_iter().map(Some).collect()
    }

    fn near(tested: SignedRank, expected: f64) {
        let found = tested.p.unwrap();
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    }

    #[test]
    fn ten_pairs_are_scipys() {
        // scipy.stats.wilcoxon(x, y, method="exact")
        let x = defined([95.0, 93.0, 97.0, 88.0, 91.0, 96.0, 90.0, 94.0, 89.0, 92.0]);
        let y = defined([94.0, 96.0, 92.0, 86.0, 97.0, 87.0, 82.0, 83.0, 79.0, 80.0]);
        let tested = SignedRank::of(&x, &y, HigherIsBetter);
        assert_eq!((tested.w_plus, tested.w_minus, tested.is_exact), (47.0, 8.0, true));
        near(tested, 0.048828125);
    }

    #[test]
    fn shared_ranks_and_zeros_are_exact_as_scipys_permutation_test() {
        // scipy.stats.wilcoxon(x, y, method=scipy.stats.PermutationMethod(n_resamples=np.inf)),
        // and the same by listing all 256 sign patterns with itertools.product.
        let x = defined([3.0, 5.0, 5.0, 7.0, 8.0, 9.0, 4.0, 6.0, 2.0, 7.0]);
        let y = defined([1.0, 5.0, 4.0, 8.0, 5.0, 7.0, 6.0, 6.0, 1.0, 3.0]);
        let tested = SignedRank::of(&x, &y, HigherIsBetter);
        assert_eq!((tested.n_nonzero, tested.n_zero), (8, 2));
        assert_eq!((tested.w_plus, tested.w_minus), (29.0, 7.0));
        near(tested, 0.1640625);
    }

    /// Two columns whose differences all have different sizes.
    fn columns(n: u32) -> [Vec<Option<f64>>; 2] {
        let first = (0..n).map(|i| f64::from(i * 37 % 53));
        let second = (0..n).map(|i| f64::from(i * i * 3 % 101) / 2.0 + 0.003 * f64::from(i) + 0.1);
        [defined(first), defined(second)]
    }

    #[test]
    fn fifty_pairs_are_exact_and_fifty_one_approximate_as_scipys() {
        // i = numpy.arange(n); u = i * 37 % 53; v = (i * i * 3 % 101) / 2 + 0.003 * i + 0.1
        // scipy.stats.wilcoxon(u, v, method="exact") for n = 50
        let [first, second] = columns(50);
        let tested = SignedRank::of(&first, &second, HigherIsBetter);
        assert_eq!((tested.w_plus.min(tested.w_minus), tested.is_exact), (577.0, true));
        near(tested, 0.5655778099255286);
        // scipy.stats.wilcoxon(u, v, correction=True, method="approx") for n = 51
        let [first, second] = columns(51);
        let tested = SignedRank::of(&first, &second, HigherIsBetter);
        assert_eq!((tested.w_plus.min(tested.w_minus), tested.is_exact), (580.0, false));
        near(tested, 0.43933833749608187);
    }

    #[test]
    fn many_shared_ranks_are_scipys() {
        // i = numpy.arange(60)
        // scipy.stats.wilcoxon(i * 7 % 11, i * i % 5 + 2, correction=True, method="approx")
        let first = defined((0..60).map(|i| f64::from(i * 7 % 11)));
        let second = defined((0..60).map(|i| f64::from(i * i % 5 + 2)));
        let tested = SignedRank::of(&first, &second, LowerIsBetter);
        assert_eq!((tested.n_zero, tested.w_minus), (5, 518.5));
        near(tested, 0.03484567266596999);
    }

    #[test]
    fn undefined_values_share_the_top_rank_against_their_side() {
        // Sizes 1, 2, 3, 5 and three above all: ranks 1 to 4 and three times 6.
        let first = [Some(2.0), Some(0.0), Some(3.0), None, Some(9.0), Some(9.0), None, Some(5.0)];
        let second = [Some(0.0), Some(1.0), Some(0.0), Some(0.0), None, None, None, Some(0.0)];
        let tested = SignedRank::of(&first, &second, HigherIsBetter);
        assert_eq!((tested.w_plus, tested.w_minus), (21.0, 7.0));
        assert_eq!((tested.n_nonzero, tested.n_zero, tested.n_undefined), (7, 1, 4));
        // By listing all 128 sign patterns with itertools.product and scipy.stats.rankdata.
        near(tested, 0.296875);
        let lower = SignedRank::of(&first, &second, LowerIsBetter);
        assert_eq!((lower.w_plus, lower.w_minus), (15.0, 13.0));
    }

    #[test]
    fn equal_columns_have_p_1_and_no_columns_none() {
        let values = [Some(0.5), None, Some(0.1)];
        let tested = SignedRank::of(&values, &values, HigherIsBetter);
        assert_eq!((tested.w_plus, tested.w_minus, tested.p), (0.0, 0.0, Some(1.0)));
        assert_eq!((tested.n_nonzero, tested.n_zero, tested.n_undefined), (0, 3, 1));
        let empty = SignedRank::of(&[], &[], HigherIsBetter);
        assert_eq!((empty.n_zero, empty.p), (0, None));
    }

    #[test]
    fn a_single_pair_has_p_1() {
        let tested = SignedRank::of(&[Some(2.0)], &[Some(1.0)], HigherIsBetter);
        assert_eq!((tested.w_plus, tested.w_minus, tested.p), (1.0, 0.0, Some(1.0)));
    }

    #[test]
    fn equal_differences_of_fifty_are_two_patterns_of_all() {
        let tested = SignedRank::of(&defined([1.0; 50]), &defined([0.0; 50]), HigherIsBetter);
        assert_eq!(tested.p, Some(2.0f64.powi(-49)));
        let tested = SignedRank::of(&defined([1.0; 51]), &defined([0.0; 51]), HigherIsBetter);
        assert!(tested.p.is_some_and(|p| p > 0.0 && p < 1e-10));
    }

    #[test]
    #[should_panic(expected = "the same images")]
    fn columns_of_different_lengths_are_refused() {
        let _ = SignedRank::of(&[Some(1.0)], &[], HigherIsBetter);
    }

    proptest! {
        #[test]
        fn the_exact_p_is_that_of_listing_all_sign_patterns(
            pairs in prop::collection::vec((prop::option::of(-4..4), prop::option::of(-4..4)), 1..12)
        ) {
            let (first, second): (Vec<_>, Vec<_>) =
                pairs.iter().map(|pair| (pair.0.map(f64::from), pair.1.map(f64::from))).unzip();
            let tested = SignedRank::of(&first, &second, LowerIsBetter);
            // 99 stands for the undefined; rank by counting smaller and equal sizes.
            let sizes: Vec<i32> = pairs
                .iter()
                .map(|pair| (pair.0.unwrap_or(99) - pair.1.unwrap_or(99i32)).abs())
                .map(|size| if size > 50 { 99 } else { size })
                .filter(|&size| size != 0)
                .collect();
            let rank = |size: i32| {
                let n_smaller = sizes.iter().filter(|&&other| other < size).count();
                let n_equal = sizes.iter().filter(|&&other| other == size).count();
                n_smaller as f64 + (n_equal as f64 + 1.0) / 2.0
            };
            let n_patterns = 1u32 << sizes.len();
            let sum = |pattern: u32| -> f64 {
                (0..).zip(&sizes).filter(|(bit, _)| pattern >> bit & 1 == 1).map(|(_, &s)| rank(s)).sum()
            };
            let smaller = tested.w_plus.min(tested.w_minus);
            let n_extreme = (0..n_patterns).filter(|&pattern| sum(pattern) <= smaller).count();
            let expected = (2.0 * n_extreme as f64 / f64::from(n_patterns)).min(1.0);
            prop_assert_eq!(tested.p, Some(expected));
        }

        #[test]
        fn swapping_the_methods_swaps_the_sums_and_keeps_p(
            pairs in prop::collection::vec((prop::option::of(-9..9), prop::option::of(-9..9)), 1..90)
        ) {
            let first: Vec<_> = pairs.iter().map(|pair| pair.0.map(f64::from)).collect();
            let second: Vec<_> = pairs.iter().map(|pair| pair.1.map(f64::from)).collect();
            let there = SignedRank::of(&first, &second, HigherIsBetter);
            let back = SignedRank::of(&second, &first, HigherIsBetter);
            let n = there.n_nonzero as f64;
            prop_assert_eq!(there.w_plus + there.w_minus, n * (n + 1.0) / 2.0);
            prop_assert_eq!((there.w_plus, there.w_minus), (back.w_minus, back.w_plus));
            prop_assert_eq!(there.p, back.p);
            prop_assert!(there.p.is_some_and(|p| (0.0..=1.0).contains(&p)));
        }
    }
}
