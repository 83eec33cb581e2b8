//! Refusals to publish, or to change what is published.

use crate::storage_error::StorageError;
use crate::submissions::error::SubmissionError;

/// Refusal to publish, or to change what is published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// No such benchmark is published.
    #[error("no benchmark `{id}` is published")]
    UnknownBenchmark {
        /// The identifier.
        id: String,
    },
    /// Another benchmark is published under this identifier.
    #[error("benchmark `{id}` is published with the digest {published}, found {found}")]
    OtherBenchmark {
        /// The identifier.
        id: String,
        /// Digest of the published benchmark.
        published: String,
        /// Digest of the benchmark to publish.
        found: String,
    },
    /// The files of a benchmark changed while they were read.
    #[error("the files of benchmark `{id}` changed meanwhile: expected {expected}, found {found}")]
    Changed {
        /// The identifier.
        id: String,
        /// The digest before.
        expected: String,
        /// The digest after.
        found: String,
    },
    /// Another benchmark is being published under this identifier right now.
    #[error(
        "benchmark `{id}` is being published with another digest, expected to publish {digest}"
    )]
    BeingPublished {
        /// The identifier.
        id: String,
        /// Digest of the benchmark to publish.
        digest: String,
    },
    /// The result belongs to another benchmark or to other masks.
    #[error("cannot publish `{entry}`: the result's {field} is {found}, expected {expected}")]
    OtherResult {
        /// The entry.
        entry: String,
        /// Field of the result.
        field: &'static str,
        /// Value of the benchmark or the masks.
        expected: String,
        /// Value of the result.
        found: String,
    },
    /// Entries were published since the submission was compared with all of them.
    #[error("benchmark `{id}` has {found} entries, expected the {expected} compared with")]
    EntriesSince {
        /// The benchmark.
        id: String,
        /// Number of entries that the submission was compared with.
        expected: u64,
        /// Number of entries now.
        found: u64,
    },
    /// No entry has the identifier.
    #[error("no entry `{id}` is published")]
    UnknownEntry {
        /// The identifier.
        id: String,
    },
    /// The submission is not in a state to be published.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    /// The database or the disk failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl PublishError {
    /// Advice for people; empty where the message suffices.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::UnknownBenchmark { .. } => "publish the benchmark first",
            Self::OtherBenchmark { .. } => {
                "results stay tied to the benchmark they were scored on: \
                 give the changed benchmark another `id` in benchmark.toml, or publish it in \
                 another folder"
            }
            Self::Changed { .. } => "leave the folder alone while it is published, and try again",
            Self::BeingPublished { .. } => "wait until that has ended, then try again",
            Self::OtherResult { .. } => {
                "score exactly these masks on the published benchmark again, with per-image values"
            }
            Self::EntriesSince { .. } => "compare with the entries of now, then publish",
            Self::UnknownEntry { .. } => "`scr admin entry list` names them",
            Self::Submission(error) => error.hint(),
            Self::Storage(error) => error.hint(),
        }
    }
}
