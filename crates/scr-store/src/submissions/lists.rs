//! Lists of submissions, their logs and their progress.
//!
//! Lists leave out results, which are long: `get` of a handle has them.

use super::handle::Submissions;
use super::job::JobProgress;
use super::rows::{LIST_COLUMNS, Submission, SubmissionColumns, read_state};
use crate::database::Doing;
use crate::storage_error::StorageError;
use scr_documents::{LogLine, SubmissionState};

impl<S> Submissions<'_, S> {
    /// Submissions in a state, without their results, the longest-waiting first.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when one cannot be read.
    pub async fn in_state(&self, state: SubmissionState) -> Result<Vec<Submission>, StorageError> {
        self.listed("state = $1 ORDER BY updated_at, id", state.as_str()).await
    }

    /// Submissions of a person, without their results, the newest first.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when one cannot be read.
    pub async fn of_user(&self, user_id: &str) -> Result<Vec<Submission>, StorageError> {
        self.listed("user_id = $1 ORDER BY created_at DESC, id", user_id).await
    }

    async fn listed(&self, which: &str, value: &str) -> Result<Vec<Submission>, StorageError> {
        let query = format!("SELECT {LIST_COLUMNS} FROM submissions WHERE {which}");
        let found: Vec<SubmissionColumns> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(value)
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

    /// State of a submission and progress of its job, cheap enough to poll; none where there
    /// is no such submission.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn progress(
        &self,
        submission_id: &str,
    ) -> Result<Option<(SubmissionState, JobProgress)>, StorageError> {
        let row: Option<(String, Option<i64>, Option<i64>)> = sqlx::query_as(
            "SELECT state, images_done, images_total FROM submissions \
             LEFT JOIN jobs ON jobs.submission_id = submissions.id WHERE submissions.id = $1",
        )
        .bind(submission_id)
        .fetch_optional(self.pool)
        .await
        .doing("read the progress of a job")?;
        let Some((state, done, total)) = row else { return Ok(None) };
        let (done, total) = (done.unwrap_or_default(), total.unwrap_or_default());
        Ok(Some((read_state(&state)?, JobProgress { done, total })))
    }
}
