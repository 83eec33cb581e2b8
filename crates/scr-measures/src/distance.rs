//! Exact Euclidean distances from the pixels of one mask to the nearest of another.
//!
//! Linear in the pixels of both masks and the box around them, for any content. Squared
//! distances stay whole numbers where both spacings are equal; the caller takes
//! the root last.
//!
//! A sweep over the rows knows the nearest target above and below in every column
//! ([`Sweep`]). Along each row needed, the nearest over all columns follows. Close
//! boundaries have it within a few columns on either side, so each pixel searches
//! outwards first. A row whose pixels searched too far in sum switches to the lower
//! envelope of the columns' parabolas, whose cost is the row's width for any masks.
//!
//! # Source
//! Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions",
//! Theory of Computing 8, 2012, doi:10.4086/toc.2012.v008a019.

use scr_image::{Mask, PixelBox};

/// Distance between neighbouring pixels, in the unit of the result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Grid {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Grid {
    /// Distances in pixels.
    pub(crate) const PX: Self = Self { x: 1.0, y: 1.0 };
}

/// Buffers that measurements reuse, to allocate memory once.
#[derive(Debug, Default)]
pub struct Scratch {
    sweep: Sweep,
    envelope: Envelope,
}

/// Calls `found` for each set pixel of `from`, row by row, with its column, its row
/// and the squared distance to the nearest set pixel of `to`, in the unit of
/// `grid`. Makes no call when one mask is empty.
pub(crate) fn nearest_squares(
    from: &Mask,
    to: &Mask,
    grid: Grid,
    scratch: &mut Scratch,
    mut found: impl FnMut(usize, usize, f64),
) {
    let (Some(from_box), Some(to_box)) = (from.bounding_box(), to.bounding_box()) else { return };
    let area = from_box.union(to_box);
    let Scratch { sweep, envelope } = scratch;
    sweep.start(to, to_box, area);
    for row in area.top..from_box.bottom {
        let mut looks = LOOKS * sweep.columns.len();
        let mut is_raised = false;
        if row >= from_box.top {
            from.each_column_in(row, from_box.left..from_box.right, |col| {
                let column = col - area.left;
                if !is_raised {
                    if let Some(square) = sweep.look_outwards(row, column, grid, &mut looks) {
                        return found(col, row, square);
                    }
                    envelope.raise(sweep.gaps(row), grid);
                    is_raised = true;
                }
                let nearest = envelope.nearest(column);
                let x = column.abs_diff(nearest) as f64 * grid.x;
                found(col, row, x * x + square_of(sweep.columns[nearest].gap(row), grid));
            });
        }
        if (to_box.top..to_box.bottom).contains(&row) {
            sweep.pass(to, row);
        }
    }
}

/// Columns that the pixels of a row may search before the row switches to the
/// envelope, as a multiple of its width: about the cost of building the envelope.
const LOOKS: usize = 8;

/// Row of no target: farther from every row of an image than any target.
const NONE: i64 = 1 << 40;

/// Nearest targets of a column above and below the current row.
#[derive(Debug, Clone, Copy)]
struct Column {
    /// Row of the last target above; `-NONE` without one.
    above: i64,
    /// Row of the first target from the current row on; `NONE` without one.
    below: i64,
}

impl Column {
    /// Rows between a row and the nearest target; more than any image has without one.
    fn gap(self, row: usize) -> i64 {
        (row as i64 - self.above).min(self.below - row as i64)
    }
}

/// Nearest targets of all columns, for one row after the other from the top.
#[derive(Debug, Default)]
struct Sweep {
    columns: Vec<Column>,
    /// First column of the image in `columns`.
    left: usize,
    /// Row of the next target in the same column, for each target: rows from the bottom,
    /// columns from the left. Passed rows are taken off.
    next: Vec<i64>,
}

