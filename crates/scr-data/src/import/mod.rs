//! Importers: original databases into benchmark folders, one file a source.
//!
//! An importer lists everything that is missing or wrong before it writes
//! anything, never guesses in silence (what it had to decide is in its report),
//! and writes through [`Staging`](crate::Staging), so that an interrupted import
//! goes on where it stopped.

pub mod scr;

/// Told after every step: what is being done, steps done, steps in all. Called
/// from any thread.
pub type Progress<'a> = &'a (dyn Fn(&str, usize, usize) + Sync);
