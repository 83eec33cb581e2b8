//! Rows of submissions.

use crate::database::Doing;
use crate::json::{read_json, read_some};
use crate::storage_error::StorageError;
use crate::submissions::model_run::{ModelRun, access_of_word};
use scr_documents::{
    CardDocument, FindingsDocument, ModelAccess, ResultDocument, SubmissionProblem,
    SubmissionState, SuspicionsDocument, UploadFingerprint,
};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, FromRow, Row};

/// A new submission.
#[derive(Debug, Clone)]
pub struct NewSubmission<'a> {
    /// Its benchmark.
    pub benchmark_id: &'a str,
    /// Account of the submitter.
    pub user_id: &'a str,
    /// Description of the method.
    pub card: &'a CardDocument,
    /// Announced size of the upload, in bytes.
    pub size_bytes: u64,
    /// Identifies the file when the upload resumes.
    pub file: Option<&'a UploadFingerprint>,
    /// Starts scoring after a good check, without asking.
    pub confirmed: bool,
    /// Entry that it corrects.
    pub supersedes: Option<&'a str>,
    /// Access to its model; none for masks.
    pub model: Option<ModelAccess>,
}

/// A submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// Random identifier, which nobody can guess.
    pub id: String,
    /// Its benchmark.
    pub benchmark_id: String,
    /// Account of the submitter.
    pub user_id: String,
    /// Current state.
    pub state: SubmissionState,
    /// Description of the method.
    pub card: CardDocument,
    /// Size of the upload in bytes.
    pub size_bytes: u64,
    /// Fingerprint of the file; none where the submitter gave none.
    pub file: Option<UploadFingerprint>,
    /// True where scoring follows a good check without asking.
    pub confirmed: bool,
    /// Entry that it corrects.
    pub supersedes: Option<String>,
    /// Access to its model; none for masks, or where the submitter did not say.
    pub model: Option<ModelAccess>,
    /// Run of its model, once a worker ran it.
    pub run: Option<ModelRun>,
    /// Suspicions of a good check.
    pub suspicions: Option<SuspicionsDocument>,
    /// Problems for which the check rejected it.
    pub problems: Vec<SubmissionProblem>,
    /// Scores with every image's values, once it is scored.
    pub result: Option<ResultDocument>,
    /// Flags and comparisons, once it is scored.
    pub findings: Option<FindingsDocument>,
    /// Reason of the curator who returned it.
    pub message: Option<String>,
    /// True while a dead letter of its job waits for the operator.
    pub has_dead_letter: bool,
    /// Published entry.
    pub entry_id: Option<String>,
    /// Creation time, RFC 3339 in UTC.
    pub created_at: String,
    /// Time of the last change of state, RFC 3339 in UTC.
    pub updated_at: String,
}

impl Submission {
    /// True if it was rejected because its job failed, not for its masks: the upload is kept, and
    /// the operator may retry the job.
    #[must_use]
    pub const fn is_site_fault(&self) -> bool {
        self.has_dead_letter && matches!(self.state, SubmissionState::Rejected)
    }

    /// True if its submitter may withdraw it.
    #[must_use]
    pub const fn may_be_withdrawn(&self) -> bool {
        SubmissionState::Withdrawn.may_follow(self.state) || self.is_site_fault()
    }
}

/// State that a word in the database names.
pub(super) fn read_state(word: &str) -> Result<SubmissionState, StorageError> {
    SubmissionState::of_word(word).ok_or_else(|| StorageError::Word {
        what: "state of a submission",
        expected: "receiving, received, checked, scoring, awaiting_review, publishing, \
                   published, rejected or withdrawn",
        found: word.into(),
    })
}

const COLUMNS: &str = "id, benchmark_id, user_id, state, card, size_bytes, file, confirmed, \
                       supersedes, suspicions, problems, result, findings, message, entry_id, \
                       model_access, model_run, created_at, updated_at, \
                       (SELECT COUNT(*) FROM dead_letters WHERE submission_id = id) AS letters";
/// The same, with long columns left out.
pub(super) const LIST_COLUMNS: &str = "id, benchmark_id, user_id, state, card, size_bytes, file, confirmed, supersedes, \
     CAST(NULL AS TEXT) AS suspicions, CAST(NULL AS TEXT) AS problems, \
     CAST(NULL AS TEXT) AS result, CAST(NULL AS TEXT) AS findings, message, entry_id, \
     model_access, CAST(NULL AS TEXT) AS model_run, created_at, updated_at, \
     (SELECT COUNT(*) FROM dead_letters WHERE submission_id = id) AS letters";

/// Columns of a submission, parsed; or the error of parsing them.
pub(super) struct SubmissionColumns(Result<Submission, StorageError>);

impl SubmissionColumns {
    pub(super) fn read(self) -> Result<Submission, StorageError> {
        self.0
    }
}

impl<'r> FromRow<'r, AnyRow> for SubmissionColumns {
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
        let (model, run) = (text("model_access")?, text("model_run")?);
        let letters: i64 = row.try_get("letters")?;
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
                model: model.as_deref().map(access_of_word).transpose()?,
                run: read_some(&id, "run of a model", run)?,
                supersedes,
                benchmark_id,
                user_id,
                message,
                has_dead_letter: letters > 0,
                entry_id,
                created_at,
                updated_at,
                id: id.clone(),
            })
        };
        Ok(Self(read()))
    }
}

/// The submission with this identifier, with all columns.
pub(crate) async fn get(pool: &AnyPool, id: &str) -> Result<Option<Submission>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM submissions WHERE id = $1");
    let found: Option<SubmissionColumns> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .bind(id)
        .fetch_optional(pool)
        .await
        .doing("read a submission")?;
    found.map(SubmissionColumns::read).transpose()
}
