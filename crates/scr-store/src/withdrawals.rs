//! Withdrawals of entries: a withdrawn entry keeps its address and leaves the tables.
//!
//! Deletes nothing: row, masks and results stay in the store, with the withdrawal.

use async_recursion::async_recursion as boxed;
use serde::Serialize;
use sqlx::AnyPool;

use crate::aggregates::remove::unlist;
use crate::database::{Doing, begin_writing};
use crate::publish::error::PublishError;
use crate::record::event::RecordEvent;
use crate::record::evidence::WithdrawalEvidence;
use crate::record::log::append;
use crate::storage_error::StorageError;
use crate::time::now;

/// Withdrawal of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    /// The entry.
    pub entry_id: String,
    /// Time, RFC 3339 in UTC.
    pub at: String,
    /// Person who withdrew it, in words for readers.
    pub who: String,
    /// Reason.
    pub reason: String,
}

impl From<Withdrawal> for WithdrawalEvidence {
    fn from(Withdrawal { entry_id: _, at, who, reason }: Withdrawal) -> Self {
        Self { at, who, reason }
    }
}

/// Columns of a withdrawal.
type Columns = (String, String, String, String);

/// Withdraws an entry for good. A second withdrawal keeps the first reason.
#[boxed]
pub(crate) async fn add(
    pool: &AnyPool,
    id: &str,
    who: &str,
    reason: &str,
) -> Result<(), PublishError> {
    let doing = "withdraw an entry";
    let mut transaction = begin_writing(pool).await?;
    let (entries, withdrawn): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM entries WHERE id = $1), \
         (SELECT COUNT(*) FROM withdrawals WHERE entry_id = $1)",
    )
    .bind(id)
    .fetch_one(&mut *transaction)
    .await
    .doing(doing)?;
    if entries == 0 {
        return Err(PublishError::UnknownEntry { id: id.to_owned() });
    }
    if withdrawn > 0 {
        return Ok(());
    }
    let statement =
        WithdrawalEvidence { at: now(), who: who.to_owned(), reason: reason.to_owned() };
    sqlx::query("INSERT INTO withdrawals (entry_id, at, who, reason) VALUES ($1, $2, $3, $4)")
        .bind(id)
        .bind(&statement.at)
        .bind(&statement.who)
        .bind(&statement.reason)
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
    let (entry, statement_digest) = (id.to_owned(), statement.digest());
    let event = RecordEvent::EntryWithdrawn { entry, statement_digest };
    append(&mut transaction, event).await?;
    unlist(&mut transaction, id).await?;
    transaction.commit().await.doing(doing)?;
    tracing::info!(entry = id, who, "withdrew an entry");
    Ok(())
}

/// All withdrawals, the first first.
pub(crate) async fn all(pool: &AnyPool) -> Result<Vec<Withdrawal>, StorageError> {
    let rows: Vec<Columns> =
        sqlx::query_as("SELECT entry_id, at, who, reason FROM withdrawals ORDER BY at, entry_id")
            .fetch_all(pool)
            .await
            .doing("list withdrawals")?;
    Ok(rows.into_iter().map(read).collect())
}

/// Withdrawal of an entry, if there is one.
pub(crate) async fn get(pool: &AnyPool, id: &str) -> Result<Option<Withdrawal>, StorageError> {
    let row: Option<Columns> =
        sqlx::query_as("SELECT entry_id, at, who, reason FROM withdrawals WHERE entry_id = $1")
            .bind(id)
            .fetch_optional(pool)
            .await
            .doing("read a withdrawal")?;
    Ok(row.map(read))
}

fn read((entry_id, at, who, reason): Columns) -> Withdrawal {
    Withdrawal { entry_id, at, who, reason }
}
