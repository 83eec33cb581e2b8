//! Segmentation with ONNX models of any framework.
//!
//! A model is an ONNX file with a [`ModelCard`], which says how a radiograph becomes its input
//! and how its output becomes masks. Models are hostile files: [`ModelDescription::read`] bounds
//! and checks one before anything runs, and [`Runner`] runs it in a process of its own with limits
//! of memory and time. Knows no method, no measure and no site.
//!
//! - [`ModelCard`]: the card, `model.toml` or the metadata of the ONNX file.
//! - [`ModelDescription`]: inputs, outputs and operators of a model.
//! - [`Network`]: a loaded model, from tensor to tensor.
//! - [`Runner`]: a network in a confined process.
//! - [`OnnxSegmenter`]: card and network together, from radiograph to masks.
//! - [`OnnxRun`]: models over the images of a benchmark.

mod benchmark_run;
mod card;
mod card_parsing;
mod completion;
mod description;
mod error;
mod network;
mod onnx_runtime;
mod operators;
mod output;
mod preparation;
mod runner;
mod segmenter;
mod tensor;
mod wire;

pub use benchmark_run::{ModelFile, ModelFiles, ModelProcess, OnnxRun, OnnxRunRecord, write};
pub use card::{Fit, GreyScaling, InputCard, Layout, ModelCard, OutputCard, OutputKind};
pub use card_parsing::mirror_twin;
pub use description::{ModelDescription, TensorDescription};
pub use error::ModelError;
pub use network::{InProcess, Network};
pub use operators::{OPERATORS, OPSETS};
pub use preparation::{Preparation, Prepared};
pub use runner::{
    Confinement, Limits, RUNNER_COMMAND, Runner, RunnerProgram, Runtime, serve_runner,
};
pub use segmenter::{OnnxSegmenter, Segmentation};
pub use tensor::Tensor;
