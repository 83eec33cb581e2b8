//! Hybrid of the U-Net and an active shape model.

use std::sync::Arc;

use scr_data::Image;
use scr_image::{Mask, working_size};

use super::method::UnetMethod;
use super::settings::{UNET_PARAMETERS, member_parameters};
use crate::active_shape::{self, ActiveShapeModel, SearchSettings};
use crate::method::train_once;
use crate::parameter::concatenated;
use crate::shape_search::check_trained;
use crate::stored::{equal, read};
use crate::{
    Example, GreyImage, Insight, Method, MethodError, MethodInfo, ModelDeclaration, ModelFault,
    Parameter, Parameters, Posterior, Progress, Pyramid, Segmenter, ShapeSearch, Subject,
    TrainingImages, TrainingSet,
};

/// Channels of the pyramids: posterior and grey values.
const N_CHANNELS: usize = 2;

/// Hybrid method: the posterior of `unet` with the shape that the active shape model of `asm-tuned`
/// finds in it and in grey values.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at that size; masks may
/// overlap. The search is that of `asm-pc-grey`, with the U-Net in place of the pixel classifier:
/// the misfit of a position is the sum over its profiles in both. A pixel belongs to a structure when
/// the weighted mean of its probability and of the shape (1 inside, 0 outside) is at least 0.5: the
/// shape decides where the network is not sure. The shape method learns from posteriors of the
/// training images by two further networks, each trained on every other image for half the steps, so
/// that no network has seen the image that it classifies. A single training image has to use the
/// network that was trained on it. Deterministic for a seed. Cost: that of `unet` twice, and that
/// of `asm-tuned`.
///
/// # Parameters
/// Those of `asm-tuned`, those of `unet` with `unet_` before their names, `smoothing`, the blur of
/// the posterior before the search, in pixels of the finest resolution, and `shape_weight`, from 0
/// (the network alone) to 1 (the shape alone).
///
/// # Limits
/// Cannot find a structure that the network misses altogether. With a weight below 1 a mask need
/// not be in one piece.
///
/// # Source
/// This project's own, after the hybrids of van Ginneken, Stegmann and Loog, Medical Image
/// Analysis 10, 2006, doi:10.1016/j.media.2005.02.002.
#[derive(Debug, Clone, Copy)]
pub struct UnetShape;

static OWN: [Parameter; 2] = [
    Parameter::number(
        "smoothing",
        "standard deviation of the posterior's blur, in pixels of the finest resolution",
        1.0,
        [0.0, 32.0],
    ),
    Parameter::number(
        "shape_weight",
        "weight of the shape in the mean with the posterior",
        0.3,
        [0.0, 1.0],
    ),
];
static NETWORK: [Parameter; 7] = concatenated(&UNET_PARAMETERS, &OWN);
static PARAMETERS: [Parameter; 18] = concatenated(active_shape::TUNED.parameters, &NETWORK);

static INFO: MethodInfo = MethodInfo {
    id: "unet-asm",
    version: "1.0.0",
    name: "ASM/U-Net hybrid",
    summary: "The U-Net's posterior, averaged with the shape that an active shape model finds in \
              it and in grey values.",
    source: "this project, after the hybrids of van Ginneken, Stegmann and Loog, Medical Image \
             Analysis 10:19-40, 2006, doi:10.1016/j.media.2005.02.002",
    verified: "Shape methods on posteriors are the source's idea; the network, its use and all \
               values are this project's own.",
    is_quick: false,
    has_posterior: false,
    parameters: &PARAMETERS,
};

impl Method for UnetShape {
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
        let own = member_parameters(parameters, UnetMethod.info());
        let unet = train_once(&UnetMethod, set, &own, seed, progress)?;
        let images = set.images();
        let posteriors = cross_fitted(set, &unet, &own, seed, progress)?;
        let settings = SearchSettings::of(parameters);
        let smoothing_px = parameters.get("smoothing");
        let grey = images.grey_images(settings.side, progress)?;
        let pyramid =
            |index: usize| joined(&posteriors[index], grey[index].clone(), smoothing_px, &settings);
        let n_points = parameters.whole("points");
        let (layout, examples) = Example::read_all(images, n_points, INFO.id, progress, pyramid)?;
        progress("learning shapes", 0, 1);
        let model = ActiveShapeModel::learn(settings, layout, &examples);
        check_trained(&model, INFO.id, parameters, N_CHANNELS)?;
        let shape_weight = parameters.get("shape_weight") as f32;
        Ok(Arc::new(OnUnet { unet, smoothing_px, shape_weight, settings, model }))
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        read(bytes, |(smoothing_px, model, unet): (f64, ActiveShapeModel, Vec<u8>)| {
            equal("smoothing", &smoothing_px, &declared.parameters.get("smoothing"))?;
            model.check(declared, N_CHANNELS)?;
            let own = member_parameters(declared.parameters, UnetMethod.info());
            let unet = UnetMethod
                .restore(&unet, ModelDeclaration { parameters: &own, ..declared })
                .map_err(|fault| fault.within(UnetMethod.info().id))?;
            let settings = SearchSettings::of(declared.parameters);
            let shape_weight = declared.parameters.get("shape_weight") as f32;
            let segmenter = OnUnet { unet, smoothing_px, shape_weight, settings, model };
            Ok(Arc::new(segmenter) as Arc<dyn Segmenter>)
        })
    }
}

