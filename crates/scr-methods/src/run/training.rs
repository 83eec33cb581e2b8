//! Training of a model.

use crate::method::train_once;
use crate::model::header;
use crate::{Method, MethodError, Model, Parameters, Progress, TrainingSet};

/// Trains a method on a set of images.
///
/// # Errors
/// [`MethodError::NoImages`] for an empty set, otherwise those of [`Method::train`].
pub fn train(
    method: &dyn Method,
    set: &TrainingSet<'_>,
    parameters: &Parameters,
    seed: u64,
    progress: Progress<'_>,
) -> Result<Model, MethodError> {
    let images = set.images();
    if images.list().is_empty() {
        return Err(MethodError::NoImages {
            benchmark: images.benchmark().id.clone(),
            part: images.part().to_string(),
            method: method.info().id,
        });
    }
    let header = header(method, parameters, seed, images)?;
    let segmenter = train_once(method, set, parameters, seed, progress)?;
    Ok(Model::new(header, segmenter))
}
