//! Refusal: the answer of the API to a request that fails.

use serde::{Deserialize, Serialize};

/// The answer to a request that fails.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The reason.
    pub error: RefusalReason,
}

/// Status, title and message of a refusal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefusalReason {
    /// The HTTP status.
    pub status: u16,
    /// Title in a few words.
    pub title: String,
    /// Message in a sentence.
    pub message: String,
    /// Errors of fields; absent where no field is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<RefusedField>,
}

/// Error of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefusedField {
    /// Name of the field: `card.name`.
    pub field: String,
    /// The expected value.
    pub message: String,
}
