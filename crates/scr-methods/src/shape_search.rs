//! What a shape method's model does, whatever it looks at.

use std::sync::Arc;

use scr_image::{Mask, Point, Size};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::shape_model::Layout;
use crate::{GreyImage, MethodError, Pyramid, Segmenter, Subject};

/// A model that moves the points of all structures to where they fit an image.
pub trait ShapeSearch: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Which points belong to which structure.
    fn layout(&self) -> &Layout;

    /// Longer side of the finest level, in pixels, and number of levels of the
    /// pyramids that it looks at.
    fn resolutions(&self) -> (usize, usize);

    /// The points that fit an image best, in the finest level's pixels.
    fn search(&self, pyramid: &Pyramid) -> Vec<Point>;

    /// One mask a structure of size `full`, from the points that fit an image best.
    fn masks(&self, pyramid: &Pyramid, full: Size) -> Vec<Mask> {
        self.layout().masks(&self.search(pyramid), pyramid.size(), full)
    }
}

/// A shape method's model that looks at grey values.
pub(crate) struct OnGrey<M> {
    pub(crate) model: M,
}

impl<M: ShapeSearch> OnGrey<M> {
    /// Restores what [`Segmenter::to_bytes`] wrote; none when the bytes are not that.
    pub(crate) fn restore(bytes: &[u8]) -> Option<Arc<dyn Segmenter>> {
        let model: M = postcard::from_bytes(bytes).ok()?;
        Some(Arc::new(Self { model }))
    }
}

impl<M: ShapeSearch> Segmenter for OnGrey<M> {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        let (side, n_levels) = self.model.resolutions();
        let image = GreyImage::of(subject.radiograph(), side);
        let pyramid = Pyramid::grey(image, n_levels);
        Ok(self.model.masks(&pyramid, subject.radiograph().size()))
    }

    fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(&self.model).expect("numbers in memory can always be written")
    }
}
