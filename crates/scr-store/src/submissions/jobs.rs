//! What is to be done on submissions, and whose work it is.
//!
//! A worker takes a job for a while and says again and again that it is at it. One
//! that is heard of no more loses it to the next. A job that was begun
//! [`MAX_ATTEMPTS`] times is not begun again, whatever ended the attempts.

use std::time::Duration;

use jiff::Timestamp;
use scr_documents::SubmissionState;
use sqlx::AnyConnection;

use super::queue::{Why, end};
use super::rows::read_state;
use crate::database::{failed, time_text};
use crate::{StoreCore, StoreError};

/// How often a job is begun at most.
pub const MAX_ATTEMPTS: i64 = 3;

/// What the log says of a submission whose job was begun too often.
pub(crate) const GIVEN_UP: &str = "given up";

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// Check the masks and score them.
    Score,
    /// Make the entry.
    Publish,
}

/// A job that is this worker's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What it is about.
    pub submission_id: String,
    /// What is to be done.
    pub kind: JobKind,
    /// How often it was begun, this time included.
    pub attempts: i64,
}

/// How far a worker is with a job, in images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobProgress {
    /// Images that are done.
    pub done: i64,
    /// All of them; 0 before the work has begun.
    pub total: i64,
}

impl JobKind {
    /// Its word, in the database and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Publish => "publish",
        }
    }

    pub(super) fn read(word: &str) -> Result<Self, StoreError> {
        let found = [Self::Score, Self::Publish].into_iter().find(|kind| kind.as_str() == word);
        found.ok_or_else(|| StoreError::Word {
            what: "kind of a job",
            expected: "score or publish",
            found: word.into(),
        })
    }
}

/// Puts the next job of a submission in place of the one before, which keeps its
/// worker and its attempts where the kind is the same; none: there is nothing to do.
pub(super) async fn replace(
    connection: &mut AnyConnection,
    id: &str,
    job: Option<JobKind>,
    now: &str,
) -> Result<(), StoreError> {
    let doing = "change a job";
    let Some(kind) = job else {
        let delete = sqlx::query("DELETE FROM jobs WHERE submission_id = $1").bind(id);
        delete.execute(connection).await.map_err(failed(doing))?;
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO jobs (submission_id, kind, attempts, worker, leased_until, created_at) \
         VALUES ($1, $2, 0, '', '', $3) ON CONFLICT (submission_id) DO NOTHING",
    )
    .bind(id)
    .bind(kind.as_str())
    .bind(now)
    .execute(connection)
    .await
    .map_err(failed(doing))?;
    Ok(())
}

