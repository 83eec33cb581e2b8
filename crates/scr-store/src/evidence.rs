//! Evidence of published benchmarks and entries, read from database and files: unfiltered, for
//! `scr verify`.

use async_recursion::async_recursion as boxed;
use sqlx::AnyPool;

use crate::blocking::run_blocking;
use crate::copying::list_blobs;
use crate::database::Doing;
use crate::folder::{BLOBS_FOLDER, DataFolder, MAX_OBJECT_BYTES};
use crate::record::evidence::{BenchmarkEvidence, EntryEvidence, ResultEvidence};
use crate::record::files::path_within;
use crate::settings::Settings;
use crate::settings_row::stated;
use crate::storage_error::StorageError;
use crate::submissions::answers::answer_in;
use crate::withdrawals;

/// Columns of an entry: identifier, benchmark, role, card and verified run.
type EntryText = (String, String, String, String, Option<String>);

/// Handle of evidence, with unfiltered reads.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    pub(crate) pool: &'a AnyPool,
    pub(crate) folder: &'a DataFolder,
}

impl Evidence<'_> {
    /// Evidence of an entry; none where there is no such entry.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Document`].
    #[boxed]
    pub async fn entry(&self, id: &str) -> Result<Option<EntryEvidence>, StorageError> {
        let doing = "read evidence of an entry";
        let row: Option<EntryText> = sqlx::query_as(
            "SELECT id, benchmark_id, role, card, verified_run FROM entries WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(self.pool)
        .await
        .doing(doing)?;
        let Some((entry, benchmark, role, card, run)) = row else { return Ok(None) };
        let results = self.result_evidence(&entry).await?;
        let files: Option<(String,)> = sqlx::query_as(
            "SELECT text FROM manifests JOIN entry_files ON files_digest = digest \
             WHERE entry_id = $1",
        )
        .bind(id)
        .fetch_optional(self.pool)
        .await
        .doing(doing)?;
        let withdrawal = withdrawals::get(self.pool, id).await?.map(Into::into);
        let mut connection = self.pool.acquire().await.doing(doing)?;
        let answer = answer_in(&mut connection, id).await?;
        drop(connection);
        Ok(Some(EntryEvidence {
            entry,
            benchmark,
            role,
            card,
            results,
            results_hidden: false,
            files: files.map(|(text,)| text).unwrap_or_default(),
            withdrawal,
            run,
            answer,
        }))
    }

    /// Evidence of a benchmark; none where there is no such benchmark.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Document`].
    #[boxed]
    pub async fn benchmark(&self, id: &str) -> Result<Option<BenchmarkEvidence>, StorageError> {
        let row: Option<(String, String, String)> =
            sqlx::query_as("SELECT id, digest, document FROM benchmarks WHERE id = $1")
                .bind(id)
                .fetch_optional(self.pool)
                .await
                .doing("read evidence of a benchmark")?;
        let Some((benchmark, digest, document)) = row else { return Ok(None) };
        let settings = stated(&Settings { pool: self.pool }.get(id).await?);
        Ok(Some(BenchmarkEvidence { benchmark, digest, document, settings }))
    }

    /// Identifiers of all benchmarks and of all entries, withdrawn ones too.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn ids(&self) -> Result<(Vec<String>, Vec<String>), StorageError> {
        let list = async |query: &'static str| -> Result<Vec<String>, StorageError> {
            let rows: Vec<(String,)> =
                sqlx::query_as(query).fetch_all(self.pool).await.doing("list what is published")?;
            Ok(rows.into_iter().map(|(id,)| id).collect())
        };
        Ok((
            list("SELECT id FROM benchmarks ORDER BY id").await?,
            list("SELECT id FROM entries ORDER BY id").await?,
        ))
    }

    /// The list of files with this digest.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn manifest(&self, digest: &str) -> Result<Option<String>, StorageError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT text FROM manifests WHERE digest = $1")
            .bind(digest)
            .fetch_optional(self.pool)
            .await
            .doing("read a list of files")?;
        Ok(row.map(|(text,)| text))
    }

    /// Paths of the masks and posteriors of an entry that are kept.
    ///
    /// # Errors
    /// [`StorageError::Data`] when the folder cannot be read; [`StorageError::Bucket`].
    #[boxed]
    pub async fn kept_files(&self, id: &str) -> Result<Vec<String>, StorageError> {
        let entry = format!("{BLOBS_FOLDER}/entries/{id}");
        let (folder, bucket) = (self.folder.path.clone(), self.folder.bucket.clone());
        run_blocking(move || {
            let mut paths = Vec::new();
            for part in ["masks", "posteriors", "model"] {
                let part = format!("{entry}/{part}");
                match &bucket {
                    Some(bucket) => paths.extend(
                        bucket.list(&format!("{part}/"))?.into_iter().filter_map(|object| {
                            Some(object.key.strip_prefix(&entry)?.trim_matches('/').to_owned())
                        }),
                    ),
                    None => paths.extend(
                        list_blobs(&folder, &part)?
                            .into_iter()
                            .map(|found| path_within(&found.path, &entry)),
                    ),
                }
            }
            Ok(paths)
        })
        .await
    }

    /// Bytes of a published file, by its path: `entries/ENTRY/...` or `benchmarks/BENCHMARK/...`;
    /// none where it is gone. The parts of the path must be plain names.
    ///
    /// # Errors
    /// [`StorageError::Bucket`].
    #[boxed]
    pub async fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let path = format!("{BLOBS_FOLDER}/{path}");
        let (folder, bucket) = (self.folder.path.clone(), self.folder.bucket.clone());
        run_blocking(move || match bucket {
            Some(bucket) => Ok(bucket.get(&path, MAX_OBJECT_BYTES)?),
            None => {
                // A file that cannot be read is as good as gone.
                Ok(std::fs::read(folder.join(&path)).ok())
            }
        })
        .await
    }

    async fn result_evidence(&self, entry: &str) -> Result<Vec<ResultEvidence>, StorageError> {
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(
            "SELECT version, nonce, summary, images FROM results WHERE entry_id = $1 \
             ORDER BY version",
        )
        .bind(entry)
        .fetch_all(self.pool)
        .await
        .doing("read evidence of an entry")?;
        let evidence = |(version, nonce, summary, images): (i64, String, String, String)| {
            ResultEvidence { version: version.unsigned_abs(), nonce, summary, images }
        };
        Ok(rows.into_iter().map(evidence).collect())
    }
}
