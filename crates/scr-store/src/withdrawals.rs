//! Entries that were taken back: they keep their address, and leave the tables.
//!
//! Deletes nothing: row, masks and results stay in the store, so that a withdrawal
//! is on record beside what it is about.

use serde::Serialize;

use crate::database::{begin_writing, failed};
use crate::entries::now;
use crate::record::{self, RecordEvent, WithdrawalEvidence};
use crate::{Store, StoreError};

/// That an entry was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    /// The entry.
    pub entry_id: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who did it, in words that readers may see.
    pub who: String,
    /// Why.
    pub reason: String,
}

/// A withdrawal as it lies in the database.
type Written = (String, String, String, String);

impl Store {
    /// Takes an entry back, for good. Once more changes nothing: the first reason stays.
    ///
    /// # Errors
    /// [`StoreError::UnknownEntry`], [`StoreError::Database`].
    pub async fn withdraw_entry(
        &self,
        id: &str,
        who: &str,
        reason: &str,
    ) -> Result<(), StoreError> {
        let doing = "withdraw an entry";
        let mut transaction = begin_writing(&self.pool).await?;
        let (entries, withdrawn): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM entries WHERE id = $1), \
             (SELECT COUNT(*) FROM withdrawals WHERE entry_id = $1)",
        )
        .bind(id)
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed(doing))?;
        if entries == 0 {
            return Err(StoreError::UnknownEntry { id: id.to_owned() });
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
            .map_err(failed(doing))?;
        let (entry, statement_digest) = (id.to_owned(), statement.digest());
        let event = RecordEvent::EntryWithdrawn { entry, statement_digest };
        record::append(&mut transaction, event).await?;
        transaction.commit().await.map_err(failed(doing))?;
        tracing::info!(entry = id, who, "withdrew an entry");
        Ok(())
    }

    /// All withdrawals, the first first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn withdrawals(&self) -> Result<Vec<Withdrawal>, StoreError> {
        let rows: Vec<Written> = sqlx::query_as(
            "SELECT entry_id, at, who, reason FROM withdrawals ORDER BY at, entry_id",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list withdrawals"))?;
        Ok(rows.into_iter().map(read).collect())
    }

    /// That an entry was taken back, if it was.
    pub(crate) async fn withdrawal(&self, id: &str) -> Result<Option<Withdrawal>, StoreError> {
        let row: Option<Written> =
            sqlx::query_as("SELECT entry_id, at, who, reason FROM withdrawals WHERE entry_id = $1")
                .bind(id)
                .fetch_optional(&self.pool)
                .await
                .map_err(failed("read a withdrawal"))?;
        Ok(row.map(read))
    }
}

fn read((entry_id, at, who, reason): Written) -> Withdrawal {
    Withdrawal { entry_id, at, who, reason }
}
