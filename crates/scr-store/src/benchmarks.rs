//! Rows of published benchmarks, and the claim that keeps two publishers apart.
//!
//! Writes no file: [`publish`](crate::publish) does, and comes here for the row.

use jiff::{SignedDuration, Timestamp};
use scr_data::digest::Manifest;
use scr_documents::BenchmarkDocument;
use sqlx::AnyPool;

use crate::StoreError;
use crate::database::{begin_writing, failed, time_text};
use crate::record::{self, RecordEvent, text_digest};

/// A claim that was not renewed for so long is its holder's no more. Renewed
/// with every few images, each a matter of a second.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_mins(2);

/// A published benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchmarkRow {
    /// What is known of it.
    pub document: BenchmarkDocument,
    /// When it was first published, RFC 3339 in UTC.
    pub published_at: String,
}

/// All benchmarks, the first published first.
pub(crate) async fn all(pool: &AnyPool) -> Result<Vec<BenchmarkRow>, StoreError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT id, document, published_at FROM benchmarks ORDER BY published_at, id",
    )
    .fetch_all(pool)
    .await
    .map_err(failed("list benchmarks"))?;
    rows.into_iter().map(read).collect()
}

/// One benchmark.
pub(crate) async fn get(pool: &AnyPool, id: &str) -> Result<Option<BenchmarkRow>, StoreError> {
    let row: Option<(String, String, String)> =
        sqlx::query_as("SELECT id, document, published_at FROM benchmarks WHERE id = $1")
            .bind(id)
            .fetch_optional(pool)
            .await
            .map_err(failed("read a benchmark"))?;
    row.map(read).transpose()
}

fn read(
    (id, document, published_at): (String, String, String),
) -> Result<BenchmarkRow, StoreError> {
    match serde_json::from_str(&document) {
        Ok(document) => Ok(BenchmarkRow { document, published_at }),
        Err(source) => Err(StoreError::Document { what: "benchmark", id, source }),
    }
}

/// Claims an identifier for writing the files of the benchmark with `digest`,
/// or renews the claim. Publishers of one digest share it, as they write the
/// same bytes; so one that was killed is followed up at once.
///
/// # Errors
/// [`StoreError::BeingPublished`] while a publisher of another digest holds it.
pub(crate) async fn claim(pool: &AnyPool, id: &str, digest: &str) -> Result<(), StoreError> {
    claim_at(pool, id, digest, Timestamp::now()).await
}

async fn claim_at(
    pool: &AnyPool,
    id: &str,
    digest: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let claimed = sqlx::query(
        "INSERT INTO publishing (benchmark_id, digest, renewed_at) VALUES ($1, $2, $3) \
         ON CONFLICT (benchmark_id) DO UPDATE \
         SET digest = excluded.digest, renewed_at = excluded.renewed_at \
         WHERE publishing.digest = excluded.digest OR publishing.renewed_at < $4",
    )
    .bind(id)
    .bind(digest)
    .bind(time_text(now))
    .bind(time_text(now - CLAIM_LASTS))
    .execute(pool)
    .await
    .map_err(failed("claim a benchmark for publishing"))?;
    if claimed.rows_affected() == 1 {
        return Ok(());
    }
    Err(StoreError::BeingPublished { id: id.to_owned(), digest: digest.to_owned() })
}

/// Writes the row and a line of the record, once all files are there, and gives the claim
/// back. The time of first publishing stays.
///
/// # Errors
/// [`StoreError::OtherBenchmark`] when another digest has been published.
pub(crate) async fn put(
    pool: &AnyPool,
    document: &BenchmarkDocument,
    files: &Manifest,
) -> Result<(), StoreError> {
    let doing = "publish a benchmark";
    let BenchmarkDocument { id, digest, .. } = document;
    let text = serde_json::to_string(document).map_err(|source| StoreError::Document {
        what: "benchmark",
        id: id.clone(),
        source,
    })?;
    let document_digest = text_digest(&text);
    let mut transaction = begin_writing(pool).await?;
    let written = sqlx::query(
        "INSERT INTO benchmarks (id, digest, document, published_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET document = excluded.document \
         WHERE benchmarks.digest = excluded.digest",
    )
    .bind(id)
    .bind(digest)
    .bind(text)
    .bind(time_text(Timestamp::now()))
    .execute(&mut *transaction)
    .await
    .map_err(failed(doing))?;
    if written.rows_affected() != 1 {
        let (published,): (String,) = sqlx::query_as("SELECT digest FROM benchmarks WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed(doing))?;
        return Err(StoreError::OtherBenchmark {
            id: id.clone(),
            published,
            found: digest.clone(),
        });
    }
    let event = RecordEvent::BenchmarkPublished {
        benchmark: id.clone(),
        digest: digest.clone(),
        document_digest,
        files_digest: record::keep_manifest(&mut transaction, &files.text()).await?,
    };
    record::append(&mut transaction, event).await?;
    sqlx::query("DELETE FROM publishing WHERE benchmark_id = $1 AND digest = $2")
        .bind(id)
        .bind(digest)
        .execute(&mut *transaction)
        .await
        .map_err(failed(doing))?;
    transaction.commit().await.map_err(failed(doing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn another_digest_waits_until_a_claim_has_run_out() {
        let folder = tempfile::tempdir().unwrap();
        let pool = crate::database::open(&folder.path().join("scr.sqlite")).await.unwrap();
        let start: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let later = |seconds| start + SignedDuration::from_secs(seconds);
        claim_at(&pool, "b", "one", start).await.unwrap();
        let error = claim_at(&pool, "b", "two", later(1)).await.unwrap_err();
        assert!(matches!(error, StoreError::BeingPublished { .. }), "{error}");
        claim_at(&pool, "b", "one", later(100)).await.unwrap();
        claim_at(&pool, "b", "two", later(219)).await.unwrap_err();
        claim_at(&pool, "b", "two", later(221)).await.unwrap();
        claim_at(&pool, "b", "one", later(222)).await.unwrap_err();
        claim_at(&pool, "other", "one", later(222)).await.unwrap();
    }
}
