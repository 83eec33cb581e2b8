//! Progress of submissions for event streams: one query at an interval for all of them.
//!
//! A server with many streams asks the database as often as with one, and with none not at all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use scr_documents::SubmissionState;
use scr_store::{JobProgress, PublicStore};
use tokio::sync::watch;

/// Interval of the query.
const POLL_INTERVAL: Duration = Duration::from_millis(400);

/// State of a submission and progress of its job.
pub(crate) type SubmissionProgress = (SubmissionState, JobProgress);

/// Feed of the progress of submissions.
pub(crate) struct ProgressFeed {
    store: PublicStore,
    watched: Mutex<Watched>,
}

/// Submissions that streams wait for.
#[derive(Default)]
struct Watched {
    by_id: HashMap<String, watch::Sender<Option<SubmissionProgress>>>,
    is_polling: bool,
}

impl ProgressFeed {
    /// Feed of a site, which watches nothing yet.
    pub(crate) fn new(store: &PublicStore) -> Self {
        Self { store: store.clone(), watched: Mutex::default() }
    }

    /// Changes of a submission from now on. The channel closes when the submission is gone.
    pub(crate) fn watch(
        self: &Arc<Self>,
        submission_id: &str,
    ) -> watch::Receiver<Option<SubmissionProgress>> {
        let mut watched = self.lock();
        let sender = watched.by_id.entry(submission_id.to_owned());
        let receiver = sender.or_insert_with(|| watch::channel(None).0).subscribe();
        if !watched.is_polling {
            watched.is_polling = true;
            tokio::spawn(Arc::clone(self).poll());
        }
        receiver
    }

    /// Polls until nothing is watched.
    async fn poll(self: Arc<Self>) {
        while let Some(ids) = self.watched_ids() {
            match self.store.submissions().progress(&ids).await {
                Ok(found) => {
                    let mut watched = self.lock();
                    for id in ids {
                        match (found.get(&id), watched.by_id.get(&id)) {
                            (Some(now), Some(sender)) => {
                                sender.send_if_modified(|last| last.replace(*now) != Some(*now));
                            }
                            (None, _) => drop(watched.by_id.remove(&id)),
                            (_, None) => {}
                        }
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the progress of submissions could not be read");
                }
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Submissions with a stream. None when there are none; polling ends then.
    fn watched_ids(&self) -> Option<Vec<String>> {
        let mut watched = self.lock();
        watched.by_id.retain(|_, sender| sender.receiver_count() > 0);
        watched.is_polling = !watched.by_id.is_empty();
        watched.is_polling.then(|| watched.by_id.keys().cloned().collect())
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_store::Store;

    #[tokio::test]
    async fn polling_ends_with_the_last_stream_and_an_unknown_submission_closes_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let feed = Arc::new(ProgressFeed::new(&store.public()));
        let mut unknown = feed.watch("nothing");
        assert!(feed.lock().is_polling);
        assert!(unknown.changed().await.is_err(), "closed");
        drop(unknown);
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(40)).await;
            if !feed.lock().is_polling {
                break;
            }
        }
        assert!(!feed.lock().is_polling);
        assert!(feed.lock().by_id.is_empty());
    }
}
