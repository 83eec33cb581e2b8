//! The written forms of a shard and of a scored image in a checkpoint, and their readers.

use std::collections::BTreeMap;

use scr_data::Problem;
use scr_data::digest::{Manifest, hex};
use scr_documents::{CheckpointImage, ShardDocument, ShardImage, ShardObject, UndefinedDocument};
use scr_eval::{
    EVALUATOR_VERSION, Evaluation, EvaluationPart, ImageMeasure, ImageRecord, ScoredImage,
    ScoredObject, Shard, UndefinedPolicy,
};
use scr_image::{Size, Spacing};
use scr_measures::Measure;

/// The written form of a shard's scores.
#[must_use]
pub fn shard_document(part: &EvaluationPart) -> ShardDocument {
    let evaluation = &part.evaluation;
    let object = |object: &ScoredObject| {
        let ScoredObject { id, name } = object.clone();
        ShardObject { id, name }
    };
    ShardDocument {
        shard: part.shard.to_string(),
        evaluator_version: evaluation.evaluator_version.to_owned(),
        benchmark: evaluation.benchmark.clone(),
        observer: evaluation.observer.clone(),
        has_spacing: evaluation.has_spacing,
        has_folds: evaluation.has_folds,
        objects: evaluation.objects.iter().map(object).collect(),
        measures: evaluation.measures.iter().map(Measure::to_string).collect(),
        image_measures: evaluation
            .image_measures
            .iter()
            .map(|measure| measure.info().key.to_owned())
            .collect(),
        undefined_as: match evaluation.undefined {
            UndefinedPolicy::Counted => None,
            UndefinedPolicy::ImageDiagonal => Some(UndefinedDocument::ImageDiagonal),
        },
        bootstrap_seed: evaluation.bootstrap_seed,
        bootstrap_resamples: evaluation.bootstrap_resamples,
        reference_files: written_files(&part.reference_files),
        mask_files: written_files(&part.mask_files),
        images: evaluation
            .records
            .iter()
            .zip(&part.places)
            .map(|(record, place)| written_image(*place, record))
            .collect(),
    }
}

/// The written form of a scored image, for a checkpoint.
#[must_use]
pub fn checkpoint_image(scored: &ScoredImage) -> CheckpointImage {
    CheckpointImage {
        image: written_image(scored.place, &scored.record),
        reference_files: written_files(&scored.reference_files),
        mask_files: written_files(&scored.mask_files),
        validator: scored.validator.clone(),
    }
}

/// The scored image in a line of the checkpoint `place`, of an evaluation whose outline is `outline`.
///
/// # Errors
/// [`Problem`] of the first value that no image of this evaluation has.
pub fn read_checkpoint_image(
    place: &str,
    line: CheckpointImage,
    outline: &EvaluationPart,
) -> Result<ScoredImage, Problem> {
    let Evaluation { objects, measures, image_measures, .. } = &outline.evaluation;
    let counts = (objects.len(), measures.len(), image_measures.len());
    Ok(ScoredImage {
        place: line.image.place,
        record: record(place, line.image, counts)?,
        reference_files: read_files(place, &line.reference_files)?,
        mask_files: read_files(place, &line.mask_files)?,
        validator: line.validator,
    })
}

fn written_image(place: usize, record: &ImageRecord) -> ShardImage {
    ShardImage {
        place,
        image: record.image.clone(),
        fold: record.fold,
        spacing_mm: record.spacing.map(|spacing| [spacing.x_mm(), spacing.y_mm()]),
        size: [record.size.width, record.size.height],
        objects: record.objects.clone(),
        image_values: record.image_values.clone(),
    }
}

fn written_files(manifest: &Manifest) -> BTreeMap<String, String> {
    manifest.files().map(|(path, digest)| (path.to_owned(), hex(digest))).collect()
}

fn read_files(place: &str, files: &BTreeMap<String, String>) -> Result<Manifest, Problem> {
    let text: String = files.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect();
    let read = Manifest::parse(&text).filter(|read| read.files().len() == files.len());
    read.ok_or_else(|| Problem::new(place, "64 hex digits a file", "other digests", ""))
}

/// Largest number of resamples of a shard, as of `scr evaluate`.
const MAX_RESAMPLES: usize = 1_000_000;

