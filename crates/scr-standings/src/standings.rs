//! Standings: order and ranks of results in a table.
//!
//! Orders existing summaries, on full precision. A result with undefined images comes
//! after all results without, fewer before more: an undefined value ranks worst and must
//! not pay off. A result without any value is last, and has no rank.

use std::cmp::Ordering;

use scr_documents::{ResultDocument, SummaryDocument};
use scr_measures::{Better, Measure, Quantity};
use scr_stats::shared_ranks;

/// Statistic of a summary: the number in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    /// Mean, with the standard deviation.
    Mean,
    /// Bootstrap interval of the mean, ordered by its lower end.
    Interval,
    /// Smallest value.
    Min,
    /// Lower quartile.
    LowerQuartile,
    /// Median.
    Median,
    /// Upper quartile.
    UpperQuartile,
    /// Largest value.
    Max,
    /// Number of images without a value.
    Undefined,
}

impl Statistic {
    /// All statistics, in the order of columns.
    pub const ALL: [Self; 8] = [
        Self::Mean,
        Self::Interval,
        Self::Min,
        Self::LowerQuartile,
        Self::Median,
        Self::UpperQuartile,
        Self::Max,
        Self::Undefined,
    ];

    /// Key of the statistic.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Interval => "ci95",
            Self::Min => "min",
            Self::LowerQuartile => "q1",
            Self::Median => "median",
            Self::UpperQuartile => "q3",
            Self::Max => "max",
            Self::Undefined => "undefined",
        }
    }

    /// Label of a column.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Mean => "Mean (sd)",
            Self::Interval => "95 % interval",
            Self::Min => "Min",
            Self::LowerQuartile => "Q1",
            Self::Median => "Median",
            Self::UpperQuartile => "Q3",
            Self::Max => "Max",
            Self::Undefined => "Undefined",
        }
    }

    /// The number in a summary.
    #[must_use]
    pub fn of(self, summary: &SummaryDocument) -> Option<f64> {
        match self {
            Self::Mean => summary.mean,
            Self::Interval => summary.ci95.map(|[low, _]| low),
            Self::Min => summary.min,
            Self::LowerQuartile => summary.q1,
            Self::Median => summary.median,
            Self::UpperQuartile => summary.q3,
            Self::Max => summary.max,
            Self::Undefined => summary.n_undefined.map(|n| n as f64),
        }
    }
}

/// Order of a column's values, from the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// From small to large.
    Ascending,
    /// From large to small.
    Descending,
}

impl Order {
    /// The order with the best value first.
    #[must_use]
    pub const fn best_first(better: Better) -> Self {
        match better {
            Better::Higher => Self::Descending,
            Better::Lower => Self::Ascending,
        }
    }

    /// The other order.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }

    /// Key of the order: `asc` or `desc`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    /// Name of the order, as in `aria-sort`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }

    /// The order with this key.
    #[must_use]
    pub fn from_key(text: &str) -> Option<Self> {
        match text {
            "asc" => Some(Self::Ascending),
            "desc" => Some(Self::Descending),
            _ => None,
        }
    }

    /// Compares two values; NaN is larger than all numbers.
    #[must_use]
    pub fn compare(self, left: f64, right: f64) -> Ordering {
        match self {
            Self::Ascending => left.total_cmp(&right),
            Self::Descending => right.total_cmp(&left),
        }
    }
}

/// Standing of a result in one column: its value, and its number of undefined images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    value: Option<f64>,
    n_undefined: usize,
}

impl Standing {
    /// The standing of a result's summary by a measure's key; without a value when the result
    /// lacks the measure.
    #[must_use]
    pub fn of(
        result: &ResultDocument,
        key: &str,
        summary: Option<&SummaryDocument>,
        statistic: Statistic,
    ) -> Self {
        match summary {
            Some(summary) => {
                // The column of undefined counts is ordered by the counts alone.
                let counts = statistic != Statistic::Undefined && !is_penalised(result, key);
                let n_undefined = summary.n_undefined.filter(|_| counts).unwrap_or_default();
                Self { value: statistic.of(summary), n_undefined }
            }
            None => Self { value: None, n_undefined: 0 },
        }
    }

