//! Failures of the work, apart from problems of the submitted masks.

use scr_store::{PublishError, StorageError, StoreError, SubmissionError};

/// Failure of a job, apart from problems of the submitted masks.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder of the benchmark cannot be read.
    #[error("cannot use the benchmark `{id}`: {source}")]
    Benchmark {
        /// The benchmark.
        id: String,
        /// Problems of its folder.
        source: scr_data::DataError,
    },
    /// No benchmark or entry has the identifier.
    #[error("there is no {what} `{id}` here")]
    NoSuch {
        /// Kind: a benchmark or an entry.
        what: &'static str,
        /// The identifier.
        id: String,
    },
    /// The entry was scored on another benchmark.
    #[error("entry `{id}` was scored on the benchmark {expected}, found {found}")]
    OtherBenchmark {
        /// The entry.
        id: String,
        /// Digest of that benchmark.
        expected: String,
        /// Digest of the benchmark here.
        found: String,
    },
    /// Another process has scored the entry again meanwhile.
    #[error("entry `{id}` was scored again by another process meanwhile")]
    Overtaken {
        /// The entry.
        id: String,
    },
    /// The benchmark takes no models.
    #[error("benchmark `{id}` takes no models, expected limits to run them within")]
    NoModels {
        /// The benchmark.
        id: String,
    },
    /// The background threads cannot be started.
    #[error("cannot start background threads")]
    Threads {
        /// Error of the library.
        source: rayon::ThreadPoolBuildError,
    },
    /// A background thread panicked.
    #[error("the work was cut short by a panic")]
    Panicked,
}

impl WorkError {
    /// True if the cause is a full disk.
    pub(crate) fn is_disk_full(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_disk_full())
    }
}

impl WorkError {
    /// True if the same job may succeed later: database or bucket cannot be reached.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Store(StoreError::Storage(error)) if error.is_passing())
    }
}

impl From<StorageError> for WorkError {
    fn from(error: StorageError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<SubmissionError> for WorkError {
    fn from(error: SubmissionError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<PublishError> for WorkError {
    fn from(error: PublishError) -> Self {
        StoreError::from(error).into()
    }
}

/// Text of an error with all its causes, for the log.
pub(crate) fn report(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
