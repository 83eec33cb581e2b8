//! Search with a shape model, independent of the kind of image.

use std::sync::Arc;

use scr_image::{Mask, Point, Size};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::shape_model::Layout;
use crate::stored::read;
use crate::{
    GreyImage, Insight, MethodError, ModelDeclaration, ModelFault, Parameters, Pyramid, SearchStep,
    SearchSteps, Segmenter, Subject, Watch,
};

/// Model that moves the points of all structures to where they fit an image.
pub trait ShapeSearch: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Assignment of points to structures.
    fn layout(&self) -> &Layout;

    /// Resolutions of its pyramids: longer side of the finest level in pixels, and number of
    /// levels.
    fn resolutions(&self) -> (usize, usize);

    /// Refuses a model that is impossible for the `declared` parameters and for images of
    /// `n_channels` channels.
    ///
    /// # Errors
    /// The first [`ModelFault`].
    fn check(&self, declared: ModelDeclaration<'_>, n_channels: usize) -> Result<(), ModelFault>;

    /// Finds the points that fit an image best, in the finest level's pixels. Calls `watch` at
    /// the start and at the end of each level.
    fn search_watched(&self, pyramid: &Pyramid, watch: Watch<'_>) -> Vec<Point>;

    /// Insights into the model itself.
    fn insights(&self) -> Vec<Insight>;

    /// Finds the points that fit an image best, in the finest level's pixels.
    fn search(&self, pyramid: &Pyramid) -> Vec<Point> {
        self.search_watched(pyramid, &mut |_, _| ())
    }

    /// Outlines from the start of a search to its end.
    fn search_steps(&self, pyramid: &Pyramid) -> SearchSteps {
        let mut steps = Vec::new();
        self.search_watched(pyramid, &mut |stage, points| {
            steps.push(SearchStep { stage, outlines: self.layout().outlines(&points()) });
        });
        SearchSteps { size: pyramid.size(), steps }
    }

    /// Masks of size `full`, one a structure, from the points that fit an image best.
    fn masks(&self, pyramid: &Pyramid, full: Size) -> Vec<Mask> {
        self.layout().masks(&self.search(pyramid), pyramid.size(), full)
    }
}

/// Refuses a trained model that would be refused on loading, as landmarks that no
/// anatomy has can give.
pub(crate) fn check_trained<M: ShapeSearch>(
    model: &M,
    method: &'static str,
    parameters: &Parameters,
    n_channels: usize,
) -> Result<(), MethodError> {
    let n_structures = model.layout().structures().count();
    let check = model.check(ModelDeclaration { parameters, n_structures }, n_channels);
    check.map_err(|fault| MethodError::Unusable { method, fault })
}

/// Segmenter of a shape model that searches in grey values.
pub(crate) struct OnGrey<M> {
    pub(crate) model: M,
}

impl<M: ShapeSearch> OnGrey<M> {
    /// Segmenter of a model that was just trained.
    ///
    /// # Errors
    /// [`MethodError::Unusable`] when the model would be refused on loading.
    pub(crate) fn trained(
        model: M,
        method: &'static str,
        parameters: &Parameters,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        check_trained(&model, method, parameters, 1)?;
        Ok(Arc::new(Self { model }))
    }

    /// Restores the segmenter from a payload: see [`Method::restore`](crate::Method::restore).
    pub(crate) fn restore(
        bytes: &[u8],
        declared: ModelDeclaration<'_>,
    ) -> Result<Arc<dyn Segmenter>, ModelFault> {
        read(bytes, |model: M| {
            model.check(declared, 1)?;
            Ok(Arc::new(Self { model }) as Arc<dyn Segmenter>)
        })
    }

    /// Pyramid of a radiograph's grey values.
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
