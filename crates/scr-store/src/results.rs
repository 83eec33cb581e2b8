//! Versions of an entry's result: scoring an entry again adds one, and the last is current.
//!
//! Computes no score. Masks, identifier, card and date of an entry never change. [`PastResult`]
//! is an earlier one.

use async_recursion::async_recursion as boxed;
use scr_documents::ResultDocument;
use sqlx::AnyConnection;
use std::path::PathBuf;

use crate::aggregates::write::list;
use crate::database::{Doing, begin_writing};
use crate::entries::Entries;
use crate::json::{read_json, write_json};
use crate::local_copies;
use crate::past_result::PastResult;
use crate::publish::error::PublishError;
use crate::record::event::RecordEvent;
use crate::record::evidence::ResultEvidence;
use crate::record::log::append;
use crate::secrets::random_id;
use crate::storage_error::StorageError;
use crate::time::now;

/// Time, summaries, images.
type Row = (String, String, String);

impl Entries<'_> {
    /// Folder of an entry's stored masks, `STRUCTURE/IMAGE.png`: the same pixels as were
    /// submitted, in other files.
    #[must_use]
    pub fn masks_folder(&self, id: &str) -> PathBuf {
        self.folder.blobs().join("entries").join(id).join("masks")
    }

    /// As [`masks_folder`](Self::masks_folder), on this machine: on engines a copy, which is made
    /// when it is first asked for.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Bucket`], [`StorageError::Damaged`],
    /// [`StorageError::Folder`].
    #[boxed]
    pub async fn local_masks(&self, id: &str) -> Result<PathBuf, StorageError> {
        local_copies::masks_folder(self.pool, self.folder, id).await
    }

    /// Adds the next version of an entry's result, by other scoring rules than those of the
    /// evaluator's version `of`; earlier versions stay. False, and nothing is added, when the
    /// current result is of another version than `of`, as when another process has scored the
    /// entry again.
    ///
    /// # Errors
    /// [`PublishError::OtherResult`] when the new result is not of the same masks, has no
    /// images or is of the same version; [`StorageError::Database`].
    #[boxed]
    pub async fn add_result(
        &self,
        id: &str,
        of: &str,
        result: &ResultDocument,
    ) -> Result<bool, PublishError> {
        let mut transaction = begin_writing(self.pool).await?;
        let added = add_result_in(&mut transaction, id, of, result).await?;
        transaction.commit().await.doing("add a result")?;
        Ok(added)
    }

    /// Replaced results of an entry, the first first.
    ///
    /// # Errors
    /// [`StorageError::Database`]; [`StorageError::Document`] when one cannot be read.
    #[boxed]
    pub async fn past_results(&self, id: &str) -> Result<Vec<PastResult>, StorageError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT scored_at, summary, images FROM results WHERE entry_id = $1 \
             ORDER BY version",
        )
        .bind(id)
        .fetch_all(self.pool)
        .await
        .doing("list past results")?;
        // Each was replaced when the next one came; the last one is current.
        let next = rows.iter().skip(1).map(|(scored_at, ..)| scored_at.clone());
        let replaced: Vec<String> = next.collect();
        let read = |((scored_at, summary, images), replaced_at): (Row, String)| {
            let mut result: ResultDocument = read_json(id, "past result", &summary)?;
            result.images = read_json(id, "past result", &images)?;
            let evaluator_version = result.evaluator_version.clone();
            Ok(PastResult { evaluator_version, scored_at, replaced_at, result })
        };
        rows.into_iter().zip(replaced).map(read).collect()
    }
}

/// As [`Entries::add_result`], in a transaction that has begun with a write.
#[boxed]
pub(crate) async fn add_result_in(
    connection: &mut AnyConnection,
    id: &str,
    of: &str,
    result: &ResultDocument,
) -> Result<bool, PublishError> {
    let last: Option<(i64, String)> = sqlx::query_as(
        "SELECT version, summary FROM results WHERE entry_id = $1 \
             ORDER BY version DESC LIMIT 1",
    )
    .bind(id)
    .fetch_optional(&mut *connection)
    .await
    .doing("read a result")?;
    let Some((version, summary)) = last else { return Ok(false) };
    let before: ResultDocument = read_json(id, "result", &summary)?;
    if before.evaluator_version != of {
        return Ok(false);
    }
    check(id, &before, result)?;
    let version = version.unsigned_abs() + 1;
    let result_digest = insert(connection, id, (version, &now()), result).await?;
    let (entry, to) = (id.to_owned(), result.evaluator_version.clone());
    let evaluator_version = to.clone();
    let event = RecordEvent::EntryRescored { entry, version, evaluator_version, result_digest };
    append(connection, event).await?;
    list(connection, id).await?;
    tracing::info!(entry = id, from = of, to, "added the result of another version");
    Ok(true)
}

/// Adds a version of an entry's result, in a transaction that has begun with a write.
/// Returns its commitment.
#[boxed]
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    id: &str,
    (version, scored_at): (u64, &str),
    result: &ResultDocument,
) -> Result<String, StorageError> {
    let mut summary = result.clone();
    let images = write_json(id, "result", &summary.images.take())?;
    let summary = write_json(id, "result", &summary)?;
    let evidence = ResultEvidence { version, nonce: random_id()?, summary, images };
    sqlx::query(
        "INSERT INTO results (entry_id, version, scored_at, nonce, summary, images) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(i64::try_from(version).unwrap_or(i64::MAX))
    .bind(scored_at)
    .bind(&evidence.nonce)
    .bind(&evidence.summary)
    .bind(&evidence.images)
    .execute(connection)
    .await
    .doing("add a result")?;
    Ok(evidence.digest())
}

fn check(id: &str, before: &ResultDocument, after: &ResultDocument) -> Result<(), PublishError> {
    let other = |field, expected: &str, found: &str| {
        let (entry, expected, found) = (id.to_owned(), expected.to_owned(), found.to_owned());
        PublishError::OtherResult { entry, field, expected, found }
    };
    if after.benchmark != before.benchmark {
        return Err(other("benchmark", &before.benchmark, &after.benchmark));
    }
    if after.benchmark_digest != before.benchmark_digest {
        return Err(other("benchmark_digest", &before.benchmark_digest, &after.benchmark_digest));
    }
    if after.masks_digest != before.masks_digest {
        return Err(other("masks_digest", &before.masks_digest, &after.masks_digest));
    }
    if after.images.is_none() {
        return Err(other("list of images", "every image's values", "left out"));
    }
    if after.evaluator_version == before.evaluator_version {
        let found = &after.evaluator_version;
        return Err(other("evaluator_version", "another than before", found));
    }
    Ok(())
}
