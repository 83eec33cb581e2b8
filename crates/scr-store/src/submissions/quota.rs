//! How much one account may have under way: submissions in a time, uploads at once, work
//! that waits, and bytes on the disk.

use jiff::{SignedDuration, Timestamp};
use scr_documents::SubmissionState;
use sqlx::AnyConnection;

use super::NewSubmission;
use crate::database::{failed, time_text};
use crate::settings::settings_in;
use crate::{StoreCore, StoreError};

/// Uploads that a person may have open at once.
const MAX_OPEN_UPLOADS: i64 = 5;
/// Bytes that a person's open uploads may announce together.
const MAX_OPEN_BYTES: i64 = 4 << 30;
/// Submissions of one account that come in or wait to be scored.
const MAX_UNFINISHED: i64 = 25;
/// Bytes of the files of one account's submissions that are not decided.
const MAX_STORED_BYTES: i64 = 8 << 30;

impl StoreCore {
    /// Whether a person may begin a submission, as far as that can be said before its
    /// size is known.
    ///
    /// # Errors
    /// [`StoreError::Quota`], [`StoreError::OpenUploads`], [`StoreError::Unfinished`] and
    /// [`StoreError::Stored`] when they may not; [`StoreError::Database`].
    pub async fn may_begin(&self, user_id: &str, benchmark_id: &str) -> Result<(), StoreError> {
        let doing = "count a person's submissions";
        let mut connection = self.pool.acquire().await.map_err(failed(doing))?;
        check(&mut connection, user_id, benchmark_id, 1).await
    }
}

/// Refuses what is one too many, in the transaction in which it was just added.
pub(super) async fn check_added(
    connection: &mut AnyConnection,
    new: &NewSubmission<'_>,
) -> Result<(), StoreError> {
    check(connection, new.user_id, new.benchmark_id, 0).await
}

/// Refuses `more` beside what is there where they are too many.
async fn check(
    connection: &mut AnyConnection,
    user_id: &str,
    benchmark_id: &str,
    more: i64,
) -> Result<(), StoreError> {
    let doing = "count a person's submissions";
    let (unfinished, stored): (i64, i64) = sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(CASE WHEN state IN ($2, $3, $4) THEN 1 ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM submissions \
         WHERE user_id = $1 AND state NOT IN ($5, $6, $7)",
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
    .map_err(failed(doing))?;
    if unfinished + more > MAX_UNFINISHED {
        return Err(StoreError::Unfinished { count: MAX_UNFINISHED });
    }
    if stored + more > MAX_STORED_BYTES {
        return Err(StoreError::Stored { bytes: MAX_STORED_BYTES });
    }
    let (open, bytes): (i64, i64) = sqlx::query_as(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM submissions \
         WHERE user_id = $1 AND state = $2",
    )
    .bind(user_id)
    .bind(SubmissionState::Receiving.as_str())
    .fetch_one(&mut *connection)
    .await
    .map_err(failed(doing))?;
    if open + more > MAX_OPEN_UPLOADS || bytes + more > MAX_OPEN_BYTES {
        return Err(StoreError::OpenUploads { count: MAX_OPEN_UPLOADS, bytes: MAX_OPEN_BYTES });
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
    .map_err(failed(doing))?;
    if begun + more <= i64::from(quota.count) {
        return Ok(());
    }
    let first: Timestamp = first.and_then(|time| time.parse().ok()).unwrap_or(now);
    let wait = (first + period).duration_since(now).as_secs().max(1);
    let (count, days) = (quota.count, quota.days);
    Err(StoreError::Quota { count, days, wait_seconds: wait.unsigned_abs() })
}
