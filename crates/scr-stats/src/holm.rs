//! Correction of p-values for multiple comparisons.

/// Holm's step-down adjusted p-values, in the order given.
///
/// The smallest of m p-values is multiplied by m, the next by m - 1 and so on,
/// each at least as large as the one before and at most 1. Rejecting where the
/// adjusted value is below alpha errs anywhere in the family with a probability
/// of at most alpha, however the comparisons depend on each other. Undefined
/// p-values stay so and do not count in m. An empty family gives an empty one.
///
/// # Source
/// Holm, "A simple sequentially rejective multiple test procedure", Scandinavian
/// Journal of Statistics 6, 1979, jstor:4615733. As R's `p.adjust(p, "holm")`.
///
/// # Example
/// ```
/// // 0.01 * 3, 0.02 * 2, and 0.03 * 1, which is raised to the one before.
/// let adjusted = scr_stats::holm(&[Some(0.03), None, Some(0.01), Some(0.02)]);
/// assert_eq!(adjusted, [Some(0.04), None, Some(0.03), Some(0.04)]);
/// ```
#[must_use]
pub fn holm(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut ascending: Vec<(usize, f64)> =
        p_values.iter().enumerate().filter_map(|(place, p)| Some((place, (*p)?))).collect();
    ascending.sort_by(|one, two| one.1.total_cmp(&two.1));
    let mut adjusted = vec![None; p_values.len()];
    let mut so_far = 0.0f64;
    for (step, &(place, p)) in ascending.iter().enumerate() {
        so_far = so_far.max(p * (ascending.len() - step) as f64).min(1.0);
        adjusted[place] = Some(so_far);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn four_p_values_by_hand() {
        // 0.005 * 4, 0.01 * 3, 0.03 * 2, and 0.04 * 1, which is raised to 0.06.
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005].map(Some));
        for (found, expected) in adjusted.into_iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found.unwrap() - expected).abs() < 1e-15, "{found:?} {expected}");
        }
    }

    #[test]
    fn nothing_is_above_1_and_a_single_p_stays() {
        assert_eq!(holm(&[Some(0.6), Some(0.9)]), [Some(1.0), Some(1.0)]);
        assert_eq!(holm(&[Some(0.6)]), [Some(0.6)]);
        assert_eq!(holm(&[Some(0.0), Some(0.0)]), [Some(0.0), Some(0.0)]);
    }

    #[test]
    fn undefined_p_values_do_not_count() {
        assert_eq!(holm(&[None, Some(0.2), None]), [None, Some(0.2), None]);
        assert_eq!(holm(&[None]), [None]);
        assert!(holm(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn adjusted_p_values_keep_the_order_and_are_not_below_the_raw(
            p_values in prop::collection::vec(prop::option::weighted(0.9, 0.0..=1.0f64), 0..30)
        ) {
            let adjusted = holm(&p_values);
            let pairs = p_values.iter().zip(&adjusted);
            prop_assert!(pairs.clone().all(|(raw, adjusted)| raw.is_some() == adjusted.is_some()));
            let mut pairs: Vec<_> = pairs.filter_map(|(raw, adj)| Some(((*raw)?, (*adj)?))).collect();
            pairs.sort_by(|one, two| one.0.total_cmp(&two.0));
            prop_assert!(pairs.iter().all(|&(raw, adjusted)| raw <= adjusted && adjusted <= 1.0));
            prop_assert!(pairs.windows(2).all(|step| step[0].1 <= step[1].1));
        }
    }
}
