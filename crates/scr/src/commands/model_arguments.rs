//! Arguments about ONNX models, and their files.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use scr_data::{Problem, Problems};
use scr_onnx::{Limits, ModelCard, ModelDescription, ModelFile, RunnerProgram, Runtime};

/// Options of a model's process.
#[derive(Args)]
pub(crate) struct ProcessOptions {
    /// Memory of the model's process, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(64..=1 << 20))]
    model_memory: u64,
    /// Time of loading the model and of each image, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    model_time: u64,
    /// Run the model by ONNX Runtime, from its shared library such as libonnxruntime.so, in place of
    /// the built-in runtime
    #[arg(long, value_name = "LIBRARY")]
    onnxruntime: Option<PathBuf>,
}

impl ProcessOptions {
    /// Program of the process, with its runtime.
    pub(crate) fn program(&self) -> Result<RunnerProgram> {
        let program = RunnerProgram::this()?;
        let Some(library) = &self.onnxruntime else { return Ok(program) };
        let mut problems = Problems::default();
        let found = library.canonicalize().map_err(|error| Problem::unreadable(library, &error));
        let library = problems.keep(found).unwrap_or_default();
        let library = problems.or(library)?;
        Ok(program.with_runtime(Runtime::OnnxRuntime { library }))
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            memory_bytes: self.model_memory << 20,
            image_s: self.model_time,
            ..Limits::default()
        }
    }
}

/// Reads a model's file, at most as large as the limit.
pub(crate) fn read_model(path: &Path, limits: &Limits) -> Result<ModelFile> {
    let place = path.display().to_string();
    let mut problems = Problems::default();
    let read = || {
        let size = std::fs::metadata(path).map_err(|error| Problem::unreadable(path, &error))?;
        if size.len() > limits.file_bytes {
            let expected = format!("a model of at most {} bytes", limits.file_bytes);
            return Err(Problem::new(&place, expected, format!("{} bytes", size.len()), ""));
        }
        std::fs::read(path).map_err(|error| Problem::unreadable(path, &error))
    };
    let bytes = problems.keep(read()).unwrap_or_default();
    Ok(problems.or(ModelFile { place, bytes })?)
}

/// Text of the card with its place: of the file, or of the model's metadata.
pub(crate) fn read_card(card: Option<&Path>, model: &ModelFile) -> Result<(String, String)> {
    if let Some(path) = card {
        let bytes = scr_data::files::read_file(path);
        let mut problems = Problems::default();
        let bytes = problems.keep(bytes).unwrap_or_default();
        let place = path.display().to_string();
        let Ok(text) = String::from_utf8(problems.or(bytes)?) else {
            bail!("{place}: expected a model card in UTF-8, found other bytes");
        };
        return Ok((place, text));
    }
    let description = ModelDescription::read(&model.place, &model.bytes)?;
    let place = format!("{}, metadata {}", model.place, ModelDescription::CARD_KEY);
    match description.card {
        Some(text) => Ok((place, text)),
        None => bail!(
            "{}: expected a model card, found none in its metadata (write {} and name it with \
             --card, or export the card under the key {})",
            model.place,
            ModelCard::FILE,
            ModelDescription::CARD_KEY
        ),
    }
}
