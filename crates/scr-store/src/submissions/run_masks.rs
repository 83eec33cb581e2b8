//! Runs of submitted models: the masks that a model made, beside the upload, and their row.
//!
//! The zip file of the masks is `uploads/ID.masks.zip` in a data folder, and objects
//! `uploads/ID/masks-OFFSET` on engines. It goes with the upload.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use async_recursion::async_recursion as boxed;
use scr_bucket::Bucket;
use scr_data::digest::{hex, reader_digest};
use scr_data::durable;
use scr_documents::SubmissionState;
use sqlx::AnyPool;

use super::changes::cannot_become;
use super::error::SubmissionError;
use super::handle::Submissions;
use super::model_run::{ModelRun, RunMasks};
use super::uploads::{MAX_CHUNK_BYTES, Uploads};
use crate::blocking::run_blocking;
use crate::database::{Doing, begin_writing};
use crate::folder::MAX_OBJECT_BYTES;
use crate::json::write_json;
use crate::objects::upload_objects;
use crate::storage_error::StorageError;

impl<S> Submissions<'_, S> {
    /// Records the run of a model whose masks are kept ([`Uploads::keep_masks`]).
    ///
    /// # Errors
    /// [`SubmissionError::State`] where the submission is past its check,
    /// [`SubmissionError::OtherClaim`] where the job is another worker's;
    /// [`SubmissionError::Storage`].
    #[boxed]
    pub async fn record_run(&self, id: &str, run: &ModelRun) -> Result<(), SubmissionError>
    where
        S: Sync,
    {
        let doing = "record the run of a model";
        let mut transaction = begin_writing(self.pool).await?;
        self.check_claim(&mut transaction, id).await?;
        let state = SubmissionState::Received;
        let set = sqlx::query("UPDATE submissions SET model_run = $1 WHERE id = $2 AND state = $3")
            .bind(write_json(id, "run of a model", run)?)
            .bind(id)
            .bind(state.as_str())
            .execute(&mut *transaction)
            .await
            .doing(doing)?;
        if set.rows_affected() == 0 {
            drop(transaction);
            return Err(cannot_become(self.pool, id, state).await);
        }
        transaction.commit().await.doing(doing)?;
        Ok(())
    }
}

impl Uploads<'_> {
    /// Keeps a zip file of masks beside the upload of a submission, in place of an earlier one.
    ///
    /// # Errors
    /// [`StorageError::Folder`], [`StorageError::Bucket`], [`StorageError::DiskFull`].
    pub async fn keep_masks(&self, id: &str, file: PathBuf) -> Result<RunMasks, StorageError> {
        let (to, bucket) = (self.folder.upload_masks(id), self.folder.bucket.clone());
        let id = id.to_owned();
        let size_bytes = file
            .metadata()
            .map_err(|source| StorageError::Folder { path: file.clone(), source })?
            .len();
        self.folder.require_space(size_bytes)?;
        run_blocking(move || {
            let failed = |source| StorageError::Folder { path: file.clone(), source };
            let sha256 = hex(&File::open(&file).and_then(reader_digest).map_err(failed)?);
            match bucket {
                Some(bucket) => put_parts(&bucket, &id, &file)?,
                None => {
                    let mut file = File::open(&file).map_err(failed)?;
                    copy_new(&to, &mut file)
                        .map_err(|source| StorageError::Folder { path: to.clone(), source })?;
                }
            }
            Ok(RunMasks { size_bytes, sha256 })
        })
        .await
    }

    /// File with the masks of a model's run on this machine: on engines a copy.
    ///
    /// # Errors
    /// [`StorageError::Damaged`] where it is not the file of the run; as
    /// [`keep_masks`](Self::keep_masks).
    pub async fn local_masks(&self, id: &str, masks: &RunMasks) -> Result<PathBuf, StorageError> {
        let path = self.folder.upload_masks(id);
        let Some(bucket) = self.folder.bucket.clone() else { return Ok(path) };
        let _copying = self.folder.copying.lock().await;
        if path.metadata().is_ok_and(|about| about.len() == masks.size_bytes) {
            return Ok(path);
        }
        self.folder.require_space(masks.size_bytes)?;
        let (there, masks, id) = (path.clone(), masks.clone(), id.to_owned());
        run_blocking(move || {
            let failed = |source| StorageError::Folder { path: there.clone(), source };
            let mut parts = BucketParts {
                bucket,
                id,
                offset: 0,
                size: masks.size_bytes,
                bytes: VecDeque::new(),
            };
            copy_new(&there, &mut parts).map_err(failed)?;
            let found = hex(&File::open(&there).and_then(reader_digest).map_err(failed)?);
            if found == masks.sha256 {
                return Ok(());
            }
            std::fs::remove_file(&there).map_err(failed)?;
            let key = there.display().to_string();
            Err(StorageError::Damaged { key, expected: masks.sha256, found })
        })
        .await?;
        Ok(path)
    }
}

/// Run of a model whose masks a submission still has; none after its end.
pub(crate) async fn masks_of(pool: &AnyPool, id: &str) -> Result<Option<RunMasks>, StorageError> {
    let submission = super::rows::get(pool, id).await?;
    Ok(submission.and_then(|submission| submission.run).map(|run| run.masks))
}

/// Object of the part that begins at an offset.
fn part(id: &str, offset: u64) -> String {
    format!("{}masks-{offset:012}", upload_objects(id))
}

/// Writes a file as objects. Blocks.
pub(crate) fn put_parts(bucket: &Bucket, id: &str, path: &Path) -> Result<(), StorageError> {
    let failed = |source| StorageError::Folder { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    let mut offset = 0;
    loop {
        let mut bytes = Vec::new();
        let mut next = Read::by_ref(&mut file).take(MAX_CHUNK_BYTES as u64);
        next.read_to_end(&mut bytes).map_err(failed)?;
        if bytes.is_empty() {
            return Ok(());
        }
        bucket.put(&part(id, offset), &bytes)?;
        offset += bytes.len() as u64;
    }
}

/// Reader of the objects of a file, one after the other.
struct BucketParts {
    bucket: Bucket,
    id: String,
    offset: u64,
    size: u64,
    bytes: VecDeque<u8>,
}

impl BucketParts {
    fn next(&mut self) -> Result<Vec<u8>, StorageError> {
        if self.offset >= self.size {
            return Ok(Vec::new());
        }
        let key = part(&self.id, self.offset);
        let found = self.bucket.get(&key, MAX_OBJECT_BYTES)?;
        let bytes = found.ok_or_else(|| StorageError::Missing { what: "file", id: key })?;
        self.offset += bytes.len() as u64;
        Ok(bytes)
    }
}

impl Read for BucketParts {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.bytes.is_empty() {
            self.bytes = self.next().map_err(std::io::Error::other)?.into();
        }
        self.bytes.read(buffer)
    }
}

/// Writes a new file durably, in place of an earlier one.
fn copy_new(to: &Path, from: &mut impl Read) -> std::io::Result<()> {
    let parent = to.parent().unwrap_or(to);
    durable::create_folders(parent)?;
    let mut file = tempfile::NamedTempFile::new_in(parent)?;
    std::io::copy(from, &mut file)?;
    file.flush()?;
    file.as_file().sync_data()?;
    if to.exists() {
        std::fs::remove_file(to)?;
    }
    durable::persist_new(file.into_temp_path(), to)?;
    durable::sync_folder(parent)
}
