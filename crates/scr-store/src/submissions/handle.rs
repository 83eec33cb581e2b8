//! Handle of submissions: beginning one, and every change of its state.

use scr_documents::{
    FindingsDocument, ModelAccess, ResultDocument, SubmissionProblem, SubmissionState,
    SuspicionsDocument,
};
use sqlx::{AnyConnection, AnyPool};

use super::answers;
use super::changes::{Change, cannot_become, change_in, log, set_state};
use super::claim::Claim;
use super::dead_letters::is_upload_kept;
use super::error::SubmissionError;
use super::job::JobKind;
use super::rows::{self, NewSubmission, Submission};
use super::{ladder, quota, uploads};
use crate::database::{Doing, begin_writing};
use crate::folder::DataFolder;
use crate::json::write_json;
use crate::secrets::random_id;
use crate::settings::Settings;
use crate::time::now;

/// Log message of an accepted submission that awaits review again.
const NEW_FLAGS: &str = "there are flags that were not there when it was accepted";

/// Handle of submissions. `S` is the store of single submissions: a [`Store`](crate::Store)
/// with everything, or a [`PublicStore`](crate::PublicStore) without hidden values.
#[derive(Debug)]
pub struct Submissions<'a, S> {
    pub(crate) pool: &'a AnyPool,
    pub(crate) folder: &'a DataFolder,
    pub(crate) store: &'a S,
    /// Claim of the worker that writes; none for people.
    pub(crate) claim: Option<Claim>,
}

