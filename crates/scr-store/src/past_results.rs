//! Scoring entries again: the new result in place of the old one, which is kept.
//!
//! Computes no score. The masks of an entry never change, and neither do its identifier,
//! its card and its date; only what was measured on them does. The main type is
//! [`PastResult`].

use std::path::PathBuf;

use scr_report::ResultDocument;

use crate::database::failed;
use crate::entries::{now, read_json, write_json};
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

/// Version, since when, until when, summaries, images.
type Row = (String, String, String, String, String);

impl Store {
    /// The folder of the masks of an entry as they are kept, `STRUCTURE/IMAGE.png`: the
    /// same pixels as were handed in, in other files.
    #[must_use]
    pub fn entry_masks_folder(&self, id: &str) -> PathBuf {
        self.folder.join(BLOBS_FOLDER).join("entries").join(id).join("masks")
    }

    /// Puts a result in the place of the one that is `of` an evaluator's version, and keeps
    /// that one, both at once. False, and nothing is changed, when the entry has a result
    /// of another version, as when somebody else has scored it again.
    ///
    /// # Errors
    /// [`StoreError::OtherResult`] when the new result is not of the same masks, has no
    /// images or is of the same version; [`StoreError::Database`].
    pub async fn replace_result(
        &self,
        id: &str,
        of: &str,
        result: &ResultDocument,
    ) -> Result<bool, StoreError> {
        let doing = "replace a result";
        let found: Option<(String,)> = sqlx::query_as("SELECT summary FROM entries WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed(doing))?;
        let Some((found,)) = found else { return Ok(false) };
        let before: ResultDocument = read_json(id, "result", &found)?;
        if before.evaluator_version != of {
            return Ok(false);
        }
        check(id, &before, result)?;
        let mut summary = result.clone();
        let images = write_json(id, "result", &summary.images.take())?;
        let summary = write_json(id, "result", &summary)?;
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        // Writes first, and only where the entry still has the result that was read.
        let kept = sqlx::query(
            "INSERT INTO entry_results \
             (entry_id, evaluator_version, scored_at, replaced_at, summary, images) \
             SELECT id, $2, COALESCE((SELECT MAX(replaced_at) FROM entry_results \
             WHERE entry_id = $1), published_at), $3, summary, images FROM entries \
             WHERE id = $1 AND summary = $4",
        )
        .bind(id)
        .bind(of)
        .bind(now())
        .bind(&found)
        .execute(&mut *transaction)
        .await
        .map_err(failed(doing))?;
        if kept.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("UPDATE entries SET summary = $1, images = $2 WHERE id = $3")
            .bind(summary)
            .bind(images)
            .bind(id)
            .execute(&mut *transaction)
            .await
            .map_err(failed(doing))?;
        transaction.commit().await.map_err(failed(doing))?;
        let to = &result.evaluator_version;
        tracing::info!(entry = id, from = of, to, "an entry has the scores of another version");
        Ok(true)
    }

    /// The results that an entry had before its present one, the first first.
    ///
    /// # Errors
    /// [`StoreError::Database`]; [`StoreError::Document`] when one cannot be read.
    pub async fn past_results(&self, id: &str) -> Result<Vec<PastResult>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT evaluator_version, scored_at, replaced_at, summary, images \
             FROM entry_results WHERE entry_id = $1 ORDER BY replaced_at",
        )
        .bind(id)
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list past results"))?;
        let read = |(evaluator_version, scored_at, replaced_at, summary, images): Row| {
            let mut result: ResultDocument = read_json(id, "past result", &summary)?;
            result.images = read_json(id, "past result", &images)?;
            Ok(PastResult { evaluator_version, scored_at, replaced_at, result })
        };
        rows.into_iter().map(read).collect()
    }
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
