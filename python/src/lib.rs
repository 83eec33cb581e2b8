//! `scr_eval` for Python: the evaluation of `scr evaluate`, for numpy arrays and folders.
//!
//! Only converts: arguments into types of the crates, results into dicts,
//! [`Problems`](scr_data::Problems) into exceptions. Has no measure, no rule for files and
//! no format of results of its own, so that a score from Python equals the command's, bit
//! for bit.
//!
//! - `arrays.rs`: conversion of numpy arrays to masks.
//! - `pair.rs`: measures of two arrays; `batch.rs`: of two batches.
//! - `folder.rs`: evaluation of a set of masks on disk; `shard.rs`: of a part of its images.
//! - `images.rs`: files of images as numpy arrays.
//! - `benchmark.rs`: benchmark folders; `overlay.rs`: pictures for notebooks.
//! - `background.rs`: background work with Ctrl-C.

mod arrays;
mod background;
mod batch;
mod benchmark;
mod folder;
mod images;
mod keys;
mod onnx;
mod overlay;
mod pair;
mod problems;
mod result;
mod shard;

/// Measures of agreement between segmentation masks, and the evaluation of a set of
/// masks against a benchmark: the same numbers as the command `scr evaluate`.
///
/// evaluate(reference, prediction, spacing, measures)   two arrays
/// evaluate_batch(reference, prediction, ...)           two batches, as in a training loop
/// evaluate_dir(masks, benchmark, ...)                  masks on disk
/// evaluate_shard(masks, benchmark, shard), merge(shards)   the same on several machines
/// run_onnx(model, benchmark, out)   masks by an ONNX model that you trust
/// read_radiograph(path), read_mask(path)               a file as a numpy array
/// read_layers(path)                                    a label map, one mask a value
/// Benchmark.from_folder(path)                          images and masks of a benchmark
/// overlay(reference, prediction, radiograph)           picture for a notebook
/// measures()                                           list of the measures
///
/// An undefined value is None, never a number. Problems of the input raise a
/// ProblemsError, a ValueError that lists all of them.
#[pyo3::pymodule(name = "scr_eval")]
mod scr_eval_for_python {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::batch::evaluate_batch;
    #[pymodule_export]
    use crate::benchmark::PyBenchmark;
    #[pymodule_export]
    use crate::folder::evaluate_dir;
    #[pymodule_export]
    use crate::images::{Layer, Radiograph, read_layers, read_mask, read_radiograph};
    #[pymodule_export]
    use crate::keys::measures;
    #[pymodule_export]
    use crate::onnx::run_onnx;
    #[pymodule_export]
    use crate::overlay::{Overlay, overlay};
    #[pymodule_export]
    use crate::pair::evaluate;
    #[pymodule_export]
    use crate::problems::ProblemsError;
    #[pymodule_export]
    use crate::result::EvaluationResult;
    #[pymodule_export]
    use crate::shard::{evaluate_shard, merge};

    #[pymodule_init]
    fn add_versions(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("EVALUATOR_VERSION", scr_eval::EVALUATOR_VERSION)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
