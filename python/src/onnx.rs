//! Masks by ONNX models.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use scr_data::{Benchmark, DataError, Problem, Problems, files};
use scr_onnx::{
    Limits, ModelDescription, ModelError, ModelFile, ModelFiles, ModelProcess, OnnxRun,
};

use crate::{background, problems};

/// Segment all images of a benchmark with an ONNX model, as `scr run onnx` does, but in
/// this process: for models that you trust.
///
/// Parameters
/// ----------
/// model : path
///     ONNX file. Beside model_fold_2 the one trained on fold 1, which segments fold 2.
/// benchmark : path
///     Folder of the benchmark.
/// out : path
///     Folder of masks to write, STRUCTURE/IMAGE.png; an interrupted run resumes.
/// card : path, optional
///     Model card; by default that of the model's metadata.
/// model_fold_2 : path, optional
///     ONNX file trained on fold 2, which segments fold 1.
/// soft : path, optional
///     Folder of probabilities to write, as 16-bit PNGs.
///
/// Returns
/// -------
/// str
///     The record of the run as JSON: digest of the models, runtime, time an image.
///
/// Raises
/// ------
/// ProblemsError
///     For a model, a card or a benchmark that cannot be used, with everything that is wrong.
/// RuntimeError
///     Where the model fails.
#[pyfunction]
#[pyo3(signature = (model, benchmark, out, card=None, model_fold_2=None, soft=None))]
#[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
pub(crate) fn run_onnx(
    py: Python<'_>,
    model: PathBuf,
    benchmark: PathBuf,
    out: PathBuf,
    card: Option<PathBuf>,
    model_fold_2: Option<PathBuf>,
    soft: Option<PathBuf>,
) -> PyResult<String> {
    let found = background::run(py, |on_image| {
        let fold_2 = model_fold_2.as_deref().map(read).transpose()?;
        let models = ModelFiles { model: read(&model)?, fold_2 };
        let (place, text) = read_card(card.as_deref(), &models.model)?;
        let run = OnnxRun {
            benchmark: &Benchmark::open(&benchmark)?,
            models: &models,
            card: (&place, &text),
            process: ModelProcess::Own,
            limits: Limits::default(),
            stop: &AtomicBool::new(false),
        };
        run.run(&out, soft.as_deref(), &|_, _| on_image())
    })?;
    let record = found.map_err(|error| match error {
        ModelError::Refused(error) => problems::to_exception(py, &error),
        other => PyRuntimeError::new_err(other.to_string()),
    })?;
    Ok(record.to_json())
}

fn read(path: &Path) -> Result<ModelFile, DataError> {
    let place = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Problem::unreadable(path, &error));
    let mut problems = Problems::default();
    let bytes = problems.keep(bytes).unwrap_or_default();
    problems.or(ModelFile { place, bytes })
}

fn read_card(card: Option<&Path>, model: &ModelFile) -> Result<(String, String), ModelError> {
    let mut problems = Problems::default();
    let found = match card {
        Some(path) => {
            let place = path.display().to_string();
            let text = files::read_file(path).and_then(|bytes| {
                String::from_utf8(bytes)
                    .map_err(|_| Problem::new(&place, "a model card in UTF-8", "other bytes", ""))
            });
            problems.keep(text).map(|text| (place, text))
        }
        None => {
            let description = ModelDescription::read(&model.place, &model.bytes)?;
            let card = description.card.ok_or_else(|| {
                let hint = "give the path of model.toml as card";
                Problem::new(&model.place, "a model card in the metadata", "none", hint)
            });
            problems.keep(card).map(|text| (format!("{}, card", model.place), text))
        }
    };
    Ok(problems.or(found)?.unwrap_or_default())
}
