//! Thumbnail of a mask: 64 x 64 cells, each with the share of its pixels that are set.
//!
//! Coarse, of one size for all images, fast to turn and to compare: enough to find a
//! mask's orientation, too little to score it.

use scr_image::Mask;

/// Cells in a row and in a column.
pub(super) const SIDE: usize = 64;

/// Thumbnail of [`SIDE`] x [`SIDE`] cells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Thumbnail {
    /// Row by row, 0 for none and 65 535 for all of a cell's pixels; one pixel
    /// is never 0. Whole numbers, so that sums are the same in any order and fast.
    cells: Vec<u16>,
}

impl Thumbnail {
    /// Box averages of `mask`. Where a cell's edge falls into a pixel, the pixel
    /// counts in both cells, so that the mirrored mask has the mirrored thumbnail.
    pub(crate) fn of(mask: &Mask) -> Self {
        let size = mask.size();
        let range = |cell: usize, length: usize| {
            (cell * length / SIDE, ((cell + 1) * length).div_ceil(SIDE))
        };
        let mut cells = Vec::with_capacity(SIDE * SIDE);
        for cell_row in 0..SIDE {
            let (top, bottom) = range(cell_row, size.height);
            for cell_col in 0..SIDE {
                let (left, right) = range(cell_col, size.width);
                let area = ((bottom - top) * (right - left)).max(1) as u64;
                let count: u32 = (top..bottom).map(|row| count(mask.row(row), left, right)).sum();
                cells.push((u64::from(count) * u64::from(u16::MAX)).div_ceil(area) as u16);
            }
        }
        Self { cells }
    }

    /// Rearranges the cells: cell (column, row) comes from `source(column, row)`.
    pub(super) fn turned(&self, source: impl Fn(usize, usize) -> (usize, usize)) -> Self {
        let cell = |index| {
            let (col, row) = source(index % SIDE, index / SIDE);
            self.cells[row * SIDE + col]
        };
        Self { cells: (0..SIDE * SIDE).map(cell).collect() }
    }

    /// Area in both over area in either; 0 when both are empty.
    pub(super) fn overlap(&self, other: &Self) -> f64 {
        let pairs = || self.cells.iter().zip(&other.cells);
        let both: u32 = pairs().map(|(&a, &b)| u32::from(a.min(b))).sum();
        let either: u32 = pairs().map(|(&a, &b)| u32::from(a.max(b))).sum();
        if either == 0 { 0.0 } else { f64::from(both) / f64::from(either) }
    }

    /// Centre of area, x and y, as shares of the image's width and height; `None` for an
    /// empty mask.
    pub(crate) fn centre(&self) -> Option<[f64; 2]> {
        let mut area = 0.0;
        let mut x = 0.0;
        let mut y = 0.0;
        for (index, &cell) in self.cells.iter().enumerate() {
            let cell = f64::from(cell);
            area += cell;
            x += cell * ((index % SIDE) as f64 + 0.5);
            y += cell * ((index / SIDE) as f64 + 0.5);
        }
        (area > 0.0).then(|| [x, y].map(|sum| sum / area / SIDE as f64))
    }
}

/// The set bits of `row` from `start` to `end`, excluded.
fn count(row: &[u64], start: usize, end: usize) -> u32 {
    const BITS: usize = u64::BITS as usize;
    if start >= end {
        return 0;
    }
    let first = start / BITS;
    let last = (end - 1) / BITS;
    let from_start = !0u64 << (start % BITS);
    let to_end = !0u64 >> (BITS - 1 - (end - 1) % BITS);
    if first == last {
        return (row[first] & from_start & to_end).count_ones();
    }
    let inner: u32 = row[first + 1..last].iter().map(|word| word.count_ones()).sum();
    (row[first] & from_start).count_ones() + inner + (row[last] & to_end).count_ones()
}

#[cfg(test)]
mod tests {
    use scr_image::Size;

    use super::*;

    /// The left half of the upper three quarters.
    fn block(size: Size) -> Mask {
        Mask::from_fn(size, |col, row| col < size.width / 2 && row < size.height / 4 * 3)
    }

    #[test]
    fn a_cell_holds_the_share_of_its_pixels_in_any_size() {
        for size in [Size::new(128, 256), Size::new(640, 524), Size::new(7, 8), Size::square(2048)]
        {
            let mask = block(size);
            let thumbnail = Thumbnail::of(&mask);
            let cells = thumbnail.cells.iter().map(|&cell| f64::from(cell) / 65535.0);
            let area = cells.sum::<f64>() / (SIDE * SIDE) as f64;
            let expected = mask.count() as f64 / size.area() as f64;
            assert!((area - expected).abs() < 0.01 + 0.5 / size.width as f64, "{size}: {area}");
            let centre = thumbnail.centre().unwrap();
            assert!((centre[0] - 0.25).abs() < 0.04 && (centre[1] - 0.375).abs() < 0.02);
        }
    }

    #[test]
    fn bits_are_counted_across_words() {
        let row = [!0, 1 << 3, !0];
        for (start, end, expected) in [(0, 0, 0), (0, 64, 64), (60, 70, 5), (63, 129, 3)] {
            assert_eq!(count(&row, start, end), expected, "{start} to {end}");
        }
    }

    #[test]
    fn the_thumbnail_of_a_mirrored_mask_is_the_mirrored_thumbnail() {
        let size = Size::new(157, 43);
        let mask = Mask::from_fn(size, |col, row| (col * col + row * 7) % 11 < 5 && col > row);
        let mirrored = Mask::from_fn(size, |col, row| mask.get(size.width - 1 - col, row));
        let mask = Thumbnail::of(&mask);
        let mirrored = Thumbnail::of(&mirrored);
        assert_eq!(mirrored.turned(|col, row| (SIDE - 1 - col, row)), mask);
        assert!(mirrored.overlap(&mask) < 0.8 && mask.overlap(&mask) == 1.0);
    }

    #[test]
    fn the_last_pixel_of_a_large_mask_is_not_lost() {
        let mut mask = Mask::empty(Size::square(4096));
        mask.set(4095, 0);
        let centre = Thumbnail::of(&mask).centre().unwrap();
        assert!(centre[0] > 0.98 && centre[1] < 0.02, "{centre:?}");
    }

    #[test]
    fn nothing_has_no_centre_and_no_overlap() {
        let empty = Thumbnail::of(&Mask::empty(Size::new(100, 90)));
        assert_eq!(empty.centre(), None);
        assert_eq!(empty.overlap(&empty), 0.0);
        assert_eq!(Thumbnail::of(&Mask::empty(Size::new(0, 5))).centre(), None);
    }
}
