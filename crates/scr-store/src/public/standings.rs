//! Rows of tables of results: ordered, ranked, filtered and paged by the database.
//!
//! Order and ranks are those of [`scr_standings::standings`]: undefined values count as worst,
//! equals share a rank; equals by value are in the order of their names, then of their listing.
//! Reads aggregates as the site may show them, and only under the present filter.
//!
//! - [`Standings`]: the tables of a benchmark. `ranking.rs` orders and ranks, `rows.rs` reads rows
//!   by number.

use async_recursion::async_recursion as boxed;
use scr_documents::{Decimals, EntryRole, ResultDocument};
use scr_standings::standings::{Order, Statistic};
use sqlx::AnyPool;

use super::listed::{EntryFilter, RowRange};
use super::rows::{PlaceRow, Ranked, Shown, TableReader};
use super::store::PublicStore;
use super::table::{
    EntryStanding, StandingOrder, StandingRow, TableColumn, TableSubject, Vicinity,
};
use crate::aggregates::rows::Place;
use crate::aggregates::write::sort_name;
use crate::database::Doing;
use crate::entries::EntryRow;
use crate::filter::filter;
use crate::storage_error::StorageError;

/// Action for errors.
const DOING: &str = "read a table of results";

/// Place of a result in the order by a measure's mean.
#[derive(Debug, Clone, PartialEq)]
pub struct StandingPlace {
    place: Place,
    sort_name: String,
    number: i64,
}

/// Tables of a benchmark.
#[derive(Debug, Clone)]
pub struct Standings<'a> {
    pub(super) pool: &'a AnyPool,
    pub(super) benchmark_id: String,
    rounding: Option<Decimals>,
    /// In the order of tables.
    columns: Vec<TableColumn>,
    /// Name of the filter of hidden values: equal names show equal values.
    filter: String,
}

impl PublicStore {
    /// Tables of results of a benchmark.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Missing`] for an unknown benchmark,
    /// [`StorageError::Document`] for unreadable settings.
    pub async fn standings(&self, benchmark_id: &str) -> Result<Standings<'_>, StorageError> {
        let pool = &self.all.pool;
        let hiding = filter(pool, benchmark_id, &[]).await?;
        let filter = hiding.name();
        let rows: Vec<ColumnRow> = sqlx::query_as(
            "SELECT number, fold, object, measure, n_listed, n_submissions, n_with_counts, \
             n_with_undefined FROM aggregate_columns \
             WHERE benchmark_id = $1 AND filter = $2 AND n_listed > 0 ORDER BY number",
        )
        .bind(benchmark_id)
        .bind(&filter)
        .fetch_all(pool)
        .await
        .doing(DOING)?;
        let column = |(number, fold, object, measure, n, submissions, counts, undefined)| {
            let [n_listed, n_submissions, n_with_counts, n_with_undefined] =
                [n, submissions, counts, undefined].map(i64::unsigned_abs);
            TableColumn {
                number,
                fold,
                object,
                measure,
                n_listed,
                n_submissions,
                n_with_counts,
                n_with_undefined,
            }
        };
        Ok(Standings {
            pool,
            benchmark_id: benchmark_id.to_owned(),
            rounding: hiding.rounding(),
            columns: rows.into_iter().map(column).collect(),
            filter,
        })
    }
}

