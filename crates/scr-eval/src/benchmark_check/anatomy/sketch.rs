//! Sketch of an image: the derivatives of the reduced radiograph, and the reduced masks.
//!
//! Small enough to keep for many images, fine enough to place a mask to a hundredth of the
//! image. Derivatives are divided by their local root mean square, so that the border of the
//! body counts no more than that of a lung.

use scr_image::{Mask, Radiograph, Size};

/// Longest side in pixels.
const SIDE: usize = 128;
/// Smallest width and height of an image with a sketch.
const LEAST_SIDE: usize = 32;
/// Standard deviation of the blur before derivatives are computed, in pixels of the sketch.
const BLUR: f64 = 1.5;
/// Standard deviation of the neighbourhood that normalises a derivative.
const NEIGHBOURHOOD: f64 = 8.0;
/// Share of the image's own root mean square in every local one: flat regions stay flat.
const FLOOR: f64 = 0.25;

/// Values of a grid of pixels, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    pub(super) size: Size,
    pub(super) values: Vec<f32>,
}

/// Sketch of one image.
#[derive(Debug)]
pub(in crate::benchmark_check) struct Sketch {
    /// Normalised derivative along x and along y.
    pub(super) derivatives: [Grid; 2],
    /// Share of set pixels in each cell, one grid a structure.
    pub(super) masks: Vec<Grid>,
}

impl Sketch {
    /// Sketch of a radiograph and its masks, all of one size; `None` for a small image.
    pub(in crate::benchmark_check) fn of(radiograph: &Radiograph, masks: &[Mask]) -> Option<Self> {
        let full = radiograph.size();
        if full.width.min(full.height) < LEAST_SIDE {
            return None;
        }
        let size = reduced_size(full);
        let grey = reduced_radiograph(radiograph, size).blurred(BLUR);
        let [mut across, mut down] = grey.derivatives();
        let squares = across.values.iter().zip(&down.values).map(|(x, y)| x * x + y * y);
        let squares = Grid { size, values: squares.collect() };
        let sum: f64 = squares.values.iter().map(|&square| f64::from(square)).sum();
        let floor = (FLOOR * (sum / size.area() as f64).sqrt()) as f32 + f32::MIN_POSITIVE;
        let local = squares.blurred(NEIGHBOURHOOD);
        for grid in [&mut across, &mut down] {
            for (value, square) in grid.values.iter_mut().zip(&local.values) {
                *value /= square.max(0.0).sqrt() + floor;
            }
        }
        let masks = masks.iter().map(|mask| reduced_mask(mask, size)).collect();
        Some(Self { derivatives: [across, down], masks })
    }

    pub(super) fn size(&self) -> Size {
        self.derivatives[0].size
    }
}

impl Grid {
    /// Gaussian blur; values beyond the grid are those of its border.
    pub(super) fn blurred(&self, sigma: f64) -> Self {
        let reach = (3.0 * sigma).ceil() as usize;
        let bell: Vec<f64> =
            (0..=reach).map(|at| (-0.5 * (at as f64 / sigma).powi(2)).exp()).collect();
        let sum = bell[0] + 2.0 * bell[1..].iter().sum::<f64>();
        let bell: Vec<f32> = bell.iter().map(|weight| (weight / sum) as f32).collect();
        let Size { width, height } = self.size;
        let mean = |length: usize, middle: usize, value: &dyn Fn(usize) -> f32| {
            let pair =
                |at: usize| value(middle.saturating_sub(at)) + value((middle + at).min(length - 1));
            (1..=reach).fold(bell[0] * value(middle), |sum, at| sum + bell[at] * pair(at))
        };
        let mut rows = Vec::with_capacity(self.values.len());
        for line in self.values.chunks_exact(width) {
            rows.extend((0..width).map(|col| mean(width, col, &|at| line[at])));
        }
        let mut values = Vec::with_capacity(rows.len());
        for row in 0..height {
            values.extend((0..width).map(|col| mean(height, row, &|at| rows[at * width + col])));
        }
        Self { size: self.size, values }
    }

    /// Derivatives along x and y: half the difference of the neighbours.
    pub(super) fn derivatives(&self) -> [Self; 2] {
        let Size { width, height } = self.size;
        let at = |col: usize, row: usize| self.values[row * width + col];
        let grid = |value: &dyn Fn(usize, usize) -> f32| {
            let pixels = (0..height).flat_map(|row| (0..width).map(move |col| (col, row)));
            Self { size: self.size, values: pixels.map(|(col, row)| value(col, row)).collect() }
        };
        let across = grid(&|col, row| {
            (at((col + 1).min(width - 1), row) - at(col.saturating_sub(1), row)) / 2.0
        });
        let down = grid(&|col, row| {
            (at(col, (row + 1).min(height - 1)) - at(col, row.saturating_sub(1))) / 2.0
        });
        [across, down]
    }

