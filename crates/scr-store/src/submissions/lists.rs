//! Submissions, many at once: a person's, a state's, and what is public of a person's.
//!
//! Lists carry no results, which are long: [`Store::submission`](crate::Store::submission) has them.

use scr_documents::{LogLine, SubmissionState};

use super::Submission;
use super::rows::{LIST_COLUMNS, Written, read_state};
use crate::database::failed;
use crate::{StoreCore, StoreError};

impl StoreCore {
    /// All submissions in a state without their results, those that have waited
    /// longest first.
    ///
    /// # Errors
    /// As [`submission`](crate::Store::submission).
    pub async fn submissions_in(
        &self,
        state: SubmissionState,
    ) -> Result<Vec<Submission>, StoreError> {
        self.listed("state = $1 ORDER BY updated_at, id", state.as_str()).await
    }

    /// All submissions of a person without their results, the newest first.
    ///
    /// # Errors
    /// As [`submission`](crate::Store::submission).
    pub async fn submissions_of(&self, user_id: &str) -> Result<Vec<Submission>, StoreError> {
        self.listed("user_id = $1 ORDER BY created_at DESC, id", user_id).await
    }

    async fn listed(&self, which: &str, value: &str) -> Result<Vec<Submission>, StoreError> {
        let query = format!("SELECT {LIST_COLUMNS} FROM submissions WHERE {which}");
        let found: Vec<Written> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(value)
            .fetch_all(&self.pool)
            .await
            .map_err(failed("list submissions"))?;
        found.into_iter().map(Written::read).collect()
    }

    /// Identifiers of the published entries of a benchmark that a person handed in.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn own_entries(
        &self,
        user_id: &str,
        benchmark_id: &str,
    ) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT entry_id FROM submissions WHERE user_id = $1 AND benchmark_id = $2 \
             AND entry_id IS NOT NULL ORDER BY updated_at DESC, id",
        )
        .bind(user_id)
        .bind(benchmark_id)
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list a person's entries"))?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// All changes of a submission's state, in their order.
    ///
    /// # Errors
    /// As [`submission`](crate::Store::submission).
    pub async fn submission_log(&self, id: &str) -> Result<Vec<LogLine>, StoreError> {
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT at, actor, state, message FROM submission_log WHERE submission_id = $1 \
             ORDER BY number",
        )
        .bind(id)
        .fetch_all(&self.pool)
        .await
        .map_err(failed("read a submission's log"))?;
        let line = |(at, actor, state, message): (String, String, String, String)| {
            Ok(LogLine { at, actor, state: read_state(&state)?, message })
        };
        rows.into_iter().map(line).collect()
    }
}
