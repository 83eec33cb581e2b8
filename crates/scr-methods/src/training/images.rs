//! Training images: a part of a benchmark, with the reference's masks and landmarks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rayon::prelude::*;
use scr_data::digest::{Manifest, file_digest, hex};
use scr_data::{Benchmark, Image, Problem, Problems, files};
use scr_image::{Mask, Outline, Radiograph, Size};
use serde::{Deserialize, Serialize};

use super::cache::{Cache, Clock};
use super::part::TrainingPart;
use crate::error::all_or_problems;
use crate::parts::{MaskParts, OddMask, corresponding, count_parts, usual_count};
use crate::{GreyImage, MethodError, Progress};

/// Largest distance of a landmark from the image, in widths along x and heights along y.
const MARGIN: f64 = 0.5;

/// Images of a part of a benchmark, read when needed and then kept.
pub struct TrainingImages<'a> {
    benchmark: &'a Benchmark,
    part: TrainingPart,
    images: Vec<&'a Image>,
    pub(super) clock: Clock,
    /// By longer side in pixels.
    grey: Cache<usize, Arc<Vec<GreyImage>>>,
    /// By number of landmarks a structure.
    shapes: Cache<usize, Arc<Vec<Shapes>>>,
    part_counts: Cache<(), Arc<Vec<usize>>>,
    provenance: Cache<(), Arc<Provenance>>,
}

/// Landmarks of the reference in one image, in pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Shapes {
    /// Size of the image.
    pub size: Size,
    /// Outlines by structure, in the benchmark's order, then part; none where it is empty.
    pub structures: Vec<Vec<Outline>>,
}

/// Training image as a model file records it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeenImage {
    /// Identifier of the image.
    pub id: String,
    /// SHA-256 of its file in hexadecimal; null when the file was missing.
    pub file_sha256: Option<String>,
}

/// Origin of training data.
pub(crate) struct Provenance {
    /// Digest of the benchmark against its reference observer.
    pub(crate) benchmark_digest: String,
    /// All training images.
    pub(crate) seen: Vec<SeenImage>,
}

impl<'a> TrainingImages<'a> {
    /// All images of `part`, such as a fold.
    #[must_use]
    pub fn new(benchmark: &'a Benchmark, part: impl Into<TrainingPart>) -> Self {
        let part = part.into();
        Self::of(benchmark, part, part.images(benchmark))
    }

    /// Some images of `part`.
    #[must_use]
    pub fn of(
        benchmark: &'a Benchmark,
        part: impl Into<TrainingPart>,
        images: Vec<&'a Image>,
    ) -> Self {
        let part = part.into();
        let (grey, shapes, part_counts) = (Cache::default(), Cache::default(), Cache::default());
        let (clock, provenance) = (Clock::default(), Cache::default());
        Self { benchmark, part, images, clock, grey, shapes, part_counts, provenance }
    }

