//! What people and scripts see of a result: documents, tables, plots, the report.
//!
//! Computes no score and no statistic: everything comes out of
//! [`scr_eval`]. Reads and writes no file.
//!
//! - [`result_document`] and [`comparison_document`]: the JSON of one result and of several.
//! - [`tables`]: their tables, which [`layout`] writes as text, Markdown or LaTeX;
//!   [`csv`] has every number in full.
//! - [`plot`]: plots as SVG.
//! - [`figures`]: figures that stand alone, with pictures inside.
//! - [`html`]: the report that stands alone.
//! - [`measures`]: the measures explained.

pub mod comparison;
pub mod csv;
mod document;
pub mod figures;
pub mod html;
pub mod layout;
pub mod measures;
pub mod plot;
pub mod tables;

pub use comparison::{NamedResult, comparison_document};
pub use document::{result_document, summary_document};
