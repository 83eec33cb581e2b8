//! Submissions: sets of masks on their way to an entry.
//!
//! Checks and scores nothing: workers do, and record the outcome here.
//!
//! - `handle.rs`: [`Submissions`](handle::Submissions), beginning one and every change of state.
//!   `lists.rs`: lists, logs, progress. `outlines.rs`: outlines of submitted masks.
//! - `rows.rs`: rows. `changes.rs`: a change of state in
//!   one transaction. `letters.rs`: mails about it.
//! - `answers.rs`: curators' answers to flags.
//! - `job.rs`: a job. `jobs.rs`: the queue. `claim.rs`: a worker's claim of a job. `leases.rs`:
//!   leases and retries. `job_end.rs`: jobs that end unfinished. `dead_letters.rs`: rows of jobs
//!   out of attempts. `failed_jobs.rs`: an operator's retry. `job_list.rs`: the list of jobs.
//! - `uploads.rs`: uploads; `upload_file.rs`: as a file, `upload_objects.rs`: as objects.
//!   `chunks.rs`: an upload chunk. `model_run.rs`: the run of a submitted
//!   model. `run_masks.rs`: the masks that it made. `retention.rs`: expiry of uploads.
//! - `arrivals.rs`: waiting for jobs.
//! - `quota.rs`: limits of one account. `ladder.rs`: scores that an account sees.
//!
//! **Every change of state is one transaction with its line in the log and its next job**, so
//! that a submission continues from any state after the process was killed.

pub(crate) mod answers;
pub(crate) mod arrivals;
pub(crate) mod changes;
pub(crate) mod chunks;
pub(crate) mod claim;
pub(crate) mod dead_letters;
pub(crate) mod error;
pub(crate) mod failed_jobs;
pub(crate) mod handle;
pub(crate) mod job;
mod job_end;
pub(crate) mod job_list;
pub(crate) mod jobs;
pub(crate) mod ladder;
mod leases;
mod letters;
mod lists;
pub(crate) mod model_run;
mod outlines;
mod quota;
pub(crate) mod retention;
pub(crate) mod rows;
pub(crate) mod run_masks;
mod upload_file;
pub(crate) mod upload_objects;
pub(crate) mod uploads;
