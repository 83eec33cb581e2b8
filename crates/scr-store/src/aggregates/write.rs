//! Adding an entry's aggregates, in the transaction that publishes or rescores it.

use async_recursion::async_recursion as boxed;
use indexmap::IndexMap;
use scr_documents::{EntryRole, ResultDocument};
use sqlx::AnyConnection;
use std::collections::HashMap;

use super::remove::{count_listed, count_rows, remove_rows};
use super::rows::{AggregateRow, ColumnKey, rows};
use crate::database::Doing;
use crate::entries::{EntryRow, standing_summary_in};
use crate::filter::{add_rung, filter_in};
use crate::hiding::Hiding;
use crate::json::write_json;
use crate::storage_error::StorageError;

/// Action for errors.
const DOING: &str = "list an entry in the tables";
/// Rows of one statement.
const ROWS_A_STATEMENT: usize = 50;
/// Columns of an aggregate, in the order of [`insert_rows`].
const COLUMNS: &str = "entry_number, column_number, is_reference, n_behind, badness, sort_name, \
                       mean, sd, minimum, q1, median, q3, maximum, ci95_low, ci95_high, n, \
                       n_undefined";
/// Number of [`COLUMNS`].
const N_COLUMNS: usize = 17;

/// Lists an entry with its last result, in a transaction that has begun with a write; a
/// withdrawn entry is left out.
#[boxed]
pub(crate) async fn list(connection: &mut AnyConnection, id: &str) -> Result<(), StorageError> {
    let Some((entry, version)) = standing_summary_in(connection, id).await? else {
        return Ok(());
    };
    let mut listing = Listing::begin(connection, &entry.benchmark_id).await?;
    listing.put(connection, entry, version).await
}

/// Writer of aggregates of one benchmark, in one transaction.
pub(crate) struct Listing {
    benchmark_id: String,
    hiding: Hiding,
    filter: String,
    /// Numbers of columns by fold, object and measure.
    columns: HashMap<[String; 3], i64>,
}

impl Listing {
    /// Reads filter and columns.
    #[boxed]
    pub(crate) async fn begin(
        connection: &mut AnyConnection,
        benchmark_id: &str,
    ) -> Result<Self, StorageError> {
        let hiding = filter_in(connection, benchmark_id).await?;
        let filter = hiding.name();
        let found: Vec<(i64, String, String, String)> = sqlx::query_as(
            "SELECT number, fold, object, measure FROM aggregate_columns \
             WHERE benchmark_id = $1 AND filter = $2",
        )
        .bind(benchmark_id)
        .bind(&filter)
        .fetch_all(connection)
        .await
        .doing(DOING)?;
        let columns = found.into_iter().map(|(number, fold, object, measure)| {
            ([fold, object, measure], number) // by key
        });
        let columns = columns.collect();
        Ok(Self { benchmark_id: benchmark_id.to_owned(), hiding, filter, columns })
    }

    /// Name of the filter.
    pub(crate) fn filter(&self) -> &str {
        &self.filter
    }

