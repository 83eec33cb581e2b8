//! Evaluation of a set of masks on disk.

use std::ffi::CString;
use std::path::{Path, PathBuf};

use pyo3::exceptions::PyUserWarning;
use pyo3::prelude::*;
use scr_data::{Benchmark, DataError, MaskSet, Problems};
use scr_eval::Settings;
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
///     objects and some folds only.
/// benchmark : str or os.PathLike
///     The folder that holds benchmark.toml.
/// observer : str
///     The observer whose masks are the reference.
/// measures : list of str, optional
///     Keys, see measures(). Default: as in evaluate(). Measures of whole images,
///     such as pixel_error, are always computed.
/// per_image : bool
///     Whether to keep every image's values (`--per-image`).
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
#[pyo3(signature = (masks, benchmark, observer="reference", measures=None, per_image=true))]
#[expect(clippy::needless_pass_by_value, reason = "pyo3 hands over what it made")]
pub(crate) fn evaluate_dir(
    py: Python<'_>,
    masks: PathBuf,
    benchmark: PathBuf,
    observer: &str,
    measures: Option<Vec<String>>,
    per_image: bool,
) -> PyResult<EvaluationResult> {
    let scoring = Scoring::new(py, observer, measures.as_deref(), per_image)?;
    let found = background::run(py, |on_image| {
        scoring.score(&Benchmark::open(&benchmark)?, &masks, on_image)
    })?;
    finished(py, found)
}

/// Settings of an evaluation.
pub(crate) struct Scoring {
    settings: Settings,
    per_image: bool,
}

impl Scoring {
    /// Reads the arguments of a call.
    pub(crate) fn new(
        py: Python<'_>,
        observer: &str,
        measures: Option<&[String]>,
        per_image: bool,
    ) -> PyResult<Self> {
        let mut problems = Problems::default();
        let is_of_images = |key: &str| IMAGE_MEASURES.iter().any(|about| about.key == key);
        let measures = keys::read(measures, is_of_images, &mut problems);
        problems::or_exception(py, problems, ())?;
        let settings = Settings { observer: observer.to_owned(), measures, ..Settings::default() };
        Ok(Self { settings, per_image })
    }

    /// Scores a set of masks.
    pub(crate) fn score(
        &self,
        benchmark: &Benchmark,
        masks: &Path,
        on_image: &(dyn Fn() + Sync),
    ) -> Result<EvaluationResult, DataError> {
        let masks = MaskSet::open(masks, benchmark)?;
        let evaluation = scr_eval::evaluate(benchmark, &masks, &self.settings, on_image)?;
        let document = result_document(&evaluation, self.per_image);
        Ok(EvaluationResult { document, notices: masks.notices().to_vec() })
    }
}

/// The result of an evaluation, after a warning for each notice.
pub(crate) fn finished(
    py: Python<'_>,
    found: Result<EvaluationResult, DataError>,
) -> PyResult<EvaluationResult> {
    let result = found.map_err(|error| problems::to_exception(py, &error))?;
    for notice in &result.notices {
        let message = CString::new(notice.as_str())?;
        PyErr::warn(py, &py.get_type::<PyUserWarning>(), &message, 1)?;
    }
    Ok(result)
}
