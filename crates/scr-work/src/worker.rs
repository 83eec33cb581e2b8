//! A worker: claims a job, renews its lease while it works, and claims the next.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use scr_eval::EVALUATOR_VERSION;
use scr_store::{Claim, Job, RescoreJob, Retention, Store, StoreError, SubmissionError};

use crate::error::{WorkError, report};
use crate::job::do_job;
use crate::progress::Progress;
use crate::queued_rescore::do_rescore;

/// Lease duration.
const LEASE: Duration = Duration::from_secs(15);
/// Interval of heartbeats and of renewals of a lease.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Pause before the retry of a job that found the disk full.
const DISK_PAUSE: Duration = Duration::from_secs(30);
/// Pause before the retry of a job that could not reach database or bucket.
const ENGINES_PAUSE: Duration = Duration::from_secs(5);
/// Interval at which uploads expire, and dead workers and refilled rate limits are removed.
const EXPIRE_EVERY: Duration = Duration::from_secs(600);
/// Wait for a job, after which a worker looks for jobs that used up their attempts.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause of a worker whose store failed.
const PAUSE: Duration = Duration::from_secs(3);

/// Wait of a re-score after which it comes in turn with submissions: a worker takes one after each
/// job of a submission. Earlier, it comes only when no submission waits.
const RESCORE_PATIENCE: Duration = Duration::from_secs(600);

/// Work that a worker has claimed.
enum ClaimedWork {
    Submission(Job),
    Rescore(RescoreJob),
}

impl ClaimedWork {
    const fn claim(&self) -> &Claim {
        match self {
            Self::Submission(job) => &job.claim,
            Self::Rescore(job) => &job.claim,
        }
    }

    async fn run(&self, store: &Store, progress: &Progress) -> Result<(), WorkError> {
        match self {
            Self::Submission(job) => do_job(store, job, progress).await,
            Self::Rescore(job) => do_rescore(store, job, progress).await,
        }
    }
}

/// A worker of a store.
#[derive(Debug, Clone)]
pub struct Worker {
    store: Store,
    name: String,
    /// True after the job of a submission: a re-score that waited for long is next.
    is_rescore_next: Arc<AtomicBool>,
}

impl Worker {
    /// A worker of a store. Its name should be unique, also among earlier processes with the
    /// same number.
    #[must_use]
    pub fn new(store: Store, name: impl Into<String>) -> Self {
        Self { store, name: name.into(), is_rescore_next: Arc::default() }
    }

    /// Claims one job and does it. False when the queue is empty.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails. A job that fails is released for a retry; after the
    /// last attempt a submission is rejected, and its job waits for the operator, as does a
    /// re-score. That is no error here.
    pub async fn do_one(&self) -> Result<bool, StoreError> {
        for id in self.store.jobs().end_exhausted(&self.name).await? {
            tracing::warn!(submission = id, "gave the job up");
        }
        let Some(job) = self.claim().await? else { return Ok(false) };
        tracing::debug!(job = job.claim().id, "claimed a job");
        let progress = Progress::default();
        tokio::select! {
            done = job.run(&self.store, &progress) => {
                if let Err(error) = done {
                    self.failed(job.claim(), &error).await?;
                }
            }
            () = progress.report(&self.store, job.claim()) => {}
            () = self.renew_lease(job.claim()) => {
                let id = &job.claim().id;
                tracing::warn!(job = id, "the job was cancelled, or another worker has claimed it");
            }
        }
        tracing::debug!(job = job.claim().id, "did a job");
        Ok(true)
    }

    /// Claims the job of a submission, or else a re-score: submissions have priority, except that
    /// each is followed by a re-score that has waited for [`RESCORE_PATIENCE`].
    async fn claim(&self) -> Result<Option<ClaimedWork>, StoreError> {
        let jobs = self.store.jobs();
        let rescore = async |waited| {
            let claimed = jobs.claim_rescore(&self.name, LEASE, EVALUATOR_VERSION, waited).await?;
            Ok::<_, StoreError>(claimed.map(ClaimedWork::Rescore))
        };
        if self.is_rescore_next.swap(false, Ordering::Relaxed)
            && let Some(aged) = rescore(RESCORE_PATIENCE).await?
        {
            return Ok(Some(aged));
        }
        if let Some(job) = jobs.claim(&self.name, LEASE).await? {
            self.is_rescore_next.store(true, Ordering::Relaxed);
            return Ok(Some(ClaimedWork::Submission(job)));
        }
        rescore(Duration::ZERO).await
    }

