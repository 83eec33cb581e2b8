//! Square map of the film with one number a cell, and operations on whole maps.
//!
//! Knows no anatomy. Coarse maps (0.7 mm a cell and more) hold slowly varying quantities
//! and are interpolated; the full map has a cell a pixel.

use crate::field::FIELD_MM;
use crate::random::Source;

/// Map: one number a cell, row by row, over the whole field.
#[derive(Debug, Clone)]
pub(crate) struct Map {
    pub(crate) side: usize,
    pub(crate) values: Vec<f32>,
}

impl Map {
    pub(crate) fn new(side: usize) -> Self {
        Self { side, values: vec![0.0; side * side] }
    }

    /// Normal noise with mean 0 and standard deviation 1 before the blur of
    /// `blur_mm`, scaled back to 1 after it.
    pub(crate) fn noise(side: usize, blur_mm: f64, source: &mut Source) -> Self {
        let values = (0..side * side)
            .map(|_| {
                // The sum of eight random bytes is close enough to normal, and fast.
                let bytes = source.bits().to_le_bytes();
                let sum: u32 = bytes.iter().map(|&byte| u32::from(byte)).sum();
                (sum as f32 - 1020.0) / 209.0
            })
            .collect();
        let mut map = Self { side, values };
        map.blur(blur_mm);
        let power: f64 = map.values.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>();
        let scale = (power / map.values.len().max(1) as f64).sqrt().max(1e-12) as f32;
        for value in &mut map.values {
            *value /= scale;
        }
        map
    }

    /// Cells in a mm.
    pub(crate) fn per_mm(&self) -> f64 {
        self.side as f64 / FIELD_MM
    }

    /// Gaussian blur; border values extend outside.
    pub(crate) fn blur(&mut self, sigma_mm: f64) {
        let sigma = sigma_mm * self.per_mm();
        let reach = (3.0 * sigma).ceil() as usize;
        if reach == 0 || self.side == 0 {
            return;
        }
        let mut kernel: Vec<f32> = (0..=reach)
            .map(|i| libm::exp(-0.5 * (i as f64 / sigma) * (i as f64 / sigma)) as f32)
            .collect();
        let total = kernel[0] + 2.0 * kernel[1..].iter().sum::<f32>();
        for weight in &mut kernel {
            *weight /= total;
        }
        let side = self.side;
        let mut padded = vec![0.0f32; side + 2 * reach];
        for row in self.values.chunks_exact_mut(side) {
            padded[..reach].fill(row[0]);
            padded[reach..reach + side].copy_from_slice(row);
            padded[reach + side..].fill(row[side - 1]);
            weigh(row, &kernel, |offset| {
                let from = (reach as isize + offset) as usize;
                &padded[from..from + side]
            });
        }
        // Down the columns: whole rows are added, so that memory is read in order.
        let source = self.values.clone();
        for (index, row) in self.values.chunks_exact_mut(side).enumerate() {
            weigh(row, &kernel, |offset| {
                let from = (index as isize + offset).clamp(0, side as isize - 1) as usize;
                &source[from * side..(from + 1) * side]
            });
        }
    }

    /// Writes the map's values along the row of pixels at `y_mm`, between cells
    /// by straight interpolation.
    pub(crate) fn read_row(&self, y_mm: f64, row: &mut [f32]) {
        let at = |position: f64| {
            let position = (position - 0.5).clamp(0.0, (self.side - 1) as f64);
            let low = (position as usize).min(self.side - 1);
            (low, (low + 1).min(self.side - 1), (position - low as f64) as f32)
        };
        let (upper, lower, share) = at(y_mm * self.per_mm());
        let upper = &self.values[upper * self.side..];
        let lower = &self.values[lower * self.side..];
        let line: Vec<f32> =
            upper[..self.side].iter().zip(lower).map(|(a, b)| a + share * (b - a)).collect();
        let step = self.side as f64 / row.len() as f64;
        for (col, value) in row.iter_mut().enumerate() {
            let (left, right, share) = at((col as f64 + 0.5) * step);
            *value = line[left] + share * (line[right] - line[left]);
        }
    }

    /// The value at a place, of the nearest cell.
    pub(crate) fn at(&self, x_mm: f64, y_mm: f64) -> f32 {
        let cell = |mm: f64| ((mm * self.per_mm()).max(0.0) as usize).min(self.side - 1);
        self.values[cell(y_mm) * self.side + cell(x_mm)]
    }
}

/// `out` becomes the sum of shifted rows, weighted by a symmetric kernel.
fn weigh<'a>(out: &mut [f32], kernel: &[f32], shifted: impl Fn(isize) -> &'a [f32]) {
    for (value, &centre) in out.iter_mut().zip(shifted(0)) {
        *value = kernel[0] * centre;
    }
    for (i, &weight) in kernel.iter().enumerate().skip(1) {
        let before = shifted(-(i as isize));
        let after = shifted(i as isize);
        for ((value, a), b) in out.iter_mut().zip(before).zip(after) {
            *value += weight * (a + b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blur_keeps_the_sum_and_spreads_to_the_neighbours() {
        let mut map = Map::new(64);
        map.values[32 * 64 + 32] = 1.0;
        map.blur(FIELD_MM / 64.0);
        assert!((map.values.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!((map.values[32 * 64 + 33] - map.values[31 * 64 + 32]).abs() < 1e-7);
    }

    #[test]
    fn a_coarse_map_is_read_between_its_cells() {
        let map = Map { side: 2, values: vec![0.0, 1.0, 0.0, 1.0] };
        let mut row = [0.0; 4];
        map.read_row(10.0, &mut row);
        assert_eq!(row, [0.0, 0.25, 0.75, 1.0]);
    }
}
