//! Cells of a table of results: a number, a note on undefined values, an interval mark.

use scr_documents::{MeasureMap, ResultDocument, SummaryDocument};
use scr_report::plot::MarkAxis;
use scr_report::standings::{Statistic, is_penalised, n_images};

use crate::numbers::{MeasureFormat, NO_VALUE};
use crate::standings::SortKey;

/// Cell of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    /// Number or words.
    pub(crate) text: String,
    /// Standard deviation of a mean in brackets; empty without one.
    pub(crate) sd: String,
    /// Note on images without a value; empty without any.
    pub(crate) note: String,
    /// Interval of a mean as SVG; empty without one.
    pub(crate) mark: String,
    /// Interval in words; empty without one.
    pub(crate) interval: String,
}

/// Columns of a table, with the axes of their interval marks.
pub(super) struct Cells<'a> {
    columns: &'a [SortKey],
    axes: Vec<Option<MarkAxis>>,
}

impl<'a> Cells<'a> {
    /// Columns of rows with these summaries.
    pub(super) fn new<'m>(
        columns: &'a [SortKey],
        rows: &(impl Iterator<Item = &'m MeasureMap<SummaryDocument>> + Clone),
    ) -> Self {
        let axis = |column: &SortKey| {
            let summaries = rows.clone().filter_map(|row| row.get(&column.measure));
            let with_interval = summaries.filter(|summary| summary.ci95.is_some());
            let ends = with_interval
                .flat_map(|summary| summary.ci95.into_iter().flatten().chain(summary.mean));
            MarkAxis::covering(ends).filter(|_| column.statistic == Statistic::Mean)
        };
        Self { columns, axes: columns.iter().map(axis).collect() }
    }

    /// Cells of a row; dashes without summaries.
    pub(super) fn of(
        &self,
        result: &ResultDocument,
        measures: Option<&MeasureMap<SummaryDocument>>,
    ) -> Vec<Cell> {
        let cell = |(column, axis): (&SortKey, &Option<MarkAxis>)| {
            let Some(summary) = measures.and_then(|found| found.get(&column.measure)) else {
                return Cell { text: NO_VALUE.to_owned(), ..Cell::default() };
            };
            let format = MeasureFormat::of(result, &column.measure);
            cell(result, column, summary, &format, *axis)
        };
        self.columns.iter().zip(&self.axes).map(cell).collect()
    }
}

/// Cell of an entry's mean, with its interval on an axis that covers the best entry's too.
pub(crate) fn tile_cell(
    result: &ResultDocument,
    measure: &str,
    summary: &SummaryDocument,
    interval_of_best: Option<[f64; 2]>,
) -> Cell {
    let ends = [summary.ci95, interval_of_best].into_iter().flatten().flatten();
    let axis = MarkAxis::covering(ends.chain(summary.mean));
    let column = SortKey { measure: measure.to_owned(), statistic: Statistic::Mean };
    cell(result, &column, summary, &MeasureFormat::of(result, measure), axis)
}

fn cell(
    result: &ResultDocument,
    column: &SortKey,
    summary: &SummaryDocument,
    format: &MeasureFormat,
    axis: Option<MarkAxis>,
) -> Cell {
    let key = &column.measure;
    let text = match column.statistic {
        Statistic::Mean => format.value(summary.mean),
        Statistic::Interval => format.interval(summary.ci95),
        Statistic::Undefined => {
            let counts = n_images(result, key, summary).zip(summary.n_undefined);
            counts.map_or(NO_VALUE.to_owned(), |(n, undefined)| format!("{undefined} of {n}"))
        }
        statistic => format.value(statistic.of(summary)),
    };
    if column.statistic != Statistic::Mean {
        return Cell { text, ..Cell::default() };
    }
    let drawn = axis.zip(summary.mean).filter(|_| summary.ci95.is_some());
    Cell {
        text,
        sd: summary.sd.map_or_else(String::new, |sd| format!("({})", format.value(Some(sd)))),
        note: undefined_note(result, key, summary),
        mark: drawn.map_or_else(String::new, |(axis, mean)| axis.mark(mean, summary.ci95)),
        interval: summary.ci95.map_or_else(String::new, |_| format.interval(summary.ci95)),
    }
}

/// Note on the images without a value behind a mean: they are left out of it, or count as the
/// image's diagonal. Empty without any.
fn undefined_note(result: &ResultDocument, key: &str, summary: &SummaryDocument) -> String {
    match (summary.n, summary.n_undefined) {
        (None, _) | (_, None | Some(0)) => String::new(),
        (Some(_), Some(undefined)) if is_penalised(result, key) => {
            format!("{undefined} undefined, counted as the diagonal")
        }
        (Some(n), Some(undefined)) => format!("of {n}, {undefined} undefined"),
    }
}
