//! Importers of original databases into benchmark folders, one file a source.
//!
//! An importer lists all problems before it writes anything, reports every decision, and
//! writes through [`Staging`](crate::Staging), so that an interrupted import resumes where
//! it stopped.

pub mod scr;

/// Progress callback, called after every step from any thread: task, steps done, steps in
/// all.
pub type Progress<'a> = &'a (dyn Fn(&str, usize, usize) + Sync);
