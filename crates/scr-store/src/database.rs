//! The database: transactions, its clock, and the name of what failed.
//!
//! Knows no benchmark and no entry; their queries live in
//! [`benchmarks`](crate::benchmarks) and [`entries`](crate::entries). SQL is
//! written once: placeholders are `$1`, columns are TEXT and BIGINT, conflicts
//! are settled by `ON CONFLICT`, all of which SQLite and PostgreSQL both take.
//! `dialect.rs` has the rest; `sqlite.rs` and `postgres.rs` open a database.
//!
//! **A transaction that reads and writes is one at a time.** [`begin_writing`] waits for the
//! writers before it, in both databases. A transaction that begins otherwise changes only rows
//! that its first statement has locked.

use async_recursion::async_recursion as boxed;

use jiff::Timestamp;
use sqlx::{Any, AnyConnection, AnyPool};

use crate::dialect::Dialect;
use crate::storage_error::StorageError;

/// Key of PostgreSQL's advisory lock of writers: `scr` and 1.
const WRITERS: i64 = 0x0073_6372_0001;

/// Adds the operation that failed to an error of the database.
pub(crate) trait Doing<T> {
    /// Names the operation, as in "cannot list users".
    fn doing(self, doing: &'static str) -> Result<T, StorageError>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, doing: &'static str) -> Result<T, StorageError> {
        self.map_err(|source| StorageError::Database { doing, source })
    }
}

/// Begins a transaction that writes: it waits for other writers now, so that all that it
/// reads stays as it was read until it ends.
///
/// # Errors
/// [`StorageError::Database`].
#[boxed]
pub(crate) async fn begin_writing(
    pool: &AnyPool,
) -> Result<sqlx::Transaction<'static, Any>, StorageError> {
    let doing = "begin to write to the database";
    match Dialect::of(pool) {
        Dialect::Sqlite => pool.begin_with("BEGIN IMMEDIATE").await.doing(doing),
        Dialect::Postgres => {
            let mut transaction = pool.begin().await.doing(doing)?;
            lock(&mut transaction, WRITERS).await?;
            Ok(transaction)
        }
    }
}

/// Waits for PostgreSQL's advisory lock `key`, which ends with the transaction.
///
/// # Errors
/// [`StorageError::Database`].
pub(crate) async fn lock(connection: &mut AnyConnection, key: i64) -> Result<(), StorageError> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(key)
        .execute(connection)
        .await
        .doing("wait for other writers")?;
    Ok(())
}

/// Time of the database's clock, by which leases and heartbeats of all machines are
/// compared. SQLite's is the clock of this machine.
///
/// # Errors
/// [`StorageError::Database`].
#[boxed]
pub(crate) async fn clock(connection: &mut AnyConnection) -> Result<Timestamp, StorageError> {
    if Dialect::of_connection(connection) == Dialect::Sqlite {
        return Ok(Timestamp::now());
    }
    let query = "SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)";
    let doing = "read the database's clock";
    let (ms,): (i64,) = sqlx::query_as(query).fetch_one(connection).await.doing(doing)?;
    Timestamp::from_millisecond(ms).map_err(sqlx::Error::decode).doing(doing)
}

/// As [`clock`], on any connection of a pool.
///
/// # Errors
/// [`StorageError::Database`].
#[boxed]
pub(crate) async fn clock_of(pool: &AnyPool) -> Result<Timestamp, StorageError> {
    if Dialect::of(pool) == Dialect::Sqlite {
        return Ok(Timestamp::now());
    }
    clock(&mut *pool.acquire().await.doing("read the database's clock")?).await
}
