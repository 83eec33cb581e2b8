//! Benchmark: what the site shows of one and the API serves.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{LiteratureDocument, SpacingDocument, TermsDocument};

/// A published benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BenchmarkDocument {
    /// Identifier, as in its address.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// What the images are.
    pub description: String,
    /// How the structures are defined, so that nobody pools what differs.
    pub definition: String,
    /// Names exactly what is scored against: `sha256:` and 64 hex digits.
    pub digest: String,
    /// Distance between pixels in mm, null when it is not known.
    pub spacing_mm: Option<SpacingDocument>,
    /// Whether the images are drawn by the project's phantom and no patient's.
    pub phantom: bool,
    /// What is drawn.
    pub structures: Vec<NamedDocument>,
    /// What is scored.
    pub objects: Vec<ObjectDocument>,
    /// Who drew; the first is the reference, unless that is hidden and left out.
    pub observers: Vec<ObserverDocument>,
    /// Whether the reference is left out of `observers`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reference_hidden: bool,
    /// The step by which a score must be better to be shown, where a ladder keeps the
    /// reference hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<f64>,
    /// When the operator ended the benchmark, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// How the folds are to be used, such as `two-fold`.
    pub protocol: String,
    /// All images, in the order of the benchmark's table.
    pub images: Vec<ImageEntryDocument>,
    /// What one may do with the data.
    pub terms: TermsDocument,
    /// What others published on the data that this benchmark stands beside.
    pub literature: Vec<LiteratureDocument>,
    /// What to say of these rows: on which data they were measured.
    pub literature_note: String,
}

impl BenchmarkDocument {
    /// Whose masks the others are compared with, where that is to be seen.
    #[must_use]
    pub fn reference(&self) -> Option<&ObserverDocument> {
        self.observers.first().filter(|_| !self.reference_hidden)
    }

    /// Whether pages may show what observers drew, also where it is an entry: where the
    /// terms say so, and not where all observers are hidden with the reference.
    #[must_use]
    pub fn shows_observers(&self) -> bool {
        self.terms.display.is_allowed() && !(self.reference_hidden && self.observers.is_empty())
    }

    /// Whether an observer is one of those that are listed.
    #[must_use]
    pub fn has_observer(&self, id: &str) -> bool {
        self.observers.iter().any(|observer| observer.id == id)
    }
}

/// Something with an identifier and a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamedDocument {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
}

/// An object: a union of structures that is scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectDocument {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Identifiers of its structures.
    pub structures: Vec<String>,
}

/// An observer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObserverDocument {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Whether corresponding landmarks were given, beside the masks.
    pub landmarks: bool,
}

/// One radiograph of a benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImageEntryDocument {
    /// Identifier.
    pub id: String,
    /// Fold, 1 or 2.
    pub fold: u8,
    /// Columns of the reference masks, in pixels.
    pub width: usize,
    /// Rows of the reference masks, in pixels.
    pub height: usize,
    /// Whether the radiograph itself is in the store, and not only its masks.
    pub has_pixels: bool,
    /// Further columns of the benchmark's table: age, sex, nodule...
    pub attributes: IndexMap<String, String>,
}

/// All benchmarks, without their images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BenchmarkList {
    pub benchmarks: Vec<BenchmarkSummary>,
}

/// A benchmark in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BenchmarkSummary {
    /// Identifier, as in its address.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// What the images are.
    pub description: String,
    /// Names exactly what is scored against.
    pub digest: String,
    /// Whether the images are drawn by a program and are no patient's.
    pub phantom: bool,
    /// How many images there are.
    pub n_images: usize,
    /// Identifiers of what is scored.
    pub objects: Vec<String>,
    /// When it was published here, RFC 3339.
    pub published_at: String,
}

/// A benchmark and when it was published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BenchmarkAnswer {
    /// The benchmark.
    #[serde(flatten)]
    pub document: BenchmarkDocument,
    /// When it was published here, RFC 3339.
    pub published_at: String,
}
