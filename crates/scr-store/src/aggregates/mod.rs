//! Aggregates: the summaries of listed entries as rows, by which tables order, rank and page.
//!
//! Rows hold what the site may show, so that no order can tell more: a change of the filter
//! makes them anew. Derived from entries and results; nothing is lost with them.
//!
//! - `rows.rs`: rows of a result. `write.rs`, `remove.rs`: adding and removing those of an entry.
//! - `fill.rs`: all that are missing or out of date, in small steps.
//!
//! `public/standings.rs` reads them.

pub(crate) mod fill;
pub(crate) mod remove;
pub(crate) mod rows;
pub(crate) mod write;
