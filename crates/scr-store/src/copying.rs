//! Listing and copying files of a data folder, without holding them in memory.
//!
//! Knows no database and no manifest. A folder is built as a [`Staging`], which gets its name
//! when all files are complete and have reached the disk.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use scr_data::digest::{hex, reader_digest};
use scr_data::{Problem, Staging, durable};

use crate::storage_error::StorageError;

/// A file, with its size and time to notice a replacement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListedFile {
    /// Relative to the store's folder.
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) modified: Option<SystemTime>,
}

/// Every file below `root/within`, sorted by path; none where there is no such folder.
/// Follows links. Skips files that vanish meanwhile.
pub(crate) fn list(root: &Path, within: &str) -> Result<Vec<ListedFile>, StorageError> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(within)];
    while let Some(folder) = open.pop() {
        let place = root.join(&folder);
        let Some(entries) = unless_gone(&place, place.read_dir())? else { continue };
        for entry in entries {
            let path = folder.join(entry.map_err(|error| unreadable(&place, &error))?.file_name());
            let place = root.join(&path);
            let Some(about) = unless_gone(&place, place.metadata())? else { continue };
            if about.is_dir() {
                open.push(path);
            } else if about.is_file() {
                let modified = about.modified().ok();
                found.push(ListedFile { path, bytes: about.len(), modified });
            } else {
                let (expected, hint) = ("a file or a folder", "delete it");
                let place = place.display().to_string();
                let problem = Problem::new(place, expected, "something else", hint);
                return Err(StorageError::Data(problem.into()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// As [`list`], for a folder of blobs: without temporary files.
pub(crate) fn list_blobs(root: &Path, within: &str) -> Result<Vec<ListedFile>, StorageError> {
    let mut found = list(root, within)?;
    found.retain(|blob| !durable::is_temporary(&blob.path));
    Ok(found)
}

/// Copies a file into a staging folder. Returns its size; none when there is no such file.
pub(crate) fn copy_file(from: &Path, to: &Path) -> Result<Option<u64>, StorageError> {
    let Some(mut source) = unless_gone(from, File::open(from))? else { return Ok(None) };
    let copied = durable::copy_unsynced(&mut source, to);
    copied.map(Some).map_err(|source| failed(from, to, source))
}

/// Makes the copy of a database private and waits until it has reached the disk. Returns its
/// digest.
pub(crate) fn settle(from: &Path, copy: &Path) -> Result<String, StorageError> {
    let read = || -> io::Result<String> {
        durable::make_private(copy)?;
        let file = fs::OpenOptions::new().read(true).write(true).open(copy)?;
        file.sync_all()?;
        Ok(format!("sha256:{}", hex(&reader_digest(file)?)))
    };
    read().map_err(|source| failed(from, copy, source))
}

/// Restricts a staging folder to its owner.
pub(crate) fn make_private(folder: &Path) -> Result<(), StorageError> {
    let folder_failed = |source| StorageError::Folder { path: folder.to_owned(), source };
    durable::make_private(folder).map_err(folder_failed)
}

/// Gives a staging folder its name, or deletes it when filling it failed.
pub(crate) fn finish<T>(
    staging: Staging,
    filled: Result<T, StorageError>,
) -> Result<T, StorageError> {
    if filled.is_ok() {
        staging.finish()?;
    } else {
        // The first error matters; leftovers are visible.
        let _ = fs::remove_dir_all(staging.folder());
    }
    filled
}

/// Refuses an `out` within the folder that is copied.
pub(crate) fn refuse_within(source: &Path, out: &Path) -> Result<(), StorageError> {
    let source = source.canonicalize().map_err(|error| unreadable(source, &error))?;
    let place = std::path::absolute(out).map_err(|error| unreadable(out, &error))?;
    let real = place.ancestors().find_map(|above| above.canonicalize().ok());
    if real.is_some_and(|real| real.starts_with(&source)) {
        let expected = format!("a folder outside of {}", source.display());
        let problem = Problem::new(
            out.display().to_string(),
            expected,
            "one within it",
            "choose another place: what happens to the one folder happens to the other",
        );
        return Err(StorageError::Data(problem.into()));
    }
    Ok(())
}

fn unless_gone<T>(path: &Path, found: io::Result<T>) -> Result<Option<T>, StorageError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> StorageError {
    StorageError::Data(Problem::unreadable(path, error).into())
}

fn failed(from: &Path, to: &Path, source: io::Error) -> StorageError {
    StorageError::Copy { from: from.to_owned(), to: to.to_owned(), source }
}
