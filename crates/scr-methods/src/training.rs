//! What a method is trained on: the images of one fold, with the reference's drawings.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, Fold, Image, Problems};
use scr_image::{Mask, Outline, Radiograph, Size};

use crate::error::all_or_problems;
use crate::shared::Shared;
use crate::{GreyImage, Method, MethodError, Parameters, Progress, Segmenter, derive_landmarks};

/// Images of one fold of a benchmark, read when asked for.
///
/// Methods trained on one set share what they have in common, such as the pixel
/// classifier of `pc`, `pc-post`, the hybrids and `voting`.
pub struct TrainingSet<'a> {
    benchmark: &'a Benchmark,
    fold: Fold,
    images: Vec<&'a Image>,
    shared: Shared,
}

/// What the reference drew in one image, as landmarks in pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Shapes {
    /// Size of the image.
    pub size: Size,
    /// One outline a structure, in the benchmark's order; `None` where it is empty.
    pub structures: Vec<Option<Outline>>,
}

impl<'a> TrainingSet<'a> {
    /// The images of `fold`.
    #[must_use]
    pub fn new(benchmark: &'a Benchmark, fold: Fold) -> Self {
        Self::of(benchmark, fold, benchmark.fold(fold).collect())
    }

    /// Some images of `fold` only.
    #[must_use]
    pub fn of(benchmark: &'a Benchmark, fold: Fold, images: Vec<&'a Image>) -> Self {
        Self { benchmark, fold, images, shared: Shared::default() }
    }

    /// The benchmark that the images are of.
    #[must_use]
    pub const fn benchmark(&self) -> &'a Benchmark {
        self.benchmark
    }

    /// The fold that the images are of.
    #[must_use]
    pub const fn fold(&self) -> Fold {
        self.fold
    }

    /// The images, in the order of the benchmark's table.
    #[must_use]
    pub fn images(&self) -> &[&'a Image] {
        &self.images
    }

    /// What `of` says of each image, in their order, worked out in parallel;
    /// `progress` is told of each as `what`.
    ///
    /// # Errors
    /// The problems with files of all images, or the first other error.
    pub fn each_image<T: Send>(
        &self,
        what: &str,
        progress: Progress<'_>,
        of: impl Fn(usize, &Image) -> Result<T, MethodError> + Sync,
    ) -> Result<Vec<T>, MethodError> {
        let (done, n_images) = (AtomicUsize::new(0), self.images.len());
        progress(what, 0, n_images);
        let results = self.images.par_iter().enumerate().map(|(index, image)| {
            let result = of(index, image);
            progress(what, done.fetch_add(1, Ordering::Relaxed) + 1, n_images);
            result
        });
        all_or_problems(results.collect())
    }

    /// The part `name` that methods share: the kept one, or what `make` makes.
    pub(crate) fn shared<T: Clone + Send + 'static>(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<T, MethodError>,
    ) -> Result<T, MethodError> {
        self.shared.get(name, make)
    }

    /// What `work` gives, and how long it would have taken had nothing been shared.
    pub(crate) fn timed<T>(&self, work: impl FnOnce() -> T) -> (T, std::time::Duration) {
        self.shared.timed(work)
    }

    /// A method trained on this set, once for all who ask for it.
    ///
    /// # Errors
    /// What the method says.
    pub fn trained(
        &self,
        method: &dyn Method,
        parameters: &Parameters,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Arc<dyn Segmenter>, MethodError> {
        let name = trained_name(method, parameters, seed);
        self.shared(&name, || method.train(self, parameters, seed, progress))
    }

    /// Keeps a method that was trained on this set before.
    pub(crate) fn keep(
        &self,
        method: &dyn Method,
        parameters: &Parameters,
        seed: u64,
        trained: Arc<dyn Segmenter>,
    ) -> Result<(), MethodError> {
        self.shared(&trained_name(method, parameters, seed), || Ok(trained)).map(drop)
    }

    /// The grey values of all radiographs, their longer sides `side` pixels long.
    ///
    /// # Errors
    /// [`MethodError::Data`] with every radiograph that cannot be read.
    pub fn grey_images(
        &self,
        side: usize,
        progress: Progress<'_>,
    ) -> Result<Arc<Vec<GreyImage>>, MethodError> {
        self.shared(&format!("grey values, {side} pixels"), || {
            let read = |_, image: &Image| Ok(GreyImage::of(&self.radiograph(image)?, side));
            self.each_image("reading radiographs", progress, read).map(Arc::new)
        })
    }

    /// Reads one image's radiograph.
    ///
    /// # Errors
    /// [`MethodError::Data`] when it cannot be read.
    pub fn radiograph(&self, image: &Image) -> Result<Radiograph, MethodError> {
        Ok(self.benchmark.read_radiograph(image)?)
    }

    /// Reads the reference's masks of one image, in the order of structures.
    ///
    /// # Errors
    /// [`MethodError::Data`] with everything that is wrong with them.
    pub fn masks(&self, image: &Image) -> Result<Vec<Mask>, MethodError> {
        let reference = self.benchmark.reference();
        let masks = self.benchmark.read_masks(reference, image, &mut Manifest::default());
        masks.map_err(|list| {
            let mut problems = Problems::default();
            problems.extend(list);
            problems.or(()).expect_err("a failed reading has problems").into()
        })
    }

    /// The reference's landmarks of every image: those of the data, or, where it
    /// holds masks only, `count` a structure by the rule of [`derive_landmarks`].
    ///
    /// # Errors
    /// [`MethodError::Data`] when files cannot be read, [`MethodError::LandmarkCount`]
    /// when a structure's landmarks differ in number.
    pub fn shapes(
        &self,
        count: usize,
        progress: Progress<'_>,
    ) -> Result<Arc<Vec<Shapes>>, MethodError> {
        self.shared(&format!("{count} landmarks"), || {
            self.read_shapes(count, progress).map(Arc::new)
        })
    }

    fn read_shapes(
        &self,
        count: usize,
        progress: Progress<'_>,
    ) -> Result<Vec<Shapes>, MethodError> {
        let shapes: Vec<Shapes> =
            self.each_image("reading shapes", progress, |_, image| self.shapes_of(image, count))?;
        for (index, structure) in self.benchmark.structures.iter().enumerate() {
            let mut expected = None;
            for (image, shapes) in self.images.iter().zip(&shapes) {
                let Some(outline) = &shapes.structures[index] else { continue };
                let found = outline.points().len();
                let expected = *expected.get_or_insert(found);
                if found != expected {
                    let (structure, image) = (structure.id.clone(), image.id.clone());
                    return Err(MethodError::LandmarkCount { structure, image, found, expected });
                }
            }
        }
        Ok(shapes)
    }

    fn shapes_of(&self, image: &Image, count: usize) -> Result<Shapes, MethodError> {
        let masks = self.masks(image)?;
        let size = masks[0].size();
        let landmarks = self.benchmark.read_landmarks(self.benchmark.reference(), image)?;
        let structures = match landmarks {
            Some(landmarks) => {
                self.benchmark.structures.iter().map(|s| landmarks.get(&s.id).cloned()).collect()
            }
            None => masks.iter().map(|mask| derive_landmarks(mask, count)).collect(),
        };
        Ok(Shapes { size, structures })
    }
}

fn trained_name(method: &dyn Method, parameters: &Parameters, seed: u64) -> String {
    format!("{} {parameters:?} seed {seed}", method.id())
}
