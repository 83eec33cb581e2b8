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

/// Hybrid method: the active shape model of `asm-tuned` on the posterior of `unet` and on grey
/// values.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at that size; masks may
/// overlap. As `asm-pc-grey`, with the U-Net in place of the pixel classifier: the misfit of a
/// position is the sum over its profiles in both. The shape method learns from posteriors of the
/// training images by two further networks, each trained on every other image for half the steps, so
/// that no network has seen the image that it classifies. A single training image has to use the
/// network that was trained on it. Deterministic for a seed. Cost: that of `unet` twice, and that
/// of `asm-tuned`.
///
/// # Parameters
/// Those of `asm-tuned`, those of `unet` with `unet_` before their names, and `smoothing`, the
/// blur of the posterior before the search, in pixels of the finest resolution.
///
/// # Limits
/// The shape model repairs what is impossible, and cannot find a structure that the network
/// misses altogether.
///
/// # Source
/// This project's own, after the hybrids of van Ginneken, Stegmann and Loog, Medical Image
/// Analysis 10, 2006, doi:10.1016/j.media.2005.02.002.
#[derive(Debug, Clone, Copy)]
pub struct UnetShape;

static SMOOTHING: [Parameter; 1] = [Parameter::number(
    "smoothing",
    "standard deviation of the posterior's blur, in pixels of the finest resolution",
    1.0,
    [0.0, 32.0],
)];
static NETWORK: [Parameter; 6] = concatenated(&UNET_PARAMETERS, &SMOOTHING);
static PARAMETERS: [Parameter; 17] = concatenated(active_shape::TUNED.parameters, &NETWORK);

static INFO: MethodInfo = MethodInfo {
    id: "unet-asm",
    version: "1.0.0",
    name: "ASM/U-Net hybrid",
    summary: "Active shape model that searches in the U-Net's posterior and in grey values.",
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
        let posteriors = cross_fitted(images, &unet, &own, seed, progress)?;
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
        Ok(Arc::new(OnUnet { unet, smoothing_px, settings, model }))
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
            Ok(Arc::new(OnUnet { unet, smoothing_px, settings, model }) as Arc<dyn Segmenter>)
        })
    }
}

/// Posteriors of the training images by networks that have not seen them.
fn cross_fitted(
    images: &TrainingImages<'_>,
    unet: &Arc<dyn Segmenter>,
    parameters: &Parameters,
    seed: u64,
    progress: Progress<'_>,
) -> Result<Vec<Posterior>, MethodError> {
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
            let show = |what: &str, done, total| {
                progress(&format!("without half {}: {what}", rest + 1), done, total);
            };
            networks.push(UnetMethod.train(&TrainingSet::of(images), &half, seed, &show)?);
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
    settings: SearchSettings,
    model: ActiveShapeModel,
}

impl OnUnet {
    fn pyramid(&self, subject: &Subject<'_>, posterior: &Posterior) -> Pyramid {
        let grey = GreyImage::of(subject.radiograph(), self.settings.side);
        joined(posterior, grey, self.smoothing_px, &self.settings)
    }
}

impl Segmenter for OnUnet {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        let pyramid = self.pyramid(subject, &posterior(&self.unet, subject)?);
        Ok(self.model.masks(&pyramid, subject.radiograph().size()))
    }

    fn insights(&self) -> Vec<Insight> {
        let mut insights = self.model.insights();
        insights.extend(self.unet.insights());
        insights
    }

    fn insights_on(&self, subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        let posterior = posterior(&self.unet, subject)?;
        let pyramid = self.pyramid(subject, &posterior);
        let masks = self.model.masks(&pyramid, posterior.full_size());
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
