//! The record: a hash-chained log of all that changes what is public.
//!
//! Each line is JSON that holds the SHA-256 of the line before, so that a head that
//! someone noted commits to everything up to it. Lines hold digests of cards, results
//! and files, never names or texts of people. `docs/record.md` says what this proves;
//! `scr verify` checks it.
//!
//! - [`RecordLine`]: one line, as it is kept.
//! - [`RecordEvent`]: what a line says.
//! - [`RecordHead`]: length and digest of the last line.
//! - [`EntryEvidence`], [`BenchmarkEvidence`]: what the digests of an entry and of a
//!   benchmark are digests of.

mod adopt;
mod event;
mod evidence;

use jiff::Timestamp;
use scr_data::digest::{FileDigest, Manifest, digest_text, file_digest};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, AnyPool};

use crate::database::{failed, time_text};
use crate::{BlobKey, StoreCore, StoreError};

pub use event::{EntryCommitment, RecordEvent};
pub use evidence::{BenchmarkEvidence, EntryEvidence, ResultEvidence, WithdrawalEvidence};

pub(crate) use adopt::{adopt, keep_files};
pub(crate) use evidence::{committed_files, files_of_benchmark, files_of_entry};

/// The digest that stands before the first line: no line has it.
pub const BEFORE_FIRST: &str =
    "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// Length of the record and digest of its last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordHead {
    /// Number of lines.
    pub length: u64,
    /// Digest of the last line; [`BEFORE_FIRST`] where there is none.
    pub head: String,
}

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordLine {
    /// Its place, counted from 1.
    pub number: u64,
    /// Time of the change, RFC 3339 in UTC.
    pub at: String,
    /// Digest of the line before, or [`BEFORE_FIRST`].
    pub previous: String,
    /// The change.
    #[serde(flatten)]
    pub event: RecordEvent,
}

/// `sha256:` and the SHA-256 of a text.
#[must_use]
pub fn text_digest(text: &str) -> String {
    digest_text(&file_digest(text.as_bytes()))
}

/// The files that the record commits to, of those that were written into a folder of
/// blobs, by their paths within it. Outlines are made from masks and are no part of it.
pub(crate) fn committed(written: &[(BlobKey, FileDigest)], folder: &str) -> Manifest {
    let mut files = Manifest::default();
    for (key, digest) in written {
        let path = key.as_str().strip_prefix(folder).unwrap_or(key.as_str());
        let path = path.trim_start_matches('/');
        if !path.starts_with(OUTLINES) {
            files.add(path, *digest);
        }
    }
    files
}

/// Adds a line at the end, in a transaction that has begun with a write.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Document`].
pub(crate) async fn append(
    connection: &mut AnyConnection,
    event: RecordEvent,
) -> Result<(), StoreError> {
    let doing = "add a line to the record";
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT number, digest FROM record ORDER BY number DESC LIMIT 1")
            .fetch_optional(&mut *connection)
            .await
            .map_err(failed(doing))?;
    let (last, previous) = last.unwrap_or_else(|| (0, BEFORE_FIRST.to_owned()));
    let number = last + 1;
    let line = RecordLine {
        number: number.unsigned_abs(),
        at: time_text(Timestamp::now()),
        previous,
        event,
    };
    let line = crate::entries::write_json("record", "line", &line)?;
    sqlx::query("INSERT INTO record (number, line, digest) VALUES ($1, $2, $3)")
        .bind(number)
        .bind(&line)
        .bind(text_digest(&line))
        .execute(connection)
        .await
        .map_err(failed(doing))?;
    Ok(())
}

/// Keeps a manifest under its digest, in a transaction that has begun with a write.
///
/// # Errors
/// [`StoreError::Database`].
pub(crate) async fn keep_manifest(
    connection: &mut AnyConnection,
    text: &str,
) -> Result<String, StoreError> {
    let digest = text_digest(text);
    sqlx::query(
        "INSERT INTO manifests (digest, text) SELECT $1, $2 \
         WHERE NOT EXISTS (SELECT 1 FROM manifests WHERE digest = $1)",
    )
    .bind(&digest)
    .bind(text)
    .execute(connection)
    .await
    .map_err(failed("keep a list of files"))?;
    Ok(digest)
}

/// The folder of outlines among a benchmark's or an entry's files.
const OUTLINES: &str = "outlines/";

async fn head(pool: &AnyPool) -> Result<RecordHead, StoreError> {
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT number, digest FROM record ORDER BY number DESC LIMIT 1")
            .fetch_optional(pool)
            .await
            .map_err(failed("read the head of the record"))?;
    let (length, head) = last.unwrap_or_else(|| (0, BEFORE_FIRST.to_owned()));
    Ok(RecordHead { length: length.unsigned_abs(), head })
}

impl StoreCore {
    /// Length and head of the record.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record_head(&self) -> Result<RecordHead, StoreError> {
        head(&self.pool).await
    }

    /// At most `count` lines after line number `after`, as texts without a line end, in
    /// order. The digest of a line is the SHA-256 of its text.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record_lines(&self, after: u64, count: u32) -> Result<Vec<String>, StoreError> {
        let lines: Vec<(String,)> =
            sqlx::query_as("SELECT line FROM record WHERE number > $1 ORDER BY number LIMIT $2")
                .bind(i64::try_from(after).unwrap_or(i64::MAX))
                .bind(i64::from(count))
                .fetch_all(&self.pool)
                .await
                .map_err(failed("read the record"))?;
        Ok(lines.into_iter().map(|(line,)| line).collect())
    }
}
