//! Grey images: floats on a small grid, with resampling, filters and interpolation.
//!
//! All filters are separable and deterministic: each pixel is summed in one order, for any
//! number of threads. Beyond its edge an image continues with the value at the edge.
//!
//! Coordinates are those of [the crate](crate): the pixel in column c and row r has its
//! centre at (c + 0.5, r + 0.5).

use crate::resampling::{Between, Cover};
use crate::{Point, Radiograph, Resampling, Size};

/// Image of floats, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct GreyImage {
    size: Size,
    values: Vec<f32>,
}

impl GreyImage {
    /// Image from its values, row by row.
    ///
    /// # Panics
    /// When there is not one value a pixel, or there are no pixels.
    #[must_use]
    pub fn new(size: Size, values: Vec<f32>) -> Self {
        assert_eq!(values.len(), size.area(), "one value a pixel");
        assert!(size.area() > 0, "an image has pixels");
        Self { size, values }
    }

    /// Radiograph resampled to a longer side of `side` pixels: each value is the mean of the
    /// area that it covers, from 0 (black) to 1 (white). A smaller radiograph is enlarged by
    /// repetition.
    #[must_use]
    pub fn of(radiograph: &Radiograph, side: usize) -> Self {
        let full = radiograph.size();
        let scale = 1.0 / f32::from(radiograph.max_value().max(1));
        let values = radiograph.pixels().iter().map(|&value| f32::from(value) * scale).collect();
        Self::new(full, values).resampled(working_size(full, side))
    }

    /// Width and height in pixels.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// All values, row by row.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Image resampled to another grid: each value is the mean of the area that its pixel
    /// covers.
    #[must_use]
    pub fn resampled(&self, size: Size) -> Self {
        self.resampled_by(Resampling::Area, size)
    }

    /// Image resampled to another grid.
    #[must_use]
    pub fn resampled_by(&self, resampling: Resampling, size: Size) -> Self {
        if size == self.size {
            return self.clone();
        }
        let across = Cover::new(resampling, self.size.width, size.width);
        let down = Cover::new(resampling, self.size.height, size.height);
        let mut narrow = vec![0.0; size.width * self.size.height];
        let rows = self.values.chunks_exact(self.size.width);
        for (row, out) in rows.zip(narrow.chunks_exact_mut(size.width)) {
            for (value, part) in out.iter_mut().zip(&across.parts) {
                *value = part.mean(|index| row[index]);
            }
        }
        let mut values = vec![0.0; size.area()];
        for (row, part) in values.chunks_exact_mut(size.width).zip(&down.parts) {
            for (column, value) in row.iter_mut().enumerate() {
                *value = part.mean(|index| narrow[index * size.width + column]);
            }
        }
        Self { size, values }
    }

    /// Visits each pixel (column, row) of an image of `full` pixels that this map covers, with
    /// the map's value there, interpolated between the centres of the map's pixels.
    pub fn each_pixel(&self, full: Size, see: impl FnMut(usize, usize, f32)) {
        let Size { width, height } = self.size;
        self.each_pixel_of_part([0.0, 0.0, width as f64, height as f64], full, see);
    }

    /// As [`each_pixel`](Self::each_pixel), for an image that covers a part of the map: `x`,
    /// `y`, width and height in pixels of the map.
    pub fn each_pixel_of_part(
        &self,
        [x, y, width, height]: [f64; 4],
        full: Size,
        mut see: impl FnMut(usize, usize, f32),
    ) {
        let size = self.size;
        let across = |col| Between::new(x, width, (col, full.width), size.width);
        let columns: Vec<Between> = (0..full.width).map(across).collect();
        let row_of = |row: usize| &self.values[row * size.width..][..size.width];
        let mut line = vec![0.0; size.width];
        for row in 0..full.height {
            let between = Between::new(y, height, (row, full.height), size.height);
            let (above, below) = (row_of(between.first), row_of(between.second));
            for (value, (a, b)) in line.iter_mut().zip(above.iter().zip(below)) {
                *value = a + between.share * (b - a);
            }
            for (col, between) in columns.iter().enumerate() {
                let (left, right) = (line[between.first], line[between.second]);
                see(col, row, left + between.share * (right - left));
            }
        }
    }

