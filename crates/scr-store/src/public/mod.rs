//! Filtered reads for pages and API: values that the operator hides are left out.
//!
//! - `store.rs`: [`PublicStore`](store::PublicStore). It leads to no unfiltered read: no page
//!   can show a hidden value by forgetting a call.
//! - `benchmarks.rs`, `entries.rs`, `submissions.rs`: its handles.
//! - `hiding.rs`: parts of documents that are hidden. `display.rs`: display copies of outlines.

pub(crate) mod benchmarks;
mod display;
pub(crate) mod entries;
mod hiding;
pub(crate) mod store;
mod submissions;
