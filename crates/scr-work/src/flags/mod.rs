//! Flags of a submission, for its curator.
//!
//! Decides nothing: a curator answers the flags that cast doubt on the authorship. All
//! comparisons are by the overlap (intersection over union) of objects, with all entries of the
//! benchmark, withdrawn ones too.
//!
//! - `submission.rs`: all flags of one submission, and its differences from each entry.
//! - `folds.rs`: folds of different quality. - `sameness.rs`: masks of an entry or of the
//!   reference. - `naming.rs`: names of entries.
//! - `overlaps.rs`: overlaps in results.

mod folds;
mod naming;
mod overlaps;
mod sameness;
pub(crate) mod submission;
