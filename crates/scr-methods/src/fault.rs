//! Faults of model files.

use std::fmt::Display;

/// Part of a model that training cannot have written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFault {
    /// Name of the part, from the outermost: `level 1, variances`.
    pub field: String,
    /// Expected value: one that training writes.
    pub expected: String,
    /// Value in the file.
    pub found: String,
}

impl ModelFault {
    /// Fault of the part `field`.
    pub fn new(field: impl Into<String>, expected: impl Into<String>, found: impl Display) -> Self {
        Self { field: field.into(), expected: expected.into(), found: found.to_string() }
    }

    /// Names the part within a larger part.
    #[must_use]
    pub fn within(mut self, whole: impl Display) -> Self {
        self.field = format!("{whole}, {}", self.field);
        self
    }
}
