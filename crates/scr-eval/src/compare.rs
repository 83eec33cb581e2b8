//! Comparison of methods over the same images, with significance tests.
//!
//! Takes values by object and measure from any source; measures nothing. Applies the
//! tests of [`scr_stats`] to each measure.

use scr_stats::{
    BlandAltman, Bootstrap, Direction, PairedComparison, RankStability, SignedRank,
    SignificantWins, holm, rank_by_mean, rank_stability,
};

/// Values of one method, in columns.
#[derive(Debug, Clone, PartialEq)]
pub struct MethodValues {
    /// Name for people.
    pub name: String,
    /// One column a measure; the same for every method that is compared.
    pub columns: Vec<ValueColumn>,
    /// Cardiothoracic ratios of the reference and of the method, if any.
    pub ratios: Option<[Vec<Option<f64>>; 2]>,
}

/// Column of values: one measure of one object, or of whole images.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueColumn {
    /// Object; none for measures of whole images.
    pub object: Option<String>,
    /// The measure's key in results.
    pub key: String,
    /// Direction of improvement.
    pub direction: Direction,
    /// One value an image, in the same order for every method; `None` where undefined.
    pub values: Vec<Option<f64>>,
}

/// Settings of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompareSettings {
    /// Significance level: the adjusted p below which a difference is significant.
    pub alpha: f64,
    /// Number of bootstrap resamples for rank stability.
    pub bootstrap_resamples: usize,
    /// Seed of the resamples.
    pub bootstrap_seed: u64,
}

impl Default for CompareSettings {
    /// 0.05; 2000 resamples, seed 1.
    fn default() -> Self {
        Self { alpha: 0.05, bootstrap_resamples: 2000, bootstrap_seed: 1 }
    }
}

/// Comparison of methods by each measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Names, in the order given.
    pub methods: Vec<String>,
    /// One for each column, in the order given.
    pub measures: Vec<ComparedMeasure>,
    /// Limits of agreement of the cardiothoracic ratio, by method.
    pub agreement: Vec<Option<BlandAltman>>,
}

/// Comparison of all methods by one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedMeasure {
    /// Object; none for measures of whole images.
    pub object: Option<String>,
    /// The measure's key in results.
    pub key: String,
    /// Ranks by mean, undefined values worst.
    pub ranks_by_mean: Vec<usize>,
    /// Ranks by significant wins.
    pub wins: SignificantWins,
    /// Stability of the ranks by mean.
    pub stability: Vec<RankStability>,
    /// Every pair, first before second in the order of methods.
    pub pairs: Vec<ComparedPair>,
}

/// Comparison of two methods by one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedPair {
    /// Index of the first method.
    pub first: usize,
    /// Index of the second method.
    pub second: usize,
    /// Mean difference, first minus second, and the paired t test.
    pub paired: PairedComparison,
    /// The t test's p, adjusted by Holm over the pairs of this measure.
    pub adjusted_t_p: Option<f64>,
    /// Wilcoxon's signed-rank test.
    pub signed_rank: SignedRank,
    /// Wilcoxon's p, adjusted by Holm over the pairs of this measure.
    pub adjusted_p: Option<f64>,
    /// Wilcoxon's p, adjusted by Holm over all pairs, measures and objects of the comparison.
    pub family_p: Option<f64>,
    /// Index of the better method: `family_p` is below the significance level, and the
    /// interval of the mean difference is on the same side and holds no zero.
    pub better: Option<usize>,
}

impl ComparedPair {
    /// Decides which method is better, from the tests and the interval.
    fn decide(&mut self, direction: Direction, alpha: f64) {
        let Some([low, high]) = self.paired.ci95 else { return };
        if self.family_p.is_none_or(|p| p >= alpha) {
            return;
        }
        let first_wins = low.min(high) > 0.0;
        let second_wins = low.max(high) < 0.0;
        let test = &self.signed_rank;
        let (first, second) = match direction {
            Direction::HigherIsBetter => (self.first, self.second),
            Direction::LowerIsBetter => (self.second, self.first),
        };
        if first_wins && test.w_plus > test.w_minus {
            self.better = Some(first);
        } else if second_wins && test.w_plus < test.w_minus {
            self.better = Some(second);
        }
    }
}

/// Compares methods by every column.
///
/// Ranks by wins follow each measure by itself: the family of tests that their adjustment by
/// Holm covers is all pairs of methods by one measure of one object. [`ComparedPair::better`]
/// speaks of all columns at once, and so its family is all pairs by all columns.
///
/// # Panics
/// When the methods' columns do not agree in number and length.
#[must_use]
pub fn compare(methods: &[MethodValues], settings: CompareSettings) -> Comparison {
    let n_columns = methods.first().map_or(0, |method| method.columns.len());
    assert!(
        methods.iter().all(|method| method.columns.len() == n_columns),
        "methods are compared by the same columns"
    );
    let compare_column = |column: usize| {
        let of = |method: &MethodValues| method.columns[column].values.clone();
        let values: Vec<Vec<Option<f64>>> = methods.iter().map(of).collect();
        compare_by(&methods[0].columns[column], &values, settings)
    };
    let mut measures: Vec<ComparedMeasure> = (0..n_columns).map(compare_column).collect();
    let pairs = measures.iter().flat_map(|measure| &measure.pairs);
    let family = holm(&pairs.map(|pair| pair.signed_rank.p).collect::<Vec<_>>());
    let mut family = family.into_iter();
    for (column, measure) in measures.iter_mut().enumerate() {
        for pair in &mut measure.pairs {
            pair.family_p = family.next().flatten();
            pair.decide(methods[0].columns[column].direction, settings.alpha);
        }
    }
    let agreement = |method: &MethodValues| {
        method.ratios.as_ref().map(|[reference, found]| BlandAltman::of(reference, found))
    };
    Comparison {
        methods: methods.iter().map(|method| method.name.clone()).collect(),
        measures,
        agreement: methods.iter().map(agreement).collect(),
    }
}

