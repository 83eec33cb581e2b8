//! What people and scripts see of a result: documents, tables and plots.
//!
//! Computes no score and no statistic: everything comes out of an
//! [`Evaluation`](scr_eval::Evaluation). Reads and writes no file.

pub mod document;
pub mod plot;
pub mod table;

pub use document::{
    FoldDocument, ImageDocument, MeasureMap, ResultDocument, SpacingDocument, SummaryDocument,
    UndefinedDocument,
};
