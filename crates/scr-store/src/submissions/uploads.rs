//! Uploads: files that arrive chunk by chunk, so that a broken connection costs one chunk.
//!
//! `upload_file.rs` keeps one in the data folder, `upload_objects.rs` on engines.

use async_recursion::async_recursion as boxed;
use scr_documents::SubmissionState;
use std::path::PathBuf;

use bytes::Bytes;
use sqlx::AnyPool;

use super::error::SubmissionError;
use super::rows::Submission;
use super::{upload_file, upload_objects};
use crate::blocking::run_blocking;
use crate::database::Doing;
use crate::folder::DataFolder;
use crate::local_copies::{delete_upload, upload_file as local_file};
use crate::storage_error::StorageError;

/// Size limit of a chunk, in bytes.
pub const MAX_CHUNK_BYTES: usize = 8 << 20;

/// Handle of uploads.
#[derive(Debug, Clone, Copy)]
pub struct Uploads<'a> {
    pub(crate) pool: &'a AnyPool,
    pub(crate) folder: &'a DataFolder,
}

impl Uploads<'_> {
    /// Path of the file of a submission in a data folder.
    #[must_use]
    pub fn path(&self, id: &str) -> PathBuf {
        self.folder.upload(id)
    }

    /// File of a submission on this machine: on engines a copy, which is made when it is first
    /// asked for. None where the submission has no file.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Bucket`], [`StorageError::Damaged`],
    /// [`StorageError::Folder`], [`StorageError::DiskFull`].
    #[boxed]
    pub async fn local_file(&self, id: &str) -> Result<Option<PathBuf>, StorageError> {
        local_file(self.pool, self.folder, id).await
    }

    /// Number of bytes received so far.
    ///
    /// # Errors
    /// [`StorageError::Folder`], [`StorageError::Database`].
    #[boxed]
    pub async fn received_bytes(&self, id: &str) -> Result<u64, StorageError> {
        received_bytes(self.pool, self.folder, id).await
    }

    /// Appends a chunk at `offset`, which must be the number of bytes received so far. A
    /// repeated chunk changes nothing. Returns the number of bytes received now.
    ///
    /// # Errors
    /// [`SubmissionError::State`] when the submission is past receiving,
    /// [`SubmissionError::Chunk`] when the chunk does not follow on the bytes received or
    /// exceeds the announced size, [`StorageError::DiskFull`] when it would use the reserve of
    /// free space, [`StorageError::Folder`] when it cannot be written. The chunk is
    /// discarded then.
    #[boxed]
    pub async fn append_chunk(
        &self,
        submission: &Submission,
        offset: u64,
        chunk: Bytes,
    ) -> Result<u64, SubmissionError> {
        append_chunk(self.pool, self.folder, submission, offset, chunk).await
    }

    /// Completes an upload of unknown size: the bytes received are the whole file. Returns
    /// their number.
    ///
    /// # Errors
    /// [`StorageError::Folder`], [`StorageError::Database`].
    #[boxed]
    pub async fn finish(&self, id: &str) -> Result<u64, StorageError> {
        let here = self.received_bytes(id).await?;
        sqlx::query("UPDATE submissions SET size_bytes = $1 WHERE id = $2 AND state = $3")
            .bind(i64::try_from(here).unwrap_or(i64::MAX))
            .bind(id)
            .bind(SubmissionState::Receiving.as_str())
            .execute(self.pool)
            .await
            .doing("record the size of a file")?;
        Ok(here)
    }

    /// Deletes the file of a submission, if it is there.
    ///
    /// # Errors
    /// [`StorageError::Folder`]; [`StorageError::Database`], [`StorageError::Bucket`].
    #[boxed]
    pub async fn delete(&self, id: &str) -> Result<(), StorageError> {
        delete(self.pool, self.folder, id).await
    }
}

/// See [`Uploads::received_bytes`].
pub(super) async fn received_bytes(
    pool: &AnyPool,
    folder: &DataFolder,
    id: &str,
) -> Result<u64, StorageError> {
    if folder.bucket.is_none() {
        return upload_file::received_bytes(folder, id);
    }
    let mut connection = pool.acquire().await.doing("count the bytes of an upload")?;
    upload_objects::received_bytes(&mut connection, id).await
}

/// See [`Uploads::append_chunk`].
#[boxed]
pub(super) async fn append_chunk(
    pool: &AnyPool,
    folder: &DataFolder,
    submission: &Submission,
    offset: u64,
    chunk: Bytes,
) -> Result<u64, SubmissionError> {
    if let Some(here) = place_for(pool, folder, submission, offset, chunk.len() as u64).await? {
        return Ok(here);
    }
    if let Some(bucket) = &folder.bucket {
        return upload_objects::append(pool, bucket, submission, offset, chunk).await;
    }
    let (path, end) = (folder.upload(&submission.id), offset + chunk.len() as u64);
    run_blocking(move || {
        upload_file::append(&path, offset, &mut &chunk[..])
            .map_err(|source| StorageError::Folder { path, source })?;
        Ok(end)
    })
    .await
}

/// Refuses a chunk that cannot be appended. For a chunk that was received already, returns the
/// number of bytes received.
pub(super) async fn place_for(
    pool: &AnyPool,
    folder: &DataFolder,
    submission: &Submission,
    offset: u64,
    length: u64,
) -> Result<Option<u64>, SubmissionError> {
    let (id, size) = (submission.id.clone(), submission.size_bytes);
    if submission.state != SubmissionState::Receiving {
        let (state, to) = (submission.state, SubmissionState::Receiving);
        return Err(SubmissionError::State { id, state, to });
    }
    let here = received_bytes(pool, folder, &id).await?;
    let end = offset.saturating_add(length);
    if end <= here {
        return Ok(Some(here));
    }
    if offset != here || end > size {
        return Err(SubmissionError::Chunk { id, offset, end, here, size });
    }
    folder.require_space(length)?;
    Ok(None)
}

/// Identifiers of the submissions with an upload, or with a copy of one.
pub(crate) async fn ids(pool: &AnyPool, folder: &DataFolder) -> Result<Vec<String>, StorageError> {
    let mut ids = upload_file::ids(folder)?;
    if folder.bucket.is_some() {
        ids.extend(upload_objects::ids(pool).await?);
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// See [`Uploads::delete`].
pub(super) async fn delete(
    pool: &AnyPool,
    folder: &DataFolder,
    id: &str,
) -> Result<(), StorageError> {
    if let Some(bucket) = &folder.bucket {
        upload_objects::delete(pool, bucket, id).await?;
    }
    delete_upload(&folder.upload_masks(id))?;
    delete_upload(&folder.upload(id))
}
