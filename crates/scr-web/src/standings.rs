//! Sort order and ranks of entries in a table of results.
//!
//! Orders summaries that were computed elsewhere, on their full precision.
//! An entry with images that have no value comes after all entries without
//! such images, fewer before more: an undefined value counts as worst and must
//! not pay off. What has no value at all is last, and has no rank.

use scr_documents::SummaryDocument;
use scr_measures::Better;
use std::cmp::Ordering;

/// Statistic of a summary that a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Statistic {
    /// Mean, with the standard deviation beside it.
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
    const ALL: [Self; 8] = [
        Self::Mean,
        Self::Interval,
        Self::Min,
        Self::LowerQuartile,
        Self::Median,
        Self::UpperQuartile,
        Self::Max,
        Self::Undefined,
    ];

    /// Word in addresses.
    pub(crate) const fn key(self) -> &'static str {
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

    /// Column heading.
    pub(crate) const fn label(self) -> &'static str {
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

    /// Value of the statistic.
    pub(crate) fn of(self, summary: &SummaryDocument) -> Option<f64> {
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

/// Sort key: measure and statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SortKey {
    /// Key of the measure.
    pub(crate) measure: String,
    /// Statistic of the measure.
    pub(crate) statistic: Statistic,
}

impl SortKey {
    /// A key from an address: `overlap.median`, or `overlap` for the mean. A
    /// measure's own key may hold dots.
    pub(crate) fn parsed(text: &str) -> Self {
        let split = text.rsplit_once('.').and_then(|(measure, word)| {
            let statistic = Statistic::ALL.into_iter().find(|statistic| statistic.key() == word)?;
            Some(Self { measure: measure.to_owned(), statistic })
        });
        split.unwrap_or_else(|| Self { measure: text.to_owned(), statistic: Statistic::Mean })
    }

    /// The key as it stands in addresses.
    pub(crate) fn written(&self) -> String {
        format!("{}.{}", self.measure, self.statistic.key())
    }
}

/// Sort direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

impl Order {
    /// The order that begins with the best.
    pub(crate) const fn best_first(better: Better) -> Self {
        match better {
            Better::Higher => Self::Descending,
            Better::Lower => Self::Ascending,
        }
    }

    /// The other order.
    pub(crate) const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }

    /// The word for it in addresses.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    /// The word for it in `aria-sort`.
    pub(crate) const fn aria(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }

    /// The order that an address names.
    pub(crate) fn parsed(text: &str) -> Option<Self> {
        match text {
            "asc" => Some(Self::Ascending),
            "desc" => Some(Self::Descending),
            _ => None,
        }
    }

    /// Compares two values; NaN is larger than all numbers.
    pub(crate) fn compare(self, left: f64, right: f64) -> Ordering {
        match self {
            Self::Ascending => left.total_cmp(&right),
            Self::Descending => right.total_cmp(&left),
        }
    }
}

/// Value of an entry in a column, with its number of undefined images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    value: Option<f64>,
    n_undefined: usize,
}

impl Standing {
    /// The standing of a summary; of none, when the entry lacks the measure.
    pub(crate) fn of(summary: Option<&SummaryDocument>, statistic: Statistic) -> Self {
        match summary {
            Some(summary) => {
                // The column of counts is ordered by the counts, not by what they tell of others.
                let counts = statistic != Statistic::Undefined;
                let n_undefined = summary.n_undefined.filter(|_| counts).unwrap_or_default();
                Self { value: statistic.of(summary), n_undefined }
            }
            None => Self { value: None, n_undefined: 0 },
        }
    }

    /// Compares two standings in an order of values; what is undefined comes
    /// last in either order.
    pub(crate) fn compare(self, other: Self, order: Order) -> Ordering {
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

/// The rank of each standing, 1 for the best; equals share the rank and the
/// next ones after them are left out (1, 2, 2, 4).
pub(crate) fn ranks(standings: &[Standing], better: Better) -> Vec<Option<usize>> {
    let order = Order::best_first(better);
    let rank = |standing: &Standing| {
        standing.value?;
        let ahead = standings
            .iter()
            .filter(|other| other.compare(*standing, order) == Ordering::Less)
            .count();
        Some(ahead + 1)
    };
    standings.iter().map(rank).collect()
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
    fn undefined_is_last_in_either_order() {
        let (whole, part, none) =
            (standing(Some(1.0), 0), standing(Some(2.0), 1), standing(None, 3));
        for order in [Order::Ascending, Order::Descending] {
            assert_eq!(whole.compare(part, order), Ordering::Less);
            assert_eq!(part.compare(none, order), Ordering::Less);
        }
    }

    #[test]
    fn a_sort_key_reads_back_and_a_measure_may_hold_dots() {
        let key = SortKey::parsed("hausdorff_95.pooled_px.median");
        assert_eq!(
            (key.measure.as_str(), key.statistic),
            ("hausdorff_95.pooled_px", Statistic::Median)
        );
        assert_eq!(SortKey::parsed(&key.written()), key);
        let key = SortKey::parsed("hausdorff_95.pooled_px");
        assert_eq!(
            (key.measure.as_str(), key.statistic),
            ("hausdorff_95.pooled_px", Statistic::Mean)
        );
    }
}
