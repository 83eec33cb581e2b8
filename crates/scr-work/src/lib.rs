//! Workers: they take jobs from the store, check and score what was handed in, and
//! make entries of what a curator accepts.
//!
//! Knows no page and no account. Any number of workers, in any number of processes,
//! work on one store; what a worker leaves behind when it is killed, the next one
//! takes up. Everything that a job does may be done again: files are written under
//! names that follow from what is in them, and states change once. After a change of the
//! scoring rules [`rescore`] scores again what is public.
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests make and damage files"))]

mod findings;
mod job;
mod mail;
mod probes;
mod progress;
mod rescore;
mod worker;

pub use mail::{MailError, Sender, run_sender};
pub use rescore::{Rescored, Rescoring, rescore};
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
    /// There is no such benchmark or entry.
    #[error("there is no {what} `{id}` here")]
    NoSuch {
        /// A benchmark or an entry.
        what: &'static str,
        /// The identifier.
        id: String,
    },
    /// The benchmark is not the one that an entry was scored on.
    #[error("entry `{id}` was scored on the benchmark {expected}, found {found}")]
    OtherBenchmark {
        /// The entry.
        id: String,
        /// The digest of what it was scored on.
        expected: String,
        /// The digest of what is here.
        found: String,
    },
    /// Somebody else scored the entry again in the meantime.
    #[error("entry `{id}` was scored again by another process meanwhile")]
    Overtaken {
        /// The entry.
        id: String,
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

impl WorkError {
    /// Whether the reason is that the disk is full.
    fn is_disk_full(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_disk_full())
    }
}
