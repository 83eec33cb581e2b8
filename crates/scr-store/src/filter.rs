//! Filter of a benchmark's hidden values, by the settings in the database.

use async_recursion::async_recursion as boxed;
use scr_documents::BenchmarkDocument;
use sqlx::{AnyConnection, AnyPool};

use crate::database::Doing;
use crate::hiding::Hiding;
use crate::json::read_json;
use crate::settings_row::settings_in;
use crate::storage_error::StorageError;
use crate::submissions::ladder::rung;

/// Filter of a benchmark, with the scores that its ladder shows of `ids`: identifiers of
/// entries or submissions.
#[boxed]
pub(crate) async fn filter(
    pool: &AnyPool,
    benchmark_id: &str,
    ids: &[&str],
) -> Result<Hiding, StorageError> {
    let mut connection = pool.acquire().await.doing("read settings")?;
    let mut hiding = filter_in(&mut connection, benchmark_id).await?;
    for id in ids {
        add_rung(&mut connection, &mut hiding, id).await?;
    }
    Ok(hiding)
}

/// Filter of a benchmark, without the scores of its ladder.
#[boxed]
pub(crate) async fn filter_in(
    connection: &mut AnyConnection,
    benchmark_id: &str,
) -> Result<Hiding, StorageError> {
    let settings = settings_in(connection, benchmark_id).await?;
    let row: Option<(String,)> = sqlx::query_as("SELECT document FROM benchmarks WHERE id = $1")
        .bind(benchmark_id)
        .fetch_optional(connection)
        .await
        .doing("read a benchmark")?;
    let missing = || StorageError::Missing { what: "benchmark", id: benchmark_id.to_owned() };
    let (text,) = row.ok_or_else(missing)?;
    let document: BenchmarkDocument = read_json(benchmark_id, "benchmark", &text)?;
    Ok(Hiding::new(settings, &document))
}

/// Adds to a filter what its ladder shows of an entry or a submission.
#[boxed]
pub(crate) async fn add_rung(
    connection: &mut AnyConnection,
    hiding: &mut Hiding,
    id: &str,
) -> Result<(), StorageError> {
    if hiding.has_ladder()
        && let Some(rung) = rung(connection, id).await?
    {
        hiding.add_rung(id, rung);
    }
    Ok(())
}
