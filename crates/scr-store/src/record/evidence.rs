//! Evidence: the texts and files that the digests of the record are digests of.
//!
//! What the operator hides is no evidence for strangers: there a result is left out,
//! and its commitment stays in the record.

use std::collections::HashMap;
use std::path::Path;

use scr_data::digest::{Manifest, reader_digest};
use serde::{Deserialize, Serialize};

use super::{RecordEvent, RecordLine, text_digest};
use crate::backup::list_blobs;
use crate::database::failed;
use crate::entries::read_json;
use crate::settings::stated;
use crate::{BLOBS_FOLDER, Store, StoreError, Withdrawal};

/// What the record's digests of an entry are digests of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryEvidence {
    /// Identifier of the entry.
    pub entry: String,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// `observer`, `baseline` or `method`.
    pub role: String,
    /// The card, JSON as the database keeps it.
    pub card: String,
    /// Results by version, the first first. Empty where the operator hides scores.
    pub results: Vec<ResultEvidence>,
    /// Whether results are left out.
    pub results_hidden: bool,
    /// The files that the site keeps: a line `HEX  PATH` each.
    pub files: String,
    /// Withdrawal, where there is one.
    pub withdrawal: Option<WithdrawalEvidence>,
    /// The curator's answer to flags; none where nothing was flagged.
    #[serde(default)]
    pub answer: Option<String>,
}

/// A result with its nonce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultEvidence {
    /// Version of the result, counted from 1.
    pub version: u64,
    /// Random text that goes before the result.
    pub nonce: String,
    /// The result without images, JSON as the database keeps it.
    pub summary: String,
    /// The images' values, likewise.
    pub images: String,
}

impl ResultEvidence {
    /// The commitment of the record to this result.
    #[must_use]
    pub fn digest(&self) -> String {
        text_digest(&format!("{}\n{}\n{}", self.nonce, self.summary, self.images))
    }
}

/// A withdrawal, as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalEvidence {
    /// Time, RFC 3339 in UTC.
    pub at: String,
    /// Who withdrew it, in words that readers may see.
    pub who: String,
    /// Reason.
    pub reason: String,
}

impl WithdrawalEvidence {
    /// The digest of the statement in the record.
    #[must_use]
    pub fn digest(&self) -> String {
        text_digest(&format!("{}\n{}\n{}", self.at, self.who, self.reason))
    }
}

impl From<Withdrawal> for WithdrawalEvidence {
    fn from(Withdrawal { entry_id: _, at, who, reason }: Withdrawal) -> Self {
        Self { at, who, reason }
    }
}

/// What the record's digests of a benchmark are digests of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenchmarkEvidence {
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Digest of what is scored against.
    pub digest: String,
    /// The description, JSON as the database keeps it.
    pub document: String,
    /// The settings as the record states them.
    pub settings: serde_json::Value,
}

/// An entry's row: identifier, benchmark, role and card.
type EntryText = (String, String, String, String);

impl Store {
    /// Evidence of an entry; none where there is no such entry.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Document`].
    pub async fn entry_evidence(&self, id: &str) -> Result<Option<EntryEvidence>, StoreError> {
        let doing = "read evidence of an entry";
        let row: Option<EntryText> =
            sqlx::query_as("SELECT id, benchmark_id, role, card FROM entries WHERE id = $1")
                .bind(id)
                .fetch_optional(&self.pool)
                .await
                .map_err(failed(doing))?;
        let Some((entry, benchmark, role, card)) = row else { return Ok(None) };
        let results = self.result_evidence(&entry).await?;
        let files: Option<(String,)> = sqlx::query_as(
            "SELECT text FROM manifests JOIN entry_files ON files_digest = digest \
             WHERE entry_id = $1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed(doing))?;
        let withdrawal = self.withdrawal(id).await?.map(Into::into);
        Ok(Some(EntryEvidence {
            entry,
            benchmark,
            role,
            card,
            results,
            results_hidden: false,
            files: files.map(|(text,)| text).unwrap_or_default(),
            withdrawal,
            answer: self.answer_to_flags(id).await?,
        }))
    }

    /// Evidence of a benchmark; none where there is no such benchmark.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Document`].
    pub async fn benchmark_evidence(
        &self,
        id: &str,
    ) -> Result<Option<BenchmarkEvidence>, StoreError> {
        let row: Option<(String, String, String)> =
            sqlx::query_as("SELECT id, digest, document FROM benchmarks WHERE id = $1")
                .bind(id)
                .fetch_optional(&self.pool)
                .await
                .map_err(failed("read evidence of a benchmark"))?;
        let Some((benchmark, digest, document)) = row else { return Ok(None) };
        let settings = stated(&self.benchmark_settings(id).await?);
        Ok(Some(BenchmarkEvidence { benchmark, digest, document, settings }))
    }

    /// Identifiers of all benchmarks and of all entries, withdrawn ones too.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn recorded_ids(&self) -> Result<(Vec<String>, Vec<String>), StoreError> {
        let list = async |query: &'static str| -> Result<Vec<String>, StoreError> {
            let rows: Vec<(String,)> = sqlx::query_as(query)
                .fetch_all(&self.pool)
                .await
                .map_err(failed("list what is published"))?;
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
    /// [`StoreError::Database`].
    pub async fn manifest(&self, digest: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT text FROM manifests WHERE digest = $1")
            .bind(digest)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("read a list of files"))?;
        Ok(row.map(|(text,)| text))
    }

