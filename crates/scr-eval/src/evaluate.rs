//! Evaluation of a set of masks, image by image, on all cores.

use std::borrow::Cow;

use rayon::prelude::*;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, MaskSet, Object, Problem, Problems};
use scr_image::{Mask, Size};
use scr_measures::{Measure, Scratch, cardiothoracic_ratio, measure_object, pixel_error};

use crate::evaluation::{ImageMeasure, UndefinedPolicy};
use crate::reading::Reader;
use crate::shard::{EvaluationPart, Shard};
use crate::{Evaluation, ImageRecord, ScoredObject};

/// Version of the scoring rules; every change that can move a score changes it.
pub const EVALUATOR_VERSION: &str = "1.1.0";

/// Settings of an evaluation.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Observer whose masks are the reference.
    pub observer: String,
    /// Measures of objects, in the order of results. Measures of whole images are always
    /// computed.
    pub measures: Vec<Measure>,
    /// Policy of summaries for undefined distances; none for that of the benchmark.
    pub undefined: Option<UndefinedPolicy>,
    /// Number of resamples of each bootstrap interval.
    pub bootstrap_resamples: usize,
    /// Seed of the bootstrap intervals.
    pub bootstrap_seed: u64,
}

impl Default for Settings {
    /// [`Measure::DEFAULT`] against the `reference` observer; 2000 resamples, seed 1.
    fn default() -> Self {
        Self {
            observer: "reference".into(),
            measures: Measure::DEFAULT.to_vec(),
            undefined: None,
            bootstrap_resamples: 2000,
            bootstrap_seed: 1,
        }
    }
}

/// Scores `masks` against `benchmark`.
///
/// Scores every image that the set covers, and every object whose structures it holds
/// completely; an object's mask is the union of its structures' masks. Calls `on_image`
/// after each image, from any thread.
///
/// # Errors
/// [`DataError::Problems`] with every file that is missing, damaged, no binary
/// mask or of the wrong size, in the set and in the benchmark; with every measure
/// that needs a spacing where that of an image is not known.
pub fn evaluate(
    benchmark: &Benchmark,
    masks: &MaskSet,
    settings: &Settings,
    on_image: &(dyn Fn() + Sync),
) -> Result<Evaluation, DataError> {
    Ok(evaluate_shard(benchmark, masks, settings, Shard::WHOLE, on_image)?.evaluation)
}

/// Scores the images of a shard; [`merge`](crate::merge) makes one evaluation of all shards.
///
/// # Errors
/// As [`evaluate`], of the shard's files.
pub fn evaluate_shard(
    benchmark: &Benchmark,
    masks: &MaskSet,
    settings: &Settings,
    shard: Shard,
    on_image: &(dyn Fn() + Sync),
) -> Result<EvaluationPart, DataError> {
    let observer = benchmark.observer(&settings.observer)?;
    let mut problems = Problems::default();
    problems.extend(missing_spacing(benchmark, &settings.measures));
    let objects: Vec<&Object> = benchmark
        .objects
        .iter()
        .filter(|object| object.structures.iter().all(|s| masks.structures().contains(s)))
        .collect();
    let image_measures = image_measures(benchmark, masks, &objects);
    let reader = Reader { benchmark, masks, observer };
    let scorer = ImageScorer {
        reader,
        objects: &objects,
        measures: &settings.measures,
        image_measures: &image_measures,
        has_spacing: benchmark.has_spacing(),
    };
    let places: Vec<usize> = masks.images().into_iter().filter(|&image| shard.has(image)).collect();
    let measurements: Vec<Result<ImageMeasurement, Vec<Problem>>> = places
        .par_iter()
        .map_init(Scratch::default, |scratch, &image| {
            let measurement = scorer.measure(image, scratch);
            on_image();
            measurement
        })
        .collect();

    let mut reference_files = benchmark.manifest();
    let mut mask_files = Manifest::default();
    let mut records = Vec::with_capacity(measurements.len());
    for measurement in measurements {
        match measurement {
            Ok(measurement) => {
                reference_files.extend(measurement.reference_files);
                mask_files.extend(measurement.mask_files);
                records.push(measurement.record);
            }
            Err(list) => problems.extend(list),
        }
    }
    reader.note_uncovered(shard, &mut reference_files, &mut problems);
    problems.or(())?;
    let evaluation = Evaluation {
        benchmark: benchmark.id.clone(),
        benchmark_digest: reference_files.digest(),
        masks_digest: mask_files.digest(),
        evaluator_version: EVALUATOR_VERSION,
        observer: observer.id.clone(),
        has_spacing: scorer.has_spacing,
        has_folds: benchmark.folds().len() > 1,
        objects: objects
            .iter()
            .map(|object| ScoredObject { id: object.id.clone(), name: object.name.clone() })
            .collect(),
        measures: settings.measures.clone(),
        image_measures,
        undefined: settings.undefined.unwrap_or(match benchmark.undefined_as {
            Some(_) => UndefinedPolicy::ImageDiagonal,
            None => UndefinedPolicy::Counted,
        }),
        records,
        bootstrap_seed: settings.bootstrap_seed,
        bootstrap_resamples: settings.bootstrap_resamples,
    };
    Ok(EvaluationPart { shard, evaluation, places, reference_files, mask_files })
}

