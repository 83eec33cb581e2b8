//! The disk under a store: how much is free, how much is to stay free, and which errors
//! say that it is full.
//!
//! Deletes nothing. What is kept free is for the database and for what is being
//! published: an upload that would eat into it is refused before its first byte.

use std::error::Error;
use std::io::{self, Write};

use crate::database::failed;
use crate::{StoreCore, StoreError};

/// How much is to stay free unless [`Store::keep_free`](crate::Store::keep_free) says otherwise, in bytes.
pub const MIN_FREE_BYTES: u64 = 256 << 20;

/// SQLite's code of a database that cannot grow.
const SQLITE_FULL: &str = "13";

/// The disk under a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskSpace {
    /// How many bytes a file could take.
    pub free_bytes: u64,
    /// How many are to stay free.
    pub min_free_bytes: u64,
}

impl DiskSpace {
    /// Whether what is to stay free is free.
    #[must_use]
    pub const fn is_enough(self) -> bool {
        self.free_bytes >= self.min_free_bytes
    }
}

impl StoreCore {
    /// The disk under the store.
    ///
    /// # Errors
    /// [`StoreError::Folder`].
    pub fn disk_space(&self) -> Result<DiskSpace, StoreError> {
        let free_bytes = fs4::available_space(&self.folder)
            .map_err(|source| StoreError::Folder { path: self.folder.clone(), source })?;
        Ok(DiskSpace { free_bytes, min_free_bytes: self.min_free_bytes })
    }

    /// Whether the database can be written: asks for the writer's place and gives it back.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        let nothing = sqlx::query("UPDATE workers SET heard_at = heard_at WHERE name = ''");
        nothing.execute(&self.pool).await.map_err(failed("write to the database"))?;
        Ok(())
    }

    /// Whether a file can be written: writes one without a name.
    ///
    /// # Errors
    /// [`StoreError::Folder`].
    pub fn check_folder_writable(&self) -> Result<(), StoreError> {
        let written = tempfile::tempfile_in(&self.folder).and_then(|mut file| file.write_all(b"x"));
        written.map_err(|source| StoreError::Folder { path: self.folder.clone(), source })
    }

    /// Whether a file of `bytes` would leave free what is to stay free.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Folder`].
    pub fn has_room_for(&self, bytes: u64) -> Result<(), StoreError> {
        self.needs_space(bytes)
    }

    /// Refuses what would leave less free than is to stay free.
    pub(crate) fn needs_space(&self, bytes: u64) -> Result<(), StoreError> {
        let DiskSpace { free_bytes, min_free_bytes } = self.disk_space()?;
        let needed_bytes = bytes.saturating_add(min_free_bytes);
        if needed_bytes <= free_bytes {
            return Ok(());
        }
        Err(StoreError::DiskFull { needed_bytes, free_bytes })
    }
}

impl StoreError {
    /// Whether the reason is that the disk is full.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        let mut cause: Option<&(dyn Error + 'static)> = Some(self);
        while let Some(error) = cause {
            if says_full(error) {
                return true;
            }
            cause = error.source();
        }
        matches!(self, Self::DiskFull { .. })
    }
}

fn says_full(error: &(dyn Error + 'static)) -> bool {
    if let Some(sqlx::Error::Database(error)) = error.downcast_ref() {
        return error.code().is_some_and(|code| code == SQLITE_FULL);
    }
    // A copy of what the system said lies within, not below, an error of `io`.
    error.downcast_ref::<io::Error>().is_some_and(|error| {
        let full =
            [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge];
        full.contains(&error.kind())
            || error.get_ref().is_some_and(|inner| says_full(inner as &(dyn Error + 'static)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_known_however_deep_it_lies() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let folder = |source| StoreError::Folder { path: "x".into(), source };
        assert!(folder(full()).is_disk_full());
        assert!(folder(io::Error::other(full())).is_disk_full());
        assert!(!folder(io::Error::from(io::ErrorKind::NotFound)).is_disk_full());
        let error = StoreError::Blob { doing: "write", key: "x".into(), source: full() };
        assert!(error.is_disk_full());
    }
}
