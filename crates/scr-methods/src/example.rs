//! What shape methods learn from: an image at several resolutions, and its points.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use scr_image::Point;

use crate::shape_model::Layout;
use crate::{MethodError, Progress, Pyramid, TrainingSet};

/// A training image: what is looked at, and where the points are.
#[derive(Debug, Clone)]
pub struct Example {
    /// The image at all levels.
    pub pyramid: Pyramid,
    /// All points, in the finest level's pixels.
    pub points: Vec<Point>,
}

impl Example {
    /// Reads every image of a training set as grey values, its longer side `side`
    /// pixels long at the finest of `n_levels`, and the layout that their points
    /// share; `n_points` a structure where the data holds masks only.
    ///
    /// # Errors
    /// [`MethodError::Data`] when files cannot be read, [`MethodError::LandmarkCount`]
    /// and [`MethodError::MissingStructure`] when shapes do not correspond.
    pub fn read_all(
        set: &TrainingSet<'_>,
        n_points: usize,
        (side, n_levels): (usize, usize),
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<(Layout, Vec<Self>), MethodError> {
        let n_images = set.images().len();
        progress("reading shapes", 0, n_images);
        let shapes = set.shapes(n_points)?;
        let layout = Layout::of(set, &shapes, method)?;
        let done = AtomicUsize::new(0);
        let examples = set
            .images()
            .par_iter()
            .zip(&shapes)
            .map(|(image, shapes)| {
                let pyramid = Pyramid::grey(&set.radiograph(image)?, side, n_levels);
                let points = Layout::joined(shapes, pyramid.size());
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                progress("reading radiographs", done, n_images);
                Ok(Self { pyramid, points })
            })
            .collect::<Result<_, MethodError>>()?;
        Ok((layout, examples))
    }
}
