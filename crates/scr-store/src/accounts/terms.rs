//! Which terms of a benchmark a person accepted, and when. Knows no terms'
//! text; what changes it gives it another version.

use crate::database::failed;
use crate::entries::now;
use crate::{StoreCore, StoreError, benchmarks};

/// That a person accepted terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptanceRow {
    /// Identifier of the benchmark.
    pub benchmark_id: String,
    /// Which wording.
    pub terms_version: String,
    /// When, RFC 3339 in UTC.
    pub accepted_at: String,
}

impl StoreCore {
    /// Notes that a person accepted a version of a benchmark's terms. Once more
    /// changes nothing: the first time stays.
    ///
    /// # Errors
    /// [`StoreError::UnknownUser`] and [`StoreError::UnknownBenchmark`].
    pub async fn accept_terms(
        &self,
        user_id: &str,
        benchmark_id: &str,
        terms_version: &str,
    ) -> Result<(), StoreError> {
        if self.user(user_id).await?.is_none() {
            return Err(StoreError::UnknownUser { user: user_id.to_owned() });
        }
        if benchmarks::get(&self.pool, benchmark_id).await?.is_none() {
            return Err(StoreError::UnknownBenchmark { id: benchmark_id.to_owned() });
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
        .execute(&self.pool)
        .await
        .map_err(failed("note that terms were accepted"))?;
        Ok(())
    }

    /// When a person accepted a version of a benchmark's terms, RFC 3339 in UTC;
    /// none where they have not.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn terms_accepted_at(
        &self,
        user_id: &str,
        benchmark_id: &str,
        terms_version: &str,
    ) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT accepted_at FROM acceptances \
             WHERE user_id = $1 AND benchmark_id = $2 AND terms_version = $3",
        )
        .bind(user_id)
        .bind(benchmark_id)
        .bind(terms_version)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed("read whether terms were accepted"))?;
        Ok(row.map(|(time,)| time))
    }

    /// Everything that a person accepted, the first first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn acceptances(&self, user_id: &str) -> Result<Vec<AcceptanceRow>, StoreError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT benchmark_id, terms_version, accepted_at FROM acceptances \
             WHERE user_id = $1 ORDER BY accepted_at, benchmark_id",
        )
        .bind(user_id)
        .fetch_all(&self.pool)
        .await
        .map_err(failed("list accepted terms"))?;
        let row = |(benchmark_id, terms_version, accepted_at)| AcceptanceRow {
            benchmark_id,
            terms_version,
            accepted_at,
        };
        Ok(rows.into_iter().map(row).collect())
    }
}
