//! Messages of readers to the operator: stored, and mailed to every operator.

use async_recursion::async_recursion as boxed;
use scr_data::{Problem, Problems};
use serde::Serialize;
use sqlx::{AnyConnection, AnyPool};

use crate::accounts::roles::Role;
use crate::accounts::users::addresses;
use crate::benchmarks::is_published;
use crate::database::{Doing, begin_writing};
use crate::mail::{letter, queue};
use crate::report_error::ReportError;
use crate::secrets::random_id;
use crate::storage_error::StorageError;
use crate::time::{LATEST, now};

const MAX_MESSAGE_CHARS: usize = 5000;
const MAX_REPLY_TO_BYTES: usize = 254;

/// A reader's message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedbackRow {
    /// Identifier.
    pub id: String,
    /// Benchmark in question; empty for the site.
    pub benchmark_id: String,
    /// Address for an answer; empty without one.
    pub reply_to: String,
    /// The message.
    pub message: String,
    /// Time of arrival, RFC 3339 in UTC.
    pub sent_at: String,
}

/// Handle of readers' messages.
#[derive(Debug, Clone, Copy)]
pub struct Feedback<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl Feedback<'_> {
    /// Stores a message about a benchmark, or about the site where `benchmark_id` is empty.
    ///
    /// # Errors
    /// [`ReportError::Invalid`] with all problems,
    /// [`ReportError::UnknownBenchmark`], [`StorageError::Database`].
    #[boxed]
    pub async fn add(
        &self,
        benchmark_id: &str,
        reply_to: &str,
        message: &str,
    ) -> Result<(), ReportError> {
        if !benchmark_id.is_empty() && !is_published(self.pool, benchmark_id).await? {
            return Err(ReportError::UnknownBenchmark { id: benchmark_id.to_owned() });
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
            return Err(ReportError::Invalid { problems });
        }
        let doing = "store a message";
        let mut transaction = begin_writing(self.pool).await?;
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
        .doing(doing)?;
        mail_operators(&mut transaction, message, reply_to).await?;
        transaction.commit().await.doing(doing)?;
        Ok(())
    }

    /// At most `count` messages after a place, the time of arrival and the identifier of one, or
    /// from the newest on; the newest first.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn list(
        &self,
        after: Option<(&str, &str)>,
        count: u32,
    ) -> Result<Vec<FeedbackRow>, StorageError> {
        let (time, id) = after.unwrap_or(LATEST);
        let rows: Vec<(String, String, String, String, String)> = sqlx::query_as(
            "SELECT id, benchmark_id, reply_to, message, sent_at FROM feedback \
             WHERE (sent_at, id) < ($1, $2) ORDER BY sent_at DESC, id DESC LIMIT $3",
        )
        .bind(time)
        .bind(id)
        .bind(i64::from(count))
        .fetch_all(self.pool)
        .await
        .doing("list messages")?;
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

/// Mails a reader's message to every operator, in the transaction that stores it.
async fn mail_operators(
    connection: &mut AnyConnection,
    message: &str,
    reply_to: &str,
) -> Result<(), StorageError> {
    let from = if reply_to.is_empty() { "Someone who wants no answer" } else { reply_to };
    let text = format!("{from} writes:\n\n{message}\n\nAll messages: {{site}}/operate");
    for email in addresses(connection, Role::Operator).await? {
        queue(connection, &email, letter("A message from a reader", &text)).await?;
    }
    Ok(())
}