impl Standings<'_> {
    /// Name of the filter of hidden values. Equal names show equal values of equal results.
    #[must_use]
    pub fn filter_name(&self) -> &str {
        &self.filter
    }

    /// Columns of all subjects, in the order of tables; with those of all entries.
    #[must_use]
    pub fn all_columns(&self) -> &[TableColumn] {
        &self.columns
    }

    /// True if entries have summaries of a fold.
    #[must_use]
    pub fn has_fold(&self, fold: &str) -> bool {
        self.columns.iter().any(|column| column.fold == fold)
    }

    /// Columns of a subject by measure, in the order of its table.
    pub fn columns(&self, subject: TableSubject<'_>) -> impl Iterator<Item = &TableColumn> {
        let (fold, object) = subject.key();
        let is_of = move |column: &&TableColumn| column.fold == fold && column.object == object;
        self.columns.iter().filter(is_of).filter(|column| !column.measure.is_empty())
    }

    /// Column of all entries of a subject; none where no entry has results of it.
    #[must_use]
    pub fn all_of(&self, subject: TableSubject<'_>) -> Option<&TableColumn> {
        self.column(subject, "")
    }

    fn column(&self, subject: TableSubject<'_>, measure: &str) -> Option<&TableColumn> {
        let (fold, object) = subject.key();
        self.columns.iter().find(|column| {
            column.fold == fold && column.object == object && column.measure == measure
        })
    }

    /// Rows of a subject's table that pass a filter, with the summaries of `measures`. Ranks
    /// are among all rows.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Document`], [`StorageError::Role`].
    pub async fn rows(
        &self,
        subject: TableSubject<'_>,
        order: &StandingOrder,
        filter: &EntryFilter,
        range: RowRange,
        measures: &[&str],
    ) -> Result<Vec<StandingRow>, StorageError> {
        let Some(all) = self.all_of(subject) else { return Ok(Vec::new()) };
        let by = self.column(subject, &order.measure);
        let is_by_index = filter.is_empty()
            && !order.by_name
            && order.statistic == Statistic::Mean
            && order.order == Order::best_first(order.better);
        let ranked = match by.filter(|by| is_by_index && by.n_listed == all.n_listed) {
            Some(by) => self.by_standing(by, range).await?,
            None => self.by_any_order(all, by, order, filter, range).await?,
        };
        self.shown(&ranked, subject, measures).await
    }

    /// The best `count` rows of observers and baselines, or of one of both, by a measure's mean.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub async fn references(
        &self,
        subject: TableSubject<'_>,
        measure: &str,
        role: Option<EntryRole>,
        count: u32,
    ) -> Result<Vec<StandingRow>, StorageError> {
        let Some(by) = self.column(subject, measure) else { return Ok(Vec::new()) };
        let rows: Vec<PlaceRow> = sqlx::query_as(
            "SELECT entry_number, n_behind, badness FROM aggregates \
             JOIN listed_entries ON number = entry_number \
             WHERE column_number = $1 AND is_reference = 1 AND ($2 = '' OR role = $2) \
             ORDER BY n_behind, badness, sort_name, entry_number LIMIT $3",
        )
        .bind(by.number)
        .bind(role.map_or("", EntryRole::key))
        .bind(i64::from(count))
        .fetch_all(self.pool)
        .await
        .doing(DOING)?;
        let mut ranked = Vec::new();
        for (number, n_behind, badness) in rows {
            let (rank, _) = self.ranks(by, Place { n_behind, badness }).await?;
            ranked.push(Ranked { number, rank, rank_among_submissions: None });
        }
        let measures: Vec<&str> =
            self.columns(subject).map(|column| column.measure.as_str()).collect();
        self.shown(&ranked, subject, &measures).await
    }

    /// Standings of a listed entry by the means of some columns; those in which it has no
    /// summary are left out.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn of_entry(
        &self,
        entry_id: &str,
        columns: &[&TableColumn],
    ) -> Result<Vec<EntryStanding>, StorageError> {
        let numbers: Vec<String> = columns.iter().map(|column| column.number.to_string()).collect();
        let query = format!(
            "SELECT a.column_number, a.n_behind, a.is_reference, \
             (SELECT COUNT(*) FROM aggregates b WHERE b.column_number = a.column_number \
               AND b.n_behind < a.n_behind) \
             + (SELECT COUNT(*) FROM aggregates b WHERE b.column_number = a.column_number \
               AND b.n_behind = a.n_behind AND b.badness < a.badness), \
             (SELECT COUNT(*) FROM aggregates b WHERE b.column_number = a.column_number \
               AND b.is_reference = 1 AND (b.n_behind < a.n_behind \
                 OR (b.n_behind = a.n_behind AND b.badness < a.badness))), \
             (SELECT b.ci95_low FROM aggregates b WHERE b.column_number = a.column_number \
               ORDER BY b.n_behind, b.badness, b.sort_name, b.entry_number LIMIT 1), \
             (SELECT b.ci95_high FROM aggregates b WHERE b.column_number = a.column_number \
               ORDER BY b.n_behind, b.badness, b.sort_name, b.entry_number LIMIT 1) \
             FROM aggregates a WHERE a.column_number IN ({}) \
             AND a.entry_number = (SELECT number FROM listed_entries WHERE entry_id = $1)",
            if numbers.is_empty() { "-1".to_owned() } else { numbers.join(", ") }
        );
        let rows: Vec<EntryStandingRow> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(entry_id)
            .fetch_all(self.pool)
            .await
            .doing(DOING)?;
        let standing = |column: &&TableColumn| {
            let row = rows.iter().find(|row| row.0 == column.number)?;
            let &(_, n_behind, is_reference, better, better_references, low, high) = row;
            let has_rank = !Place { n_behind, badness: 0.0 }.is_last();
            let rank = |n: i64| Some(n.unsigned_abs() + 1).filter(|_| has_rank);
            Some(EntryStanding {
                rank: rank(better),
                rank_among_submissions: rank(better - better_references)
                    .filter(|_| is_reference == 0),
                interval_of_best: low.zip(high).map(|(low, high)| [low, high]),
                column: (*column).clone(),
            })
        };
        Ok(columns.iter().filter_map(standing).collect())
    }

    /// Place of a listed entry by a measure's mean; none where it has no such summary.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn place_of(
        &self,
        entry_id: &str,
        subject: TableSubject<'_>,
        measure: &str,
    ) -> Result<Option<StandingPlace>, StorageError> {
        let Some(by) = self.column(subject, measure) else { return Ok(None) };
        let row: Option<(i64, f64, String, i64)> = sqlx::query_as(
            "SELECT n_behind, badness, sort_name, entry_number FROM aggregates \
             WHERE column_number = $1 \
             AND entry_number = (SELECT number FROM listed_entries WHERE entry_id = $2)",
        )
        .bind(by.number)
        .bind(entry_id)
        .fetch_optional(self.pool)
        .await
        .doing(DOING)?;
        Ok(row.map(|(n_behind, badness, sort_name, number)| {
            let place = Place { n_behind, badness };
            StandingPlace { place, sort_name, number }
        }))
    }

    /// Ranks of a place by a measure's mean among all entries and among submissions: 1 more
    /// than the number of better ones. None without a value.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn ranks_at(
        &self,
        subject: TableSubject<'_>,
        measure: &str,
        at: &StandingPlace,
    ) -> Result<(Option<u64>, Option<u64>), StorageError> {
        match self.column(subject, measure) {
            Some(by) => self.ranks(by, at.place).await,
            None => Ok((None, None)),
        }
    }

    /// Entries with these identifiers that are listed, without their summaries, in the order of
    /// publication.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    #[boxed]
    pub async fn entries(&self, ids: &[&str]) -> Result<Vec<EntryRow>, StorageError> {
        self.reader().entries(ids).await
    }

    /// The same with the summaries of some measures of a subject.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub async fn entries_with(
        &self,
        ids: &[&str],
        subject: TableSubject<'_>,
        measures: &[&str],
    ) -> Result<Vec<EntryRow>, StorageError> {
        let ranked = self.reader().numbers(ids).await?.into_iter().map(|number| Ranked {
            number,
            rank: None,
            rank_among_submissions: None,
        });
        let rows = self.shown(&ranked.collect::<Vec<_>>(), subject, measures).await?;
        Ok(rows.into_iter().map(|row| row.entry).collect())
    }

    fn reader(&self) -> TableReader<'_> {
        let Self { pool, benchmark_id, rounding, .. } = self;
        TableReader { pool, benchmark_id, rounding: *rounding }
    }

    /// At most `count` rows above and below a place by a measure's mean, without a row at the
    /// place itself.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub async fn around(
        &self,
        subject: TableSubject<'_>,
        measure: &str,
        at: &StandingPlace,
        count: u32,
        measures: &[&str],
    ) -> Result<Vicinity, StorageError> {
        let Some(by) = self.column(subject, measure) else { return Ok(Vicinity::default()) };
        let mut sides = Vec::new();
        for (side, order) in [("<", "DESC"), (">", "ASC")] {
            let query = format!(
                "SELECT entry_number, n_behind, badness, is_reference FROM aggregates \
                 WHERE column_number = $1 \
                 AND (n_behind, badness, sort_name, entry_number) {side} ($2, $3, $4, $5) \
                 ORDER BY n_behind {order}, badness {order}, sort_name {order}, \
                 entry_number {order} LIMIT $6"
            );
            let rows: Vec<(i64, i64, f64, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(query))
                .bind(by.number)
                .bind(at.place.n_behind)
                .bind(at.place.badness)
                .bind(&at.sort_name)
                .bind(at.number)
                .bind(i64::from(count))
                .fetch_all(self.pool)
                .await
                .doing(DOING)?;
            let mut ranked = Vec::new();
            for (number, n_behind, badness, is_reference) in rows {
                let (rank, among) = self.ranks(by, Place { n_behind, badness }).await?;
                let rank_among_submissions = among.filter(|_| is_reference == 0);
                ranked.push(Ranked { number, rank, rank_among_submissions });
            }
            sides.push(self.shown(&ranked, subject, measures).await?);
        }
        let below = sides.pop().unwrap_or_default();
        let mut above = sides.pop().unwrap_or_default();
        above.reverse();
        Ok(Vicinity { above, below })
    }

    /// Rows with their entries and summaries.
    async fn shown(
        &self,
        ranked: &[Ranked],
        subject: TableSubject<'_>,
        measures: &[&str],
    ) -> Result<Vec<StandingRow>, StorageError> {
        let numbers: Vec<i64> = ranked.iter().map(|row| row.number).collect();
        let columns: Vec<&TableColumn> = self
            .columns(subject)
            .filter(|column| measures.contains(&column.measure.as_str()))
            .collect();
        let mut found = self.reader().shown(&numbers, &columns).await?;
        let row = |ranked: &Ranked| {
            let Shown { entry, corrects, corrected_by } = found.remove(&ranked.number)?;
            let Ranked { rank, rank_among_submissions, .. } = *ranked;
            Some(StandingRow { entry, rank, rank_among_submissions, corrects, corrected_by })
        };
        Ok(ranked.iter().filter_map(row).collect())
    }
}