    /// Benchmark of the images.
    #[must_use]
    pub const fn benchmark(&self) -> &'a Benchmark {
        self.benchmark
    }

    /// Part of the benchmark that the images are of.
    #[must_use]
    pub const fn part(&self) -> TrainingPart {
        self.part
    }

    /// The images, in the order of the benchmark's table.
    #[must_use]
    pub fn list(&self) -> &[&'a Image] {
        &self.images
    }

    /// Results of `work` on each image, in the images' order, computed in parallel.
    /// `progress` reports each image under the name `what`.
    ///
    /// # Errors
    /// All problems with files, or the first other error.
    pub fn each_image<T: Send>(
        &self,
        what: &str,
        progress: Progress<'_>,
        work: impl Fn(usize, &Image) -> Result<T, MethodError> + Sync,
    ) -> Result<Vec<T>, MethodError> {
        let (done, n_images) = (AtomicUsize::new(0), self.images.len());
        progress(what, 0, n_images);
        let results = self.images.par_iter().enumerate().map(|(index, image)| {
            let result = work(index, image);
            progress(what, done.fetch_add(1, Ordering::Relaxed) + 1, n_images);
            result
        });
        all_or_problems(results.collect())
    }

    /// Grey values of all radiographs, their longer sides `side` pixels long.
    ///
    /// # Errors
    /// [`MethodError::Data`] with every radiograph that cannot be read.
    pub fn grey_images(
        &self,
        side: usize,
        progress: Progress<'_>,
    ) -> Result<Arc<Vec<GreyImage>>, MethodError> {
        self.grey.get(&self.clock, side, || {
            let read = |_, image: &Image| Ok(GreyImage::of(&self.radiograph(image)?, side));
            self.each_image("reading radiographs", progress, read).map(Arc::new)
        })
    }

    /// Refuses structures that are drawn in no image, of which `method` can learn nothing.
    ///
    /// # Errors
    /// [`MethodError::NeverDrawn`] with the first structure for whose index `is_drawn` is false.
    pub(crate) fn require_drawn(
        &self,
        method: &'static str,
        is_drawn: impl Fn(usize) -> bool,
    ) -> Result<(), MethodError> {
        let structures = &self.benchmark.structures;
        let Some(index) = (0..structures.len()).find(|&index| !is_drawn(index)) else {
            return Ok(());
        };
        let structure = structures[index].id.clone();
        Err(MethodError::NeverDrawn { structure, n_images: self.images.len(), method })
    }

    /// Reads the radiograph of an image.
    ///
    /// # Errors
    /// [`MethodError::Data`] when it cannot be read.
    pub fn radiograph(&self, image: &Image) -> Result<Radiograph, MethodError> {
        Ok(self.benchmark.read_radiograph(image)?)
    }

    /// Reads the reference's masks of an image, in the order of structures.
    ///
    /// # Errors
    /// [`MethodError::Data`] with all problems of the masks.
    pub fn masks(&self, image: &Image) -> Result<Vec<Mask>, MethodError> {
        let reference = self.benchmark.reference();
        let masks = self.benchmark.read_masks(reference, image, &mut Manifest::default());
        masks.map_err(|list| {
            let mut problems = Problems::default();
            problems.extend(list);
            problems.or(()).expect_err("a failed reading has problems").into()
        })
    }

    /// Landmarks of the reference in every image: those of the data, or `count` a part by the
    /// rule of [`derive_landmarks`](crate::derive_landmarks) where the data holds masks only.
    ///
    /// # Errors
    /// [`MethodError::Data`] when files cannot be read or landmarks lie far outside of
    /// their image, [`MethodError::LandmarkCount`] when a structure's landmarks differ in
    /// number, [`MethodError::Parts`] when its parts do not correspond.
    pub fn shapes(
        &self,
        count: usize,
        progress: Progress<'_>,
    ) -> Result<Arc<Vec<Shapes>>, MethodError> {
        self.shapes.get(&self.clock, count, || self.read_shapes(count, progress).map(Arc::new))
    }

    /// Usual number of parts of each structure's masks, whatever the landmarks of the data.
    ///
    /// # Errors
    /// [`MethodError::Data`] with all problems of the masks.
    pub fn part_counts(&self, progress: Progress<'_>) -> Result<Arc<Vec<usize>>, MethodError> {
        self.part_counts.get(&self.clock, (), || {
            let counts = self.each_image("counting parts", progress, |_, image| {
                Ok(self.masks(image)?.iter().map(count_parts).collect::<Vec<_>>())
            })?;
            let usual = |structure: usize| usual_count(counts.iter().map(|of| of[structure]));
            Ok(Arc::new((0..self.benchmark.structures.len()).map(usual).collect()))
        })
    }

    fn read_shapes(
        &self,
        count: usize,
        progress: Progress<'_>,
    ) -> Result<Vec<Shapes>, MethodError> {
        if self.benchmark.reference().has_landmarks() {
            return self.read_landmarks(progress);
        }
        let masks = self.each_image("reading shapes", progress, |_, image| {
            let masks = self.masks(image)?;
            let parts: Vec<MaskParts> = masks.iter().map(|m| MaskParts::of(m, count)).collect();
            Ok((masks[0].size(), parts))
        })?;
        let shapes = masks.iter().map(|(size, _)| Shapes { size: *size, structures: Vec::new() });
        let mut shapes: Vec<Shapes> = shapes.collect();
        for (index, structure) in self.benchmark.structures.iter().enumerate() {
            let parts: Vec<&MaskParts> = masks.iter().map(|(_, parts)| &parts[index]).collect();
            let outlines = corresponding(&parts).map_err(|(n_parts, odd)| {
                let name = |odd: &OddMask| format!("{} ({})", self.images[odd.image].id, odd.found);
                MethodError::Parts {
                    structure: structure.id.clone(),
                    n_parts,
                    n_images: self.images.len(),
                    odd: odd.iter().map(name).collect(),
                }
            })?;
            shapes.iter_mut().zip(outlines).for_each(|(of, outlines)| of.structures.push(outlines));
        }
        Ok(shapes)
    }

    /// Landmarks of the data: one outline a structure.
    fn read_landmarks(&self, progress: Progress<'_>) -> Result<Vec<Shapes>, MethodError> {
        let shapes: Vec<Shapes> =
            self.each_image("reading shapes", progress, |_, image| self.landmarks_of(image))?;
        for (index, structure) in self.benchmark.structures.iter().enumerate() {
            let mut expected = None;
            for (image, shapes) in self.images.iter().zip(&shapes) {
                let Some(outline) = shapes.structures[index].first() else { continue };
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

    fn landmarks_of(&self, image: &Image) -> Result<Shapes, MethodError> {
        let size = self.masks(image)?[0].size();
        let landmarks = self.benchmark.read_landmarks(self.benchmark.reference(), image)?;
        let mut structures = Vec::new();
        for structure in &self.benchmark.structures {
            let outline = landmarks.as_ref().and_then(|landmarks| landmarks.get(&structure.id));
            if let Some(outline) = outline {
                check_places(&image.id, &structure.id, outline, size)?;
            }
            structures.push(outline.cloned().into_iter().collect());
        }
        Ok(Shapes { size, structures })
    }

    /// Origin of the images, computed once: it reads every file.
    pub(crate) fn provenance(&self) -> Result<Arc<Provenance>, MethodError> {
        self.provenance.get(&self.clock, (), || {
            let benchmark = self.benchmark;
            let seen = |image: &&Image| SeenImage {
                id: image.id.clone(),
                file_sha256: files::read_file(&benchmark.radiograph_path(image))
                    .ok()
                    .map(|bytes| hex(&file_digest(&bytes))),
            };
            let seen = self.images.iter().map(seen).collect();
            let benchmark_digest = benchmark.digest(benchmark.reference())?;
            Ok(Arc::new(Provenance { benchmark_digest, seen }))
        })
    }

    /// Runs `work`, and returns its time as if nothing had been shared with other methods.
    pub(super) fn measure<T>(&self, work: impl FnOnce() -> T) -> (T, Duration) {
        self.clock.measure(work)
    }
}

/// Refuses landmarks that lie far outside of their image: their models would be refused.
fn check_places(
    image: &str,
    structure: &str,
    outline: &Outline,
    size: Size,
) -> Result<(), Problem> {
    let range = |length: usize| -MARGIN * length as f64..=(1.0 + MARGIN) * length as f64;
    let (x, y) = (range(size.width), range(size.height));
    let is_far = |point: &scr_image::Point| !(x.contains(&point.x) && y.contains(&point.y));
    match outline.points().iter().position(is_far) {
        None => Ok(()),
        Some(index) => {
            let point = outline.points()[index];
            Err(Problem::new(
                format!("landmarks of {image}"),
                format!(
                    "x from {} to {} and y from {} to {}, for an image of {} x {} pixels",
                    x.start(),
                    x.end(),
                    y.start(),
                    y.end(),
                    size.width,
                    size.height
                ),
                format!("{structure}, point {}: x {:e}, y {:e}", index + 1, point.x, point.y),
                "landmarks are in pixels, from the image's upper left corner",
            ))
        }
    }
}
