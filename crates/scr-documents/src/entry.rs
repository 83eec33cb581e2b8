//! Entry: its role in a table of results and its card.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{ResultDocument, VerifiedRunDocument};

/// Role of an entry in a table of results.
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

impl EntryRole {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Observer, Self::Baseline, Self::Method];

    /// Key of the role, as in JSON.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Observer => "observer",
            Self::Baseline => "baseline",
            Self::Method => "method",
        }
    }
}

/// Card of an entry: author, method and publication.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardDocument {
    /// Name in tables.
    pub name: String,
    /// Authors of the method.
    pub authors: Vec<String>,
    /// Description of the method, in Markdown.
    pub description: String,
    /// Paper or address that describes it.
    pub reference: String,
    /// Address of the code.
    pub code: String,
    /// Training: data and procedure.
    pub training: String,
    /// Version of the method.
    pub version: String,
    /// Parameters, as text.
    pub parameters: IndexMap<String, String>,
    /// Verification of the method at its source, and its gaps.
    #[serde(default)]
    pub verified: String,
    /// Cost of training and segmenting, in words.
    #[serde(default)]
    pub cost: String,
    /// Identifier of the earlier entry that it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
}

/// Entries of a benchmark, without their images' values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntryList {
    /// In the order of publication.
    pub entries: Vec<EntrySummary>,
    /// Address of the entries that follow; null at the end.
    #[serde(default)]
    pub next: Option<String>,
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
    /// Role in a table of results.
    pub role: EntryRole,
    /// Card of the method.
    pub card: CardDocument,
    /// Scores.
    pub results: ResultDocument,
    /// Identifiers of the structures that have a posterior in each of its images.
    pub posteriors: Vec<String>,
    /// Verified run, of an entry whose model the site ran; absent for masks that were submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_run: Option<VerifiedRunDocument>,
    /// Time of publication on this site, RFC 3339.
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
    /// Time at which it became the entry's result, RFC 3339.
    pub scored_at: String,
    /// Time at which another result replaced it, RFC 3339.
    pub replaced_at: String,
    /// Scores, with the values of every image.
    pub results: ResultDocument,
}
