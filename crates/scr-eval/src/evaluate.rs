//! Evaluation of a set of masks, image by image, on all cores.

use rayon::prelude::*;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, DataError, MaskSet, Object, Problem, Problems};
use scr_measures::{Measure, Scratch};

use crate::evaluation::UndefinedPolicy;
use crate::image_scorer::{ImageScorer, ScoredImage};
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

/// Checkpoint of scored images, from which an interrupted evaluation resumes.
pub trait Checkpoint: Sync {
    /// Takes the image at a place out of the checkpoint; none where it has none.
    fn take(&self, place: usize) -> Option<ScoredImage>;

    /// Adds an image that was scored. Called from any thread.
    ///
    /// # Errors
    /// [`DataError::Write`]; the evaluation ends with it.
    fn add(&self, image: &ScoredImage) -> Result<(), DataError>;
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
    ShardEvaluation::new(benchmark, masks, settings, shard)?.run(None, on_image)
}

/// Number of images that are scored before their records are collected: bounds the memory of what
/// is not yet in the manifests.
const BATCH: usize = 1024;

/// Evaluation of a shard, before its images are read.
pub struct ShardEvaluation<'a> {
    scorer: ImageScorer<'a>,
    settings: &'a Settings,
    shard: Shard,
}

impl<'a> ShardEvaluation<'a> {
    /// Evaluation of the images of `shard`, as [`evaluate_shard`] scores them. Reads no file.
    ///
    /// # Errors
    /// [`DataError::Problems`] when the benchmark has no such observer.
    pub fn new(
        benchmark: &'a Benchmark,
        masks: &'a MaskSet,
        settings: &'a Settings,
        shard: Shard,
    ) -> Result<Self, DataError> {
        let observer = benchmark.observer(&settings.observer)?;
        let scorer = ImageScorer::new(Reader { benchmark, masks, observer }, &settings.measures);
        Ok(Self { scorer, settings, shard })
    }

    /// The part without any image: all that a checkpoint must have in common with a run that resumes
    /// from it. Its files are those of the benchmark itself.
    #[must_use]
    pub fn outline(&self) -> EvaluationPart {
        let reference_files = self.scorer.reader.benchmark.manifest();
        self.part(Vec::new(), Vec::new(), reference_files, Manifest::default())
    }

    /// Indices into the benchmark's images of those that are scored, ascending.
    #[must_use]
    pub fn places(&self) -> Vec<usize> {
        let images = self.scorer.reader.masks.images().into_iter();
        images.filter(|&image| self.shard.has(image)).collect()
    }

    /// Scores the images. With a checkpoint, takes the images from it whose files have the same
    /// validators or digests still, and adds the others to it. Calls `on_image` after each image, from any thread.
    ///
    /// # Errors
    /// As [`evaluate_shard`], and errors of the checkpoint.
    pub fn run(
        &self,
        checkpoint: Option<&dyn Checkpoint>,
        on_image: &(dyn Fn() + Sync),
    ) -> Result<EvaluationPart, DataError> {
        let benchmark = self.scorer.reader.benchmark;
        let mut problems = Problems::default();
        problems.extend(missing_spacing(benchmark, &self.settings.measures));
        let mut reference_files = benchmark.manifest();
        let mut mask_files = Manifest::default();
        let (mut places, mut records) = (Vec::new(), Vec::new());
        for batch in self.places().chunks(BATCH) {
            let scored: Vec<Result<ScoredImage, Vec<Problem>>> = batch
                .par_iter()
                .map_init(Scratch::default, |scratch, &image| {
                    let scored = self.image(image, checkpoint, scratch)?;
                    on_image();
                    Ok(scored)
                })
                .collect::<Result<_, DataError>>()?;
            for image in scored {
                match image {
                    Ok(image) => {
                        reference_files.extend(image.reference_files);
                        mask_files.extend(image.mask_files);
                        places.push(image.place);
                        records.push(image.record);
                    }
                    Err(list) => problems.extend(list),
                }
            }
        }
        self.scorer.reader.note_uncovered(self.shard, &mut reference_files, &mut problems);
        problems.or(())?;
        Ok(self.part(places, records, reference_files, mask_files))
    }

    /// The image at a place, from the checkpoint or from its files, with the problems of these.
    fn image(
        &self,
        place: usize,
        checkpoint: Option<&dyn Checkpoint>,
        scratch: &mut Scratch,
    ) -> Result<Result<ScoredImage, Vec<Problem>>, DataError> {
        let Some(checkpoint) = checkpoint else { return Ok(self.scorer.score(place, scratch)) };
        let validator = self.scorer.validator(place);
        let is_unchanged = |image: &ScoredImage| {
            (validator.is_some() && image.validator == validator) || self.scorer.has_files_of(image)
        };
        if let Some(kept) = checkpoint.take(place).filter(is_unchanged) {
            return Ok(Ok(kept));
        }
        let mut scored = self.scorer.score(place, scratch);
        if let Ok(image) = &mut scored {
            // Of the bytes that were read, when the files were the same before and after.
            let after = self.scorer.validator(place);
            image.validator = validator.filter(|before| after.as_ref() == Some(before));
            checkpoint.add(image)?;
        }
        Ok(scored)
    }

    fn part(
        &self,
        places: Vec<usize>,
        records: Vec<ImageRecord>,
        reference_files: Manifest,
        mask_files: Manifest,
    ) -> EvaluationPart {
        let (scorer, settings) = (&self.scorer, self.settings);
        let benchmark = scorer.reader.benchmark;
        let object =
            |object: &&Object| ScoredObject { id: object.id.clone(), name: object.name.clone() };
        let evaluation = Evaluation {
            benchmark: benchmark.id.clone(),
            benchmark_digest: reference_files.digest(),
            masks_digest: mask_files.digest(),
            evaluator_version: EVALUATOR_VERSION,
            observer: scorer.reader.observer.id.clone(),
            has_spacing: scorer.has_spacing,
            has_folds: benchmark.folds().len() > 1,
            objects: scorer.objects.iter().map(object).collect(),
            measures: settings.measures.clone(),
            image_measures: scorer.image_measures.clone(),
            undefined: settings.undefined.unwrap_or(match benchmark.undefined_as {
                Some(_) => UndefinedPolicy::ImageDiagonal,
                None => UndefinedPolicy::Counted,
            }),
            records,
            bootstrap_seed: settings.bootstrap_seed,
            bootstrap_resamples: settings.bootstrap_resamples,
        };
        EvaluationPart { shard: self.shard, evaluation, places, reference_files, mask_files }
    }
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
