//! Steps of garbage collection.
//!
//! Files are deleted while the database lets no other writer begin, after their rows and claims
//! were read once more. So no writer comes to rely on a file that is being deleted, and an
//! interruption leaves fewer files to delete next time.

use std::path::Path;
use std::time::Duration;

use async_recursion::async_recursion as boxed;
use sqlx::AnyPool;

use super::listing::{FoundFile, Listing};
use super::references::{Owner, References};
use crate::blocking::run_blocking;
use crate::database::{Doing, begin_writing};
use crate::file_claims::end_stale;
use crate::folder::DataFolder;
use crate::objects::at_once;
use crate::storage_error::StorageError;

/// Operation in errors.
const DOING: &str = "collect garbage";

/// A file to which no row refers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreferencedFile {
    /// Path in the data folder, or key of the object below the prefix of the bucket.
    pub key: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Time since its last change, by the clock of the machine or of the bucket.
    pub age: Duration,
}

/// Outcome of a garbage collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CollectedGarbage {
    /// Unreferenced files older than the grace period: to be deleted, or deleted.
    pub files: Vec<UnreferencedFile>,
    /// Number of unreferenced files that are younger, which stay.
    pub n_young: usize,
}

/// Handle of garbage: files to which no row refers.
#[derive(Debug, Clone, Copy)]
pub struct Garbage<'a> {
    pub(crate) pool: &'a AnyPool,
    pub(crate) folder: &'a DataFolder,
}

/// Treatment of garbage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Treatment {
    List,
    Delete,
}

impl Garbage<'_> {
    /// Lists the unreferenced files that are at least as old as the grace period.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Bucket`], [`StorageError::Folder`],
    /// [`StorageError::Data`].
    #[boxed]
    pub async fn list(&self, grace: Duration) -> Result<CollectedGarbage, StorageError> {
        self.treat(grace, Treatment::List).await
    }

    /// Deletes the unreferenced files that are at least as old as the grace period, also while
    /// others use the store: files of a publication or an upload under way stay.
    ///
    /// # Errors
    /// As [`list`](Self::list). What was deleted by then stays deleted.
    #[boxed]
    pub async fn delete(&self, grace: Duration) -> Result<CollectedGarbage, StorageError> {
        self.treat(grace, Treatment::Delete).await
    }

    async fn treat(
        &self,
        grace: Duration,
        treatment: Treatment,
    ) -> Result<CollectedGarbage, StorageError> {
        let mut collected = CollectedGarbage::default();
        let mut listing = Listing::begin(self.folder)?;
        while let Some(found) = listing.next().await? {
            for files in found.chunk_by(|one, other| Owner::of(&one.key) == Owner::of(&other.key)) {
                let Some(owner) = files.first().and_then(|file| Owner::of(&file.key)) else {
                    continue;
                };
                let mut connection = self.pool.acquire().await.doing(DOING)?;
                let references = References::read(&mut connection, &owner).await?;
                drop(connection);
                let garbage = files.iter().filter(|file| !references.has(&file.key)).cloned();
                let (mut old, young): (Vec<FoundFile>, Vec<_>) =
                    garbage.partition(|file| file.age >= grace);
                collected.n_young += young.len();
                if treatment == Treatment::Delete && !old.is_empty() {
                    old = self.delete_files(&owner, old).await?;
                }
                collected.files.extend(old.into_iter().map(|file| {
                    let FoundFile { key, bytes, age } = file;
                    UnreferencedFile { key, bytes, age }
                }));
            }
        }
        Ok(collected)
    }

    /// Deletes files of an owner, except those to which a row refers by now. Returns the files
    /// that are deleted.
    #[boxed]
    async fn delete_files(
        &self,
        owner: &Owner,
        mut files: Vec<FoundFile>,
    ) -> Result<Vec<FoundFile>, StorageError> {
        let mut transaction = begin_writing(self.pool).await?;
        end_stale(&mut transaction).await?;
        let references = References::read(&mut transaction, owner).await?;
        files.retain(|file| !references.has(&file.key));
        let keys: Vec<String> = files.iter().map(|file| file.key.clone()).collect();
        let folder = self.folder.clone();
        run_blocking(move || {
            at_once(keys, |key| match &folder.bucket {
                Some(bucket) => Ok(bucket.delete(&key)?),
                None => delete_file(&folder.path, &key),
            })
        })
        .await?;
        transaction.commit().await.doing(DOING)?;
        Ok(files)
    }
}

/// Deletes a file of a data folder, and the folders of its owner that are empty then.
fn delete_file(root: &Path, key: &str) -> Result<(), StorageError> {
    /// Parts of the path of an owner's folder: `blobs/entries/ID`.
    const OWNER_PARTS: usize = 3;
    let path = root.join(key);
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            return Err(StorageError::Folder { path, source });
        }
        _ => {}
    }
    for above in Path::new(key).ancestors().skip(1) {
        let is_owners = above.components().count() >= OWNER_PARTS;
        // One that is not empty stays.
        if !is_owners || std::fs::remove_dir(root.join(above)).is_err() {
            break;
        }
    }
    Ok(())
}
