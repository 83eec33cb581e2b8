//! Rows of a result: a summary each, with its place in the order of a table.

use scr_documents::{MeasureMap, ResultDocument, SummaryDocument};
use scr_measures::Better;
use scr_standings::numbers::MeasureFormat;
use scr_standings::standings::is_penalised;

/// Undefined values of a result without a mean: behind all others.
pub(crate) const BEHIND_ALL: i64 = i64::MAX;

/// Key of a column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ColumnKey<'a> {
    /// Fold; empty for all images.
    pub(crate) fold: &'a str,
    /// Object; empty for whole images.
    pub(crate) object: &'a str,
    /// Measure; empty for the column of all entries with any measure of the object.
    pub(crate) measure: &'a str,
}

/// Summary of a result in a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AggregateRow<'a> {
    pub(crate) column: ColumnKey<'a>,
    pub(crate) place: Place,
    /// None in the column of all entries.
    pub(crate) summary: Option<&'a SummaryDocument>,
}

/// Place in the order by the mean: fewer undefined values first, then the smaller badness.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub(crate) n_behind: i64,
    pub(crate) badness: f64,
}

impl Place {
    /// Place by a summary of a measure.
    pub(crate) fn of(result: &ResultDocument, key: &str, summary: &SummaryDocument) -> Self {
        let Some(mean) = summary.mean else { return Self::LAST };
        let n_undefined = summary.n_undefined.filter(|_| !is_penalised(result, key));
        let n_behind = i64::try_from(n_undefined.unwrap_or_default()).unwrap_or(BEHIND_ALL);
        // No zero has a sign.
        let badness = if better(key) == Better::Higher { 0.0 - mean } else { mean + 0.0 };
        Self { n_behind, badness }
    }

    /// Place without a mean.
    pub(crate) const LAST: Self = Self { n_behind: BEHIND_ALL, badness: 0.0 };

    /// True for the place of a result without a mean, which has no rank.
    pub(crate) const fn is_last(self) -> bool {
        self.n_behind == BEHIND_ALL
    }
}

/// All rows of a result: of all images and of each fold, the objects first.
pub(crate) fn rows(result: &ResultDocument) -> Vec<AggregateRow<'_>> {
    let mut rows = Vec::new();
    add(&mut rows, result, "", &result.objects, &result.image_measures);
    for (fold, found) in &result.folds {
        add(&mut rows, result, fold, &found.objects, &found.image_measures);
    }
    rows
}

fn add<'a>(
    rows: &mut Vec<AggregateRow<'a>>,
    result: &ResultDocument,
    fold: &'a str,
    objects: &'a indexmap::IndexMap<String, MeasureMap<SummaryDocument>>,
    image_measures: &'a MeasureMap<SummaryDocument>,
) {
    let objects = objects.iter().map(|(object, measures)| (object.as_str(), measures));
    for (object, measures) in objects.chain([("", image_measures)]) {
        if measures.is_empty() {
            continue;
        }
        let column = ColumnKey { fold, object, measure: "" };
        rows.push(AggregateRow { column, place: Place::LAST, summary: None });
        rows.extend(measures.iter().map(|(measure, summary)| AggregateRow {
            column: ColumnKey { fold, object, measure },
            place: Place::of(result, measure, summary),
            summary: Some(summary),
        }));
    }
}

/// Better end of a measure; lower where there is none.
pub(crate) fn better(key: &str) -> Better {
    MeasureFormat::page(key).better.unwrap_or(Better::Lower)
}