/// The scores in a written shard of the file `place`.
///
/// # Errors
/// [`Problem`] of the first value that no shard of this version has.
pub fn read_shard(place: &str, document: ShardDocument) -> Result<EvaluationPart, Problem> {
    let fault = |expected: &str, found: &str| Problem::new(place, expected, found, "");
    if document.evaluator_version != EVALUATOR_VERSION {
        let expected = format!("a shard of evaluator {EVALUATOR_VERSION}");
        return Err(fault(&expected, &document.evaluator_version));
    }
    if document.bootstrap_resamples > MAX_RESAMPLES {
        let expected = format!("at most {MAX_RESAMPLES} bootstrap resamples");
        return Err(fault(&expected, &document.bootstrap_resamples.to_string()));
    }
    let shard: Shard = document
        .shard
        .parse()
        .map_err(|_| fault("a shard I/N", &format!("`{}`", document.shard)))?;
    let measure = |key: &String| {
        key.parse::<Measure>()
            .map_err(|error| fault("measures of `scr measures`", &error.to_string()))
    };
    let measures: Vec<Measure> = document.measures.iter().map(measure).collect::<Result<_, _>>()?;
    let image_measure = |key: &String| {
        let found = ImageMeasure::ALL.into_iter().find(|measure| measure.info().key == key);
        found.ok_or_else(|| fault("measures of whole images", &format!("`{key}`")))
    };
    let image_measures: Vec<ImageMeasure> =
        document.image_measures.iter().map(image_measure).collect::<Result<_, _>>()?;
    let undefined = match document.undefined_as {
        None => UndefinedPolicy::Counted,
        Some(UndefinedDocument::ImageDiagonal) => UndefinedPolicy::ImageDiagonal,
        Some(UndefinedDocument::LongestDiagonal) => {
            return Err(fault("image_diagonal or null", "longest_diagonal"));
        }
    };
    let counts = (document.objects.len(), measures.len(), image_measures.len());
    let places: Vec<usize> = document.images.iter().map(|image| image.place).collect();
    if !places.is_sorted_by(|a, b| a < b) || !places.iter().all(|&place| shard.has(place)) {
        return Err(fault(&format!("places of shard {shard}, ascending"), "others"));
    }
    let records = document.images.into_iter().map(|image| record(place, image, counts));
    let records: Vec<ImageRecord> = records.collect::<Result<_, _>>()?;
    let reference_files = read_files(place, &document.reference_files)?;
    let mask_files = read_files(place, &document.mask_files)?;
    let object = |ShardObject { id, name }| ScoredObject { id, name };
    let evaluation = Evaluation {
        benchmark: document.benchmark,
        benchmark_digest: reference_files.digest(),
        masks_digest: mask_files.digest(),
        evaluator_version: EVALUATOR_VERSION,
        observer: document.observer,
        has_spacing: document.has_spacing,
        has_folds: document.has_folds,
        objects: document.objects.into_iter().map(object).collect(),
        measures,
        image_measures,
        undefined,
        records,
        bootstrap_seed: document.bootstrap_seed,
        bootstrap_resamples: document.bootstrap_resamples,
    };
    Ok(EvaluationPart { shard, evaluation, places, reference_files, mask_files })
}

fn record(
    place: &str,
    image: ShardImage,
    (n_objects, n_measures, n_values): (usize, usize, usize),
) -> Result<ImageRecord, Problem> {
    let is_whole = image.objects.len() == n_objects
        && image.objects.iter().all(|values| values.len() == n_measures)
        && image.image_values.len() == n_values;
    if !is_whole {
        let expected = format!("values of {n_objects} objects and {n_measures} measures");
        return Err(Problem::new(place, expected, format!("others of {}", image.image), ""));
    }
    let spacing = image.spacing_mm.map(|[x, y]| Spacing::new(x, y)).transpose();
    let spacing =
        spacing.map_err(|error| Problem::new(place, "a spacing in mm", error.to_string(), ""))?;
    let [width, height] = image.size;
    Ok(ImageRecord {
        image: image.image,
        fold: image.fold,
        spacing,
        size: Size::new(width, height),
        objects: image.objects,
        image_values: image.image_values,
    })
}
