//! Tables for a paper: mean ± sd by object, method and measure, the best mean in bold.

use std::collections::BTreeSet;

use scr_documents::{MeasureMap, ResultDocument, SummaryDocument};

use crate::comparison::NamedResult;
use crate::layout::{Column, Table};
use crate::numbers::MeasureFormat;
use crate::standings::{self, Standing, Statistic, ranks};

/// Tables of one or several results: one of all objects, one of whole images, each with a row
/// an object and method and a column a measure. Bold is the best mean of several, by the order
/// of [`standings`](crate::standings).
///
/// Measures are those of the first result; one that another result lacks is a dash there.
#[must_use]
pub fn paper_tables(results: &[NamedResult]) -> Vec<Table> {
    let Some(first) = results.first() else { return Vec::new() };
    let mut objects: Vec<&str> = Vec::new();
    for id in results.iter().flat_map(|named| named.result.objects.keys()) {
        if !objects.contains(&id.as_str()) {
            objects.push(id);
        }
    }
    let keys: Vec<&String> = first.result.objects.values().next().map_or_else(Vec::new, keys_of);
    let mut tables = Vec::new();
    if !objects.is_empty() && !keys.is_empty() {
        let subjects: Vec<Option<&str>> = objects.into_iter().map(Some).collect();
        tables.push(table(results, &subjects, &keys));
    }
    let keys = keys_of(&first.result.image_measures);
    if !keys.is_empty() {
        tables.push(table(results, &[None], &keys));
    }
    if let Some(last) = tables.last_mut() {
        last.notes.extend(origin(results));
    }
    tables
}

fn keys_of(measures: &MeasureMap<SummaryDocument>) -> Vec<&String> {
    measures.keys().collect()
}

/// Table of objects, or of whole images where the only subject is none.
fn table(results: &[NamedResult], subjects: &[Option<&str>], keys: &[&String]) -> Table {
    let (has_objects, has_methods) = (subjects != [None], results.len() > 1);
    let formats: Vec<MeasureFormat> =
        keys.iter().map(|key| MeasureFormat::of(&results[0].result, key)).collect();
    let mut columns = Vec::new();
    columns.extend(has_objects.then(|| Column::text("Object")));
    columns.extend(has_methods.then(|| Column::name("Method")));
    let n_leading = columns.len();
    columns.extend(formats.iter().map(|format| Column::number(format.head())));
    let mut table = Table { title: title(results, has_objects), columns, ..Table::default() };
    for subject in subjects {
        for (index, named) in results.iter().enumerate() {
            let object = if index == 0 { subject.unwrap_or_default() } else { "" };
            let mut row = Vec::new();
            row.extend(has_objects.then(|| object.to_owned()));
            row.extend(has_methods.then(|| named.name.clone()));
            row.extend(keys.iter().zip(&formats).map(|(key, format)| {
                let summary = summary(&named.result, *subject, key);
                format.mean_plus_minus_sd(summary.and_then(|s| s.mean), summary.and_then(|s| s.sd))
            }));
            table.rows.push(row);
        }
        let first_row = table.rows.len() - results.len();
        for (column, (key, format)) in keys.iter().zip(&formats).enumerate() {
            let best = best_of(results, *subject, key, format);
            table.best.extend(best.into_iter().map(|row| (first_row + row, n_leading + column)));
        }
    }
    table.notes.extend(abbreviations(&formats));
    table.notes.extend(undefined(results, subjects, keys));
    table
}

fn title(results: &[NamedResult], has_objects: bool) -> String {
    let benchmark = &results[0].result.benchmark;
    let by = if has_objects { "by object" } else { "of whole images" };
    let bold = if results.len() > 1 { "; the best mean is bold" } else { "" };
    let n = n_images(&results[0].result).map_or_else(String::new, |n| format!(" over {n} images"));
    format!("Results on {benchmark} {by}: mean ± standard deviation{n}{bold}.")
}

/// Number of images of a result; none where a site hides it.
fn n_images(result: &ResultDocument) -> Option<usize> {
    let of_objects = result.objects.values().flatten();
    let (key, summary) = of_objects.chain(&result.image_measures).next()?;
    standings::n_images(result, key, summary)
}

fn summary<'a>(
    result: &'a ResultDocument,
    object: Option<&str>,
    key: &str,
) -> Option<&'a SummaryDocument> {
    let measures = match object {
        Some(object) => result.objects.get(object)?,
        None => &result.image_measures,
    };
    measures.get(key)
}

/// Indices of the results with the best mean; none for one result, or without a better end.
fn best_of(
    results: &[NamedResult],
    object: Option<&str>,
    key: &str,
    format: &MeasureFormat,
) -> BTreeSet<usize> {
    let Some(better) = format.better.filter(|_| results.len() > 1) else { return BTreeSet::new() };
    let standing = |named: &NamedResult| {
        let found = summary(&named.result, object, key);
        Standing::of(&named.result, key, found, Statistic::Mean)
    };
    let ranks = ranks(&results.iter().map(standing).collect::<Vec<_>>(), better);
    ranks.iter().enumerate().filter(|(_, rank)| **rank == Some(1)).map(|(index, _)| index).collect()
}

/// Full names of the measures that have a short one.
fn abbreviations(formats: &[MeasureFormat]) -> Option<String> {
    let is_short = |format: &&MeasureFormat| !format.name.eq_ignore_ascii_case(&format.short_name);
    let words = |format: &MeasureFormat| format!("{}: {}", format.short_name, format.name);
    let words: Vec<String> = formats.iter().filter(is_short).map(words).collect();
    (!words.is_empty()).then(|| format!("{}.", words.join("; ")))
}

/// Notes on means that leave out images without a value.
fn undefined(results: &[NamedResult], subjects: &[Option<&str>], keys: &[&String]) -> Vec<String> {
    let mut notes = Vec::new();
    for named in results {
        for subject in subjects {
            let count = |key: &&String| {
                let n = summary(&named.result, *subject, key)?.n_undefined.filter(|&n| n > 0)?;
                Some(format!("{} in {n}", MeasureFormat::page(key).short_name))
            };
            let counts: Vec<String> = keys.iter().filter_map(count).collect();
            if !counts.is_empty() {
                let object = subject.unwrap_or("whole image");
                let counts = counts.join(", ");
                notes.push(format!("Undefined for {}, {object}: {counts} images.", named.name));
            }
        }
    }
    notes
}

/// Notes on the origin of the numbers.
fn origin(results: &[NamedResult]) -> Vec<String> {
    let first = &results[0].result;
    let mut notes = vec![format!(
        "Scored against observer {} by evaluator {} of scr.",
        first.observer, first.evaluator_version
    )];
    if results.len() > 1 {
        notes.push("Differences are not tested here; scr compare tests them.".to_owned());
    }
    notes
}
