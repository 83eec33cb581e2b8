//! Loaded models, from tensor to tensor.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, Value, ValueOrView};
use rten_tensor::prelude::*;

use crate::{ModelDescription, ModelError, Tensor, completion, operators};

/// Loaded model.
pub trait Network {
    /// Description of the model.
    fn description(&self) -> &ModelDescription;

    /// Runs the model on one input.
    ///
    /// # Errors
    /// [`ModelError`] where the model fails, or its process.
    fn run(&mut self, input: Tensor) -> Result<Tensor, ModelError>;

    /// Runtime with its version.
    fn runtime(&self) -> String;

    /// Peak memory of the model's process in bytes; `None` without a process of its own, or
    /// where the system does not report it.
    fn peak_bytes(&self) -> Option<u64> {
        None
    }

    /// Words for the measures in force against a hostile model.
    fn confinement(&self) -> String {
        "none: in the caller's process".into()
    }
}

impl Network for Box<dyn Network> {
    fn description(&self) -> &ModelDescription {
        (**self).description()
    }

    fn run(&mut self, input: Tensor) -> Result<Tensor, ModelError> {
        (**self).run(input)
    }

    fn runtime(&self) -> String {
        (**self).runtime()
    }

    fn peak_bytes(&self) -> Option<u64> {
        (**self).peak_bytes()
    }

    fn confinement(&self) -> String {
        (**self).confinement()
    }
}

/// Built-in runtime with its version.
const RTEN: &str = "rten 0.27.0";

/// Model in this process: for models that are trusted.
pub struct InProcess {
    description: ModelDescription,
    model: Model,
    input: NodeId,
    output: NodeId,
    options: RunOptions,
}

impl InProcess {
    /// Loads a model; `place` names it in problems. `output` is the name of its output, needed
    /// where it has several; it runs on `n_threads` threads.
    ///
    /// # Errors
    /// [`ModelError::Refused`] as [`ModelDescription::read`], and for an output that is not
    /// there; [`ModelError::Load`] where the runtime cannot load it.
    pub fn load(
        place: &str,
        bytes: Vec<u8>,
        output: Option<&str>,
        n_threads: usize,
    ) -> Result<Self, ModelError> {
        let description = ModelDescription::read(place, &bytes)?;
        let output = description.output(place, output)?.name.clone();
        let bytes = completion::completed(bytes)?;
        let load = || ModelOptions::with_ops(operators::registry()).load(bytes);
        let model = guarded(load).map_err(ModelError::Load)?;
        let node =
            |name: &str| model.node_id(name).map_err(|error| ModelError::Load(error.to_string()));
        let (input, output) = (node(&description.input.name)?, node(&output)?);
        let threads = rten::ThreadPool::with_num_threads(n_threads);
        // All threads start now: a confined process starts none later.
        threads.run(|| rayon::broadcast(|_| ()));
        let mut options = RunOptions::default();
        options.thread_pool = Some(Arc::new(threads));
        Ok(Self { description, model, input, output, options })
    }
}

impl Network for InProcess {
    fn description(&self) -> &ModelDescription {
        &self.description
    }

    fn run(&mut self, input: Tensor) -> Result<Tensor, ModelError> {
        let run = || {
            let shape = input.shape().to_vec();
            let value = Value::from_shape(&shape, input.values().to_vec())
                .map_err(|error| error.to_string())?;
            let inputs = vec![(self.input, ValueOrView::Value(value))];
            let outputs = self.model.run(inputs, &[self.output], Some(self.options.clone()));
            outputs.map_err(|error| error.to_string())
        };
        let outputs = guarded(run).map_err(ModelError::Run)?;
        let value =
            outputs.into_iter().next().ok_or_else(|| ModelError::Run("no output".into()))?;
        tensor(value).ok_or_else(|| ModelError::Output {
            expected: format!("a tensor of at most {} numbers", Tensor::MAX_VALUES),
            found: "another value".into(),
            hint: String::new(),
        })
    }

    fn runtime(&self) -> String {
        RTEN.into()
    }
}

fn tensor(value: Value) -> Option<Tensor> {
    let (shape, values) = match value {
        Value::FloatTensor(tensor) => (tensor.shape().to_vec(), tensor.to_vec()),
        Value::Int32Tensor(tensor) => {
            (tensor.shape().to_vec(), tensor.to_vec().into_iter().map(|n| n as f32).collect())
        }
        Value::Int8Tensor(tensor) => {
            (tensor.shape().to_vec(), tensor.to_vec().into_iter().map(f32::from).collect())
        }
        Value::UInt8Tensor(tensor) => {
            (tensor.shape().to_vec(), tensor.to_vec().into_iter().map(f32::from).collect())
        }
        _ => return None,
    };
    Tensor::new(shape, values)
}

/// Result of a call into the runtime; a panic there is an error of the model.
pub(crate) fn guarded<T, E: std::fmt::Display>(
    call: impl FnOnce() -> Result<T, E>,
) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("the runtime panicked".into()),
    }
}
