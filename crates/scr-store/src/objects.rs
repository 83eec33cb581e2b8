//! Objects of the bucket beside blobs: their keys, and copies of them in files.
//!
//! - `sources/SHA256`: a file of a benchmark's folder, by its digest.
//! - `uploads/SUBMISSION/OFFSET-RANDOM`: an upload chunk.
//!
//! Both never change. Whoever reads one knows its SHA-256, and checks it.

use std::collections::VecDeque;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use scr_bucket::Bucket;
use scr_data::digest::{file_digest, hex};
use scr_data::{Problem, durable};

use crate::folder::MAX_OBJECT_BYTES;
use crate::storage_error::StorageError;

/// Requests to the bucket at once. They wait for the network, not for a processor.
const REQUESTS_AT_ONCE: usize = 16;

/// Object of a file of a benchmark's folder.
pub(crate) fn source_object(sha256: &str) -> String {
    format!("sources/{sha256}")
}

/// Beginning of the keys of a submission's upload chunks.
pub(crate) fn upload_objects(submission_id: &str) -> String {
    format!("uploads/{submission_id}/")
}

/// An object to be copied into a file.
pub(crate) struct Wanted {
    pub(crate) object: String,
    /// SHA-256 in hexadecimal digits.
    pub(crate) sha256: String,
    /// Path below the folder of the copies.
    pub(crate) path: PathBuf,
}

/// Bytes of an object, which must be there with this SHA-256. Blocks.
pub(crate) fn read_object(
    bucket: &Bucket,
    object: &str,
    sha256: &str,
) -> Result<Vec<u8>, StorageError> {
    let damaged = |found: String| StorageError::Damaged {
        key: object.to_owned(),
        expected: sha256.to_owned(),
        found,
    };
    let bytes = bucket.get(object, MAX_OBJECT_BYTES)?;
    let bytes = bytes.ok_or_else(|| damaged("no object".to_owned()))?;
    let found = hex(&file_digest(&bytes));
    if found == sha256 { Ok(bytes) } else { Err(damaged(found)) }
}

/// Copies objects into the existing folder `into`, without waiting for the disk. Blocks.
pub(crate) fn copy_objects(
    bucket: &Bucket,
    into: &Path,
    wanted: Vec<Wanted>,
) -> Result<(), StorageError> {
    at_once(wanted, |Wanted { object, sha256, path }| {
        let is_below = path.components().all(|part| matches!(part, Component::Normal(_)));
        if !is_below {
            let place = path.display().to_string();
            let problem = Problem::new(place, "a path below the folder", "another one", "");
            return Err(scr_data::DataError::from(problem).into());
        }
        let to = into.join(path);
        let bytes = read_object(bucket, &object, &sha256)?;
        let folder = to.parent().unwrap_or(into);
        durable::create_folders(folder)
            .and_then(|()| durable::write_unsynced(&to, &bytes))
            .map_err(|source| StorageError::Folder { path: to.clone(), source })
    })
}

/// Runs `work` on all items, several at once; returns the first failure. Blocks.
pub(crate) fn at_once<T: Send>(
    items: Vec<T>,
    work: impl Fn(T) -> Result<(), StorageError> + Sync,
) -> Result<(), StorageError> {
    let (count, queue) = (items.len(), Mutex::new(VecDeque::from(items)));
    let failed: Mutex<Option<StorageError>> = Mutex::new(None);
    let next = || {
        let is_failed = failed.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        if is_failed { None } else { queue.pop_front() }
    };
    std::thread::scope(|scope| {
        for _ in 0..count.min(REQUESTS_AT_ONCE) {
            scope.spawn(|| {
                while let Some(item) = next() {
                    if let Err(error) = work(item) {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    }
                }
            });
        }
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn all_items_are_worked_on_until_one_fails() {
        let done = AtomicUsize::new(0);
        let count = |_| {
            done.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        at_once((0..1000).collect(), count).unwrap();
        assert_eq!(done.load(Ordering::Relaxed), 1000);
        let missing = || StorageError::Missing { what: "item", id: "7".into() };
        let fail = |item| if item == 7 { Err(missing()) } else { Ok(()) };
        at_once((0..1000).collect(), fail).unwrap_err();
        at_once(Vec::<u8>::new(), |_| Ok(())).unwrap();
    }
}
