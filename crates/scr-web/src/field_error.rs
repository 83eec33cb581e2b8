//! Validation error of one field, as forms show it and the API returns it.

use scr_data::Problem;
use scr_documents::RefusedField;
use std::borrow::Cow;

/// Validation error of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// Field name as in the API: `card.name`.
    pub(crate) field: Cow<'static, str>,
    /// Expected value.
    pub(crate) message: String,
}

impl FieldError {
    /// Error of a field that this crate checks.
    pub(crate) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }

    /// Its written form.
    pub(crate) fn document(&self) -> RefusedField {
        RefusedField { field: self.field.to_string(), message: self.message.clone() }
    }
}

impl From<&Problem> for FieldError {
    /// Error of a field that the store checks.
    fn from(problem: &Problem) -> Self {
        let Problem { place, expected, found, .. } = problem;
        let message = format!("expected {expected}, found {found}");
        Self { field: place.replace(' ', "_").into(), message }
    }
}
