//! Acceptances of a benchmark's terms, by version. The text of the terms is not stored here;
//! a change of the text gives it another version.

use async_recursion::async_recursion as boxed;
use sqlx::AnyPool;

use super::error::AccountError;
use super::users::Accounts;
use crate::benchmarks::is_published;
use crate::database::Doing;
use crate::storage_error::StorageError;
use crate::time::now;

/// Acceptance of terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptanceRow {
    /// Identifier of the benchmark.
    pub benchmark_id: String,
    /// Version of the terms.
    pub terms_version: String,
    /// Time, RFC 3339 in UTC.
    pub accepted_at: String,
}

/// Handle of acceptances of terms.
#[derive(Debug, Clone, Copy)]
pub struct Acceptances<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl Acceptances<'_> {
    /// Records the acceptance of a version of a benchmark's terms. A repeated acceptance
    /// keeps the first time.
    ///
    /// # Errors
    /// [`AccountError::UnknownUser`] and [`AccountError::UnknownBenchmark`].
    #[boxed]
    pub async fn accept(
        &self,
        user_id: &str,
        benchmark_id: &str,
        terms_version: &str,
    ) -> Result<(), AccountError> {
        if (Accounts { pool: self.pool }).get(user_id).await?.is_none() {
            return Err(AccountError::UnknownUser { user: user_id.to_owned() });
        }
        if !is_published(self.pool, benchmark_id).await? {
            return Err(AccountError::UnknownBenchmark { id: benchmark_id.to_owned() });
        }
        sqlx::query(
            "INSERT INTO acceptances (user_id, benchmark_id, terms_version, accepted_at) \
             VALUES ($1, $2, $3, $4) \
             ON CONFLICT (user_id, benchmark_id, terms_version) DO NOTHING",
        )
        .bind(user_id)
        .bind(benchmark_id)
        .bind(terms_version)
        .bind(now())
        .execute(self.pool)
        .await
        .doing("record an acceptance of terms")?;
        Ok(())
    }

    /// Time at which a person accepted a version of a benchmark's terms, RFC 3339 in UTC;
    /// none where they have not.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn accepted_at(
        &self,
        user_id: &str,
        benchmark_id: &str,
        terms_version: &str,
    ) -> Result<Option<String>, StorageError> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT accepted_at FROM acceptances \
             WHERE user_id = $1 AND benchmark_id = $2 AND terms_version = $3",
        )
        .bind(user_id)
        .bind(benchmark_id)
        .bind(terms_version)
        .fetch_optional(self.pool)
        .await
        .doing("read whether terms were accepted")?;
        Ok(row.map(|(time,)| time))
    }

    /// All acceptances of a person, the first first.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    #[boxed]
    pub async fn of_user(&self, user_id: &str) -> Result<Vec<AcceptanceRow>, StorageError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT benchmark_id, terms_version, accepted_at FROM acceptances \
             WHERE user_id = $1 ORDER BY accepted_at, benchmark_id",
        )
        .bind(user_id)
        .fetch_all(self.pool)
        .await
        .doing("list accepted terms")?;
        let row = |(benchmark_id, terms_version, accepted_at)| AcceptanceRow {
            benchmark_id,
            terms_version,
            accepted_at,
        };
        Ok(rows.into_iter().map(row).collect())
    }
}
