//! The JSON of a result: what `scr evaluate --format json` prints, what the
//! store keeps and what the site serves, byte for byte the same.
//!
//! Knows no measure and computes nothing: [`ResultDocument::new`] copies an
//! evaluation into the written form. Keys are a contract with users' scripts.

use indexmap::IndexMap;
use scr_eval::{Evaluation, ImageRecord, Summaries, SummaryWithInterval, UndefinedPolicy};
use scr_image::Spacing;
use serde::{Deserialize, Serialize};

/// Values by measure key, in the order in which the measures were asked for.
/// A key ends in its unit where it is a distance: `masd_mm`, `masd_px`.
pub type MeasureMap<T> = IndexMap<String, T>;

/// A set of masks scored against a benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultDocument {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Names exactly what was scored against: `sha256:` and 64 hex digits.
    pub benchmark_digest: String,
    /// Names exactly which masks were scored: `sha256:` and 64 hex digits.
    pub masks_digest: String,
    /// Version of the scoring rules.
    pub evaluator_version: String,
    /// The observer whose masks are the reference.
    pub observer: String,
    /// Distance between pixels, null when it is not known.
    pub spacing_mm: Option<SpacingDocument>,
    /// What undefined distances count as in summaries, where they count at all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undefined_as: Option<UndefinedDocument>,
    /// Seed of the bootstrap intervals.
    pub bootstrap_seed: u64,
    /// Resamples behind each bootstrap interval.
    pub bootstrap_resamples: usize,
    /// Summaries by object and measure.
    pub objects: IndexMap<String, MeasureMap<SummaryDocument>>,
    /// Summaries of what is measured on whole images.
    pub image_measures: MeasureMap<SummaryDocument>,
    /// The same for the images of each fold that the masks cover, by `1` and `2`.
    #[serde(default)]
    pub folds: IndexMap<String, FoldDocument>,
    /// Every image's values, when asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub images: Option<Vec<ImageDocument>>,
}

/// Distance between pixels in mm: one number, or between columns and between rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SpacingDocument {
    /// The same in both directions.
    Same(f64),
    /// Between columns, then between rows.
    Differs([f64; 2]),
}

impl SpacingDocument {
    /// The written form of a spacing.
    #[must_use]
    pub fn new(spacing: Spacing) -> Self {
        if spacing.is_isotropic() {
            Self::Same(spacing.x_mm())
        } else {
            Self::Differs([spacing.x_mm(), spacing.y_mm()])
        }
    }
}

impl SpacingDocument {
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

/// What undefined distances count as in summaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndefinedDocument {
    /// As long as the image's diagonal.
    ImageDiagonal,
    /// As long as the longest diagonal of the benchmark's images: on a site that hides
    /// the reference.
    LongestDiagonal,
}

/// The summaries of one fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoldDocument {
    /// Summaries by object and measure.
    pub objects: IndexMap<String, MeasureMap<SummaryDocument>>,
    /// Summaries of what is measured on whole images.
    pub image_measures: MeasureMap<SummaryDocument>,
}

/// One measure over all images. All but the counts are null when no image has a value,
/// and all but the mean where a site hides the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
pub struct ImageDocument {
    /// Identifier of the image.
    pub image: String,
    /// Fold of the image, 1 or 2.
    pub fold: u8,
    /// Values by object and measure; null where undefined.
    pub objects: IndexMap<String, MeasureMap<Option<f64>>>,
    /// What is measured on the whole image, such as `pixel_error`.
    #[serde(flatten)]
    pub image_measures: MeasureMap<Option<f64>>,
}

impl ResultDocument {
    /// The written form of an evaluation, with every image's values if asked for.
    #[must_use]
    pub fn new(evaluation: &Evaluation, with_images: bool) -> Self {
        let keys: Vec<String> =
            evaluation.measures.iter().map(|&measure| evaluation.result_key(measure)).collect();
        let image = |record: &ImageRecord| ImageDocument {
            image: record.image.clone(),
            fold: record.fold.number(),
            objects: by_object(evaluation, &record.objects, |values| {
                keys.iter().cloned().zip(values.iter().copied()).collect()
            }),
            image_measures: by_image_measure(evaluation, &record.image_values, |value| *value),
        };
        let summarised = |summaries: &Summaries| FoldDocument {
            objects: by_object(evaluation, &summaries.objects, |values| {
                keys.iter().cloned().zip(values.iter().map(SummaryDocument::new)).collect()
            }),
            image_measures: by_image_measure(
                evaluation,
                &summaries.image_measures,
                SummaryDocument::new,
            ),
        };
        let whole = summarised(&evaluation.summaries(None));
        let folds = evaluation
            .folds()
            .into_iter()
            .map(|fold| (fold.number().to_string(), summarised(&evaluation.summaries(Some(fold)))));
        Self {
            benchmark: evaluation.benchmark.clone(),
            benchmark_digest: evaluation.benchmark_digest.clone(),
            masks_digest: evaluation.masks_digest.clone(),
            evaluator_version: evaluation.evaluator_version.to_owned(),
            observer: evaluation.observer.clone(),
            spacing_mm: evaluation.spacing.map(SpacingDocument::new),
            undefined_as: match evaluation.undefined {
                UndefinedPolicy::Counted => None,
                UndefinedPolicy::ImageDiagonal => Some(UndefinedDocument::ImageDiagonal),
            },
            bootstrap_seed: evaluation.bootstrap_seed,
            bootstrap_resamples: evaluation.bootstrap_resamples,
            objects: whole.objects,
            image_measures: whole.image_measures,
            folds: folds.collect(),
            images: with_images.then(|| evaluation.records.iter().map(image).collect()),
        }
    }

    /// The document as JSON text, indented, with a line end. Numbers read back to
    /// the same f64.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("maps with text keys and finite numbers are always valid JSON") + "\n"
    }
}

fn by_image_measure<V, T>(
    evaluation: &Evaluation,
    values: &[V],
    document: impl Fn(&V) -> T,
) -> MeasureMap<T> {
    let keys = evaluation.image_measures.iter().map(|measure| measure.info().key.to_owned());
    keys.zip(values.iter().map(document)).collect()
}

fn by_object<V, T>(
    evaluation: &Evaluation,
    values: &[V],
    document: impl Fn(&V) -> T,
) -> IndexMap<String, T> {
    evaluation
        .objects
        .iter()
        .zip(values)
        .map(|(o, value)| (o.id.clone(), document(value)))
        .collect()
}

impl SummaryDocument {
    /// The written form of a summary.
    #[must_use]
    pub fn new(found: &SummaryWithInterval) -> Self {
        let summary = found.summary;
        Self {
            mean: summary.mean,
            sd: summary.sd,
            min: summary.min,
            q1: summary.q1,
            median: summary.median,
            q3: summary.q3,
            max: summary.max,
            n: Some(summary.n),
            n_undefined: Some(summary.n_undefined),
            ci95: found.ci95,
        }
    }
}