/// Number, fold, object and measure of a column, and its four counts.
type ColumnRow = (i64, String, String, String, i64, i64, i64, i64);
/// Column, undefined values, is a reference, better ones, better references, and the interval
/// of the best.
type EntryStandingRow = (i64, i64, i64, i64, i64, Option<f64>, Option<f64>);

impl StandingPlace {
    /// Place that a result would have, behind equal entries of the same name; none where it has
    /// no such summary. `result` is filtered as entries are.
    #[must_use]
    pub fn of(
        result: &ResultDocument,
        name: &str,
        object: Option<&str>,
        measure: &str,
    ) -> Option<Self> {
        let measures = match object {
            Some(object) => result.objects.get(object)?,
            None => &result.image_measures,
        };
        Some(Self {
            place: Place::of(result, measure, measures.get(measure)?),
            sort_name: sort_name(name),
            number: i64::MAX,
        })
    }

    /// True if a row with this summary stands behind the place, not beside it.
    #[must_use]
    pub fn is_before(&self, row: &EntryRow, object: Option<&str>, measure: &str) -> bool {
        let other = Self::of(&row.result, &row.card.name, object, measure);
        other.is_none_or(|Self { place: Place { n_behind, badness }, .. }| {
            n_behind > self.place.n_behind
                || n_behind == self.place.n_behind && badness > self.place.badness
        })
    }
}
