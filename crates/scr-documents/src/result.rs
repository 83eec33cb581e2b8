//! Result: the scores of one set of masks against a benchmark.
//!
//! `scr evaluate --format json` prints it, the store keeps it and the site serves it, byte
//! for byte the same.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::Fold;
use crate::json::to_json_text;

/// Values by measure key, in the order in which the measures were asked for.
/// A key ends in its unit where it is a distance: `masd_mm`, `masd_px`.
pub type MeasureMap<T> = IndexMap<String, T>;

/// A set of masks scored against a benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResultDocument {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Digest of the benchmark with its reference: `sha256:` and 64 hex digits.
    pub benchmark_digest: String,
    /// Digest of the masks: `sha256:` and 64 hex digits.
    pub masks_digest: String,
    /// Version of the scoring rules.
    pub evaluator_version: String,
    /// The observer whose masks are the reference.
    pub observer: String,
    /// Distance between pixels, null when it is not known, or not of every image: distances
    /// are then in pixels.
    pub spacing_mm: Option<SpacingDocument>,
    /// Value of undefined distances in summaries, where they count at all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undefined_as: Option<UndefinedDocument>,
    /// Decimals of the numbers, where a site rounds them; for pages, not written.
    #[serde(skip)]
    pub rounded_to: Option<Decimals>,
    /// Seed of the bootstrap intervals.
    pub bootstrap_seed: u64,
    /// Resamples behind each bootstrap interval.
    pub bootstrap_resamples: usize,
    /// Summaries by object and measure.
    pub objects: IndexMap<String, IndexMap<String, SummaryDocument>>,
    /// Summaries of what is measured on whole images.
    pub image_measures: IndexMap<String, SummaryDocument>,
    /// The same for the images of each fold that the masks cover, by `1`, `2` and so on; empty
    /// where a protocol scores all images together.
    #[serde(default)]
    pub folds: IndexMap<String, FoldDocument>,
    /// Every image's values, when asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub images: Option<Vec<ImageDocument>>,
}

impl ResultDocument {
    /// The document as JSON text, indented, with a line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json_text(self)
    }
}

/// Distance between pixels in mm: one number, or between columns and between rows, or a
/// range where images differ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum SpacingDocument {
    /// The same in both directions.
    Same(f64),
    /// Between columns, then between rows.
    Differs([f64; 2]),
    /// Smallest and largest of images that differ.
    Range {
        /// Smallest distance.
        min: f64,
        /// Largest distance.
        max: f64,
    },
}

impl SpacingDocument {
    /// The written form of a spacing: one number where both directions agree.
    #[must_use]
    pub fn new(x_mm: f64, y_mm: f64) -> Self {
        if x_mm == y_mm { Self::Same(x_mm) } else { Self::Differs([x_mm, y_mm]) }
    }

    /// The written form of the spacings of several images; none without images, or where one
    /// of the spacings is not known.
    ///
    /// ```
    /// use scr_documents::SpacingDocument;
    /// let [near, far] = [0.7, 0.8].map(|mm| Some(SpacingDocument::Same(mm)));
    /// assert_eq!(SpacingDocument::of_images([near, near]), near);
    /// let range = SpacingDocument::Range { min: 0.7, max: 0.8 };
    /// assert_eq!(SpacingDocument::of_images([far, near]), Some(range));
    /// assert_eq!(SpacingDocument::of_images([far, None]), None);
    /// ```
    #[must_use]
    pub fn of_images(spacings: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        let spacings: Vec<Self> = spacings.into_iter().collect::<Option<_>>()?;
        let first = *spacings.first()?;
        if spacings.iter().all(|spacing| *spacing == first) {
            return Some(first);
        }
        let ends = spacings.iter().map(|spacing| spacing.ends());
        let (min, max) = ends.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))?;
        Some(Self::Range { min, max })
    }

    /// The one number where there is one.
    #[must_use]
    pub const fn same(self) -> Option<f64> {
        match self {
            Self::Same(mm) => Some(mm),
            Self::Differs(_) | Self::Range { .. } => None,
        }
    }

    /// True where images differ.
    #[must_use]
    pub const fn is_range(self) -> bool {
        matches!(self, Self::Range { .. })
    }

    const fn ends(self) -> (f64, f64) {
        match self {
            Self::Same(mm) => (mm, mm),
            Self::Differs([x, y]) => (x.min(y), x.max(y)),
            Self::Range { min, max } => (min, max),
        }
    }
}

impl std::fmt::Display for SpacingDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Same(mm) => write!(f, "{mm} mm a pixel"),
            Self::Differs([x, y]) => write!(f, "{x} mm between columns, {y} mm between rows"),
            Self::Range { min, max } => write!(f, "{min} to {max} mm a pixel"),
        }
    }
}

/// Value of undefined distances in summaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UndefinedDocument {
    /// The diagonal of the image.
    ImageDiagonal,
    /// The longest diagonal of the benchmark's images: on a site that hides
    /// the reference.
    LongestDiagonal,
}

/// Decimals of rounded numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimals {
    /// Of shares.
    pub shares: u8,
    /// Of distances.
    pub distances: u8,
}

/// The summaries of one fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoldDocument {
    /// Summaries by object and measure.
    pub objects: IndexMap<String, IndexMap<String, SummaryDocument>>,
    /// Summaries of what is measured on whole images.
    pub image_measures: IndexMap<String, SummaryDocument>,
}

/// One measure over all images. All but the counts are null when no image has a value,
/// and all but the mean where a site hides the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SummaryDocument {
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Standard deviation (n - 1); null for fewer than two values.
    pub sd: Option<f64>,
    /// Smallest value.
    pub min: Option<f64>,
    /// Lower quartile, linear interpolation.
    pub q1: Option<f64>,
    /// Median.
    pub median: Option<f64>,
    /// Upper quartile, linear interpolation.
    pub q3: Option<f64>,
    /// Largest value.
    pub max: Option<f64>,
    /// Values summarised; null where a site hides the count.
    pub n: Option<usize>,
    /// Images for which the measure is undefined; null where a site hides the count.
    pub n_undefined: Option<usize>,
    /// Bootstrap interval of the mean, `[low, high]`.
    pub ci95: Option<[f64; 2]>,
}

/// The values of one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImageDocument {
    /// Identifier of the image.
    pub image: String,
    /// Fold of the image: its number, or `test` or `all`.
    pub fold: Fold,
    /// Distance between its pixels, where images differ.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub spacing_mm: Option<SpacingDocument>,
    /// Values by object and measure; null where undefined.
    pub objects: IndexMap<String, IndexMap<String, Option<f64>>>,
    /// Values of measures of the whole image, such as `pixel_error`.
    #[serde(flatten)]
    pub image_measures: IndexMap<String, Option<f64>>,
}
