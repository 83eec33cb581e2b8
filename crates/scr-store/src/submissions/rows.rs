//! A submission, and every change of its state with a line in its log.

use scr_documents::{
    CardDocument, FindingsDocument, ResultDocument, SubmissionProblem, SubmissionState,
    SuspicionsDocument, UploadFingerprint,
};
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, FromRow, Row};

use super::{JobKind, answers};
use crate::database::{begin_writing, failed};
use crate::entries::{now, read_json, write_json};
use crate::mail::letters::tell_of_change;
use crate::{StoreCore, StoreError, ladder};

/// What someone wants to hand in.
#[derive(Debug, Clone)]
pub struct NewSubmission<'a> {
    /// The benchmark that the masks are for.
    pub benchmark_id: &'a str,
    /// Who hands it in.
    pub user_id: &'a str,
    /// What made the masks.
    pub card: &'a CardDocument,
    /// Size of the file to come, in bytes.
    pub size_bytes: u64,
    /// What tells the file again, for an upload that breaks off.
    pub file: Option<&'a UploadFingerprint>,
    /// Whether scoring is to follow on a good check without a question.
    pub confirmed: bool,
    /// The entry that it corrects.
    pub supersedes: Option<&'a str>,
}

/// A submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// Identifier, not to be guessed.
    pub id: String,
    /// The benchmark that the masks are for.
    pub benchmark_id: String,
    /// Who handed it in.
    pub user_id: String,
    /// Where it is.
    pub state: SubmissionState,
    /// What made the masks.
    pub card: CardDocument,
    /// Size of its file in bytes.
    pub size_bytes: u64,
    /// What tells its file again; none where nobody said.
    pub file: Option<UploadFingerprint>,
    /// Whether scoring follows on a good check without a question.
    pub confirmed: bool,
    /// The entry that it corrects.
    pub supersedes: Option<String>,
    /// What a good check found odd.
    pub suspicions: Option<SuspicionsDocument>,
    /// What is wrong with it, where it was rejected by the check.
    pub problems: Vec<SubmissionProblem>,
    /// Its scores with every image's values, once it is scored.
    pub result: Option<ResultDocument>,
    /// What scoring found beside the scores.
    pub findings: Option<FindingsDocument>,
    /// Why it was returned.
    pub message: Option<String>,
    /// The entry that came of it.
    pub entry_id: Option<String>,
    /// When it was begun, RFC 3339 in UTC.
    pub created_at: String,
    /// When its state changed last, RFC 3339 in UTC.
    pub updated_at: String,
}

/// The state that a word in the database names.
pub(super) fn read_state(word: &str) -> Result<SubmissionState, StoreError> {
    SubmissionState::of_word(word).ok_or_else(|| StoreError::Word {
        what: "state of a submission",
        expected: "receiving, received, checked, scoring, awaiting_review, publishing, \
                   published, rejected or withdrawn",
        found: word.into(),
    })
}

/// A change of state to be made.
pub(super) struct Change<'a> {
    pub(super) to: SubmissionState,
    pub(super) actor: &'a str,
    pub(super) message: &'a str,
    /// Columns to set, and their texts.
    pub(super) set: Vec<(&'static str, String)>,
    /// The job that is to follow.
    pub(super) job: Option<JobKind>,
}

/// What the log says of a submission that was accepted and awaits review again.
const NEW_FLAGS: &str = "there are flags that were not there when it was accepted";

const COLUMNS: &str = "id, benchmark_id, user_id, state, card, size_bytes, file, confirmed, \
                       supersedes, suspicions, problems, result, findings, message, entry_id, \
                       created_at, updated_at";
/// The same without what is long.
pub(super) const LIST_COLUMNS: &str = "id, benchmark_id, user_id, state, card, size_bytes, file, confirmed, supersedes, \
     CAST(NULL AS TEXT) AS suspicions, CAST(NULL AS TEXT) AS problems, \
     CAST(NULL AS TEXT) AS result, CAST(NULL AS TEXT) AS findings, message, entry_id, \
     created_at, updated_at";

/// A submission as it lies in the database, or what is wrong with it.
pub(super) struct Written(Result<Submission, StoreError>);

impl Written {
    pub(super) fn read(self) -> Result<Submission, StoreError> {
        self.0
    }
}

