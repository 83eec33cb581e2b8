//! How far a job is: counted from any thread, told to the store now and then.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use scr_store::{JobProgress, Store};

/// How often those who watch hear of it.
const TOLD_EVERY: Duration = Duration::from_millis(300);

/// Images that are done, and how many there are. Clones count together.
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

    /// One image more is done.
    pub(crate) fn step(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells the store of every change; ends never. What cannot be told is no reason
    /// to stop the work.
    pub(crate) async fn tell(&self, store: &Store, submission_id: &str, worker: &str) {
        let mut told = JobProgress::default();
        loop {
            tokio::time::sleep(TOLD_EVERY).await;
            let (done, total) = (&self.0.done, &self.0.total);
            let now = JobProgress {
                done: done.load(Ordering::Relaxed),
                total: total.load(Ordering::Relaxed),
            };
            if now != told && store.note_progress(submission_id, worker, now).await.is_ok() {
                told = now;
            }
        }
    }
}
