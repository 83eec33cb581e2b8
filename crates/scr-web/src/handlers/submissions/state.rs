//! Submission states in words.

use scr_documents::SubmissionState;

/// State in words.
pub(super) const fn state_words(state: SubmissionState) -> &'static str {
    match state {
        SubmissionState::Receiving => "upload not complete",
        SubmissionState::Received => "received, being checked",
        SubmissionState::Checked => "checked, waiting for your confirmation",
        SubmissionState::Scoring => "being scored",
        SubmissionState::AwaitingReview => "awaiting review",
        SubmissionState::Publishing => "accepted, being published",
        SubmissionState::Published => "published",
        SubmissionState::Rejected => "returned",
        SubmissionState::Withdrawn => "withdrawn",
    }
}
