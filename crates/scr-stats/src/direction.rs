//! Direction of improvement of a column of values.

/// Direction of improvement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Higher is better, as for an overlap.
    HigherIsBetter,
    /// Lower is better, as for a distance.
    LowerIsBetter,
}

impl Direction {
    /// Rank value of an undefined value: worse than every number.
    pub(crate) const fn worst(self) -> f64 {
        match self {
            Self::HigherIsBetter => f64::NEG_INFINITY,
            Self::LowerIsBetter => f64::INFINITY,
        }
    }

    /// True when `one` is better than `other`; false for equal values.
    pub(crate) fn is_better(self, one: f64, other: f64) -> bool {
        match self {
            Self::HigherIsBetter => one > other,
            Self::LowerIsBetter => one < other,
        }
    }
}
