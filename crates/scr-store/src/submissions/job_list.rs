//! List of jobs: of submissions, re-scores of entries, and those that failed.

use async_recursion::async_recursion as boxed;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::job::{JobKind, MAX_ATTEMPTS};
use super::jobs::Jobs;
use crate::database::{Doing, clock_of};
use crate::storage_error::StorageError;
use crate::time::time_text;

/// Operation in errors.
const DOING: &str = "list jobs";

/// Word of a re-score, beside those of [`JobKind`].
const RESCORE: &str = "rescore";

/// Jobs of all three tables, with the parameters attempts and time.
const ALL_JOBS: &str = "SELECT submission_id AS id, submission_id AS subject, benchmark_id, kind, attempts, worker, \
     leased_until, jobs.created_at AS since, error, CAST(0 AS BIGINT) AS failed \
     FROM jobs JOIN submissions ON submissions.id = submission_id \
     UNION ALL SELECT submission_id, submission_id, benchmark_id, kind, attempts, '', '', \
     failed_at, error, CAST(1 AS BIGINT) \
     FROM dead_letters JOIN submissions ON submissions.id = submission_id \
     UNION ALL SELECT rescore_jobs.id, entry_id, benchmark_id, 'rescore', attempts, worker, \
     leased_until, created_at, error, \
     CAST(CASE WHEN attempts >= $1 AND leased_until < $2 THEN 1 ELSE 0 END AS BIGINT) \
     FROM rescore_jobs JOIN entries ON entries.id = entry_id WHERE part IS NULL";

/// Subject of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobSubject {
    /// A submission.
    Submission {
        /// Identifier of the submission.
        id: String,
        /// Kind of work.
        kind: JobKind,
    },
    /// An entry, which is scored again.
    Entry {
        /// Identifier of the entry.
        id: String,
    },
}

impl JobSubject {
    /// Kind of work: `score`, `publish` or `rescore`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Submission { kind, .. } => kind.as_str(),
            Self::Entry { .. } => RESCORE,
        }
    }

    /// Identifier of the submission or entry.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Submission { id, .. } | Self::Entry { id } => id,
        }
    }
}

/// State of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It waits for a worker.
    Waiting,
    /// A worker has a valid lease.
    Running,
    /// It used up its attempts and waits for the operator.
    Failed,
}

impl JobState {
    /// Word in JSON and on pages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Failed => "failed",
        }
    }
}

/// Choice of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobChoice {
    /// All of them.
    All,
    /// Those that failed.
    Failed,
}

/// A job in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Identifier: that of the submission, or of the re-score.
    pub id: String,
    /// Its subject.
    pub subject: JobSubject,
    /// Benchmark of the subject.
    pub benchmark_id: String,
    /// Number of attempts.
    pub attempts: i64,
    /// Worker that claimed it last; none when it was never claimed, or was released.
    pub worker: Option<String>,
    /// Expiry of the lease, RFC 3339 in UTC; in the past when the worker died. Without a
    /// worker the job is postponed until then.
    pub leased_until: Option<String>,
    /// State.
    pub state: JobState,
    /// Last error that a worker reported.
    pub error: Option<String>,
    /// Creation time, or the time at which the last attempt of a dead letter ended; RFC 3339 in
    /// UTC.
    pub since: String,
}

impl Jobs<'_> {
    /// At most `count` jobs after a place, the time and the identifier of one, or from the first
    /// on; those that have waited longest first.
    ///
    /// # Errors
    /// [`StorageError::Database`]; [`StorageError::Word`] when one cannot be read.
    #[boxed]
    pub async fn list(
        &self,
        choice: JobChoice,
        after: Option<(&str, &str)>,
        count: u32,
    ) -> Result<Vec<JobRow>, StorageError> {
        let now = time_text(clock_of(self.pool).await?);
        let least = i64::from(choice == JobChoice::Failed);
        let (time, id) = after.unwrap_or_default();
        let query = format!(
            "SELECT * FROM ({ALL_JOBS}) listed WHERE failed >= $3 AND (since, id) > ($4, $5) \
             ORDER BY since, id LIMIT $6"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(MAX_ATTEMPTS)
            .bind(&now)
            .bind(least)
            .bind(time)
            .bind(id)
            .bind(i64::from(count))
            .fetch_all(self.pool)
            .await
            .doing(DOING)?;
        rows.iter().map(|row| read(row, &now)).collect()
    }
}

fn read(row: &AnyRow, now: &str) -> Result<JobRow, StorageError> {
    let text = |column| row.try_get::<String, _>(column).doing(DOING);
    let number = |column| row.try_get::<i64, _>(column).doing(DOING);
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let (subject, kind) = (text("subject")?, text("kind")?);
    let (worker, leased_until) = (text("worker")?, text("leased_until")?);
    let state = match number("failed")? {
        0 if !worker.is_empty() && *leased_until >= *now => JobState::Running,
        0 => JobState::Waiting,
        _ => JobState::Failed,
    };
    Ok(JobRow {
        id: text("id")?,
        subject: match kind.as_str() {
            RESCORE => JobSubject::Entry { id: subject },
            _ => JobSubject::Submission { id: subject, kind: JobKind::read(&kind)? },
        },
        benchmark_id: text("benchmark_id")?,
        attempts: number("attempts")?,
        worker: some(worker),
        leased_until: some(leased_until),
        state,
        error: some(text("error")?),
        since: text("since")?,
    })
}
