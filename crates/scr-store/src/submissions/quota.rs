//! How much one person may begin: of submissions in a time, and of uploads at once.

use jiff::{SignedDuration, Timestamp};
use sqlx::AnyConnection;

use super::{NewSubmission, SubmissionState};
use crate::StoreError;
use crate::database::{failed, time_text};
use crate::settings::settings_in;

/// Uploads that a person may have open at once.
const MAX_OPEN_UPLOADS: i64 = 5;
/// Bytes that a person's open uploads may announce together.
const MAX_OPEN_BYTES: i64 = 4 << 30;

/// Refuses what is one too many, in the transaction in which it was just added.
pub(super) async fn check(
    connection: &mut AnyConnection,
    new: &NewSubmission<'_>,
) -> Result<(), StoreError> {
    let doing = "count a person's submissions";
    let (open, bytes): (i64, i64) = sqlx::query_as(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM submissions \
         WHERE user_id = $1 AND state = $2",
    )
    .bind(new.user_id)
    .bind(SubmissionState::Receiving.as_str())
    .fetch_one(&mut *connection)
    .await
    .map_err(failed(doing))?;
    if open > MAX_OPEN_UPLOADS || bytes > MAX_OPEN_BYTES {
        return Err(StoreError::OpenUploads { count: MAX_OPEN_UPLOADS, bytes: MAX_OPEN_BYTES });
    }
    let quota = settings_in(connection, new.benchmark_id).await?.submissions;
    let period = SignedDuration::from_hours(24 * i64::from(quota.days));
    let now = Timestamp::now();
    let (begun, first): (i64, Option<String>) = sqlx::query_as(
        "SELECT COUNT(*), MIN(created_at) FROM submissions \
         WHERE user_id = $1 AND benchmark_id = $2 AND created_at > $3 \
         AND NOT (state = $4 AND problems IS NOT NULL)",
    )
    .bind(new.user_id)
    .bind(new.benchmark_id)
    .bind(time_text(now - period))
    .bind(SubmissionState::Rejected.as_str())
    .fetch_one(connection)
    .await
    .map_err(failed(doing))?;
    if begun <= i64::from(quota.count) {
        return Ok(());
    }
    let first: Timestamp = first.and_then(|time| time.parse().ok()).unwrap_or(now);
    let wait = (first + period).duration_since(now).as_secs().max(1);
    let (count, days) = (quota.count, quota.days);
    Err(StoreError::Quota { count, days, wait_seconds: wait.unsigned_abs() })
}
