//! Models in a process of their own.
//!
//! The process reads the model from its standard input, limits itself before it parses a byte of
//! it, and answers each input tensor with an output tensor. Radiographs, cards and masks never
//! reach it. The parent bounds the time of each answer and kills the process.

mod child;
mod confinement;
mod frame;
mod parent;

pub use child::serve_runner;
pub use confinement::Confinement;
pub use parent::Runner;

use serde::{Deserialize, Serialize};

use crate::{ModelDescription, Tensor};

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

/// Message to the process.
#[derive(Debug, Serialize, Deserialize)]
enum Request {
    /// Load a model.
    Load { model: Vec<u8>, output: Option<String>, limits: Limits },
    /// Run it.
    Run(Tensor),
}

/// Answer of the process.
#[derive(Debug, Serialize, Deserialize)]
enum Reply {
    /// The model is loaded.
    Loaded { description: ModelDescription, confinement: Confinement },
    /// The output.
    Output(Tensor),
    /// Problems of the model: place, expected, found, hint.
    Refused(Vec<[String; 4]>),
    /// The runtime cannot load the model.
    LoadFailed(String),
    /// The model failed on this input.
    RunFailed(String),
}
