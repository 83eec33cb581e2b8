//! Benchmarks, sets of masks and image files on disk: the only room that reads
//! and writes image files.
//!
//! Computes no score, trains nothing. Whatever is wrong with a user's files comes
//! back as [`Problems`]: all of them at once, each with what was expected, what
//! was found and what to do.
//!
//! - [`Benchmark`]: a folder with `benchmark.toml`.
//! - [`MaskSet`]: a folder of masks that someone wants scored, or a zip file of one.
//! - [`durable`]: how files last.
//! - [`Output`]: where `--out` writes to.
//! - [`terminal`]: text of others, as a terminal may show it.
//! - [`Staging`]: how folders are written, whole or not at all.
//! - [`BenchmarkCopy`]: a benchmark's folder at the place where a site keeps it.
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests make and damage files"))]

pub mod benchmark_file;
pub mod digest;
pub mod durable;
pub mod files;
pub mod formats;
pub mod import;
pub mod terminal;

mod benchmark;
mod benchmark_check;
mod benchmark_copy;
mod benchmark_files;
mod definition;
mod landmarks;
mod mask_set;
mod output;
mod problems;
mod staging;

pub use benchmark::{BENCHMARK_FILE, Benchmark};
pub use benchmark_check::is_identifier;
pub use benchmark_copy::{BenchmarkCopy, Copied};
pub use definition::{Fold, Image, Object, Observer, Structure};
pub use landmarks::Landmarks;
pub use mask_set::{MaskSet, RUN_RECORD};
pub use output::Output;
pub use problems::{DataError, Problem, Problems};
pub use staging::Staging;
