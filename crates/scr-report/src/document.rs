//! The written form of an evaluation.
//!
//! Computes nothing: [`result_document`] copies an evaluation into the written form.

use indexmap::IndexMap;
use scr_documents::{
    FoldDocument, ImageDocument, MeasureMap, ResultDocument, SpacingDocument, SummaryDocument,
    UndefinedDocument,
};
use scr_eval::{Evaluation, ImageRecord, Summaries, SummaryWithInterval, UndefinedPolicy};
use scr_image::Spacing;

/// The result document of an evaluation, with the values of every image if asked for.
#[must_use]
pub fn result_document(evaluation: &Evaluation, with_images: bool) -> ResultDocument {
    let keys: Vec<String> =
        evaluation.measures.iter().map(|&measure| evaluation.result_key(measure)).collect();
    let spacings = evaluation.records.iter().map(|record| record.spacing.map(spacing_document));
    let spacing_mm = SpacingDocument::of_images(spacings);
    let spacings_differ = spacing_mm.is_some_and(SpacingDocument::is_range);
    let image = |record: &ImageRecord| ImageDocument {
        image: record.image.clone(),
        fold: record.fold,
        spacing_mm: record.spacing.map(spacing_document).filter(|_| spacings_differ),
        objects: by_object(evaluation, &record.objects, |values| {
            keys.iter().cloned().zip(values.iter().copied()).collect()
        }),
        image_measures: by_image_measure(evaluation, &record.image_values, |value| *value),
    };
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
        spacing_mm,
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
        images: with_images.then(|| evaluation.records.iter().map(image).collect()),
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