impl<'r> FromRow<'r, AnyRow> for Written {
    fn from_row(row: &'r AnyRow) -> Result<Self, sqlx::Error> {
        let id: String = row.try_get("id")?;
        let (state, card): (String, String) = (row.try_get("state")?, row.try_get("card")?);
        let (size_bytes, confirmed): (i64, i64) =
            (row.try_get("size_bytes")?, row.try_get("confirmed")?);
        let text = |column: &str| row.try_get::<Option<String>, _>(column);
        let (file, suspicions) = (text("file")?, text("suspicions")?);
        let (problems, result, findings) = (text("problems")?, text("result")?, text("findings")?);
        let (benchmark_id, user_id) = (row.try_get("benchmark_id")?, row.try_get("user_id")?);
        let (message, entry_id) = (text("message")?, text("entry_id")?);
        let supersedes = text("supersedes")?;
        let (created_at, updated_at) = (row.try_get("created_at")?, row.try_get("updated_at")?);
        let read = || {
            Ok(Submission {
                state: read_state(&state)?,
                card: read_json(&id, "card", &card)?,
                size_bytes: size_bytes.unsigned_abs(),
                file: read_some(&id, "mark of a file", file)?,
                confirmed: confirmed != 0,
                suspicions: read_some(&id, "suspicions", suspicions)?,
                problems: read_some(&id, "problems", problems)?.unwrap_or_default(),
                result: read_some(&id, "result", result)?,
                findings: read_some(&id, "findings", findings)?,
                supersedes,
                benchmark_id,
                user_id,
                message,
                entry_id,
                created_at,
                updated_at,
                id: id.clone(),
            })
        };
        Ok(Self(read()))
    }
}

fn read_some<T: DeserializeOwned>(
    id: &str,
    what: &'static str,
    text: Option<String>,
) -> Result<Option<T>, StoreError> {
    text.map(|text| read_json(id, what, &text)).transpose()
}

