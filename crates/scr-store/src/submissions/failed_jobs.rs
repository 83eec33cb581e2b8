//! Failed jobs: dead letters and re-scores out of attempts, which an operator retries or drops.

use async_recursion::async_recursion as boxed;
use sqlx::{AnyConnection, AnyPool};

use super::changes::{Change, log, set_state};
use super::dead_letters::{self, DeadLetter};
use super::error::SubmissionError;
use super::job::{JobKind, MAX_ATTEMPTS, notify};
use super::job_end::EndReason;
use super::letters::mail_dropped;
use super::{rows, uploads};
use crate::database::{Doing, begin_writing, clock};
use crate::folder::DataFolder;
use crate::json::write_json;
use crate::storage_error::StorageError;
use crate::time::{now, time_text};

/// Handle of failed jobs. A job has the identifier that [`Jobs::list`](crate::Jobs::list) gives.
#[derive(Debug, Clone, Copy)]
pub struct FailedJobs<'a> {
    pub(crate) pool: &'a AnyPool,
    pub(crate) folder: &'a DataFolder,
}

impl FailedJobs<'_> {
    /// Queues a failed job again, with all attempts. The submission of a dead letter returns to
    /// its state before; `actor` stands in its log.
    ///
    /// # Errors
    /// [`SubmissionError::UnknownJob`], [`SubmissionError::NoFailedJob`],
    /// [`SubmissionError::LostUpload`]; [`SubmissionError::Storage`].
    #[boxed]
    pub async fn retry(&self, id: &str, actor: &str) -> Result<(), SubmissionError> {
        let doing = "retry a job";
        let mut transaction = begin_writing(self.pool).await?;
        match dead_letters::read(&mut transaction, id).await? {
            Some(letter) => {
                let fallback = letter.kind.fallback_state();
                // The message of the state before: a curator's answer, for one.
                let message = message_of(&mut transaction, id, &letter).await?;
                let (to, job) = (letter.state, Some(letter.kind));
                let change = Change { to, actor, message: &message, set: vec![], job };
                if !set_state(&mut transaction, id, &[fallback], change).await? {
                    return Err(SubmissionError::NoFailedJob { id: id.to_owned() });
                }
                let forget = sqlx::query("UPDATE submissions SET problems = NULL WHERE id = $1");
                forget.bind(id).execute(&mut *transaction).await.doing(doing)?;
            }
            None => {
                let query = format!(
                    "UPDATE rescore_jobs SET attempts = 0 WHERE id = $1 AND {EXHAUSTED_RESCORE}"
                );
                self.change_rescore(&mut transaction, query, id).await?;
                notify(&mut transaction).await?;
            }
        }
        self.require_upload(id).await?;
        transaction.commit().await.doing(doing)?;
        tracing::info!(job = id, actor, "a failed job was queued again");
        Ok(())
    }

    /// Drops a failed job for good. The submission of a dead letter keeps its state, and the
    /// upload of a rejected one is deleted; the entry of a re-score keeps its result.
    ///
    /// # Errors
    /// [`SubmissionError::UnknownJob`], [`SubmissionError::NoFailedJob`];
    /// [`SubmissionError::Storage`].
    #[boxed]
    pub async fn drop_job(&self, id: &str, actor: &str) -> Result<(), SubmissionError> {
        let doing = "drop a job";
        let mut transaction = begin_writing(self.pool).await?;
        let letter = dead_letters::read(&mut transaction, id).await?;
        if let Some(DeadLetter { kind, .. }) = &letter {
            let delete = sqlx::query("DELETE FROM dead_letters WHERE submission_id = $1").bind(id);
            delete.execute(&mut *transaction).await.doing(doing)?;
            log(
                &mut transaction,
                id,
                (actor, kind.fallback_state(), EndReason::Dropped.message()),
                &now(),
            )
            .await?;
            if *kind == JobKind::Score {
                let problems = write_json(id, "problems", &[EndReason::Dropped.problem()])?;
                sqlx::query("UPDATE submissions SET problems = $1 WHERE id = $2")
                    .bind(problems)
                    .bind(id)
                    .execute(&mut *transaction)
                    .await
                    .doing(doing)?;
                mail_dropped(&mut transaction, id).await?;
            }
        } else {
            let query = format!(
                "DELETE FROM rescore_jobs WHERE entry_id = \
                 (SELECT entry_id FROM rescore_jobs WHERE id = $1 AND {EXHAUSTED_RESCORE})"
            );
            self.change_rescore(&mut transaction, query, id).await?;
        }
        transaction.commit().await.doing(doing)?;
        if letter.is_some_and(|letter| letter.kind == JobKind::Score) {
            uploads::delete(self.pool, self.folder, id).await?;
        }
        tracing::info!(job = id, actor, "a failed job was dropped");
        Ok(())
    }

    /// Changes the rows of a failed re-score by `query`, which has the job, the attempts and the
    /// time as parameters.
    async fn change_rescore(
        &self,
        connection: &mut AnyConnection,
        query: String,
        id: &str,
    ) -> Result<(), SubmissionError> {
        let now = time_text(clock(connection).await?);
        let changed = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(id)
            .bind(MAX_ATTEMPTS)
            .bind(now)
            .execute(&mut *connection)
            .await
            .doing("change a failed re-score")?;
        if changed.rows_affected() > 0 {
            return Ok(());
        }
        let (n_jobs,): (i64,) = sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM jobs WHERE submission_id = $1) \
             + (SELECT COUNT(*) FROM rescore_jobs WHERE id = $1)",
        )
        .bind(id)
        .fetch_one(connection)
        .await
        .doing("look for a job")?;
        let id = id.to_owned();
        Err(match n_jobs {
            0 => SubmissionError::UnknownJob { id },
            _ => SubmissionError::NoFailedJob { id },
        })
    }

    /// Refuses a submission whose upload is not whole: an earlier version of this program deletes
    /// those of rejected submissions.
    async fn require_upload(&self, id: &str) -> Result<(), SubmissionError> {
        let Some(submission) = rows::get(self.pool, id).await? else { return Ok(()) };
        let found = uploads::received_bytes(self.pool, self.folder, id).await?;
        if found == submission.size_bytes {
            return Ok(());
        }
        let expected = submission.size_bytes;
        Err(SubmissionError::LostUpload { id: id.to_owned(), expected, found })
    }
}

/// Condition of a re-score that used up its attempts, with the attempts and the time.
const EXHAUSTED_RESCORE: &str = "part IS NULL AND attempts >= $2 AND leased_until < $3";

/// Message with which a submission last came into the state of its dead letter.
async fn message_of(
    connection: &mut AnyConnection,
    id: &str,
    letter: &DeadLetter,
) -> Result<String, StorageError> {
    let found: Option<(String,)> = sqlx::query_as(
        "SELECT message FROM submission_log WHERE submission_id = $1 AND state = $2 \
         ORDER BY number DESC LIMIT 1",
    )
    .bind(id)
    .bind(letter.state.as_str())
    .fetch_optional(connection)
    .await
    .doing("read a submission's log")?;
    Ok(found.map(|(message,)| message).unwrap_or_default())
}
