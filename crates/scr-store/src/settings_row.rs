//! Row of a benchmark's settings, read within a transaction.

use async_recursion::async_recursion as boxed;
use scr_documents::BenchmarkSettings;
use sqlx::AnyConnection;

use crate::database::Doing;
use crate::json::read_json;
use crate::record::log::text_digest;
use crate::storage_error::StorageError;

/// Settings of a benchmark, or the defaults.
#[boxed]
pub(crate) async fn settings_in(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<BenchmarkSettings, StorageError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT document FROM benchmark_settings WHERE benchmark_id = $1")
            .bind(id)
            .fetch_optional(connection)
            .await
            .doing("read settings")?;
    row.map_or_else(|| Ok(BenchmarkSettings::default()), |(text,)| read_json(id, "settings", &text))
}

/// Settings as the record states them: without addresses of people, and with the digest of the
/// terms.
pub(crate) fn stated(settings: &BenchmarkSettings) -> serde_json::Value {
    let mut stated = serde_json::to_value(settings).unwrap_or_default();
    if let Some(fields) = stated.as_object_mut() {
        fields.remove("reviewers");
        fields.insert("terms".into(), text_digest(&settings.terms).into());
    }
    stated
}
