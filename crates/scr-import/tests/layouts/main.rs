//! Imports of folders in the layouts that people have, written by the tests themselves.
#![expect(clippy::disallowed_methods, reason = "tests make files")]

mod documents;
mod faults;
mod fixture;
mod pictures;
mod protocol;
