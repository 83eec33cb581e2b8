//! Words of tables of results: subjects, columns, orders and rows.

use scr_measures::Better;
use scr_standings::standings::{Order, Statistic};

use super::listed::NamedEntry;
use crate::entries::EntryRow;

/// Subject of a table: an object or whole images, in one fold or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSubject<'a> {
    /// Fold; none for all images.
    pub fold: Option<&'a str>,
    /// Object; none for whole images.
    pub object: Option<&'a str>,
}

/// Column of a table: a measure of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    pub(super) number: i64,
    /// Fold; empty for all images.
    pub fold: String,
    /// Object; empty for whole images.
    pub object: String,
    /// Key of the measure; empty for the column of all entries of the subject.
    pub measure: String,
    /// Number of entries in the column.
    pub n_listed: u64,
    /// Number of submissions among them.
    pub n_submissions: u64,
    /// Number of entries that show counts of images; 0 where only means are shown.
    pub n_with_counts: u64,
    /// Number of entries with undefined values.
    pub n_with_undefined: u64,
}

/// Order of a table, and basis of its ranks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingOrder {
    /// Key of the measure.
    pub measure: String,
    /// Statistic of its summary.
    pub statistic: Statistic,
    /// Better end of the values.
    pub better: Better,
    /// Order of the rows.
    pub order: Order,
    /// True orders by name; ranks are by the measure in any case.
    pub by_name: bool,
}

/// Row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct StandingRow {
    /// The entry; its result has the summaries of the table alone.
    pub entry: EntryRow,
    /// Rank among all entries; none without a value.
    pub rank: Option<u64>,
    /// Rank among submissions; none for observers and baselines.
    pub rank_among_submissions: Option<u64>,
    /// The standing entry that it corrects.
    pub corrects: Option<NamedEntry>,
    /// The last standing entry that corrects it.
    pub corrected_by: Option<NamedEntry>,
}

/// Standing of an entry in a column, by the mean.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryStanding {
    /// The column.
    pub column: TableColumn,
    /// Rank among all entries; none without a value.
    pub rank: Option<u64>,
    /// Rank among submissions; none for observers and baselines.
    pub rank_among_submissions: Option<u64>,
    /// Interval of the best entry's mean.
    pub interval_of_best: Option<[f64; 2]>,
}

/// Rows above and below a place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vicinity {
    /// Rows above, the best first.
    pub above: Vec<StandingRow>,
    /// Rows below, the best first.
    pub below: Vec<StandingRow>,
}

impl<'a> TableSubject<'a> {
    /// Fold and object as in columns.
    pub(super) fn key(self) -> (&'a str, &'a str) {
        (self.fold.unwrap_or_default(), self.object.unwrap_or_default())
    }
}
