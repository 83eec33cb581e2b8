//! Uploads: files that arrive chunk by chunk, so that a broken connection costs one chunk.
//!
//! `uploads/ID.zip` only grows at its end; its length is the number of bytes received. A chunk
//! has reached the disk before it is acknowledged.

use async_recursion::async_recursion as boxed;
use scr_documents::SubmissionState;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use scr_data::durable;
use sqlx::AnyPool;

use super::error::SubmissionError;
use super::rows::Submission;
use crate::blocking::run_blocking;
use crate::database::Doing;
use crate::folder::DataFolder;
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
    /// Path of the file of a submission.
    #[must_use]
    pub fn path(&self, id: &str) -> PathBuf {
        path(self.folder, id)
    }

    /// Number of bytes received so far.
    ///
    /// # Errors
    /// [`StorageError::Folder`].
    pub fn received_bytes(&self, id: &str) -> Result<u64, StorageError> {
        received_bytes(self.folder, id)
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
        append_chunk(self.folder, submission, offset, chunk).await
    }

    /// Completes an upload of unknown size: the bytes received are the whole file. Returns
    /// their number.
    ///
    /// # Errors
    /// [`StorageError::Folder`], [`StorageError::Database`].
    #[boxed]
    pub async fn finish(&self, id: &str) -> Result<u64, StorageError> {
        let here = self.received_bytes(id)?;
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
    /// [`StorageError::Folder`].
    pub fn delete(&self, id: &str) -> Result<(), StorageError> {
        delete(self.folder, id)
    }
}

/// See [`Uploads::path`].
pub(super) fn path(folder: &DataFolder, id: &str) -> PathBuf {
    folder.uploads().join(format!("{id}.zip"))
}

/// See [`Uploads::received_bytes`].
pub(super) fn received_bytes(folder: &DataFolder, id: &str) -> Result<u64, StorageError> {
    let path = path(folder, id);
    match path.metadata() {
        Ok(about) => Ok(about.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(source) => Err(StorageError::Folder { path, source }),
    }
}

/// See [`Uploads::append_chunk`].
#[boxed]
pub(super) async fn append_chunk(
    folder: &DataFolder,
    submission: &Submission,
    offset: u64,
    chunk: Bytes,
) -> Result<u64, SubmissionError> {
    if let Some(here) = place_for(folder, submission, offset, chunk.len() as u64)? {
        return Ok(here);
    }
    let (path, end) = (path(folder, &submission.id), offset + chunk.len() as u64);
    run_blocking(move || {
        append(&path, offset, &mut &chunk[..])
            .map_err(|source| StorageError::Folder { path, source })?;
        Ok(end)
    })
    .await
}

/// Refuses a chunk that cannot be appended. For a chunk that was received already, returns the
/// number of bytes received.
pub(super) fn place_for(
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
    let here = received_bytes(folder, &id)?;
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

/// See [`Uploads::delete`].
pub(super) fn delete(folder: &DataFolder, id: &str) -> Result<(), StorageError> {
    let path = path(folder, id);
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(StorageError::Folder { path, source })
        }
        _ => Ok(()),
    }
}

/// Appends the bytes of `chunk` to a file and waits until they are on the disk. Keeps nothing of
/// them when that fails.
pub(super) fn append(path: &Path, offset: u64, chunk: &mut impl Read) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    durable::create_folders(folder)?;
    let mut file =
        std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let written = io::copy(chunk, &mut file).and_then(|_| file.sync_data());
    if written.is_err() {
        file.set_len(offset)?;
    }
    written?;
    // The first chunk also makes the name of the file durable.
    if offset == 0 { durable::sync_folder(folder) } else { Ok(()) }
}