impl StoreCore {
    /// Begins a submission; its file is to follow.
    ///
    /// # Errors
    /// As [`may_begin`](Self::may_begin) when it is one too many;
    /// [`StoreError::DiskFull`] when the file would leave too little free;
    /// [`StoreError::Ended`] when the benchmark takes nothing more;
    /// [`StoreError::Database`], also when there is no such benchmark.
    pub async fn begin_submission(&self, new: NewSubmission<'_>) -> Result<Submission, StoreError> {
        self.needs_open(new.benchmark_id).await?;
        self.needs_space(new.size_bytes)?;
        let id = crate::accounts::random_id()?;
        let now = now();
        let state = SubmissionState::Receiving;
        let file = new.file.map(|file| write_json(&id, "mark of a file", file)).transpose()?;
        let mut transaction = self.pool.begin().await.map_err(failed("begin a submission"))?;
        sqlx::query(
            "INSERT INTO submissions (id, benchmark_id, user_id, state, card, size_bytes, file, \
             confirmed, supersedes, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        )
        .bind(&id)
        .bind(new.benchmark_id)
        .bind(new.user_id)
        .bind(state.as_str())
        .bind(write_json(&id, "card", new.card)?)
        .bind(i64::try_from(new.size_bytes).unwrap_or(i64::MAX))
        .bind(file)
        .bind(i64::from(new.confirmed))
        .bind(new.supersedes)
        .bind(&now)
        .execute(&mut *transaction)
        .await
        .map_err(failed("begin a submission"))?;
        super::quota::check_added(&mut transaction, &new).await?;
        log(&mut transaction, &id, (new.user_id, state, ""), &now).await?;
        transaction.commit().await.map_err(failed("begin a submission"))?;
        let begun = self.submission_row(&id).await?;
        begun.ok_or(StoreError::NoSubmission { id })
    }

    /// The submission with this identifier, nothing left out.
    pub(crate) async fn submission_row(&self, id: &str) -> Result<Option<Submission>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM submissions WHERE id = $1");
        let found: Option<Written> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(id)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("read a submission"))?;
        found.map(Written::read).transpose()
    }

    /// Its file is whole: it is to be checked and scored.
    ///
    /// # Errors
    /// [`StoreError::State`] when it is past that; [`StoreError::Ended`] when the benchmark
    /// is over; [`StoreError::Database`].
    pub async fn submission_received(&self, id: &str, actor: &str) -> Result<(), StoreError> {
        if let Some(submission) = self.submission_row(id).await? {
            self.needs_open(&submission.benchmark_id).await?;
        }
        let (to, job) = (SubmissionState::Received, Some(JobKind::Score));
        self.change(id, Change { to, actor, message: "", set: vec![], job }).await
    }

    /// The check found nothing wrong. Scoring follows where its submitter has said so
    /// at the beginning; else it waits for a word.
    ///
    /// # Errors
    /// As [`submission_received`](Self::submission_received).
    pub async fn submission_checked(
        &self,
        submission: &Submission,
        actor: &str,
        suspicions: &SuspicionsDocument,
    ) -> Result<(), StoreError> {
        let id = &submission.id;
        let set = vec![("suspicions", write_json(id, "suspicions", suspicions)?)];
        let (to, message) = (SubmissionState::Checked, "the check found no problem");
        let job = submission.confirmed.then_some(JobKind::Score);
        self.change(id, Change { to, actor, message, set, job }).await
    }

    /// Its submitter wants it scored.
    ///
    /// # Errors
    /// As [`submission_received`](Self::submission_received).
    pub async fn submission_confirmed(&self, id: &str, actor: &str) -> Result<(), StoreError> {
        let (to, job) = (SubmissionState::Scoring, Some(JobKind::Score));
        self.change(id, Change { to, actor, message: "", set: vec![], job }).await
    }

    /// The check, or publishing, found problems.
    ///
    /// # Errors
    /// As [`submission_received`](Self::submission_received).
    pub async fn submission_failed(
        &self,
        id: &str,
        actor: &str,
        problems: &[SubmissionProblem],
    ) -> Result<(), StoreError> {
        let message = &format!("{} problems", problems.len());
        let set = vec![("problems", write_json(id, "problems", &problems)?)];
        let to = SubmissionState::Rejected;
        self.change(id, Change { to, actor, message, set, job: None }).await
    }

    /// It is scored.
    ///
    /// # Errors
    /// As [`submission_received`](Self::submission_received).
    pub async fn submission_scored(
        &self,
        id: &str,
        actor: &str,
        result: &ResultDocument,
        findings: &FindingsDocument,
    ) -> Result<(), StoreError> {
        let set = vec![
            ("result", write_json(id, "result", result)?),
            ("findings", write_json(id, "findings", findings)?),
        ];
        let doing = "keep the scores of a submission";
        let to = SubmissionState::AwaitingReview;
        let change = Change { to, actor, message: "", set, job: None };
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        if !change_in(&mut transaction, id, change).await? {
            drop(transaction);
            return Err(self.cannot_become(id, to).await);
        }
        ladder::climb(&mut transaction, id, result).await?;
        transaction.commit().await.map_err(failed(doing))
    }

    /// A curator agrees: its entry is to be made. `answer` says why it is published all
    /// the same, where there are flags; empty where there are none.
    ///
    /// # Errors
    /// As [`submission_received`](Self::submission_received);
    /// [`StoreError::OwnSubmission`] when the curator handed it in,
    /// [`StoreError::Unanswered`] when there are flags and no answer,
    /// [`StoreError::Answer`] when the answer is too long or not plain.
    pub async fn submission_accepted(
        &self,
        id: &str,
        actor: &str,
        answer: &str,
    ) -> Result<(), StoreError> {
        self.refuse_own(id, actor).await?;
        let (answer, doing) = (answers::checked(answer)?, "accept a submission");
        let (to, job) = (SubmissionState::Publishing, Some(JobKind::Publish));
        let change = Change { to, actor, message: &answer, set: vec![], job };
        let mut transaction = begin_writing(&self.pool).await?;
        if !change_in(&mut transaction, id, change).await? {
            drop(transaction);
            return Err(self.cannot_become(id, to).await);
        }
        let flags = answers::to_answer(&mut transaction, id).await?;
        if answer.is_empty() && !flags.is_empty() {
            return Err(StoreError::Unanswered { id: id.to_owned(), flags });
        }
        transaction.commit().await.map_err(failed(doing))
    }

    /// There are flags that nobody answered, such as an entry of the same masks that was
    /// published meanwhile: it awaits review again.
    ///
    /// # Errors
    /// As [`submission_received`](Self::submission_received).
    pub async fn submission_flagged(
        &self,
        id: &str,
        actor: &str,
        findings: &FindingsDocument,
    ) -> Result<(), StoreError> {
        let set = vec![("findings", write_json(id, "findings", findings)?)];
        let (to, message) = (SubmissionState::AwaitingReview, NEW_FLAGS);
        self.change(id, Change { to, actor, message, set, job: None }).await
    }

    /// A curator returns it; its file is of no more use and is deleted.
    ///
    /// # Errors
    /// As [`submission_accepted`](Self::submission_accepted); [`StoreError::Folder`].
    pub async fn submission_returned(
        &self,
        id: &str,
        actor: &str,
        message: &str,
    ) -> Result<(), StoreError> {
        self.refuse_own(id, actor).await?;
        let set = vec![("message", message.to_owned())];
        let to = SubmissionState::Rejected;
        self.change(id, Change { to, actor, message, set, job: None }).await?;
        self.delete_upload(id)
    }

    /// Its submitter takes it back, and its file is deleted.
    ///
    /// # Errors
    /// As [`submission_received`](Self::submission_received); [`StoreError::Folder`].
    pub async fn submission_withdrawn(&self, id: &str, actor: &str) -> Result<(), StoreError> {
        let to = SubmissionState::Withdrawn;
        self.change(id, Change { to, actor, message: "", set: vec![], job: None }).await?;
        self.delete_upload(id)
    }

    /// Refuses a decision on one's own submission, unless the operator allows it.
    async fn refuse_own(&self, id: &str, actor: &str) -> Result<(), StoreError> {
        let doing = "read whose a submission is";
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT user_id, benchmark_id FROM submissions WHERE id = $1")
                .bind(id)
                .fetch_optional(&self.pool)
                .await
                .map_err(failed(doing))?;
        match row {
            Some((owner, benchmark))
                if owner == actor && !self.benchmark_settings(&benchmark).await?.own_reviews =>
            {
                Err(StoreError::OwnSubmission { id: id.to_owned() })
            }
            _ => Ok(()),
        }
    }

    /// State, log and job at once, or nothing.
    pub(super) async fn change(&self, id: &str, change: Change<'_>) -> Result<(), StoreError> {
        let doing = "change a submission's state";
        let to = change.to;
        let mut transaction = self.pool.begin().await.map_err(failed(doing))?;
        if !change_in(&mut transaction, id, change).await? {
            drop(transaction);
            return Err(self.cannot_become(id, to).await);
        }
        transaction.commit().await.map_err(failed(doing))
    }

    /// Why a change was not made.
    pub(crate) async fn cannot_become(&self, id: &str, to: SubmissionState) -> StoreError {
        match self.submission_row(id).await {
            Ok(Some(Submission { state, .. })) => StoreError::State { id: id.into(), state, to },
            Ok(None) => StoreError::NoSubmission { id: id.into() },
            Err(other) => other,
        }
    }
}