    /// Paths of the masks and posteriors that lie in the folder of an entry.
    ///
    /// # Errors
    /// [`StoreError::Data`] when the folder cannot be read.
    pub fn kept_files_of_entry(&self, id: &str) -> Result<Vec<String>, StoreError> {
        let entry = format!("{BLOBS_FOLDER}/entries/{id}");
        let mut paths = Vec::new();
        for part in ["masks", "posteriors"] {
            for found in list_blobs(&self.folder, &format!("{entry}/{part}"))? {
                paths.push(path_within(&found.path, &entry));
            }
        }
        Ok(paths)
    }

    async fn result_evidence(&self, entry: &str) -> Result<Vec<ResultEvidence>, StoreError> {
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(
            "SELECT version, nonce, summary, images FROM results WHERE entry_id = $1 \
             ORDER BY version",
        )
        .bind(entry)
        .fetch_all(&self.pool)
        .await
        .map_err(failed("read evidence of an entry"))?;
        let evidence = |(version, nonce, summary, images): (i64, String, String, String)| {
            ResultEvidence { version: version.unsigned_abs(), nonce, summary, images }
        };
        Ok(rows.into_iter().map(evidence).collect())
    }
}

/// All files that the record in a copy of a database commits to, by their paths in a
/// store's folder.
pub(crate) async fn committed_files(database: &Path) -> Result<Manifest, StoreError> {
    let doing = "read the record of the copy";
    let pool = crate::database::open_copy(database).await?;
    let lists: Vec<(String, String)> = sqlx::query_as(
        "SELECT 'entries/' || entry_id, text FROM entry_files \
         JOIN manifests ON digest = files_digest",
    )
    .fetch_all(&pool)
    .await
    .map_err(failed(doing))?;
    let lines: Vec<(String,)> = sqlx::query_as("SELECT line FROM record ORDER BY number")
        .fetch_all(&pool)
        .await
        .map_err(failed(doing))?;
    let mut benchmarks = HashMap::new();
    for (line,) in &lines {
        let line: RecordLine = read_json("record", "line", line)?;
        if let RecordEvent::BenchmarkPublished { benchmark, files_digest, .. } = line.event {
            benchmarks.insert(benchmark, files_digest);
        }
    }
    let mut files = Manifest::default();
    let mut add = |folder: &str, text: &str| {
        for (path, digest) in Manifest::parse(text).unwrap_or_default().files() {
            files.add(format!("{BLOBS_FOLDER}/{folder}/{path}"), *digest);
        }
    };
    for (folder, text) in &lists {
        add(folder, text);
    }
    for (benchmark, digest) in benchmarks {
        let list: Option<(String,)> =
            sqlx::query_as("SELECT text FROM manifests WHERE digest = $1")
                .bind(digest)
                .fetch_optional(&pool)
                .await
                .map_err(failed(doing))?;
        if let Some((text,)) = list {
            add(&format!("benchmarks/{benchmark}"), &text);
        }
    }
    pool.close().await;
    Ok(files)
}

/// The files of an entry that the record commits to, below `folder`, a store's: masks
/// and posteriors. Outlines are made from masks and are no part of it.
pub(crate) fn files_of_entry(folder: &Path, id: &str) -> Result<Manifest, StoreError> {
    let entry = format!("{BLOBS_FOLDER}/entries/{id}");
    files_in(folder, &[format!("{entry}/masks"), format!("{entry}/posteriors")], &entry)
}

/// The files of a benchmark that the record commits to: radiographs, thumbnails and
/// all observers' masks.
pub(crate) fn files_of_benchmark(folder: &Path, id: &str) -> Result<Manifest, StoreError> {
    let benchmark = format!("{BLOBS_FOLDER}/benchmarks/{id}");
    let parts =
        ["display", "images", "masks", "thumbnails"].map(|part| format!("{benchmark}/{part}"));
    files_in(folder, &parts, &benchmark)
}

fn files_in(folder: &Path, parts: &[String], within: &str) -> Result<Manifest, StoreError> {
    let mut files = Manifest::default();
    for part in parts {
        for found in list_blobs(folder, part)? {
            let place = folder.join(&found.path);
            let opened = std::fs::File::open(&place).and_then(reader_digest);
            let digest =
                opened.map_err(|source| StoreError::Folder { path: place.clone(), source })?;
            files.add(path_within(&found.path, within), digest);
        }
    }
    Ok(files)
}

/// A path relative to a folder, `/` between folders.
fn path_within(path: &Path, folder: &str) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
