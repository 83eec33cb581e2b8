//! Models in a process of their own.
//!
//! The process reads the model from its standard input, limits itself before it parses a byte of
//! it, and answers each input tensor with an output tensor. Radiographs, cards and masks never
//! reach it. The parent bounds the time of each answer and kills the process.

mod child;
mod confinement;
mod frame;
mod limits;
mod message;
mod parent;
mod program;

pub use child::serve_runner;
pub use confinement::Confinement;
pub use limits::{Limits, RUNNER_COMMAND};
pub use parent::Runner;
pub use program::{RunnerProgram, Runtime};
