//! Limits of one account: submissions in a period, concurrent uploads, unfinished submissions,
//! and bytes on the disk.

use async_recursion::async_recursion as boxed;
use jiff::{SignedDuration, Timestamp};
use scr_documents::SubmissionState;
use sqlx::{AnyConnection, AnyPool};

use super::error::SubmissionError;
use super::rows::NewSubmission;
use crate::database::Doing;
use crate::settings_row::settings_in;
use crate::time::time_text;

/// Limit of concurrent uploads.
const MAX_OPEN_UPLOADS: i64 = 5;
/// Limit of announced bytes of concurrent uploads.
const MAX_OPEN_BYTES: i64 = 4 << 30;
/// Limit of submissions that are not scored yet.
const MAX_UNFINISHED: i64 = 25;
/// Limit of bytes of the uploads of undecided submissions.
const MAX_STORED_BYTES: i64 = 8 << 30;

/// Refuses a submission that would be one too many, before its size is known.
#[boxed]
pub(super) async fn check_before(
    pool: &AnyPool,
    user_id: &str,
    benchmark_id: &str,
) -> Result<(), SubmissionError> {
    let doing = "count a person's submissions";
    let mut connection = pool.acquire().await.doing(doing)?;
    check(&mut connection, user_id, benchmark_id, 1).await
}

/// Refuses a submission that is one too many, in the transaction that has just added it.
#[boxed]
pub(super) async fn check_added(
    connection: &mut AnyConnection,
    new: &NewSubmission<'_>,
) -> Result<(), SubmissionError> {
    check(connection, new.user_id, new.benchmark_id, 0).await
}

/// Refuses `more` submissions in addition to those in the database.
async fn check(
    connection: &mut AnyConnection,
    user_id: &str,
    benchmark_id: &str,
    more: i64,
) -> Result<(), SubmissionError> {
    let doing = "count a person's submissions";
    let (unfinished, stored): (i64, i64) = sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(CASE WHEN state IN ($2, $3, $4) THEN 1 ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM submissions \
         WHERE user_id = $1 AND (state NOT IN ($5, $6, $7) \
         OR id IN (SELECT submission_id FROM dead_letters))",
    )
    .bind(user_id)
    .bind(SubmissionState::Receiving.as_str())
    .bind(SubmissionState::Received.as_str())
    .bind(SubmissionState::Scoring.as_str())
    .bind(SubmissionState::Published.as_str())
    .bind(SubmissionState::Rejected.as_str())
    .bind(SubmissionState::Withdrawn.as_str())
    .fetch_one(&mut *connection)
    .await
    .doing(doing)?;
    if unfinished + more > MAX_UNFINISHED {
        return Err(SubmissionError::Unfinished { count: MAX_UNFINISHED });
    }
    if stored + more > MAX_STORED_BYTES {
        return Err(SubmissionError::Stored { bytes: MAX_STORED_BYTES });
    }
    let (open, bytes): (i64, i64) = sqlx::query_as(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM submissions \
         WHERE user_id = $1 AND state = $2",
    )
    .bind(user_id)
    .bind(SubmissionState::Receiving.as_str())
    .fetch_one(&mut *connection)
    .await
    .doing(doing)?;
    if open + more > MAX_OPEN_UPLOADS || bytes + more > MAX_OPEN_BYTES {
        return Err(SubmissionError::OpenUploads {
            count: MAX_OPEN_UPLOADS,
            bytes: MAX_OPEN_BYTES,
        });
    }
    let quota = settings_in(connection, benchmark_id).await?.submissions;
    let period = SignedDuration::from_hours(24 * i64::from(quota.days));
    let now = Timestamp::now();
    let (begun, first): (i64, Option<String>) = sqlx::query_as(
        "SELECT COUNT(*), MIN(created_at) FROM submissions \
         WHERE user_id = $1 AND benchmark_id = $2 AND created_at > $3 \
         AND NOT (state = $4 AND problems IS NOT NULL)",
    )
    .bind(user_id)
    .bind(benchmark_id)
    .bind(time_text(now - period))
    .bind(SubmissionState::Rejected.as_str())
    .fetch_one(connection)
    .await
    .doing(doing)?;
    if begun + more <= i64::from(quota.count) {
        return Ok(());
    }
    let first: Timestamp = first.and_then(|time| time.parse().ok()).unwrap_or(now);
    let wait = (first + period).duration_since(now).as_secs().max(1);
    let (count, days) = (quota.count, quota.days);
    Err(SubmissionError::Quota { count, days, wait_seconds: wait.unsigned_abs() })
}
