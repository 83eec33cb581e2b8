//! Workers: they take jobs from the store, check and score what was handed in, and
//! make entries of what a curator accepts.
//!
//! Knows no page and no account. Any number of workers, in any number of processes,
//! work on one store; what a worker leaves behind when it is killed, the next one
//! takes up. Everything that a job does may be done again: files are written under
//! names that follow from what is in them, and states change once.

mod findings;
mod job;
mod mail;
mod progress;
mod worker;

pub use mail::{MailError, Sender, run_sender};
pub use worker::{Worker, run_worker};

/// Why a job could not be done, apart from what is wrong with the masks.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] scr_store::StoreError),
    /// The benchmark cannot be read as it was added.
    #[error("cannot use the benchmark `{id}`: {source}")]
    Benchmark {
        /// The benchmark.
        id: String,
        /// What is wrong with its folder.
        source: scr_data::DataError,
    },
    /// A thread ended before its time.
    #[error("the work was cut short")]
    Task {
        /// What the runtime says.
        source: tokio::task::JoinError,
    },
}

/// An error with all that caused it, for the log.
fn report(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
