//! Leases of claimed jobs: renewed, or released for another attempt.
//!
//! A [`Claim`] fences each change: one that comes too late changes nothing.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use super::claim::Claim;
use super::job::JobProgress;
use super::jobs::Jobs;
use crate::database::{Doing, clock_of};
use crate::storage_error::StorageError;
use crate::time::time_text;

/// Length limit of the error of a job, in characters.
const MAX_ERROR_CHARS: usize = 2000;

impl Jobs<'_> {
    /// Renews the lease of a job. False when the claim does not hold any more: another worker
    /// has claimed the job, or it was cancelled.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn renew_lease(&self, claim: &Claim, lease: Duration) -> Result<bool, StorageError> {
        let renewed = claim
            .change("leased_until = $5")
            .bind(time_text(clock_of(self.pool).await? + lease))
            .execute(self.pool)
            .await
            .doing("renew the lease of a job")?;
        Ok(renewed.rows_affected() > 0)
    }

    /// Records the progress of a job.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn record_progress(
        &self,
        claim: &Claim,
        progress: JobProgress,
    ) -> Result<(), StorageError> {
        claim
            .change("images_done = $5, images_total = $6")
            .bind(progress.done)
            .bind(progress.total)
            .execute(self.pool)
            .await
            .doing("record the progress of a job")?;
        Ok(())
    }

    /// Releases a job at once, for another attempt, and keeps the error for the operator: its
    /// first 2000 characters, without control characters.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn release(&self, claim: &Claim, error: &str) -> Result<(), StorageError> {
        let error: String = error
            .chars()
            .take(MAX_ERROR_CHARS)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        claim
            .change("leased_until = '', worker = '', error = $5")
            .bind(error)
            .execute(self.pool)
            .await
            .doing("release a job")?;
        Ok(())
    }

    /// Releases a job for a retry after `pause`. This attempt does not count: the job was
    /// not at fault.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn postpone(&self, claim: &Claim, pause: Duration) -> Result<(), StorageError> {
        claim
            .change("leased_until = $5, worker = '', attempts = attempts - 1")
            .bind(time_text(clock_of(self.pool).await? + pause))
            .execute(self.pool)
            .await
            .doing("postpone a job")?;
        Ok(())
    }
}
