//! Settings of benchmarks: reading and changing them.
//!
//! Settings may change at any time and move no score. What they hide is taken out
//! where documents leave the store for the site ([`PublicStore`](crate::PublicStore)), so that no page
//! can show it.

use scr_documents::BenchmarkSettings;
use sqlx::AnyConnection;

use crate::database::{begin_writing, failed};
use crate::entries::{now, read_json, write_json};
use crate::record::{self, RecordEvent};
use crate::{StoreCore, StoreError, benchmarks};

impl StoreCore {
    /// The settings of a benchmark; the defaults where nobody said otherwise.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Document`] when they cannot be read.
    pub async fn benchmark_settings(&self, id: &str) -> Result<BenchmarkSettings, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failed("read settings"))?;
        settings_in(&mut connection, id).await
    }

    /// Refuses what is handed in for a benchmark that its operator has ended.
    pub(crate) async fn needs_open(&self, benchmark_id: &str) -> Result<(), StoreError> {
        match self.benchmark_settings(benchmark_id).await?.ended_at {
            Some(at) => Err(StoreError::Ended { id: benchmark_id.to_owned(), at }),
            None => Ok(()),
        }
    }

    /// Puts settings in place of those that were there.
    ///
    /// # Errors
    /// [`StoreError::UnknownBenchmark`], [`StoreError::Database`].
    pub async fn set_benchmark_settings(
        &self,
        id: &str,
        settings: &BenchmarkSettings,
    ) -> Result<(), StoreError> {
        if benchmarks::get(&self.pool, id).await?.is_none() {
            return Err(StoreError::UnknownBenchmark { id: id.to_owned() });
        }
        let mut transaction = begin_writing(&self.pool).await?;
        let document = stated(settings);
        if stated(&settings_in(&mut transaction, id).await?) != document {
            let (benchmark, settings) = (id.to_owned(), document);
            let event = RecordEvent::SettingsChanged { benchmark, settings };
            record::append(&mut transaction, event).await?;
        }
        sqlx::query(
            "INSERT INTO benchmark_settings (benchmark_id, document, changed_at) \
             VALUES ($1, $2, $3) ON CONFLICT (benchmark_id) DO UPDATE \
             SET document = excluded.document, changed_at = excluded.changed_at",
        )
        .bind(id)
        .bind(write_json(id, "settings", settings)?)
        .bind(now())
        .execute(&mut *transaction)
        .await
        .map_err(failed("write settings"))?;
        transaction.commit().await.map_err(failed("write settings"))
    }
}

/// As [`StoreCore::benchmark_settings`], within a transaction.
pub(crate) async fn settings_in(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<BenchmarkSettings, StoreError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT document FROM benchmark_settings WHERE benchmark_id = $1")
            .bind(id)
            .fetch_optional(connection)
            .await
            .map_err(failed("read settings"))?;
    row.map_or_else(|| Ok(BenchmarkSettings::default()), |(text,)| read_json(id, "settings", &text))
}

/// The settings as the record states them: without addresses of people, and the terms
/// as their digest.
pub(crate) fn stated(settings: &BenchmarkSettings) -> serde_json::Value {
    let mut stated = serde_json::to_value(settings).unwrap_or_default();
    if let Some(fields) = stated.as_object_mut() {
        fields.remove("reviewers");
        fields.insert("terms".into(), record::text_digest(&settings.terms).into());
    }
    stated
}
