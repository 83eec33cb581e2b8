//! Refusals of submissions, of changes of their state and of upload chunks.

use crate::storage_error::StorageError;
use scr_documents::SubmissionState;

/// Refusal of a submission, of a change of its state or of an upload chunk.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    /// No submission has the identifier.
    #[error("there is no submission `{id}`")]
    Unknown {
        /// The identifier.
        id: String,
    },
    /// The wanted state cannot follow the current one.
    #[error("submission `{id}` is {}, and cannot become {}", state.as_str(), to.as_str())]
    State {
        /// The submission.
        id: String,
        /// Current state.
        state: SubmissionState,
        /// Wanted state.
        to: SubmissionState,
    },
    /// Another worker has claimed the job since, or the same one in another attempt.
    #[error(
        "the job of submission `{id}` is not the worker's any more, expected its attempt {attempt}"
    )]
    OtherClaim {
        /// The submission.
        id: String,
        /// Attempt of the worker that comes too late.
        attempt: i64,
    },
    /// No job has the identifier.
    #[error("there is no job `{id}`")]
    UnknownJob {
        /// The identifier.
        id: String,
    },
    /// The job with the identifier did not use up its attempts.
    #[error("job `{id}` has attempts left, expected a failed job")]
    NoFailedJob {
        /// The identifier.
        id: String,
    },
    /// The upload of a job to be retried is not whole.
    #[error("the upload of submission `{id}` is lost, expected {expected} bytes, found {found}")]
    LostUpload {
        /// The submission.
        id: String,
        /// Size of the file in bytes.
        expected: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// A curator decides on their own submission.
    #[error("submission `{id}` is the curator's own, expected another curator to decide")]
    OwnSubmission {
        /// The submission.
        id: String,
    },
    /// A curator publishes a flagged submission without an answer to the flags.
    #[error(
        "submission `{id}` has flags, expected an answer to them to publish it: {}",
        flags.join("; ")
    )]
    Unanswered {
        /// The submission.
        id: String,
        /// Messages of the flags.
        flags: Vec<String>,
    },
    /// A curator's answer is invalid; all problems at once.
    #[error("cannot keep the answer: {problems}")]
    Answer {
        /// By field.
        problems: scr_data::Problems,
    },
    /// The operator has ended the benchmark.
    #[error("benchmark `{id}` ended at {at}: it takes no more submissions")]
    Ended {
        /// The benchmark.
        id: String,
        /// Time, RFC 3339 in UTC.
        at: String,
    },
    /// The account has used up its quota of submissions.
    #[error("{count} submissions in {days} days are allowed for this benchmark, and were begun")]
    Quota {
        /// Number of submissions.
        count: u32,
        /// Period in days.
        days: u32,
        /// Time until the next one is allowed.
        wait_seconds: u64,
    },
    /// The account has too many uploads open.
    #[error("at most {count} uploads and {bytes} bytes may be under way at once")]
    OpenUploads {
        /// Limit of uploads.
        count: i64,
        /// Limit of their bytes together.
        bytes: i64,
    },
    /// The account has too many submissions that are not scored yet.
    #[error("at most {count} submissions of one person may wait to be scored at once")]
    Unfinished {
        /// Limit of submissions.
        count: i64,
    },
    /// The files of the account's submissions take too much of the disk.
    #[error("the files of one person's submissions that are not decided may take {bytes} bytes")]
    Stored {
        /// Limit of bytes.
        bytes: i64,
    },
    /// An upload chunk does not follow on the bytes received so far.
    #[error(
        "an upload chunk from byte {offset} to {end} of submission `{id}`, expected one from {here} on and not beyond {size}"
    )]
    Chunk {
        /// The submission.
        id: String,
        /// First byte of the chunk.
        offset: u64,
        /// End of the chunk.
        end: u64,
        /// Bytes received so far.
        here: u64,
        /// Announced size of the file.
        size: u64,
    },
    /// The database or the disk failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl SubmissionError {
    /// Advice for people; empty where the message suffices.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::OwnSubmission { .. } => {
                "on a site of one person the operator allows it: `scr admin benchmark set ID \
                 --own-reviews yes`"
            }
            Self::Unanswered { .. } => {
                "look at the flags, then say why it is published all the same: `scr review ID \
                 --publish --answer TEXT`, or `answer` in the API"
            }
            Self::UnknownJob { .. } => "`scr admin jobs` lists them",
            Self::NoFailedJob { .. } => "`scr admin jobs --failed` lists failed ones",
            Self::LostUpload { .. } => {
                "drop the job, which tells the submitter to hand the masks in again"
            }
            Self::OpenUploads { .. } => "complete or withdraw one of them first",
            Self::Unfinished { .. } => "wait until one of them is scored, or withdraw one",
            Self::Stored { .. } => "wait until one of them is decided, or withdraw one",
            Self::Storage(error) => error.hint(),
            _ => "",
        }
    }
}
