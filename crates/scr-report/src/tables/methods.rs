//! Overview table of methods: one row a method, one column an object.

use scr_documents::{MeasureMap, ResultDocument, SummaryDocument};

use super::cells::{arrow, mean_sd};
use crate::layout::{Column, Table};

/// Measures of the columns: of whole images, and of objects.
const MEASURES: [&str; 2] = ["pixel_error", "overlap"];

/// Table of the mean (sd) of pixel error and of every object's overlap, in the order given.
#[must_use]
pub fn methods_table(results: &[(&str, &ResultDocument)]) -> Table {
    let Some((_, first)) = results.first() else { return Table::default() };
    let [of_image, of_object] = MEASURES;
    let objects: Vec<&String> = first.objects.keys().collect();
    let mut columns = vec![Column::text("method")];
    columns.push(Column::number(format!("{of_image}{}", arrow(of_image))));
    columns.extend(objects.iter().map(|object| Column::number(format!("{object} ↑"))));
    let row = |(name, result): &(&str, &ResultDocument)| {
        let of = |summaries: Option<&MeasureMap<_>>, key: &str| {
            let summary: Option<&SummaryDocument> = summaries.and_then(|s| s.get(key));
            mean_sd(key, summary.and_then(|s| s.mean), summary.and_then(|s| s.sd))
        };
        let mut row = vec![(*name).to_owned(), of(Some(&result.image_measures), of_image)];
        row.extend(objects.iter().map(|object| of(result.objects.get(*object), of_object)));
        row
    };
    Table {
        title: format!("methods on {}: {of_image}, and {of_object} by object", first.benchmark),
        columns,
        rows: results.iter().map(row).collect(),
        notes: vec![
            "mean (sd) over images; `scr compare` tests the differences for significance".into(),
        ],
        ..Table::default()
    }
}
