//! Messages between a model's process and its parent.

use serde::{Deserialize, Serialize};

use super::confinement::Confinement;
use super::limits::Limits;
use super::program::Runtime;
use crate::{ModelDescription, Tensor};

/// Message to the process.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// Load a model.
    Load { model: Vec<u8>, output: Option<String>, limits: Limits, runtime: Runtime },
    /// Run it.
    Run(Tensor),
}

/// Answer of the process.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// The model is loaded.
    Loaded { description: ModelDescription, confinement: Confinement, runtime: String },
    /// The output.
    Output(Tensor),
    /// Problems of the model: place, expected, found, hint.
    Refused(Vec<[String; 4]>),
    /// The runtime cannot load the model.
    LoadFailed(String),
    /// The model failed on this input.
    RunFailed(String),
}
