//! Policy for empty masks, the only one.
//!
//! | reference | prediction | shares (overlap, dice, nsd, ...) | distances |
//! |---|---|---|---|
//! | empty | empty | 1 | 0 |
//! | one of them empty | | 0 | undefined |
//!
//! Specificity alone needs no rule: it counts the background.
//!
//! Every summary counts and shows undefined values; none is dropped silently or
//! counts as a perfect score.

use crate::Counts;

/// Emptiness of a reference and a prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emptiness {
    /// Neither mask is empty: measures follow their definitions.
    Neither,
    /// Exactly one mask is empty.
    One,
    /// Both masks are empty.
    Both,
}

impl Emptiness {
    /// The emptiness by the confusion matrix.
    #[must_use]
    pub const fn of(counts: Counts) -> Self {
        match (counts.reference_is_empty(), counts.prediction_is_empty()) {
            (false, false) => Self::Neither,
            (true, true) => Self::Both,
            _ => Self::One,
        }
    }

    /// A distance by the policy; calls `measure` only when neither is empty.
    pub fn distance(self, measure: impl FnOnce() -> Option<f64>) -> Option<f64> {
        match self {
            Self::Neither => measure(),
            Self::One => None,
            Self::Both => Some(0.0),
        }
    }

    /// A share by the policy; calls `measure` only when neither is empty.
    pub fn share(self, measure: impl FnOnce() -> f64) -> f64 {
        match self {
            Self::Neither => measure(),
            Self::One => 0.0,
            Self::Both => 1.0,
        }
    }
}
