//! Publishing: from folders on disk to files and rows in the store.
//!
//! Computes no score; results come with the entry. Image by image, as many at
//! a time as there are processors, so that memory does not grow with the
//! benchmark: files are prepared on blocking threads, then written, and the row
//! comes last.

mod benchmark;
mod entry;
mod posterior;

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use rayon::prelude::*;
use scr_data::digest::{FileDigest, file_digest};
use tokio::task::JoinSet;

use crate::{BlobKey, Store, StoreError};

pub use benchmark::THUMBNAIL_SIDE_PX;
pub use entry::EntryToPublish;
pub use posterior::POSTERIOR_SIDE_PX;

/// Files written at once. A file counts as written when it has reached the
/// disk, which takes 0.8 ms one by one and 0.16 ms with so many under way.
const WRITES_AT_ONCE: usize = 16;

/// How far publishing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishProgress {
    /// Images whose files are in the store.
    pub images_done: usize,
    /// Images in all.
    pub images_total: usize,
}

/// What one image gives: the files to write, and what else is to be known of it.
struct Prepared<T> {
    files: Vec<(BlobKey, Bytes)>,
    rest: T,
}

/// The images from 0 to `count`, as many at a time as are prepared at once.
fn batches(count: usize) -> impl Iterator<Item = Range<usize>> {
    let step = rayon::current_num_threads().max(1);
    (0..count).step_by(step).map(move |start| start..(start + step).min(count))
}

/// Files that were written, each with the SHA-256 of its bytes.
type WrittenFiles = Vec<(BlobKey, FileDigest)>;

/// Prepares the images of one batch on blocking threads and writes their files.
async fn write_batch<T: Send + 'static>(
    store: &Store,
    batch: Range<usize>,
    prepare: Arc<dyn Fn(usize) -> Result<Prepared<T>, StoreError> + Send + Sync>,
) -> Result<(Vec<T>, WrittenFiles), StoreError> {
    let prepared = tokio::task::spawn_blocking(move || {
        batch.into_par_iter().map(|image| prepare(image)).collect::<Result<Vec<_>, _>>()
    });
    let prepared = prepared.await.map_err(|source| StoreError::Task { source })??;
    let (files, rests): (Vec<_>, Vec<T>) =
        prepared.into_iter().map(|image| (image.files, image.rest)).unzip();
    let files: Vec<_> = files.into_iter().flatten().collect();
    let digests = |(key, bytes): &(BlobKey, Bytes)| (key.clone(), file_digest(bytes));
    let written: WrittenFiles = files.par_iter().map(digests).collect();
    let mut files = files.into_iter();
    let mut writes = JoinSet::new();
    loop {
        while writes.len() < WRITES_AT_ONCE
            && let Some((key, bytes)) = files.next()
        {
            let blobs = store.blobs.clone();
            writes.spawn(async move { blobs.put(&key, bytes).await });
        }
        match writes.join_next().await {
            Some(written) => written.map_err(|source| StoreError::Task { source })??,
            None => return Ok((rests, written)),
        }
    }
}

/// Runs what reads files on a thread that may block.
pub(crate) async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(read).await.map_err(|source| StoreError::Task { source })?
}
