//! Table of the effect of a change in scoring rules: before, after, difference.

use scr_documents::{MeasureMap, ResultDocument, SummaryDocument};

use super::cells::{arrow, number};
use crate::layout::{Column, Table};
use crate::numbers::TABLE_NO_VALUE;

/// Table of means before and after, one row an object and measure; whole images come last,
/// as `image`.
#[must_use]
pub fn rescored_table(title: &str, before: &ResultDocument, after: &ResultDocument) -> Table {
    let head = |which: &str, result: &ResultDocument| {
        Column::number(format!("{which}, {}", result.evaluator_version))
    };
    let mut rows = Vec::new();
    for (object, measures) in &after.objects {
        rows.extend(compare(object, before.objects.get(object), measures));
    }
    rows.extend(compare("image", Some(&before.image_measures), &after.image_measures));
    Table {
        title: title.to_owned(),
        columns: vec![
            Column::text("object"),
            Column::text("measure"),
            head("before", before),
            head("after", after),
            Column::number("difference"),
        ],
        rows,
        notes: vec!["means over images".into()],
        ..Table::default()
    }
}

fn compare(
    object: &str,
    before: Option<&MeasureMap<SummaryDocument>>,
    after: &MeasureMap<SummaryDocument>,
) -> Vec<Vec<String>> {
    let row = |(key, after): (&String, &SummaryDocument)| {
        let before = before.and_then(|measures| measures.get(key)?.mean);
        let difference = before.zip(after.mean).map(|(before, after)| after - before);
        let difference = match difference {
            Some(0.0) => "0".to_owned(),
            Some(value) => format!("{value:+.2e}"),
            None => TABLE_NO_VALUE.to_owned(),
        };
        let measure = format!("{key}{}", arrow(key));
        vec![object.to_owned(), measure, number(key, before), number(key, after.mean), difference]
    };
    after.iter().map(row).collect()
}
