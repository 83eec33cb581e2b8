//! Batches of images whose files are prepared and written together, so that memory does not
//! grow with the benchmark.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use rayon::prelude::*;
use scr_data::digest::{FileDigest, file_digest};
use tokio::task::JoinSet;

use crate::blobs::{BlobKey, Blobs};
use crate::storage_error::StorageError;

/// Concurrent writes. A file counts as written when it has reached the disk, which takes
/// 0.8 ms one by one and 0.16 ms with so many at once.
const WRITES_AT_ONCE: usize = 16;

/// Progress of publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishProgress {
    /// Images whose files are in the store.
    pub images_done: usize,
    /// Images in all.
    pub images_total: usize,
}

/// Files of one image, to be written, with facts `T` about it.
pub(super) struct PreparedImage<T> {
    pub(super) files: Vec<(BlobKey, Bytes)>,
    pub(super) facts: T,
}

/// Batches of the images from 0 to `count`, one image a thread.
pub(super) fn batches(count: usize) -> impl Iterator<Item = Range<usize>> {
    let step = rayon::current_num_threads().max(1);
    (0..count).step_by(step).map(move |start| start..(start + step).min(count))
}

/// Files that were written, each with the SHA-256 of its bytes.
pub(super) type WrittenFiles = Vec<(BlobKey, FileDigest)>;

/// Prepares the images of one batch on blocking threads and writes their files.
pub(super) async fn write_batch<T: Send + 'static>(
    blobs: &Blobs,
    batch: Range<usize>,
    prepare: Arc<dyn Fn(usize) -> Result<PreparedImage<T>, StorageError> + Send + Sync>,
) -> Result<(Vec<T>, WrittenFiles), StorageError> {
    let prepared = tokio::task::spawn_blocking(move || {
        batch.into_par_iter().map(|image| prepare(image)).collect::<Result<Vec<_>, _>>()
    });
    let prepared = prepared.await.map_err(|source| StorageError::Task { source })??;
    let (files, facts): (Vec<_>, Vec<T>) =
        prepared.into_iter().map(|image| (image.files, image.facts)).unzip();
    let files: Vec<_> = files.into_iter().flatten().collect();
    let digests = |(key, bytes): &(BlobKey, Bytes)| (key.clone(), file_digest(bytes));
    let written: WrittenFiles = files.par_iter().map(digests).collect();
    let mut files = files.into_iter();
    let mut writes = JoinSet::new();
    loop {
        while writes.len() < WRITES_AT_ONCE
            && let Some((key, bytes)) = files.next()
        {
            let blobs = blobs.clone();
            writes.spawn(async move { blobs.put(&key, bytes).await });
        }
        match writes.join_next().await {
            Some(written) => written.map_err(|source| StorageError::Task { source })??,
            None => return Ok((facts, written)),
        }
    }
}
