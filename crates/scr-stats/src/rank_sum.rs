//! Rank-sum test (Wilcoxon, Mann and Whitney) of two groups of different images.
//!
//! Uses the order of values, not their sizes, so that an undefined value can count as
//! worst. The main type is [`RankSum`]; two methods on the same images are
//! [`SignedRank`](crate::SignedRank)'s.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::Direction;

/// Up to this many values p is exact: the ways to share them out, at most
/// 50 over 25, are counted without rounding.
const MAX_EXACT: usize = 50;

/// The test of Wilcoxon, Mann and Whitney.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankSum {
    /// Pairs of a value of the first group and a lower one of the second, equal ones
    /// counted half. "Lower" is meant by number, whichever is better.
    pub u: f64,
    /// Two-sided p, 0 to 1; `None` where a group is empty.
    pub p: Option<f64>,
    /// True when `p` is exact: up to 50 values in all.
    pub is_exact: bool,
}

impl RankSum {
    /// Tests two groups. Undefined values are worst, and equal to each other.
    ///
    /// p is exact for up to 50 values, also with equal ones: twice the share of all
    /// ways to share the ranks out that are as extreme on the nearer side. Beyond, it
    /// is the normal approximation with corrections for equal values and for
    /// continuity, as R's `wilcox.test(exact = FALSE)`.
    ///
    /// # Source
    /// Mann and Whitney, "On a test of whether one of two random variables is
    /// stochastically larger than the other", Annals of Mathematical Statistics 18,
    /// 1947, doi:10.1214/aoms/1177730491. The place of undefined values is ours.
    ///
    /// # Example
    /// ```
    /// use scr_stats::{Direction, RankSum};
    /// let (first, second) = ([Some(3.0), Some(4.0)], [Some(1.0), Some(2.0), None]);
    /// let tested = RankSum::of(&first, &second, Direction::HigherIsBetter);
    /// assert_eq!(tested.u, 6.0);
    /// // 1 of the 10 ways to choose two of five is as extreme, on either side.
    /// assert_eq!(tested.p, Some(0.2));
    /// ```
    #[must_use]
    pub fn of(first: &[Option<f64>], second: &[Option<f64>], direction: Direction) -> Self {
        let of_group = |group: &[Option<f64>], is_first: bool| -> Vec<(f64, bool)> {
            group.iter().map(|value| (value.unwrap_or(direction.worst()), is_first)).collect()
        };
        let mut values = of_group(first, true);
        values.extend(of_group(second, false));
        values.sort_by(|one, two| one.0.total_cmp(&two.0));
        let n_first = first.len();
        let n_second = second.len();
        // Twice a rank is whole even where several share it.
        let mut twice = Vec::new();
        let mut twice_first = 0;
        let mut ties = 0.0;
        for group in values.chunk_by(|one, two| one.0 == two.0) {
            let before = twice.len();
            let n = group.len();
            let rank = 2 * before + n + 1;
            twice.extend(std::iter::repeat_n(rank, n));
            twice_first += rank * group.iter().filter(|(_, is_first)| *is_first).count();
            ties += (n as f64).powi(3) - n as f64;
        }
        let u = (twice_first - n_first * (n_first + 1)) as f64 / 2.0;
        let is_exact = twice.len() <= MAX_EXACT;
        let p = (n_first > 0 && n_second > 0).then(|| {
            if is_exact {
                exact_p(&twice, n_first, twice_first)
            } else {
                approximate_p(u, n_first as f64, n_second as f64, ties)
            }
        });
        Self { u, p, is_exact }
    }
}

/// Counts the ways to choose `n` of the ranks by their sum.
fn exact_p(twice: &[usize], n: usize, observed: usize) -> f64 {
    let most: usize = twice.iter().rev().take(n).sum();
    let mut ways = vec![vec![0u64; most + 1]; n + 1];
    ways[0][0] = 1;
    for &rank in twice {
        for chosen in (1..=n).rev() {
            for sum in rank..=most {
                ways[chosen][sum] += ways[chosen - 1][sum - rank];
            }
        }
    }
    let count = |sums: &[u64]| sums.iter().sum::<u64>() as f64;
    let all = count(&ways[n]);
    let low = count(&ways[n][..=observed]);
    let high = count(&ways[n][observed..]);
    (2.0 * low.min(high) / all).min(1.0)
}

fn approximate_p(u: f64, n: f64, m: f64, ties: f64) -> f64 {
    let all = n + m;
    let variance = n * m / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    let z = ((u - n * m / 2.0).abs() - 0.5).max(0.0) / variance.sqrt();
    (2.0 * Normal::standard().sf(z)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Direction::{HigherIsBetter, LowerIsBetter};

    fn defined(values: impl IntoIterator<Item = f64>) -> Vec<Option<f64>> {
        values.into_iter().map(Some).collect()
    }

    fn near(tested: RankSum, expected: f64) {
        let found = tested.p.unwrap();
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    }

    #[test]
    fn nine_values_are_scipys() {
        // scipy.stats.mannwhitneyu(x, y, method="exact")
        let x = [19.0, 22.0, 16.0, 29.0, 24.0];
        let y = [20.0, 11.0, 17.0, 12.0];
        let tested = RankSum::of(&defined(x), &defined(y), HigherIsBetter);
        assert_eq!((tested.u, tested.is_exact), (17.0, true));
        near(tested, 0.1111111111111111);
    }

    #[test]
    fn equal_values_are_exact_as_listing_all_ways() {
        // All 462 sums of scipy.stats.rankdata(x + y) over itertools.combinations(range(11), 5)
        let x = [1.0, 2.0, 2.0, 3.0, 5.0];
        let y = [2.0, 4.0, 4.0, 6.0, 6.0, 7.0];
        let tested = RankSum::of(&defined(x), &defined(y), HigherIsBetter);
        assert_eq!(tested.u, 5.0);
        near(tested, 0.07792207792207792);
    }

    #[test]
    fn many_values_are_scipys_approximation() {
        // i = numpy.arange(70); u = (i * 37 % 61) / 61; v = (i[:60]**2 % 53) / 53
        // scipy.stats.mannwhitneyu(u, v, method="asymptotic")
        let u = (0..70).map(|i| f64::from(i * 37 % 61) / 61.0);
        let v = (0..60).map(|i| f64::from(i * i % 53) / 53.0);
        let tested = RankSum::of(&defined(u), &defined(v), HigherIsBetter);
        assert_eq!((tested.u, tested.is_exact), (2189.0, false));
        near(tested, 0.6793554785749885);
    }

    #[test]
    fn groups_change_places_and_undefined_values_are_worst() {
        let x = defined([1.0, 4.0, 6.0]);
        let y = vec![Some(2.0), None, Some(9.0)];
        let [one, two] = [(&x, &y), (&y, &x)].map(|(a, b)| RankSum::of(a, b, LowerIsBetter));
        assert_eq!(one.u + two.u, 9.0);
        assert_eq!(one.p, two.p);
        assert_eq!(one.u, 2.0, "the undefined value is higher than all numbers");
    }

    #[test]
    fn equal_values_have_p_1_and_an_empty_group_has_none() {
        for n in [3, 40] {
            let equal = vec![Some(0.5); n];
            assert_eq!(RankSum::of(&equal, &equal, HigherIsBetter).p, Some(1.0));
        }
        assert_eq!(RankSum::of(&[], &[Some(1.0)], HigherIsBetter).p, None);
        assert_eq!(RankSum::of(&[], &[], HigherIsBetter).p, None);
    }
}
