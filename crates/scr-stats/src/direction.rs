//! What "better" and "worst" mean for a column of values.

/// In which direction values improve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Higher is better, as for an overlap.
    HigherIsBetter,
    /// Lower is better, as for a distance.
    LowerIsBetter,
}

impl Direction {
    /// What an undefined value counts as: worse than every number.
    pub(crate) const fn worst(self) -> f64 {
        match self {
            Self::HigherIsBetter => f64::NEG_INFINITY,
            Self::LowerIsBetter => f64::INFINITY,
        }
    }

    /// Whether `one` is better than `other`; equal values are not.
    pub(crate) fn is_better(self, one: f64, other: f64) -> bool {
        match self {
            Self::HigherIsBetter => one > other,
            Self::LowerIsBetter => one < other,
        }
    }
}
