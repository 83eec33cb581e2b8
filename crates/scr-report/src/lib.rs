//! Output forms of results: documents, tables, plots and the report.
//!
//! Computes no score and no statistic: all values come from [`scr_eval`]. Reads and writes
//! no file.
//!
//! - [`result_document`] and [`comparison_document`]: the JSON of one result and of several;
//!   [`shard_document`] that of a part of one.
//! - [`board`]: all results of a benchmark, and [`listing`]: their list with ranks.
//! - [`tables`]: their tables, which [`layout`] writes as text, Markdown or LaTeX;
//!   [`csv`] and `parquet`, a feature, have every number in full precision.
//! - [`numbers`]: formats of numbers, and [`standings`]: order and ranks, for pages and
//!   tables.
//! - [`plot`]: plots as SVG.
//! - [`figures`]: self-contained figures with pictures.
//! - [`html`]: the self-contained report.
//! - [`sheet`]: contact sheet of a benchmark.
//! - [`measures`]: reference of the measures.

pub mod board;
pub mod comparison;
pub mod csv;
mod document;
pub mod figures;
pub mod html;
pub mod layout;
pub mod listing;
pub mod measures;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod plot;
mod shard;
pub mod sheet;
pub mod tables;

pub use comparison::{NamedResult, comparison_document};
pub use document::{image_documents, result_document, summary_document, write_json};
pub use scr_standings::{numbers, standings};
pub use shard::{checkpoint_image, read_checkpoint_image, read_shard, shard_document};
