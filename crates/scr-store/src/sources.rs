//! Folders of benchmarks that were added for scoring, on engines: objects by digest, and a list
//! of them in the database.

use async_recursion::async_recursion as boxed;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use scr_bucket::Bucket;
use scr_data::digest::{Manifest, file_digest, hex};
use scr_data::{DataError, files};
use sqlx::AnyPool;

use crate::blocking::run_blocking;
use crate::copying::list_blobs;
use crate::database::{Doing, begin_writing};
use crate::file_claims::{FileClaim, SOURCES};
use crate::objects::{at_once, source_object};
use crate::record::log::keep_manifest;
use crate::storage_error::StorageError;
use crate::time::now;

/// A benchmark's folder: the digest of the list of its files, and the list.
pub(crate) struct SourceFolder {
    /// Hexadecimal digits.
    pub(crate) digest: String,
    pub(crate) files: Manifest,
}

/// Folder of a benchmark; none where it was not added for scoring.
///
/// # Errors
/// [`StorageError::Database`]; [`StorageError::Missing`] when its list is no list.
#[boxed]
pub(crate) async fn get(pool: &AnyPool, id: &str) -> Result<Option<SourceFolder>, StorageError> {
    let row: Option<(String, String)> = sqlx::query_as(
        "SELECT files_digest, text FROM sources JOIN manifests ON digest = files_digest \
         WHERE benchmark_id = $1",
    )
    .bind(id)
    .fetch_optional(pool)
    .await
    .doing("read the files of a benchmark")?;
    let Some((digest, text)) = row else { return Ok(None) };
    let files = Manifest::parse(&text);
    let files =
        files.ok_or_else(|| StorageError::Missing { what: "list of files", id: id.into() })?;
    let digest = digest.trim_start_matches("sha256:").to_owned();
    Ok(Some(SourceFolder { digest, files }))
}

/// True if a benchmark was added for scoring.
///
/// # Errors
/// [`StorageError::Database`].
#[boxed]
pub(crate) async fn is_there(pool: &AnyPool, id: &str) -> Result<bool, StorageError> {
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM sources WHERE benchmark_id = $1")
        .bind(id)
        .fetch_one(pool)
        .await
        .doing("read the files of a benchmark")?;
    Ok(count > 0)
}

/// Files of a benchmark's folder that were written into the bucket, before their row.
pub(crate) struct WrittenSource {
    files: Manifest,
    claim: FileClaim,
}

/// Files between two renewals of the claim.
const FILES_AT_A_TIME: usize = 256;

/// Writes all files of a benchmark's folder into the bucket.
///
/// # Errors
/// [`StorageError::Data`] when one cannot be read; [`StorageError::Bucket`],
/// [`StorageError::Database`], [`StorageError::Collected`].
pub(crate) async fn write_objects(
    pool: &AnyPool,
    bucket: &Bucket,
    folder: &Path,
) -> Result<WrittenSource, StorageError> {
    let listed = folder.to_owned();
    let paths = run_blocking(move || list_blobs(&listed, "")).await?;
    let paths: Vec<PathBuf> = paths.into_iter().map(|file| file.path).collect();
    let claim = FileClaim::begin(pool, SOURCES.to_owned()).await?;
    let mut files = Manifest::default();
    for some in paths.chunks(FILES_AT_A_TIME) {
        claim.renew(pool).await?;
        let (bucket, folder, some) = (bucket.clone(), folder.to_owned(), some.to_vec());
        files.extend(run_blocking(move || write_some(&bucket, &folder, some)).await?);
    }
    Ok(WrittenSource { files, claim })
}

fn write_some(
    bucket: &Bucket,
    folder: &Path,
    paths: Vec<PathBuf>,
) -> Result<Manifest, StorageError> {
    let manifest = Mutex::new(Manifest::default());
    at_once(paths, |path| {
        let bytes = files::read_file(&folder.join(&path)).map_err(DataError::from)?;
        let digest = file_digest(&bytes);
        bucket.put_new(&source_object(&hex(&digest)), &bytes)?;
        let name = path.to_string_lossy().replace('\\', "/");
        manifest.lock().unwrap_or_else(PoisonError::into_inner).add(name, digest);
        Ok(())
    })?;
    Ok(manifest.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Makes files in the bucket the folder of a benchmark, if that is published.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Collected`].
#[boxed]
pub(crate) async fn put(
    pool: &AnyPool,
    id: &str,
    written: WrittenSource,
) -> Result<(), StorageError> {
    let doing = "store the list of a benchmark's files";
    let mut transaction = begin_writing(pool).await?;
    written.claim.end_in(&mut transaction).await?;
    let digest = keep_manifest(&mut transaction, &written.files.text()).await?;
    sqlx::query(
        "INSERT INTO sources (benchmark_id, files_digest, changed_at) SELECT $1, $2, $3 \
         WHERE EXISTS (SELECT 1 FROM benchmarks WHERE id = $1) \
         ON CONFLICT (benchmark_id) DO UPDATE SET files_digest = excluded.files_digest, \
         changed_at = excluded.changed_at WHERE sources.files_digest <> excluded.files_digest",
    )
    .bind(id)
    .bind(digest)
    .bind(now())
    .execute(&mut *transaction)
    .await
    .doing(doing)?;
    transaction.commit().await.doing(doing)
}
