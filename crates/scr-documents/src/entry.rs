//! Entry: its role in a table of results and its card.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::ResultDocument;

/// What an entry is in a table of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntryRole {
    /// A human observer: a reference row.
    Observer,
    /// A method that this project brings, run two-fold: a reference row.
    Baseline,
    /// A participant's method.
    Method,
}

/// The card of an entry: what made the masks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardDocument {
    /// Name in tables.
    pub name: String,
    /// Who made it.
    pub authors: Vec<String>,
    /// What it does, in Markdown.
    pub description: String,
    /// Paper or address that describes it.
    pub reference: String,
    /// Where its code is.
    pub code: String,
    /// How it was trained and on what.
    pub training: String,
    /// Version of the method.
    pub version: String,
    /// Parameters, as text.
    pub parameters: IndexMap<String, String>,
    /// What of the method is verified at its source, and what is not.
    #[serde(default)]
    pub verified: String,
    /// What training and segmenting took, in words.
    #[serde(default)]
    pub cost: String,
    /// Identifier of the earlier entry that it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
}

/// The entries of a benchmark, without their images' values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntryList {
    pub entries: Vec<EntrySummary>,
}

/// An entry. In lists, `results` is without `images`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntrySummary {
    /// Identifier, as in its address; permanent.
    pub id: String,
    /// Name in tables.
    pub name: String,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// What it is in a table of results.
    pub role: EntryRole,
    /// What made the masks.
    pub card: CardDocument,
    /// What was measured.
    pub results: ResultDocument,
    /// Identifiers of the structures that have a posterior in each of its images.
    pub posteriors: Vec<String>,
    /// When it was published here, RFC 3339.
    pub published_at: String,
}

/// The results that an entry had before it was scored again by other rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastResultList {
    /// The first first.
    pub past_results: Vec<PastResultAnswer>,
}

/// A result that an entry had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastResultAnswer {
    /// When it became the entry's, RFC 3339.
    pub scored_at: String,
    /// When another took its place, RFC 3339.
    pub replaced_at: String,
    /// What was measured, with every image's values.
    pub results: ResultDocument,
}
