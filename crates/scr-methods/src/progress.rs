//! Progress reports of long work.

/// Callback for progress: name of the work, steps done, steps in all. Called from any thread.
pub type Progress<'a> = &'a (dyn Fn(&str, usize, usize) + Sync);
