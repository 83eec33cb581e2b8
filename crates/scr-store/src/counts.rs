//! How much of everything there is, for those who watch a site.
//!
//! The main type is [`Counts`]. Nothing in it names a person or a submission.

use jiff::Timestamp;
use scr_documents::SubmissionState;

use crate::database::{failed, time_text};
use crate::submissions::GIVEN_UP;
use crate::{StoreCore, StoreError, UPLOADS_FOLDER};

/// How many submissions are in a state.
pub type StateCount = (SubmissionState, u64);

/// How much of everything there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Submissions by state, every state once.
    pub submissions: Vec<StateCount>,
    /// Jobs that no worker has.
    pub jobs_waiting: u64,
    /// Jobs that a worker has.
    pub jobs_running: u64,
    /// Of those waiting, the ones that were begun before and failed, or ended their worker.
    pub jobs_failed: u64,
    /// Submissions ever rejected because their jobs were begun too often.
    pub jobs_given_up: u64,
    /// Published entries.
    pub entries: u64,
    /// Size of the files that were handed in and not yet deleted, in bytes.
    pub uploads_bytes: u64,
}

impl StoreCore {
    /// Counts everything.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let now = time_text(Timestamp::now());
        let by_state: Vec<(String, i64)> =
            sqlx::query_as("SELECT state, COUNT(*) FROM submissions GROUP BY state")
                .fetch_all(&self.pool)
                .await
                .map_err(failed("count submissions"))?;
        let count = |state: SubmissionState| {
            let found = by_state.iter().find(|(word, _)| word == state.as_str());
            (state, found.map_or(0, |(_, count)| count.unsigned_abs()))
        };
        let running = "worker <> '' AND leased_until >= $1";
        let jobs = async |condition: String| {
            let query = format!("SELECT COUNT(*) FROM jobs WHERE {condition}");
            self.count(query, &now).await
        };
        Ok(Counts {
            submissions: SubmissionState::ALL.into_iter().map(count).collect(),
            jobs_waiting: jobs(format!("NOT ({running})")).await?,
            jobs_running: jobs(running.to_owned()).await?,
            jobs_failed: jobs(format!("NOT ({running}) AND attempts > 0")).await?,
            jobs_given_up: self
                .count("SELECT COUNT(*) FROM submission_log WHERE message = $1".into(), GIVEN_UP)
                .await?,
            entries: self.count("SELECT COUNT(*) FROM entries WHERE id <> $1".into(), "").await?,
            uploads_bytes: self.uploads_bytes(),
        })
    }

    async fn count(&self, query: String, bound: &str) -> Result<u64, StoreError> {
        let (count,): (i64,) = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(bound)
            .fetch_one(&self.pool)
            .await
            .map_err(failed("count rows"))?;
        Ok(count.unsigned_abs())
    }

    /// What vanishes meanwhile counts nothing.
    fn uploads_bytes(&self) -> u64 {
        let entries = self.folder.join(UPLOADS_FOLDER).read_dir().into_iter().flatten();
        entries.filter_map(|entry| entry.ok()?.metadata().ok()).map(|about| about.len()).sum()
    }
}
