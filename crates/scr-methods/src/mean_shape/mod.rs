//! Mean shape: every structure at its mean position, independent of the image.
//!
//! A trivial method, and the baseline that any other has to beat: "the mean position
//! of each object as result, independent of the input image".
//!
//! Uses no grey value.

use std::sync::Arc;

use scr_image::{Mask, Outline, Point};
use serde::{Deserialize, Serialize};

use crate::info::STUDY;
use crate::shape_model::SIDES;
use crate::stored::{MAX_STRUCTURES, at_most, count, pairs, read};
use crate::{
    Declared, Insight, Method, MethodError, MethodInfo, ModelFault, Parameter, Parameters,
    Progress, Segmenter, Subject, TrainingSet,
};

/// Mean shape method.
///
/// Input: one frontal radiograph of any size. Output: one mask a structure, at
/// that size. Training: the mean of each landmark's position, as shares of the
/// image's width and height, over the training images in which the structure is
/// not empty. Segmenting: the polygon through the mean landmarks, filled.
/// Deterministic without a seed. Cost: O(landmarks).
///
/// # Parameters
/// `points`: landmarks a structure where the data has none (see
/// [`derive_landmarks`](crate::derive_landmarks)); 8 to 512, 64 by default, at
/// which the mean polygon no longer changes visibly.
///
/// # Limits
/// Depends on equal positioning of all patients.
///
/// # Source
/// van Ginneken, Stegmann and Loog, "Segmentation of anatomical structures in
/// chest radiographs using supervised methods", Medical Image Analysis 10, 2006,
/// doi:10.1016/j.media.2005.02.002.
#[derive(Debug, Clone, Copy)]
pub struct MeanShape;

/// Mean landmarks of all structures.
#[derive(Serialize, Deserialize)]
pub(crate) struct MeanLandmarks {
    /// Mean landmarks by structure, as shares of width and height.
    #[serde(deserialize_with = "at_most::<_, _, MAX_STRUCTURES>")]
    structures: Vec<Vec<(f64, f64)>>,
}

static INFO: MethodInfo = MethodInfo {
    id: "mean-shape",
    version: "1.0.0",
    name: "Mean shape",
    summary: "The mean position of each structure's landmarks in the training fold, \
              independent of the image: the baseline that any other method has to beat.",
    source: STUDY,
    verified: "The method as its source words it; landmarks for benchmarks that hold \
               masks only are derived by this project's own rule.",
    is_quick: true,
    has_posterior: false,
    parameters: &[Parameter::POINTS],
};

impl Method for MeanShape {
    fn info(&self) -> &'static MethodInfo {
        &INFO
    }

    fn train(
        &self,
        set: &TrainingSet<'_>,
        parameters: &Parameters,
        _seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let images = set.images();
        let shapes = images.shapes(parameters.whole("points"), progress)?;
        let mut structures = Vec::new();
        for (index, structure) in images.benchmark().structures.iter().enumerate() {
            let outlines: Vec<Outline> = shapes
                .iter()
                .filter_map(|shapes| {
                    let (width, height) = (shapes.size.width as f64, shapes.size.height as f64);
                    Some(shapes.structures[index].as_ref()?.scaled(1.0 / width, 1.0 / height))
                })
                .collect();
            let mean = mean_outline(&outlines).ok_or_else(|| MethodError::NeverDrawn {
                structure: structure.id.clone(),
                n_images: images.list().len(),
                method: self.info().id,
            })?;
            structures.push(mean);
        }
        Ok(Arc::new(MeanLandmarks { structures }))
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: Declared<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        read(bytes, |trained: MeanLandmarks| {
            count("structures", trained.structures.len(), declared.n_structures)?;
            for (structure, points) in trained.structures.iter().enumerate() {
                let shares = -SIDES..=1.0 + SIDES;
                pairs(&format!("points of structure {structure}"), points, shares)?;
            }
            Ok(Arc::new(trained) as Arc<dyn Segmenter>)
        })
    }
}

/// Mean of each point; `None` without outlines.
fn mean_outline(outlines: &[Outline]) -> Option<Vec<(f64, f64)>> {
    let count = outlines.len() as f64;
    let mut sums = vec![(0.0, 0.0); outlines.first()?.points().len()];
    for outline in outlines {
        for (sum, point) in sums.iter_mut().zip(outline.points()) {
            sum.0 += point.x;
            sum.1 += point.y;
        }
    }
    Some(sums.into_iter().map(|(x, y)| (x / count, y / count)).collect())
}

impl MeanLandmarks {
    /// Outlines, one a structure, as shares of width and height.
    fn outlines(&self) -> Vec<Outline> {
        let outline = |shares: &Vec<(f64, f64)>| {
            Outline::new(shares.iter().map(|&(x, y)| Point::new(x, y)).collect())
        };
        self.structures.iter().map(outline).collect()
    }
}

impl Segmenter for MeanLandmarks {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        let size = subject.radiograph().size();
        let fill = |shares: &Outline| {
            Mask::filled(size, &[shares.scaled(size.width as f64, size.height as f64)])
        };
        Ok(self.outlines().iter().map(fill).collect())
    }

    fn insights(&self) -> Vec<Insight> {
        vec![Insight::MeanShape(self.outlines())]
    }

    fn insights_on(&self, _subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        Ok(self.insights())
    }

    fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("numbers in memory can always be written")
    }
}
