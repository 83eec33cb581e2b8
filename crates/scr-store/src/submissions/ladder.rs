//! Ladders in the database: the scores that each account is shown.

use async_recursion::async_recursion as boxed;
use scr_documents::ResultDocument;
use sqlx::AnyConnection;

use crate::database::Doing;
use crate::json::{read_json, write_json};
use crate::ladder::Rung;
use crate::settings_row::settings_in;
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

/// Scores shown of a submission or of its entry, by the identifier of either; none without a
/// ladder.
#[boxed]
pub(crate) async fn rung(
    connection: &mut AnyConnection,
    id: &str,
) -> Result<Option<Rung>, StorageError> {
    let row: Option<(String,)> = sqlx::query_as(
        "SELECT shown FROM ladders WHERE submission_id = $1 \
         UNION ALL SELECT shown FROM ladders \
         JOIN submissions ON submissions.id = submission_id WHERE entry_id = $1",
    )
    .bind(id)
    .fetch_optional(connection)
    .await
    .doing("read the scores of a ladder")?;
    row.map(|(text,)| read_json(id, "ladder", &text)).transpose()
}
