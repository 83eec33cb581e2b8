//! What shape methods learn from: an image at several resolutions, and its points.

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
    /// Every image of a training set, by its number, as `look` shows it, and the
    /// layout that their points share; `n_points` a structure where the data holds
    /// masks only.
    ///
    /// # Errors
    /// [`MethodError::Data`] when files cannot be read, [`MethodError::LandmarkCount`]
    /// and [`MethodError::MissingStructures`] when shapes do not correspond.
    pub fn read_all(
        set: &TrainingSet<'_>,
        n_points: usize,
        method: &'static str,
        progress: Progress<'_>,
        look: impl Fn(usize) -> Pyramid + Sync,
    ) -> Result<(Layout, Vec<Self>), MethodError> {
        let shapes = set.shapes(n_points, progress)?;
        let layout = Layout::of(set, &shapes, method)?;
        let examples = set.each_image("reducing images", progress, |index, _| {
            let pyramid = look(index);
            let points = Layout::joined(&shapes[index], pyramid.size());
            Ok(Self { pyramid, points })
        })?;
        Ok((layout, examples))
    }
}
