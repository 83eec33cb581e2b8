//! Layout and free space of the data folder, which only its owner may enter.
//!
//! On engines the files of a site are in a bucket, and this folder is scratch: copies for
//! readers of paths, which can be made again at any time.
//!
//! It holds hashes of passwords, hidden masks and unpublished submissions. The mode of the
//! folder itself protects everything in it; systems without file modes are not protected.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use scr_bucket::Bucket;
use scr_data::durable;
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::storage_error::{OpenError, StorageError};

/// Database of a store, within its folder.
pub const DATABASE_FILE: &str = "scr.sqlite";
/// Folder of published files, within the data folder.
pub(crate) const BLOBS_FOLDER: &str = "blobs";
/// Folder of uploads.
pub(crate) const UPLOADS_FOLDER: &str = "uploads";
/// Folder of benchmarks that were added for scoring.
pub(crate) const BENCHMARKS_FOLDER: &str = "benchmarks";
/// Folder of files that can be computed again; backups leave it out.
pub(crate) const CACHE_FOLDER: &str = "cache";

/// Limit of the size of an object in the bucket.
pub(crate) const MAX_OBJECT_BYTES: u64 = scr_data::files::MAX_FILE_BYTES;

/// Reserve of free space in bytes, unless [`Store::keep_free`](crate::Store::keep_free)
/// sets another.
pub const MIN_FREE_BYTES: u64 = 256 << 20;

/// Free space of the disk under a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskSpace {
    /// Free bytes.
    pub free_bytes: u64,
    /// Reserve that uploads may not use.
    pub min_free_bytes: u64,
}

impl DiskSpace {
    /// True if the reserve is free.
    #[must_use]
    pub const fn is_enough(self) -> bool {
        self.free_bytes >= self.min_free_bytes
    }
}

/// Data folder of a store, or its bucket with a scratch folder.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder {
    pub(crate) path: PathBuf,
    /// Reserve of free space, for the database and for publishing.
    pub(crate) min_free_bytes: u64,
    /// Bucket with the files; none where they are in the folder.
    pub(crate) bucket: Option<Bucket>,
    /// Lock of whoever copies files out of the bucket, so that nothing is copied twice.
    pub(crate) copying: Arc<Mutex<()>>,
    /// Scratch folder that is deleted with the last clone.
    _temporary: Option<Arc<TempDir>>,
}

impl DataFolder {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            min_free_bytes: MIN_FREE_BYTES,
            bucket: None,
            copying: Arc::default(),
            _temporary: None,
        }
    }

    /// Scratch folder beside a bucket: `scratch`, or a temporary one.
    pub(crate) fn scratch(scratch: Option<&Path>, bucket: Bucket) -> Result<Self, OpenError> {
        let bucket = Some(bucket);
        let Some(path) = scratch else {
            let place = std::env::temp_dir();
            let made = tempfile::Builder::new().prefix("scr-").tempdir_in(&place);
            let made = made.map_err(|source| StorageError::Folder { path: place, source })?;
            let path = made.path().to_owned();
            return Ok(Self { bucket, _temporary: Some(Arc::new(made)), ..Self::new(&path) });
        };
        claim(path)?;
        Ok(Self { bucket, ..Self::new(path) })
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path.join(DATABASE_FILE)
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.path.join(BLOBS_FOLDER)
    }

    pub(crate) fn uploads(&self) -> PathBuf {
        self.path.join(UPLOADS_FOLDER)
    }

    /// File of a submission.
    pub(crate) fn upload(&self, submission_id: &str) -> PathBuf {
        self.uploads().join(format!("{submission_id}.zip"))
    }

    /// Masks that the model of a submission made.
    pub(crate) fn upload_masks(&self, submission_id: &str) -> PathBuf {
        self.uploads().join(format!("{submission_id}.masks.zip"))
    }

    pub(crate) fn benchmarks(&self) -> PathBuf {
        self.path.join(BENCHMARKS_FOLDER)
    }

    /// Folder of a benchmark that was added for scoring; it may hold a hidden reference.
    pub(crate) fn benchmark(&self, id: &str) -> PathBuf {
        self.benchmarks().join(id)
    }

    /// Shapes of a benchmark, which can be computed again at any time.
    pub(crate) fn shapes(&self, benchmark_id: &str) -> PathBuf {
        self.path.join(CACHE_FOLDER).join(format!("shapes-{benchmark_id}.json"))
    }

    /// Free space of the disk.
    pub(crate) fn space(&self) -> Result<DiskSpace, StorageError> {
        let free_bytes = fs4::available_space(&self.path)
            .map_err(|source| StorageError::Folder { path: self.path.clone(), source })?;
        Ok(DiskSpace { free_bytes, min_free_bytes: self.min_free_bytes })
    }

    /// Refuses a file of `bytes` that would use the reserve.
    pub(crate) fn require_space(&self, bytes: u64) -> Result<(), StorageError> {
        let DiskSpace { free_bytes, min_free_bytes } = self.space()?;
        let needed_bytes = bytes.saturating_add(min_free_bytes);
        if needed_bytes <= free_bytes {
            return Ok(());
        }
        Err(StorageError::DiskFull { needed_bytes, free_bytes })
    }
}

/// Creates the data folder with mode 0700; an empty folder gets that mode.
///
/// # Errors
/// [`OpenError::OpenFolder`] when it holds files and group or others have any right
/// to it, [`StorageError::Folder`] when it cannot be created or read.
pub fn claim(folder: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::from(StorageError::Folder { path: folder.to_owned(), source });
    if !folder.exists() {
        return durable::create_private_folder(folder).map_err(failed);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = folder.metadata().map_err(failed)?.permissions().mode() & 0o7777;
        if mode & 0o077 == 0 {
            return Ok(());
        }
        if folder.read_dir().map_err(failed)?.next().is_some() {
            return Err(OpenError::OpenFolder { path: folder.to_owned(), mode });
        }
        durable::make_private(folder).map_err(failed)?;
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::Store;

    fn mode(path: &Path) -> u32 {
        path.metadata().expect("it is there").permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_data_folder_that_others_can_read_is_refused_with_what_to_do() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("above/site");
        Store::open(&folder).await.unwrap().close().await;
        assert_eq!(mode(&folder), 0o700);
        for open in [0o750, 0o701, 0o720, 0o755, 0o1777] {
            std::fs::set_permissions(&folder, Permissions::from_mode(open)).unwrap();
            let error = Store::open(&folder).await.unwrap_err();
            assert!(matches!(error, OpenError::OpenFolder { .. }), "{open:o}: {error}");
            assert!(error.to_string().contains(&format!("found {open:04o}")), "{error}");
            assert!(error.hint().contains("chmod -R go= DATA"));
        }
        std::fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
        Store::open(&folder).await.unwrap().close().await;
    }

    #[tokio::test]
    async fn an_empty_folder_becomes_its_owners_alone() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("site");
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        Store::open(&folder).await.unwrap().close().await;
        assert_eq!(mode(&folder), 0o700);
    }
}