    /// Releases a failed job for a retry. After a full disk, the retry comes after a pause and
    /// the attempt does not count.
    async fn failed(&self, claim: &Claim, error: &WorkError) -> Result<(), StoreError> {
        let id = &claim.id;
        if let WorkError::Store(StoreError::Submission(
            moved @ (SubmissionError::State { .. } | SubmissionError::OtherClaim { .. }),
        )) = error
        {
            tracing::info!(reason = %moved, "nothing was written: another process was faster");
            return Ok(());
        }
        if error.is_disk_full() {
            tracing::error!(job = id, error = report(error), "a job waits for the disk");
            self.store.jobs().postpone(claim, DISK_PAUSE).await?;
            return Ok(());
        }
        if error.is_passing() {
            tracing::error!(job = id, error = report(error), "a job waits for the engines");
            self.store.jobs().postpone(claim, ENGINES_PAUSE).await?;
            return Ok(());
        }
        tracing::error!(job = id, error = report(error), "a job failed");
        self.store.jobs().release(claim, &report(error)).await?;
        Ok(())
    }

    /// Records heartbeats, and expires uploads at longer intervals; never ends.
    async fn record_heartbeats(&self) {
        let mut expired_at: Option<Instant> = None;
        match self.store.disk().delete_temporaries().await {
            Ok(0) => {}
            Ok(n) => tracing::info!(n, "deleted temporary files of killed processes"),
            Err(error) => {
                tracing::error!(error = report(&error), "temporary files could not be deleted");
            }
        }
        loop {
            if let Err(error) = self.store.workers().record_heartbeat(&self.name).await {
                tracing::warn!(error = report(&error), "a heartbeat was not recorded");
            }
            if expired_at.is_none_or(|at| at.elapsed() >= EXPIRE_EVERY) {
                expired_at = Some(Instant::now());
                if let Err(error) = self.expire().await {
                    tracing::error!(error = report(&error), "uploads could not be expired");
                }
            }
            tokio::time::sleep(HEARTBEAT).await;
        }
    }

    /// Removes dead workers, refilled rate limits and expired uploads.
    async fn expire(&self) -> Result<(), StoreError> {
        self.store.workers().remove_silent(EXPIRE_EVERY).await?;
        let expiry = self.store.uploads().expire(&self.name, Retention::default()).await?;
        for id in &expiry.withdrawn {
            tracing::info!(submission = id, "expired and withdrawn");
        }
        if let Some(limits) = self.store.rate_limits() {
            limits.delete_refilled().await?;
        }
        if expiry.n_deleted > 0 {
            tracing::info!(n = expiry.n_deleted, "deleted uploads that are not needed any more");
        }
        Ok(())
    }

    /// Renews the lease; ends when the job was cancelled or claimed by another worker.
    async fn renew_lease(&self, claim: &Claim) {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            match self.store.jobs().renew_lease(claim, LEASE).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(error = report(&error), "a lease was not renewed");
                }
            }
        }
    }
}

/// Works until `shutdown` completes; a job under way is released at once.
pub async fn run_worker(worker: Worker, shutdown: impl Future<Output = ()> + Send) {
    let work = async {
        let mut arrivals = worker.store.jobs().arrivals(EVALUATOR_VERSION);
        loop {
            let done = match worker.do_one().await {
                Ok(true) => Ok(()),
                Ok(false) => arrivals.wait(PATIENCE).await.map_err(StoreError::from),
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::error!(error = report(&error), "the store failed; trying again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = worker.record_heartbeats() => {}
        () = shutdown => {}
    }
    if let Err(error) = worker.store.workers().remove(&worker.name).await {
        tracing::warn!(error = report(&error), "a job waits until its lease expires");
    }
}
