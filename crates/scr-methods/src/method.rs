//! Segmentation methods before training.

use std::sync::Arc;

use crate::{
    MethodError, MethodInfo, ModelDeclaration, ModelFault, Parameters, Progress, Segmenter,
    TrainingSet,
};

/// Segmentation method that can be trained.
pub trait Method: Sync {
    /// Description of the method.
    fn info(&self) -> &'static MethodInfo;

    /// Trains on the images of `set` alone. Deterministic for `seed`, for any number of threads.
    ///
    /// # Errors
    /// [`MethodError`] when the data lacks something that the method needs.
    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError>;

    /// Restores a segmenter from the payload of a model file, which
    /// [`Segmenter::to_bytes`] wrote and whose header holds `declared`. Every number is
    /// checked, so that segmenting neither panics nor runs without end.
    ///
    /// # Errors
    /// The first [`ModelFault`]: a part that training cannot have written.
    fn restore(
        &self,
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault>;
}

/// Trains a method on a set, or returns the segmenter that an earlier call trained.
///
/// # Errors
/// Those of [`Method::train`].
pub(crate) fn train_once(
    method: &dyn Method,
    set: &TrainingSet<'_>,
    parameters: &Parameters,
    seed: u64,
    progress: Progress<'_>,
) -> Result<Arc<dyn Segmenter>, MethodError> {
    let train = || method.train(set, parameters, seed, progress);
    set.segmenter(method.info().id, parameters, seed, train)
}