/// Posteriors of the training images by networks that have not seen them.
fn cross_fitted(
    set: &TrainingSet<'_>,
    unet: &Arc<dyn Segmenter>,
    parameters: &Parameters,
    seed: u64,
    progress: Progress<'_>,
) -> Result<Vec<Posterior>, MethodError> {
    let images = set.images();
    let list = images.list();
    let mut networks = vec![unet.clone()];
    if list.len() > 1 {
        let mut half = parameters.clone();
        half.set("steps", (parameters.get("steps") / 2.0).ceil());
        networks.clear();
        for rest in 0..2 {
            // Network 0 has not seen the even images.
            let others = list.iter().enumerate().filter(|(index, _)| index % 2 != rest);
            let others: Vec<&Image> = others.map(|(_, image)| *image).collect();
            let images = TrainingImages::of(images.benchmark(), images.part(), others);
            let half_set = TrainingSet::of(images).with_checkpoints(set.checkpoints());
            let show = |what: &str, done, total| {
                progress(&format!("without half {}: {what}", rest + 1), done, total);
            };
            networks.push(UnetMethod.train(&half_set, &half, seed, &show)?);
        }
    }
    images.each_image("finding posteriors", progress, |index, image| {
        let radiograph = images.radiograph(image)?;
        posterior(&networks[index % networks.len()], &Subject::new(&radiograph))
    })
}

/// Posterior of a segmenter that has one.
fn posterior(unet: &Arc<dyn Segmenter>, subject: &Subject<'_>) -> Result<Posterior, MethodError> {
    let nothing = || Posterior::new(subject.radiograph().size(), Vec::new());
    Ok(unet.posterior(subject)?.unwrap_or_else(nothing))
}

/// Pyramid of a posterior and of grey values.
fn joined(
    posterior: &Posterior,
    grey: GreyImage,
    smoothing_px: f64,
    settings: &SearchSettings,
) -> Pyramid {
    let (side, levels) = (settings.side, settings.levels);
    let size = working_size(posterior.full_size(), side);
    let maps = posterior.maps().iter().map(|map| map.resampled(size)).collect();
    let small = Posterior::new(posterior.full_size(), maps);
    Pyramid::posterior(&small, smoothing_px, side, levels).beside(Pyramid::grey(grey, levels))
}

/// Segmenter of a shape model that searches in a network's posterior.
struct OnUnet {
    unet: Arc<dyn Segmenter>,
    smoothing_px: f64,
    shape_weight: f32,
    settings: SearchSettings,
    model: ActiveShapeModel,
}

impl OnUnet {
    fn pyramid(&self, subject: &Subject<'_>, posterior: &Posterior) -> Pyramid {
        let grey = GreyImage::of(subject.radiograph(), self.settings.side);
        joined(posterior, grey, self.smoothing_px, &self.settings)
    }

    fn masks(&self, posterior: &Posterior, pyramid: &Pyramid) -> Vec<Mask> {
        let shapes = self.model.masks(pyramid, posterior.full_size());
        posterior.masks_with_shapes(&shapes, self.shape_weight)
    }
}

impl Segmenter for OnUnet {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        let posterior = posterior(&self.unet, subject)?;
        let pyramid = self.pyramid(subject, &posterior);
        Ok(self.masks(&posterior, &pyramid))
    }

    fn insights(&self) -> Vec<Insight> {
        let mut insights = self.model.insights();
        insights.extend(self.unet.insights());
        insights
    }

    fn insights_on(&self, subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        let posterior = posterior(&self.unet, subject)?;
        let pyramid = self.pyramid(subject, &posterior);
        let masks = self.masks(&posterior, &pyramid);
        Ok(vec![
            Insight::Posterior(posterior, masks),
            Insight::SearchSteps(self.model.search_steps(&pyramid)),
        ])
    }

    fn to_bytes(&self) -> Vec<u8> {
        let parts = (self.smoothing_px, &self.model, self.unet.to_bytes());
        postcard::to_stdvec(&parts).expect("numbers in memory can always be written")
    }
}
