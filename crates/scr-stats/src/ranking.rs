//! Ranking by means, and its stability over bootstrap resamples.
//!
//! Tests no significance, which [`SignificantWins`](crate::SignificantWins) does: here
//! the means alone decide, and [`RankStability`] measures the stability of that order.

use crate::table::Total;
use crate::{Bootstrap, Direction};

/// Ranks methods by their means over the same images, from 1 for the best.
///
/// Every undefined value counts as worst. As it has no number, a method with fewer
/// undefined values comes before one with more, for any means;
/// among equally many the mean of the defined values decides. Equal methods share
/// a rank and the next one is skipped: 1, 1, 3. Without images all share rank 1.
///
/// `methods` holds a column a method.
///
/// # Panics
/// When the methods do not hold equally many values.
///
/// # Example
/// ```
/// use scr_stats::{Direction, rank_by_mean};
/// let methods = [[Some(0.9), None], [Some(0.7), Some(0.7)], [Some(0.8), Some(0.8)]];
/// let ranks = rank_by_mean(&methods.map(Vec::from), Direction::HigherIsBetter);
/// assert_eq!(ranks, [3, 2, 1]);
/// ```
#[must_use]
pub fn rank_by_mean(methods: &[Vec<Option<f64>>], direction: Direction) -> Vec<usize> {
    assert!(
        methods.windows(2).all(|pair| pair[0].len() == pair[1].len()),
        "methods are ranked over the same images"
    );
    let totals: Vec<Total> = methods.iter().map(|values| Total::of(values)).collect();
    rank_totals(&totals, direction)
}

/// Distribution of a method's rank over bootstrap resamples.
#[derive(Debug, Clone, PartialEq)]
pub struct RankStability {
    /// Share of resamples with each rank, from rank 1; one for each method. They
    /// sum to 1, and are all 0 without resamples.
    pub shares: Vec<f64>,
    /// Median rank: the smallest that half of the resamples do not exceed. `None`
    /// without resamples.
    pub median: Option<usize>,
    /// The 95 % percentile interval of the rank, `[best, worst]`: the smallest
    /// ranks that 2.5 % and 97.5 % of the resamples do not exceed. `None` without
    /// resamples.
    pub ci95: Option<[usize; 2]>,
}

/// Ranks methods as [`rank_by_mean`] does in each resample of the images.
///
/// Quantiles are ranks that were taken, never between two (type 1 of Hyndman and
/// Fan). One result a method, in the order given.
///
/// # Panics
/// When a method does not hold one value for each image of the bootstrap.
///
/// # Source
/// The idea is that of Maier-Hein et al., "Why rankings of biomedical image
/// analysis competitions should be interpreted with care", Nature Communications
/// 9:5217, 2018, doi:10.1038/s41467-018-07619-7, and Wiesenfarth et al., "Methods
/// and open-source toolkit for analyzing and visualizing challenge results",
/// Scientific Reports 11:2369, 2021, doi:10.1038/s41598-021-82017-6.
///
/// # Example
/// ```
/// use scr_stats::{Bootstrap, Direction, rank_stability};
/// // The first is better on every image, so on every resample of them.
/// let methods = [vec![Some(0.9), Some(0.7)], vec![Some(0.8), Some(0.6)]];
/// let bootstrap = Bootstrap::new(2, 100, 1);
/// let stability = rank_stability(&methods, Direction::HigherIsBetter, &bootstrap);
/// assert_eq!(stability[0].shares, [1.0, 0.0]);
/// assert_eq!((stability[1].median, stability[1].ci95), (Some(2), Some([2, 2])));
/// ```
#[must_use]
pub fn rank_stability(
    methods: &[Vec<Option<f64>>],
    direction: Direction,
    bootstrap: &Bootstrap,
) -> Vec<RankStability> {
    let resamples = bootstrap.map_resamples(methods, |totals| rank_totals(totals, direction));
    (0..methods.len())
        .map(|method| {
            let mut n_by_rank = vec![0; methods.len()];
            for ranks in &resamples {
                n_by_rank[ranks[method] - 1] += 1;
            }
            RankStability::of(&n_by_rank)
        })
        .collect()
}

impl RankStability {
    /// The distribution of a method by the number of resamples with each rank.
    fn of(n_by_rank: &[usize]) -> Self {
        let n: usize = n_by_rank.iter().sum();
        let quantile = |share: f64| {
            let wanted = share * n as f64;
            let mut so_far = 0;
            n_by_rank.iter().position(|&n_with_rank| {
                so_far += n_with_rank;
                so_far > 0 && so_far as f64 >= wanted
            })
        };
        let rank = |share: f64| quantile(share).map(|place| place + 1);
        Self {
            shares: n_by_rank.iter().map(|&with| with as f64 / n.max(1) as f64).collect(),
            median: rank(0.5),
            ci95: rank(0.025).zip(rank(0.975)).map(<[usize; 2]>::from),
        }
    }
}

/// Ranks totals over equally many images: more defined values first, then the mean.
fn rank_totals(totals: &[Total], direction: Direction) -> Vec<usize> {
    let is_better = |one: &Total, other: &Total| {
        one.n_defined > other.n_defined
            || one.n_defined == other.n_defined
                && one.mean().zip(other.mean()).is_some_and(|(a, b)| direction.is_better(a, b))
    };
    shared_ranks(totals, is_better)
}