/// Changes state, log and job within a transaction. False, and nothing is changed,
/// when the submission is not in a state that the one wanted may follow.
pub(super) async fn change_in(
    connection: &mut AnyConnection,
    id: &str,
    Change { to, actor, message, set, job }: Change<'_>,
) -> Result<bool, StoreError> {
    let now = now();
    let before: Vec<String> = SubmissionState::ALL
        .into_iter()
        .filter(|before| to.may_follow(*before))
        .map(|before| format!("'{}'", before.as_str()))
        .collect();
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
    if updated.map_err(failed("change a submission's state"))?.rows_affected() == 0 {
        return Ok(false);
    }
    log(connection, id, (actor, to, message), &now).await?;
    super::jobs::replace(connection, id, job, &now).await?;
    tell_of_change(connection, id, to).await?;
    Ok(true)
}

/// Its entry is public, in the transaction that makes it so. False when the submission
/// is not to be published, or no longer.
pub(crate) async fn published_in(
    connection: &mut AnyConnection,
    id: &str,
    actor: &str,
    entry_id: &str,
) -> Result<bool, StoreError> {
    let set = vec![("entry_id", entry_id.to_owned())];
    let to = SubmissionState::Published;
    change_in(connection, id, Change { to, actor, message: entry_id, set, job: None }).await
}

async fn log(
    connection: &mut AnyConnection,
    id: &str,
    (actor, state, message): (&str, SubmissionState, &str),
    now: &str,
) -> Result<(), StoreError> {
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
    .map_err(failed("write a submission's log"))?;
    Ok(())
}
