//! Entries that were taken back: they keep their address, and leave the tables.
//!
//! Deletes nothing: row, masks and results stay in the store, so that a withdrawal
//! is on record beside what it is about.

use serde::Serialize;

use crate::database::failed;
use crate::entries::now;
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
        if self.entry(id).await?.is_none() {
            return Err(StoreError::UnknownEntry { id: id.to_owned() });
        }
        sqlx::query(
            "INSERT INTO withdrawals (entry_id, at, who, reason) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (entry_id) DO NOTHING",
        )
        .bind(id)
        .bind(now())
        .bind(who)
        .bind(reason)
        .execute(&self.pool)
        .await
        .map_err(failed("withdraw an entry"))?;
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