/// Ranks items from 1 for the best: one plus the number of better items. Equal items share a
/// rank and the next one is skipped: 1, 1, 3.
#[must_use]
pub fn shared_ranks<T>(items: &[T], is_better: impl Fn(&T, &T) -> bool) -> Vec<usize> {
    let rank = |item| 1 + items.iter().filter(|other| is_better(other, item)).count();
    items.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Direction::{HigherIsBetter, LowerIsBetter};
    use proptest::prelude::*;

    #[test]
    fn equal_methods_share_a_rank_and_the_next_is_skipped() {
        let methods = [[0.5, 0.7], [0.6, 0.6], [0.4, 0.4], [0.9, 0.9]]
            .map(|values| values.map(Some).to_vec());
        assert_eq!(rank_by_mean(&methods, HigherIsBetter), [2, 2, 4, 1]);
        assert_eq!(rank_by_mean(&methods, LowerIsBetter), [2, 2, 1, 4]);
    }

    #[test]
    fn an_undefined_value_is_worse_than_every_mean() {
        let methods = [
            vec![Some(9.0), None, None],
            vec![Some(9.0), Some(9.0), None],
            vec![Some(1.0), Some(1.0), Some(1.0)],
            vec![None, Some(1.0), Some(1.0)],
            vec![None; 3],
        ];
        assert_eq!(rank_by_mean(&methods, HigherIsBetter), [4, 2, 1, 3, 5]);
        assert_eq!(rank_by_mean(&methods, LowerIsBetter), [4, 3, 1, 2, 5]);
    }

    #[test]
    fn without_images_all_are_first_and_without_methods_nobody_is() {
        assert_eq!(rank_by_mean(&[vec![], vec![]], HigherIsBetter), [1, 1]);
        assert!(rank_by_mean(&[], HigherIsBetter).is_empty());
        let stability = rank_stability(&[vec![], vec![]], HigherIsBetter, &Bootstrap::new(0, 9, 1));
        assert_eq!(stability[1].shares, [1.0, 0.0]);
        assert!(rank_stability(&[], HigherIsBetter, &Bootstrap::new(3, 9, 1)).is_empty());
    }

    #[test]
    fn without_resamples_no_rank_is_taken() {
        let stability =
            rank_stability(&[vec![Some(1.0)]], HigherIsBetter, &Bootstrap::new(1, 0, 1));
        assert_eq!(stability, [RankStability { shares: vec![0.0], median: None, ci95: None }]);
    }

    #[test]
    fn quantiles_are_ranks_that_were_taken() {
        // numpy.quantile(numpy.repeat([1, 2, 4], [2, 47, 51]), [.025, .5, .975],
        //                method="inverted_cdf") -> [2, 4, 4]
        let stability = RankStability::of(&[2, 47, 0, 51]);
        assert_eq!((stability.median, stability.ci95), (Some(4), Some([2, 4])));
        assert_eq!(stability.shares, [0.02, 0.47, 0.0, 0.51]);
    }

    #[test]
    fn a_method_that_is_better_on_one_image_of_two_is_first_in_about_three_quarters() {
        // On one image the first is far better, on the other slightly worse: it loses
        // only where the resample is twice the other, a quarter of the resamples.
        let methods = [vec![Some(9.0), Some(1.0)], vec![Some(2.0), Some(2.0)]];
        let stability = rank_stability(&methods, HigherIsBetter, &Bootstrap::new(2, 4000, 1));
        assert!((stability[0].shares[0] - 0.75).abs() < 0.03, "{stability:?}");
        assert_eq!(stability[0].ci95, Some([1, 2]));
        assert_eq!((stability[0].median, stability[1].median), (Some(1), Some(2)));
    }

    #[test]
    fn undefined_values_are_worst_in_every_resample_that_holds_them() {
        let methods = [vec![Some(9.0), None], vec![Some(1.0), Some(1.0)]];
        let stability = rank_stability(&methods, HigherIsBetter, &Bootstrap::new(2, 4000, 1));
        // First only where the resample is twice the first image.
        assert!((stability[0].shares[0] - 0.25).abs() < 0.03, "{stability:?}");
    }

    #[test]
    #[should_panic(expected = "the same images")]
    fn methods_of_different_lengths_are_refused() {
        let _ = rank_by_mean(&[vec![Some(1.0)], vec![]], HigherIsBetter);
    }

    proptest! {
        #[test]
        fn ranks_are_shared_ranks_and_their_shares_sum_to_1_on_any_number_of_threads(
            methods in prop::collection::vec(
                prop::collection::vec(prop::option::weighted(0.8, (0..4).prop_map(f64::from)), 6),
                1..7),
            seed: u64,
        ) {
            let mut ranks = rank_by_mean(&methods, LowerIsBetter);
            ranks.sort_unstable();
            for (place, &rank) in ranks.iter().enumerate() {
                prop_assert_eq!(rank, 1 + ranks.iter().filter(|&&other| other < rank).count());
                prop_assert!(rank <= place + 1);
            }
            let on = |n_threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
                pool.install(|| {
                    rank_stability(&methods, LowerIsBetter, &Bootstrap::new(6, 50, seed))
                })
            };
            let stability = on(1);
            prop_assert_eq!(&stability, &on(2));
            for one in stability {
                prop_assert!((one.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                let ([best, worst], median) = (one.ci95.unwrap(), one.median.unwrap());
                prop_assert!(1 <= best && best <= median && median <= worst);
                prop_assert!(worst <= methods.len());
            }
        }
    }
}
