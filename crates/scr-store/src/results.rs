//! Results of entries, version by version: scoring an entry again adds a result, and the
//! last one is the present one.
//!
//! Computes no score. Masks, identifier, card and date of an entry never change. The main
//! type is [`PastResult`].

use std::path::PathBuf;

use scr_documents::ResultDocument;
use sqlx::AnyConnection;

use crate::database::{begin_writing, failed};
use crate::entries::{now, read_json, write_json};
use crate::record::{self, RecordEvent, ResultEvidence};
use crate::{BLOBS_FOLDER, Store, StoreError};

/// A result that an entry had before it was scored again.
#[derive(Debug, Clone, PartialEq)]
pub struct PastResult {
    /// The version of the scoring rules.
    pub evaluator_version: String,
    /// When it became the entry's, RFC 3339 in UTC.
    pub scored_at: String,
    /// When another took its place, RFC 3339 in UTC.
    pub replaced_at: String,
    /// The result, with every image's values.
    pub result: ResultDocument,
}

/// Time, summaries, images.
type Row = (String, String, String);

impl Store {
    /// The folder of the masks of an entry as they are kept, `STRUCTURE/IMAGE.png`: the
    /// same pixels as were handed in, in other files.
    #[must_use]
    pub fn entry_masks_folder(&self, id: &str) -> PathBuf {
        self.folder.join(BLOBS_FOLDER).join("entries").join(id).join("masks")
    }

    /// Adds a result by other scoring rules than those of the evaluator's version `of`, as
    /// the next version of the entry's result; those before stay. False, and nothing is
    /// added, when the last result is of another version than `of`, as when somebody else
    /// has scored the entry again.
    ///
    /// # Errors
    /// [`StoreError::OtherResult`] when the new result is not of the same masks, has no
    /// images or is of the same version; [`StoreError::Database`].
    pub async fn add_result(
        &self,
        id: &str,
        of: &str,
        result: &ResultDocument,
    ) -> Result<bool, StoreError> {
        let mut transaction = begin_writing(&self.pool).await?;
        let last: Option<(i64, String)> = sqlx::query_as(
            "SELECT version, summary FROM results WHERE entry_id = $1 \
             ORDER BY version DESC LIMIT 1",
        )
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed("read a result"))?;
        let Some((version, summary)) = last else { return Ok(false) };
        let before: ResultDocument = read_json(id, "result", &summary)?;
        if before.evaluator_version != of {
            return Ok(false);
        }
        check(id, &before, result)?;
        let version = version.unsigned_abs() + 1;
        let result_digest = insert(&mut transaction, id, (version, &now()), result).await?;
        let (entry, to) = (id.to_owned(), result.evaluator_version.clone());
        let evaluator_version = to.clone();
        let event = RecordEvent::EntryRescored { entry, version, evaluator_version, result_digest };
        record::append(&mut transaction, event).await?;
        transaction.commit().await.map_err(failed("add a result"))?;
        tracing::info!(entry = id, from = of, to, "an entry has the scores of another version");
        Ok(true)
    }

    /// The results that an entry had before its present one, the first first.
    ///
    /// # Errors
    /// [`StoreError::Database`]; [`StoreError::Document`] when one cannot be read.
    pub async fn past_results(&self, id: &str) -> Result<Vec<PastResult>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT scored_at, summary, images FROM results WHERE entry_id = $1 \
             ORDER BY version",
        )
        .bind(id)
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list past results"))?;
        // Each was replaced when the next one came, and the last one is the present one.
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

/// Adds a version of an entry's result, in a transaction that has begun with a write.
/// Returns the commitment to it.
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    id: &str,
    (version, scored_at): (u64, &str),
    result: &ResultDocument,
) -> Result<String, StoreError> {
    let mut summary = result.clone();
    let images = write_json(id, "result", &summary.images.take())?;
    let summary = write_json(id, "result", &summary)?;
    let evidence =
        ResultEvidence { version, nonce: crate::accounts::random_id()?, summary, images };
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
    .map_err(failed("add a result"))?;
    Ok(evidence.digest())
}

fn check(id: &str, before: &ResultDocument, after: &ResultDocument) -> Result<(), StoreError> {
    let other = |field, expected: &str, found: &str| {
        let (entry, expected, found) = (id.to_owned(), expected.to_owned(), found.to_owned());
        StoreError::OtherResult { entry, field, expected, found }
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