/// Problems of measures in mm, when the spacing of an image is not known.
fn missing_spacing(benchmark: &Benchmark, measures: &[Measure]) -> Vec<Problem> {
    let in_mm = measures.iter().filter(|measure| measure.needs_spacing());
    let in_mm = in_mm.filter(|_| !benchmark.has_spacing());
    let unknown: Vec<&str> = benchmark
        .images
        .iter()
        .filter(|image| image.spacing.is_none())
        .map(|image| image.id.as_str())
        .collect();
    let found = if unknown.len() == benchmark.images.len() {
        format!("{}, whose spacing is unknown", benchmark.id)
    } else {
        let shown = unknown[..unknown.len().min(NAMED_IMAGES)].join(", ");
        let more = if unknown.len() > NAMED_IMAGES { ", ..." } else { "" };
        let n = unknown.len();
        format!("{}, which leaves the spacing of {n} images out: {shown}{more}", benchmark.id)
    };
    in_mm
        .map(|measure| {
            Problem::new(
                format!("measure `{measure}`"),
                "a benchmark with a known spacing",
                found.as_str(),
                "give the length in pixels, as in nsd@2px",
            )
        })
        .collect()
}

/// Number of images without a spacing that a problem names.
const NAMED_IMAGES: usize = 3;

/// Object whose width is the numerator of the cardiothoracic ratio.
const HEART: &str = "heart";
/// Object whose width is the denominator of the cardiothoracic ratio.
const LUNGS: &str = "lungs";

/// Measures of whole images that the set allows: pixel error when it covers every
/// structure, the cardiothoracic ratio when it covers the objects `heart` and `lungs`.
fn image_measures(
    benchmark: &Benchmark,
    masks: &MaskSet,
    objects: &[&Object],
) -> Vec<ImageMeasure> {
    let mut measures = Vec::new();
    if masks.structures().len() == benchmark.structures.len() {
        measures.push(ImageMeasure::PixelError);
    }
    if [HEART, LUNGS].iter().all(|id| objects.iter().any(|object| object.id == *id)) {
        measures.extend(ImageMeasure::CARDIOTHORACIC);
    }
    measures
}

/// Record of one image with the manifests of its files.
struct ImageMeasurement {
    record: ImageRecord,
    reference_files: Manifest,
    mask_files: Manifest,
}

/// Scorer of single images.
struct ImageScorer<'a> {
    reader: Reader<'a>,
    objects: &'a [&'a Object],
    measures: &'a [Measure],
    image_measures: &'a [ImageMeasure],
    /// True when distances are in mm.
    has_spacing: bool,
}

impl ImageScorer<'_> {
    fn measure(
        &self,
        index: usize,
        scratch: &mut Scratch,
    ) -> Result<ImageMeasurement, Vec<Problem>> {
        let reading = self.reader.read(index);
        let references = reading.references.filter(|_| reading.problems.is_empty());
        let Some(references) = references else { return Err(reading.problems) };
        Ok(ImageMeasurement {
            record: self.record(index, &references, &reading.predictions, scratch),
            reference_files: reading.reference_files,
            mask_files: reading.mask_files,
        })
    }

    fn record(
        &self,
        index: usize,
        references: &[Mask],
        predictions: &[Option<Mask>],
        scratch: &mut Scratch,
    ) -> ImageRecord {
        let benchmark = self.reader.benchmark;
        let image = &benchmark.images[index];
        let prediction = |structure: usize| {
            predictions[structure].as_ref().expect("objects are scored when they are covered")
        };
        let unions: Vec<(Cow<'_, Mask>, Cow<'_, Mask>)> = self
            .objects
            .iter()
            .map(|object| {
                let reference = Mask::union(object.structures.iter().map(|&s| &references[s]));
                let prediction = Mask::union(object.structures.iter().map(|&s| prediction(s)));
                (reference, prediction)
            })
            .collect();
        let spacing = image.spacing.filter(|_| self.has_spacing);
        let objects = unions
            .iter()
            .map(|(reference, prediction)| {
                measure_object(reference, prediction, spacing, self.measures, scratch)
            })
            .collect();
        ImageRecord {
            image: image.id.clone(),
            fold: image.fold,
            spacing,
            size: references.first().map_or(Size::new(0, 0), Mask::size),
            objects,
            image_values: self.image_values(references, predictions, &unions),
        }
    }

    fn image_values(
        &self,
        references: &[Mask],
        predictions: &[Option<Mask>],
        unions: &[(Cow<'_, Mask>, Cow<'_, Mask>)],
    ) -> Vec<Option<f64>> {
        let of = |id: &str| self.objects.iter().position(|object| object.id == id);
        let ratios = of(HEART).zip(of(LUNGS)).map(|(heart, lungs)| {
            let reference = cardiothoracic_ratio(&unions[heart].0, &unions[lungs].0);
            let prediction = cardiothoracic_ratio(&unions[heart].1, &unions[lungs].1);
            (reference, prediction)
        });
        let (reference, prediction) = ratios.unwrap_or_default();
        let value = |measure: &ImageMeasure| match measure {
            ImageMeasure::PixelError => {
                let pairs = references.iter().zip(predictions).map(|(r, p)| Some((r, p.as_ref()?)));
                pixel_error(&pairs.collect::<Option<Vec<_>>>()?)
            }
            ImageMeasure::Ctr => prediction,
            ImageMeasure::CtrReference => reference,
            ImageMeasure::CtrDifference => Some(prediction? - reference?),
        };
        self.image_measures.iter().map(value).collect()
    }
}
