//! Samples: the pixels of the training images that the classifier learns from.

use std::collections::BTreeMap;
use std::ops::Range;

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use scr_image::{Mask, Size};

use super::features::Features;
use super::posterior::Centre;
use super::settings::{ClassifierTraining, PixelSettings};
use crate::{MethodError, Progress, TrainingImages};

/// Smallest total number of samples. With few training images each gives more, so that the
/// samples include small structures.
const FEWEST: usize = 32_000;

/// Training pixels.
pub(super) struct Samples {
    /// Features, one sample after the other.
    pub(super) features: Vec<f32>,
    /// Index of each sample's combination of structures.
    pub(super) labels: Vec<u32>,
    /// Combinations that occur, by structure: membership in the combination.
    pub(super) combinations: Vec<Vec<bool>>,
    /// Range of samples of each image, in the order of the training images.
    pub(super) images: Vec<Range<usize>>,
}

/// Samples of one image.
struct ImageSamples {
    features: Vec<f32>,
    labels: Vec<Vec<bool>>,
    /// By structure: whether its mask has a pixel.
    is_drawn: Vec<bool>,
}

impl Samples {
    /// Samples pixels of each image, reduced to a longer side of `side` pixels: one at
    /// random in each cell of a grid, so that regions are represented in proportion to their
    /// area. About `n_samples` an image, more with few images. `centres` holds the origin of
    /// places of each image.
    ///
    /// # Errors
    /// [`MethodError::Data`] when files cannot be read, [`MethodError::NeverDrawn`]
    /// when a structure is empty in all images.
    pub(super) fn of(
        images: &TrainingImages<'_>,
        training: ClassifierTraining,
        centres: &[Centre],
        method: &'static str,
        progress: Progress<'_>,
    ) -> Result<Self, MethodError> {
        let PixelSettings { side, n_scales, n_samples, .. } = training.settings;
        let n_images = images.list().len();
        let n_samples = n_samples.max(FEWEST / n_images.max(1));
        let mut seeds = Pcg64::seed_from_u64(training.seed);
        let seeds: Vec<u64> = (0..n_images).map(|_| seeds.next_u64()).collect();
        let grey = images.grey_images(side, progress)?;
        let sampled = images.each_image("sampling pixels", progress, |index, image| {
            let masks = images.masks(image)?;
            let features = Features::of(&grey[index], n_scales, centres[index]);
            let pixels = one_in_each_cell(features.size, n_samples, seeds[index]);
            Ok(ImageSamples::new(&features, &masks, &pixels))
        })?;
        let is_drawn = |index: usize| sampled.iter().any(|image| image.is_drawn[index]);
        images.require_drawn(method, is_drawn)?;
        Ok(Self::joined(&sampled))
    }

    fn joined(images: &[ImageSamples]) -> Self {
        let mut numbers: BTreeMap<&[bool], u32> =
            images.iter().flat_map(|image| &image.labels).map(|label| (&label[..], 0)).collect();
        numbers.values_mut().zip(0..).for_each(|(number, index)| *number = index);
        let labels = images.iter().flat_map(|image| &image.labels);
        let mut from = 0;
        let range = |image: &ImageSamples| {
            let range = from..from + image.labels.len();
            from = range.end;
            range
        };
        Self {
            images: images.iter().map(range).collect(),
            features: images.iter().flat_map(|image| &image.features).copied().collect(),
            labels: labels.map(|label| numbers[&label[..]]).collect(),
            combinations: numbers.keys().map(|label| label.to_vec()).collect(),
        }
    }
}

impl ImageSamples {
    fn new(features: &Features, masks: &[Mask], pixels: &[usize]) -> Self {
        let size = features.size;
        let label = |&pixel: &usize| {
            let (col, row) = (pixel % size.width, pixel / size.width);
            masks.iter().map(|mask| is_inside(mask, size, col, row)).collect()
        };
        Self {
            features: pixels.iter().flat_map(|&pixel| features.at(pixel)).collect(),
            labels: pixels.iter().map(label).collect(),
            is_drawn: masks.iter().map(|mask| !mask.is_empty()).collect(),
        }
    }
}

/// Test whether the centre of a pixel of the grid `size` lies in the mask.
fn is_inside(mask: &Mask, size: Size, col: usize, row: usize) -> bool {
    let full = mask.size();
    let centre = |at: usize, length: usize, full: usize| (2 * at + 1) * full / (2 * length);
    mask.get(centre(col, size.width, full.width), centre(row, size.height, full.height))
}

/// Pixels of an image, one at random in each cell of a grid of about `count` cells.
fn one_in_each_cell(size: Size, count: usize, seed: u64) -> Vec<usize> {
    let mut random = Pcg64::seed_from_u64(seed);
    let mut below = |n: usize| ((u128::from(random.next_u64()) * n as u128) >> 64) as usize;
    let cell = (size.area() as f64 / count as f64).sqrt();
    let cells = |length: usize| ((length as f64 / cell).round() as usize).clamp(1, length);
    let (across, down) = (cells(size.width), cells(size.height));
    let mut pixels = Vec::with_capacity(across * down);
    for row in 0..down {
        for col in 0..across {
            let mut place = |index: usize, of: usize, length: usize| {
                let (start, end) = (index * length / of, (index + 1) * length / of);
                start + below(end - start)
            };
            let (x, y) = (place(col, across, size.width), place(row, down, size.height));
            pixels.push(y * size.width + x);
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_of_the_grid_has_one_pixel() {
        let pixels = one_in_each_cell(Size::new(100, 60), 60, 3);
        assert_eq!(pixels.len(), 60);
        for (cell, pixel) in pixels.iter().enumerate() {
            assert_eq!((pixel % 100 / 10, pixel / 100 / 10), (cell % 10, cell / 10));
        }
        assert_ne!(pixels, one_in_each_cell(Size::new(100, 60), 60, 4));
    }

    #[test]
    fn a_tiny_image_gives_each_pixel_once() {
        assert_eq!(one_in_each_cell(Size::new(1, 1), 500, 1), [0]);
        let all: Vec<usize> = (0..600).collect();
        assert_eq!(one_in_each_cell(Size::new(3, 200), 20_000, 1), all);
    }

    #[test]
    fn a_pixel_is_in_the_mask_in_which_its_centre_lies() {
        let mask = Mask::from_text("..#### ..#### ...... ......");
        let inside = |col, row| is_inside(&mask, Size::new(3, 2), col, row);
        assert_eq!(
            [inside(0, 0), inside(1, 0), inside(2, 0), inside(2, 1)],
            [false, true, true, false]
        );
    }
}
