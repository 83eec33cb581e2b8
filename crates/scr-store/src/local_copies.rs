//! Local copies of a benchmark's folder, of an upload and of an entry's masks: for code that
//! reads paths.
//!
//! In a data folder they are the files themselves. On engines they are copied into the scratch
//! folder when they are first asked for, each file checked by its digest. Copies of what never
//! changes stay until the scratch folder goes; the copy of an upload goes with the upload.

use std::path::{Path, PathBuf};

use scr_bucket::Bucket;
use scr_data::digest::{Manifest, hex};
use scr_data::durable;
use sqlx::AnyPool;

use crate::blobs::BlobKey;
use crate::blocking::run_blocking;
use crate::database::Doing;
use crate::folder::{BLOBS_FOLDER, DataFolder};
use crate::objects::{Wanted, copy_objects, read_object, source_object};
use crate::sources;
use crate::storage_error::StorageError;

/// Folder of a benchmark that was added for scoring; none where it was not.
pub(crate) async fn benchmark_folder(
    pool: &AnyPool,
    folder: &DataFolder,
    id: &str,
) -> Result<Option<PathBuf>, StorageError> {
    let Some(bucket) = &folder.bucket else {
        let there = folder.benchmark(id);
        return Ok(there.is_dir().then_some(there));
    };
    let Some(source) = sources::get(pool, id).await? else { return Ok(None) };
    let to = folder.path.join("sources").join(&source.digest);
    let wanted = source.files.files().map(|(path, digest)| Wanted {
        object: source_object(&hex(digest)),
        sha256: hex(digest),
        path: path.into(),
    });
    copy_folder(folder, bucket, to.clone(), wanted.collect()).await?;
    Ok(Some(to))
}

/// Folder of an entry's masks, `STRUCTURE/IMAGE.png`.
pub(crate) async fn masks_folder(
    pool: &AnyPool,
    folder: &DataFolder,
    id: &str,
) -> Result<PathBuf, StorageError> {
    let key = BlobKey::of_entry(id)?;
    let to = folder.blobs().join(&key).join("masks");
    let Some(bucket) = &folder.bucket else { return Ok(to) };
    let row: Option<(String,)> = sqlx::query_as(
        "SELECT text FROM manifests JOIN entry_files ON files_digest = digest \
         WHERE entry_id = $1",
    )
    .bind(id)
    .fetch_optional(pool)
    .await
    .doing("read the list of an entry's files")?;
    let files = row.and_then(|(text,)| Manifest::parse(&text)).unwrap_or_default();
    let masks = files.files().filter_map(|(path, digest)| {
        Some(Wanted {
            object: format!("{BLOBS_FOLDER}/{key}/{path}"),
            sha256: hex(digest),
            path: path.strip_prefix("masks/")?.into(),
        })
    });
    copy_folder(folder, bucket, to.clone(), masks.collect()).await?;
    Ok(to)
}

/// File of a submission's upload; none where it has none.
pub(crate) async fn upload_file(
    pool: &AnyPool,
    folder: &DataFolder,
    id: &str,
) -> Result<Option<PathBuf>, StorageError> {
    let to = folder.upload(id);
    let Some(bucket) = folder.bucket.clone() else { return Ok(to.is_file().then_some(to)) };
    let chunks: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT ends_at, object, sha256 FROM upload_chunks WHERE submission_id = $1 \
         ORDER BY begins_at",
    )
    .bind(id)
    .fetch_all(pool)
    .await
    .doing("list the chunks of an upload")?;
    let Some((size_bytes, ..)) = chunks.last() else { return Ok(None) };
    let size_bytes = size_bytes.unsigned_abs();
    let _copying = folder.copying.lock().await;
    if to.metadata().is_ok_and(|about| about.len() == size_bytes) {
        return Ok(Some(to));
    }
    folder.require_space(size_bytes)?;
    let there = to.clone();
    run_blocking(move || {
        let failed = |source| StorageError::Folder { path: there.clone(), source };
        let parent = there.parent().unwrap_or(&there);
        durable::create_folders(parent).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(parent).map_err(failed)?;
        for (_, object, sha256) in chunks {
            let bytes = read_object(&bucket, &object, &sha256)?;
            std::io::Write::write_all(&mut file, &bytes).map_err(failed)?;
        }
        // A copy of another size is of an upload that went on since.
        delete_upload(&there)?;
        // Another process with this scratch folder may be faster.
        durable::persist_new(file.into_temp_path(), &there).map_err(failed)?;
        Ok::<_, StorageError>(())
    })
    .await?;
    Ok(Some(to))
}

/// Copies objects into a new folder, whole or not at all; one that is there is complete.
async fn copy_folder(
    folder: &DataFolder,
    bucket: &Bucket,
    to: PathBuf,
    wanted: Vec<Wanted>,
) -> Result<(), StorageError> {
    let _copying = folder.copying.lock().await;
    if to.is_dir() {
        return Ok(());
    }
    let bucket = bucket.clone();
    run_blocking(move || {
        let failed = |source| StorageError::Folder { path: to.clone(), source };
        let parent = to.parent().unwrap_or(&to);
        durable::create_folders(parent).map_err(failed)?;
        let making =
            tempfile::Builder::new().prefix(".copy-").tempdir_in(parent).map_err(failed)?;
        copy_objects(&bucket, making.path(), wanted)?;
        match durable::rename(making.path(), &to) {
            // Another process with this scratch folder may have been faster.
            Err(_) if to.is_dir() => Ok(()),
            renamed => renamed.map_err(failed),
        }
    })
    .await
}

/// Deletes the copy of an upload in a scratch folder, if there is one.
pub(crate) fn delete_upload(path: &Path) -> Result<(), StorageError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(StorageError::Folder { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}
