//! Counts of submissions, jobs, entries and uploads, for monitoring.
//!
//! The main type is [`Counts`]. It names no person and no submission.

use scr_documents::SubmissionState;
use std::path::Path;

use sqlx::AnyPool;

use crate::database::{Doing, clock_of};
use crate::folder::DataFolder;
use crate::storage_error::StorageError;
use crate::submissions::job::GIVEN_UP;
use crate::submissions::upload_objects::all_bytes;
use crate::time::time_text;

/// Number of submissions in a state.
pub type StateCount = (SubmissionState, u64);

/// Counts of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Submissions by state, every state once.
    pub submissions: Vec<StateCount>,
    /// Jobs without a lease.
    pub jobs_waiting: u64,
    /// Jobs with a lease.
    pub jobs_running: u64,
    /// Waiting jobs whose earlier attempts failed or killed their worker.
    pub jobs_failed: u64,
    /// Submissions ever rejected because their job used up its attempts.
    pub jobs_given_up: u64,
    /// Jobs of submissions that used up their attempts and wait for the operator.
    pub dead_letters: u64,
    /// Published entries.
    pub entries: u64,
    /// Size of all uploads, in bytes.
    pub uploads_bytes: u64,
}

impl Counts {
    /// Counts everything.
    pub(crate) async fn read(pool: &AnyPool, folder: &DataFolder) -> Result<Self, StorageError> {
        let now = time_text(clock_of(pool).await?);
        let by_state: Vec<(String, i64)> =
            sqlx::query_as("SELECT state, COUNT(*) FROM submissions GROUP BY state")
                .fetch_all(pool)
                .await
                .doing("count submissions")?;
        let count = |state: SubmissionState| {
            let found = by_state.iter().find(|(word, _)| word == state.as_str());
            (state, found.map_or(0, |(_, count)| count.unsigned_abs()))
        };
        let running = "worker <> '' AND leased_until >= $1";
        let jobs = async |condition: String| {
            let query = format!("SELECT COUNT(*) FROM jobs WHERE {condition}");
            count_rows(pool, query, &now).await
        };
        Ok(Self {
            submissions: SubmissionState::ALL.into_iter().map(count).collect(),
            jobs_waiting: jobs(format!("NOT ({running})")).await?,
            jobs_running: jobs(running.to_owned()).await?,
            jobs_failed: jobs(format!("NOT ({running}) AND attempts > 0")).await?,
            jobs_given_up: count_rows(
                pool,
                "SELECT COUNT(*) FROM submission_log WHERE message = $1".into(),
                GIVEN_UP,
            )
            .await?,
            dead_letters: count_rows(
                pool,
                "SELECT COUNT(*) FROM dead_letters WHERE submission_id <> $1".into(),
                "",
            )
            .await?,
            entries: count_rows(pool, "SELECT COUNT(*) FROM entries WHERE id <> $1".into(), "")
                .await?,
            uploads_bytes: match folder.bucket {
                Some(_) => all_bytes(pool).await?,
                None => bytes_in(&folder.uploads()),
            },
        })
    }
}

async fn count_rows(pool: &AnyPool, query: String, bound: &str) -> Result<u64, StorageError> {
    let (count,): (i64,) = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(bound)
        .fetch_one(pool)
        .await
        .doing("count rows")?;
    Ok(count.unsigned_abs())
}

/// Size of the files in a folder. Files that vanish meanwhile do not count.
fn bytes_in(folder: &Path) -> u64 {
    let entries = folder.read_dir().into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.metadata().ok()).map(|about| about.len()).sum()
}
