//! All files of a site that garbage collection covers, with their ages, some at a time.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, SystemTime};

use scr_bucket::Bucket;

use crate::blocking::run_blocking;
use crate::copying::{self, ListedFile};
use crate::folder::{BLOBS_FOLDER, DataFolder, UPLOADS_FOLDER};
use crate::storage_error::StorageError;

/// Most files of one part.
const MAX_FILES: usize = 1000;

/// A file of a data folder or an object of a bucket.
#[derive(Debug, Clone)]
pub(super) struct FoundFile {
    /// Path in the data folder, or key of the object.
    pub(super) key: String,
    pub(super) bytes: u64,
    /// Time since its last change, by the clock of the disk or of the bucket.
    pub(super) age: Duration,
}

/// Files of a site in parts; those of one owner follow each other.
pub(super) struct Listing {
    folder: DataFolder,
    /// Folders, or beginnings of keys, that are still to be listed.
    places: VecDeque<String>,
    /// Place of the next page of the first of them in a bucket.
    next: Option<String>,
    /// Files of a folder that is listed.
    files: VecDeque<FoundFile>,
}

impl Listing {
    /// Begins to list all files.
    ///
    /// # Errors
    /// [`StorageError::Folder`].
    pub(super) fn begin(folder: &DataFolder) -> Result<Self, StorageError> {
        let mut places = VecDeque::new();
        if folder.bucket.is_some() {
            places.extend([BLOBS_FOLDER, "sources", UPLOADS_FOLDER].map(|name| format!("{name}/")));
        } else {
            for kind in ["benchmarks", "entries"] {
                let within = format!("{BLOBS_FOLDER}/{kind}");
                let names = names_in(&folder.path.join(&within))?;
                places.extend(names.into_iter().map(|name| format!("{within}/{name}")));
            }
            places.push_back(UPLOADS_FOLDER.to_owned());
        }
        Ok(Self { folder: folder.clone(), places, next: None, files: VecDeque::new() })
    }

    /// The next files; none after the last.
    ///
    /// # Errors
    /// [`StorageError::Bucket`], [`StorageError::Data`].
    pub(super) async fn next(&mut self) -> Result<Option<Vec<FoundFile>>, StorageError> {
        loop {
            if !self.files.is_empty() {
                let count = self.files.len().min(MAX_FILES);
                return Ok(Some(self.files.drain(..count).collect()));
            }
            let Some(place) = self.places.front().cloned() else { return Ok(None) };
            let found = match self.folder.bucket.clone() {
                Some(bucket) => {
                    let from = self.next.take();
                    let (found, next) =
                        run_blocking(move || page(&bucket, &place, from.as_deref())).await?;
                    self.next = next;
                    found
                }
                None => {
                    let root = self.folder.path.clone();
                    run_blocking(move || in_folder(&root, &place)).await?
                }
            };
            if self.next.is_none() {
                self.places.pop_front();
            }
            self.files = found.into();
        }
    }
}

/// A page of objects, and the place of the next one.
fn page(
    bucket: &Bucket,
    prefix: &str,
    from: Option<&str>,
) -> Result<(Vec<FoundFile>, Option<String>), StorageError> {
    let page = bucket.list_page(prefix, from)?;
    let found = |object: scr_bucket::ListedObject| FoundFile {
        key: object.key,
        bytes: object.bytes,
        age: object.age,
    };
    Ok((page.objects.into_iter().map(found).collect(), page.next))
}

fn in_folder(root: &Path, within: &str) -> Result<Vec<FoundFile>, StorageError> {
    let now = SystemTime::now();
    let found = |file: ListedFile| FoundFile {
        key: file.path.to_string_lossy().replace('\\', "/"),
        bytes: file.bytes,
        // A file without a time, or of the future, is new.
        age: file.modified.and_then(|at| now.duration_since(at).ok()).unwrap_or_default(),
    };
    Ok(copying::list(root, within)?.into_iter().map(found).collect())
}

/// Names in a folder, sorted; none where there is no such folder.
fn names_in(folder: &Path) -> Result<Vec<String>, StorageError> {
    let failed = |source| StorageError::Folder { path: folder.to_owned(), source };
    let entries = match folder.read_dir() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.map_err(failed)?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}
