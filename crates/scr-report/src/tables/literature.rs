//! Tables of published results, separate from computed ones.

use scr_documents::LiteratureDocument;

use super::cells::Width;
use crate::layout::{Column, Table};
use crate::numbers::TABLE_NO_VALUE;

/// Published results by object, in the order of the benchmark, each with its protocol; on a
/// page with its source and how it was verified. `note` names the data. Empty without rows.
#[must_use]
pub fn literature_tables(rows: &[LiteratureDocument], note: &str, width: Width) -> Vec<Table> {
    let mut tables: Vec<(&str, Table)> = Vec::new();
    for row in rows {
        let place = tables.iter().position(|(object, _)| *object == row.object);
        let place = place.unwrap_or_else(|| {
            tables.push((&row.object, empty_table(&row.object, width)));
            tables.len() - 1
        });
        let mut cells = vec![
            row.method.clone(),
            row.year.clone(),
            row.measure.clone(),
            as_published(row.mean, row.sd).unwrap_or_else(|| TABLE_NO_VALUE.to_owned()),
            row.unit.clone(),
            row.protocol.clone(),
        ];
        if width.has_all() {
            cells.extend([row.verified.clone(), row.source.clone()]);
        }
        tables[place].1.rows.push(cells);
    }
    if let Some((_, last)) = tables.last_mut() {
        last.notes.push(
            "published values, not computed here; `protocol not read`: the split was not verified"
                .into(),
        );
        last.notes.extend((!note.is_empty()).then(|| note.to_owned()));
        if !width.has_all() {
            last.notes.push("--format markdown adds sources and how they were verified".into());
        }
    }
    tables.into_iter().map(|(_, table)| table).collect()
}

fn empty_table(object: &str, width: Width) -> Table {
    let object = if object == "all" { "all structures together" } else { object };
    let words: &[&str] = match width {
        Width::Terminal => &["protocol"],
        Width::Page | Width::Report => &["protocol", "verified", "source"],
    };
    let mut columns = vec![Column::text("method"), Column::number("year"), Column::text("measure")];
    columns.extend([Column::number("mean (sd)"), Column::text("unit")]);
    columns.extend(words.iter().copied().map(Column::text));
    Table { title: format!("published elsewhere: {object}"), columns, ..Table::default() }
}

/// Formats `mean (sd)` of a source, both with as many decimals as the longer one: parsed
/// numbers have lost their trailing zeros.
#[must_use]
pub fn as_published(mean: Option<f64>, sd: Option<f64>) -> Option<String> {
    let decimals = |value: Option<f64>| {
        let text = value.map(|value| value.to_string()).unwrap_or_default();
        text.split_once('.').map_or(0, |(_, decimals)| decimals.len())
    };
    let places = decimals(mean).max(decimals(sd));
    let shown = |value: f64| format!("{value:.places$}");
    Some(match sd {
        Some(sd) => format!("{} ({})", shown(mean?), shown(sd)),
        None => shown(mean?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_mean_and_sd_have_the_same_decimals() {
        let shown = |mean, sd| as_published(mean, sd).unwrap_or_default();
        assert_eq!(shown(Some(0.04), Some(0.013)), "0.040 (0.013)");
        assert_eq!(shown(Some(2.3), Some(1.03)), "2.30 (1.03)");
        assert_eq!(shown(Some(0.95), None), "0.95");
        assert_eq!(as_published(None, Some(0.1)), None);
    }
}
