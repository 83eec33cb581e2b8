//! Posteriors: the probability of each structure at each pixel.

use scr_data::formats;
use scr_image::{Mask, Radiograph, Size};

use crate::GreyImage;

/// Probability from which a pixel belongs to a structure.
const THRESHOLD: f32 = 0.5;

/// Posterior: the probability of each structure at each pixel of an image, from 0 to 1.
///
/// Structures may overlap, so the probabilities of a pixel need not add up to 1.
/// The maps lie on the grid on which they were computed, which need not be the
/// image's: [`masks`](Self::masks) are at the image's size.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    full: Size,
    maps: Vec<GreyImage>,
}

/// Point of an image, as shares of its width and height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Centre {
    pub(super) x: f64,
    pub(super) y: f64,
}

impl Centre {
    /// Upper left corner of the image: relative to it, places are those in the image.
    pub(super) const CORNER: Self = Self { x: 0.0, y: 0.0 };

    /// Middle of the image.
    const MIDDLE: Self = Self { x: 0.5, y: 0.5 };
}

impl Posterior {
    /// Posterior of an image of `full` pixels: one map a structure, all of one size.
    ///
    /// # Panics
    /// When the maps differ in size.
    #[must_use]
    pub fn new(full: Size, maps: Vec<GreyImage>) -> Self {
        assert!(maps.windows(2).all(|two| two[0].size() == two[1].size()), "maps of one size");
        Self { full, maps }
    }

    /// Size of the image.
    #[must_use]
    pub const fn full_size(&self) -> Size {
        self.full
    }

    /// Maps of all structures, in the order of the training benchmark's structures.
    #[must_use]
    pub fn maps(&self) -> &[GreyImage] {
        &self.maps
    }

    /// Centroid of all pixels, weighted by the probability of the most probable structure; the
    /// middle of the image when all probabilities are 0.
    pub(super) fn centre(&self) -> Centre {
        let (mut sum, mut x, mut y) = (0.0, 0.0, 0.0);
        let Some(size) = self.maps.first().map(GreyImage::size) else { return Centre::MIDDLE };
        for pixel in 0..size.area() {
            let highest = self.maps.iter().map(|map| map.values()[pixel]).fold(0.0, f32::max);
            let weight = f64::from(highest);
            sum += weight;
            x += weight * ((pixel % size.width) as f64 + 0.5);
            y += weight * ((pixel / size.width) as f64 + 0.5);
        }
        match sum {
            0.0 => Centre::MIDDLE,
            _ => Centre { x: x / sum / size.width as f64, y: y / sum / size.height as f64 },
        }
    }

    /// Gaussian blur of each map with standard deviation `sigma_px`, in pixels of the maps.
    #[must_use]
    pub fn blurred(&self, sigma_px: f64) -> Self {
        Self { full: self.full, maps: self.maps.iter().map(|map| map.blurred(sigma_px)).collect() }
    }

    /// PNG files, one a structure, at the image's size: 16 bits a pixel, from 0 for 0 to 65535
    /// for 1, interpolated between the centres of the map's pixels, as masks are.
    #[must_use]
    pub fn to_pngs(&self) -> Vec<Vec<u8>> {
        let png = |map: &GreyImage| {
            let mut values = Vec::with_capacity(self.full.area());
            map.each_pixel(self.full, |_, _, value| {
                values.push((value.clamp(0.0, 1.0) * 65535.0).round() as u16);
            });
            let image = Radiograph::new(self.full, u16::MAX, values, None);
            let image = image.expect("there is one value a pixel");
            formats::png::write_radiograph(&image).expect("16 bits are used whole")
        };
        self.maps.iter().map(png).collect()
    }

    /// Masks, one a structure, at the image's size: the pixels at which the posterior,
    /// interpolated between the centres of the map's pixels, is at least 0.5.
    ///
    /// A structure that is less probable everywhere has a threshold of half its largest
    /// probability. Only a structure of probability 0 everywhere is empty.
    #[must_use]
    pub fn masks(&self) -> Vec<Mask> {
        let mask = |map: &GreyImage| {
            let highest = map.values().iter().copied().fold(0.0, f32::max);
            match highest {
                0.0 => Mask::empty(self.full),
                highest if highest < THRESHOLD => at_least(map, self.full, highest / 2.0),
                _ => at_least(map, self.full, THRESHOLD),
            }
        };
        self.maps.iter().map(mask).collect()
    }

