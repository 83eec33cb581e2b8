//! Evaluation: one record an image, and their summaries.

use std::collections::BTreeSet;

use scr_data::Fold;
use scr_image::{Size, Spacing};
use scr_measures::registry::{IMAGE_MEASURES, MeasureInfo};
use scr_measures::{Measure, Quantity};
use scr_stats::{Bootstrap, Summary};

/// Evaluation of a set of masks against a benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Digest of the benchmark.
    pub benchmark_digest: String,
    /// Digest of the masks.
    pub masks_digest: String,
    /// Version of the scoring rules.
    pub evaluator_version: &'static str,
    /// Observer whose masks are the reference.
    pub observer: String,
    /// True when the spacing of every image is known: distances are in mm, else in pixels.
    pub has_spacing: bool,
    /// True when the protocol has several folds.
    pub has_folds: bool,
    /// Objects that the masks cover, in the benchmark's order.
    pub objects: Vec<ScoredObject>,
    /// Measures of objects, in the order of the settings.
    pub measures: Vec<Measure>,
    /// Measures of whole images that the masks allow.
    pub image_measures: Vec<ImageMeasure>,
    /// Policy of summaries for undefined distances.
    pub undefined: UndefinedPolicy,
    /// One record an image, in the benchmark's order.
    pub records: Vec<ImageRecord>,
    /// Seed of the bootstrap intervals.
    pub bootstrap_seed: u64,
    /// Number of resamples of each bootstrap interval.
    pub bootstrap_resamples: usize,
}

/// Object that was scored.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredObject {
    /// Identifier.
    pub id: String,
    /// Name for people.
    pub name: String,
}

/// Measure of a whole image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageMeasure {
    /// See [`pixel_error`](scr_measures::pixel_error).
    PixelError,
    /// See [`cardiothoracic_ratio`](scr_measures::cardiothoracic_ratio).
    Ctr,
    /// Cardiothoracic ratio of the reference.
    CtrReference,
    /// Cardiothoracic ratio of the prediction minus that of the reference.
    CtrDifference,
}

impl ImageMeasure {
    /// All of them, in the registry's order.
    pub const ALL: [Self; 4] =
        [Self::PixelError, Self::Ctr, Self::CtrReference, Self::CtrDifference];
    /// The cardiothoracic ratio, the reference's, and their difference.
    pub const CARDIOTHORACIC: [Self; 3] = [Self::Ctr, Self::CtrReference, Self::CtrDifference];

    /// Description in the registry.
    #[must_use]
    pub const fn info(self) -> &'static MeasureInfo {
        &IMAGE_MEASURES[self as usize]
    }
}

/// Policy of a summary for undefined distances. Every summary counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UndefinedPolicy {
    /// Count them beside the summary of the defined values.
    #[default]
    Counted,
    /// Summarise them with the length of the image's diagonal.
    ImageDiagonal,
}

/// Record of one image: its values.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageRecord {
    /// Identifier of the image.
    pub image: String,
    /// Fold of the image.
    pub fold: Fold,
    /// Spacing of distances; none when they are in pixels.
    pub spacing: Option<Spacing>,
    /// Size of the masks.
    pub size: Size,
    /// Values by object, then measure; `None` where undefined.
    pub objects: Vec<Vec<Option<f64>>>,
    /// Values by measure of whole images; `None` where undefined.
    pub image_values: Vec<Option<f64>>,
}

/// Summary of one measure over the images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SummaryWithInterval {
    /// Mean, spread, quartiles and counts.
    pub summary: Summary,
    /// Bootstrap interval of the mean over images.
    pub ci95: Option<[f64; 2]>,
}

/// Summaries of all measures over all images, or over those of one fold.
#[derive(Debug, Clone, PartialEq)]
pub struct Summaries {
    /// Summaries by object, then measure, in the evaluation's orders.
    pub objects: Vec<Vec<SummaryWithInterval>>,
    /// Summaries by measure of whole images, in the evaluation's order.
    pub image_measures: Vec<SummaryWithInterval>,
}

impl Evaluation {
    /// Key of a measure in results; the key of a distance ends in its unit.
    #[must_use]
    pub fn result_key(&self, measure: Measure) -> String {
        measure.result_key(self.has_spacing)
    }

    /// Folds of the records, ascending; none when the protocol scores all images together.
    #[must_use]
    pub fn folds(&self) -> Vec<Fold> {
        let records = self.records.iter().filter(|_| self.has_folds);
        let folds: BTreeSet<Fold> = records.map(|record| record.fold).collect();
        folds.into_iter().collect()
    }

    /// Summarises every measure over all images, or over those of one fold. One
    /// bootstrap serves all measures, so that an image's objects stay together.
    #[must_use]
    pub fn summaries(&self, fold: Option<Fold>) -> Summaries {
        let is_in = |record: &&ImageRecord| fold.is_none_or(|fold| record.fold == fold);
        let records: Vec<&ImageRecord> = self.records.iter().filter(is_in).collect();
        let n_measures = self.measures.len();
        let of_objects = (0..self.objects.len() * n_measures).map(|index| {
            let object = index / n_measures;
            let measure = index % n_measures;
            let value = |record: &&ImageRecord| record.objects[object][measure];
            records.iter().map(value).collect::<Vec<_>>()
        });
        let of_images = (0..self.image_measures.len()).map(|measure| {
            records.iter().map(|record| record.image_values[measure]).collect::<Vec<_>>()
        });
        let mut columns: Vec<Vec<Option<f64>>> = of_objects.chain(of_images).collect();
        let undefined: Vec<usize> =
            columns.iter().map(|values| values.iter().filter(|v| v.is_none()).count()).collect();
        self.fill_undefined(&mut columns, &records);
        let bootstrap =
            Bootstrap::new(records.len(), self.bootstrap_resamples, self.bootstrap_seed);
        let intervals = bootstrap.mean_ci95(&columns);
        let mut summaries =
            columns.iter().zip(undefined).zip(intervals).map(|((values, n_undefined), ci95)| {
                let summary = Summary { n_undefined, ..Summary::of(values) };
                SummaryWithInterval { summary, ci95 }
            });
        let objects =
            self.objects.iter().map(|_| summaries.by_ref().take(n_measures).collect()).collect();
        Summaries { objects, image_measures: summaries.collect() }
    }

    /// Replaces undefined distances by the penalty, if the policy has one.
    fn fill_undefined(&self, columns: &mut [Vec<Option<f64>>], records: &[&ImageRecord]) {
        if self.undefined == UndefinedPolicy::Counted {
            return;
        }
        let measures = self.measures.iter().cycle().take(self.objects.len() * self.measures.len());
        for (measure, values) in measures.zip(columns) {
            if measure.quantity() == Quantity::Distance {
                for (value, record) in values.iter_mut().zip(records) {
                    value.get_or_insert(record.diagonal());
                }
            }
        }
    }
}

impl ImageRecord {
    /// Diagonal of the image, in the unit of distances.
    fn diagonal(&self) -> f64 {
        let (x, y) = self.spacing.map_or((1.0, 1.0), |spacing| (spacing.x_mm(), spacing.y_mm()));
        (self.size.width as f64 * x).hypot(self.size.height as f64 * y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_images_are_those_of_the_registry() {
        assert_eq!(ImageMeasure::PixelError.info().key, "pixel_error");
        let keys = ImageMeasure::CARDIOTHORACIC.map(|measure| measure.info().key);
        assert_eq!(keys, ["ctr", "ctr_reference", "ctr_difference"]);
    }
}
