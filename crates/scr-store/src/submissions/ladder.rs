//! Ladders in the database: the scores that each account is shown.

use async_recursion::async_recursion as boxed;
use scr_documents::ResultDocument;
use sqlx::{AnyConnection, AnyPool};
use std::collections::HashMap;

use crate::database::Doing;
use crate::json::{read_json, write_json};
use crate::ladder::Rung;
use crate::settings::settings_in;
use crate::storage_error::StorageError;

/// Stores the scores to show of a submission, in the transaction that stores its result;
/// nothing where the benchmark has no ladder.
#[boxed]
pub(crate) async fn climb(
    connection: &mut AnyConnection,
    submission_id: &str,
    result: &ResultDocument,
) -> Result<(), StorageError> {
    let doing = "store the scores of a ladder";
    let settings = settings_in(connection, &result.benchmark).await?;
    let Some(step) = settings.ladder() else { return Ok(()) };
    let (user_id,): (String,) = sqlx::query_as("SELECT user_id FROM submissions WHERE id = $1")
        .bind(submission_id)
        .fetch_one(&mut *connection)
        .await
        .doing(doing)?;
    let before: Option<(i64, String)> = sqlx::query_as(
        "SELECT number, shown FROM ladders WHERE benchmark_id = $1 AND user_id = $2 \
         ORDER BY number DESC LIMIT 1",
    )
    .bind(&result.benchmark)
    .bind(&user_id)
    .fetch_optional(&mut *connection)
    .await
    .doing(doing)?;
    let (number, rung) = match before {
        Some((number, text)) => (number, read_json(submission_id, "ladder", &text)?),
        None => (0, Rung::default()),
    };
    sqlx::query(
        "INSERT INTO ladders (submission_id, benchmark_id, user_id, number, shown) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(submission_id)
    .bind(&result.benchmark)
    .bind(&user_id)
    .bind(number + 1)
    .bind(write_json(submission_id, "ladder", &rung.after(result, step))?)
    .execute(connection)
    .await
    .doing(doing)?;
    Ok(())
}

/// Scores shown of the submissions of a benchmark, by the identifier of each submission and of
/// its entry.
#[boxed]
pub(crate) async fn rungs(
    pool: &AnyPool,
    benchmark_id: &str,
) -> Result<HashMap<String, Rung>, StorageError> {
    let rows: Vec<(String, Option<String>, String)> = sqlx::query_as(
        "SELECT submission_id, entry_id, shown FROM ladders \
         JOIN submissions ON submissions.id = submission_id WHERE ladders.benchmark_id = $1",
    )
    .bind(benchmark_id)
    .fetch_all(pool)
    .await
    .doing("read the scores of a ladder")?;
    let mut rungs = HashMap::new();
    for (submission, entry, text) in rows {
        let rung: Rung = read_json(&submission, "ladder", &text)?;
        rungs.extend(entry.map(|entry| (entry, rung.clone())));
        rungs.insert(submission, rung);
    }
    Ok(rungs)
}
