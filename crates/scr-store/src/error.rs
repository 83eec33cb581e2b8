//! [`StoreError`]: the sum of all errors of this crate, for callers that use several handles.

use crate::accounts::error::AccountError;
use crate::publish::error::PublishError;
use crate::report_error::ReportError;
use crate::storage_error::{OpenError, StorageError};
use crate::submissions::error::SubmissionError;

/// Error of any handle. Conversions from the handles' errors unwrap nested ones, so that
/// failures of the storage are always [`Storage`](Self::Storage).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be opened.
    #[error(transparent)]
    Open(OpenError),
    /// Refusal of an account, a token or an acceptance of terms.
    #[error(transparent)]
    Account(AccountError),
    /// Refusal of a submission or of a change of its state.
    #[error(transparent)]
    Submission(SubmissionError),
    /// Refusal to publish, or to change what is published.
    #[error(transparent)]
    Publish(PublishError),
    /// Refusal of a reader's report.
    #[error(transparent)]
    Report(ReportError),
    /// The database or the disk failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl StoreError {
    /// Advice for people; empty where the message suffices.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Open(error) => error.hint(),
            Self::Account(error) => error.hint(),
            Self::Submission(error) => error.hint(),
            Self::Publish(error) => error.hint(),
            Self::Report(error) => error.hint(),
            Self::Storage(error) => error.hint(),
        }
    }

    /// True if the cause is a full disk.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_disk_full())
    }

    /// [`hint`](Self::hint) of an error of this crate, whichever handle's it is.
    #[must_use]
    pub fn hint_of(error: &(dyn std::error::Error + 'static)) -> &'static str {
        let hints = [
            error.downcast_ref().map(Self::hint),
            error.downcast_ref().map(OpenError::hint),
            error.downcast_ref().map(AccountError::hint),
            error.downcast_ref().map(SubmissionError::hint),
            error.downcast_ref().map(PublishError::hint),
            error.downcast_ref().map(ReportError::hint),
            error.downcast_ref().map(StorageError::hint),
        ];
        hints.into_iter().flatten().next().unwrap_or_default()
    }
}

impl From<OpenError> for StoreError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Storage(error) => Self::Storage(error),
            other => Self::Open(other),
        }
    }
}

impl From<AccountError> for StoreError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Storage(error) => Self::Storage(error),
            other => Self::Account(other),
        }
    }
}

impl From<SubmissionError> for StoreError {
    fn from(error: SubmissionError) -> Self {
        match error {
            SubmissionError::Storage(error) => Self::Storage(error),
            other => Self::Submission(other),
        }
    }
}

impl From<PublishError> for StoreError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Storage(error) => Self::Storage(error),
            PublishError::Submission(error) => error.into(),
            other => Self::Publish(other),
        }
    }
}

impl From<ReportError> for StoreError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Storage(error) => Self::Storage(error),
            other => Self::Report(other),
        }
    }
}
