//! Lists of submissions, their logs and their progress.
//!
//! Lists leave out results, which are long: `get` of a handle has them.

use std::collections::BTreeMap;

use super::handle::Submissions;
use super::job::JobProgress;
use super::rows::{LIST_COLUMNS, Submission, SubmissionColumns, read_state};
use crate::database::Doing;
use crate::json::read_json;
use crate::storage_error::StorageError;
use crate::time::LATEST;
use scr_documents::{CardDocument, LogLine, SubmissionState};

/// Submissions whose progress one query reads.
const MAX_ASKED: usize = 200;

impl<S> Submissions<'_, S> {
    /// At most `count` submissions of some benchmarks in a state after a place, the time of the
    /// last change and the identifier of one, or from the first on; without their results, the
    /// longest-waiting first.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when one cannot be read.
    pub async fn in_state_after(
        &self,
        state: SubmissionState,
        benchmarks: &[String],
        after: Option<(&str, &str)>,
        count: u32,
    ) -> Result<Vec<Submission>, StorageError> {
        if benchmarks.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (5..benchmarks.len() + 5).map(|n| format!("${n}")).collect();
        let which = format!(
            "state = $1 AND (updated_at, id) > ($2, $3) AND benchmark_id IN ({}) \
             ORDER BY updated_at, id LIMIT $4",
            places.join(", ")
        );
        self.page(&which, state.as_str(), after.unwrap_or_default(), count, benchmarks).await
    }

    /// At most `count` submissions of a person after a place, the time of creation and the
    /// identifier of one, or from the newest on; without their results, the newest first.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when one cannot be read.
    pub async fn of_user_after(
        &self,
        user_id: &str,
        after: Option<(&str, &str)>,
        count: u32,
    ) -> Result<Vec<Submission>, StorageError> {
        let which = "user_id = $1 AND (created_at, id) < ($2, $3) \
                     ORDER BY created_at DESC, id DESC LIMIT $4";
        self.page(which, user_id, after.unwrap_or(LATEST), count, &[]).await
    }

    /// At most `count` submissions of a person on a benchmark whose upload is not complete; without
    /// their results, the newest first.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when one cannot be read.
    pub async fn unfinished_of(
        &self,
        user_id: &str,
        benchmark_id: &str,
        count: u32,
    ) -> Result<Vec<Submission>, StorageError> {
        let which = "user_id = $1 AND (created_at, id) < ($2, $3) \
                     AND benchmark_id = $5 AND state = 'receiving' \
                     ORDER BY created_at DESC, id DESC LIMIT $4";
        self.page(which, user_id, LATEST, count, &[benchmark_id.to_owned()]).await
    }

    /// Reads a page: `which` has the parameters value, time, identifier and count, and those of
    /// `others`.
    async fn page(
        &self,
        which: &str,
        value: &str,
        (time, id): (&str, &str),
        count: u32,
        others: &[String],
    ) -> Result<Vec<Submission>, StorageError> {
        let text = format!("SELECT {LIST_COLUMNS} FROM submissions WHERE {which}");
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(text))
            .bind(value)
            .bind(time)
            .bind(id)
            .bind(i64::from(count));
        for other in others {
            query = query.bind(other);
        }
        let found: Vec<SubmissionColumns> =
            query.fetch_all(self.pool).await.doing("list submissions")?;
        found.into_iter().map(SubmissionColumns::read).collect()
    }

    /// Identifiers of all submissions of a person, the newest first.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn ids_of_user(&self, user_id: &str) -> Result<Vec<String>, StorageError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT id FROM submissions WHERE user_id = $1 ORDER BY created_at DESC, id DESC",
        )
        .bind(user_id)
        .fetch_all(self.pool)
        .await
        .doing("list a person's submissions")?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// At most `count` published entries of a person on a benchmark, the last changed first:
    /// identifier and name of each.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when one cannot be read.
    pub async fn entries_of(
        &self,
        user_id: &str,
        benchmark_id: &str,
        count: u32,
    ) -> Result<Vec<(String, String)>, StorageError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT entry_id, card FROM submissions WHERE user_id = $1 AND benchmark_id = $2 \
             AND entry_id IS NOT NULL ORDER BY updated_at DESC, id LIMIT $3",
        )
        .bind(user_id)
        .bind(benchmark_id)
        .bind(i64::from(count))
        .fetch_all(self.pool)
        .await
        .doing("list a person's entries")?;
        let named = |(id, card): (String, String)| {
            let card: CardDocument = read_json(&id, "card", &card)?;
            Ok((id, card.name))
        };
        rows.into_iter().map(named).collect()
    }

    /// True if an entry of a benchmark is a person's.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn is_entry_of(
        &self,
        user_id: &str,
        benchmark_id: &str,
        entry_id: &str,
    ) -> Result<bool, StorageError> {
        let (count,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM submissions \
             WHERE entry_id = $1 AND user_id = $2 AND benchmark_id = $3",
        )
        .bind(entry_id)
        .bind(user_id)
        .bind(benchmark_id)
        .fetch_one(self.pool)
        .await
        .doing("look for a person's entry")?;
        Ok(count > 0)
    }

    /// Log of a submission: its changes of state, in order.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when one cannot be read.
    pub async fn log(&self, id: &str) -> Result<Vec<LogLine>, StorageError> {
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT at, actor, state, message FROM submission_log WHERE submission_id = $1 \
             ORDER BY number",
        )
        .bind(id)
        .fetch_all(self.pool)
        .await
        .doing("read a submission's log")?;
        let line = |(at, actor, state, message): (String, String, String, String)| {
            Ok(LogLine { at, actor, state: read_state(&state)?, message })
        };
        rows.into_iter().map(line).collect()
    }

    /// States of submissions, with the progress of their jobs, by identifier; without those that
    /// do not exist. Asks for 200 a query at most, so that their number is no matter.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Word`] when one cannot be read.
    pub async fn progress(
        &self,
        ids: &[String],
    ) -> Result<BTreeMap<String, (SubmissionState, JobProgress)>, StorageError> {
        let mut found = BTreeMap::new();
        for asked in ids.chunks(MAX_ASKED) {
            let places: Vec<String> = (1..=asked.len()).map(|n| format!("${n}")).collect();
            let text = format!(
                "SELECT id, state, images_done, images_total FROM submissions \
                 LEFT JOIN jobs ON jobs.submission_id = submissions.id WHERE submissions.id IN ({})",
                places.join(", ")
            );
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(text));
            for id in asked {
                query = query.bind(id);
            }
            let rows: Vec<(String, String, Option<i64>, Option<i64>)> =
                query.fetch_all(self.pool).await.doing("read the progress of jobs")?;
            for (id, state, done, total) in rows {
                let progress = JobProgress {
                    done: done.unwrap_or_default(),
                    total: total.unwrap_or_default(),
                };
                found.insert(id, (read_state(&state)?, progress));
            }
        }
        Ok(found)
    }
}
