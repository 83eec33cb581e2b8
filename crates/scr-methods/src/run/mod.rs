//! Runs: training on one part of a benchmark, segmenting another, as its protocol says.

mod benchmark_run;
mod segmenting;
mod training;

pub use benchmark_run::{BenchmarkRun, Job, RunCost, RunPlan, RunRecord};
pub use segmenting::{SeenImages, segment_fold};
pub use training::train;
