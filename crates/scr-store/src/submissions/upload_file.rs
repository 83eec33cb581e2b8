//! An upload as one file of the data folder: `uploads/ID.zip` only grows at its end; its length
//! is the number of bytes received. A chunk has reached the disk before it is acknowledged.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, SystemTime};

use scr_data::durable;

use crate::folder::DataFolder;
use crate::storage_error::StorageError;

/// Number of bytes received so far.
pub(super) fn received_bytes(folder: &DataFolder, id: &str) -> Result<u64, StorageError> {
    let path = folder.upload(id);
    match path.metadata() {
        Ok(about) => Ok(about.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(source) => Err(StorageError::Folder { path, source }),
    }
}

/// Appends the bytes of `chunk` to a file and waits until they are on the disk. Keeps nothing of
/// them when that fails.
pub(super) fn append(path: &Path, offset: u64, chunk: &mut impl Read) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    durable::create_folders(folder)?;
    let mut file =
        std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let written = io::copy(chunk, &mut file).and_then(|_| file.sync_data());
    if written.is_err() {
        file.set_len(offset)?;
    }
    written?;
    // The first chunk also makes the name of the file durable.
    if offset == 0 { durable::sync_folder(folder) } else { Ok(()) }
}

/// True if a chunk arrived within `patience`.
pub(super) fn is_fresh(folder: &DataFolder, id: &str, patience: Duration) -> bool {
    let changed = folder.upload(id).metadata().and_then(|about| about.modified());
    // A clock that was set back makes files of the future, which count as fresh.
    changed.is_ok_and(|at| SystemTime::now().duration_since(at).unwrap_or_default() < patience)
}

/// Identifiers of the submissions with a file.
pub(super) fn ids(folder: &DataFolder) -> Result<Vec<String>, StorageError> {
    let path = folder.uploads();
    let entries = match path.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(StorageError::Folder { path, source }),
    };
    let mut ids = Vec::new();
    for entry in entries {
        let name = entry
            .map_err(|source| StorageError::Folder { path: path.clone(), source })?
            .file_name();
        let name = name.to_str().and_then(|name| name.strip_suffix(".zip"));
        // A file of masks that a model made has the same identifier.
        ids.extend(name.map(|name| name.trim_end_matches(".masks").to_owned()));
    }
    Ok(ids)
}
