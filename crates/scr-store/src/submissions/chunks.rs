//! An upload chunk as it arrives: buffered in a temporary file, and appended when complete.
//!
//! Memory does not grow with its size. A chunk that breaks off is discarded.

use async_recursion::async_recursion as boxed;
use scr_documents::SubmissionState;
use std::fs::File;
use std::io::{Read, Seek, Write};

use bytes::{Bytes, BytesMut};
use sqlx::AnyPool;

use super::error::SubmissionError;
use super::rows::Submission;
use super::upload_file::append;
use super::uploads::{MAX_CHUNK_BYTES, Uploads, append_chunk, place_for};
use crate::blocking::run_blocking;
use crate::folder::DataFolder;
use crate::storage_error::StorageError;

/// Bytes of a chunk in memory before they are written.
const BUFFER_BYTES: usize = 256 << 10;

/// A chunk that is arriving.
#[derive(Debug)]
pub struct UploadChunk {
    pool: AnyPool,
    folder: DataFolder,
    submission: Submission,
    offset: u64,
    length: u64,
    buffer: BytesMut,
    /// Temporary file.
    spooled: Option<File>,
}

impl Uploads<'_> {
    /// Begins to receive a chunk at `offset` of `announced` bytes, if that is known.
    ///
    /// # Errors
    /// As [`append_chunk`](Self::append_chunk), before a byte of it has arrived.
    #[boxed]
    pub async fn begin_chunk(
        &self,
        submission: &Submission,
        offset: u64,
        announced: Option<u64>,
    ) -> Result<UploadChunk, SubmissionError> {
        let (id, state) = (submission.id.clone(), submission.state);
        if state != SubmissionState::Receiving {
            return Err(SubmissionError::State { id, state, to: SubmissionState::Receiving });
        }
        let (here, size) = (self.received_bytes(&id).await?, submission.size_bytes);
        let end = offset.saturating_add(announced.unwrap_or_default());
        let is_repeated = announced.is_some() && end <= here;
        if !is_repeated && (offset != here || end > size) {
            return Err(SubmissionError::Chunk { id, offset, end, here, size });
        }
        self.folder.require_space(announced.unwrap_or(MAX_CHUNK_BYTES as u64))?;
        Ok(UploadChunk {
            pool: self.pool.clone(),
            folder: self.folder.clone(),
            submission: submission.clone(),
            offset,
            length: 0,
            buffer: BytesMut::new(),
            spooled: None,
        })
    }
}

impl UploadChunk {
    /// Receives its next bytes.
    ///
    /// # Errors
    /// [`StorageError::Folder`] when they cannot be written.
    #[boxed]
    pub async fn add(&mut self, bytes: Bytes) -> Result<(), StorageError> {
        self.length += bytes.len() as u64;
        self.buffer.extend_from_slice(&bytes);
        if self.buffer.len() < BUFFER_BYTES {
            return Ok(());
        }
        let (buffer, spooled) = (std::mem::take(&mut self.buffer), self.spooled.take());
        let folder = self.folder.uploads();
        let write = move || {
            let written = scr_data::durable::create_folders(&folder).and_then(|()| {
                let mut file = spooled.map_or_else(|| tempfile::tempfile_in(&folder), Ok)?;
                file.write_all(&buffer)?;
                Ok(file)
            });
            written.map_err(|source| StorageError::Folder { path: folder, source })
        };
        self.spooled = Some(run_blocking(write).await?);
        Ok(())
    }

    /// Appends the complete chunk to the file. Returns the number of bytes received now.
    ///
    /// # Errors
    /// As [`Uploads::append_chunk`].
    #[boxed]
    pub async fn keep(self) -> Result<u64, SubmissionError> {
        let Self { pool, folder, submission, offset, length, buffer, spooled } = self;
        let Some(mut file) = spooled else {
            return append_chunk(&pool, &folder, &submission, offset, buffer.freeze()).await;
        };
        if let Some(here) = place_for(&pool, &folder, &submission, offset, length).await? {
            return Ok(here);
        }
        let path = folder.upload(&submission.id);
        if folder.bucket.is_some() {
            let failed = |source| StorageError::Folder { path: path.clone(), source };
            file.write_all(&buffer).and_then(|()| file.rewind()).map_err(failed)?;
            let mut here = offset;
            while here < offset + length {
                let mut part = Vec::new();
                let mut next = Read::by_ref(&mut file).take(MAX_CHUNK_BYTES as u64);
                next.read_to_end(&mut part).map_err(failed)?;
                here = append_chunk(&pool, &folder, &submission, here, part.into()).await?;
            }
            return Ok(here);
        }
        let write = move || {
            let mut whole = || {
                file.write_all(&buffer)?;
                file.rewind()?;
                append(&path, offset, &mut file)
            };
            whole().map_err(|source| StorageError::Folder { path: path.clone(), source })
        };
        run_blocking(write).await?;
        Ok(offset + length)
    }
}
