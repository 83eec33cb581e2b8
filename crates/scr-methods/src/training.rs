//! What a method is trained on: the images of one fold, with the reference's drawings.

use rayon::prelude::*;
use scr_data::digest::Manifest;
use scr_data::{Benchmark, Fold, Image, Problems};
use scr_image::{Mask, Outline, Radiograph, Size};

use crate::{MethodError, derive_landmarks};

/// The images of one fold of a benchmark, read when asked for.
#[derive(Debug, Clone)]
pub struct TrainingSet<'a> {
    benchmark: &'a Benchmark,
    fold: Fold,
    images: Vec<&'a Image>,
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
        Self { benchmark, fold, images: benchmark.fold(fold).collect() }
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
    pub fn shapes(&self, count: usize) -> Result<Vec<Shapes>, MethodError> {
        let shapes: Vec<Shapes> = self
            .images
            .par_iter()
            .map(|image| self.shapes_of(image, count))
            .collect::<Result<_, _>>()?;
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
