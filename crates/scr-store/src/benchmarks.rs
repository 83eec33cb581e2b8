//! Published benchmarks: their rows, and the claim that excludes a second publisher.
//!
//! Writes no file: `publish/benchmark.rs` does, and stores the row last.
//!
//! - [`Benchmarks`]: the handle, with unfiltered reads. [`BenchmarkRow`]: a row.

use async_recursion::async_recursion as boxed;
use scr_documents::BenchmarkDocument;
use std::path::{Path, PathBuf};

use crate::blobs::Blobs;
use crate::database::{Doing, begin_writing, clock_of};
use crate::file_claims::FileClaim;
use crate::folder::DataFolder;
use crate::json::{read_json, write_json};
use crate::local_copies::benchmark_folder;
use crate::offers::{Offer, Offers};
use crate::publish::error::PublishError;
use crate::record::event::RecordEvent;
use crate::record::log::{append, keep_manifest, text_digest};
use crate::sources;
use crate::storage_error::StorageError;
use crate::time::{now, time_text};
use jiff::{SignedDuration, Timestamp};
use scr_data::digest::Manifest;
use sqlx::AnyPool;

/// Lifetime of a claim that is not renewed. Publishers renew theirs every few images, about
/// once a second.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_mins(2);

/// A published benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchmarkRow {
    /// Its document.
    pub document: BenchmarkDocument,
    /// Time of first publication, RFC 3339 in UTC.
    pub published_at: String,
}

/// Handle of benchmarks, with unfiltered reads: for workers and the command.
#[derive(Debug, Clone, Copy)]
pub struct Benchmarks<'a> {
    pub(crate) pool: &'a AnyPool,
    pub(crate) folder: &'a DataFolder,
    pub(crate) blobs: &'a Blobs,
    pub(crate) offers: &'a Offers,
}

impl Benchmarks<'_> {
    /// All benchmarks, the first published first.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when one cannot be read.
    #[boxed]
    pub async fn list(&self) -> Result<Vec<BenchmarkRow>, StorageError> {
        all(self.pool).await
    }

    /// Identifiers of all benchmarks, the first published first.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn ids(&self) -> Result<Vec<String>, StorageError> {
        ids(self.pool).await
    }

    /// The benchmark with this identifier; none when it is not published.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    #[boxed]
    pub async fn get(&self, id: &str) -> Result<Option<BenchmarkRow>, StorageError> {
        get(self.pool, id).await
    }

    /// Folder of a benchmark that was added for scoring: images, masks of every observer and
    /// all other files that `benchmark.toml` names.
    #[must_use]
    pub fn folder(&self, id: &str) -> PathBuf {
        self.folder.benchmark(id)
    }

    /// As [`folder`](Self::folder), on this machine: on engines a copy, which is made when it is
    /// first asked for. None where the benchmark was not added for scoring.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Bucket`], [`StorageError::Damaged`],
    /// [`StorageError::Folder`].
    #[boxed]
    pub async fn local_folder(&self, id: &str) -> Result<Option<PathBuf>, StorageError> {
        benchmark_folder(self.pool, self.folder, id).await
    }

    /// True if a benchmark was added for scoring.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn has_folder(&self, id: &str) -> Result<bool, StorageError> {
        match self.folder.bucket {
            Some(_) => sources::is_there(self.pool, id).await,
            None => Ok(self.folder.benchmark(id).is_dir()),
        }
    }

    /// Keeps `folder`, from which a benchmark was published, for scoring. On a data folder it is
    /// the folder itself, and nothing is left to do.
    ///
    /// # Errors
    /// [`StorageError::Data`] when a file cannot be read, [`StorageError::Bucket`],
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn keep_folder(&self, id: &str, folder: &Path) -> Result<(), StorageError> {
        let Some(bucket) = &self.folder.bucket else { return Ok(()) };
        let written = sources::write_objects(self.pool, bucket, folder).await?;
        sources::put(self.pool, id, written).await
    }

    /// Files of the folder of a benchmark that was added for scoring, by path: all that
    /// scoring needs, and the radiographs where pages may show them. None where the benchmark
    /// was not added as a folder.
    ///
    /// # Errors
    /// [`StorageError::Data`] when files of the folder are at fault.
    #[boxed]
    pub async fn offered_files(&self, id: &str) -> Result<Option<Offer>, StorageError> {
        match self.local_folder(id).await? {
            Some(folder) => self.offers.get(id, folder).await,
            None => Ok(None),
        }
    }
}

async fn all(pool: &AnyPool) -> Result<Vec<BenchmarkRow>, StorageError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT id, document, published_at FROM benchmarks ORDER BY published_at, id",
    )
    .fetch_all(pool)
    .await
    .doing("list benchmarks")?;
    rows.into_iter().map(read).collect()
}

