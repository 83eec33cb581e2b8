//! Submission pages, for submitters and curators.
//!
//! - `list.rs`: one's own. `page.rs`: one of them, on its way.
//! - `acts.rs`: what its forms do.
//! - `standing.rs`: where its scores would stand. `log.rs`: what became of it.
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
pub(super) use standing::{FoldRow, StandingTable, Vicinity, fold_rows, standings};
