//! Mean shape: every structure at its mean position, independent of the image.
//!
//! A trivial method, and the baseline that any other has to beat: "the mean position
//! of each object as result, independent of the input image".
//!
//! Uses no grey value.

use std::sync::Arc;

use scr_image::{Mask, Outline, Point, Size};
use serde::{Deserialize, Serialize};

use crate::info::STUDY;
use crate::shape_model::{Layout, SIDES};
use crate::stored::{count, pairs, read};
use crate::{
    Insight, Method, MethodError, MethodInfo, ModelDeclaration, ModelFault, Parameter, Parameters,
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
/// `points`: landmarks a part where the data has none (see
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
    /// Assignment of the landmarks to structures.
    layout: Layout,
    /// Mean landmarks, as shares of width and height.
    points: Vec<(f64, f64)>,
}

static INFO: MethodInfo = MethodInfo {
    id: "mean-shape",
    version: "1.1.0",
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
        images.require_drawn(self.info().id, |index| {
            shapes.iter().any(|shapes| !shapes.structures[index].is_empty())
        })?;
        let mut structures = Vec::new();
        for index in 0..images.benchmark().structures.len() {
            let parts: Vec<Vec<Outline>> = shapes
                .iter()
                .map(|shapes| {
                    let (width, height) = (shapes.size.width as f64, shapes.size.height as f64);
                    let parts = shapes.structures[index].iter();
                    parts.map(|part| part.scaled(1.0 / width, 1.0 / height)).collect()
                })
                .collect();
            let n_parts = parts.iter().map(Vec::len).max().unwrap_or(0);
            let mean = |part: usize| mean_outline(parts.iter().filter_map(|of| of.get(part)));
            structures.push((0..n_parts).map(mean).collect());
        }
        Ok(Arc::new(MeanLandmarks::new(&structures)))
    }

    fn restore(
        &self,
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        read(bytes, |trained: MeanLandmarks| {
            let layout = &trained.layout;
            layout.check(declared.n_structures).map_err(|fault| fault.within("layout"))?;
            count("points", trained.points.len(), layout.n_points())?;
            pairs("points", &trained.points, -SIDES..=1.0 + SIDES)?;
            Ok(Arc::new(trained) as Arc<dyn Segmenter>)
        })
    }
}

/// Mean of each point; no points without outlines.
fn mean_outline<'a>(outlines: impl Iterator<Item = &'a Outline>) -> Outline {
    let mut count = 0.0;
    let mut sums: Vec<Point> = Vec::new();
    for outline in outlines {
        count += 1.0;
        sums.resize(outline.points().len(), Point::new(0.0, 0.0));
        for (sum, point) in sums.iter_mut().zip(outline.points()) {
            sum.x += point.x;
            sum.y += point.y;
        }
    }
    Outline::new(sums.into_iter().map(|sum| Point::new(sum.x / count, sum.y / count)).collect())
}

impl MeanLandmarks {
    /// Mean landmarks of outlines by structure, then part.
    fn new(structures: &[Vec<Outline>]) -> Self {
        let points = structures.iter().flatten().flat_map(Outline::points);
        let points = points.map(|point| (point.x, point.y)).collect();
        Self { layout: Layout::of_outlines(structures), points }
    }

    fn points(&self) -> Vec<Point> {
        self.points.iter().map(|&(x, y)| Point::new(x, y)).collect()
    }
}

impl Segmenter for MeanLandmarks {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        let size = subject.radiograph().size();
        Ok(self.layout.masks(&self.points(), Size::square(1), size))
    }

    fn insights(&self) -> Vec<Insight> {
        vec![Insight::MeanShape(self.layout.outlines(&self.points()))]
    }

    fn insights_on(&self, _subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        Ok(self.insights())
    }

    fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("numbers in memory can always be written")
    }
}