    /// Image mirrored at its vertical axis.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let rows = self.values.chunks_exact(self.size.width);
        let values = rows.flat_map(|row| row.iter().rev().copied()).collect();
        Self { size: self.size, values }
    }

    /// Image with mean 0 and standard deviation 1; a flat image becomes 0.
    #[must_use]
    pub fn standardised(mut self) -> Self {
        let n = self.values.len() as f64;
        let mean = self.values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let square = |&v: &f32| (f64::from(v) - mean).powi(2);
        let sd = (self.values.iter().map(square).sum::<f64>() / n).sqrt();
        let scale = if sd > 1e-9 { 1.0 / sd } else { 0.0 };
        for value in &mut self.values {
            *value = ((f64::from(*value) - mean) * scale) as f32;
        }
        self
    }

    /// Convolution along rows with `across` and along columns with `down`, kernels of odd
    /// length, centred on their pixel.
    #[must_use]
    pub fn convolved(&self, across: &[f32], down: &[f32]) -> Self {
        let Size { width, height } = self.size;
        let mut rows = vec![0.0; self.values.len()];
        let mut padded = Vec::new();
        for (line, out) in self.values.chunks_exact(width).zip(rows.chunks_exact_mut(width)) {
            let reach = across.len() / 2;
            padded.clear();
            padded.extend(std::iter::repeat_n(line[0], reach));
            padded.extend_from_slice(line);
            padded.extend(std::iter::repeat_n(line[width - 1], reach));
            for (tap, &weight) in across.iter().rev().enumerate() {
                for (value, &from) in out.iter_mut().zip(&padded[tap..]) {
                    *value += weight * from;
                }
            }
        }
        let mut values = vec![0.0; self.values.len()];
        let reach = (down.len() / 2) as isize;
        for (row, out) in values.chunks_exact_mut(width).enumerate() {
            for (tap, &weight) in down.iter().rev().enumerate() {
                let from = row as isize + tap as isize - reach;
                let from = from.clamp(0, height as isize - 1) as usize;
                for (value, &from) in out.iter_mut().zip(&rows[from * width..][..width]) {
                    *value += weight * from;
                }
            }
        }
        Self { size: self.size, values }
    }

    /// Gaussian blur with standard deviation `sigma_px`; 0 changes nothing.
    #[must_use]
    pub fn blurred(&self, sigma_px: f64) -> Self {
        if sigma_px <= 0.0 {
            return self.clone();
        }
        let kernel = gaussian(sigma_px, 0);
        self.convolved(&kernel, &kernel)
    }

    /// Bilinear interpolation between the four pixel centres around a point.
    #[must_use]
    pub fn at(&self, place: Point) -> f32 {
        let Size { width, height } = self.size;
        let split = |value: f64, length: usize| {
            let value = if value.is_finite() { value - 0.5 } else { 0.0 };
            let value = value.clamp(0.0, (length - 1) as f64);
            let low = value as usize;
            (low, (low + 1).min(length - 1), (value - low as f64) as f32)
        };
        let (left, right, x) = split(place.x, width);
        let (top, bottom, y) = split(place.y, height);
        let get = |column: usize, row: usize| self.values[row * width + column];
        let above = get(left, top) + x * (get(right, top) - get(left, top));
        let below = get(left, bottom) + x * (get(right, bottom) - get(left, bottom));
        above + y * (below - above)
    }
}

/// Working size for an image of `full` pixels: the longer side has `side` pixels, the shorter
/// one is in proportion and at least 1.
#[must_use]
pub fn working_size(full: Size, side: usize) -> Size {
    let longest = full.width.max(full.height).max(1);
    let length = |length: usize| ((length * side + longest / 2) / longest).max(1);
    Size::new(length(full.width), length(full.height))
}

