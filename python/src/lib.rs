//! `scr_eval` for Python: what `scr evaluate` computes, on numpy arrays and on folders.
//!
//! Translates and nothing else: arguments into what the crates of the house take,
//! answers into dicts, [`Problems`](scr_data::Problems) into exceptions. Holds no
//! measure, no rule for files and no format of results of its own, so that a score
//! from Python is the command's, bit for bit.
//!
//! - `arrays.rs`: numpy arrays into masks.
//! - `pair.rs`: two arrays into values.
//! - `folder.rs`: a set of masks and a benchmark into a `Result`.
//! - `background.rs`: long work, with the interpreter free and Ctrl-C alive.

mod arrays;
mod background;
mod folder;
mod keys;
mod pair;
mod problems;
mod result;

/// Measures of agreement between segmentation masks, and the evaluation of a set of
/// masks against a benchmark: the same numbers as the command `scr evaluate`.
///
/// evaluate(reference, prediction, spacing, measures)   two numpy arrays
/// evaluate_dir(masks, benchmark, ...)                  masks on disk
/// measures()                                           what there is to measure
///
/// An undefined value is None, never a number. Whatever is wrong with the input is
/// a ProblemsError, a ValueError that lists all of it.
#[pyo3::pymodule(name = "scr_eval")]
mod scr_eval_for_python {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::folder::evaluate_dir;
    #[pymodule_export]
    use crate::keys::measures;
    #[pymodule_export]
    use crate::pair::evaluate;
    #[pymodule_export]
    use crate::problems::ProblemsError;
    #[pymodule_export]
    use crate::result::EvaluationResult;

    #[pymodule_init]
    fn add_versions(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("EVALUATOR_VERSION", scr_eval::EVALUATOR_VERSION)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