impl StoreCore {
    /// Takes a job that is nobody's, for `lease`. Accounts take turns: the one that was
    /// served longest ago is next, with the job of its own that has waited longest.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn take_job(&self, worker: &str, lease: Duration) -> Result<Option<Job>, StoreError> {
        let (now, doing) = (Timestamp::now(), "take a job");
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        let taken: Option<(String, String, i64)> = sqlx::query_as(
            "UPDATE jobs SET worker = $1, leased_until = $2, attempts = attempts + 1 \
             WHERE submission_id = (SELECT jobs.submission_id FROM jobs \
             JOIN submissions ON submissions.id = jobs.submission_id \
             LEFT JOIN turns ON turns.user_id = submissions.user_id \
             WHERE leased_until < $3 AND attempts < $4 \
             ORDER BY COALESCE(taken_at, ''), jobs.created_at, jobs.submission_id LIMIT 1) \
             AND leased_until < $3 RETURNING submission_id, kind, attempts",
        )
        .bind(worker)
        .bind(time_text(now + lease))
        .bind(time_text(now))
        .bind(MAX_ATTEMPTS)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed(doing))?;
        let Some((submission_id, kind, attempts)) = taken else { return Ok(None) };
        sqlx::query(
            "INSERT INTO turns (user_id, taken_at) \
             SELECT user_id, $1 FROM submissions WHERE id = $2 \
             ON CONFLICT (user_id) DO UPDATE SET taken_at = excluded.taken_at",
        )
        .bind(time_text(now))
        .bind(&submission_id)
        .execute(&mut *transaction)
        .await
        .map_err(failed(doing))?;
        transaction.commit().await.map_err(failed(doing))?;
        let kind = JobKind::read(&kind)?;
        Ok(Some(Job { submission_id, kind, attempts }))
    }

    /// Says that the worker is still at it. False when it is no longer its job.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn renew_job(
        &self,
        submission_id: &str,
        worker: &str,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let renewed = sqlx::query(
            "UPDATE jobs SET leased_until = $1 WHERE submission_id = $2 AND worker = $3",
        )
        .bind(time_text(Timestamp::now() + lease))
        .bind(submission_id)
        .bind(worker)
        .execute(&self.pool)
        .await
        .map_err(failed("renew a job"))?;
        Ok(renewed.rows_affected() > 0)
    }

    /// Notes how far the worker is, for those who watch.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note_progress(
        &self,
        submission_id: &str,
        worker: &str,
        progress: JobProgress,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE jobs SET images_done = $1, images_total = $2 \
             WHERE submission_id = $3 AND worker = $4",
        )
        .bind(progress.done)
        .bind(progress.total)
        .bind(submission_id)
        .bind(worker)
        .execute(&self.pool)
        .await
        .map_err(failed("note how far a job is"))?;
        Ok(())
    }

    /// The state of a submission and how far its job is, quick to ask for again and
    /// again; none where there is no such submission.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn submission_progress(
        &self,
        submission_id: &str,
    ) -> Result<Option<(SubmissionState, JobProgress)>, StoreError> {
        let row: Option<(String, Option<i64>, Option<i64>)> = sqlx::query_as(
            "SELECT state, images_done, images_total FROM submissions \
             LEFT JOIN jobs ON jobs.submission_id = submissions.id WHERE submissions.id = $1",
        )
        .bind(submission_id)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed("read how far a job is"))?;
        let Some((state, done, total)) = row else { return Ok(None) };
        let (done, total) = (done.unwrap_or_default(), total.unwrap_or_default());
        Ok(Some((read_state(&state)?, JobProgress { done, total })))
    }

    /// Gives a job back at once, for another attempt.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn give_back_job(&self, submission_id: &str, worker: &str) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE jobs SET leased_until = '', worker = '' \
             WHERE submission_id = $1 AND worker = $2",
        )
        .bind(submission_id)
        .bind(worker)
        .execute(&self.pool)
        .await
        .map_err(failed("give a job back"))?;
        Ok(())
    }

    /// Gives a job back for another attempt after `pause`, and does not count the one
    /// that ends here: what ended it was not the submission's fault.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn put_off_job(
        &self,
        submission_id: &str,
        worker: &str,
        pause: Duration,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE jobs SET leased_until = $1, worker = '', attempts = attempts - 1 \
             WHERE submission_id = $2 AND worker = $3",
        )
        .bind(time_text(Timestamp::now() + pause))
        .bind(submission_id)
        .bind(worker)
        .execute(&self.pool)
        .await
        .map_err(failed("put a job off"))?;
        Ok(())
    }

    /// Ends the jobs that were begun too often and are nobody's now: what was to be scored
    /// is rejected, what was to be published awaits review again. Returns the
    /// submissions' identifiers.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_hopeless_jobs(&self, worker: &str) -> Result<Vec<String>, StoreError> {
        let doing = "end a hopeless job";
        let hopeless = "attempts >= $1 AND leased_until < $2";
        let query = format!("SELECT submission_id FROM jobs WHERE {hopeless}");
        let found: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(MAX_ATTEMPTS)
            .bind(time_text(Timestamp::now()))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("look for hopeless jobs"))?;
        let query =
            format!("DELETE FROM jobs WHERE {hopeless} AND submission_id = $3 RETURNING kind");
        let mut ended = Vec::new();
        for (id,) in found {
            let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
            let job: Option<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(query.clone()))
                .bind(MAX_ATTEMPTS)
                .bind(time_text(Timestamp::now()))
                .bind(&id)
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed(doing))?;
            // Somebody else was faster where there is none.
            let Some((kind,)) = job else { continue };
            let why = Why::GivenUp;
            end(&mut transaction, &id, JobKind::read(&kind)?, worker, why).await?;
            transaction.commit().await.map_err(failed(doing))?;
            ended.push(id);
        }
        Ok(ended)
    }
}
