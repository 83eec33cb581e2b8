//! Ranking by significant wins.

use rayon::prelude::*;

use crate::ranking::shared_ranks;
use crate::{Direction, SignedRank, holm};

/// Significant wins of every method against every other, over the same images.
#[derive(Debug, Clone, PartialEq)]
pub struct SignificantWins {
    /// Number of methods that each method beats.
    pub wins: Vec<usize>,
    /// Number of methods that beat each method.
    pub losses: Vec<usize>,
    /// One plus the number of methods with more wins; equal methods share a rank
    /// and the next one is skipped: 1, 1, 3.
    pub ranks: Vec<usize>,
    /// Two-sided p by method, then other method, adjusted over all pairs: the same
    /// for both orders. `None` on the diagonal and without images.
    pub adjusted_p: Vec<Vec<Option<f64>>>,
}

impl SignificantWins {
    /// Compares all pairs of methods by [`SignedRank`], adjusted by [`holm`] over
    /// the family of these pairs.
    ///
    /// A method beats another when the adjusted p is below `alpha` (0 to 1, 0.05 as
    /// a rule) and the rank sums favour it. Undefined values are worst. Wins alone
    /// rank: two methods that beat the same number of others share a rank, whether
    /// or not one of them is beaten more often.
    ///
    /// `methods` holds a column a method. Without images nobody wins and all share
    /// rank 1; a single method has rank 1.
    ///
    /// # Panics
    /// When the methods do not hold equally many values.
    ///
    /// # Source
    /// Ranking by the number of significant one-sided Wilcoxon tests, equal numbers
    /// sharing a rank, is `testThenRank` of challengeR (Wiesenfarth et al., "Methods
    /// and open-source toolkit for analyzing and visualizing challenge results",
    /// Scientific Reports 11:2369, 2021, doi:10.1038/s41598-021-82017-6). Two-sided
    /// tests at the same alpha, so that either may win, are ours.
    ///
    /// # Example
    /// ```
    /// use scr_stats::{Direction, SignificantWins};
    /// let good: Vec<_> = (0..8).map(|image| Some(0.9 + f64::from(image) * 0.01)).collect();
    /// let poor = vec![Some(0.5); 8];
    /// let wins = SignificantWins::of(&[poor, good], Direction::HigherIsBetter, 0.05);
    /// assert_eq!((wins.wins, wins.losses, wins.ranks), (vec![0, 1], vec![1, 0], vec![2, 1]));
    /// // Two of the 256 sign patterns of eight images are as extreme.
    /// assert_eq!(wins.adjusted_p[0][1], Some(2.0 / 256.0));
    /// ```
    #[must_use]
    pub fn of(methods: &[Vec<Option<f64>>], direction: Direction, alpha: f64) -> Self {
        let n = methods.len();
        let pairs: Vec<(usize, usize)> =
            (0..n).flat_map(|one| (one + 1..n).map(move |other| (one, other))).collect();
        let tests: Vec<SignedRank> = pairs
            .par_iter()
            .map(|&(one, other)| SignedRank::of(&methods[one], &methods[other], direction))
            .collect();
        let adjusted = holm(&tests.iter().map(|test| test.p).collect::<Vec<_>>());

        let mut wins = vec![0; n];
        let mut losses = vec![0; n];
        let mut adjusted_p = vec![vec![None; n]; n];
        for ((&(one, other), test), p) in pairs.iter().zip(&tests).zip(adjusted) {
            adjusted_p[one][other] = p;
            adjusted_p[other][one] = p;
            let is_significant = p.is_some_and(|p| p < alpha);
            if is_significant && direction.is_better(test.w_plus, test.w_minus) {
                wins[one] += 1;
                losses[other] += 1;
            } else if is_significant && direction.is_better(test.w_minus, test.w_plus) {
                wins[other] += 1;
                losses[one] += 1;
            }
        }
        let ranks = shared_ranks(&wins, |one, other| one > other);
        Self { wins, losses, ranks, adjusted_p }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Direction::{HigherIsBetter, LowerIsBetter};
    use proptest::prelude::*;

    /// A column of ten different values above a level.
    fn above(level: f64) -> Vec<Option<f64>> {
        (0..10).map(|image| Some(level + f64::from(image) * 0.001)).collect()
    }

    #[test]
    fn two_equal_methods_beat_the_third_and_share_the_first_rank() {
        let wins = SignificantWins::of(&[above(0.9), above(0.5), above(0.9)], HigherIsBetter, 0.05);
        assert_eq!((wins.wins, wins.losses), (vec![1, 0, 1], vec![0, 2, 0]));
        assert_eq!(wins.ranks, [1, 3, 1]);
        // Ten differences of one sign: p = 2 / 1024, the smallest of three.
        assert_eq!(wins.adjusted_p[1][0], Some(6.0 / 1024.0));
        assert_eq!((wins.adjusted_p[0][2], wins.adjusted_p[1][1]), (Some(1.0), None));
    }

    #[test]
    fn where_lower_is_better_the_lower_one_wins() {
        let wins = SignificantWins::of(&[above(0.9), above(0.5)], LowerIsBetter, 0.05);
        assert_eq!((wins.wins, wins.ranks), (vec![0, 1], vec![2, 1]));
    }

    #[test]
    fn a_method_without_values_loses_in_either_direction() {
        for direction in [HigherIsBetter, LowerIsBetter] {
            let wins = SignificantWins::of(&[vec![None; 10], above(0.5)], direction, 0.05);
            assert_eq!((wins.wins, wins.losses), (vec![0, 1], vec![1, 0]));
        }
    }

    #[test]
    fn five_images_are_too_few_for_a_win() {
        // The smallest two-sided p of five pairs is 2 / 32.
        let methods = [above(0.9)[..5].to_vec(), above(0.5)[..5].to_vec()];
        let wins = SignificantWins::of(&methods, HigherIsBetter, 0.05);
        assert_eq!((wins.wins, wins.ranks), (vec![0, 0], vec![1, 1]));
        assert_eq!(wins.adjusted_p[0][1], Some(0.0625));
    }

    #[test]
    fn without_images_or_others_nobody_wins() {
        let wins = SignificantWins::of(&[vec![], vec![]], HigherIsBetter, 0.05);
        assert_eq!((wins.ranks, wins.adjusted_p[0][1]), (vec![1, 1], None));
        assert_eq!(SignificantWins::of(&[above(0.5)], HigherIsBetter, 0.05).ranks, [1]);
        assert!(SignificantWins::of(&[], HigherIsBetter, 0.05).ranks.is_empty());
    }

    proptest! {
        #[test]
        fn every_win_is_a_loss_and_ranks_are_those_of_the_wins(
            methods in prop::collection::vec(
                prop::collection::vec(prop::option::weighted(0.9, (0..9).prop_map(f64::from)), 12),
                0..6)
        ) {
            let on = |n_threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
                pool.install(|| SignificantWins::of(&methods, LowerIsBetter, 0.2))
            };
            let wins = on(1);
            prop_assert_eq!(&wins, &on(2));
            prop_assert_eq!(wins.wins.iter().sum::<usize>(), wins.losses.iter().sum::<usize>());
            for (one, &rank) in wins.ranks.iter().enumerate() {
                let n_more = wins.wins.iter().filter(|&&n| n > wins.wins[one]).count();
                prop_assert_eq!(rank, 1 + n_more);
                for other in 0..methods.len() {
                    let p = wins.adjusted_p[one][other];
                    prop_assert_eq!(p, wins.adjusted_p[other][one]);
                    prop_assert_eq!(p.is_some(), one != other);
                    prop_assert!(p.is_none_or(|p| (0.0..=1.0).contains(&p)));
                }
            }
        }
    }
}
