//! Files as they come in, piece by piece, so that a broken connection costs a piece.
//!
//! `uploads/ID` grows at its end only; how long it is says how much is here. What a
//! piece says has reached the disk before it is acknowledged.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use scr_data::durable;
use scr_documents::SubmissionState;

use super::Submission;
use crate::database::failed;
use crate::{StoreCore, StoreError, UPLOADS_FOLDER};

/// The largest piece, in bytes.
pub const MAX_CHUNK_BYTES: usize = 8 << 20;

impl StoreCore {
    /// Where the file of a submission lies.
    #[must_use]
    pub fn upload_path(&self, id: &str) -> PathBuf {
        self.folder.join(UPLOADS_FOLDER).join(format!("{id}.zip"))
    }

    /// How many bytes of its file are here.
    ///
    /// # Errors
    /// [`StoreError::Folder`].
    pub fn uploaded_bytes(&self, id: &str) -> Result<u64, StoreError> {
        let path = self.upload_path(id);
        match path.metadata() {
            Ok(about) => Ok(about.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(source) => Err(StoreError::Folder { path, source }),
        }
    }

    /// Adds a piece at `offset`, which is as far as the file has come; a piece that
    /// comes again changes nothing. Returns how many bytes are here now.
    ///
    /// # Errors
    /// [`StoreError::State`] when the submission is past receiving,
    /// [`StoreError::Piece`] when the piece does not follow on what is here or goes
    /// beyond the size that was announced, [`StoreError::DiskFull`] when too little of
    /// the disk is left, [`StoreError::Folder`] when it cannot be written. Nothing of the
    /// piece is kept then.
    pub async fn add_piece(
        &self,
        submission: &Submission,
        offset: u64,
        piece: Bytes,
    ) -> Result<u64, StoreError> {
        if let Some(here) = self.place_for(submission, offset, piece.len() as u64)? {
            return Ok(here);
        }
        let (path, end) = (self.upload_path(&submission.id), offset + piece.len() as u64);
        let write = move || {
            append(&path, offset, &mut &piece[..])
                .map_err(|source| StoreError::Folder { path, source })?;
            Ok(end)
        };
        tokio::task::spawn_blocking(write).await.map_err(|source| StoreError::Task { source })?
    }

    /// Refuses a piece that has no place; how many bytes are here, where they have it in
    /// them already.
    pub(super) fn place_for(
        &self,
        submission: &Submission,
        offset: u64,
        length: u64,
    ) -> Result<Option<u64>, StoreError> {
        let (id, size) = (submission.id.clone(), submission.size_bytes);
        if submission.state != SubmissionState::Receiving {
            let (state, to) = (submission.state, SubmissionState::Receiving);
            return Err(StoreError::State { id, state, to });
        }
        let here = self.uploaded_bytes(&id)?;
        let end = offset.saturating_add(length);
        if end <= here {
            return Ok(Some(here));
        }
        if offset != here || end > size {
            return Err(StoreError::Piece { id, offset, end, here, size });
        }
        self.needs_space(length)?;
        Ok(None)
    }

    /// Takes what is here for the whole file, where its size was not known before.
    /// Returns how many bytes it has.
    ///
    /// # Errors
    /// [`StoreError::Folder`], [`StoreError::Database`].
    pub async fn end_upload(&self, id: &str) -> Result<u64, StoreError> {
        let here = self.uploaded_bytes(id)?;
        sqlx::query("UPDATE submissions SET size_bytes = $1 WHERE id = $2 AND state = $3")
            .bind(i64::try_from(here).unwrap_or(i64::MAX))
            .bind(id)
            .bind(SubmissionState::Receiving.as_str())
            .execute(&self.pool)
            .await
            .map_err(failed("note the size of a file"))?;
        Ok(here)
    }

    /// Deletes the file of a submission, where it is there.
    ///
    /// # Errors
    /// [`StoreError::Folder`].
    pub fn delete_upload(&self, id: &str) -> Result<(), StoreError> {
        let path = self.upload_path(id);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(StoreError::Folder { path, source })
            }
            _ => Ok(()),
        }
    }
}

/// Writes what `piece` gives at the end of a file, and waits until it is on the disk.
/// Nothing of it is kept when that fails.
pub(super) fn append(path: &Path, offset: u64, piece: &mut impl Read) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    durable::create_folders(folder)?;
    let mut file =
        std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let written = io::copy(piece, &mut file).and_then(|_| file.sync_data());
    if written.is_err() {
        file.set_len(offset)?;
    }
    written?;
    // The file's name lasts with its first piece.
    if offset == 0 { durable::sync_folder(folder) } else { Ok(()) }
}
