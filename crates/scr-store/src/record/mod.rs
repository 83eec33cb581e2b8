//! Record: hash-chained log of all public changes.
//!
//! Each line is JSON that holds the SHA-256 of the line before, so that a noted head commits
//! to everything up to it. Lines hold digests of cards, results
//! and files, never names or texts of people. `docs/explanation/record.md` says what this proves;
//! `scr verify` checks it.
//!
//! - `event.rs`: [`RecordEvent`](event::RecordEvent), the changes.
//! - `log.rs`: [`RecordLine`](log::RecordLine) and [`RecordHead`](log::RecordHead), appending
//!   and reading lines.
//! - `files.rs`: lists of files. - `evidence.rs`: texts behind the digests.
//! - `adopt.rs`: the first lines of a record.

pub(crate) mod adopt;
pub(crate) mod event;
pub(crate) mod evidence;
pub(crate) mod files;
pub(crate) mod log;
