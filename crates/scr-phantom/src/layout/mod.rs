//! Layouts of a population on disk: a benchmark, or the original files.
//!
//! Both write through [`Staging`]: the folder appears when it is complete, and an
//! interrupted run of the same population resumes where it stopped. Images are drawn on
//! all cores. `scr-data` knows the file formats.

mod benchmark;
mod clinical;
mod originals;
mod writing;

pub use benchmark::{benchmark_file, write_benchmark};
pub use originals::write_originals;
pub use writing::Progress;
