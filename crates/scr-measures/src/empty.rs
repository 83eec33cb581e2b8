//! What a measure is when a mask is empty: one policy, here and nowhere else.
//!
//! | reference | prediction | shares (overlap, dice, nsd, ...) | distances |
//! |---|---|---|---|
//! | empty | empty | 1 | 0 |
//! | one of them empty | | 0 | undefined |
//!
//! Specificity alone needs no rule: it counts the background.
//!
//! An undefined value is counted and shown beside every summary; it is never
//! dropped in silence and never a perfect score.

use crate::Counts;

/// Which masks are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// Neither: measures follow their definitions.
    Neither,
    /// Exactly one.
    One,
    /// Both.
    Both,
}

impl Empty {
    /// Reads it off the counts.
    #[must_use]
    pub const fn of(counts: Counts) -> Self {
        match (counts.reference_is_empty(), counts.prediction_is_empty()) {
            (false, false) => Self::Neither,
            (true, true) => Self::Both,
            _ => Self::One,
        }
    }

    /// A distance by the policy; `measure` is asked only when neither is empty.
    pub fn distance(self, measure: impl FnOnce() -> Option<f64>) -> Option<f64> {
        match self {
            Self::Neither => measure(),
            Self::One => None,
            Self::Both => Some(0.0),
        }
    }

    /// A share by the policy; `measure` is asked only when neither is empty.
    pub fn share(self, measure: impl FnOnce() -> f64) -> f64 {
        match self {
            Self::Neither => measure(),
            Self::One => 0.0,
            Self::Both => 1.0,
        }
    }
}