impl<S> Submissions<'_, S> {
    /// The same handle for the worker of a claim: changes are made only while the claim holds,
    /// and refused with [`SubmissionError::OtherClaim`] afterwards.
    #[must_use]
    pub fn of_job(self, claim: &Claim) -> Self {
        Self { claim: Some(claim.clone()), ..self }
    }

    /// Checks that an account may begin a submission, as far as possible before its size is
    /// known.
    ///
    /// # Errors
    /// [`SubmissionError::Quota`], [`SubmissionError::OpenUploads`],
    /// [`SubmissionError::Unfinished`] and [`SubmissionError::Stored`] when a limit is
    /// reached; [`SubmissionError::Storage`].
    pub async fn check_quota(
        &self,
        user_id: &str,
        benchmark_id: &str,
    ) -> Result<(), SubmissionError> {
        quota::check_before(self.pool, user_id, benchmark_id).await
    }

    /// Begins a submission; its upload follows.
    ///
    /// # Errors
    /// As [`check_quota`](Self::check_quota) when the quota is used up;
    /// [`SubmissionError::Storage`] when the upload would use the reserve of free space;
    /// [`SubmissionError::Ended`] when the benchmark takes nothing more;
    /// [`SubmissionError::Storage`], also when there is no such benchmark.
    pub async fn begin(&self, new: NewSubmission<'_>) -> Result<Submission, SubmissionError> {
        self.require_open(new.benchmark_id).await?;
        self.folder.require_space(new.size_bytes)?;
        let id = random_id()?;
        let now = now();
        let state = SubmissionState::Receiving;
        let file = new.file.map(|file| write_json(&id, "mark of a file", file)).transpose()?;
        let mut transaction = begin_writing(self.pool).await?;
        sqlx::query(
            "INSERT INTO submissions (id, benchmark_id, user_id, state, card, size_bytes, file, \
             confirmed, supersedes, created_at, updated_at, model_access) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)",
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
        .bind(new.model.map(ModelAccess::as_str))
        .execute(&mut *transaction)
        .await
        .doing("begin a submission")?;
        quota::check_added(&mut transaction, &new).await?;
        log(&mut transaction, &id, (new.user_id, state, ""), &now).await?;
        transaction.commit().await.doing("begin a submission")?;
        let begun = rows::get(self.pool, &id).await?;
        begun.ok_or(SubmissionError::Unknown { id })
    }

    /// Marks the upload as complete, and queues check and scoring.
    ///
    /// # Errors
    /// [`SubmissionError::State`] when its state does not allow it; [`SubmissionError::Ended`]
    /// when the benchmark has ended; [`SubmissionError::Storage`].
    pub async fn mark_received(&self, id: &str, actor: &str) -> Result<(), SubmissionError> {
        if let Some(submission) = rows::get(self.pool, id).await? {
            self.require_open(&submission.benchmark_id).await?;
        }
        let (to, job) = (SubmissionState::Received, Some(JobKind::Score));
        self.change(id, Change { to, actor, message: "", set: vec![], job }).await
    }

    /// Records a check without problems. Scoring follows where the submitter confirmed it in
    /// advance; else the submission waits for the confirmation.
    ///
    /// # Errors
    /// As [`mark_received`](Self::mark_received).
    pub async fn record_check(
        &self,
        submission: &Submission,
        actor: &str,
        suspicions: &SuspicionsDocument,
    ) -> Result<(), SubmissionError> {
        let id = &submission.id;
        let set = vec![("suspicions", write_json(id, "suspicions", suspicions)?)];
        let (to, message) = (SubmissionState::Checked, "the check found no problem");
        let job = submission.confirmed.then_some(JobKind::Score);
        self.change(id, Change { to, actor, message, set, job }).await
    }

    /// Confirms a checked submission, and queues its scoring.
    ///
    /// # Errors
    /// As [`mark_received`](Self::mark_received).
    pub async fn confirm(&self, id: &str, actor: &str) -> Result<(), SubmissionError> {
        let (to, job) = (SubmissionState::Scoring, Some(JobKind::Score));
        self.change(id, Change { to, actor, message: "", set: vec![], job }).await
    }

    /// Records problems and rejects the submission.
    ///
    /// # Errors
    /// As [`mark_received`](Self::mark_received).
    pub async fn record_problems(
        &self,
        id: &str,
        actor: &str,
        problems: &[SubmissionProblem],
    ) -> Result<(), SubmissionError> {
        let message = &format!("{} problems", problems.len());
        let set = vec![("problems", write_json(id, "problems", &problems)?)];
        let to = SubmissionState::Rejected;
        self.change(id, Change { to, actor, message, set, job: None }).await
    }

    /// Records scores and findings.
    ///
    /// # Errors
    /// As [`mark_received`](Self::mark_received).
    pub async fn record_scores(
        &self,
        id: &str,
        actor: &str,
        result: &ResultDocument,
        findings: &FindingsDocument,
    ) -> Result<(), SubmissionError> {
        let set = vec![
            ("result", write_json(id, "result", result)?),
            ("findings", write_json(id, "findings", findings)?),
        ];
        let doing = "record the scores of a submission";
        let to = SubmissionState::AwaitingReview;
        let change = Change { to, actor, message: "", set, job: None };
        let mut transaction = begin_writing(self.pool).await?;
        self.check_claim(&mut transaction, id).await?;
        if !change_in(&mut transaction, id, change).await? {
            drop(transaction);
            return Err(cannot_become(self.pool, id, to).await);
        }
        ladder::climb(&mut transaction, id, result).await?;
        transaction.commit().await.doing(doing)?;
        Ok(())
    }

    /// Accepts a submission for publication. `answer` is the curator's answer to the flags;
    /// empty where there are none.
    ///
    /// # Errors
    /// As [`mark_received`](Self::mark_received);
    /// [`SubmissionError::OwnSubmission`] when the curator is the submitter,
    /// [`SubmissionError::Unanswered`] when flags need an answer and there is none,
    /// [`SubmissionError::Answer`] when the answer is too long or not plain.
    pub async fn accept(&self, id: &str, actor: &str, answer: &str) -> Result<(), SubmissionError> {
        self.refuse_own(id, actor).await?;
        let (answer, doing) = (answers::checked(answer)?, "accept a submission");
        let (to, job) = (SubmissionState::Publishing, Some(JobKind::Publish));
        let change = Change { to, actor, message: &answer, set: vec![], job };
        let mut transaction = begin_writing(self.pool).await?;
        if !change_in(&mut transaction, id, change).await? {
            drop(transaction);
            return Err(cannot_become(self.pool, id, to).await);
        }
        let flags = answers::flags_to_answer(&mut transaction, id).await?;
        if answer.is_empty() && !flags.is_empty() {
            return Err(SubmissionError::Unanswered { id: id.to_owned(), flags });
        }
        transaction.commit().await.doing(doing)?;
        Ok(())
    }

    /// Records new flags of an accepted submission, such as an entry of the same masks that was
    /// published meanwhile. The submission awaits review again.
    ///
    /// # Errors
    /// As [`mark_received`](Self::mark_received).
    pub async fn record_new_flags(
        &self,
        id: &str,
        actor: &str,
        findings: &FindingsDocument,
    ) -> Result<(), SubmissionError> {
        let set = vec![("findings", write_json(id, "findings", findings)?)];
        let (to, message) = (SubmissionState::AwaitingReview, NEW_FLAGS);
        self.change(id, Change { to, actor, message, set, job: None }).await
    }

    /// Returns a submission to its submitter, with a reason, and deletes its upload.
    ///
    /// # Errors
    /// As [`accept`](Self::accept); [`SubmissionError::Storage`].
    pub async fn return_to_submitter(
        &self,
        id: &str,
        actor: &str,
        message: &str,
    ) -> Result<(), SubmissionError> {
        self.refuse_own(id, actor).await?;
        let set = vec![("message", message.to_owned())];
        let to = SubmissionState::Rejected;
        self.change(id, Change { to, actor, message, set, job: None }).await?;
        uploads::delete(self.pool, self.folder, id).await?;
        Ok(())
    }

    /// Withdraws a submission, also one that was rejected for a fault of the site, and deletes its
    /// upload.
    ///
    /// # Errors
    /// As [`mark_received`](Self::mark_received); [`SubmissionError::Storage`].
    pub async fn withdraw(&self, id: &str, actor: &str) -> Result<(), SubmissionError> {
        let (to, doing) = (SubmissionState::Withdrawn, "withdraw a submission");
        let change = Change { to, actor, message: "", set: vec![], job: None };
        let mut transaction = begin_writing(self.pool).await?;
        let is_kept = is_upload_kept(&mut transaction, id).await?;
        let before: Vec<_> = SubmissionState::ALL
            .into_iter()
            .filter(|state| {
                to.may_follow(*state) || (is_kept && *state == SubmissionState::Rejected)
            })
            .collect();
        if !set_state(&mut transaction, id, &before, change).await? {
            drop(transaction);
            return Err(cannot_become(self.pool, id, to).await);
        }
        transaction.commit().await.doing(doing)?;
        uploads::delete(self.pool, self.folder, id).await?;
        Ok(())
    }

    /// Makes a change, or nothing.
    async fn change(&self, id: &str, change: Change<'_>) -> Result<(), SubmissionError> {
        let (to, doing) = (change.to, "change a submission's state");
        let mut transaction = begin_writing(self.pool).await?;
        self.check_claim(&mut transaction, id).await?;
        if !change_in(&mut transaction, id, change).await? {
            drop(transaction);
            return Err(cannot_become(self.pool, id, to).await);
        }
        transaction.commit().await.doing(doing)?;
        Ok(())
    }

    /// Refuses a worker whose job is not its own any more; locks the job of one whose it is.
    pub(super) async fn check_claim(
        &self,
        connection: &mut AnyConnection,
        id: &str,
    ) -> Result<(), SubmissionError> {
        match &self.claim {
            Some(claim) if !claim.hold(connection).await? => {
                Err(SubmissionError::OtherClaim { id: id.to_owned(), attempt: claim.attempt })
            }
            _ => Ok(()),
        }
    }

    /// Refuses a decision on the curator's own submission, unless the operator allows it.
    async fn refuse_own(&self, id: &str, actor: &str) -> Result<(), SubmissionError> {
        let doing = "read the submitter";
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT user_id, benchmark_id FROM submissions WHERE id = $1")
                .bind(id)
                .fetch_optional(self.pool)
                .await
                .doing(doing)?;
        match row {
            Some((owner, benchmark))
                if owner == actor
                    && !Settings { pool: self.pool }.get(&benchmark).await?.own_reviews =>
            {
                Err(SubmissionError::OwnSubmission { id: id.to_owned() })
            }
            _ => Ok(()),
        }
    }

    /// Refuses submissions for a benchmark that its operator has ended.
    async fn require_open(&self, benchmark_id: &str) -> Result<(), SubmissionError> {
        match (Settings { pool: self.pool }).get(benchmark_id).await?.ended_at {
            Some(at) => Err(SubmissionError::Ended { id: benchmark_id.to_owned(), at }),
            None => Ok(()),
        }
    }
}
