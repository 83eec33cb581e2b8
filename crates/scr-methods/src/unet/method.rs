//! U-Net method.

use std::sync::Arc;

use scr_image::Mask;

use super::learning::learn;
use super::model::{UnetFile, UnetModel};
use super::settings::{PARAMETERS, UNET, UnetSettings, VERSION};
use crate::stored::read;
use crate::{
    Insight, Method, MethodError, MethodInfo, ModelDeclaration, ModelFault, OnnxExport, Parameters,
    Posterior, Progress, Segmenter, Subject, TrainingSet,
};

/// U-Net method.
///
/// Input: one frontal radiograph of any size, stretched to `side` x `side` pixels of mean 0 and
/// variance 1. Output: one mask a structure, at that size; masks may overlap. Training: random
/// batches of images, changed at random in place and grey value; binary cross-entropy plus the
/// soft Dice loss of each structure; AdamW with a learning rate that rises and falls as a cosine; an
/// exponential average of the parameters segments. Images are mirrored in training and averaged with
/// their mirror image in segmenting where each structure has a side, such as right and left lungs;
/// where one has none, such as the heart, they are not. The largest component of each mask is kept
/// where each structure is in one piece in most training images. Nothing is chosen by images: the
/// training ends after `steps`. Deterministic for a seed and any number of threads on one machine.
/// Cost of training: O(steps x batch x side^2 x width^2).
///
/// # Parameters
/// - `side`: side of the input in pixels, a multiple of 32; 256 by default.
/// - `width`: channels of the first resolution, a multiple of 4; 16 by default: 0.8 million
///   parameters.
/// - `steps`: training steps of each network; 2500 by default.
/// - `batch`: images a step; 4 by default.
/// - `members`: networks, trained from other random numbers, whose probabilities are averaged; 1
///   by default.
///
/// # Limits
/// Knows no shape. Learns from few images what augmentation can make of them.
///
/// # Source
/// Ronneberger, Fischer and Brox, "U-Net: Convolutional Networks for Biomedical Image
/// Segmentation", MICCAI 2015, doi:10.1007/978-3-319-24574-4_28. Architecture and recipe follow
/// later practice and are this project's own choice (docs/explanation/methods.md).
#[derive(Debug, Clone, Copy)]
pub struct UnetMethod;

static INFO: MethodInfo = MethodInfo {
    id: UNET,
    version: VERSION,
    name: "U-Net",
    summary: "A convolutional network of 0.8 million parameters, trained from scratch on the \
              training images with heavy augmentation.",
    source: "Ronneberger, Fischer and Brox, MICCAI 2015, doi:10.1007/978-3-319-24574-4_28",
    verified: "The U-shaped architecture with skip connections is the source's; normalisation, \
               loss, optimiser, augmentation and all values are this project's own.",
    is_quick: false,
    has_posterior: true,
    parameters: &PARAMETERS,
};

impl Method for UnetMethod {
    fn info(&self) -> &'static MethodInfo {
        &INFO
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let settings = UnetSettings::of(parameters, &PARAMETERS);
        let model = learn(set, settings, seed, INFO.id, progress)?;
        Ok(Arc::new(model))
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        let settings = UnetSettings::of(declared.parameters, &PARAMETERS);
        read(bytes, |file: UnetFile| {
            Ok(Arc::new(file.checked(settings, declared.n_structures)?) as Arc<dyn Segmenter>)
        })
    }
}

impl Segmenter for UnetModel {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        Ok(self.masks(subject)?)
    }

    fn posterior(&self, subject: &Subject<'_>) -> Result<Option<Posterior>, MethodError> {
        Ok(Some(Self::posterior(self, subject)?))
    }

    fn insights(&self) -> Vec<Insight> {
        vec![Insight::Losses(self.file().losses.clone())]
    }

    fn insights_on(&self, subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        let posterior = Self::posterior(self, subject)?;
        Ok(vec![Insight::Posterior(posterior, self.masks(subject)?)])
    }

    fn onnx(&self) -> Option<OnnxExport> {
        Some(self.export())
    }

    fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self.file()).expect("numbers in memory can always be written")
    }
}
