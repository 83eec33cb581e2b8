//! Settings of a benchmark, chosen by the operator in addition to its file.
//!
//! Settings may change at any time and move no score. Hidden values are removed where documents
//! leave the store for the site ([`PublicStore`](crate::PublicStore)), so that no page can show
//! them.
//!
//! - [`Settings`]: the handle.

use async_recursion::async_recursion as boxed;
use scr_documents::BenchmarkSettings;
use sqlx::AnyPool;

use crate::aggregates::fill::fill;
use crate::benchmarks::is_published;
use crate::database::{Doing, begin_writing};
use crate::json::write_json;
use crate::publish::error::PublishError;
use crate::record::event::RecordEvent;
use crate::record::log::append;
use crate::settings_row::{settings_in, stated};
use crate::storage_error::StorageError;
use crate::time::now;

/// Handle of benchmarks' settings.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    pub(crate) pool: &'a AnyPool,
}

impl Settings<'_> {
    /// Settings of a benchmark, or the defaults.
    ///
    /// # Errors
    /// [`StorageError::Database`], or [`StorageError::Document`] when they cannot be read.
    #[boxed]
    pub async fn get(&self, id: &str) -> Result<BenchmarkSettings, StorageError> {
        let mut connection = self.pool.acquire().await.doing("read settings")?;
        settings_in(&mut connection, id).await
    }

    /// Replaces the settings of a benchmark.
    ///
    /// # Errors
    /// [`PublishError::UnknownBenchmark`], [`StorageError::Database`].
    #[boxed]
    pub async fn set(&self, id: &str, settings: &BenchmarkSettings) -> Result<(), PublishError> {
        if !is_published(self.pool, id).await? {
            return Err(PublishError::UnknownBenchmark { id: id.to_owned() });
        }
        let mut transaction = begin_writing(self.pool).await?;
        let document = stated(settings);
        if stated(&settings_in(&mut transaction, id).await?) != document {
            let (benchmark, settings) = (id.to_owned(), document);
            let event = RecordEvent::SettingsChanged { benchmark, settings };
            append(&mut transaction, event).await?;
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
        .doing("write settings")?;
        transaction.commit().await.doing("write settings")?;
        // Until then the tables leave out what is not made anew.
        fill(self.pool, id).await?;
        Ok(())
    }
}
