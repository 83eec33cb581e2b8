//! Contour tracing: the outlines of a mask, along the cracks between set and
//! unset pixels.
//!
//! The outlines run along pixel edges with the set pixels on their right-hand
//! side (clockwise around a part, anticlockwise around a hole), with corners
//! only where they turn. Pixels that touch at a corner alone are different
//! parts. Filling all outlines gives the mask back, bit for bit.

use std::borrow::Cow;

use crate::{Mask, Outline, Point, Size};

/// Outlines traced in blocks of pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockOutlines {
    /// The outlines, in pixels of the mask.
    pub outlines: Vec<Outline>,
    /// Side of the blocks in pixels; 1 when the outlines are exact.
    pub block_px: usize,
}

/// The four directions along a crack, each a right turn from the one before.
const STEPS: [(isize, isize); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

impl Mask {
    /// All outlines of the mask, in the order in which rows from the top and
    /// columns from the left first meet their upper edges.
    #[must_use]
    pub fn outlines(&self) -> Vec<Outline> {
        self.traced(usize::MAX).expect("no mask has as many corners as there are numbers")
    }

    /// Outlines of at most `max_corners` corners.
    ///
    /// A mask with more corners is traced in blocks of 2, 4, 8, ... pixels until they are
    /// few enough. A block is set when any of its pixels is, so the outlines always
    /// enclose every set pixel. Memory is bounded by `max_corners`, also for noise; values
    /// below 4 count as 4.
    #[must_use]
    pub fn outlines_within(&self, max_corners: usize) -> BlockOutlines {
        let max_corners = max_corners.max(4);
        if let Some(outlines) = self.traced(max_corners) {
            return BlockOutlines { outlines, block_px: 1 };
        }
        let Size { width, height } = self.size();
        let mut block_px = 1;
        let mut coarse = Cow::Borrowed(self);
        loop {
            block_px *= 2;
            coarse = Cow::Owned(coarse.halved());
            let Some(outlines) = coarse.traced(max_corners) else { continue };
            // The last blocks of a row or column may reach beyond the mask.
            let side = |at: f64, length: usize| (at * block_px as f64).min(length as f64);
            let full = |p: &Point| Point::new(side(p.x, width), side(p.y, height));
            let outlines = outlines.iter().map(|o| o.points().iter().map(full).collect());
            return BlockOutlines { outlines: outlines.map(Outline::new).collect(), block_px };
        }
    }

    /// Downsamples to half the size, rounded up; a pixel is set when any of its four is.
    fn halved(&self) -> Self {
        let Size { width, height } = self.size();
        let mut half = Self::empty(Size::new(width.div_ceil(2), height.div_ceil(2)));
        for row in 0..height {
            for col in self.columns_in_row(row) {
                half.set(col / 2, row / 2);
            }
        }
        half
    }

    /// All outlines; none when they have more than `max_corners` corners.
    fn traced(&self, max_corners: usize) -> Option<Vec<Outline>> {
        let size = self.size();
        let mut left = max_corners;
        let mut walked = Self::empty(size);
        let mut outlines = Vec::new();
        for row in 0..size.height {
            for col in self.columns_in_row(row) {
                let has_upper_edge = row == 0 || !self.get(col, row - 1);
                if has_upper_edge && !walked.get(col, row) {
                    let outline = self.walk(col, row, &mut walked, left)?;
                    left -= outline.points().len();
                    outlines.push(outline);
                }
            }
        }
        Some(outlines)
    }

    /// The outline that encloses the largest area; the first of equals; none
    /// for an empty mask.
    #[must_use]
    pub fn largest_outline(&self) -> Option<Outline> {
        self.outlines().into_iter().fold(None, |best, outline| match best {
            Some(best) if outline.signed_area_px2() <= Outline::signed_area_px2(&best) => {
                Some(best)
            }
            _ => Some(outline),
        })
    }

    /// Follows one outline from the upper left corner of a pixel along its upper edge;
    /// none when it has more than `max_corners` corners.
    fn walk(
        &self,
        col: usize,
        row: usize,
        walked: &mut Self,
        max_corners: usize,
    ) -> Option<Outline> {
        let is_set = |x: isize, y: isize| x >= 0 && y >= 0 && self.get(x as usize, y as usize);
        let start = (col as isize, row as isize);
        let mut at = start;
        let mut heading = 0;
        let mut corners = Vec::new();
        loop {
            if heading == 0 {
                walked.set(at.0 as usize, at.1 as usize);
            }
            at = (at.0 + STEPS[heading].0, at.1 + STEPS[heading].1);
            // The two pixels ahead of the corner, right and left of the path.
            let (right, left) = match heading {
                0 => ((0, 0), (0, -1)),
                1 => ((-1, 0), (0, 0)),
                2 => ((-1, -1), (-1, 0)),
                _ => ((0, -1), (-1, -1)),
            };
            let turned = if !is_set(at.0 + right.0, at.1 + right.1) {
                (heading + 1) % 4
            } else if !is_set(at.0 + left.0, at.1 + left.1) {
                heading
            } else {
                (heading + 3) % 4
            };
            if turned != heading {
                if corners.len() == max_corners {
                    return None;
                }
                corners.push(Point::new(at.0 as f64, at.1 as f64));
                heading = turned;
            }
            if at == start && heading == 0 {
                return Some(Outline::new(corners));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_pixel_has_four_corners() {
        let outlines = Mask::from_text("... .#. ...").outlines();
        assert_eq!(outlines.len(), 1);
        assert_eq!(outlines[0].points().len(), 4);
        assert_eq!(outlines[0].signed_area_px2(), 1.0);
    }

    #[test]
    fn a_hole_runs_the_other_way() {
        let outlines = Mask::from_text("### #.# ###").outlines();
        let areas: Vec<f64> = outlines.iter().map(Outline::signed_area_px2).collect();
        assert_eq!(areas, [9.0, -1.0]);
    }

    #[test]
    fn pixels_that_touch_at_a_corner_are_two_parts() {
        assert_eq!(Mask::from_text("#. .#").outlines().len(), 2);
    }

    #[test]
    fn noise_is_drawn_in_blocks_that_cover_it_and_cost_no_more_than_is_allowed() {
        let size = Size::new(203, 101);
        let noise = Mask::from_fn(size, |col, row| (col * 7919 + row * 104_729) % 13 % 2 == 1);
        let exact = noise.outlines_within(usize::MAX);
        assert_eq!(exact, BlockOutlines { outlines: noise.outlines(), block_px: 1 });
        for max_corners in [4, 40, 400, 4000] {
            let BlockOutlines { outlines, block_px } = noise.outlines_within(max_corners);
            let corners: usize = outlines.iter().map(|outline| outline.points().len()).sum();
            assert!(corners <= max_corners && block_px > 1, "{corners} of {max_corners}");
            let drawn = Mask::filled(size, &outlines);
            assert!(
                (0..size.height).all(|row| noise.columns_in_row(row).all(|c| drawn.get(c, row)))
            );
        }
    }

    #[test]
    fn the_largest_outline_is_the_largest() {
        let mask = Mask::from_text("#..... ..###. ..###. #.....");
        assert_eq!(mask.largest_outline().unwrap().area_px2(), 6.0);
        assert_eq!(Mask::empty(Size::new(3, 3)).largest_outline(), None);
    }

    proptest! {
        #[test]
        fn filling_the_outlines_gives_the_mask_back(
            width in 1usize..12, height in 1usize..12, bits in prop::collection::vec(any::<bool>(), 144),
        ) {
            let mask = Mask::from_fn(Size::new(width, height), |col, row| bits[row * 12 + col]);
            prop_assert_eq!(Mask::filled(mask.size(), &mask.outlines()), mask);
        }
    }
}
