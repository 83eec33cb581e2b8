//! Entries of a table by number, with the summaries of some columns.

use async_recursion::async_recursion as boxed;
use scr_documents::{Decimals, ResultDocument, SummaryDocument};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, AssertSqlSafe, Row};
use std::collections::HashMap;

use super::listed::{NamedEntry, role_of};
use super::table::TableColumn;
use crate::database::Doing;
use crate::entries::EntryRow;
use crate::json::{read_json, read_some};
use crate::storage_error::StorageError;

/// Action for errors.
const DOING: &str = "read the entries of a table";
/// Entries with the names of those that they correct and that correct them.
const ENTRIES: &str = "SELECT l.number AS number, l.entry_id AS id, l.role AS role, \
    l.published_at AS published_at, l.head AS head, e.card AS card, \
    e.posteriors AS posteriors, e.verified_run AS verified_run, earlier.entry_id AS earlier_id, \
    earlier.name AS earlier_name, later.entry_id AS later_id, later.name AS later_name \
    FROM listed_entries l JOIN entries e ON e.id = l.entry_id \
    LEFT JOIN listed_entries earlier ON earlier.entry_id = l.corrects \
      AND earlier.benchmark_id = l.benchmark_id \
    LEFT JOIN listed_entries later ON later.number = (SELECT c.number \
      FROM listed_entries c WHERE c.corrects = l.entry_id \
      AND c.benchmark_id = l.benchmark_id \
      ORDER BY c.published_at DESC, c.entry_id DESC LIMIT 1)";
/// Columns of a summary, in the order of [`summary`].
pub(super) const SUMMARY: &str =
    "mean, sd, minimum, q1, median, q3, maximum, ci95_low, ci95_high, n, n_undefined";

/// Number of a row's entry and its ranks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    pub(super) number: i64,
    pub(super) rank: Option<u64>,
    pub(super) rank_among_submissions: Option<u64>,
}

/// Number of an entry and its place.
pub(super) type PlaceRow = (i64, i64, f64);

/// An entry of a table.
pub(super) struct Shown {
    pub(super) entry: EntryRow,
    pub(super) corrects: Option<NamedEntry>,
    pub(super) corrected_by: Option<NamedEntry>,
}

/// Reader of the entries of one benchmark.
pub(super) struct TableReader<'a> {
    pub(super) pool: &'a AnyPool,
    pub(super) benchmark_id: &'a str,
    /// Decimals of the entries' values, where they are rounded.
    pub(super) rounding: Option<Decimals>,
}

