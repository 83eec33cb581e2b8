//! Sets of masks as zip files: equality with folders, damaged archives and hostile
//! archives.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests make and damage files")]

mod damage;
mod fixture;
mod hostile;
mod same_as_folder;
