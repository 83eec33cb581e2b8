//! Tables of one result: summaries by object, values by image.

use scr_documents::{MeasureMap, ResultDocument, SummaryDocument, UndefinedDocument};

use super::cells::{arrow, count, interval, number};
use crate::layout::{Column, Table};

/// Name of whole images among objects.
const WHOLE_IMAGE: &str = "whole image";

/// Tables of a result's summaries: one an object, one for whole images, and notes that
/// identify the scored data. When the masks cover several folds, with the mean of each.
#[must_use]
pub fn result_tables(result: &ResultDocument) -> Vec<Table> {
    let whole = (!result.image_measures.is_empty()).then_some((None, &result.image_measures));
    let objects = result.objects.iter().map(|(id, measures)| (Some(id.as_str()), measures));
    let mut tables: Vec<Table> = objects
        .chain(whole)
        .map(|(object, measures)| summary_table(result, object, measures))
        .collect();
    tables.push(Table { notes: what_was_scored(result), ..Table::default() });
    tables
}

/// Notes below every table: scored data and version of the rules.
pub(super) fn what_was_scored(result: &ResultDocument) -> Vec<String> {
    let spacing = result.spacing_mm.map_or("unknown".to_owned(), |spacing| spacing.to_string());
    let mut lines = vec![
        format!("benchmark {}  observer {}  spacing {spacing}", result.benchmark, result.observer),
        format!("benchmark digest {}", result.benchmark_digest),
        format!("masks digest     {}", result.masks_digest),
        format!(
            "evaluator {}; 95 % interval of the mean by bootstrap over images ({} resamples, seed {})",
            result.evaluator_version, result.bootstrap_resamples, result.bootstrap_seed
        ),
    ];
    if let Some(undefined_as) = result.undefined_as {
        let length = match undefined_as {
            UndefinedDocument::ImageDiagonal => "the image's diagonal",
            UndefinedDocument::LongestDiagonal => "the longest diagonal of all images",
        };
        lines.push(format!("undefined distances are summarised as {length}"));
    }
    lines
}

fn summary_table(
    result: &ResultDocument,
    object: Option<&str>,
    measures: &MeasureMap<SummaryDocument>,
) -> Table {
    let folds: Vec<(&String, &MeasureMap<SummaryDocument>)> = result
        .folds
        .iter()
        .filter(|_| result.folds.len() > 1)
        .filter_map(|(number, fold)| {
            let measures = match object {
                Some(object) => fold.objects.get(object)?,
                None => &fold.image_measures,
            };
            Some((number, measures))
        })
        .collect();
    let numbers =
        ["mean", "sd", "95 % interval", "min", "q1", "median", "q3", "max", "n", "undefined"];
    let columns = std::iter::once(Column::text("measure"))
        .chain(numbers.map(Column::number))
        .chain(folds.iter().map(|(number, _)| Column::number(format!("fold {number} mean"))));
    let rows = measures.iter().map(|(key, summary)| {
        let value = |value| number(key, value);
        let mut row = vec![
            format!("{key}{}", arrow(key)),
            value(summary.mean),
            value(summary.sd),
            interval(key, summary.ci95),
            value(summary.min),
            value(summary.q1),
            value(summary.median),
            value(summary.q3),
            value(summary.max),
            count(summary.n),
            count(summary.n_undefined),
        ];
        row.extend(folds.iter().map(|(_, of_fold)| value(of_fold.get(key).and_then(|s| s.mean))));
        row
    });
    Table {
        title: object.unwrap_or(WHOLE_IMAGE).to_owned(),
        columns: columns.collect(),
        rows: rows.collect(),
        notes: Vec::new(),
    }
}

/// Table of every image's values, one row an image.
#[must_use]
pub fn image_table(result: &ResultDocument) -> Table {
    let images = result.images.as_deref().unwrap_or_default();
    let mut columns = vec![Column::text("image"), Column::number("fold")];
    for (object, measures) in &result.objects {
        columns.extend(measures.keys().map(|key| Column::number(format!("{object} {key}"))));
    }
    columns.extend(result.image_measures.keys().map(Column::number));
    let rows = images.iter().map(|image| {
        let mut row = vec![image.image.clone(), image.fold.to_string()];
        for measures in image.objects.values().chain([&image.image_measures]) {
            row.extend(measures.iter().map(|(key, value)| number(key, *value)));
        }
        row
    });
    Table { title: String::new(), columns, rows: rows.collect(), notes: Vec::new() }
}