    /// Writes the aggregates of a standing entry, in place of earlier ones.
    #[boxed]
    pub(crate) async fn put(
        &mut self,
        connection: &mut AnyConnection,
        mut entry: EntryRow,
        version: i64,
    ) -> Result<(), StorageError> {
        add_rung(connection, &mut self.hiding, &entry.id).await?;
        self.hiding.in_entry(&mut entry);
        let number = self.list_entry(connection, &entry, version).await?;
        remove_rows(connection, number).await?;
        let found = rows(&entry.result);
        let mut numbers = Vec::with_capacity(found.len());
        for row in &found {
            numbers.push(self.column(connection, row.column).await?);
        }
        let about = About {
            number,
            is_reference: i64::from(entry.role != EntryRole::Method),
            sort_name: sort_name(&entry.card.name),
        };
        let numbered: Vec<(i64, &AggregateRow<'_>)> = numbers.into_iter().zip(&found).collect();
        for some in numbered.chunks(ROWS_A_STATEMENT) {
            insert_rows(connection, &about, some).await?;
        }
        count_rows(connection, number, 1).await
    }

    /// Adds or updates the row of a listed entry; returns its number.
    async fn list_entry(
        &self,
        connection: &mut AnyConnection,
        entry: &EntryRow,
        version: i64,
    ) -> Result<i64, StorageError> {
        let EntryRow { id, card, .. } = entry;
        let (n_before,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM listed_entries WHERE entry_id = $1")
                .bind(id)
                .fetch_one(&mut *connection)
                .await
                .doing(DOING)?;
        if n_before == 0 {
            count_listed(connection, &entry.benchmark_id, entry.role.key(), 1).await?;
        }
        let words = format!("{} {} {id}", card.name, card.authors.join(" ")).to_lowercase();
        let (number,): (i64,) = sqlx::query_as(
            "INSERT INTO listed_entries (number, entry_id, benchmark_id, role, published_at, \
             name, words, corrects, version, filter, head) \
             SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 \
             FROM listed_entries WHERE true \
             ON CONFLICT (entry_id) DO UPDATE SET version = excluded.version, \
             filter = excluded.filter, head = excluded.head RETURNING number",
        )
        .bind(id)
        .bind(&entry.benchmark_id)
        .bind(entry.role.key())
        .bind(&entry.published_at)
        .bind(&card.name)
        .bind(words)
        .bind(&card.corrects)
        .bind(version)
        .bind(&self.filter)
        .bind(write_json(id, "result", &head(&entry.result))?)
        .fetch_one(connection)
        .await
        .doing(DOING)?;
        Ok(number)
    }

    /// Number of a column, which is made when it is missing.
    async fn column(
        &mut self,
        connection: &mut AnyConnection,
        key: ColumnKey<'_>,
    ) -> Result<i64, StorageError> {
        let ColumnKey { fold, object, measure } = key;
        let words = [fold, object, measure].map(str::to_owned);
        if let Some(number) = self.columns.get(&words) {
            return Ok(*number);
        }
        let (number,): (i64,) = sqlx::query_as(
            "INSERT INTO aggregate_columns (number, benchmark_id, filter, fold, object, measure, \
             n_listed, n_submissions, n_with_counts, n_with_undefined) \
             SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, 0, 0, 0, 0 \
             FROM aggregate_columns RETURNING number",
        )
        .bind(&self.benchmark_id)
        .bind(&self.filter)
        .bind(fold)
        .bind(object)
        .bind(measure)
        .fetch_one(connection)
        .await
        .doing(DOING)?;
        self.columns.insert(words, number);
        Ok(number)
    }
}

/// Values that all aggregates of an entry share.
struct About {
    number: i64,
    is_reference: i64,
    sort_name: String,
}

/// Name by which entries of equal standing are in order.
pub(crate) fn sort_name(name: &str) -> String {
    name.to_lowercase()
}

/// Result without summaries and images.
fn head(result: &ResultDocument) -> ResultDocument {
    ResultDocument {
        objects: IndexMap::new(),
        image_measures: IndexMap::new(),
        folds: IndexMap::new(),
        images: None,
        benchmark: result.benchmark.clone(),
        benchmark_digest: result.benchmark_digest.clone(),
        masks_digest: result.masks_digest.clone(),
        evaluator_version: result.evaluator_version.clone(),
        observer: result.observer.clone(),
        ..*result
    }
}

async fn insert_rows(
    connection: &mut AnyConnection,
    about: &About,
    rows: &[(i64, &AggregateRow<'_>)],
) -> Result<(), StorageError> {
    let row = |index: usize| {
        let places = (1..=N_COLUMNS).map(|place| format!("${}", index * N_COLUMNS + place));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    };
    let values: Vec<String> = (0..rows.len()).map(row).collect();
    let query = format!("INSERT INTO aggregates ({COLUMNS}) VALUES {}", values.join(", "));
    // Not kept prepared: an absent number has another type than a number (sqlx binds it as REAL).
    let mut insert = sqlx::query(sqlx::AssertSqlSafe(query)).persistent(false);
    for (column, row) in rows {
        insert = insert
            .bind(about.number)
            .bind(column)
            .bind(about.is_reference)
            .bind(row.place.n_behind)
            .bind(row.place.badness)
            .bind(&about.sort_name);
        let summary = row.summary;
        let [low, high] = summary
            .and_then(|summary| summary.ci95)
            .map_or([None, None], |interval| interval.map(Some));
        let number =
            |value: fn(&scr_documents::SummaryDocument) -> Option<f64>| summary.and_then(value);
        let count = |value: fn(&scr_documents::SummaryDocument) -> Option<usize>| {
            summary.and_then(value).and_then(|n| i64::try_from(n).ok())
        };
        insert = insert
            .bind(number(|summary| summary.mean))
            .bind(number(|summary| summary.sd))
            .bind(number(|summary| summary.min))
            .bind(number(|summary| summary.q1))
            .bind(number(|summary| summary.median))
            .bind(number(|summary| summary.q3))
            .bind(number(|summary| summary.max))
            .bind(low)
            .bind(high)
            .bind(count(|summary| summary.n))
            .bind(count(|summary| summary.n_undefined));
    }
    insert.execute(connection).await.doing(DOING)?;
    Ok(())
}
