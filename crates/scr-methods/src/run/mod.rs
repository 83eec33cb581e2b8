//! Training on one fold, segmenting the other, and both ways round.

mod memory;
mod segmenting;
mod two_fold;

pub use segmenting::segment_fold;
pub use two_fold::{Job, RunCost, RunPlan, RunRecord, TwoFold};

use crate::{Method, MethodError, Model, Parameters, Progress, TrainingSet, model};

/// Trains a method on a set of images.
///
/// # Errors
/// [`MethodError::NoImages`] when there are none, else what the method says.
pub fn train(
    method: &dyn Method,
    set: &TrainingSet<'_>,
    parameters: &Parameters,
    seed: u64,
    progress: Progress<'_>,
) -> Result<Model, MethodError> {
    if set.images().is_empty() {
        return Err(MethodError::NoImages {
            benchmark: set.benchmark().id.clone(),
            fold: set.fold().number(),
            method: method.id(),
        });
    }
    let header = model::header(method, parameters, seed, set)?;
    let segmenter = set.trained(method, parameters, seed, progress)?;
    Ok(Model::new(header, segmenter))
}