/// Identifiers of all benchmarks, the first published first.
#[boxed]
pub(crate) async fn ids(pool: &AnyPool) -> Result<Vec<String>, StorageError> {
    let rows: Vec<(String,)> =
        sqlx::query_as("SELECT id FROM benchmarks ORDER BY published_at, id")
            .fetch_all(pool)
            .await
            .doing("list benchmarks")?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// True if a benchmark with this identifier is published.
pub(crate) async fn is_published(pool: &AnyPool, id: &str) -> Result<bool, StorageError> {
    Ok(get(pool, id).await?.is_some())
}

/// The benchmark with this identifier.
pub(crate) async fn get(pool: &AnyPool, id: &str) -> Result<Option<BenchmarkRow>, StorageError> {
    let row: Option<(String, String, String)> =
        sqlx::query_as("SELECT id, document, published_at FROM benchmarks WHERE id = $1")
            .bind(id)
            .fetch_optional(pool)
            .await
            .doing("read a benchmark")?;
    row.map(read).transpose()
}

fn read(
    (id, document, published_at): (String, String, String),
) -> Result<BenchmarkRow, StorageError> {
    Ok(BenchmarkRow { document: read_json(&id, "benchmark", &document)?, published_at })
}

/// Claims an identifier for writing the files of the benchmark with `digest`, or renews the
/// claim. Publishers of the same digest share a claim, as they write the same bytes, so
/// another can continue at once after one was killed.
///
/// # Errors
/// [`PublishError::BeingPublished`] while a publisher of another digest holds it.
pub(crate) async fn claim(pool: &AnyPool, id: &str, digest: &str) -> Result<(), PublishError> {
    claim_at(pool, id, digest, clock_of(pool).await?).await
}

async fn claim_at(
    pool: &AnyPool,
    id: &str,
    digest: &str,
    now: Timestamp,
) -> Result<(), PublishError> {
    let claimed = sqlx::query(
        "INSERT INTO publishing (benchmark_id, digest, renewed_at) VALUES ($1, $2, $3) \
         ON CONFLICT (benchmark_id) DO UPDATE \
         SET digest = excluded.digest, renewed_at = excluded.renewed_at \
         WHERE publishing.digest = excluded.digest OR publishing.renewed_at < $4",
    )
    .bind(id)
    .bind(digest)
    .bind(time_text(now))
    .bind(time_text(now - CLAIM_LASTS))
    .execute(pool)
    .await
    .doing("claim a benchmark for publishing")?;
    if claimed.rows_affected() == 1 {
        return Ok(());
    }
    Err(PublishError::BeingPublished { id: id.to_owned(), digest: digest.to_owned() })
}

/// Writes the row and a line of the record, once all files are written, and releases the
/// claim. The time of first publication stays.
///
/// # Errors
/// [`PublishError::OtherBenchmark`] when another digest has been published.
#[boxed]
pub(crate) async fn put(
    pool: &AnyPool,
    document: &BenchmarkDocument,
    files: &Manifest,
    claim: FileClaim,
) -> Result<(), PublishError> {
    let doing = "publish a benchmark";
    let BenchmarkDocument { id, digest, .. } = document;
    let text = write_json(id, "benchmark", document)?;
    let document_digest = text_digest(&text);
    let mut transaction = begin_writing(pool).await?;
    claim.end_in(&mut transaction).await?;
    let written = sqlx::query(
        "INSERT INTO benchmarks (id, digest, document, published_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET document = excluded.document \
         WHERE benchmarks.digest = excluded.digest",
    )
    .bind(id)
    .bind(digest)
    .bind(text)
    .bind(now())
    .execute(&mut *transaction)
    .await
    .doing(doing)?;
    if written.rows_affected() != 1 {
        let (published,): (String,) = sqlx::query_as("SELECT digest FROM benchmarks WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *transaction)
            .await
            .doing(doing)?;
        return Err(PublishError::OtherBenchmark {
            id: id.clone(),
            published,
            found: digest.clone(),
        });
    }
    let event = RecordEvent::BenchmarkPublished {
        benchmark: id.clone(),
        digest: digest.clone(),
        document_digest,
        files_digest: keep_manifest(&mut transaction, &files.text()).await?,
    };
    append(&mut transaction, event).await?;
    sqlx::query("DELETE FROM publishing WHERE benchmark_id = $1 AND digest = $2")
        .bind(id)
        .bind(digest)
        .execute(&mut *transaction)
        .await
        .doing(doing)?;
    transaction.commit().await.doing(doing)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn another_digest_waits_until_a_claim_has_run_out() {
        let folder = tempfile::tempdir().unwrap();
        let pool = crate::sqlite::open(&folder.path().join("scr.sqlite")).await.unwrap();
        let start: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let later = |seconds| start + SignedDuration::from_secs(seconds);
        claim_at(&pool, "b", "one", start).await.unwrap();
        let error = claim_at(&pool, "b", "two", later(1)).await.unwrap_err();
        assert!(matches!(error, PublishError::BeingPublished { .. }), "{error}");
        claim_at(&pool, "b", "one", later(100)).await.unwrap();
        claim_at(&pool, "b", "two", later(219)).await.unwrap_err();
        claim_at(&pool, "b", "two", later(221)).await.unwrap();
        claim_at(&pool, "b", "one", later(222)).await.unwrap_err();
        claim_at(&pool, "other", "one", later(222)).await.unwrap();
    }
}
