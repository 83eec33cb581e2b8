//! A piece of a file on its way: kept aside as it comes in, and added when it is whole.
//!
//! However large it is, little of it is in memory; of one that breaks off nothing is kept.

use std::fs::File;
use std::io::{Seek, Write};

use bytes::{Bytes, BytesMut};
use scr_documents::SubmissionState;

use super::uploads::append;
use super::{MAX_CHUNK_BYTES, Submission};
use crate::{StoreCore, StoreError, UPLOADS_FOLDER};

/// Bytes of a piece that are in memory before they are written.
const BUFFER_BYTES: usize = 256 << 10;

/// A piece that comes in.
#[derive(Debug)]
pub struct Piece {
    store: StoreCore,
    submission: Submission,
    offset: u64,
    length: u64,
    buffer: BytesMut,
    aside: Option<File>,
}

impl StoreCore {
    /// Begins to take a piece at `offset` of `announced` bytes, where that is known.
    ///
    /// # Errors
    /// As [`add_piece`](Self::add_piece), before a byte of it has come in.
    pub fn begin_piece(
        &self,
        submission: &Submission,
        offset: u64,
        announced: Option<u64>,
    ) -> Result<Piece, StoreError> {
        let (id, state) = (submission.id.clone(), submission.state);
        if state != SubmissionState::Receiving {
            return Err(StoreError::State { id, state, to: SubmissionState::Receiving });
        }
        let (here, size) = (self.uploaded_bytes(&id)?, submission.size_bytes);
        let end = offset.saturating_add(announced.unwrap_or_default());
        let is_repeated = announced.is_some() && end <= here;
        if !is_repeated && (offset != here || end > size) {
            return Err(StoreError::Piece { id, offset, end, here, size });
        }
        self.needs_space(announced.unwrap_or(MAX_CHUNK_BYTES as u64))?;
        Ok(Piece {
            store: self.clone(),
            submission: submission.clone(),
            offset,
            length: 0,
            buffer: BytesMut::new(),
            aside: None,
        })
    }
}

impl Piece {
    /// Takes its next bytes.
    ///
    /// # Errors
    /// [`StoreError::Folder`] when they cannot be written.
    pub async fn add(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        self.length += bytes.len() as u64;
        self.buffer.extend_from_slice(&bytes);
        if self.buffer.len() < BUFFER_BYTES {
            return Ok(());
        }
        let (buffer, aside) = (std::mem::take(&mut self.buffer), self.aside.take());
        let folder = self.store.folder.join(UPLOADS_FOLDER);
        let write = move || {
            let written = scr_data::durable::create_folders(&folder).and_then(|()| {
                let mut file = aside.map_or_else(|| tempfile::tempfile_in(&folder), Ok)?;
                file.write_all(&buffer)?;
                Ok(file)
            });
            written.map_err(|source| StoreError::Folder { path: folder, source })
        };
        self.aside = Some(off_thread(write).await?);
        Ok(())
    }

    /// Adds the piece, which is whole, to the file. Returns how many bytes are here now.
    ///
    /// # Errors
    /// As [`StoreCore::add_piece`](crate::StoreCore::add_piece).
    pub async fn keep(self) -> Result<u64, StoreError> {
        let Self { store, submission, offset, length, buffer, aside } = self;
        let Some(mut file) = aside else {
            return store.add_piece(&submission, offset, buffer.freeze()).await;
        };
        if let Some(here) = store.place_for(&submission, offset, length)? {
            return Ok(here);
        }
        let path = store.upload_path(&submission.id);
        let write = move || {
            let mut whole = || {
                file.write_all(&buffer)?;
                file.rewind()?;
                append(&path, offset, &mut file)
            };
            whole().map_err(|source| StoreError::Folder { path: path.clone(), source })
        };
        off_thread(write).await?;
        Ok(offset + length)
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|source| StoreError::Task { source })?
}