impl Sweep {
    /// Starts at the top of `area`, which contains `to_box`, the box of the targets.
    fn start(&mut self, to: &Mask, to_box: PixelBox, area: PixelBox) {
        let Self { columns, left, next } = self;
        *left = area.left;
        columns.clear();
        columns.resize(area.right - area.left, Column { above: -NONE, below: NONE });
        next.clear();
        for row in (to_box.top..to_box.bottom).rev() {
            to.each_column_in(row, to_box.left..to_box.right, |col| {
                let column = &mut columns[col - area.left];
                next.push(column.below);
                column.below = row as i64;
            });
        }
    }

    /// Passes a row of the targets' box: its targets are above from now on.
    fn pass(&mut self, to: &Mask, row: usize) {
        let count: u32 = to.row(row).iter().map(|word| word.count_ones()).sum();
        let rest = self.next.len() - count as usize;
        let mut next = self.next.drain(rest..);
        to.each_column_in(row, 0..to.size().width, |col| {
            let below = next.next().unwrap_or(NONE);
            self.columns[col - self.left] = Column { above: row as i64, below };
        });
    }

    /// Squared distance to the nearest target, searched column by column to both
    /// sides; none when the search would exceed the rest of `looks`.
    fn look_outwards(
        &self,
        row: usize,
        column: usize,
        grid: Grid,
        looks: &mut usize,
    ) -> Option<f64> {
        let square = |column: &Column| square_of(column.gap(row), grid);
        let mut nearest = square(&self.columns[column]);
        let mut left = self.columns[..column].iter().rev();
        let mut right = self.columns[column + 1..].iter();
        for away in 1..self.columns.len() {
            let x = away as f64 * grid.x;
            let across = x * x;
            if across >= nearest {
                break;
            }
            *looks = looks.checked_sub(1)?;
            for other in [left.next(), right.next()].into_iter().flatten() {
                nearest = nearest.min(across + square(other));
            }
        }
        Some(nearest)
    }

    /// Columns that have targets, with the rows between a row and the nearest.
    fn gaps(&self, row: usize) -> impl Iterator<Item = (usize, i64)> {
        let gaps = self.columns.iter().map(move |column| column.gap(row)).enumerate();
        gaps.filter(|&(_, gap)| gap < NONE / 2)
    }
}

/// Square of a number of rows.
fn square_of(gap: i64, grid: Grid) -> f64 {
    let y = gap as f64 * grid.y;
    y * y
}

/// Lower envelope of one row's parabolas: the nearest column, by start position.
#[derive(Debug, Default)]
struct Envelope {
    columns: Vec<usize>,
    /// Heights of their parabolas at column 0, without the common term.
    heights: Vec<f64>,
    starts: Vec<f64>,
    at: usize,
}

impl Envelope {
    /// Raises the envelope over columns with their gaps, from the left.
    fn raise(&mut self, gaps: impl Iterator<Item = (usize, i64)>, grid: Grid) {
        self.columns.clear();
        self.heights.clear();
        self.starts.clear();
        self.at = 0;
        let ratio = (grid.y / grid.x) * (grid.y / grid.x);
        for (column, gap) in gaps {
            let (gap, at) = (gap as f64, column as f64);
            let height = gap * gap * ratio + at * at;
            let mut start = f64::NEG_INFINITY;
            while let (Some(&last), Some(&last_height), Some(&last_start)) =
                (self.columns.last(), self.heights.last(), self.starts.last())
            {
                start = (height - last_height) / (2.0 * (column - last) as f64);
                if start > last_start {
                    break;
                }
                self.columns.pop();
                self.heights.pop();
                self.starts.pop();
                start = f64::NEG_INFINITY;
            }
            self.columns.push(column);
            self.heights.push(height);
            self.starts.push(start);
        }
    }