    /// Value at a point between the centres of pixels; `None` outside of these.
    pub(super) fn at(&self, x: f64, y: f64) -> Option<f32> {
        let (x, y) = (x - 0.5, y - 0.5);
        let Size { width, height } = self.size;
        if !(x >= 0.0 && y >= 0.0 && x < (width - 1) as f64 && y < (height - 1) as f64) {
            return None;
        }
        let (col, row) = (x as usize, y as usize);
        let (across, down) = ((x - col as f64) as f32, (y - row as f64) as f32);
        let [above, below] = [row, row + 1].map(|row| {
            let pair = &self.values[row * width + col..][..2];
            pair[0] + across * (pair[1] - pair[0])
        });
        Some(above + down * (below - above))
    }
}

fn reduced_size(full: Size) -> Size {
    let longest = full.width.max(full.height);
    let side = |length: usize| (length * SIDE.min(longest) / longest).max(2);
    Size::new(side(full.width), side(full.height))
}

/// Means of the pixels in each cell.
fn reduced_radiograph(radiograph: &Radiograph, size: Size) -> Grid {
    let full = radiograph.size();
    let mut sums = vec![0u64; size.area()];
    let mut counts = vec![0u64; size.area()];
    for (row, line) in radiograph.pixels().chunks_exact(full.width).enumerate() {
        let first = row * size.height / full.height * size.width;
        for (col, &value) in line.iter().enumerate() {
            let cell = first + col * size.width / full.width;
            sums[cell] += u64::from(value);
            counts[cell] += 1;
        }
    }
    let values = sums.iter().zip(&counts).map(|(&sum, &n)| (sum as f64 / n.max(1) as f64) as f32);
    Grid { size, values: values.collect() }
}

/// Share of set pixels in each cell.
fn reduced_mask(mask: &Mask, size: Size) -> Grid {
    let full = mask.size();
    let mut counts = vec![0u32; size.area()];
    for row in 0..full.height {
        let first = row * size.height / full.height * size.width;
        for col in mask.columns_in_row(row) {
            counts[first + col * size.width / full.width] += 1;
        }
    }
    let lengths = |cells: usize, length: usize| -> Vec<u32> {
        let start = |cell: usize| (cell * length).div_ceil(cells);
        (0..cells).map(|cell| (start(cell + 1) - start(cell)) as u32).collect()
    };
    let (widths, heights) = (lengths(size.width, full.width), lengths(size.height, full.height));
    let share = |(cell, &count): (usize, &u32)| {
        count as f32 / (widths[cell % size.width] * heights[cell / size.width]).max(1) as f32
    };
    Grid { size, values: counts.iter().enumerate().map(share).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_the_means_of_their_pixels_in_any_size() {
        let full = Size::new(300, 200);
        let half = Mask::from_fn(full, |col, _| col < 150);
        let pixels = (0..full.area()).map(|at| if at % 300 < 150 { 1000 } else { 0 }).collect();
        let radiograph = Radiograph::new(full, 4095, pixels, None).unwrap();
        let size = reduced_size(full);
        assert_eq!(size, Size::new(128, 85));
        let mask = reduced_mask(&half, size);
        let grey = reduced_radiograph(&radiograph, size);
        assert!(mask.values.iter().zip(&grey.values).all(|(m, g)| (m * 1000.0 - g).abs() < 0.01));
        assert_eq!(mask.values.iter().sum::<f32>(), 64.0 * 85.0);
    }

    #[test]
    fn derivatives_of_a_ramp_are_its_slope_and_blurring_keeps_it() {
        let size = Size::new(64, 48);
        let ramp = |x: f32, y: f32| {
            let values = (0..size.area()).map(|at| x * (at % 64) as f32 + y * (at / 64) as f32);
            Grid { size, values: values.collect() }
        };
        let [across, down] = ramp(2.0, -3.0).blurred(BLUR).derivatives();
        assert!((across.at(32.0, 24.0).unwrap() - 2.0).abs() < 1e-4);
        assert!((down.at(32.3, 24.9).unwrap() + 3.0).abs() < 1e-4);
        assert_eq!(across.at(0.4, 24.0), None);
        assert_eq!(across.at(32.0, 47.6), None);
        assert_eq!(across.at(f64::NAN, 3.0), None);
    }

    #[test]
    fn a_flat_image_has_derivatives_of_0_and_a_tiny_one_no_sketch() {
        let flat = |side| {
            let size = Size::square(side);
            Radiograph::new(size, 255, vec![7; size.area()], None).unwrap()
        };
        let sketch = Sketch::of(&flat(40), &[Mask::empty(Size::square(40))]).unwrap();
        assert!(sketch.derivatives[0].values.iter().all(|&value| value == 0.0));
        assert_eq!(sketch.size(), Size::square(40));
        assert!(Sketch::of(&flat(31), &[]).is_none());
    }
}
