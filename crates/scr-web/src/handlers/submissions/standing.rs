//! Standing of a submission: its row in the table of results.
//!
//! Ranks and order come from the table of results; differences and tests come from scoring.

use scr_documents::{BenchmarkDocument, DifferenceDocument, FindingsDocument};
use scr_store::EntryRow;

use crate::address;
use crate::numbers::{MeasureFormat, NO_VALUE};
use crate::options::Options;
use crate::results_table::{Group, ResultsTable, Row, Subject, TableSource};

/// Rows around the submission's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vicinity {
    /// Observers and baselines.
    References,
    /// The entries above and below.
    Neighbours,
}

/// Rows above and below that are neighbours.
const N_NEIGHBOURS: usize = 2;

/// A table of results around a submission's row.
pub(crate) struct StandingTable {
    pub(crate) caption: String,
    pub(crate) groups: Vec<Group>,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<StandingRow>,
    pub(crate) ordered_by: String,
    /// Measure of the last column, if there is one.
    pub(crate) difference_of: Option<String>,
}

pub(crate) struct StandingRow {
    pub(crate) row: Row,
    pub(crate) is_own: bool,
    pub(crate) difference: String,
}

/// A table for the whole image and for each object that the submission has results of.
pub(crate) fn standings(
    benchmark: &BenchmarkDocument,
    entries: &[EntryRow],
    own: &EntryRow,
    findings: Option<&FindingsDocument>,
    vicinity: Vicinity,
) -> Vec<StandingTable> {
    let all: Vec<EntryRow> = entries.iter().chain([own]).cloned().collect();
    let whole = (Subject::WholeImage, "All structures together, by image".to_owned());
    let objects =
        benchmark.objects.iter().map(|object| (Subject::Object(&object.id), object.name.clone()));
    let mut tables = Vec::new();
    for (subject, caption) in [whole].into_iter().chain(objects) {
        let object = match subject {
            Subject::Object(id) => Some(id),
            Subject::WholeImage => None,
        };
        let options = Options::default();
        let source =
            TableSource { benchmark: &benchmark.id, entries: &all, board: None, options: &options };
        let table = ResultsTable::new(source, subject, caption);
        let differences = findings.into_iter().flat_map(|found| &found.differences);
        let differences: Vec<&DifferenceDocument> =
            differences.filter(|found| object == Some(found.object.as_str())).collect();
        tables.extend(table.and_then(|table| around(table, own, &differences, vicinity)));
    }
    tables
}

/// Rows around the submission's; `None` if it has no row.
fn around(
    table: ResultsTable,
    own: &EntryRow,
    differences: &[&DifferenceDocument],
    vicinity: Vicinity,
) -> Option<StandingTable> {
    let own_href = address::entry(&own.id);
    let place = table.rows.iter().position(|row| row.href == own_href)?;
    let is_kept = |(index, row): &(usize, Row)| match vicinity {
        Vicinity::References => *index == place || !row.mark.is_empty(),
        Vicinity::Neighbours => index.abs_diff(place) <= N_NEIGHBOURS,
    };
    let differs = |row: &Row| {
        let found = differences.iter().find(|found| address::entry(&found.entry) == row.href);
        let Some(found) = found else { return NO_VALUE.to_owned() };
        let head = MeasureFormat::page(&found.measure);
        format!("{} {}", head.value(found.mean), head.interval(found.ci95))
    };
    let standing = |(index, mut row): (usize, Row)| {
        let is_own = index == place;
        let difference = if is_own { String::new() } else { differs(&row) };
        if is_own {
            row.href = address::submission(&own.id);
        }
        StandingRow { row, is_own, difference }
    };
    Some(StandingTable {
        caption: table.caption,
        groups: table.groups,
        columns: table.columns.iter().map(|column| column.label).collect(),
        ordered_by: table.ordered_by,
        difference_of: differences.first().map(|found| MeasureFormat::page(&found.measure).title()),
        rows: table.rows.into_iter().enumerate().filter(is_kept).map(standing).collect(),
    })
}

/// Scores in the folds, a row an object.
pub(crate) struct FoldTable {
    pub(crate) caption: &'static str,
    /// Titles of the folds.
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<FoldRow>,
    /// Test of the differences.
    pub(crate) test: &'static str,
}

/// Scores of an object in the folds.
pub(crate) struct FoldRow {
    pub(crate) object: String,
    pub(crate) means: Vec<String>,
    pub(crate) n: Vec<usize>,
    pub(crate) p: String,
}

/// Differences between the folds, by object; none where nothing was found.
pub(crate) fn fold_table(
    benchmark: &BenchmarkDocument,
    findings: Option<&FindingsDocument>,
) -> Option<FoldTable> {
    let findings = findings?;
    let n_folds = findings.folds.first()?.means.len();
    let name = |id: &str| {
        let object = benchmark.objects.iter().find(|object| object.id == id);
        object.map_or_else(|| id.to_owned(), |object| object.name.clone())
    };
    let rows = findings
        .folds
        .iter()
        .map(|fold| {
            let head = MeasureFormat::page(&fold.measure);
            FoldRow {
                object: name(&fold.object),
                means: fold.means.iter().map(|mean| head.value(*mean)).collect(),
                n: fold.n.clone(),
                p: fold.p.map_or_else(|| NO_VALUE.to_owned(), |p| format!("{p:.3}")),
            }
        })
        .collect();
    let (caption, test) = match n_folds {
        2 => ("Mean overlap in the two folds", "object by object"),
        _ => (
            "Mean overlap in the folds",
            "object by object: the smallest of a fold and all others, adjusted by Bonferroni",
        ),
    };
    let heads = (1..=n_folds).map(|fold| format!("Fold {fold}")).collect();
    Some(FoldTable { caption, heads, rows, test })
}
