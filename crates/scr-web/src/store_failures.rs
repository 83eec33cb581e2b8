//! Failures of requests by errors of the store.

use scr_data::Problems;
use scr_store::{
    AccountError, PublishError, ReportError, StorageError, StoreError, SubmissionError,
};

use crate::error::Failure;
use crate::field_error::FieldError;

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Account(error) => error.into(),
            StoreError::Submission(error) => error.into(),
            StoreError::Report(error) => error.into(),
            StoreError::Publish(PublishError::UnknownBenchmark { id }) => {
                Self::NoBenchmark { id, nearest: Vec::new() }
            }
            StoreError::Open(_) | StoreError::Publish(_) | StoreError::Storage(_) => {
                internal(&error)
            }
        }
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        internal(&error.into())
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Invalid { problems } => invalid(&problems),
            AccountError::UnknownBenchmark { id } => Self::NoBenchmark { id, nearest: Vec::new() },
            AccountError::UnknownToken => Self::NoPage,
            AccountError::AddressTaken { .. }
            | AccountError::UnknownUser { .. }
            | AccountError::ScopeRefused { .. }
            | AccountError::Storage(_) => internal(&error.into()),
        }
    }
}

impl From<SubmissionError> for Failure {
    fn from(error: SubmissionError) -> Self {
        match error {
            SubmissionError::State { .. }
            | SubmissionError::OtherClaim { .. }
            | SubmissionError::Chunk { .. } => Self::Conflict { message: error.to_string() },
            SubmissionError::Quota { wait_seconds, .. } => {
                Self::QuotaExceeded { message: error.to_string(), wait_seconds }
            }
            SubmissionError::OwnSubmission { .. }
            | SubmissionError::Unanswered { .. }
            | SubmissionError::OpenUploads { .. }
            | SubmissionError::Unfinished { .. }
            | SubmissionError::Stored { .. }
            | SubmissionError::NoFailedJob { .. }
            | SubmissionError::LostUpload { .. } => {
                Self::Conflict { message: format!("{error}: {}", error.hint()) }
            }
            SubmissionError::Ended { id, at } => Self::Ended { id, at },
            SubmissionError::Unknown { id } => Self::NoSubmission { id },
            SubmissionError::UnknownJob { id } => Self::NoJob { id },
            SubmissionError::Answer { problems } => invalid(&problems),
            SubmissionError::Storage(_) => internal(&error.into()),
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Invalid { problems } => invalid(&problems),
            ReportError::UnknownBenchmark { id } => Self::NoBenchmark { id, nearest: Vec::new() },
            ReportError::UnknownPublication { .. } => Self::NoPage,
            ReportError::Storage(_) => internal(&error.into()),
        }
    }
}

fn invalid(problems: &Problems) -> Failure {
    Failure::InvalidFields { errors: problems.list().iter().map(FieldError::from).collect() }
}

/// Logs an error that is not the client's fault.
fn internal(error: &StoreError) -> Failure {
    tracing::error!(error = error as &dyn std::error::Error, "the store failed");
    if error.is_disk_full() { Failure::StorageFull } else { Failure::Internal }
}
