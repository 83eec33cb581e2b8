//! Workers: they claim jobs from the store, check and score submissions, and publish the entries
//! of accepted ones.
//!
//! Knows no page and no account. Any number of workers, in any number of processes, work on one
//! store; when one is killed, its lease expires and another claims the job. Every step of a job
//! can be repeated: names of files follow from their contents, and states change once.
//! [`rescore`] scores published entries again after a change of the scoring rules, and
//! [`queue_rescores`] lets workers do it.
//! [`rerun_models`] runs the models of verified entries again.
//! [`run_sender`] sends mails.
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests make and damage files"))]

mod background;
mod claimed_job;
mod error;
mod flags;
mod job;
mod kept_model;
mod mail;
mod mask_comparison;
mod model_files;
mod model_job;
mod model_rerun;
mod model_run;
mod probes;
mod progress;
mod queued_rescore;
mod rescore;
mod selected_entries;
mod submitted_masks;
mod worker;

pub use error::WorkError;
pub use mail::{MailError, Sender, run_sender};
pub use model_rerun::{Rerun, RerunChange, RerunEntry, RerunMasks, RerunOptions, rerun_models};
pub use model_run::run_of_operator;
pub use queued_rescore::queue_rescores;
pub use rescore::{RescoreOptions, RescoredEntry, rescore};
pub use selected_entries::EntryChoice;
pub use worker::{Worker, run_worker};
