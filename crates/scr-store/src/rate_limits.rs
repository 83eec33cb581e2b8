//! Rate limits in the database, for servers that share it.
//!
//! The generic cell rate algorithm (GCRA; ITU-T I.371): a counter is one number, the time at
//! which all attempts are refilled. An attempt moves it by the refill period, and is refused
//! where it would come to lie more than a burst ahead of now. One statement reads and moves it.
//!
//! A limit has at most [`COUNTERS`] counters, whatever the number of its keys: a hash keyed by
//! the site's identifier maps a key to one. Two keys share a counter by chance alone.

use std::time::Duration;

use async_recursion::async_recursion as boxed;
use scr_data::digest::file_digest;
use sqlx::AnyPool;

use crate::database::{Doing, clock_of};
use crate::storage_error::StorageError;

/// Counters of one limit.
const COUNTERS: u64 = 1 << 20;

/// Operation in errors.
const DOING: &str = "count an attempt against a rate limit";

/// Burst and refill of a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Word that tells this limit from others.
    pub name: &'static str,
    /// Attempts at once.
    pub burst: u32,
    /// Time after which one attempt more is allowed.
    pub refill: Duration,
}

/// Handle of the rate limits that all servers of a site share.
#[derive(Debug, Clone, Copy)]
pub struct RateLimits<'a> {
    pub(crate) pool: &'a AnyPool,
    /// Identifier of the site.
    pub(crate) site: &'a str,
}

impl RateLimits<'_> {
    /// Counts an attempt of `key`. Returns the time to wait when it is one too many, and does
    /// not count it then.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn count(
        &self,
        limit: RateLimit,
        key: &str,
    ) -> Result<Option<Duration>, StorageError> {
        let refill_ms = i64::try_from(limit.refill.as_millis()).unwrap_or(i64::MAX >> 32);
        let burst_ms = refill_ms.saturating_mul(i64::from(limit.burst));
        let counter = self.counter(limit.name, key);
        let now_ms = clock_of(self.pool).await?.as_millisecond();
        let moved: Option<(i64,)> = sqlx::query_as(
            "INSERT INTO rate_limits (counter, full_at) VALUES ($1, $2 + $3) \
             ON CONFLICT (counter) DO UPDATE SET full_at = $3 + \
             CASE WHEN rate_limits.full_at > $2 THEN rate_limits.full_at ELSE $2 END \
             WHERE rate_limits.full_at + $3 <= $2 + $4 OR rate_limits.full_at <= $2 \
             RETURNING full_at",
        )
        .bind(&counter)
        .bind(now_ms)
        .bind(refill_ms)
        .bind(burst_ms)
        .fetch_optional(self.pool)
        .await
        .doing(DOING)?;
        if moved.is_some() {
            return Ok(None);
        }
        let found: Option<(i64,)> =
            sqlx::query_as("SELECT full_at FROM rate_limits WHERE counter = $1")
                .bind(&counter)
                .fetch_optional(self.pool)
                .await
                .doing(DOING)?;
        let wait_ms = found.map_or(0, |(full_at,)| full_at + refill_ms - burst_ms - now_ms);
        Ok(Some(Duration::from_millis(u64::try_from(wait_ms).unwrap_or_default())))
    }

    /// Deletes the counters that are refilled, which allow as much as none. Returns their number.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn delete_refilled(&self) -> Result<u64, StorageError> {
        let deleted = sqlx::query("DELETE FROM rate_limits WHERE full_at < $1")
            .bind(clock_of(self.pool).await?.as_millisecond())
            .execute(self.pool)
            .await
            .doing("delete refilled rate limits")?;
        Ok(deleted.rows_affected())
    }

    fn counter(&self, limit: &str, key: &str) -> String {
        let digest = file_digest(format!("{}\n{limit}\n{key}", self.site).as_bytes());
        let number = digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
        format!("{limit} {}", number % COUNTERS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    const LIMIT: RateLimit =
        RateLimit { name: "test", burst: 3, refill: Duration::from_secs(3600) };

    async fn shift(store: &Store, ms: i64) {
        let query = sqlx::query("UPDATE rate_limits SET full_at = full_at - $1").bind(ms);
        query.execute(&store.pool).await.unwrap();
    }

    #[tokio::test]
    async fn an_attempt_too_many_waits_for_its_refill_and_is_not_counted() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let limits = RateLimits { pool: &store.pool, site: "a site" };
        for _ in 0..3 {
            assert_eq!(limits.count(LIMIT, "a").await.unwrap(), None);
        }
        for _ in 0..2 {
            let wait = limits.count(LIMIT, "a").await.unwrap().unwrap();
            let minutes = wait.as_secs_f64() / 60.0;
            assert!((59.0..=60.0).contains(&minutes), "{wait:?}");
        }
        assert_eq!(limits.count(LIMIT, "b").await.unwrap(), None, "another key");
        let other = RateLimit { name: "other", ..LIMIT };
        assert_eq!(limits.count(other, "a").await.unwrap(), None, "another limit");

        shift(&store, 3_600_000).await;
        assert_eq!(limits.count(LIMIT, "a").await.unwrap(), None, "one is refilled");
        assert!(limits.count(LIMIT, "a").await.unwrap().is_some(), "and no more");

        assert_eq!(limits.delete_refilled().await.unwrap(), 2, "b and the other limit");
        assert!(limits.count(LIMIT, "a").await.unwrap().is_some(), "a is kept");
        shift(&store, 10 * 3_600_000).await;
        for _ in 0..3 {
            assert_eq!(limits.count(LIMIT, "a").await.unwrap(), None, "never above the burst");
        }
        assert!(limits.count(LIMIT, "a").await.unwrap().is_some());
    }

    #[tokio::test]
    async fn attempts_at_the_same_time_are_all_counted() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let attempts = (0..20).map(|_| {
            let pool = store.pool.clone();
            tokio::spawn(async move {
                RateLimits { pool: &pool, site: "a site" }.count(LIMIT, "a").await.unwrap()
            })
        });
        let mut allowed = 0;
        for attempt in attempts.collect::<Vec<_>>() {
            allowed += u32::from(attempt.await.unwrap().is_none());
        }
        assert_eq!(allowed, LIMIT.burst);
    }
}
