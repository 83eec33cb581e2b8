//! Removal of an entry's aggregates.

use async_recursion::async_recursion as boxed;
use sqlx::AnyConnection;

use crate::database::Doing;
use crate::storage_error::StorageError;

/// Action for errors.
const DOING: &str = "remove an entry from the tables";

/// Takes an entry out of all tables, in a transaction that has begun with a write.
#[boxed]
pub(crate) async fn unlist(connection: &mut AnyConnection, id: &str) -> Result<(), StorageError> {
    let row: Option<(i64, String, String)> =
        sqlx::query_as("SELECT number, benchmark_id, role FROM listed_entries WHERE entry_id = $1")
            .bind(id)
            .fetch_optional(&mut *connection)
            .await
            .doing(DOING)?;
    let Some((number, benchmark_id, role)) = row else { return Ok(()) };
    remove_rows(connection, number).await?;
    count_listed(connection, &benchmark_id, &role, -1).await?;
    sqlx::query("DELETE FROM listed_entries WHERE number = $1")
        .bind(number)
        .execute(connection)
        .await
        .doing(DOING)?;
    Ok(())
}

/// Removes the aggregates of a listed entry.
#[boxed]
pub(crate) async fn remove_rows(
    connection: &mut AnyConnection,
    number: i64,
) -> Result<(), StorageError> {
    count_rows(connection, number, -1).await?;
    sqlx::query("DELETE FROM aggregates WHERE entry_number = $1")
        .bind(number)
        .execute(connection)
        .await
        .doing(DOING)?;
    Ok(())
}

/// Adds the aggregates of an entry to the counts of their columns `times` times: 1 or -1.
#[boxed]
pub(crate) async fn count_rows(
    connection: &mut AnyConnection,
    number: i64,
    times: i64,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE aggregate_columns SET \
         n_listed = aggregate_columns.n_listed + $2, \
         n_submissions = aggregate_columns.n_submissions + $2 * (1 - a.is_reference), \
         n_with_counts = aggregate_columns.n_with_counts \
           + $2 * (CASE WHEN a.n IS NULL THEN 0 ELSE 1 END), \
         n_with_undefined = aggregate_columns.n_with_undefined \
           + $2 * (CASE WHEN a.n_undefined > 0 THEN 1 ELSE 0 END) \
         FROM aggregates a \
         WHERE a.column_number = aggregate_columns.number AND a.entry_number = $1",
    )
    .bind(number)
    .bind(times)
    .execute(connection)
    .await
    .doing("count the entries of tables")?;
    Ok(())
}

/// Adds `times` to the number of a benchmark's listed entries of a role.
#[boxed]
pub(crate) async fn count_listed(
    connection: &mut AnyConnection,
    benchmark_id: &str,
    role: &str,
    times: i64,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO listed_counts (benchmark_id, role, n) VALUES ($1, $2, $3) \
         ON CONFLICT (benchmark_id, role) DO UPDATE SET n = listed_counts.n + excluded.n",
    )
    .bind(benchmark_id)
    .bind(role)
    .bind(times)
    .execute(connection)
    .await
    .doing("count the listed entries")?;
    Ok(())
}
