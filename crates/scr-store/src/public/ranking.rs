//! Order and ranks of a table's rows: along the index by the mean, or by any other statistic.

use scr_standings::standings::{Order, Statistic};

use super::listed::{EntryFilter, RowRange};
use super::rows::{PlaceRow, Ranked};
use super::standings::Standings;
use super::table::{StandingOrder, TableColumn};
use crate::aggregates::rows::{BEHIND_ALL, Place};
use crate::database::Doing;
use crate::storage_error::StorageError;

/// Action for errors.
const DOING: &str = "order a table of results";

impl Standings<'_> {
    /// Ranks at a place, as of a submission.
    pub(super) async fn ranks(
        &self,
        by: &TableColumn,
        at: Place,
    ) -> Result<(Option<u64>, Option<u64>), StorageError> {
        if at.is_last() {
            return Ok((None, None));
        }
        let (better, references): (i64, i64) = sqlx::query_as(
            "SELECT \
             (SELECT COUNT(*) FROM aggregates WHERE column_number = $1 AND n_behind < $2) \
             + (SELECT COUNT(*) FROM aggregates \
                WHERE column_number = $1 AND n_behind = $2 AND badness < $3), \
             (SELECT COUNT(*) FROM aggregates \
                WHERE column_number = $1 AND is_reference = 1 \
                AND (n_behind < $2 OR (n_behind = $2 AND badness < $3)))",
        )
        .bind(by.number)
        .bind(at.n_behind)
        .bind(at.badness)
        .fetch_one(self.pool)
        .await
        .doing(DOING)?;
        let rank = |n: i64| Some(n.unsigned_abs() + 1);
        Ok((rank(better), rank(better - references)))
    }

    /// Rows from the best on, along the index.
    pub(super) async fn by_standing(
        &self,
        by: &TableColumn,
        range: RowRange,
    ) -> Result<Vec<Ranked>, StorageError> {
        let start = i64::try_from(range.start).unwrap_or(i64::MAX);
        let rows: Vec<(i64, i64, f64, i64)> = sqlx::query_as(
            "SELECT entry_number, n_behind, badness, is_reference FROM aggregates \
             WHERE column_number = $1 \
             ORDER BY n_behind, badness, sort_name, entry_number LIMIT $2 OFFSET $3",
        )
        .bind(by.number)
        .bind(i64::from(range.count))
        .bind(start)
        .fetch_all(self.pool)
        .await
        .doing(DOING)?;
        let references: Vec<PlaceRow> = sqlx::query_as(
            "SELECT entry_number, n_behind, badness FROM aggregates \
             WHERE column_number = $1 AND is_reference = 1",
        )
        .bind(by.number)
        .fetch_all(self.pool)
        .await
        .doing(DOING)?;
        let mut ranked: Vec<Ranked> = Vec::new();
        let mut last: Option<(Place, Option<u64>)> = None;
        for (index, (number, n_behind, badness, is_reference)) in (0_u64..).zip(rows) {
            let place = Place { n_behind, badness };
            let rank = match last {
                _ if place.is_last() => None,
                Some((before, rank)) if before == place => rank,
                // Equals may stand on the page before.
                None if range.start > 0 => self.ranks(by, place).await?.0,
                _ => Some(range.start + index + 1),
            };
            last = Some((place, rank));
            let is_better = |(_, n_behind, badness): &&PlaceRow| {
                *n_behind < place.n_behind
                    || *n_behind == place.n_behind && *badness < place.badness
            };
            let n_references = references.iter().filter(is_better).count() as u64;
            let among = rank.map(|rank| rank.saturating_sub(n_references));
            let rank_among_submissions = among.filter(|_| is_reference == 0);
            ranked.push(Ranked { number, rank, rank_among_submissions });
        }
        Ok(ranked)
    }

    /// Rows in any order, by sorting the whole column.
    pub(super) async fn by_any_order(
        &self,
        all: &TableColumn,
        by: Option<&TableColumn>,
        order: &StandingOrder,
        filter: &EntryFilter,
        range: RowRange,
    ) -> Result<Vec<Ranked>, StorageError> {
        let value = match order.statistic {
            Statistic::Mean => {
                &format!("CASE WHEN a.n_behind = {BEHIND_ALL} THEN NULL ELSE a.badness END")
            }
            Statistic::Interval => "a.ci95_low",
            Statistic::Min => "a.minimum",
            Statistic::LowerQuartile => "a.q1",
            Statistic::Median => "a.median",
            Statistic::UpperQuartile => "a.q3",
            Statistic::Max => "a.maximum",
            Statistic::Undefined => "a.n_undefined",
        };
        let behind = if order.statistic == Statistic::Undefined { "0" } else { "a.n_behind" };
        let best_first = Order::best_first(order.better);
        // Of means, smaller badness is better.
        let best = if order.statistic == Statistic::Mean { Order::Ascending } else { best_first };
        let down = if order.order == best_first { best } else { best.reversed() };
        let (best, down) = (best.key(), down.key());
        let sorted = match (order.by_name, order.order) {
            (true, Order::Ascending) => "sort_name, entry_number".to_owned(),
            (true, Order::Descending) => "sort_name DESC, entry_number DESC".to_owned(),
            (false, _) => {
                format!("is_without, behind, value {down}, sort_name, entry_number")
            }
        };
        // `p` has every entry of the subject. Where all have the measure it is `a` itself.
        let by_number = by.map_or(-1, |by| by.number);
        let (p, source) = match by.filter(|by| by.n_listed == all.n_listed) {
            Some(_) => ("a", format!("aggregates a WHERE a.column_number = {by_number}")),
            None => (
                "p",
                format!(
                    "aggregates p LEFT JOIN aggregates a ON a.entry_number = p.entry_number \
                     AND a.column_number = {by_number} WHERE p.column_number = {}",
                    all.number
                ),
            ),
        };
        let passing = match filter.is_empty() {
            true => String::new(),
            false => format!(
                "WHERE entry_number IN (SELECT number FROM listed_entries \
                 WHERE benchmark_id = $3{})",
                filter.conditions(4)
            ),
        };
        let query = format!(
            "SELECT entry_number, rank_of_all, rank_within, is_without, is_reference FROM ( \
               SELECT entry_number, sort_name, is_without, is_reference, behind, value, \
                 RANK() OVER (ORDER BY is_without, behind, value {best}) AS rank_of_all, \
                 RANK() OVER (PARTITION BY is_reference \
                   ORDER BY is_without, behind, value {best}) AS rank_within FROM ( \
                 SELECT {p}.entry_number AS entry_number, {p}.sort_name AS sort_name, \
                   {p}.is_reference AS is_reference, {value} AS value, \
                   CASE WHEN ({value}) IS NULL THEN 0 ELSE {behind} END AS behind, \
                   CAST(CASE WHEN ({value}) IS NULL THEN 1 ELSE 0 END AS BIGINT) AS is_without \
                 FROM {source}) AS valued) AS ranked \
             {passing} ORDER BY {sorted} LIMIT $1 OFFSET $2"
        );
        let mut rows = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(i64::from(range.count))
            .bind(i64::try_from(range.start).unwrap_or(i64::MAX));
        if !filter.is_empty() {
            rows = rows.bind(&self.benchmark_id);
        }
        for value in filter.values() {
            rows = rows.bind(value);
        }
        let rows: Vec<(i64, i64, i64, i64, i64)> = rows.fetch_all(self.pool).await.doing(DOING)?;
        let ranked =
            |(number, rank, within, is_without, is_reference): (i64, i64, i64, i64, i64)| {
                let rank = Some(rank.unsigned_abs()).filter(|_| is_without == 0);
                let within = Some(within.unsigned_abs()).filter(|_| is_without == 0);
                Ranked {
                    number,
                    rank,
                    rank_among_submissions: within.filter(|_| is_reference == 0),
                }
            };
        Ok(rows.into_iter().map(ranked).collect())
    }
}
