//! Files of a site, copied to its new place: blobs, benchmarks' folders, uploads.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use scr_bucket::Bucket;
use scr_data::digest::{file_digest, hex};
use scr_data::durable;

use super::target::Target;
use crate::blocking::run_blocking;
use crate::copying::list_blobs;
use crate::folder::{BLOBS_FOLDER, DataFolder, MAX_OBJECT_BYTES};
use crate::objects::{at_once, upload_objects};
use crate::sources::{self, WrittenSource};
use crate::storage_error::StorageError;
use crate::store::Store;
use crate::submissions::run_masks::{masks_of, put_parts};
use crate::submissions::uploads::MAX_CHUNK_BYTES;

/// Chunk of an upload that was written as an object.
pub(super) struct MovedChunk {
    pub(super) submission_id: String,
    pub(super) begins_at: u64,
    pub(super) ends_at: u64,
    pub(super) object: String,
    pub(super) sha256: String,
}

/// Copies all blobs that are not there yet. `progress` gets the number done and of all.
///
/// # Errors
/// [`StorageError::Bucket`], [`StorageError::Folder`], [`StorageError::Data`].
pub(super) async fn copy_blobs(
    from: &DataFolder,
    to: &Target,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<usize, StorageError> {
    let (source, target) = (FilePlace::of(from), FilePlace::of(&to.folder()));
    let listed = {
        let (source, target) = (source.clone(), target.clone());
        run_blocking(move || {
            let there: HashMap<String, u64> = target.list()?.into_iter().collect();
            let all = source.list()?;
            let is_missing = |(key, bytes): &(String, u64)| there.get(key) != Some(bytes);
            let total = all.len();
            Ok::<_, StorageError>((all.into_iter().filter(is_missing).collect::<Vec<_>>(), total))
        })
    };
    let (missing, total) = listed.await?;
    let mut done = total - missing.len();
    for some in missing.chunks(FILES_AT_A_TIME) {
        let (source, target, some_files) = (source.clone(), target.clone(), some.to_vec());
        run_blocking(move || {
            at_once(some_files, |(key, _)| match source.read(&key)? {
                Some(bytes) => target.write(&key, &bytes),
                None => Err(StorageError::Missing { what: "file", id: key }),
            })
        })
        .await?;
        done += some.len();
        progress(done, total);
    }
    Ok(total)
}

/// Files between two reports of progress.
const FILES_AT_A_TIME: usize = 64;

/// Copies the folders of all benchmarks that were added for scoring; returns those that
/// were written as objects.
///
/// # Errors
/// As [`copy_blobs`].
pub(super) async fn copy_benchmarks(
    from: &Store,
    to: &Target,
) -> Result<Vec<(String, WrittenSource)>, StorageError> {
    let mut lists = Vec::new();
    for row in from.benchmarks().list().await? {
        let id = row.document.id;
        let Some(folder) = from.benchmarks().local_folder(&id).await? else { continue };
        if let Some(bucket) = to.bucket() {
            lists.push((id, sources::write_objects(to.pool(), bucket, &folder).await?));
        } else {
            let there = to.folder().benchmark(&id);
            run_blocking(move || copy_folder(&folder, &there)).await?;
        }
    }
    Ok(lists)
}

/// Copies the uploads of submissions; returns the chunks that were written as objects.
///
/// # Errors
/// As [`copy_blobs`].
pub(super) async fn copy_uploads(
    from: &Store,
    to: &Target,
    ids: Vec<String>,
) -> Result<Vec<MovedChunk>, StorageError> {
    let mut chunks = Vec::new();
    for id in ids {
        let Some(file) = from.uploads().local_file(&id).await? else { continue };
        if let Some(masks) = masks_of(&from.pool, &id).await? {
            let file = from.uploads().local_masks(&id, &masks).await?;
            let (id, there) = (id.clone(), to.folder().upload_masks(&id));
            match to.bucket().cloned() {
                Some(bucket) => run_blocking(move || put_parts(&bucket, &id, &file)).await?,
                None => run_blocking(move || copy_file(&file, &there)).await?,
            }
        }
        if let Some(bucket) = to.bucket() {
            let bucket = bucket.clone();
            chunks.extend(run_blocking(move || write_chunks(&bucket, &id, &file)).await?);
        } else {
            let there = to.folder().upload(&id);
            run_blocking(move || copy_file(&file, &there)).await?;
        }
    }
    Ok(chunks)
}

/// Writes a file as objects.
fn write_chunks(bucket: &Bucket, id: &str, path: &Path) -> Result<Vec<MovedChunk>, StorageError> {
    let failed = |source| StorageError::Folder { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    let (mut chunks, mut begins_at) = (Vec::new(), 0);
    loop {
        let mut bytes = Vec::new();
        let mut next = Read::by_ref(&mut file).take(MAX_CHUNK_BYTES as u64);
        next.read_to_end(&mut bytes).map_err(failed)?;
        if bytes.is_empty() {
            return Ok(chunks);
        }
        let sha256 = hex(&file_digest(&bytes));
        // By its digest, so that a move that goes on writes nothing twice.
        let object = format!("{}{begins_at:012}-{}", upload_objects(id), &sha256[..32]);
        bucket.put_new(&object, &bytes)?;
        let ends_at = begins_at + bytes.len() as u64;
        let submission_id = id.to_owned();
        chunks.push(MovedChunk { submission_id, begins_at, ends_at, object, sha256 });
        begins_at = ends_at;
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), StorageError> {
    for found in list_blobs(from, "")? {
        copy_file(&from.join(&found.path), &to.join(&found.path))?;
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<(), StorageError> {
    let copied = File::open(from).and_then(|mut file| durable::copy_unsynced(&mut file, to));
    copied.map(|_| ()).map_err(|source| StorageError::Copy {
        from: from.to_owned(),
        to: to.to_owned(),
        source,
    })
}

/// Place of blobs.
#[derive(Clone)]
enum FilePlace {
    Folder(PathBuf),
    Bucket(Bucket),
}

impl FilePlace {
    fn of(folder: &DataFolder) -> Self {
        match &folder.bucket {
            Some(bucket) => Self::Bucket(bucket.clone()),
            None => Self::Folder(folder.path.clone()),
        }
    }

    /// Keys and sizes of all blobs.
    fn list(&self) -> Result<Vec<(String, u64)>, StorageError> {
        match self {
            Self::Folder(folder) => {
                let found = list_blobs(folder, BLOBS_FOLDER)?.into_iter();
                let key = |path: &Path| path.to_string_lossy().replace('\\', "/");
                Ok(found.map(|file| (key(&file.path), file.bytes)).collect())
            }
            Self::Bucket(bucket) => {
                let found = bucket.list(&format!("{BLOBS_FOLDER}/"))?.into_iter();
                Ok(found.map(|object| (object.key, object.bytes)).collect())
            }
        }
    }

    fn read(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(key);
                match std::fs::read(&path) {
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                    read => read.map(Some).map_err(|source| StorageError::Folder { path, source }),
                }
            }
            Self::Bucket(bucket) => Ok(bucket.get(key, MAX_OBJECT_BYTES)?),
        }
    }

    fn write(&self, key: &str, bytes: &[u8]) -> Result<(), StorageError> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(key);
                let parent = path.parent().unwrap_or(folder);
                durable::create_folders(parent)
                    .and_then(|()| durable::write_unsynced(&path, bytes))
                    .map_err(|source| StorageError::Folder { path, source })
            }
            Self::Bucket(bucket) => Ok(bucket.put(key, bytes)?),
        }
    }
}
