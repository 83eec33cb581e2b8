//! Publishing: from folders on disk to files and rows in the store.
//!
//! Computes no score; results come with the entry. Images are processed in batches: files are
//! prepared on blocking threads, then written, and the row comes last.

pub(crate) mod batch;
pub(crate) mod benchmark;
pub(crate) mod entry;
pub(crate) mod error;
pub(crate) mod model;
pub(crate) mod posterior;
pub(crate) mod rerun;
