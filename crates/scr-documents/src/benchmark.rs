//! Benchmark document, which pages show and the API serves.

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
    /// Description of the images.
    pub description: String,
    /// Definition of the structures: benchmarks with other definitions must not be pooled.
    pub definition: String,
    /// Digest of the benchmark with its reference: `sha256:` and 64 hex digits.
    pub digest: String,
    /// Distance between pixels in mm, null when it is not known.
    pub spacing_mm: Option<SpacingDocument>,
    /// True where the project's phantom drew the images: they show no patient.
    pub phantom: bool,
    /// Structures that observers drew.
    pub structures: Vec<NamedDocument>,
    /// Objects that are scored.
    pub objects: Vec<ObjectDocument>,
    /// Observers; the first is the reference, unless that is hidden and left out.
    pub observers: Vec<ObserverDocument>,
    /// True where the reference is hidden and left out of `observers`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reference_hidden: bool,
    /// The step by which a score must be better to be shown, where a ladder keeps the
    /// reference hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<f64>,
    /// Time at which the operator ended the benchmark, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// Protocol of the folds, such as `two-fold`.
    pub protocol: String,
    /// All images, in the order of the benchmark's table.
    pub images: Vec<ImageEntryDocument>,
    /// Terms of use of the data.
    pub terms: TermsDocument,
    /// Published results to compare with.
    pub literature: Vec<LiteratureDocument>,
    /// Note on the literature: the data of its results.
    pub literature_note: String,
}

impl BenchmarkDocument {
    /// The reference; none where it is hidden.
    #[must_use]
    pub fn reference(&self) -> Option<&ObserverDocument> {
        self.observers.first().filter(|_| !self.reference_hidden)
    }

    /// True where pages may show outlines of observers, also those of entries: where the
    /// terms say so, and not where all observers are hidden with the reference.
    #[must_use]
    pub fn shows_observers(&self) -> bool {
        self.terms.display.is_allowed() && !(self.reference_hidden && self.observers.is_empty())
    }

    /// True where the benchmark lists this observer.
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
    /// True if the observer has landmarks as well as masks.
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
    /// True where the store has the radiograph, and not only its masks.
    pub has_pixels: bool,
    /// Further columns of the benchmark's table: age, sex, nodule...
    pub attributes: IndexMap<String, String>,
}

/// All benchmarks, without their images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BenchmarkList {
    /// In the order of publication.
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
    /// Description of the images.
    pub description: String,
    /// Digest of the benchmark, which identifies the scoring definition and the reference.
    pub digest: String,
    /// True where a program drew the images: they show no patient.
    pub phantom: bool,
    /// Number of images.
    pub n_images: usize,
    /// Identifiers of the objects.
    pub objects: Vec<String>,
    /// Time of publication on this site, RFC 3339.
    pub published_at: String,
}

/// A benchmark and when it was published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BenchmarkAnswer {
    /// The benchmark.
    #[serde(flatten)]
    pub document: BenchmarkDocument,
    /// Time of publication on this site, RFC 3339.
    pub published_at: String,
}
