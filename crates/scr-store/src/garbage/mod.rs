//! Garbage collection: files to which no row refers, listed and deleted.
//!
//! - `collection.rs`: [`Garbage`](collection::Garbage), the handle.
//! - `references.rs`: owners of files, and the files to which their rows refer.
//! - `listing.rs`: all files of a site with their ages, some at a time.
//!
//! Covers published files, uploads and, on engines, the objects of benchmarks' folders. Leaves
//! the folders of benchmarks in a data folder, which an operator may have put there, and scratch
//! folders.

pub(crate) mod collection;
mod listing;
mod references;
