//! Coefficients of a component's blocks, and the samples made of them.

use scr_image::Size;

use super::frame::{Component, Frame};
use super::inverse::inverse_transform;

/// Coefficients of a component, in blocks of 8 x 8.
pub(super) struct Coefficients {
    /// Blocks across and down, filled up to whole groups.
    blocks: Size,
    values: Vec<i16>,
}

impl Coefficients {
    /// Coefficients of 0 for a component of a checked frame.
    pub(super) fn new(frame: &Frame, component: &Component) -> Self {
        let blocks = Size::new(
            frame.groups.width * component.horizontal,
            frame.groups.height * component.vertical,
        );
        Self { blocks, values: vec![0; 64 * blocks.area()] }
    }

    /// The block in a column and row of blocks.
    pub(super) fn block(&mut self, col: usize, row: usize) -> &mut [i16; 64] {
        &mut self.values.as_chunks_mut().0[row * self.blocks.width + col]
    }

    /// Calls `push` with each row of samples, from the top.
    pub(super) fn each_row(
        &self,
        table: &[u16; 64],
        bits: u32,
        size: Size,
        mut push: impl FnMut(&[u16]),
    ) {
        let stride = 8 * self.blocks.width;
        let mut strip = vec![0u16; 8 * stride];
        let rows = self.values.chunks_exact(64 * self.blocks.width).take(size.height.div_ceil(8));
        for (index, blocks) in rows.enumerate() {
            for (col, block) in blocks.as_chunks().0.iter().enumerate() {
                let samples = inverse_transform(block, table, bits);
                for (row, samples) in samples.as_chunks::<8>().0.iter().enumerate() {
                    strip[row * stride + 8 * col..][..8].copy_from_slice(samples);
                }
            }
            let n_rows = (size.height - 8 * index).min(8);
            strip.chunks_exact(stride).take(n_rows).for_each(|row| push(&row[..size.width]));
        }
    }
}
