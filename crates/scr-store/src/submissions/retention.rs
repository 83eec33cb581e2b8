//! How long files that were handed in are kept.
//!
//! What is public is kept for ever under another name, in the files of its entry; the
//! file that it came in is of no more use, and neither is one of which nothing more
//! comes. The main type is [`Tidied`].

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use scr_data::durable;
use scr_documents::SubmissionState;

use super::rows::Change;
use crate::database::{failed, time_text};
use crate::publish::blocking;
use crate::{BENCHMARKS_FOLDER, BLOBS_FOLDER, StoreCore, StoreError, UPLOADS_FOLDER};

/// How long a submission may stay in a state in which its submitter is waited for. One
/// that awaits review is its curator's and stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Since the last piece of its file came.
    pub receiving: Duration,
    /// Since its check, without a word to go on.
    pub checked: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self { receiving: RECEIVING, checked: CHECKED }
    }
}

/// Retention of an upload of which nothing more comes.
const RECEIVING: Duration = Duration::from_secs(7 * 24 * 3600);
/// Retention of a checked submission that is never confirmed.
const CHECKED: Duration = Duration::from_secs(30 * 24 * 3600);

/// What was tidied up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Submissions whose submitter was waited for in vain, and which are withdrawn now.
    pub abandoned: Vec<String>,
    /// How many files were deleted.
    pub n_deleted: usize,
}

impl StoreCore {
    /// Withdraws submissions that stayed for too long in a state in which their submitter
    /// is waited for, and deletes the files of those that are published, rejected or
    /// withdrawn. Deletes what belongs to no submission when it has not changed for as
    /// long as an upload may rest. May be done by several
    /// processes at once, and again at any time.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Folder`].
    pub async fn tidy_uploads(
        &self,
        actor: &str,
        retention: Retention,
    ) -> Result<Tidied, StoreError> {
        let mut tidied = Tidied::default();
        let Retention { receiving: patience, checked } = retention;
        let expiring = [
            (SubmissionState::Receiving, patience, "no more of its file came"),
            (SubmissionState::Checked, checked, "it was not confirmed"),
        ];
        let mut old = Vec::new();
        for (state, age, message) in expiring {
            let found: Vec<(String,)> =
                sqlx::query_as("SELECT id FROM submissions WHERE state = $1 AND updated_at < $2")
                    .bind(state.as_str())
                    .bind(time_text(Timestamp::now() - age))
                    .fetch_all(&self.pool)
                    .await
                    .map_err(failed("look for abandoned submissions"))?;
            old.extend(found.into_iter().map(|(id,)| (id, state, message)));
        }
        for (id, state, message) in old {
            if state == SubmissionState::Receiving && self.is_fresh(&id, patience) {
                continue;
            }
            let to = SubmissionState::Withdrawn;
            match self.change(&id, Change { to, actor, message, set: vec![], job: None }).await {
                Ok(()) => tidied.abandoned.push(id),
                // Its submitter was faster.
                Err(StoreError::State { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        for id in self.uploads()? {
            let is_done = match self.submission_row(&id).await? {
                Some(submission) => submission.state.is_final(),
                None => !self.is_fresh(&id, patience),
            };
            if is_done {
                self.delete_upload(&id)?;
                tidied.n_deleted += 1;
            }
        }
        Ok(tidied)
    }

    /// Deletes what killed processes left half-written among the files and benchmarks:
    /// what is older than [`durable::STALE_AGE`], so that nobody's work is touched.
    /// Returns how many files.
    ///
    /// # Errors
    /// [`StoreError::Folder`].
    pub async fn delete_temporaries(&self) -> Result<usize, StoreError> {
        let folders = [BLOBS_FOLDER, BENCHMARKS_FOLDER].map(|name| self.folder.join(name));
        blocking(move || {
            let delete = |path: &PathBuf| {
                durable::delete_temporaries(path, durable::STALE_AGE)
                    .map_err(|source| StoreError::Folder { path: path.clone(), source })
            };
            folders.iter().map(delete).sum()
        })
        .await
    }

    /// Whether something came within `patience`.
    fn is_fresh(&self, id: &str, patience: Duration) -> bool {
        let changed = self.upload_path(id).metadata().and_then(|about| about.modified());
        // A clock that was set back makes files of the future, which are fresh.
        changed.is_ok_and(|at| SystemTime::now().duration_since(at).unwrap_or_default() < patience)
    }

    /// Identifiers of the submissions whose files are here.
    fn uploads(&self) -> Result<Vec<String>, StoreError> {
        let path = self.folder.join(UPLOADS_FOLDER);
        let entries = match path.read_dir() {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(StoreError::Folder { path, source }),
        };
        let mut ids = Vec::new();
        for entry in entries {
            let name = entry
                .map_err(|source| StoreError::Folder { path: path.clone(), source })?
                .file_name();
            ids.extend(name.to_str().and_then(|name| name.strip_suffix(".zip")).map(str::to_owned));
        }
        Ok(ids)
    }
}
