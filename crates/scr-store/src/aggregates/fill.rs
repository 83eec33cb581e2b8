//! Filling: aggregates that are missing or out of date, in small steps.
//!
//! A data folder of an earlier version, a change of the filter and an interrupted run are all
//! the same to it: each step takes the next entries without aggregates of their last result
//! under the present filter, in one transaction.

use async_recursion::async_recursion as boxed;
use sqlx::{AnyConnection, AnyPool};

use super::write::Listing;
use crate::benchmarks;
use crate::database::{Doing, begin_writing};
use crate::entries::standing_summary_in;
use crate::filter::filter;
use crate::storage_error::StorageError;

/// Action for errors.
const DOING: &str = "fill the tables of results";
/// Entries of one step.
const ENTRIES_A_STEP: i64 = 100;
/// Identifiers of entries to fill, in the order of publication.
const MISSING: &str = "SELECT id FROM entries \
    LEFT JOIN listed_entries l ON l.entry_id = id \
    WHERE entries.benchmark_id = $1 \
    AND NOT EXISTS (SELECT 1 FROM withdrawals w WHERE w.entry_id = id) \
    AND (l.number IS NULL OR l.filter <> $2 \
        OR l.version < (SELECT MAX(r.version) FROM results r WHERE r.entry_id = id)) \
    ORDER BY entries.published_at, id LIMIT $3";

/// Fills the tables of all benchmarks.
///
/// # Errors
/// [`StorageError::Database`]; [`StorageError::Document`] when a stored result cannot be read.
#[boxed]
pub(crate) async fn fill_all(pool: &AnyPool) -> Result<(), StorageError> {
    for id in benchmarks::ids(pool).await? {
        fill(pool, &id).await?;
    }
    Ok(())
}

/// Fills the tables of a benchmark.
///
/// # Errors
/// As [`fill_all`].
#[boxed]
pub(crate) async fn fill(pool: &AnyPool, benchmark_id: &str) -> Result<(), StorageError> {
    let current = filter(pool, benchmark_id, &[]).await?.name();
    let missing: Vec<(String,)> = sqlx::query_as(MISSING)
        .bind(benchmark_id)
        .bind(current)
        .bind(1_i64)
        .fetch_all(pool)
        .await
        .doing(DOING)?;
    if missing.is_empty() {
        return Ok(());
    }
    let mut n_filled = 0;
    loop {
        let mut transaction = begin_writing(pool).await?;
        let n = step(&mut transaction, benchmark_id).await?;
        if n == 0 {
            forget_columns(&mut transaction, benchmark_id).await?;
        }
        transaction.commit().await.doing(DOING)?;
        if n == 0 {
            tracing::info!(benchmark = benchmark_id, entries = n_filled, "filled the tables");
            return Ok(());
        }
        n_filled += n;
    }
}

/// Lists the next entries; returns their number.
async fn step(connection: &mut AnyConnection, benchmark_id: &str) -> Result<usize, StorageError> {
    let mut listing = Listing::begin(connection, benchmark_id).await?;
    let ids: Vec<(String,)> = sqlx::query_as(MISSING)
        .bind(benchmark_id)
        .bind(listing.filter())
        .bind(ENTRIES_A_STEP)
        .fetch_all(&mut *connection)
        .await
        .doing(DOING)?;
    for (id,) in &ids {
        if let Some((entry, version)) = standing_summary_in(connection, id).await? {
            listing.put(connection, entry, version).await?;
        }
    }
    Ok(ids.len())
}

/// Deletes columns of earlier filters, which have no rows any more.
async fn forget_columns(
    connection: &mut AnyConnection,
    benchmark_id: &str,
) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM aggregate_columns WHERE benchmark_id = $1 AND n_listed <= 0")
        .bind(benchmark_id)
        .execute(connection)
        .await
        .doing(DOING)?;
    Ok(())
}
