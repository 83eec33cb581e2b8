//! Submission: its state, its log and its problems.

use serde::{Deserialize, Serialize};

use crate::{ResultDocument, SuspicionsDocument, VerifiedRunDocument};

/// State of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SubmissionState {
    /// Its file is being uploaded.
    Receiving,
    /// Its file is complete and waits for its check.
    Received,
    /// The check found no problems; its submitter may have it scored.
    Checked,
    /// A worker scores it.
    Scoring,
    /// It is scored, and waits privately for a curator.
    AwaitingReview,
    /// A curator accepted it; a worker publishes its entry.
    Publishing,
    /// Its entry is public.
    Published,
    /// The check found problems, or a curator returned it.
    Rejected,
    /// Its submitter withdrew it.
    Withdrawn,
}

impl SubmissionState {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Receiving,
        Self::Received,
        Self::Checked,
        Self::Scoring,
        Self::AwaitingReview,
        Self::Publishing,
        Self::Published,
        Self::Rejected,
        Self::Withdrawn,
    ];

    /// The word in the database, in JSON and in the shell.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Received => "received",
            Self::Checked => "checked",
            Self::Scoring => "scoring",
            Self::AwaitingReview => "awaiting_review",
            Self::Publishing => "publishing",
            Self::Published => "published",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Name for people: a rejected submission is "returned".
    #[must_use]
    pub fn name(self) -> String {
        if self == Self::Rejected { "returned".to_owned() } else { self.as_str().replace('_', " ") }
    }

    /// True where this state may follow `before`.
    #[must_use]
    pub const fn may_follow(self, before: Self) -> bool {
        use SubmissionState as S;
        match self {
            S::Receiving => false,
            S::Received => matches!(before, S::Receiving),
            S::Checked => matches!(before, S::Received),
            S::Scoring => matches!(before, S::Checked),
            // Also when an operator cancels its publication, or there are new flags.
            S::AwaitingReview => matches!(before, S::Scoring | S::Publishing),
            S::Publishing => matches!(before, S::AwaitingReview),
            S::Published => matches!(before, S::Publishing),
            S::Rejected => {
                let is_worked_on = matches!(before, S::Received | S::Scoring | S::Publishing);
                is_worked_on || matches!(before, S::Checked | S::AwaitingReview)
            }
            S::Withdrawn => {
                let is_incoming = matches!(before, S::Receiving | S::Received);
                is_incoming || matches!(before, S::Checked | S::AwaitingReview)
            }
        }
    }

    /// True for a final state.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Published | Self::Rejected | Self::Withdrawn)
    }

    /// True while a worker has or gets its job, so that the state changes without a person.
    #[must_use]
    pub const fn is_passing(self) -> bool {
        matches!(self, Self::Received | Self::Scoring | Self::Publishing)
    }

    /// The state that a word names.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A change of state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogLine {
    /// Time, RFC 3339 in UTC.
    pub at: String,
    /// Identifier of the user, or name of the worker.
    pub actor: String,
    /// New state.
    pub state: SubmissionState,
    /// Reason; may be empty.
    pub message: String,
}

/// A problem that the check found in a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubmissionProblem {
    /// The file within the submission.
    pub place: String,
    /// Expected content.
    pub expected: String,
    /// Found content.
    pub found: String,
    /// Advice; empty when the rest says enough.
    pub hint: String,
}

/// Identifies a file when an upload resumes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UploadFingerprint {
    /// Its name on the submitter's machine.
    pub name: String,
    /// SHA-256 of its first bytes, as the uploading program counts them.
    pub beginning: String,
}

/// A submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubmissionAnswer {
    /// Identifier.
    pub submission: String,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Its state.
    pub state: SubmissionState,
    /// Its page on this site: the entry's once it is published.
    pub url: String,
    /// Identifier of the entry that it corrects.
    pub corrects: Option<String>,
    /// Upload fingerprint of its file; null without one.
    pub file: Option<UploadFingerprint>,
    /// Received bytes of its file.
    pub received_bytes: u64,
    /// Size of its file in bytes.
    pub size_bytes: u64,
    /// Suspicions of a good check, worth a look before scoring.
    pub suspicions: Option<SuspicionsDocument>,
    /// Problems of the masks.
    pub problems: Vec<SubmissionProblem>,
    /// True if it was returned for a fault of the site, not of its masks: its upload is kept, and
    /// the operator may try again.
    #[serde(default)]
    pub is_site_fault: bool,
    /// Reason of its return.
    pub message: Option<String>,
    /// Identifier of the entry that came of it.
    pub entry: Option<String>,
    /// Its scores, once it is scored.
    pub results: Option<ResultDocument>,
    /// Verified run of its model, once the site ran it; absent for masks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_run: Option<VerifiedRunDocument>,
    /// Every change of its state.
    pub log: Vec<LogLine>,
}

/// The caller's submissions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubmissionList {
    /// The newest first.
    pub submissions: Vec<ListedSubmission>,
    /// Address of the submissions that follow; null at the end.
    #[serde(default)]
    pub next: Option<String>,
}

/// A submission in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListedSubmission {
    /// Identifier.
    pub submission: String,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Name of the method.
    pub name: String,
    /// Its state.
    pub state: SubmissionState,
    /// Its page on this site: the entry's once it is published.
    pub url: String,
    /// Identifier of the entry that came of it.
    pub entry: Option<String>,
    /// Time of creation, RFC 3339.
    pub created_at: String,
    /// Time of the last change of its state, RFC 3339.
    pub updated_at: String,
}

/// Submissions that await the caller's review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewQueue {
    /// The longest waiting first.
    pub submissions: Vec<WaitingSubmission>,
    /// Address of the submissions that follow; null at the end.
    #[serde(default)]
    pub next: Option<String>,
}

/// A submission that awaits review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingSubmission {
    /// Identifier.
    pub submission: String,
    /// Identifier of the benchmark.
    pub benchmark: String,
    /// Name of the method.
    pub name: String,
    /// Name of the submitter.
    pub submitter: String,
    /// Address of its review page.
    pub url: String,
    /// Start of the wait, RFC 3339.
    pub since: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_follows_what_is_final_and_something_follows_all_else() {
        for before in SubmissionState::ALL {
            let follows = SubmissionState::ALL.iter().any(|after| after.may_follow(before));
            assert_eq!(follows, !before.is_final(), "{before:?}");
        }
    }

    #[test]
    fn a_state_is_the_same_word_everywhere() {
        for state in SubmissionState::ALL {
            assert_eq!(serde_json::to_value(state).expect("a word is JSON"), state.as_str());
            assert_eq!(SubmissionState::of_word(state.as_str()), Some(state));
        }
        assert_eq!(SubmissionState::of_word("lost"), None);
    }
}
