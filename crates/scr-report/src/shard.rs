//! The written form of a shard, and its reader.

use scr_data::Problem;
use scr_data::digest::{Manifest, hex};
use scr_documents::{ShardDocument, ShardImage, ShardObject, UndefinedDocument};
use scr_eval::{
    EVALUATOR_VERSION, Evaluation, EvaluationPart, ImageMeasure, ImageRecord, ScoredObject, Shard,
    UndefinedPolicy,
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
    let image = |(record, place): (&ImageRecord, &usize)| ShardImage {
        place: *place,
        image: record.image.clone(),
        fold: record.fold,
        spacing_mm: record.spacing.map(|spacing| [spacing.x_mm(), spacing.y_mm()]),
        size: [record.size.width, record.size.height],
        objects: record.objects.clone(),
        image_values: record.image_values.clone(),
    };
    let files = |manifest: &Manifest| {
        manifest.files().map(|(path, digest)| (path.to_owned(), hex(digest))).collect()
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
        reference_files: files(&part.reference_files),
        mask_files: files(&part.mask_files),
        images: evaluation.records.iter().zip(&part.places).map(image).collect(),
    }
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
    let files = |files: std::collections::BTreeMap<String, String>| {
        let text: String =
            files.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect();
        let read = Manifest::parse(&text).filter(|read| read.files().len() == files.len());
        read.ok_or_else(|| fault("64 hex digits a file", "other digests"))
    };
    let reference_files = files(document.reference_files)?;
    let mask_files = files(document.mask_files)?;
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
