//! Trained methods.

use scr_image::Mask;

use crate::{Insight, MethodError, PixelClassifier, Posterior, Subject};

/// Network as ONNX: with the card it gives the masks of the method.
#[derive(Debug, Clone)]
pub struct OnnxExport {
    /// ONNX file, which carries the card in its metadata.
    pub model: Vec<u8>,
    /// Model card, `model.toml`.
    pub card: String,
}

/// Trained method: radiograph in, masks out.
pub trait Segmenter: Send + Sync {
    /// Segments a radiograph: one mask a structure, in the order of the training benchmark's
    /// structures, at the radiograph's size. Masks may overlap.
    ///
    /// # Errors
    /// [`MethodError`] when the image cannot be segmented. An image that merely
    /// looks wrong is segmented.
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError>;

    /// Pixel classifier that the method starts from, if any. Methods that start from equal
    /// classifiers share the posterior: see [`Subject::posterior`].
    fn classifier(&self) -> Option<&PixelClassifier> {
        None
    }

    /// Posterior of each structure at each pixel; `None` for methods whose
    /// [`has_posterior`](crate::MethodInfo::has_posterior) is false.
    ///
    /// # Errors
    /// As [`segment`](Self::segment).
    fn posterior(&self, _subject: &Subject<'_>) -> Result<Option<Posterior>, MethodError> {
        Ok(None)
    }

    /// Insights into the model itself.
    fn insights(&self) -> Vec<Insight> {
        Vec::new()
    }

    /// Insights into the segmentation of one image.
    ///
    /// # Errors
    /// As [`segment`](Self::segment).
    fn insights_on(&self, _subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        Ok(Vec::new())
    }

    /// The network as ONNX; `None` for methods that are no network.
    fn onnx(&self) -> Option<OnnxExport> {
        None
    }

    /// Payload of the model file, which [`Method::restore`](crate::Method::restore) reads.
    fn to_bytes(&self) -> Vec<u8>;
}
