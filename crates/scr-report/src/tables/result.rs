//! Tables of one result: summaries by object, values by image.

use scr_documents::{
    ImageDocument, MeasureMap, ResultDocument, SummaryDocument, UndefinedDocument,
};
use scr_measures::Better;

use super::cells::{Width, arrow, count, interval, mean_sd, number};
use crate::layout::{Column, Table};
use crate::numbers::{MeasureFormat, TABLE_NO_VALUE};

/// Name of whole images among objects.
const WHOLE_IMAGE: &str = "whole image";

/// Tables of a result's summaries: one an object, one for whole images, and notes that
/// identify the scored data. On a page with all statistics and, when the masks cover several
/// folds, the mean of each fold.
#[must_use]
pub fn result_tables(result: &ResultDocument, width: Width) -> Vec<Table> {
    let whole = (!result.image_measures.is_empty()).then_some((None, &result.image_measures));
    let objects = result.objects.iter().map(|(id, measures)| (Some(id.as_str()), measures));
    let mut tables: Vec<Table> = objects
        .chain(whole)
        .map(|(object, measures)| match width {
            Width::Terminal => short_table(object, measures),
            Width::Page | Width::Report => summary_table(result, object, measures, width),
        })
        .collect();
    tables.push(Table { notes: what_was_scored(result), ..Table::default() });
    tables
}

/// One row a measure: mean (sd) and its interval, median, worst value, and the count of images.
fn short_table(object: Option<&str>, measures: &MeasureMap<SummaryDocument>) -> Table {
    let numbers = ["mean (sd)", "95 % interval", "median", "worst", "images"];
    let mut columns = vec![Column::text("measure")];
    columns.extend(numbers.map(Column::number));
    let row = |(key, summary): (&String, &SummaryDocument)| {
        let worst = match MeasureFormat::table(key).better {
            Some(Better::Higher) => number(key, summary.min),
            Some(Better::Lower) => number(key, summary.max),
            None => TABLE_NO_VALUE.to_owned(),
        };
        let images = match (summary.n, summary.n_undefined) {
            (Some(n), Some(n_undefined)) if n_undefined > 0 => {
                format!("{n} of {}", n + n_undefined)
            }
            (n, _) => count(n),
        };
        vec![
            format!("{key}{}", arrow(key)),
            mean_sd(key, summary.mean, summary.sd),
            interval(key, summary.ci95),
            number(key, summary.median),
            worst,
            images,
        ]
    };
    Table {
        title: object.unwrap_or(WHOLE_IMAGE).to_owned(),
        columns,
        rows: measures.iter().map(row).collect(),
        ..Table::default()
    }
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
    width: Width,
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
            width.label(key),
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
        ..Table::default()
    }
}

/// Tables of every image's values, one row an image: one table an object, one for whole
/// images. Empty without these values.
#[must_use]
pub fn image_tables(result: &ResultDocument, width: Width) -> Vec<Table> {
    let Some(images) = &result.images else { return Vec::new() };
    let table = |object: Option<&str>, keys: Vec<&String>| {
        let mut columns = vec![Column::name("image"), Column::number("fold")];
        columns.extend(keys.iter().map(|key| Column::number(width.head(key))));
        let row = |image: &ImageDocument| {
            let values = match object {
                Some(object) => image.objects.get(object),
                None => Some(&image.image_measures),
            };
            let value = |key: &String| values.and_then(|values| values.get(key).copied().flatten());
            let mut row = vec![image.image.clone(), image.fold.to_string()];
            row.extend(keys.iter().map(|key| number(key, value(key))));
            row
        };
        let rows = images.iter().map(row).collect();
        let title = format!("{}, image by image", object.unwrap_or(WHOLE_IMAGE));
        Table { title, columns, rows, ..Table::default() }
    };
    let objects = result.objects.iter().map(|(id, measures)| (Some(id.as_str()), measures));
    let whole = (!result.image_measures.is_empty()).then_some((None, &result.image_measures));
    let subjects = objects.chain(whole);
    subjects.map(|(object, measures)| table(object, measures.keys().collect())).collect()
}
