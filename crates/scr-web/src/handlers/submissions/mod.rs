//! Submission pages, for submitters and curators.
//!
//! - `list.rs`: list of the member's submissions. `page.rs`: page of one submission.
//! - `acts.rs`: form actions. `files.rs`: results as files.
//! - `standing.rs`: standing in the table of results. `log.rs`: changes of state.
//!
//! For everyone else a submission does not exist.

mod access;
mod acts;
mod files;
mod list;
mod log;
mod page;
mod standing;
mod state;

pub(crate) use acts::{confirm, withdraw};
pub(crate) use files::{results_csv, results_json};
pub(crate) use list::list;
pub(crate) use page::submission;

pub(super) use access::{as_entry, wanted};
pub(super) use log::{LogRow, log_rows};
pub(super) use standing::{FoldTable, StandingTable, Vicinity, fold_table, standings};