fn compare_by(
    column: &ValueColumn,
    values: &[Vec<Option<f64>>],
    settings: CompareSettings,
) -> ComparedMeasure {
    let direction = column.direction;
    let n_images = values.first().map_or(0, Vec::len);
    let bootstrap = Bootstrap::new(n_images, settings.bootstrap_resamples, settings.bootstrap_seed);
    let n = values.len();
    let mut pairs: Vec<ComparedPair> = (0..n)
        .flat_map(|first| (first + 1..n).map(move |second| (first, second)))
        .map(|(first, second)| ComparedPair {
            first,
            second,
            paired: PairedComparison::of(&values[first], &values[second]),
            adjusted_t_p: None,
            signed_rank: SignedRank::of(&values[first], &values[second], direction),
            adjusted_p: None,
            family_p: None,
            better: None,
        })
        .collect();
    let by_t = holm(&pairs.iter().map(|pair| pair.paired.p).collect::<Vec<_>>());
    let by_rank = holm(&pairs.iter().map(|pair| pair.signed_rank.p).collect::<Vec<_>>());
    for ((pair, by_t), by_rank) in pairs.iter_mut().zip(by_t).zip(by_rank) {
        (pair.adjusted_t_p, pair.adjusted_p) = (by_t, by_rank);
    }
    ComparedMeasure {
        object: column.object.clone(),
        key: column.key.clone(),
        ranks_by_mean: rank_by_mean(values, direction),
        wins: SignificantWins::of(values, direction, settings.alpha),
        stability: rank_stability(values, direction, &bootstrap),
        pairs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(name: &str, base: f64) -> MethodValues {
        with_columns(name, &[(0..12).map(|image| base + f64::from(image) * base * 0.01).collect()])
    }

    fn with_columns(name: &str, columns: &[Vec<f64>]) -> MethodValues {
        let column = |values: &Vec<f64>| ValueColumn {
            object: Some("heart".into()),
            key: "dice".into(),
            direction: Direction::HigherIsBetter,
            values: values.iter().copied().map(Some).collect(),
        };
        MethodValues {
            name: name.into(),
            columns: columns.iter().map(column).collect(),
            ratios: None,
        }
    }

    #[test]
    fn a_method_that_is_better_on_every_image_wins() {
        let methods = [method("poor", 0.5), method("good", 0.8), method("fair", 0.6)];
        let found = compare(&methods, CompareSettings::default());
        let measure = &found.measures[0];
        assert_eq!(measure.ranks_by_mean, [3, 1, 2]);
        assert_eq!(measure.wins.ranks, [3, 1, 2]);
        assert_eq!(measure.stability[1].ci95, Some([1, 1]));
        let order: Vec<_> = measure.pairs.iter().map(|pair| (pair.first, pair.second)).collect();
        assert_eq!(order, [(0, 1), (0, 2), (1, 2)]);
        // 2 of 2^12 sign patterns are as extreme; Holm multiplies by 3, 2, 1 and keeps the order.
        let p = measure.pairs[0].adjusted_p.unwrap();
        assert!((p - 3.0 * 2.0 / 4096.0).abs() < 1e-15, "{p}");
        let better: Vec<_> = measure.pairs.iter().map(|pair| pair.better).collect();
        assert_eq!(better, [Some(1), Some(2), Some(1)]);
        assert_eq!(found.agreement, [None, None, None]);
    }

    #[test]
    fn a_difference_is_tested_in_the_family_of_all_columns() {
        // Eight of eight images differ in one direction: p = 2 / 256 for each column.
        let zeros = vec![0.5; 8];
        let above: Vec<f64> = (0..8).map(|image| 0.6 + f64::from(image) * 0.01).collect();
        let of = |n_columns: usize| {
            let methods = [
                with_columns("low", &vec![zeros.clone(); n_columns]),
                with_columns("high", &vec![above.clone(); n_columns]),
            ];
            compare(&methods, CompareSettings::default()).measures[0].pairs[0].clone()
        };
        assert_eq!((of(6).family_p, of(6).better), (Some(6.0 * 2.0 / 256.0), Some(1)));
        assert_eq!((of(7).family_p, of(7).better), (Some(7.0 * 2.0 / 256.0), None));
        assert_eq!(of(7).adjusted_p, Some(2.0 / 256.0), "over the pairs of one measure");
    }

    #[test]
    fn nothing_is_better_where_the_interval_of_the_difference_holds_zero() {
        // Seven small differences and one large one in the other direction: the ranks decide
        // for the second method, the mean does not.
        let mut values: Vec<f64> = (1..=11).map(|image| 0.5 + f64::from(image) * 0.001).collect();
        values.push(0.2);
        let methods = [with_columns("even", &[vec![0.5; 12]]), with_columns("rising", &[values])];
        let pair = &compare(&methods, CompareSettings::default()).measures[0].pairs[0];
        assert!(pair.family_p.is_some_and(|p| p < 0.05), "{:?}", pair.family_p);
        let [low, high] = pair.paired.ci95.unwrap();
        assert!(low < 0.0 && high > 0.0, "{low} {high}");
        assert_eq!(pair.better, None);
    }

    #[test]
    fn one_method_alone_has_nothing_to_be_compared_with() {
        let found = compare(&[method("alone", 0.5)], CompareSettings::default());
        assert_eq!(found.measures[0].wins.ranks, [1]);
        assert!(found.measures[0].pairs.is_empty());
        assert!(compare(&[], CompareSettings::default()).measures.is_empty());
    }
}
