//! Result: the scores of one set of masks against a benchmark.
//!
//! `scr evaluate --format json` prints it, the store keeps it and the site serves it, byte
//! for byte the same.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

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
    /// Distance between pixels, null when it is not known.
    pub spacing_mm: Option<SpacingDocument>,
    /// Value of undefined distances in summaries, where they count at all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undefined_as: Option<UndefinedDocument>,
    /// Seed of the bootstrap intervals.
    pub bootstrap_seed: u64,
    /// Resamples behind each bootstrap interval.
    pub bootstrap_resamples: usize,
    /// Summaries by object and measure.
    pub objects: IndexMap<String, IndexMap<String, SummaryDocument>>,
    /// Summaries of what is measured on whole images.
    pub image_measures: IndexMap<String, SummaryDocument>,
    /// The same for the images of each fold that the masks cover, by `1` and `2`.
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

/// Distance between pixels in mm: one number, or between columns and between rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum SpacingDocument {
    /// The same in both directions.
    Same(f64),
    /// Between columns, then between rows.
    Differs([f64; 2]),
}

impl SpacingDocument {
    /// The written form of a spacing: one number where both directions agree.
    #[must_use]
    pub fn new(x_mm: f64, y_mm: f64) -> Self {
        if x_mm == y_mm { Self::Same(x_mm) } else { Self::Differs([x_mm, y_mm]) }
    }

    /// The one number where there is one.
    #[must_use]
    pub const fn same(self) -> Option<f64> {
        match self {
            Self::Same(mm) => Some(mm),
            Self::Differs(_) => None,
        }
    }
}

impl std::fmt::Display for SpacingDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Same(mm) => write!(f, "{mm} mm a pixel"),
            Self::Differs([x, y]) => write!(f, "{x} mm between columns, {y} mm between rows"),
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
    /// Fold of the image, 1 or 2.
    pub fold: u8,
    /// Values by object and measure; null where undefined.
    pub objects: IndexMap<String, IndexMap<String, Option<f64>>>,
    /// Values of measures of the whole image, such as `pixel_error`.
    #[serde(flatten)]
    pub image_measures: IndexMap<String, Option<f64>>,
}
