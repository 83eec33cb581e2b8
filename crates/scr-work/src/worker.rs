//! A worker: takes a job, says that it is at it, does it, takes the next.

use std::future::Future;
use std::time::{Duration, Instant};

use scr_store::{Job, Retention, Store};

use crate::WorkError;
use crate::job::do_job;
use crate::progress::Progress;
use crate::report;

/// How long a job is a worker's without a word of it.
const LEASE: Duration = Duration::from_secs(15);
/// How often a worker says that it is at it.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long a job waits that found the disk full.
const DISK_PAUSE: Duration = Duration::from_secs(30);
/// How often uploads are tidied up.
const TIDY_EVERY: Duration = Duration::from_secs(600);
/// How long a worker waits when there is nothing to do.
const PAUSE: Duration = Duration::from_millis(300);

/// Who works, and on what.
#[derive(Debug, Clone)]
pub struct Worker {
    store: Store,
    name: String,
}

impl Worker {
    /// A worker on a store. Its name should tell it from all others, also from those
    /// that had its process number before.
    #[must_use]
    pub fn new(store: Store, name: impl Into<String>) -> Self {
        Self { store, name: name.into() }
    }

    /// Takes one job and does it. False when there was none.
    ///
    /// # Errors
    /// What the store says. A job that fails is given back and tried again, and in
    /// the end rejected; that is no error here.
    pub async fn do_one(&self) -> Result<bool, scr_store::StoreError> {
        for id in self.store.end_hopeless_jobs(&self.name).await? {
            tracing::warn!(submission = id, "given up");
        }
        let Some(job) = self.store.take_job(&self.name, LEASE).await? else { return Ok(false) };
        let progress = Progress::default();
        tokio::select! {
            done = do_job(&self.store, &job, &self.name, &progress) => {
                if let Err(error) = done {
                    self.failed(&job, &error).await?;
                }
            }
            () = progress.tell(&self.store, &job.submission_id, &self.name) => {}
            () = self.heartbeats(&job) => {
                let id = &job.submission_id;
                tracing::warn!(submission = id, "the job was cancelled, or another worker has it");
            }
        }
        Ok(true)
    }

    /// Leaves a job for another attempt. A full disk is nobody's fault: the job waits, and
    /// this attempt does not count.
    async fn failed(&self, job: &Job, error: &WorkError) -> Result<(), scr_store::StoreError> {
        let id = &job.submission_id;
        if let WorkError::Store(moved @ scr_store::StoreError::State { .. }) = error {
            tracing::info!(reason = %moved, "nothing was written: somebody was faster");
            return Ok(());
        }
        if error.is_disk_full() {
            tracing::error!(submission = id, error = report(error), "a job waits for the disk");
            return self.store.put_off_job(id, &self.name, DISK_PAUSE).await;
        }
        tracing::error!(submission = id, error = report(error), "a job failed");
        self.store.give_back_job(id, &self.name).await
    }

    /// Says that the worker is there, and now and then tidies up; never ends.
    async fn keep_house(&self) {
        let mut tidied_at: Option<Instant> = None;
        match self.store.delete_temporaries().await {
            Ok(0) => {}
            Ok(n) => tracing::info!(n, "deleted files that killed processes left half-written"),
            Err(error) => {
                tracing::error!(error = report(&error), "half-written files are still there");
            }
        }
        loop {
            if let Err(error) = self.store.hear_worker(&self.name).await {
                tracing::warn!(error = report(&error), "the worker could not say that it is there");
            }
            if tidied_at.is_none_or(|at| at.elapsed() >= TIDY_EVERY) {
                tidied_at = Some(Instant::now());
                if let Err(error) = self.tidy().await {
                    tracing::error!(error = report(&error), "uploads could not be tidied up");
                }
            }
            tokio::time::sleep(HEARTBEAT).await;
        }
    }

    async fn tidy(&self) -> Result<(), scr_store::StoreError> {
        self.store.forget_silent_workers(TIDY_EVERY).await?;
        let tidied = self.store.tidy_uploads(&self.name, Retention::default()).await?;
        for id in &tidied.abandoned {
            tracing::info!(submission = id, "its submitter was waited for in vain: withdrawn");
        }
        if tidied.n_deleted > 0 {
            tracing::info!(n = tidied.n_deleted, "deleted uploads that are of no more use");
        }
        Ok(())
    }

    /// Says that the job is under way; ends when it is no longer this worker's.
    async fn heartbeats(&self, job: &Job) {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            match self.store.renew_job(&job.submission_id, &self.name, LEASE).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(error = report(&error), "a heartbeat was not written");
                }
            }
        }
    }
}

/// Works until `shutdown` completes; a job under way is given back at once.
pub async fn run_worker(worker: Worker, shutdown: impl Future<Output = ()> + Send) {
    let work = async {
        loop {
            match worker.do_one().await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(PAUSE).await,
                Err(error) => {
                    tracing::error!(error = report(&error), "the store failed; trying again");
                    tokio::time::sleep(10 * PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = worker.keep_house() => {}
        () = shutdown => {}
    }
    if let Err(error) = worker.store.forget_worker(&worker.name).await {
        tracing::warn!(error = report(&error), "a job is left until its lease ends");
    }
}
