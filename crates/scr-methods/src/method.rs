//! What a method is.

use std::sync::Arc;

use scr_image::Mask;
use serde::Serialize;

use crate::{
    Declared, Insight, MethodError, ModelFault, Parameter, Parameters, PixelClassifier, Posterior,
    Subject, TrainingSet,
};

/// How far a long piece of work has come: what is being done, steps done, steps in all.
/// Called from any thread.
pub type Progress<'a> = &'a (dyn Fn(&str, usize, usize) + Sync);

/// What to know of a method before one uses it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct About {
    /// Name for people.
    pub name: &'static str,
    /// What it does, in a sentence or two.
    pub summary: &'static str,
    /// Where it is described.
    pub source: &'static str,
    /// What of it is verified at the source, and what is this project's own choice.
    pub verified: &'static str,
}

/// The study that this benchmark's methods are named after.
pub(crate) const STUDY: &str = "van Ginneken, Stegmann and Loog, Medical Image Analysis 10:19-40, \
                                2006, doi:10.1016/j.media.2005.02.002";

/// A segmentation method that can be trained.
pub trait Method: Sync {
    /// Name on the command line and in files.
    fn id(&self) -> &'static str;

    /// Changes whenever the same training data can give other masks.
    fn version(&self) -> &'static str;

    /// What to know of it.
    fn about(&self) -> About;

    /// Whether it segments several images a second, so that a demonstration need
    /// not be waited for.
    fn is_quick(&self) -> bool {
        true
    }

    /// Whether it says how probable each structure is at each pixel, not only where
    /// it is: see [`Segmenter::posterior`].
    fn has_posterior(&self) -> bool {
        false
    }

    /// What can be set, with ranges and defaults.
    fn parameters(&self) -> &'static [Parameter];

    /// Trains on the images of `set` alone. Deterministic for `seed`, whatever
    /// the number of threads.
    ///
    /// # Errors
    /// [`MethodError`] when the data is not what the method needs.
    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError>;

    /// Restores what [`Segmenter::to_bytes`] wrote for a model of which the header says
    /// `declared`. Every number is checked, so that segmenting neither panics nor goes on
    /// without end.
    ///
    /// # Errors
    /// The first [`ModelFault`]: a part that training cannot have written.
    fn restore(
        &self,
        bytes: &[u8],
        declared: Declared<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault>;
}

/// A trained method.
pub trait Segmenter: Send + Sync {
    /// One mask a structure, in the order of the training benchmark's structures,
    /// at the radiograph's size. Masks may overlap.
    ///
    /// # Errors
    /// [`MethodError`] when the image cannot be segmented; an image that merely
    /// looks wrong gets an answer.
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError>;

    /// The pixel classifier that it starts from, if from any: methods that start from
    /// the same one share its posterior, see [`Subject::posterior`].
    fn classifier(&self) -> Option<&PixelClassifier> {
        None
    }

    /// How probable each structure is at each pixel; none where
    /// [`Method::has_posterior`] is false.
    ///
    /// # Errors
    /// As [`segment`](Self::segment).
    fn posterior(&self, _subject: &Subject<'_>) -> Result<Option<Posterior>, MethodError> {
        Ok(None)
    }

    /// What it lets people see of itself.
    fn insights(&self) -> Vec<Insight> {
        Vec::new()
    }

    /// What it lets people see of its work on one image.
    ///
    /// # Errors
    /// As [`segment`](Self::segment).
    fn insights_on(&self, _subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        Ok(Vec::new())
    }

    /// Everything that [`Method::restore`] needs.
    fn to_bytes(&self) -> Vec<u8>;
}
