//! Page of a table of results: rows in order with their ranks, as the store has them.

use scr_report::standings::Statistic;
use scr_store::{EntryFilter, EntryRow, RowRange, StandingRow, Standings};

use super::sorting::{Sorting, columns, described, has_means_alone};
use super::subject::Subject;
use crate::error::Failure;
use crate::numbers::{has_column, shows_all};
use crate::options::Options;
use crate::standings::SortKey;

/// Request for a page of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableRequest<'a> {
    /// Tables of the benchmark.
    pub(crate) standings: &'a Standings<'a>,
    /// Fold; none for all images.
    pub(crate) fold: Option<&'a str>,
    /// Options of the address.
    pub(crate) options: &'a Options,
    /// Entries to show; ranks are among all.
    pub(crate) filter: &'a EntryFilter,
    /// Rows of the page.
    pub(crate) range: RowRange,
}

/// Page of a table, with what is known of all its rows.
#[derive(Debug, Clone)]
pub(crate) struct TablePage<'a> {
    pub(crate) subject: Subject<'a>,
    /// Columns that are shown.
    pub(crate) columns: Vec<SortKey>,
    pub(crate) sorting: Sorting,
    pub(crate) rows: Vec<StandingRow>,
    /// Number of rows of all pages, without a filter.
    pub(crate) n_listed: u64,
    /// Number of submissions among them.
    pub(crate) n_submissions: u64,
    pub(super) is_compact: bool,
    /// True if an entry has images without a value.
    pub(super) has_undefined: bool,
    pub(super) has_means_alone: bool,
    /// Faults of the address.
    pub(crate) notes: Vec<String>,
}

impl<'a> TablePage<'a> {
    /// The page of a subject; none where no entry has results of it.
    ///
    /// Without a sort key that fits in the options, the best come first by the mean of the
    /// first measure.
    pub(crate) async fn read(
        request: TableRequest<'a>,
        subject: Subject<'a>,
    ) -> Result<Option<Self>, Failure> {
        let Some(mut page) = Self::without_rows(request, subject) else { return Ok(None) };
        let TableRequest { standings, fold, filter, range, .. } = request;
        let order = page.sorting.standing_order();
        let measures = page.measures();
        let rows = standings.rows(subject.within(fold), &order, filter, range, &measures).await?;
        page.rows = rows;
        Ok(Some(page))
    }

    /// The page without its rows.
    pub(crate) fn without_rows(request: TableRequest<'a>, subject: Subject<'a>) -> Option<Self> {
        let TableRequest { standings, fold, options, .. } = request;
        let all = columns(standings, fold, subject, options);
        let is_compact = !shows_all(options);
        let columns: Vec<SortKey> = match is_compact {
            true => all.iter().filter(|key| key.statistic == Statistic::Mean).cloned().collect(),
            false => all.clone(),
        };
        let first = columns.first()?;
        let mut notes = Vec::new();
        let sorting = Sorting::read(subject, first, &all, options, &mut notes);
        let listed = standings.all_of(subject.within(fold))?;
        let mut of_subject = standings.columns(subject.within(fold));
        Some(Self {
            subject,
            sorting,
            rows: Vec::new(),
            n_listed: listed.n_listed,
            n_submissions: listed.n_submissions,
            is_compact,
            has_undefined: of_subject.any(|column| column.n_with_undefined > 0),
            has_means_alone: has_means_alone(standings, fold, subject),
            notes,
            columns,
        })
    }

    /// The page of a single entry that is not listed, where no entry has results of a subject;
    /// none where it has none either.
    pub(crate) fn of_one(entry: &EntryRow, subject: Subject<'a>) -> Option<Self> {
        let measures = subject.measures(entry)?;
        let options = Options::default();
        let shown = measures.keys().filter(|key| has_column(key, &options));
        let columns: Vec<SortKey> =
            shown.map(|key| SortKey { measure: key.clone(), statistic: Statistic::Mean }).collect();
        let first = columns.first()?;
        let mut notes = Vec::new();
        let sorting = Sorting::read(subject, first, &columns, &options, &mut notes);
        let has_mean = measures.get(&first.measure).is_some_and(|found| found.mean.is_some());
        let rank = has_mean.then_some(1);
        let row = StandingRow {
            entry: entry.clone(),
            rank,
            rank_among_submissions: rank,
            corrects: None,
            corrected_by: None,
        };
        Some(Self {
            subject,
            sorting,
            rows: vec![row],
            n_listed: 1,
            n_submissions: 1,
            is_compact: true,
            has_undefined: measures.values().any(|found| found.n_undefined.is_some_and(|n| n > 0)),
            has_means_alone: measures.values().all(|found| found.n.is_none()),
            notes,
            columns,
        })
    }

    /// Key of the measure by whose mean the best come first, unless an address asks otherwise.
    pub(crate) fn first_measure(&self) -> &str {
        self.columns.first().map_or("", |column| &column.measure)
    }

    /// Keys of the measures that are shown or that order.
    pub(crate) fn measures(&self) -> Vec<&str> {
        let mut measures: Vec<&str> = Vec::new();
        for key in self.columns.iter().chain([&self.sorting.key]) {
            if !measures.contains(&key.measure.as_str()) {
                measures.push(&key.measure);
            }
        }
        measures
    }

    /// Measure and statistic of order and ranks, in words.
    pub(crate) fn ordered_by(&self) -> String {
        described(&self.sorting.key)
    }
}
