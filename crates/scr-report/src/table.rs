//! A result as a table that reads well in a terminal without colour.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use scr_measures::{Better, Measure};

use crate::document::{MeasureMap, ResultDocument, SummaryDocument};

/// The summaries of a result: one table an object, one for whole images, and a
/// line that names what was scored.
#[must_use]
pub fn summary_table(result: &ResultDocument) -> String {
    let mut text = String::new();
    for (object, measures) in &result.objects {
        text += &titled(object, measures);
    }
    if !result.image_measures.is_empty() {
        text += &titled("whole image", &result.image_measures);
    }
    let spacing = result.spacing_mm.map_or("unknown".to_owned(), |spacing| spacing.to_string());
    text += &format!(
        "benchmark {}  observer {}  spacing {spacing}\nbenchmark digest {}\nmasks digest     {}\nevaluator {}; \
         95 % interval of the mean by bootstrap over images ({} resamples, seed {})\n",
        result.benchmark,
        result.observer,
        result.benchmark_digest,
        result.masks_digest,
        result.evaluator_version,
        result.bootstrap_resamples,
        result.bootstrap_seed,
    );
    text
}

/// Every image's values, one row an image.
#[must_use]
pub fn image_table(result: &ResultDocument) -> String {
    let images = result.images.as_deref().unwrap_or_default();
    let mut header = vec!["image".to_owned(), "fold".to_owned()];
    for (object, measures) in &result.objects {
        header.extend(measures.keys().map(|key| format!("{object} {key}")));
    }
    header.extend(result.image_measures.keys().cloned());
    let rows = images.iter().map(|image| {
        let mut row = vec![image.image.clone(), image.fold.to_string()];
        for measures in image.objects.values().chain([&image.image_measures]) {
            row.extend(measures.iter().map(|(key, value)| number(key, *value)));
        }
        row
    });
    format!("{}\n", table(&header, rows, 1))
}

fn titled(title: &str, measures: &MeasureMap<SummaryDocument>) -> String {
    let header = [
        "measure",
        "mean",
        "sd",
        "95 % interval",
        "min",
        "q1",
        "median",
        "q3",
        "max",
        "n",
        "undefined",
    ]
    .map(str::to_owned);
    let rows = measures.iter().map(|(key, summary)| {
        let value = |value| number(key, value);
        let interval = summary.ci95.map_or("-".to_owned(), |[low, high]| {
            format!("{}..{}", value(Some(low)), value(Some(high)))
        });
        vec![
            format!("{key} {}", arrow(key)),
            value(summary.mean),
            value(summary.sd),
            interval,
            value(summary.min),
            value(summary.q1),
            value(summary.median),
            value(summary.q3),
            value(summary.max),
            summary.n.to_string(),
            summary.n_undefined.to_string(),
        ]
    });
    format!("{title}\n{}\n\n", table(&header, rows, 1))
}

/// Points to the better end: up or down.
fn arrow(key: &str) -> &'static str {
    match Measure::from_result_key(key).map(|(measure, _)| measure.better()) {
        Ok(Better::Higher) => "↑",
        Ok(Better::Lower) => "↓",
        Err(_) if key == "pixel_error" => "↓",
        Err(_) => "",
    }
}

/// A value rounded for reading: shares to four places, distances to three.
fn number(key: &str, value: Option<f64>) -> String {
    let places = if key.ends_with("_mm") || key.ends_with("_px") { 3 } else { 4 };
    value.map_or("-".to_owned(), |value| format!("{value:.places$}"))
}

fn table(
    header: &[String],
    rows: impl IntoIterator<Item = Vec<String>>,
    n_text_columns: usize,
) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header)
        .add_rows(rows);
    for column in table.column_iter_mut().skip(n_text_columns) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

/// One line a measure: its mean and standard deviation, for a first look.
#[must_use]
pub fn overview(result: &ResultDocument) -> String {
    let objects = result.objects.iter().map(|(object, measures)| (object.as_str(), measures));
    let whole = [("whole image", &result.image_measures)];
    let mut text = String::new();
    for (object, measures) in objects.chain(whole) {
        for (key, summary) in measures {
            text += &format!(
                "  {object:12} {key:12} {} ({}) on {} images, {} undefined\n",
                number(key, summary.mean),
                number(key, summary.sd),
                summary.n,
                summary.n_undefined
            );
        }
    }
    text
}
