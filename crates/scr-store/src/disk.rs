//! Health of the disk and the database under a store: free space, and whether they can be
//! written.

use async_recursion::async_recursion as boxed;
use std::io::Write;
use std::path::PathBuf;

use scr_data::durable;
use sqlx::AnyPool;

use crate::blocking::run_blocking;
use crate::database::Doing;
use crate::engines::check_bucket;
use crate::folder::{DataFolder, DiskSpace};
use crate::storage_error::StorageError;

/// Handle of the disk under a store.
#[derive(Debug, Clone, Copy)]
pub struct Disk<'a> {
    pub(crate) pool: &'a AnyPool,
    pub(crate) folder: &'a DataFolder,
}

impl Disk<'_> {
    /// Free space.
    ///
    /// # Errors
    /// [`StorageError::Folder`].
    pub fn space(&self) -> Result<DiskSpace, StorageError> {
        self.folder.space()
    }

    /// Refuses a file of `bytes` that would use the reserve of free space.
    ///
    /// # Errors
    /// [`StorageError::DiskFull`], [`StorageError::Folder`].
    pub fn require_space(&self, bytes: u64) -> Result<(), StorageError> {
        self.folder.require_space(bytes)
    }

    /// Checks that the database can be written: takes the writer's lock and releases it.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn check_database(&self) -> Result<(), StorageError> {
        let nothing = sqlx::query("UPDATE workers SET heard_at = heard_at WHERE name = ''");
        nothing.execute(self.pool).await.doing("write to the database")?;
        Ok(())
    }

    /// Checks that the folder can be written: creates a file without a name. On engines, checks
    /// that the bucket can be reached, too.
    ///
    /// # Errors
    /// [`StorageError::Folder`], [`StorageError::Bucket`].
    #[boxed]
    pub async fn check_folder(&self) -> Result<(), StorageError> {
        let path = &self.folder.path;
        let written = tempfile::tempfile_in(path).and_then(|mut file| file.write_all(b"x"));
        written.map_err(|source| StorageError::Folder { path: path.clone(), source })?;
        match &self.folder.bucket {
            Some(bucket) => check_bucket(bucket).await,
            None => Ok(()),
        }
    }

    /// Deletes temporary files of killed processes among blobs and benchmarks, once they are
    /// older than [`durable::STALE_AGE`]: no process writes them any more.
    /// Returns the number of files.
    ///
    /// # Errors
    /// [`StorageError::Folder`].
    #[boxed]
    pub async fn delete_temporaries(&self) -> Result<usize, StorageError> {
        delete_temporaries(self.folder).await
    }
}

/// See [`Disk::delete_temporaries`].
pub(crate) async fn delete_temporaries(folder: &DataFolder) -> Result<usize, StorageError> {
    let folders = [folder.blobs(), folder.benchmarks()];
    run_blocking(move || {
        let delete = |path: &PathBuf| {
            durable::delete_temporaries(path, durable::STALE_AGE)
                .map_err(|source| StorageError::Folder { path: path.clone(), source })
        };
        folders.iter().map(delete).sum()
    })
    .await
}