    /// Compares two standings in an order of values; an undefined one is last in either
    /// order.
    #[must_use]
    pub fn compare(self, other: Self, order: Order) -> Ordering {
        match (self.value, other.value) {
            (Some(left), Some(right)) => {
                self.n_undefined.cmp(&other.n_undefined).then_with(|| order.compare(left, right))
            }
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}

/// Ranks of standings, 1 for the best; equal ones share a rank and the next is skipped
/// (1, 2, 2, 4). None without a value.
#[must_use]
pub fn ranks(standings: &[Standing], better: Better) -> Vec<Option<usize>> {
    let order = Order::best_first(better);
    let is_better = |one: &Standing, other: &Standing| one.compare(*other, order) == Ordering::Less;
    let ranks = shared_ranks(standings, is_better);
    standings.iter().zip(ranks).map(|(standing, rank)| standing.value.map(|_| rank)).collect()
}

/// Ranks among all results and among submissions alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranks {
    /// Rank of each result among all.
    pub among_all: Vec<Option<usize>>,
    /// Rank of each submission among submissions; none for observers and baselines.
    pub among_submissions: Vec<Option<usize>>,
}

impl Ranks {
    /// Ranks of standings; `is_submission` says which results are no reference rows.
    #[must_use]
    pub fn of(standings: &[Standing], is_submission: &[bool], better: Better) -> Self {
        let chosen: Vec<usize> =
            (0..standings.len()).filter(|&place| is_submission.get(place) == Some(&true)).collect();
        let of_chosen: Vec<Standing> = chosen.iter().map(|&place| standings[place]).collect();
        let mut among_submissions = vec![None; standings.len()];
        for (place, rank) in chosen.into_iter().zip(ranks(&of_chosen, better)) {
            among_submissions[place] = rank;
        }
        Self { among_all: ranks(standings, better), among_submissions }
    }
}

/// True where a result's means count an undefined value of a measure as a penalty.
#[must_use]
pub fn is_penalised(result: &ResultDocument, key: &str) -> bool {
    let is_distance = || {
        let measure = Measure::from_result_key(key);
        measure.is_ok_and(|(measure, _)| measure.quantity() == Quantity::Distance)
    };
    result.undefined_as.is_some() && is_distance()
}

/// Number of images behind a summary, those without a value too; none where it is hidden.
#[must_use]
pub fn n_images(result: &ResultDocument, key: &str, summary: &SummaryDocument) -> Option<usize> {
    let (n, n_undefined) = (summary.n?, summary.n_undefined?);
    Some(if is_penalised(result, key) { n } else { n + n_undefined })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(value: Option<f64>, n_undefined: usize) -> Standing {
        Standing { value, n_undefined }
    }

    #[test]
    fn equals_share_a_rank_on_full_precision() {
        let standings = [0.9, 0.95, 0.9, 0.900_000_1, 0.8].map(|value| standing(Some(value), 0));
        let found = ranks(&standings, Better::Higher);
        assert_eq!(found, [Some(3), Some(1), Some(3), Some(2), Some(5)]);
    }

    #[test]
    fn undefined_images_count_as_worst_and_no_value_has_no_rank() {
        let standings = [
            standing(Some(0.1), 2),
            standing(Some(9.0), 0),
            standing(None, 5),
            standing(Some(0.2), 1),
        ];
        assert_eq!(ranks(&standings, Better::Lower), [Some(3), Some(1), None, Some(2)]);
    }

    #[test]
    fn submissions_have_ranks_among_themselves_too() {
        let standings = [0.9, 0.95, 0.8, 0.9].map(|value| standing(Some(value), 0));
        let ranks = Ranks::of(&standings, &[true, false, true, true], Better::Higher);
        assert_eq!(ranks.among_all, [Some(2), Some(1), Some(4), Some(2)]);
        assert_eq!(ranks.among_submissions, [Some(1), None, Some(3), Some(1)]);
    }

    #[test]
    fn undefined_is_last_in_either_order() {
        let whole = standing(Some(1.0), 0);
        let part = standing(Some(2.0), 1);
        let none = standing(None, 3);
        for order in [Order::Ascending, Order::Descending] {
            assert_eq!(whole.compare(part, order), Ordering::Less);
            assert_eq!(part.compare(none, order), Ordering::Less);
        }
    }
}
