//! Changes of a submission's state: each is one transaction with its line in the log, its next
//! job and its mail.

use async_recursion::async_recursion as boxed;
use scr_documents::SubmissionState;
use sqlx::{AnyConnection, AnyPool};

use super::error::SubmissionError;
use super::job::{JobKind, replace};
use super::letters::mail_change;
use super::rows::{self, Submission};
use crate::database::{Doing, begin_writing};
use crate::storage_error::StorageError;
use crate::time::now;

/// A requested change of state.
pub(super) struct Change<'a> {
    pub(super) to: SubmissionState,
    pub(super) actor: &'a str,
    pub(super) message: &'a str,
    /// Columns to set, with their texts.
    pub(super) set: Vec<(&'static str, String)>,
    /// Next job.
    pub(super) job: Option<JobKind>,
}

/// Makes a change, or nothing.
pub(super) async fn change(
    pool: &AnyPool,
    id: &str,
    change: Change<'_>,
) -> Result<(), SubmissionError> {
    let doing = "change a submission's state";
    let to = change.to;
    let mut transaction = begin_writing(pool).await?;
    if !change_in(&mut transaction, id, change).await? {
        drop(transaction);
        return Err(cannot_become(pool, id, to).await);
    }
    transaction.commit().await.doing(doing)?;
    Ok(())
}

/// Reason for which a change was not made.
#[boxed]
pub(crate) async fn cannot_become(
    pool: &AnyPool,
    id: &str,
    to: SubmissionState,
) -> SubmissionError {
    match rows::get(pool, id).await {
        Ok(Some(Submission { state, .. })) => SubmissionError::State { id: id.into(), state, to },
        Ok(None) => SubmissionError::Unknown { id: id.into() },
        Err(other) => other.into(),
    }
}

/// Changes state, log and job in a transaction. False, and nothing is changed, when the new
/// state may not follow the current one.
pub(super) async fn change_in(
    connection: &mut AnyConnection,
    id: &str,
    change: Change<'_>,
) -> Result<bool, StorageError> {
    let before = SubmissionState::ALL.into_iter().filter(|before| change.to.may_follow(*before));
    let (before, to) = (before.collect::<Vec<_>>(), change.to);
    if !set_state(connection, id, &before, change).await? {
        return Ok(false);
    }
    mail_change(connection, id, to).await?;
    Ok(true)
}

/// Changes state, log and job, without a mail, where the current state is one of `before`. False,
/// and nothing is changed, where it is another. A dead letter of the submission goes.
pub(super) async fn set_state(
    connection: &mut AnyConnection,
    id: &str,
    before: &[SubmissionState],
    Change { to, actor, message, set, job }: Change<'_>,
) -> Result<bool, StorageError> {
    let now = now();
    let before: Vec<String> =
        before.iter().map(|before| format!("'{}'", before.as_str())).collect();
    let columns = set.iter().zip(4..).map(|((column, _), n)| format!(", {column} = ${n}"));
    let query = format!(
        "UPDATE submissions SET state = $1, updated_at = $2{} \
         WHERE id = $3 AND state IN ({})",
        columns.collect::<String>(),
        before.join(", ")
    );
    let mut update = sqlx::query(sqlx::AssertSqlSafe(query)).bind(to.as_str()).bind(&now).bind(id);
    for (_, value) in set {
        update = update.bind(value);
    }
    let updated = update.execute(&mut *connection).await;
    if updated.doing("change a submission's state")?.rows_affected() == 0 {
        return Ok(false);
    }
    log(connection, id, (actor, to, message), &now).await?;
    replace(connection, id, job, &now).await?;
    let delete = sqlx::query("DELETE FROM dead_letters WHERE submission_id = $1").bind(id);
    delete.execute(connection).await.doing("change a submission's state")?;
    Ok(true)
}

/// Marks a submission as published, in the transaction that adds its entry. False when it is
/// not in a state to be published.
#[boxed]
pub(crate) async fn published_in(
    connection: &mut AnyConnection,
    id: &str,
    actor: &str,
    entry_id: &str,
) -> Result<bool, StorageError> {
    let set = vec![("entry_id", entry_id.to_owned())];
    let to = SubmissionState::Published;
    change_in(connection, id, Change { to, actor, message: entry_id, set, job: None }).await
}

/// Adds a line to a submission's log.
#[boxed]
pub(super) async fn log(
    connection: &mut AnyConnection,
    id: &str,
    (actor, state, message): (&str, SubmissionState, &str),
    now: &str,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO submission_log (submission_id, number, at, actor, state, message) \
         SELECT $1, COUNT(*) + 1, $2, $3, $4, $5 FROM submission_log WHERE submission_id = $1",
    )
    .bind(id)
    .bind(now)
    .bind(actor)
    .bind(state.as_str())
    .bind(message)
    .execute(connection)
    .await
    .doing("write a submission's log")?;
    Ok(())
}
