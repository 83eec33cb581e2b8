//! What a shape method's model does, whatever it looks at.

use std::sync::Arc;

use scr_image::{Mask, Point, Size};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::shape_model::Layout;
use crate::stored::read;
use crate::{
    Declared, GreyImage, Insight, MethodError, ModelFault, Pyramid, SearchStep, SearchSteps,
    Segmenter, Subject, Watch,
};

/// A model that moves the points of all structures to where they fit an image.
pub trait ShapeSearch: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Which points belong to which structure.
    fn layout(&self) -> &Layout;

    /// Longer side of the finest level, in pixels, and number of levels of the
    /// pyramids that it looks at.
    fn resolutions(&self) -> (usize, usize);

    /// Refuses a model of a file that training with the `declared` parameters, on images of
    /// `n_channels` channels, cannot have made.
    ///
    /// # Errors
    /// The first [`ModelFault`].
    fn check(&self, declared: Declared<'_>, n_channels: usize) -> Result<(), ModelFault>;

    /// The points that fit an image best, in the finest level's pixels; `watch` is told
    /// of the start and of the end of each level.
    fn search_watched(&self, pyramid: &Pyramid, watch: Watch<'_>) -> Vec<Point>;

    /// What it lets people see of itself.
    fn insights(&self) -> Vec<Insight>;

    /// The points that fit an image best, in the finest level's pixels.
    fn search(&self, pyramid: &Pyramid) -> Vec<Point> {
        self.search_watched(pyramid, &mut |_, _| ())
    }

    /// Where the points were from the start of a search to its end.
    fn search_steps(&self, pyramid: &Pyramid) -> SearchSteps {
        let mut steps = Vec::new();
        self.search_watched(pyramid, &mut |stage, points| {
            steps.push(SearchStep { stage, outlines: self.layout().outlines(&points()) });
        });
        SearchSteps { size: pyramid.size(), steps }
    }

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
    /// Restores what [`Segmenter::to_bytes`] wrote: see [`Method::restore`](crate::Method::restore).
    pub(crate) fn restore(
        bytes: &[u8],
        declared: Declared<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        read(bytes, |model: M| {
            model.check(declared, 1)?;
            Ok(Arc::new(Self { model }) as Arc<dyn Segmenter>)
        })
    }

    /// What the model looks at in an image.
    fn pyramid(&self, subject: &Subject<'_>) -> Pyramid {
        let (side, n_levels) = self.model.resolutions();
        Pyramid::grey(GreyImage::of(subject.radiograph(), side), n_levels)
    }
}

impl<M: ShapeSearch> Segmenter for OnGrey<M> {
    fn segment(&self, subject: &Subject<'_>) -> Result<Vec<Mask>, MethodError> {
        let pyramid = self.pyramid(subject);
        Ok(self.model.masks(&pyramid, subject.radiograph().size()))
    }

    fn insights(&self) -> Vec<Insight> {
        self.model.insights()
    }

    fn insights_on(&self, subject: &Subject<'_>) -> Result<Vec<Insight>, MethodError> {
        Ok(vec![Insight::SearchSteps(self.model.search_steps(&self.pyramid(subject)))])
    }

    fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(&self.model).expect("numbers in memory can always be written")
    }
}
