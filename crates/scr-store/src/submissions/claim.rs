//! Claim of a job: by one worker, in one attempt.

use async_recursion::async_recursion as boxed;
use sqlx::AnyConnection;

use crate::database::Doing;
use crate::storage_error::StorageError;

/// Condition of the row of a claimed job. Bind it by [`Claim::bind_to`].
pub(super) const IS_CLAIMED: &str =
    "submission_id = $1 AND worker = $2 AND attempts = $3 AND created_at = $4";

/// Claim of a job. Fences what a worker writes: nothing once the job is another worker's, or in
/// another attempt, or another job of the same submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Identifier of the submission.
    pub submission_id: String,
    /// Worker.
    pub worker: String,
    /// Number of the attempt, from 1.
    pub attempt: i64,
    /// Creation time of the job, RFC 3339 in UTC.
    pub created_at: String,
}

/// Query of a database of either kind.
pub(super) type AnyQuery<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

impl Claim {
    /// Binds `$1` to `$4` of [`IS_CLAIMED`].
    pub(super) fn bind_to<'q>(&'q self, query: AnyQuery<'q>) -> AnyQuery<'q> {
        let Self { submission_id, worker, attempt, created_at } = self;
        query.bind(submission_id).bind(worker).bind(attempt).bind(created_at)
    }

    /// Locks the job until the transaction ends. False when the claim does not hold any more.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub(crate) async fn hold(&self, connection: &mut AnyConnection) -> Result<bool, StorageError> {
        let query = format!("UPDATE jobs SET worker = worker WHERE {IS_CLAIMED}");
        let locked = self.bind_to(sqlx::query(sqlx::AssertSqlSafe(query)));
        let locked = locked.execute(connection).await.doing("read the worker of a job")?;
        Ok(locked.rows_affected() > 0)
    }
}
