//! Examples that shape methods learn from.

use scr_image::Point;

use crate::shape_model::Layout;
use crate::{MethodError, Progress, Pyramid, TrainingImages};

/// Training image at several resolutions, with its landmarks.
#[derive(Debug, Clone)]
pub struct Example {
    /// Image at all levels.
    pub pyramid: Pyramid,
    /// Landmarks of all structures, in the finest level's pixels.
    pub points: Vec<Point>,
}

impl Example {
    /// Examples of all training images, and the layout that their landmarks share. `pyramid`
    /// gives the pyramid of an image by its index. Where the data holds masks only, each
    /// structure has `n_points` landmarks.
    ///
    /// # Errors
    /// [`MethodError::Data`] when files cannot be read, [`MethodError::LandmarkCount`]
    /// and [`MethodError::MissingStructures`] when shapes do not correspond.
    pub fn read_all(
        images: &TrainingImages<'_>,
        n_points: usize,
        method: &'static str,
        progress: Progress<'_>,
        pyramid: impl Fn(usize) -> Pyramid + Sync,
    ) -> Result<(Layout, Vec<Self>), MethodError> {
        let shapes = images.shapes(n_points, progress)?;
        let layout = Layout::of(images, &shapes, method)?;
        let examples = images.each_image("reducing images", progress, |index, _| {
            let pyramid = pyramid(index);
            let points = Layout::joined(&shapes[index], pyramid.size());
            Ok(Self { pyramid, points })
        })?;
        Ok((layout, examples))
    }
}
