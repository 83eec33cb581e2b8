//! Lists of submissions, their logs and their progress.
//!
//! Lists leave out results, which are long: `get` of a handle has them.

use std::collections::BTreeMap;

use super::handle::Submissions;
use super::job::JobProgress;
use super::rows::{LIST_COLUMNS, Submission, SubmissionColumns, read_state};
use crate::database::Doing;
use crate::storage_error::StorageError;
use scr_documents::{LogLine, SubmissionState};

/// Submissions whose progress one query reads.
const MAX_ASKED: usize = 200;

impl<S> Submissions<'_, S> {
    /// Submissions of a person, without their results, the newest first.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when one cannot be read.
    pub async fn of_user(&self, user_id: &str) -> Result<Vec<Submission>, StorageError> {
        self.of_user_after(user_id, None, u32::MAX).await
    }

    /// At most `count` submissions in a state after a place, the time of the last change and the
    /// identifier of one, or from the first on; without their results, the longest-waiting first.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when one cannot be read.
    pub async fn in_state_after(
        &self,
        state: SubmissionState,
        after: Option<(&str, &str)>,
        count: u32,
    ) -> Result<Vec<Submission>, StorageError> {
        let order = "state = $1 AND (updated_at, id) > ($2, $3) ORDER BY updated_at, id LIMIT $4";
        self.page(order, (state.as_str(), after.unwrap_or_default()), count).await
    }

    /// At most `count` submissions of a person after another one, or from the newest on; without
    /// their results, the newest first.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when one cannot be read.
    pub async fn of_user_after(
        &self,
        user_id: &str,
        after: Option<&Submission>,
        count: u32,
    ) -> Result<Vec<Submission>, StorageError> {
        let order = "user_id = $1 AND ($2 = '' OR created_at < $2 OR (created_at = $2 AND id > $3)) \
                     ORDER BY created_at DESC, id LIMIT $4";
        let after = after.map(|after| (after.created_at.as_str(), after.id.as_str()));
        self.page(order, (user_id, after.unwrap_or_default()), count).await
    }

    async fn page(
        &self,
        which: &str,
        (value, (time, id)): (&str, (&str, &str)),
        count: u32,
    ) -> Result<Vec<Submission>, StorageError> {
        let query = format!("SELECT {LIST_COLUMNS} FROM submissions WHERE {which}");
        let found: Vec<SubmissionColumns> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(value)
            .bind(time)
            .bind(id)
            .bind(i64::from(count))
            .fetch_all(self.pool)
            .await
            .doing("list submissions")?;
        found.into_iter().map(SubmissionColumns::read).collect()
    }

    /// Identifiers of a person's published entries of a benchmark.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn entries_of(
        &self,
        user_id: &str,
        benchmark_id: &str,
    ) -> Result<Vec<String>, StorageError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT entry_id FROM submissions WHERE user_id = $1 AND benchmark_id = $2 \
             AND entry_id IS NOT NULL ORDER BY updated_at DESC, id",
        )
        .bind(user_id)
        .bind(benchmark_id)
        .fetch_all(self.pool)
        .await
        .doing("list a person's entries")?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
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
