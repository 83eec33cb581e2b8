//! What was found: one record an image, and what they come to together.

use scr_data::Fold;
use scr_measures::Measure;
use scr_stats::{Bootstrap, Summary};

/// A set of masks scored against a benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Names exactly what was scored against.
    pub benchmark_digest: String,
    /// Names exactly which masks were scored.
    pub masks_digest: String,
    /// Version of the scoring rules.
    pub evaluator_version: &'static str,
    /// The observer whose masks are the reference.
    pub observer: String,
    /// Distance between pixels in mm, where it is known.
    pub spacing_mm: Option<f64>,
    /// The objects that the masks cover, in the benchmark's order.
    pub objects: Vec<ScoredObject>,
    /// The measures, in the order asked for.
    pub measures: Vec<Measure>,
    /// Whether the masks cover every structure, so that `pixel_error` has a meaning.
    pub has_pixel_error: bool,
    /// One record an image, in the benchmark's order.
    pub records: Vec<CaseRecord>,
    /// Seed of the bootstrap intervals.
    pub bootstrap_seed: u64,
    /// Resamples behind each bootstrap interval.
    pub bootstrap_resamples: usize,
}

/// An object that was scored.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredObject {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
}

/// The values of one image.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRecord {
    /// Identifier of the image.
    pub image: String,
    /// Its fold.
    pub fold: Fold,
    /// Values by object, then measure; `None` where undefined.
    pub objects: Vec<Vec<Option<f64>>>,
    /// Share of pixels with any wrong label; `None` when not every structure is covered.
    pub pixel_error: Option<f64>,
}

/// One measure over all images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SummaryWithInterval {
    /// Mean, spread, quartiles and counts.
    pub summary: Summary,
    /// Bootstrap interval of the mean over images.
    pub ci95: Option<[f64; 2]>,
}

/// All measures over all images.
#[derive(Debug, Clone, PartialEq)]
pub struct Summaries {
    /// By object, then measure, in the evaluation's orders.
    pub objects: Vec<Vec<SummaryWithInterval>>,
    /// Pixel error, when every structure is covered.
    pub pixel_error: Option<SummaryWithInterval>,
}

impl Evaluation {
    /// Key of a measure in results: a distance's ends in its unit.
    #[must_use]
    pub fn result_key(&self, measure: Measure) -> String {
        measure.result_key(self.spacing_mm.is_some())
    }

    /// Summarises every measure over the images. One bootstrap serves them all,
    /// so that an image's objects and measures stay together.
    #[must_use]
    pub fn summaries(&self) -> Summaries {
        let bootstrap =
            Bootstrap::new(self.records.len(), self.bootstrap_resamples, self.bootstrap_seed);
        let summarise = |value: &dyn Fn(&CaseRecord) -> Option<f64>| {
            let values: Vec<Option<f64>> = self.records.iter().map(value).collect();
            SummaryWithInterval {
                summary: Summary::of(&values),
                ci95: bootstrap.mean_ci95(&values),
            }
        };
        let objects = (0..self.objects.len())
            .map(|object| {
                (0..self.measures.len())
                    .map(|measure| summarise(&|record| record.objects[object][measure]))
                    .collect()
            })
            .collect();
        let pixel_error = self.has_pixel_error.then(|| summarise(&|record| record.pixel_error));
        Summaries { objects, pixel_error }
    }
}
