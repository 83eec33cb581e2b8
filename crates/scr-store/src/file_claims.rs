//! Claims on folders of files that are being written, before their row: garbage collection
//! leaves a claimed folder.
//!
//! A claim begins and ends as one writer at a time, and so does the deletion of garbage. A
//! writer that begins after a deletion finds the files gone and writes them. The claim of a dead
//! writer ends after [`CLAIM_LASTS`]; a writer that was only slow then finds its claim gone and
//! writes no row.

use async_recursion::async_recursion as boxed;
use jiff::{SignedDuration, Timestamp};
use sqlx::{AnyConnection, AnyPool};

use crate::database::{Doing, begin_writing, clock, clock_of};
use crate::secrets::random_id;
use crate::storage_error::StorageError;
use crate::time::time_text;

/// Lifetime of a claim that is not renewed. Writers renew theirs every few files.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_hours(1);

/// Folder of the objects of all benchmarks' folders, which is claimed as a whole.
pub(crate) const SOURCES: &str = "sources";

/// Claim of one writer.
#[derive(Debug)]
pub(crate) struct FileClaim {
    id: String,
    folder: String,
}

impl FileClaim {
    /// Claims a folder, `entries/ID` for instance, before the first file is written.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub(crate) async fn begin(pool: &AnyPool, folder: String) -> Result<Self, StorageError> {
        let doing = "claim a folder of files";
        let claim = Self { id: random_id()?, folder };
        let mut transaction = begin_writing(pool).await?;
        end_stale(&mut transaction).await?;
        let now = clock(&mut transaction).await?;
        sqlx::query("INSERT INTO file_claims (id, folder, renewed_at) VALUES ($1, $2, $3)")
            .bind(&claim.id)
            .bind(&claim.folder)
            .bind(time_text(now))
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        transaction.commit().await.doing(doing)?;
        Ok(claim)
    }

    /// Renews the claim.
    ///
    /// # Errors
    /// [`StorageError::Collected`] when it has run out, [`StorageError::Database`].
    #[boxed]
    pub(crate) async fn renew(&self, pool: &AnyPool) -> Result<(), StorageError> {
        let renewed = sqlx::query("UPDATE file_claims SET renewed_at = $1 WHERE id = $2")
            .bind(time_text(clock_of(pool).await?))
            .bind(&self.id)
            .execute(pool)
            .await
            .doing("renew the claim on a folder of files")?;
        self.is_kept(renewed.rows_affected())
    }

    /// Ends the claim in the transaction that writes the row.
    ///
    /// # Errors
    /// As [`renew`](Self::renew).
    #[boxed]
    pub(crate) async fn end_in(self, connection: &mut AnyConnection) -> Result<(), StorageError> {
        let ended = sqlx::query("DELETE FROM file_claims WHERE id = $1")
            .bind(&self.id)
            .execute(connection)
            .await
            .doing("end the claim on a folder of files")?;
        self.is_kept(ended.rows_affected())
    }

    fn is_kept(&self, rows: u64) -> Result<(), StorageError> {
        if rows == 1 {
            return Ok(());
        }
        Err(StorageError::Collected { folder: self.folder.clone() })
    }
}

/// True if a writer has claimed a folder and renewed its claim of late.
///
/// # Errors
/// [`StorageError::Database`].
#[boxed]
pub(crate) async fn is_claimed(
    connection: &mut AnyConnection,
    folder: &str,
) -> Result<bool, StorageError> {
    let since = ends_before(clock(connection).await?);
    let (claims,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM file_claims WHERE folder = $1 AND renewed_at >= $2")
            .bind(folder)
            .bind(since)
            .fetch_one(connection)
            .await
            .doing("look for claims on a folder of files")?;
    Ok(claims > 0)
}

/// Ends the claims of dead writers, so that none of them goes on.
///
/// # Errors
/// [`StorageError::Database`].
#[boxed]
pub(crate) async fn end_stale(connection: &mut AnyConnection) -> Result<(), StorageError> {
    let before = ends_before(clock(connection).await?);
    sqlx::query("DELETE FROM file_claims WHERE renewed_at < $1")
        .bind(before)
        .execute(connection)
        .await
        .doing("end claims of dead writers")?;
    Ok(())
}

/// Time before which a claim must have been renewed last to be stale at `now`.
fn ends_before(now: Timestamp) -> String {
    time_text(now - CLAIM_LASTS)
}
