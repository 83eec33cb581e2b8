//! What readers want the operator to know: kept, and mailed to every operator.

use serde::Serialize;

use scr_data::{Problem, Problems};

use crate::accounts::random_id;
use crate::database::failed;
use crate::entries::now;
use crate::mail::letters::tell_operators;
use crate::{StoreCore, StoreError, benchmarks};

const MAX_MESSAGE_CHARS: usize = 5000;
const MAX_REPLY_TO_BYTES: usize = 254;

/// A reader's message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedbackRow {
    /// Identifier.
    pub id: String,
    /// The benchmark that it is about; empty where it is about the site.
    pub benchmark_id: String,
    /// Where an answer may go; empty where none is wanted.
    pub reply_to: String,
    /// The message.
    pub message: String,
    /// When it came, RFC 3339 in UTC.
    pub sent_at: String,
}

impl StoreCore {
    /// Keeps a message about a benchmark, or about the site where `benchmark_id` is empty.
    ///
    /// # Errors
    /// [`StoreError::Report`] with everything that is wrong,
    /// [`StoreError::UnknownBenchmark`], [`StoreError::Database`].
    pub async fn add_feedback(
        &self,
        benchmark_id: &str,
        reply_to: &str,
        message: &str,
    ) -> Result<(), StoreError> {
        if !benchmark_id.is_empty() && benchmarks::get(&self.pool, benchmark_id).await?.is_none() {
            return Err(StoreError::UnknownBenchmark { id: benchmark_id.to_owned() });
        }
        let mut problems = Problems::default();
        let count = message.chars().count();
        if message.trim().is_empty() || count > MAX_MESSAGE_CHARS {
            let expected = format!("1 to {MAX_MESSAGE_CHARS} characters");
            problems.push(Problem::new("message", expected, format!("{count} characters"), ""));
        }
        let is_line = !reply_to.chars().any(|c| c.is_control() || c.is_whitespace());
        let is_address = is_line && reply_to.len() <= MAX_REPLY_TO_BYTES && reply_to.contains('@');
        if !reply_to.is_empty() && !is_address {
            let expected = "an address such as a@example.org, or nothing";
            problems.push(Problem::new("reply to", expected, "something else", ""));
        }
        if !problems.list().is_empty() {
            return Err(StoreError::Report { problems });
        }
        let doing = "keep a message";
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        sqlx::query(
            "INSERT INTO feedback (id, benchmark_id, reply_to, message, sent_at) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(random_id()?)
        .bind(benchmark_id)
        .bind(reply_to)
        .bind(message)
        .bind(now())
        .execute(&mut *transaction)
        .await
        .map_err(failed(doing))?;
        tell_operators(&mut transaction, message, reply_to).await?;
        transaction.commit().await.map_err(failed(doing))
    }

    /// All messages, the last first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn feedback(&self) -> Result<Vec<FeedbackRow>, StoreError> {
        let rows: Vec<(String, String, String, String, String)> = sqlx::query_as(
            "SELECT id, benchmark_id, reply_to, message, sent_at FROM feedback \
             ORDER BY sent_at DESC, id",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list messages"))?;
        let row = |(id, benchmark_id, reply_to, message, sent_at)| FeedbackRow {
            id,
            benchmark_id,
            reply_to,
            message,
            sent_at,
        };
        Ok(rows.into_iter().map(row).collect())
    }
}
