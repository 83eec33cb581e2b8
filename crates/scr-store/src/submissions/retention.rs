//! How long files that were handed in are kept.
//!
//! What is public is kept for ever under another name, in the files of its entry; the
//! file that it came in is of no more use, and neither is one of which nothing more
//! comes. The main type is [`Tidied`].

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::SubmissionState;
use super::rows::Change;
use crate::database::{failed, time_text};
use crate::{StoreCore, StoreError, UPLOADS_FOLDER};

/// What was tidied up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Submissions of which nothing more came, and which are withdrawn now.
    pub abandoned: Vec<String>,
    /// How many files were deleted.
    pub n_deleted: usize,
}

impl StoreCore {
    /// Withdraws submissions of which no piece came for `patience`, and deletes the files
    /// of those that are published, rejected or withdrawn. Deletes what belongs to no
    /// submission when it has not changed for `patience`. May be done by several
    /// processes at once, and again at any time.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Folder`].
    pub async fn tidy_uploads(
        &self,
        actor: &str,
        patience: Duration,
    ) -> Result<Tidied, StoreError> {
        let mut tidied = Tidied::default();
        let old: Vec<(String,)> =
            sqlx::query_as("SELECT id FROM submissions WHERE state = $1 AND updated_at < $2")
                .bind(SubmissionState::Receiving.as_str())
                .bind(time_text(Timestamp::now() - patience))
                .fetch_all(&self.pool)
                .await
                .map_err(failed("look for abandoned submissions"))?;
        for (id,) in old {
            if self.is_fresh(&id, patience) {
                continue;
            }
            let (to, message) = (SubmissionState::Withdrawn, "no more of its file came");
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