impl TableReader<'_> {
    /// Entries by number, each with the summaries of `columns`, in their order.
    #[boxed]
    pub(super) async fn shown(
        &self,
        numbers: &[i64],
        columns: &[&TableColumn],
    ) -> Result<HashMap<i64, Shown>, StorageError> {
        let mut found = HashMap::new();
        if numbers.is_empty() {
            return Ok(found);
        }
        let numbered = list(numbers.iter().copied());
        let query = format!("{ENTRIES} WHERE l.number IN ({numbered})");
        let rows: Vec<AnyRow> =
            sqlx::query(AssertSqlSafe(query)).fetch_all(self.pool).await.doing(DOING)?;
        for row in rows {
            let number: i64 = row.try_get("number").doing(DOING)?;
            found.insert(number, self.read(&row)?);
        }
        if columns.is_empty() {
            return Ok(found);
        }
        let summaries = self.summaries(&numbered, columns).await?;
        for column in columns {
            for number in numbers {
                let summary = summaries.get(&(*number, column.number));
                if let (Some(shown), Some(summary)) = (found.get_mut(number), summary) {
                    let result = &mut shown.entry.result;
                    let measures = match column.object.as_str() {
                        "" => &mut result.image_measures,
                        object => result.objects.entry(object.to_owned()).or_default(),
                    };
                    measures.insert(column.measure.clone(), summary.clone());
                }
            }
        }
        Ok(found)
    }

    /// Entries with these identifiers, without summaries, in the order of publication.
    #[boxed]
    pub(super) async fn entries(&self, ids: &[&str]) -> Result<Vec<EntryRow>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (2..).take(ids.len()).map(|n| format!("${n}")).collect();
        let query = format!(
            "{ENTRIES} WHERE l.benchmark_id = $1 AND l.entry_id IN ({}) \
             ORDER BY l.published_at, l.entry_id",
            places.join(", ")
        );
        let mut rows = sqlx::query(AssertSqlSafe(query)).bind(self.benchmark_id);
        for id in ids {
            rows = rows.bind(*id);
        }
        let rows = rows.fetch_all(self.pool).await.doing(DOING)?;
        rows.iter().map(|row| Ok(self.read(row)?.entry)).collect()
    }

    /// Numbers of the listed entries with these identifiers, in the order of publication.
    #[boxed]
    pub(super) async fn numbers(&self, ids: &[&str]) -> Result<Vec<i64>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (2..).take(ids.len()).map(|n| format!("${n}")).collect();
        let query = format!(
            "SELECT number FROM listed_entries WHERE benchmark_id = $1 AND entry_id IN ({}) \
             ORDER BY published_at, entry_id",
            places.join(", ")
        );
        let mut rows = sqlx::query_as(AssertSqlSafe(query)).bind(self.benchmark_id);
        for id in ids {
            rows = rows.bind(*id);
        }
        let rows: Vec<(i64,)> = rows.fetch_all(self.pool).await.doing(DOING)?;
        Ok(rows.into_iter().map(|(number,)| number).collect())
    }

    async fn summaries(
        &self,
        numbers: &str,
        columns: &[&TableColumn],
    ) -> Result<HashMap<(i64, i64), SummaryDocument>, StorageError> {
        let query = format!(
            "SELECT entry_number, column_number, {SUMMARY} FROM aggregates \
             WHERE entry_number IN ({numbers}) AND column_number IN ({})",
            list(columns.iter().map(|column| column.number))
        );
        let rows: Vec<AnyRow> =
            sqlx::query(AssertSqlSafe(query)).fetch_all(self.pool).await.doing(DOING)?;
        let read = |row: &AnyRow| -> Result<((i64, i64), SummaryDocument), sqlx::Error> {
            Ok(((row.try_get(0)?, row.try_get(1)?), summary(row, 2)?))
        };
        rows.iter().map(|row| read(row).doing(DOING)).collect()
    }

    fn read(&self, row: &AnyRow) -> Result<Shown, StorageError> {
        let text = |name: &str| -> Result<String, StorageError> { row.try_get(name).doing(DOING) };
        let named = |id: &str, name: &str| -> Result<Option<NamedEntry>, StorageError> {
            let id: Option<String> = row.try_get(id).doing(DOING)?;
            let name: Option<String> = row.try_get(name).doing(DOING)?;
            Ok(id.zip(name).map(|(id, name)| NamedEntry { id, name }))
        };
        let id = text("id")?;
        let mut result: ResultDocument = read_json(&id, "result", &text("head")?)?;
        result.rounded_to = self.rounding;
        let entry = EntryRow {
            benchmark_id: self.benchmark_id.to_owned(),
            role: role_of(&id, &text("role")?)?,
            card: read_json(&id, "card", &text("card")?)?,
            result,
            posteriors: read_json(&id, "list of posteriors", &text("posteriors")?)?,
            verified_run: {
                let text = row.try_get("verified_run").doing(DOING)?;
                read_some(&id, "verified run", text)?
            },
            published_at: text("published_at")?,
            withdrawn: None,
            id,
        };
        let corrects = named("earlier_id", "earlier_name")?;
        let corrected_by = named("later_id", "later_name")?;
        Ok(Shown { entry, corrects, corrected_by })
    }
}

/// Summary in the columns from `first` on.
pub(super) fn summary(row: &AnyRow, first: usize) -> Result<SummaryDocument, sqlx::Error> {
    let number = |place: usize| -> Result<Option<f64>, sqlx::Error> { row.try_get(first + place) };
    let count = |place: usize| -> Result<Option<usize>, sqlx::Error> {
        let n: Option<i64> = row.try_get(first + place)?;
        Ok(n.and_then(|n| usize::try_from(n).ok()))
    };
    Ok(SummaryDocument {
        mean: number(0)?,
        sd: number(1)?,
        min: number(2)?,
        q1: number(3)?,
        median: number(4)?,
        q3: number(5)?,
        max: number(6)?,
        ci95: number(7)?.zip(number(8)?).map(|(low, high)| [low, high]),
        n: count(9)?,
        n_undefined: count(10)?,
    })
}

/// Numbers with commas between them.
fn list(numbers: impl Iterator<Item = i64>) -> String {
    numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
}
