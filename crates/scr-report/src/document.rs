//! The written form of an evaluation.
//!
//! Computes nothing: [`result_document`] copies an evaluation into the written form, and
//! [`write_json`] writes it image by image.

use std::io::{self, Write};

use indexmap::IndexMap;
use scr_documents::{
    FoldDocument, ImageDocument, MeasureMap, ResultDocument, SpacingDocument, SummaryDocument,
    UndefinedDocument,
};
use scr_eval::{Evaluation, ImageRecord, Summaries, SummaryWithInterval, UndefinedPolicy};
use scr_image::Spacing;
use serde::{Serialize, Serializer};

/// The result document of an evaluation, with the values of every image if asked for.
#[must_use]
pub fn result_document(evaluation: &Evaluation, with_images: bool) -> ResultDocument {
    let keys = keys(evaluation);
    let summarised = |summaries: &Summaries| FoldDocument {
        objects: by_object(evaluation, &summaries.objects, |values| {
            keys.iter().cloned().zip(values.iter().map(summary_document)).collect()
        }),
        image_measures: by_image_measure(evaluation, &summaries.image_measures, summary_document),
    };
    let whole = summarised(&evaluation.summaries(None));
    let folds = evaluation
        .folds()
        .into_iter()
        .map(|fold| (fold.to_string(), summarised(&evaluation.summaries(Some(fold)))));
    ResultDocument {
        benchmark: evaluation.benchmark.clone(),
        benchmark_digest: evaluation.benchmark_digest.clone(),
        masks_digest: evaluation.masks_digest.clone(),
        evaluator_version: evaluation.evaluator_version.to_owned(),
        observer: evaluation.observer.clone(),
        spacing_mm: spacing_of(evaluation),
        undefined_as: match evaluation.undefined {
            UndefinedPolicy::Counted => None,
            UndefinedPolicy::ImageDiagonal => Some(UndefinedDocument::ImageDiagonal),
        },
        rounded_to: None,
        bootstrap_seed: evaluation.bootstrap_seed,
        bootstrap_resamples: evaluation.bootstrap_resamples,
        objects: whole.objects,
        image_measures: whole.image_measures,
        folds: folds.collect(),
        images: with_images.then(|| image_documents(evaluation).collect()),
    }
}

/// Values of every image in the written form, in the order of the records; each is made when it is
/// taken.
pub fn image_documents(evaluation: &Evaluation) -> impl ExactSizeIterator<Item = ImageDocument> {
    let keys = keys(evaluation);
    let spacings_differ = spacing_of(evaluation).is_some_and(SpacingDocument::is_range);
    let image = move |record: &ImageRecord| ImageDocument {
        image: record.image.clone(),
        fold: record.fold,
        spacing_mm: record.spacing.map(spacing_document).filter(|_| spacings_differ),
        objects: by_object(evaluation, &record.objects, |values| {
            keys.iter().cloned().zip(values.iter().copied()).collect()
        }),
        image_measures: by_image_measure(evaluation, &record.image_values, |value| *value),
    };
    evaluation.records.iter().map(image)
}

/// Writes the bytes of [`ResultDocument::to_json`] with the values of every image. Holds one image at
/// a time.
///
/// # Errors
/// Errors of `file`.
pub fn write_json(file: &mut (dyn Write + Send), evaluation: &Evaluation) -> io::Result<()> {
    let written =
        WithImages { result: &result_document(evaluation, false), images: Images(evaluation) };
    serde_json::to_writer_pretty(&mut *file, &written)?;
    file.write_all(b"\n")
}

/// Result and the values of every image, which are its last field.
#[derive(Serialize)]
struct WithImages<'a> {
    #[serde(flatten)]
    result: &'a ResultDocument,
    images: Images<'a>,
}

/// Values of every image, made one by one as they are written.
struct Images<'a>(&'a Evaluation);

impl Serialize for Images<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(image_documents(self.0))
    }
}

/// Keys of the measures of objects.
fn keys(evaluation: &Evaluation) -> Vec<String> {
    evaluation.measures.iter().map(|&measure| evaluation.result_key(measure)).collect()
}

/// Spacing of all images.
fn spacing_of(evaluation: &Evaluation) -> Option<SpacingDocument> {
    let spacings = evaluation.records.iter().map(|record| record.spacing.map(spacing_document));
    SpacingDocument::of_images(spacings)
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

/// The written form of a summary.
#[must_use]
pub fn summary_document(found: &SummaryWithInterval) -> SummaryDocument {
    let summary = found.summary;
    SummaryDocument {
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

fn spacing_document(spacing: Spacing) -> SpacingDocument {
    SpacingDocument::new(spacing.x_mm(), spacing.y_mm())
}
