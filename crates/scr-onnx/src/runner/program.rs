//! Program of a model's process, and its runtime.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Runtime of a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Runtime {
    /// rten, a part of the program.
    #[default]
    Rten,
    /// ONNX Runtime 1.17 or newer, from its shared library. The library is trusted.
    OnnxRuntime {
        /// Absolute path of the library, such as `libonnxruntime.so.1.32.0`.
        library: PathBuf,
    },
}

/// Program that serves [`RUNNER_COMMAND`](super::RUNNER_COMMAND), with the runtime that it uses.
#[derive(Debug, Clone)]
pub struct RunnerProgram {
    pub(super) path: PathBuf,
    pub(super) runtime: Runtime,
}

impl RunnerProgram {
    /// This program, also after its file was replaced, with [`Runtime::Rten`].
    ///
    /// # Errors
    /// Errors of the system.
    pub fn this() -> io::Result<Self> {
        let running = Path::new("/proc/self/exe");
        let is_linux = cfg!(target_os = "linux") && running.exists();
        let path = if is_linux { running.to_owned() } else { std::env::current_exe()? };
        Ok(Self { path, runtime: Runtime::default() })
    }

    /// The program with another runtime.
    #[must_use]
    pub fn with_runtime(self, runtime: Runtime) -> Self {
        Self { runtime, ..self }
    }

    /// Runtime of the program.
    #[must_use]
    pub const fn runtime(&self) -> &Runtime {
        &self.runtime
    }
}
