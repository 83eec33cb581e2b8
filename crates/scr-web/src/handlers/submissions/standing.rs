//! Standing of a submission: its row in the table of results.
//!
//! Ranks and order come from the table of results; differences and tests come from scoring.

use scr_documents::{BenchmarkDocument, DifferenceDocument, FindingsDocument};
use scr_store::{
    EntryFilter, EntryRow, PublicStore, RowRange, StandingPlace, StandingRow, Standings,
};

use crate::address;
use crate::error::Failure;
use crate::numbers::{MeasureFormat, NO_VALUE};
use crate::options::Options;
use crate::results_table::{
    Group, ResultsTable, Row, Subject, TablePage, TableRequest, TableSource,
};

/// Rows around the submission's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vicinity {
    /// Observers and baselines.
    References,
    /// The entries above and below.
    Neighbours,
}

/// Rows above and below that are neighbours.
const N_NEIGHBOURS: u32 = 2;
/// Most observers and baselines in a table.
const MAX_REFERENCES: u32 = 40;

/// A table of results around a submission's row.
pub(crate) struct StandingTable {
    pub(crate) caption: String,
    pub(crate) groups: Vec<Group>,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<StandingRowOnPage>,
    pub(crate) ordered_by: String,
    /// Measure of the last column, if there is one.
    pub(crate) difference_of: Option<String>,
}

pub(crate) struct StandingRowOnPage {
    pub(crate) row: Row,
    pub(crate) is_own: bool,
    pub(crate) difference: String,
}

/// A table for the whole image and for each object that the submission has results of.
pub(crate) async fn standings(
    store: &PublicStore,
    benchmark: &BenchmarkDocument,
    own: &EntryRow,
    findings: Option<&FindingsDocument>,
    vicinity: Vicinity,
) -> Result<Vec<StandingTable>, Failure> {
    let standings = store.standings(&benchmark.id).await?;
    let request = TableRequest {
        standings: &standings,
        fold: None,
        options: &Options::default(),
        filter: &EntryFilter::default(),
        range: RowRange { start: 0, count: 0 },
    };
    let whole = (Subject::WholeImage, "All structures together, by image".to_owned());
    let objects =
        benchmark.objects.iter().map(|object| (Subject::Object(&object.id), object.name.clone()));
    let mut tables = Vec::new();
    for (subject, caption) in [whole].into_iter().chain(objects) {
        let page = match TablePage::without_rows(request, subject) {
            Some(mut page) => {
                page.rows = around(&standings, &page, own, vicinity).await?;
                page.n_listed += 1;
                page.n_submissions += 1;
                page
            }
            None => match TablePage::of_one(own, subject) {
                Some(page) => page,
                None => continue,
            },
        };
        if !page.rows.iter().any(|row| row.entry.id == own.id) {
            continue;
        }
        let options = Options::default();
        let source = TableSource { benchmark: &benchmark.id, board: None, options: &options };
        let table = ResultsTable::new(source, page, caption);
        let differences = findings.into_iter().flat_map(|found| &found.differences);
        let differences: Vec<&DifferenceDocument> =
            differences.filter(|found| subject.object() == Some(found.object.as_str())).collect();
        tables.push(table_of(table, own, &differences));
    }
    Ok(tables)
}

/// Rows around the submission's own, with it; ranks are those with the submission among the
/// entries.
async fn around(
    standings: &Standings<'_>,
    page: &TablePage<'_>,
    own: &EntryRow,
    vicinity: Vicinity,
) -> Result<Vec<StandingRow>, Failure> {
    let (object, subject) = (page.subject.object(), page.subject.within(None));
    let measure = page.first_measure();
    let name = &own.card.name;
    let Some(at) = StandingPlace::of(&own.result, name, object, measure) else {
        return Ok(Vec::new());
    };
    let mut rows = match vicinity {
        Vicinity::References => {
            standings.references(subject, measure, None, MAX_REFERENCES).await?
        }
        Vicinity::Neighbours => {
            let measures = page.measures();
            let found = standings.around(subject, measure, &at, N_NEIGHBOURS, &measures).await?;
            found.above.into_iter().chain(found.below).collect()
        }
    };
    let place =
        rows.iter().position(|row| at.is_before(&row.entry, object, measure)).unwrap_or(rows.len());
    for row in &mut rows[place..] {
        row.rank = row.rank.map(|rank| rank + 1);
        row.rank_among_submissions = row.rank_among_submissions.map(|rank| rank + 1);
    }
    let (rank, rank_among_submissions) = standings.ranks_at(subject, measure, &at).await?;
    let own = StandingRow {
        entry: own.clone(),
        rank,
        rank_among_submissions,
        corrects: None,
        corrected_by: None,
    };
    rows.insert(place, own);
    Ok(rows)
}

fn table_of(
    table: ResultsTable,
    own: &EntryRow,
    differences: &[&DifferenceDocument],
) -> StandingTable {
    let differs = |row: &Row| {
        let found = differences.iter().find(|found| found.entry == row.id);
        let Some(found) = found else { return NO_VALUE.to_owned() };
        let head = MeasureFormat::page(&found.measure);
        format!("{} {}", head.value(found.mean), head.interval(found.ci95))
    };
    let standing = |mut row: Row| {
        let is_own = row.id == own.id;
        let difference = if is_own { String::new() } else { differs(&row) };
        if is_own {
            row.href = address::submission(&own.id);
        }
        StandingRowOnPage { row, is_own, difference }
    };
    StandingTable {
        caption: table.caption,
        groups: table.groups,
        columns: table.columns.iter().map(|column| column.label).collect(),
        ordered_by: table.ordered_by,
        difference_of: differences.first().map(|found| MeasureFormat::page(&found.measure).title()),
        rows: table.rows.into_iter().map(standing).collect(),
    }
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
