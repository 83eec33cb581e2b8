//! Exact Euclidean distances from the pixels of one mask to the nearest of another.
//!
//! Linear in the pixels of the box around both masks, for any content. Squared
//! distances stay whole numbers where both spacings are equal; the caller takes
//! the root last.
//!
//! Two steps: the distance of each pixel of the box from the nearest target in its
//! own column; then, along each row needed, the nearest over all columns. Close
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
    narrow: Vec<u16>,
    wide: Vec<u32>,
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
    found: impl FnMut(usize, usize, f64),
) {
    let (Some(from_box), Some(to_box)) = (from.bounding_box(), to.bounding_box()) else { return };
    let area = from_box.union(to_box);
    let rows = Rows { from, to, grid, area, rows: from_box.top..from_box.bottom };
    // Two bytes a pixel halve the memory traffic; few images are too tall for them.
    if area.bottom - area.top < usize::from(u16::NONE) {
        rows.each(&mut scratch.narrow, &mut scratch.envelope, found);
    } else {
        rows.each(&mut scratch.wide, &mut scratch.envelope, found);
    }
}

/// Number of rows between a pixel and the nearest target in its column.
trait Gap: Copy + Ord {
    /// No target in the column.
    const NONE: Self;
    /// The target itself.
    const ZERO: Self;
    /// One row further; none stays none.
    fn next(self) -> Self;
    fn rows(self) -> f64;
}

impl Gap for u16 {
    const NONE: Self = Self::MAX;
    const ZERO: Self = 0;
    fn next(self) -> Self {
        self.saturating_add(1)
    }
    fn rows(self) -> f64 {
        f64::from(self)
    }
}

impl Gap for u32 {
    const NONE: Self = Self::MAX;
    const ZERO: Self = 0;
    fn next(self) -> Self {
        self.saturating_add(1)
    }
    fn rows(self) -> f64 {
        f64::from(self)
    }
}

/// Distance query: the rows of `from` in `area`, to the nearest pixel of `to`.
struct Rows<'a> {
    from: &'a Mask,
    to: &'a Mask,
    grid: Grid,
    area: PixelBox,
    rows: std::ops::Range<usize>,
}

/// Columns that the pixels of a row may search before the row switches to the
/// envelope, as a multiple of its width: about the cost of building the envelope.
const LOOKS: usize = 8;

impl Rows<'_> {
    fn each<G: Gap>(
        self,
        gaps: &mut Vec<G>,
        envelope: &mut Envelope,
        mut found: impl FnMut(usize, usize, f64),
    ) {
        let Self { from, to, grid, area, rows } = self;
        column_gaps(to, area, gaps);
        let width = area.right - area.left;
        for row in rows {
            let line = &gaps[(row - area.top) * width..][..width];
            let mut looks = LOOKS * width;
            let mut is_raised = false;
            for col in from.columns_in_row(row) {
                let column = col - area.left;
                if !is_raised {
                    if let Some(square) = look_outwards(line, column, grid, &mut looks) {
                        found(col, row, square);
                        continue;
                    }
                    envelope.raise(line, grid);
                    is_raised = true;
                }
                let nearest = envelope.nearest(column);
                let x = column.abs_diff(nearest) as f64 * grid.x;
                found(col, row, x * x + square_of(line[nearest], grid));
            }
        }
    }
}

fn square_of<G: Gap>(gap: G, grid: Grid) -> f64 {
    if gap == G::NONE {
        return f64::INFINITY;
    }
    let y = gap.rows() * grid.y;
    y * y
}

/// Squared distance to the nearest target, searched column by column to both
/// sides; none when the search would exceed the rest of `looks`.
fn look_outwards<G: Gap>(line: &[G], column: usize, grid: Grid, looks: &mut usize) -> Option<f64> {
    let mut nearest = square_of(line[column], grid);
    for away in 1..line.len() {
        let x = away as f64 * grid.x;
        let across = x * x;
        if across >= nearest {
            break;
        }
        *looks = looks.checked_sub(1)?;
        let left = column.checked_sub(away).and_then(|left| line.get(left));
        for &gap in [left, line.get(column + away)].into_iter().flatten() {
            nearest = nearest.min(across + square_of(gap, grid));
        }
    }
    Some(nearest)
}

/// Columns processed together from top to bottom and back, to stay in the cache.
const STRIP: usize = 128;

/// Rows between each pixel of `area` and the nearest set pixel in its column.
fn column_gaps<G: Gap>(to: &Mask, area: PixelBox, gaps: &mut Vec<G>) {
    let width = area.right - area.left;
    let height = area.bottom - area.top;
    gaps.resize(width * height, G::NONE);
    for start in (0..width).step_by(STRIP) {
        let strip = start..(start + STRIP).min(width);
        for row in 0..height {
            let (above, line) = gaps.split_at_mut(row * width);
            let line = &mut line[strip.clone()];
            if row == 0 {
                line.fill(G::NONE);
            } else {
                let above = &above[(row - 1) * width..][strip.clone()];
                for (gap, before) in line.iter_mut().zip(above) {
                    *gap = before.next();
                }
            }
            let columns = area.left + strip.start..area.left + strip.end;
            to.each_column_in(area.top + row, columns.clone(), |col| {
                line[col - columns.start] = G::ZERO;
            });
        }
        for row in (0..height.saturating_sub(1)).rev() {
            let (line, below) = gaps.split_at_mut((row + 1) * width);
            let line = &mut line[row * width..][strip.clone()];
            for (gap, after) in line.iter_mut().zip(&below[strip.clone()]) {
                *gap = (*gap).min(after.next());
            }
        }
    }
}

/// Lower envelope of one row's parabolas: the nearest column, by start position.
#[derive(Debug, Default)]
struct Envelope {
    columns: Vec<usize>,
    starts: Vec<f64>,
    at: usize,
}

impl Envelope {
    fn raise<G: Gap>(&mut self, gaps: &[G], grid: Grid) {
        self.columns.clear();
        self.starts.clear();
        self.at = 0;
        let ratio = (grid.y / grid.x) * (grid.y / grid.x);
        let height = |column: usize| {
            let gap = gaps[column].rows();
            let column = column as f64;
            gap * gap * ratio + column * column
        };
        for column in (0..gaps.len()).filter(|&column| gaps[column] != G::NONE) {
            let mut start = f64::NEG_INFINITY;
            while let (Some(&last), Some(&last_start)) = (self.columns.last(), self.starts.last()) {
                start = (height(column) - height(last)) / (2.0 * (column - last) as f64);
                if start > last_start {
                    break;
                }
                self.columns.pop();
                self.starts.pop();
                start = f64::NEG_INFINITY;
            }
            self.columns.push(column);
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
