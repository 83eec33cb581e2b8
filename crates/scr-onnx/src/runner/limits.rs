//! Limits of a model's process.

use serde::{Deserialize, Serialize};

/// Subcommand of the program that serves a runner.
pub const RUNNER_COMMAND: &str = "model-runner";

/// Limits of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Size of the file in bytes.
    pub file_bytes: u64,
    /// Memory of the process in bytes, beyond what the program itself takes.
    pub memory_bytes: u64,
    /// Time of loading and of each image in seconds.
    pub image_s: u64,
    /// Number of threads.
    pub n_threads: usize,
}

impl Default for Limits {
    /// 512 MB, 4 GiB of memory, 60 s an image, all cores.
    fn default() -> Self {
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { file_bytes: 512_000_000, memory_bytes: 4 << 30, image_s: 60, n_threads }
    }
}
