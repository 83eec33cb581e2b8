//! Sets of masks as zip files: the same as their folders, and what is said of
//! archives that are damaged or meant to do harm.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

mod damage;
mod fixture;
mod hostile;
mod same_as_folder;
