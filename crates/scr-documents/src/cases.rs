//! Cases of a benchmark: what orders and filters its images, in columns.
//!
//! Columns keep lists of many images small: names of fields are written once.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{EntryRole, Fold};

/// Images of a benchmark with their folds and attributes, and the entries and measures whose
/// scores can order them. Every column is in the order of `images`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseList {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Digest of the benchmark.
    pub digest: String,
    /// Identifiers of the images, in the order of the benchmark's table.
    pub images: Vec<String>,
    /// Fold of each image.
    pub fold: Vec<Fold>,
    /// Values of each attribute; an empty text where there is none.
    pub attributes: IndexMap<String, Vec<String>>,
    /// Addresses of the pictures of a case, relative to the list's own: a thumbnail, and the
    /// outlines of the reference over it. `*` is in place of the image. Empty where the terms forbid
    /// display.
    pub pictures: Vec<String>,
    /// The reference; null where it is not shown.
    pub reference: Option<String>,
    /// Entries with scores of single images; empty where these are hidden.
    pub entries: Vec<CaseEntry>,
    /// Objects and measures of these scores.
    pub columns: Vec<CaseColumn>,
}

/// An entry whose scores can order cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseEntry {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Role in tables.
    pub role: EntryRole,
}

/// A measure of an object, or of whole images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseColumn {
    /// Identifier of the object; `all` for measures of whole images.
    pub object: String,
    /// Name of the object.
    pub object_name: String,
    /// Key of the measure, with its unit.
    pub measure: String,
    /// Name of the measure, with its unit.
    pub measure_name: String,
    /// True if higher values are better; null for a measure without a better end.
    pub higher_is_better: Option<bool>,
    /// Decimals on pages.
    pub decimals: usize,
}

/// Scores of an entry in every image: one measure of one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScoreColumn {
    /// Identifier of the entry.
    pub entry: String,
    /// Identifier of the object; `all` for measures of whole images.
    pub object: String,
    /// Key of the measure, with its unit.
    pub measure: String,
    /// Values in the order of the benchmark's images; null where undefined or missing.
    pub values: Vec<Option<f64>>,
    /// Positions, from 0, of images that the entry does not cover.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<usize>,
}
