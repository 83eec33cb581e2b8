//! Models in ONNX Runtime, from its shared library.

use std::fmt::Display;
use std::path::Path;

use ort::environment::Environment;
use ort::session::Session;
use ort::value::{DynValue, PrimitiveTensorElementType, Tensor as OrtTensor};

use crate::network::guarded;
use crate::{ModelDescription, ModelError, Network, Tensor};

/// Library of ONNX Runtime, loaded into this process.
pub(crate) struct Library {
    environment: Environment,
    /// Name of the file.
    name: String,
}

/// Model in ONNX Runtime.
pub(crate) struct OnnxRuntime {
    description: ModelDescription,
    session: Session,
    output: String,
    library: Library,
}

impl Library {
    /// Loads the library: once a process.
    ///
    /// # Errors
    /// [`ModelError::Load`] where it is no library of ONNX Runtime, or too old.
    pub(crate) fn open(path: &Path) -> Result<Self, ModelError> {
        let open = || {
            let builder = ort::environment::init_from(path).map_err(|error| error.to_string())?;
            builder.with_telemetry(false).build().map_err(|error| error.to_string())
        };
        let environment = guarded(open).map_err(|error| {
            ModelError::Load(format!(
                "{}: expected the shared library of ONNX Runtime 1.17 or newer, found: {error}",
                path.display()
            ))
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { environment, name })
    }

    /// Loads a model; the arguments are those of [`InProcess::load`](crate::InProcess::load).
    ///
    /// # Errors
    /// As [`InProcess::load`](crate::InProcess::load).
    pub(crate) fn load(
        self,
        place: &str,
        bytes: &[u8],
        output: Option<&str>,
        n_threads: usize,
    ) -> Result<OnnxRuntime, ModelError> {
        let description = ModelDescription::read(place, bytes)?;
        let output = description.output(place, output)?.name.clone();
        let load = || {
            let builder = Session::builder(&self.environment).map_err(text)?;
            let builder = builder.with_intra_threads(n_threads).map_err(text)?;
            builder.with_inter_threads(1).map_err(text)?.commit_from_memory(bytes).map_err(text)
        };
        let session = guarded(load).map_err(ModelError::Load)?;
        Ok(OnnxRuntime { description, session, output, library: self })
    }
}

impl Network for OnnxRuntime {
    fn description(&self) -> &ModelDescription {
        &self.description
    }

    fn run(&mut self, input: Tensor) -> Result<Tensor, ModelError> {
        let (session, name, output) =
            (&mut self.session, &self.description.input.name, &self.output);
        let run = || {
            let value = (input.shape().to_vec(), input.values().to_vec());
            let value = OrtTensor::from_array(value).map_err(text)?;
            let outputs = session.run(ort::inputs![name.as_str() => value]).map_err(text)?;
            let value = outputs.get(output.as_str()).ok_or("no output")?;
            tensor(value).ok_or_else(|| {
                format!("expected a tensor of at most {} numbers as output", Tensor::MAX_VALUES)
            })
        };
        guarded(run).map_err(ModelError::Run)
    }

    /// Name of the library, which has the version on most systems, and commit of its build.
    fn runtime(&self) -> String {
        let mut build = ort::info().split([' ', ',']);
        let commit = build.find_map(|word| word.strip_prefix("git-commit-id="));
        format!("onnxruntime, {}, commit {}", self.library.name, commit.unwrap_or("unknown"))
    }
}

/// Tensor of any type of numbers that a model may return.
fn tensor(value: &DynValue) -> Option<Tensor> {
    values::<f32>(value, |number| number)
        .or_else(|| values::<i64>(value, |number| number as f32))
        .or_else(|| values::<i32>(value, |number| number as f32))
        .or_else(|| values::<u8>(value, f32::from))
        .or_else(|| values::<i8>(value, f32::from))
        .or_else(|| values::<bool>(value, f32::from))
}

fn values<T: PrimitiveTensorElementType + Copy>(
    value: &DynValue,
    to_float: impl Fn(T) -> f32,
) -> Option<Tensor> {
    let (shape, values) = value.try_extract_tensor::<T>().ok()?;
    if values.len() > Tensor::MAX_VALUES {
        return None;
    }
    let shape: Result<Vec<usize>, _> = shape.iter().map(|&side| usize::try_from(side)).collect();
    Tensor::new(shape.ok()?, values.iter().map(|&number| to_float(number)).collect())
}

fn text(error: impl Display) -> String {
    error.to_string()
}
