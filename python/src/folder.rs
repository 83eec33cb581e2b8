//! Evaluation of a set of masks on disk.

use std::ffi::CString;
use std::path::{Path, PathBuf};

use pyo3::exceptions::PyUserWarning;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use scr_data::{Benchmark, DataError, MaskSet, Problem, Problems};
use scr_eval::{EvaluationPart, Settings, Shard};
use scr_import::{Conversion, GivenName};
use scr_measures::registry::IMAGE_MEASURES;
use scr_report::result_document;

use crate::result::EvaluationResult;
use crate::{background, keys, problems};

/// Score a set of masks on disk against a benchmark, as `scr evaluate` does.
///
/// Parameters
/// ----------
/// masks : str or os.PathLike
///     A folder STRUCTURE/IMAGE.png, or a zip file of one. It may cover some
///     objects and some folds only. Other layouts, such as label maps or COCO,
///     are converted; Result.notices says what was assumed.
/// benchmark : str or os.PathLike
///     The folder that holds benchmark.toml.
/// observer : str
///     The observer whose masks are the reference.
/// measures : list of str, optional
///     Keys, see measures(). Default: as in evaluate(). Measures of whole images,
///     such as pixel_error, are always computed.
/// per_image : bool
///     Whether to keep every image's values (`--per-image`).
/// labels : dict, optional
///     Structures of label values or names in other layouts, such as
///     {1: "right_lung", 2: "left_lung"}; an empty name leaves a label out.
///
/// Returns
/// -------
/// Result
///
/// Raises
/// ------
/// ProblemsError
///     A ValueError with every file that is missing, unknown, damaged, no binary
///     mask or of the wrong size, and every unknown key.
/// KeyboardInterrupt
///     On Ctrl-C, after the current images are done. Listing of file names and
///     summaries are not interrupted.
///
/// Warns
/// -----
/// UserWarning
///     Ignored files of the set, such as system files; also in Result.notices.
///
/// Runs on all cores, or as many as the environment's RAYON_NUM_THREADS says,
/// without holding the interpreter's lock.
#[pyfunction]
#[pyo3(signature = (masks, benchmark, observer="reference", measures=None, per_image=true, labels=None))]
#[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
pub(crate) fn evaluate_dir(
    py: Python<'_>,
    masks: PathBuf,
    benchmark: PathBuf,
    observer: &str,
    measures: Option<Vec<String>>,
    per_image: bool,
    labels: Option<&Bound<'_, PyDict>>,
) -> PyResult<EvaluationResult> {
    let scoring = Scoring::new(py, observer, measures.as_deref(), per_image, labels)?;
    let found = background::run(py, |on_image| {
        scoring.score(&Benchmark::open(&benchmark)?, &masks, on_image)
    })?;
    finished(py, found)
}

/// Settings of an evaluation.
pub(crate) struct Scoring {
    settings: Settings,
    conversion: Conversion,
    per_image: bool,
}

impl Scoring {
    /// Reads the arguments of a call.
    pub(crate) fn new(
        py: Python<'_>,
        observer: &str,
        measures: Option<&[String]>,
        per_image: bool,
        labels: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let mut problems = Problems::default();
        let labels = label_names(labels, &mut problems)?;
        let is_of_images = |key: &str| IMAGE_MEASURES.iter().any(|about| about.key == key);
        let measures = keys::read(measures, is_of_images, &mut problems);
        problems::or_exception(py, problems, ())?;
        let settings = Settings { observer: observer.to_owned(), measures, ..Settings::default() };
        let conversion = Conversion { labels, ..Conversion::default() };
        Ok(Self { settings, conversion, per_image })
    }

    /// Scores a set of masks.
    pub(crate) fn score(
        &self,
        benchmark: &Benchmark,
        masks: &Path,
        on_image: &(dyn Fn() + Sync),
    ) -> Result<EvaluationResult, DataError> {
        let (whole, notices) = self.score_shard(benchmark, masks, Shard::WHOLE, on_image)?;
        let document = result_document(&whole.evaluation, self.per_image);
        Ok(EvaluationResult { document, notices })
    }
}

impl Scoring {
    /// Scores a shard of a set of masks; returns the notices of the set, too.
    pub(crate) fn score_shard(
        &self,
        benchmark: &Benchmark,
        masks: &Path,
        shard: Shard,
        on_image: &(dyn Fn() + Sync),
    ) -> Result<(EvaluationPart, Vec<String>), DataError> {
        let masks = self.conversion.open(masks, benchmark, &|_, _, _| {}, MaskSet::open)?;
        let part = scr_eval::evaluate_shard(benchmark, &masks, &self.settings, shard, on_image)?;
        Ok((part, masks.notices().to_vec()))
    }
}

/// Names of labels of a dictionary, whose keys may be numbers.
fn label_names(
    labels: Option<&Bound<'_, PyDict>>,
    problems: &mut Problems,
) -> PyResult<Vec<GivenName>> {
    let mut names = Vec::new();
    for (label, name) in labels.into_iter().flatten() {
        let text = format!("{}={}", label.str()?, name.str()?);
        match GivenName::parse_list(&text) {
            Ok(parsed) => names.extend(parsed),
            Err(found) => {
                problems.push(Problem::new("labels", "labels with names", found, ""));
            }
        }
    }
    Ok(names)
}

/// The result of an evaluation, after a warning for each notice.
pub(crate) fn finished(
    py: Python<'_>,
    found: Result<EvaluationResult, DataError>,
) -> PyResult<EvaluationResult> {
    let result = found.map_err(|error| problems::to_exception(py, &error))?;
    warn(py, &result.notices)?;
    Ok(result)
}

/// Warns of each notice.
pub(crate) fn warn(py: Python<'_>, notices: &[String]) -> PyResult<()> {
    for notice in notices {
        let message = CString::new(notice.as_str())?;
        PyErr::warn(py, &py.get_type::<PyUserWarning>(), &message, 1)?;
    }
    Ok(())
}