    /// Masks, one a structure, at the image's size, with `shapes` of that size as a prior: the
    /// pixels at which the weighted mean of the interpolated posterior and of the shape (1 inside,
    /// 0 outside) is at least 0.5. `weight` is that of the shape, from 0 (posterior alone) to 1
    /// (shape alone).
    #[must_use]
    pub fn masks_with_shapes(&self, shapes: &[Mask], weight: f32) -> Vec<Mask> {
        let mask = |(map, shape): (&GreyImage, &Mask)| {
            let mut mask = Mask::empty(self.full);
            map.each_pixel(self.full, |col, row, value| {
                let prior = if shape.get(col, row) { weight } else { 0.0 };
                if (1.0 - weight).mul_add(value, prior) >= THRESHOLD {
                    mask.set(col, row);
                }
            });
            mask
        };
        self.maps.iter().zip(shapes).map(mask).collect()
    }
}

/// Mask of the pixels of an image of `full` pixels at which a map, interpolated, is at
/// least `threshold`.
fn at_least(map: &GreyImage, full: Size, threshold: f32) -> Mask {
    let mut mask = Mask::empty(full);
    map.each_pixel(full, |col, row, value| {
        if value >= threshold {
            mask.set(col, row);
        }
    });
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_interpolated_before_the_threshold() {
        // Centres of the map's pixels lie at 2 and 6 of 8; 0.5 is reached half way.
        let map = GreyImage::new(Size::new(2, 1), vec![0.0, 1.0]);
        let masks = Posterior::new(Size::new(8, 2), vec![map]).masks();
        assert_eq!(masks[0], Mask::from_text("....#### ....####"));
    }

    #[test]
    fn pngs_hold_the_probability_at_the_image_s_size() {
        let map = GreyImage::new(Size::new(2, 1), vec![0.0, 1.0]);
        let pngs = Posterior::new(Size::new(8, 1), vec![map]).to_pngs();
        let found = formats::png::read_radiograph(&pngs[0]).unwrap();
        let eighth = |n: u16| (f32::from(n) / 8.0 * 65535.0).round() as u16;
        assert_eq!(
            found.pixels(),
            [0, 0, eighth(1), eighth(3), eighth(5), eighth(7), 65535, 65535]
        );
    }

    #[test]
    fn an_improbable_structure_has_half_its_largest_probability_as_threshold() {
        let map = GreyImage::new(Size::new(4, 1), vec![0.4, 0.2, 0.1, 0.0]);
        let never = GreyImage::new(Size::new(4, 1), vec![0.0; 4]);
        let masks = Posterior::new(Size::new(4, 1), vec![map, never]).masks();
        assert_eq!(masks[0], Mask::from_text("##.."));
        assert!(masks[1].is_empty());
    }

    #[test]
    fn a_shape_lowers_the_threshold_inside_and_raises_it_outside() {
        let map = GreyImage::new(Size::new(4, 1), vec![0.3, 0.6, 0.6, 0.8]);
        let posterior = Posterior::new(Size::new(4, 1), vec![map]);
        let shape = [Mask::from_text("##..")];
        let with = |weight| posterior.masks_with_shapes(&shape, weight).remove(0);
        assert_eq!(with(0.0), Mask::from_text(".###"));
        assert_eq!(with(0.3), Mask::from_text("##.#"));
        assert_eq!(with(1.0), shape[0]);
    }

    #[test]
    fn the_centre_is_the_centroid_of_the_probabilities() {
        let map = |values: [f32; 4]| GreyImage::new(Size::new(4, 1), values.to_vec());
        let centre = |maps| Posterior::new(Size::new(8, 5), maps).centre();
        let found = centre(vec![map([0.5, 0.5, 0.0, 0.0]), map([0.0, 1.0, 0.0, 0.5])]);
        // Columns 0, 1 and 3, whose centres lie at 1, 3 and 7 eighths, as 0.5 : 1 : 0.5.
        assert_eq!(found, Centre { x: 3.5 / 8.0, y: 0.5 });
        assert_eq!(centre(vec![map([0.0; 4])]), Centre::MIDDLE);
    }

    #[test]
    fn blurring_removes_specks() {
        let size = Size::square(31);
        let maps = |is_in: &dyn Fn(usize) -> bool| {
            GreyImage::new(size, (0..size.area()).map(|p| f32::from(is_in(p))).collect())
        };
        let (speck, half) = (maps(&|p| p == 480), maps(&|p| p % 31 < 15));
        let masks = Posterior::new(size, vec![half.clone()]).masks();
        assert_eq!(Posterior::new(size, vec![half]).blurred(2.0).masks(), masks);
        let blurred = Posterior::new(size, vec![speck]).blurred(2.0);
        assert!(blurred.maps()[0].values().iter().all(|&value| value < 0.1));
    }
}
