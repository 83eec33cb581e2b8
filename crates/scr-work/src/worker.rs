//! A worker: takes a job, says that it is at it, does it, takes the next.

use std::future::Future;
use std::time::Duration;

use scr_store::{Job, Store};

use crate::job::do_job;
use crate::progress::Progress;
use crate::report;

/// How long a job is a worker's without a word of it.
const LEASE: Duration = Duration::from_secs(15);
/// How often a worker says that it is at it.
const HEARTBEAT: Duration = Duration::from_secs(5);
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
                    tracing::error!(submission = job.submission_id, error = report(&error), "a job failed");
                    self.store.give_back_job(&job.submission_id, &self.name).await?;
                }
            }
            () = progress.tell(&self.store, &job.submission_id, &self.name) => {}
            () = self.heartbeats(&job) => {
                tracing::warn!(submission = job.submission_id, "another worker has taken the job");
            }
        }
        Ok(true)
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

/// Works until `shutdown` completes; a job under way is left to the next worker.
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
        () = shutdown => {}
    }
}
