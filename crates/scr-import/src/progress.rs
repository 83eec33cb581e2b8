//! Progress of an import.

/// Progress callback, called after every step from any thread: task, steps done, steps in
/// all.
pub type Progress<'a> = &'a (dyn Fn(&str, usize, usize) + Sync);
