//! Filtered reads for pages and API: values that the operator hides are left out.
//!
//! - `store.rs`: [`PublicStore`](store::PublicStore). It leads to no unfiltered read: no page
//!   can show a hidden value by forgetting a call.
//! - `benchmarks.rs`, `entries.rs`, `submissions.rs`: its handles. `standings.rs`: tables of
//!   results, `listed.rs`: lists of entries, `download.rs`: whole columns of tables.
//! - `display.rs`: display copies of outlines. `hiding.rs` of this crate is the filter.

pub(crate) mod benchmarks;
mod display;
pub(crate) mod download;
pub(crate) mod entries;
pub(crate) mod listed;
mod ranking;
mod rows;
pub(crate) mod standings;
pub(crate) mod store;
mod submissions;
pub(crate) mod table;
