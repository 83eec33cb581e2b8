//! Shards of an evaluation for other processes, and their merge.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use scr_data::{Benchmark, DataError, Problem, Problems};
use scr_documents::ShardDocument;
use scr_eval::{EvaluationPart, Shard};
use scr_report::{read_shard, result_document};

use crate::folder::{Scoring, warn};
use crate::result::EvaluationResult;
use crate::{background, problems};

/// Score the images of one shard, as `scr evaluate --shard` does. merge() makes one
/// result of all shards, which other processes and machines may have scored.
///
/// Parameters
/// ----------
/// masks, benchmark, observer, measures, labels
///     As in evaluate_dir(), the same for all shards.
/// shard : str
///     "I/N", the I-th of N shards, I from 1: "2/8". N is at most 100,000.
///
/// Returns
/// -------
/// str
///     The shard as JSON, byte for byte the output of `scr evaluate --shard`.
///
/// Raises
/// ------
/// ProblemsError, KeyboardInterrupt
///     As evaluate_dir(), and for a text that is no shard.
///
/// Runs on all cores, or as many as the environment's RAYON_NUM_THREADS says.
#[pyfunction]
#[pyo3(signature = (masks, benchmark, shard, observer="reference", measures=None, labels=None))]
#[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
pub(crate) fn evaluate_shard(
    py: Python<'_>,
    masks: PathBuf,
    benchmark: PathBuf,
    shard: &str,
    observer: &str,
    measures: Option<Vec<String>>,
    labels: Option<&Bound<'_, PyDict>>,
) -> PyResult<String> {
    let mut problems = Problems::default();
    let parsed = shard.parse::<Shard>();
    let parsed = problems.keep(
        parsed.map_err(|error| Problem::new("shard", error.to_string(), format!("`{shard}`"), "")),
    );
    let shard = problems::or_exception(py, problems, parsed)?.unwrap_or(Shard::WHOLE);
    let scoring = Scoring::new(py, observer, measures.as_deref(), true, labels)?;
    let found = background::run(py, |on_image| {
        scoring.score_shard(&Benchmark::open(&benchmark)?, &masks, shard, on_image)
    })?;
    let (part, notices) = found.map_err(|error| problems::to_exception(py, &error))?;
    warn(py, &notices)?;
    Ok(scr_report::shard_document(&part).to_json())
}

/// Merge all shards of an evaluation into one result, as `scr merge` does: the bytes of
/// one run.
///
/// Parameters
/// ----------
/// shards : list of str
///     Texts of evaluate_shard(), all of them, in any order.
/// per_image : bool
///     Whether to keep every image's values.
///
/// Returns
/// -------
/// Result
///
/// Raises
/// ------
/// ProblemsError
///     A ValueError with every shard that is missing, there twice, of another evaluation
///     or of other files.
#[pyfunction]
#[pyo3(signature = (shards, per_image=true))]
#[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
pub(crate) fn merge(
    py: Python<'_>,
    shards: Vec<String>,
    per_image: bool,
) -> PyResult<EvaluationResult> {
    let merged = py.detach(|| {
        let mut problems = Problems::default();
        let parts = shards.iter().enumerate().filter_map(|(index, text)| {
            let place = format!("shards[{index}]");
            let part = problems.keep(read(&place, text))?;
            Some((place, part))
        });
        let parts: Vec<(String, EvaluationPart)> = parts.collect();
        problems.or(())?;
        let evaluation = scr_eval::merge(parts)?;
        Ok(EvaluationResult { document: result_document(&evaluation, per_image), notices: vec![] })
    });
    merged.map_err(|error: DataError| problems::to_exception(py, &error))
}

fn read(place: &str, text: &str) -> Result<EvaluationPart, Problem> {
    let document = ShardDocument::from_json(text.as_bytes()).map_err(|error| {
        Problem::new(place, "a shard as evaluate_shard() gives it", error.to_string(), "")
    })?;
    read_shard(place, document)
}
