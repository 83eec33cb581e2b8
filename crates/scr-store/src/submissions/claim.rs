//! Claim of a job: by one worker, in one attempt.

use async_recursion::async_recursion as boxed;
use sqlx::AnyConnection;

use crate::database::Doing;
use crate::storage_error::StorageError;

/// Queue of a job: its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Queue {
    /// Checks, scorings and publications of submissions.
    Submissions,
    /// Re-scores of entries.
    Rescores,
}

impl Queue {
    /// All queues.
    pub(crate) const ALL: [Self; 2] = [Self::Submissions, Self::Rescores];

    /// Table of its jobs, and the key of a row.
    pub(crate) const fn table(self) -> (&'static str, &'static str) {
        match self {
            Self::Submissions => ("jobs", "submission_id"),
            Self::Rescores => ("rescore_jobs", "id"),
        }
    }
}

/// Claim of a job. Fences what a worker writes: nothing once the job is another worker's, or in
/// another attempt, or another job of the same submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub(crate) queue: Queue,
    /// Identifier of the job: that of its submission, or of the re-score.
    pub id: String,
    /// Worker.
    pub worker: String,
    /// Number of the attempt, from 1.
    pub attempt: i64,
    /// Creation time of the job, RFC 3339 in UTC.
    pub created_at: String,
}

/// Query of a database of either kind.
type AnyQuery<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

impl Claim {
    /// A change of the claimed job: `set` may use the parameters from `$5` on.
    pub(crate) fn change(&self, set: &str) -> AnyQuery<'_> {
        let (table, key) = self.queue.table();
        let query = format!(
            "UPDATE {table} SET {set} \
             WHERE {key} = $1 AND worker = $2 AND attempts = $3 AND created_at = $4"
        );
        let Self { id, worker, attempt, created_at, .. } = self;
        let query = sqlx::query(sqlx::AssertSqlSafe(query));
        query.bind(id).bind(worker).bind(attempt).bind(created_at)
    }

    /// Locks the job until the transaction ends. False when the claim does not hold any more.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub(crate) async fn hold(&self, connection: &mut AnyConnection) -> Result<bool, StorageError> {
        let locked = self.change("worker = worker").execute(connection).await;
        Ok(locked.doing("read the worker of a job")?.rows_affected() > 0)
    }
}
