//! Log of the record: appending and reading lines, and lists of files by digest.

use async_recursion::async_recursion as boxed;
use scr_data::digest::{Manifest, digest_text, file_digest};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, AnyPool};

use super::event::RecordEvent;
use crate::database::Doing;
use crate::json::write_json;
use crate::storage_error::StorageError;
use crate::time::now;

/// Digest before the first line; no line has it.
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
    /// Number of the line, counted from 1.
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

/// Adds a line at the end, in a transaction that has begun with a write.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Document`].
#[boxed]
pub(crate) async fn append(
    connection: &mut AnyConnection,
    event: RecordEvent,
) -> Result<(), StorageError> {
    let doing = "add a line to the record";
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT number, digest FROM record ORDER BY number DESC LIMIT 1")
            .fetch_optional(&mut *connection)
            .await
            .doing(doing)?;
    let (last, previous) = last.unwrap_or_else(|| (0, BEFORE_FIRST.to_owned()));
    let number = last + 1;
    let line = RecordLine { number: number.unsigned_abs(), at: now(), previous, event };
    let line = write_json("record", "line", &line)?;
    sqlx::query("INSERT INTO record (number, line, digest) VALUES ($1, $2, $3)")
        .bind(number)
        .bind(&line)
        .bind(text_digest(&line))
        .execute(connection)
        .await
        .doing(doing)?;
    Ok(())
}

/// Stores a manifest under its digest, in a transaction that has begun with a write.
///
/// # Errors
/// [`StorageError::Database`].
#[boxed]
pub(crate) async fn keep_manifest(
    connection: &mut AnyConnection,
    text: &str,
) -> Result<String, StorageError> {
    let digest = text_digest(text);
    sqlx::query(
        "INSERT INTO manifests (digest, text) SELECT $1, $2 \
         WHERE NOT EXISTS (SELECT 1 FROM manifests WHERE digest = $1)",
    )
    .bind(&digest)
    .bind(text)
    .execute(connection)
    .await
    .doing("store a list of files")?;
    Ok(digest)
}

/// Stores the list of an entry's files and the digest of its masks' pixels, in a transaction
/// that has begun with a write. Returns the digest of the list.
#[boxed]
pub(crate) async fn keep_files(
    connection: &mut AnyConnection,
    entry: &str,
    files: &Manifest,
    pixels: &Manifest,
) -> Result<String, StorageError> {
    let files_digest = keep_manifest(connection, &files.text()).await?;
    sqlx::query(
        "INSERT INTO entry_files (entry_id, files_digest, pixels_digest) VALUES ($1, $2, $3)",
    )
    .bind(entry)
    .bind(&files_digest)
    .bind(pixels.digest())
    .execute(connection)
    .await
    .doing("store the list of an entry's files")?;
    Ok(files_digest)
}

/// Handle of the record.
#[derive(Debug, Clone, Copy)]
pub struct RecordLog<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl RecordLog<'_> {
    /// Length of the record and digest of its last line.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn head(&self) -> Result<RecordHead, StorageError> {
        let last: Option<(i64, String)> =
            sqlx::query_as("SELECT number, digest FROM record ORDER BY number DESC LIMIT 1")
                .fetch_optional(self.pool)
                .await
                .doing("read the head of the record")?;
        let (length, head) = last.unwrap_or_else(|| (0, BEFORE_FIRST.to_owned()));
        Ok(RecordHead { length: length.unsigned_abs(), head })
    }

    /// At most `count` lines after line number `after`, as texts without a line end, in
    /// order. The digest of a line is the SHA-256 of its text.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn lines(&self, after: u64, count: u32) -> Result<Vec<String>, StorageError> {
        let lines: Vec<(String,)> =
            sqlx::query_as("SELECT line FROM record WHERE number > $1 ORDER BY number LIMIT $2")
                .bind(i64::try_from(after).unwrap_or(i64::MAX))
                .bind(i64::from(count))
                .fetch_all(self.pool)
                .await
                .doing("read the record")?;
        Ok(lines.into_iter().map(|(line,)| line).collect())
    }
}
