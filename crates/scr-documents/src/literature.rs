//! Literature: results that others published.

use serde::{Deserialize, Serialize};

/// A row that others published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiteratureDocument {
    /// Object, or `all` for a measure of whole images.
    pub object: String,
    /// Measure as its source names it.
    pub measure: String,
    /// Method as its source names it.
    pub method: String,
    /// Year of publication.
    pub year: String,
    /// Mean over images.
    pub mean: Option<f64>,
    /// Standard deviation over images.
    pub sd: Option<f64>,
    /// Unit of both.
    pub unit: String,
    /// Protocol, or a note that it was not read at the source.
    pub protocol: String,
    /// Place of the number in its source.
    pub source: String,
    /// Verification of the number.
    pub verified: String,
}
