//! Steps of a move.

use std::path::Path;

use async_recursion::async_recursion as boxed;
use sqlx::AnyPool;

use super::files::{MovedChunk, copy_benchmarks, copy_blobs, copy_uploads};
use super::tables::{copy_rows, has_rows};
use super::target::Target;
use crate::database::{Doing, begin_writing};
use crate::dialect::Dialect;
use crate::error::StoreError;
use crate::location::Location;
use crate::record::log::{RecordLog, text_digest};
use crate::sources;
use crate::storage_error::{OpenError, StorageError};
use crate::store::Store;
use crate::submissions::uploads;
use crate::time::now;

/// Operation in errors.
const DOING: &str = "copy the database";

/// A move of a site that has begun.
pub struct SiteMove {
    from: Store,
    to: Target,
    /// Number of workers at work on the old place.
    n_workers: usize,
}

/// Counts of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovedSite {
    /// Published files.
    pub n_files: usize,
    /// Rows of the database; none where an earlier run had copied them.
    pub n_rows: u64,
}

impl SiteMove {
    /// Begins a move to a new place, or goes on with one that was interrupted. The copy is the
    /// site at one moment; what is changed at the old place afterwards stays there.
    ///
    /// # Errors
    /// [`StorageError::Data`] when the new place holds a site, [`OpenError::OtherCopy`] when it
    /// holds a part of another one; failures of opening either.
    #[boxed]
    pub async fn begin(from: &Location, to: &Location) -> Result<Self, OpenError> {
        let store = Store::open_at(from).await?;
        let n_workers = store.workers().list().await?.len();
        let moving = Self { from: store, to: Target::open(to).await?, n_workers };
        if has_rows(moving.to.pool()).await? && !moving.is_copy().await? {
            let (place, from) = (to.to_string(), from.to_string());
            return Err(OpenError::OtherCopy { place, from });
        }
        Ok(moving)
    }

    /// Number of workers at work on the old place.
    #[must_use]
    pub const fn n_workers(&self) -> usize {
        self.n_workers
    }

    /// Copies all rows and all files: rows first, in one transaction, so that the files include
    /// all that the rows name. `progress` gets the number of published files done and of all.
    ///
    /// # Errors
    /// [`StorageError::Bucket`], [`StorageError::Folder`], [`StorageError::Database`].
    #[boxed]
    pub async fn copy(
        &self,
        progress: &mut (dyn FnMut(usize, usize) + Send),
    ) -> Result<MovedSite, StorageError> {
        let n_rows = if has_rows(self.to.pool()).await? {
            0
        } else {
            copy_all_rows(&self.from.pool, self.to.pool()).await?
        };
        let n_files = copy_files(&self.from, &self.to, progress).await?;
        Ok(MovedSite { n_files, n_rows })
    }

    /// True if the new place has the record of the old one, up to some line.
    async fn is_copy(&self) -> Result<bool, StorageError> {
        let head = RecordLog { pool: self.to.pool() }.head().await?;
        let lines = self.from.record().lines(head.length.saturating_sub(1), 1).await?;
        Ok(lines.first().is_some_and(|line| text_digest(line) == head.head))
    }

    /// The copy as a store, to be verified before the move is finished.
    #[must_use]
    pub fn store(&self) -> Store {
        self.to.store()
    }

    /// Makes the copy a site. The old place stays as it is.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Folder`].
    #[boxed]
    pub async fn finish(self) -> Result<(), StoreError> {
        self.to.finish().await?;
        self.from.close().await;
        Ok(())
    }
}

/// Copies a store on engines into the new folder `to`, while others may use the store: rows
/// first, so that the files include all that the rows name.
///
/// # Errors
/// As [`SiteMove::copy`].
#[boxed]
pub(crate) async fn copy_into_folder(
    store: &Store,
    to: &Path,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<(), StorageError> {
    let target = Target::in_folder(to).await?;
    copy_all_rows(&store.pool, target.pool()).await?;
    copy_files(store, &target, progress).await?;
    target.pool().close().await;
    Ok(())
}

/// Copies all rows in one transaction.
#[boxed]
async fn copy_all_rows(from: &AnyPool, to: &AnyPool) -> Result<u64, StorageError> {
    let begin = match Dialect::of(from) {
        Dialect::Sqlite => "BEGIN",
        Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    let mut source = from.begin_with(begin).await.doing(DOING)?;
    let mut target = begin_writing(to).await?;
    let n_rows = copy_rows(&mut source, &mut target).await?;
    target.commit().await.doing(DOING)?;
    Ok(n_rows)
}

/// Copies all files, and adds rows for those that were written as objects. Returns the number of
/// published files.
#[boxed]
async fn copy_files(
    from: &Store,
    to: &Target,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<usize, StorageError> {
    let n_files = copy_blobs(&from.folder, to, progress).await?;
    for (id, written) in copy_benchmarks(from, to).await? {
        sources::put(to.pool(), &id, written).await?;
    }
    let uploads = uploads::ids(&from.pool, &from.folder).await?;
    let mut target = begin_writing(to.pool()).await?;
    for chunk in copy_uploads(from, to, uploads).await? {
        let MovedChunk { submission_id, begins_at, ends_at, object, sha256 } = chunk;
        let insert = "INSERT INTO upload_chunks \
                      (submission_id, begins_at, ends_at, object, sha256, received_at) \
                      SELECT $1, $2, $3, $4, $5, $6 \
                      WHERE EXISTS (SELECT 1 FROM submissions WHERE id = $1) \
                      ON CONFLICT (submission_id, begins_at) DO NOTHING";
        sqlx::query(insert)
            .bind(submission_id)
            .bind(begins_at.cast_signed())
            .bind(ends_at.cast_signed())
            .bind(object)
            .bind(sha256)
            .bind(now())
            .execute(&mut *target)
            .await
            .doing(DOING)?;
    }
    target.commit().await.doing(DOING)?;
    Ok(n_files)
}
