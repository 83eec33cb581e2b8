//! Benchmark document, which pages show and the API serves.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{
    Fold, LiteratureDocument, ModelLimits, Protocol, SpacingDocument, TermsDocument,
    UndefinedDocument,
};

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
    /// Distance between pixels in mm, null when it is not known, or not of every image.
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
    /// Value of undefined distances in means, where they count at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undefined_as: Option<UndefinedDocument>,
    /// Time at which the operator ended the benchmark, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// Limits of models in submissions; none where models are forbidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<ModelLimits>,
    /// Protocol: `two-fold`, `k-fold`, `split` or `evaluation-only`.
    pub protocol: String,
    /// Number of images that are for training or tuning only, by fold: `train`, `validation`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub not_scored: IndexMap<String, usize>,
    /// The images that are scored, in the order of the benchmark's table.
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

    /// The protocol; two-fold where an old document names another.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        Protocol::from_name(&self.protocol).unwrap_or(Protocol::TwoFold)
    }

    /// Folds of the images that are scored, each with their number; both of two folds, also
    /// where one is empty.
    #[must_use]
    pub fn folds(&self) -> Vec<(Fold, usize)> {
        let mut folds: Vec<Fold> = self.images.iter().map(|image| image.fold).collect();
        if self.protocol() == Protocol::TwoFold {
            folds.extend([Fold::Number(1), Fold::Number(2)]);
        }
        folds.sort_unstable();
        folds.dedup();
        let count = |fold| self.images.iter().filter(|image| image.fold == fold).count();
        folds.into_iter().map(|fold| (fold, count(fold))).collect()
    }

    /// Spacing of an image; none where it is not known.
    #[must_use]
    pub fn spacing_of(&self, image: &ImageEntryDocument) -> Option<SpacingDocument> {
        image.spacing_mm.or(self.spacing_mm.filter(|spacing| !spacing.is_range()))
    }

    /// Number of images of unknown spacing where other images have one: distances are in
    /// pixels because of these.
    #[must_use]
    pub fn n_without_spacing(&self) -> usize {
        let unknown = self.images.iter().filter(|image| self.spacing_of(image).is_none()).count();
        if unknown < self.images.len() { unknown } else { 0 }
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
    /// Fold: its number, or `test` or `all`.
    pub fold: Fold,
    /// Distance between pixels in mm, where images differ and that of this one is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub spacing_mm: Option<SpacingDocument>,
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
