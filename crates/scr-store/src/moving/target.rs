//! New place of a site that is being moved.

use std::path::{Path, PathBuf};

use async_recursion::async_recursion as boxed;
use scr_bucket::Bucket;
use scr_data::{DataError, durable};
use sqlx::AnyPool;

use super::tables::has_rows;
use crate::blobs::Blobs;
use crate::database::{Doing, begin_writing};
use crate::engines::{OpenedEngines, set_moving};
use crate::folder::{self, DataFolder};
use crate::location::Location;
use crate::sqlite;
use crate::storage_error::{OpenError, StorageError};
use crate::store::Store;

/// Ending of a data folder that a site is being moved into.
const MOVING: &str = ".moving";

/// New place of a site.
pub(super) enum Target {
    Folder {
        /// The data folder, once all is there.
        path: PathBuf,
        /// The same until then.
        moving: PathBuf,
        pool: AnyPool,
    },
    Engines(Box<OpenedEngines>),
}

impl Target {
    /// Opens a new place, or one of a move that was interrupted.
    ///
    /// # Errors
    /// [`StorageError::Data`] for a place that holds a site; failures of opening it.
    pub(super) async fn open(to: &Location) -> Result<Self, OpenError> {
        match to {
            Location::Folder(path) => {
                if path.exists() && !is_empty(path)? {
                    return Err(occupied(to));
                }
                let moving = durable::sibling(path, MOVING);
                folder::claim(&moving)?;
                let pool = sqlite::open(&DataFolder::new(&moving).database()).await?;
                Ok(Self::Folder { path: path.clone(), moving, pool })
            }
            Location::Engines(engines) => {
                let opened = OpenedEngines::open(engines).await?;
                if !opened.is_moving().await? {
                    if has_rows(&opened.pool).await? {
                        opened.pool.close().await;
                        return Err(occupied(to));
                    }
                    let doing = "note that a site is being moved";
                    let mut transaction = begin_writing(&opened.pool).await?;
                    set_moving(&mut transaction, true).await?;
                    transaction.commit().await.doing(doing)?;
                }
                Ok(Self::Engines(Box::new(opened)))
            }
        }
    }

    /// The folder `moving`, which keeps its name.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub(super) async fn in_folder(moving: &Path) -> Result<Self, StorageError> {
        let pool = match sqlite::open(&DataFolder::new(moving).database()).await {
            Ok(pool) => pool,
            Err(OpenError::Storage(error)) => return Err(error),
            Err(other) => {
                let (what, expected) = ("new database", "one that was just made");
                return Err(StorageError::Word { what, expected, found: other.to_string() });
            }
        };
        Ok(Self::Folder { path: moving.to_owned(), moving: moving.to_owned(), pool })
    }

    /// Database.
    pub(super) fn pool(&self) -> &AnyPool {
        match self {
            Self::Folder { pool, .. } => pool,
            Self::Engines(opened) => &opened.pool,
        }
    }

    /// Bucket; none of a data folder.
    pub(super) fn bucket(&self) -> Option<&Bucket> {
        match self {
            Self::Folder { .. } => None,
            Self::Engines(opened) => Some(&opened.bucket),
        }
    }

    /// Folder of files, or scratch folder.
    pub(super) fn folder(&self) -> DataFolder {
        match self {
            Self::Folder { moving, .. } => DataFolder::new(moving),
            Self::Engines(opened) => opened.folder.clone(),
        }
    }

    /// The store there, to be verified.
    pub(super) fn store(&self) -> Store {
        let folder = self.folder();
        let blobs = match self.bucket() {
            Some(bucket) => Blobs::in_bucket(bucket.clone()),
            None => Blobs::open(&folder.blobs()),
        };
        Store::of(folder, self.pool().clone(), blobs, None)
    }

    /// Makes the place a site.
    #[boxed]
    pub(super) async fn finish(self) -> Result<(), StorageError> {
        match self {
            Self::Folder { path, moving, pool } => {
                pool.close().await;
                durable::sync_tree(&moving)
                    .and_then(|()| durable::rename(&moving, &path))
                    .map_err(|source| StorageError::Folder { path, source })
            }
            Self::Engines(opened) => {
                let mut transaction = begin_writing(&opened.pool).await?;
                set_moving(&mut transaction, false).await?;
                transaction.commit().await.doing("note that the site is whole")?;
                opened.pool.close().await;
                Ok(())
            }
        }
    }
}

fn is_empty(folder: &Path) -> Result<bool, StorageError> {
    let entries = folder.read_dir();
    let mut entries =
        entries.map_err(|source| StorageError::Folder { path: folder.to_owned(), source })?;
    Ok(entries.next().is_none())
}

fn occupied(to: &Location) -> OpenError {
    let holds = "holds a site or other files, expected nothing".to_owned();
    StorageError::Data(DataError::Occupied { path: to.to_string().into(), holds }).into()
}
