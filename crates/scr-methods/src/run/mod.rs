//! Runs: training on one fold, segmenting the other, and both ways.

mod memory;
mod segmenting;
mod training;
mod two_fold;

pub use segmenting::{SeenImages, segment_fold};
pub use training::train;
pub use two_fold::{Job, RunCost, RunPlan, RunRecord, TwoFold};
