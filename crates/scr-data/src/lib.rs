//! Benchmarks and sets of masks on disk: the only crate that reads and writes files of images.
//!
//! Computes no score, trains nothing. Problems of a user's files come back as
//! [`Problems`]: all at once, each with the expected and found state and a hint.
//!
//! - [`Benchmark`]: a folder with `benchmark.toml`.
//! - [`formats`]: image formats, of the crate `scr-formats`.
//! - [`MaskSet`]: a set of masks to score, as a folder or a zip file.
//! - [`NewZip`]: writer of zip files.
//! - [`durable`]: durable, atomic writes of files.
//! - [`Output`]: target of `--out`.
//! - [`terminal`]: escaping of untrusted text for a terminal.
//! - [`Staging`]: atomic writes of folders.
//! - [`BenchmarkCopy`]: copy of a benchmark's folder in a site's data folder.
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests make and damage files"))]

pub mod benchmark_file;
pub mod digest;
pub mod durable;
pub mod files;
pub mod terminal;
pub mod validator;

mod benchmark;
mod benchmark_check;
mod benchmark_copy;
mod benchmark_digest;
mod benchmark_files;
mod benchmark_keys;
mod benchmark_parts;
mod checkpoint_file;
mod definition;
mod image_table;
mod landmarks;
mod mask_set;
mod new_zip;
mod output;
mod problems;
mod staging;
mod stamp;

pub use benchmark::{BENCHMARK_EXAMPLE, BENCHMARK_FILE, Benchmark};
pub use benchmark_check::is_identifier;
pub use benchmark_copy::{BenchmarkCopy, CopyOutcome};
pub use checkpoint_file::{CheckpointFile, read_lines};
pub use definition::{Image, Object, Observer, Structure};
pub use landmarks::Landmarks;
pub use mask_set::{CARD, MaskFiles, MaskSet, RUN_RECORD, ZipFiles};
pub use new_zip::NewZip;
pub use output::Output;
pub use problems::{DataError, Problem, Problems};
pub use staging::Staging;
pub use stamp::Stamp;

pub use scr_documents::{Fold, Protocol};
pub use scr_formats as formats;
