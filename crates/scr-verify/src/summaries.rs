//! Checks of summaries against the images' values, to the last digit.

use indexmap::IndexMap;
use scr_documents::{FoldDocument, ImageDocument, MeasureMap, ResultDocument, SummaryDocument};
use scr_eval::SummaryWithInterval;
use scr_report::summary_document;
use scr_stats::{Bootstrap, Summary};
use serde_json::Value;

use crate::report::Report;

/// Recomputes every summary of a result from its images' values.
pub(crate) fn check(place: &str, result: &ResultDocument, report: &mut Report) {
    let Some(images) = &result.images else {
        report.problem(place, "every image's values", "none");
        return;
    };
    if result.undefined_as.is_some() {
        report.unreached.push(format!("{place}: penalties for undefined distances need the masks"));
        return;
    }
    let mut again = result.clone();
    let whole = summarise(result, images);
    (again.objects, again.image_measures) = (whole.objects, whole.image_measures);
    for (fold, document) in &mut again.folds {
        let of_fold: Vec<ImageDocument> =
            images.iter().filter(|image| image.fold.to_string() == *fold).cloned().collect();
        *document = summarise(result, &of_fold);
    }
    compare_documents(place, &again, result, report);
}

fn summarise(result: &ResultDocument, images: &[ImageDocument]) -> FoldDocument {
    let mut columns: Vec<Vec<Option<f64>>> = Vec::new();
    for (object, measures) in &result.objects {
        for measure in measures.keys() {
            let value =
                |image: &ImageDocument| image.objects.get(object)?.get(measure).copied().flatten();
            columns.push(images.iter().map(value).collect());
        }
    }
    for measure in result.image_measures.keys() {
        let value = |image: &ImageDocument| image.image_measures.get(measure).copied().flatten();
        columns.push(images.iter().map(value).collect());
    }
    let bootstrap = Bootstrap::new(images.len(), result.bootstrap_resamples, result.bootstrap_seed);
    let intervals = bootstrap.mean_ci95(&columns);
    let mut summaries = columns.iter().zip(intervals).map(|(values, ci95)| {
        summary_document(&SummaryWithInterval { summary: Summary::of(values), ci95 })
    });
    let mut of = |measures: &MeasureMap<SummaryDocument>| -> MeasureMap<SummaryDocument> {
        measures.keys().cloned().zip(summaries.by_ref()).collect()
    };
    let objects: IndexMap<String, MeasureMap<SummaryDocument>> =
        result.objects.iter().map(|(id, measures)| (id.clone(), of(measures))).collect();
    FoldDocument { objects, image_measures: of(&result.image_measures) }
}

/// Reports every value in which two results differ.
pub(crate) fn compare_documents(
    place: &str,
    computed: &ResultDocument,
    published: &ResultDocument,
    report: &mut Report,
) {
    let json = |document: &ResultDocument| serde_json::to_value(document).unwrap_or_default();
    compare(place, &json(computed), &json(published), report);
}

fn compare(place: &str, computed: &Value, published: &Value, report: &mut Report) {
    match (computed, published) {
        (Value::Object(one), Value::Object(two)) => {
            for (key, value) in one {
                let other = two.get(key).unwrap_or(&Value::Null);
                compare(&format!("{place}: {key}"), value, other, report);
            }
            for key in two.keys().filter(|key| !one.contains_key(*key)) {
                report.problem(format!("{place}: {key}"), "nothing", "a value");
            }
        }
        (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
            for (index, (one, two)) in one.iter().zip(two).enumerate() {
                let name = one.get("image").and_then(Value::as_str);
                let name = name.map_or_else(|| index.to_string(), str::to_owned);
                compare(&format!("{place}: {name}"), one, two, report);
            }
        }
        _ if computed == published => {}
        _ => report.problem(place, computed.to_string(), published.to_string()),
    }
}