    /// The column whose target is nearest to `column`; call with ascending columns.
    fn nearest(&mut self, column: usize) -> usize {
        while self.starts.get(self.at + 1).is_some_and(|&start| start <= column as f64) {
            self.at += 1;
        }
        self.columns[self.at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use scr_image::Size;

    fn squares(from: &Mask, to: &Mask, grid: Grid) -> Vec<f64> {
        let mut squares = Vec::new();
        nearest_squares(from, to, grid, &mut Scratch::default(), |_, _, square| {
            squares.push(square);
        });
        squares
    }

    fn by_trying_all(from: &Mask, to: &Mask, grid: Grid) -> Vec<f64> {
        let pixels = |mask: &Mask| -> Vec<(f64, f64)> {
            (0..mask.size().height)
                .flat_map(|row| {
                    mask.columns_in_row(row)
                        .map(move |col| (col as f64, row as f64))
                        .collect::<Vec<_>>()
                })
                .collect()
        };
        let targets = pixels(to);
        if targets.is_empty() {
            return Vec::new();
        }
        let nearest = |(c, r): (f64, f64)| {
            targets
                .iter()
                .map(|(tc, tr)| ((c - tc) * grid.x).powi(2) + ((r - tr) * grid.y).powi(2))
                .fold(f64::INFINITY, f64::min)
        };
        pixels(from).into_iter().map(nearest).collect()
    }

    #[test]
    fn a_far_target_is_found_by_the_envelope() {
        let size = Size::new(300, 40);
        let from = !&Mask::empty(size);
        let to = Mask::from_fn(size, |col, row| col == 290 && row == 3);
        assert_eq!(squares(&from, &to, Grid::PX), by_trying_all(&from, &to, Grid::PX));
    }

    #[test]
    fn an_image_taller_than_two_bytes_count_is_measured() {
        let size = Size::new(2, 70_000);
        let from = Mask::from_fn(size, |col, row| col == 0 && row == 0);
        let to = Mask::from_fn(size, |col, row| col == 1 && row == 69_999);
        assert_eq!(squares(&from, &to, Grid::PX), [69_999f64 * 69_999.0 + 1.0]);
    }

    #[test]
    fn hard_masks_have_the_distances_found_by_trying_all() {
        let size = Size::new(83, 61);
        let is_island = |c: usize, r: usize| c % 29 < 2 && r % 23 < 3;
        let is_disc = |c: usize, r: usize| (c.abs_diff(40)).pow(2) + (r.abs_diff(30)).pow(2) < 300;
        let masks = [
            Mask::from_fn(size, |c, r| (c + r) % 2 == 0),
            Mask::from_fn(size, |c, r| (c + r) % 2 == 1),
            Mask::from_fn(size, |c, r| c < 40 && r % 2 == 0),
            Mask::from_fn(size, |c, r| c > 60 && r % 3 == 1),
            Mask::from_fn(size, |c, _| c % 17 == 0),
            Mask::from_fn(size, |c, r| c == 0 && r == 0),
            Mask::from_fn(size, |c, r| c == 82 && r == 60),
            Mask::from_fn(size, is_island),
            Mask::from_fn(size, is_disc),
            Mask::from_fn(size, |c, r| is_disc(c + 5, r + 3) || is_island(c, r)),
            !&Mask::empty(size),
        ];
        for from in &masks {
            for to in &masks {
                let found = squares(from, to, Grid::PX);
                assert_eq!(found, by_trying_all(from, to, Grid::PX));
                let grid = Grid { x: 0.5, y: 2.0 };
                assert_eq!(squares(from, to, grid), by_trying_all(from, to, grid));
            }
        }
    }

    proptest! {
        #[test]
        fn distances_are_those_found_by_trying_all(
            width in 1usize..280, height in 1usize..14, density in 1u64..2000, seed: u64,
            x in 0.1..3.0f64, y in 0.1..3.0f64,
        ) {
            let mut state = seed | 1;
            let mut draw = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % 4000 < density
            };
            let size = Size::new(width, height);
            let from = Mask::from_fn(size, |_, _| draw());
            let to = Mask::from_fn(size, |_, _| draw());
            prop_assert_eq!(squares(&from, &to, Grid::PX), by_trying_all(&from, &to, Grid::PX));
            let grid = Grid { x, y };
            let found = squares(&from, &to, grid);
            let expected = by_trying_all(&from, &to, grid);
            prop_assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                prop_assert!((found - expected).abs() < 1e-9 * expected.max(1.0), "{} {}", found, expected);
            }
        }
    }
}
