//! An upload on engines: each chunk is an object that never changes, with a row in the database.
//!
//! The object is written first. The row follows under the lock of the submission, so that of two
//! chunks at one offset one is kept, whichever servers they reach.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use bytes::Bytes;
use scr_bucket::Bucket;
use scr_data::digest::{file_digest, hex};
use scr_documents::SubmissionState;
use sqlx::{AnyConnection, AnyPool};

use super::error::SubmissionError;
use super::rows::Submission;
use crate::blocking::run_blocking;
use crate::database::{Doing, clock, clock_of};
use crate::objects::upload_objects;
use crate::secrets::random_id;
use crate::storage_error::StorageError;
use crate::time::time_text;

/// Number of bytes received so far.
#[boxed]
pub(super) async fn received_bytes(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<u64, StorageError> {
    let (end,): (i64,) = sqlx::query_as(
        "SELECT COALESCE(MAX(ends_at), 0) FROM upload_chunks WHERE submission_id = $1",
    )
    .bind(id)
    .fetch_one(connection)
    .await
    .doing("count the bytes of an upload")?;
    Ok(end.unsigned_abs())
}

/// Appends a chunk whose place was free a moment ago. Returns the number of bytes received now.
///
/// # Errors
/// [`SubmissionError::State`], [`SubmissionError::Chunk`]; [`SubmissionError::Storage`]. The
/// chunk is discarded then.
pub(super) async fn append(
    pool: &AnyPool,
    bucket: &Bucket,
    submission: &Submission,
    offset: u64,
    chunk: Bytes,
) -> Result<u64, SubmissionError> {
    if chunk.is_empty() {
        return Ok(offset);
    }
    let object = format!("{}{offset:012}-{}", upload_objects(&submission.id), random_id()?);
    let (to, key, end) = (bucket.clone(), object.clone(), offset + chunk.len() as u64);
    let sha256 = run_blocking(move || {
        to.put_new(&key, &chunk)?;
        Ok::<_, StorageError>(hex(&file_digest(&chunk)))
    })
    .await?;
    let added = add_row(pool, submission, (offset, end), &object, &sha256).await;
    if !matches!(added, Ok(Added::Kept)) {
        let (bucket, object) = (bucket.clone(), object.clone());
        let deleted = run_blocking(move || Ok::<_, StorageError>(bucket.delete(&object)?)).await;
        if let Err(error) = deleted {
            // It goes with the upload.
            tracing::warn!(error = &error as &dyn std::error::Error, "a chunk was not deleted");
        }
    }
    match added? {
        Added::Kept => Ok(end),
        Added::Repeated { here } => Ok(here),
    }
}

/// Outcome of adding a chunk.
enum Added {
    Kept,
    /// Its bytes were received already.
    Repeated {
        here: u64,
    },
}

#[boxed]
async fn add_row(
    pool: &AnyPool,
    submission: &Submission,
    (offset, end): (u64, u64),
    object: &str,
    sha256: &str,
) -> Result<Added, SubmissionError> {
    let doing = "add a chunk to an upload";
    let id = submission.id.clone();
    let mut transaction = pool.begin().await.doing(doing)?;
    // Locks the submission until the row is there.
    let locked =
        sqlx::query("UPDATE submissions SET updated_at = updated_at WHERE id = $1 AND state = $2")
            .bind(&id)
            .bind(SubmissionState::Receiving.as_str())
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
    if locked.rows_affected() == 0 {
        let to = SubmissionState::Receiving;
        drop(transaction);
        return Err(super::changes::cannot_become(pool, &id, to).await);
    }
    let (here, size) = (received_bytes(&mut transaction, &id).await?, submission.size_bytes);
    if end <= here {
        return Ok(Added::Repeated { here });
    }
    if offset != here || end > size {
        return Err(SubmissionError::Chunk { id, offset, end, here, size });
    }
    let now = clock(&mut transaction).await?;
    sqlx::query(
        "INSERT INTO upload_chunks (submission_id, begins_at, ends_at, object, sha256, received_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&id)
    .bind(offset.cast_signed())
    .bind(end.cast_signed())
    .bind(object)
    .bind(sha256)
    .bind(time_text(now))
    .execute(&mut *transaction)
    .await
    .doing(doing)?;
    transaction.commit().await.doing(doing)?;
    Ok(Added::Kept)
}

/// True if a chunk arrived within `patience`.
#[boxed]
pub(super) async fn is_fresh(
    pool: &AnyPool,
    id: &str,
    patience: Duration,
) -> Result<bool, StorageError> {
    let since = clock_of(pool).await? - patience;
    let (count,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM upload_chunks WHERE submission_id = $1 AND received_at > $2",
    )
    .bind(id)
    .bind(time_text(since))
    .fetch_one(pool)
    .await
    .doing("read the time of an upload")?;
    Ok(count > 0)
}

/// Identifiers of the submissions with chunks.
#[boxed]
pub(super) async fn ids(pool: &AnyPool) -> Result<Vec<String>, StorageError> {
    let rows: Vec<(String,)> =
        sqlx::query_as("SELECT DISTINCT submission_id FROM upload_chunks ORDER BY submission_id")
            .fetch_all(pool)
            .await
            .doing("list uploads")?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Size of all uploads, in bytes.
#[boxed]
pub(crate) async fn all_bytes(pool: &AnyPool) -> Result<u64, StorageError> {
    let (bytes,): (i64,) = sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(ends_at - begins_at), 0) AS BIGINT) FROM upload_chunks",
    )
    .fetch_one(pool)
    .await
    .doing("count the bytes of uploads")?;
    Ok(bytes.unsigned_abs())
}

/// Deletes the chunks of a submission, also those that broke off. Rows go first: a row has its
/// object.
#[boxed]
pub(super) async fn delete(pool: &AnyPool, bucket: &Bucket, id: &str) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM upload_chunks WHERE submission_id = $1")
        .bind(id)
        .execute(pool)
        .await
        .doing("delete an upload")?;
    let (bucket, prefix) = (bucket.clone(), upload_objects(id));
    run_blocking(move || {
        for object in bucket.list(&prefix)? {
            bucket.delete(&object.key)?;
        }
        Ok(())
    })
    .await
}
