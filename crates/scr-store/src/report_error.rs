//! Refusals of readers' reports: publications and messages.

use crate::storage_error::StorageError;

/// Refusal of a reader's report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Fields of the report are invalid; all problems at once.
    #[error("cannot keep what was reported: {problems}")]
    Invalid {
        /// By field.
        problems: scr_data::Problems,
    },
    /// No such benchmark is published.
    #[error("no benchmark `{id}` is published")]
    UnknownBenchmark {
        /// The identifier.
        id: String,
    },
    /// No publication has the identifier.
    #[error("no publication `{id}` was reported")]
    UnknownPublication {
        /// The identifier.
        id: String,
    },
    /// The database or the disk failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ReportError {
    /// Advice for people; empty where the message suffices.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::UnknownBenchmark { .. } => "publish the benchmark first",
            Self::UnknownPublication { .. } => "`scr admin publication list` names them",
            Self::Storage(error) => error.hint(),
            Self::Invalid { .. } => "",
        }
    }
}
