//! Progress of a job: counted from any thread, reported to the store at intervals.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use scr_store::{Claim, JobProgress, Store};

/// Interval of reports.
const REPORT_EVERY: Duration = Duration::from_millis(300);

/// Number of images done and of all images. Clones share the counts.
#[derive(Clone, Default)]
pub(crate) struct Progress(Arc<Counts>);

#[derive(Default)]
struct Counts {
    done: AtomicI64,
    total: AtomicI64,
}

impl Progress {
    /// Begins to count to `total`.
    pub(crate) fn begin(&self, total: usize) {
        self.0.done.store(0, Ordering::Relaxed);
        self.0.total.store(i64::try_from(total).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Counts one image.
    pub(crate) fn step(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Reports every change to the store; never ends. A failed report does not stop the work.
    pub(crate) async fn report(&self, store: &Store, claim: &Claim) {
        let mut reported = JobProgress::default();
        loop {
            tokio::time::sleep(REPORT_EVERY).await;
            let (done, total) = (&self.0.done, &self.0.total);
            let now = JobProgress {
                done: done.load(Ordering::Relaxed),
                total: total.load(Ordering::Relaxed),
            };
            if now != reported && store.jobs().record_progress(claim, now).await.is_ok() {
                reported = now;
            }
        }
    }
}