/// Gaussian kernel of standard deviation `sigma_px`, or its first or second derivative,
/// sampled at whole pixels out to 4 standard deviations.
///
/// The samples are corrected: the response is exactly 1 to a constant (order 0), to a slope of
/// 1 (order 1) and to x^2 / 2 (order 2), and 0 to the polynomials of other orders up to 2.
///
/// # Panics
/// When `order` is above 2.
#[must_use]
pub fn gaussian(sigma_px: f64, order: usize) -> Vec<f32> {
    let reach = (4.0 * sigma_px).ceil().max(1.0) as i32;
    let weight = |x: i32| (-0.5 * (f64::from(x) / sigma_px).powi(2)).exp();
    let places: Vec<f64> = (-reach..=reach).map(f64::from).collect();
    let bell: Vec<f64> = (-reach..=reach).map(weight).collect();
    let total: f64 = bell.iter().sum();
    let spread: f64 = bell.iter().zip(&places).map(|(w, x)| w * x * x).sum::<f64>() / total;
    let kernel: Vec<f64> = match order {
        0 => bell.iter().map(|w| w / total).collect(),
        // Convolution flips the kernel, so a rising slope needs a falling one.
        1 => bell.iter().zip(&places).map(|(w, x)| -w / total * x / spread).collect(),
        2 => {
            let shape = |x: f64| x * x / spread - 1.0;
            let answer: f64 =
                bell.iter().zip(&places).map(|(w, &x)| w / total * shape(x) * x * x / 2.0).sum();
            bell.iter().zip(&places).map(|(w, &x)| w / total * shape(x) / answer).collect()
        }
        _ => panic!("derivatives of order {order} are not needed"),
    };
    kernel.into_iter().map(|value| value as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(size: Size, value: impl Fn(f64, f64) -> f64) -> GreyImage {
        let values = (0..size.area())
            .map(|index| {
                let (column, row) = (index % size.width, index / size.width);
                value(column as f64 + 0.5, row as f64 + 0.5) as f32
            })
            .collect();
        GreyImage::new(size, values)
    }

    fn near(found: f32, expected: f64) -> bool {
        (f64::from(found) - expected).abs() < 1e-4
    }

    #[test]
    fn resampling_keeps_the_mean_and_repeats_when_it_enlarges() {
        let small = image(Size::new(6, 4), |x, y| x + 10.0 * y);
        let half = small.resampled(Size::new(3, 2));
        assert_eq!(half.values(), [11.0, 13.0, 15.0, 31.0, 33.0, 35.0]);
        let uneven = small.resampled(Size::new(4, 4));
        let mean =
            |image: &GreyImage| image.values().iter().sum::<f32>() / image.values().len() as f32;
        assert!((mean(&uneven) - mean(&small)).abs() < 1e-4);
        let large = half.resampled(Size::new(6, 4));
        assert_eq!(large.values()[..6], [11.0, 11.0, 13.0, 13.0, 15.0, 15.0]);
    }

    #[test]
    fn values_between_pixel_centres_are_interpolated_and_continue_outside() {
        let slope = image(Size::new(5, 3), |x, y| x + 100.0 * y);
        assert!(near(slope.at(Point::new(2.25, 1.5)), 152.25));
        assert!(near(slope.at(Point::new(-9.0, 0.1)), 50.5));
        assert!(near(slope.at(Point::new(f64::NAN, 99.0)), 250.5));
    }

    #[test]
    fn derivative_filters_respond_with_the_derivative() {
        let size = Size::new(41, 41);
        let at_centre = |image: &GreyImage, across, down| {
            let (a, d) = (gaussian(2.0, across), gaussian(2.0, down));
            image.convolved(&a, &d).values()[20 * 41 + 20]
        };
        let slope = image(size, |x, y| 3.0 * x - 2.0 * y);
        assert!(near(at_centre(&slope, 1, 0), 3.0));
        assert!(near(at_centre(&slope, 0, 1), -2.0));
        assert!(near(at_centre(&slope, 2, 0), 0.0));
        let bowl = image(size, |x, y| ((x - 20.5).powi(2) + (x - 20.5) * (y - 20.5)) / 2.0);
        assert!(near(at_centre(&bowl, 2, 0), 1.0));
        assert!(near(at_centre(&bowl, 1, 1), 0.5));
        assert!(near(at_centre(&bowl, 0, 2), 0.0));
    }

    #[test]
    fn a_flat_image_stays_flat() {
        let flat = image(Size::new(9, 1), |_, _| 0.3);
        assert!(flat.blurred(3.0).values().iter().all(|&v| near(v, 0.3)));
        assert!(flat.standardised().values().iter().all(|&v| v == 0.0));
        assert_eq!(working_size(Size::new(3, 2000), 256), Size::new(1, 256));
    }
}
