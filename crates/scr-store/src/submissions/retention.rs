//! Retention of uploads: expired submissions are withdrawn, and uploads without use deleted.
//!
//! The files of an entry are kept for ever; the upload that it came from is not needed any
//! more. The main type is [`Expiry`].

use async_recursion::async_recursion as boxed;
use scr_documents::SubmissionState;
use std::time::Duration;

use super::changes::{Change, change};
use super::error::SubmissionError;
use super::failed_jobs::FailedJobs;
use super::uploads::{Uploads, ids};
use super::{dead_letters, rows, upload_file, upload_objects};
use crate::database::{Doing, clock_of};
use crate::storage_error::StorageError;
use crate::time::time_text;

/// Retention of submissions that wait for their submitter. Those that await review wait for a
/// curator and do not expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Since the last chunk of the upload.
    pub receiving: Duration,
    /// Since the check, without a confirmation.
    pub checked: Duration,
    /// Since the last attempt of a failed job, without a decision of the operator.
    pub failed: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self { receiving: RECEIVING, checked: CHECKED, failed: FAILED }
    }
}

/// Default retention of an unfinished upload.
const RECEIVING: Duration = Duration::from_secs(7 * 24 * 3600);
/// Default retention of an unconfirmed submission.
const CHECKED: Duration = Duration::from_secs(30 * 24 * 3600);
/// Default retention of a dead letter, with its upload.
const FAILED: Duration = Duration::from_secs(30 * 24 * 3600);

/// Outcome of an expiry run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expiry {
    /// Expired submissions, which are withdrawn now.
    pub withdrawn: Vec<String>,
    /// Number of deleted files.
    pub n_deleted: usize,
}

impl Uploads<'_> {
    /// Withdraws submissions that waited too long for their submitter, drops jobs that waited too
    /// long for the operator, and deletes the uploads of published, rejected and withdrawn
    /// submissions, except those of dead letters. Deletes files of no submission after the
    /// retention of an unfinished upload. Several processes may do this concurrently, and
    /// repeat it at any time.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Folder`].
    #[boxed]
    pub async fn expire(
        &self,
        actor: &str,
        retention: Retention,
    ) -> Result<Expiry, SubmissionError> {
        let mut expiry = Expiry::default();
        let Retention { receiving: patience, checked, failed } = retention;
        let expiring = [
            (SubmissionState::Receiving, patience, "no more of its file came"),
            (SubmissionState::Checked, checked, "it was not confirmed"),
        ];
        let mut old = Vec::new();
        let now = clock_of(self.pool).await?;
        for (state, age, message) in expiring {
            let found: Vec<(String,)> =
                sqlx::query_as("SELECT id FROM submissions WHERE state = $1 AND updated_at < $2")
                    .bind(state.as_str())
                    .bind(time_text(now - age))
                    .fetch_all(self.pool)
                    .await
                    .doing("look for expired submissions")?;
            old.extend(found.into_iter().map(|(id,)| (id, state, message)));
        }
        for (id, state, message) in old {
            if state == SubmissionState::Receiving && self.is_fresh(&id, patience).await? {
                continue;
            }
            let to = SubmissionState::Withdrawn;
            match change(self.pool, &id, Change { to, actor, message, set: vec![], job: None })
                .await
            {
                Ok(()) => expiry.withdrawn.push(id),
                // The submitter was faster.
                Err(SubmissionError::State { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        let failed_jobs = FailedJobs { pool: self.pool, folder: self.folder };
        for id in dead_letters::before(self.pool, &time_text(now - failed)).await? {
            match failed_jobs.drop_job(&id, actor).await {
                // The operator was faster.
                Ok(())
                | Err(SubmissionError::NoFailedJob { .. } | SubmissionError::UnknownJob { .. }) => {
                }
                Err(other) => return Err(other),
            }
        }
        for id in ids(self.pool, self.folder).await? {
            let is_done = match rows::get(self.pool, &id).await? {
                Some(submission) => submission.state.is_final() && !submission.is_site_fault(),
                None => !self.is_fresh(&id, patience).await?,
            };
            if is_done {
                self.delete(&id).await?;
                expiry.n_deleted += 1;
            }
        }
        Ok(expiry)
    }

    /// True if a chunk arrived within `patience`.
    async fn is_fresh(&self, id: &str, patience: Duration) -> Result<bool, StorageError> {
        match self.folder.bucket {
            Some(_) => upload_objects::is_fresh(self.pool, id, patience).await,
            None => Ok(upload_file::is_fresh(self.folder, id, patience)),
        }
    }
}
