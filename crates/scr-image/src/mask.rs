//! A binary mask, one bit a pixel.

use std::borrow::Cow;
use std::ops::{BitAnd, BitOr, BitXor, Not};

use crate::Size;

const BITS: usize = u64::BITS as usize;

/// Binary mask, packed 64 pixels to a word.
///
/// Each row starts at a new word: pixel `(column c, row r)` is bit `c % 64` of
/// word `r * words_per_row + c / 64`. The bits right of the last column are
/// always zero, so counting needs no special case at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    size: Size,
    words_per_row: usize,
    words: Vec<u64>,
}

/// Bounding box of a mask's pixels: columns and rows, ends excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelBox {
    /// First column.
    pub left: usize,
    /// First row.
    pub top: usize,
    /// One past the last column.
    pub right: usize,
    /// One past the last row.
    pub bottom: usize,
}

impl PixelBox {
    /// The smallest box that contains both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

impl Mask {
    /// A mask in which no pixel is set.
    #[must_use]
    pub fn empty(size: Size) -> Self {
        let words_per_row = size.width.div_ceil(BITS);
        Self { size, words_per_row, words: vec![0; words_per_row * size.height] }
    }

    /// A mask from a function of column and row.
    #[must_use]
    pub fn from_fn(size: Size, mut is_set: impl FnMut(usize, usize) -> bool) -> Self {
        let mut mask = Self::empty(size);
        for row in 0..size.height {
            for col in 0..size.width {
                if is_set(col, row) {
                    mask.set(col, row);
                }
            }
        }
        mask
    }

    /// A mask drawn in text, for tests and docs: `#` is set, anything else is
    /// not; lines are rows, white space around them is ignored.
    ///
    /// # Panics
    /// When the lines differ in length.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let rows: Vec<&str> = text.split_whitespace().collect();
        let width = rows.first().map_or(0, |row| row.len());
        assert!(rows.iter().all(|row| row.len() == width), "rows differ in length");
        Self::from_fn(Size::new(width, rows.len()), |col, row| rows[row].as_bytes()[col] == b'#')
    }

    /// Width and height in pixels.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Words in one row.
    #[must_use]
    pub const fn words_per_row(&self) -> usize {
        self.words_per_row
    }

    /// All words, row by row.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The words of one row.
    ///
    /// # Panics
    /// When `row` is not in the image.
    #[must_use]
    pub fn row(&self, row: usize) -> &[u64] {
        &self.words[row * self.words_per_row..][..self.words_per_row]
    }

    /// True when the pixel is set; false outside the image.
    #[must_use]
    pub fn get(&self, col: usize, row: usize) -> bool {
        col < self.size.width
            && row < self.size.height
            && self.words[row * self.words_per_row + col / BITS] >> (col % BITS) & 1 == 1
    }

    /// Sets one pixel.
    ///
    /// # Panics
    /// When it is not in the image.
    pub fn set(&mut self, col: usize, row: usize) {
        assert!(col < self.size.width, "column {col} of {}", self.size.width);
        self.words[row * self.words_per_row + col / BITS] |= 1 << (col % BITS);
    }

    /// Sets the pixels of `row` from column `start` up to, not including, `end`.
    /// Columns outside the image are ignored.
    pub fn set_run(&mut self, row: usize, start: usize, end: usize) {
        let end = end.min(self.size.width);
        if start >= end {
            return;
        }
        let line = &mut self.words[row * self.words_per_row..][..self.words_per_row];
        let first = start / BITS;
        let last = (end - 1) / BITS;
        let from_start = !0u64 << (start % BITS);
        let to_end = !0u64 >> (BITS - 1 - (end - 1) % BITS);
        if first == last {
            line[first] |= from_start & to_end;
        } else {
            line[first] |= from_start;
            line[first + 1..last].fill(!0);
            line[last] |= to_end;
        }
    }

    /// Writes the words of one row at once, then clears the bits right of the last
    /// column.
    ///
    /// # Panics
    /// When `row` is not in the image.
    pub fn write_row(&mut self, row: usize, write: impl FnOnce(&mut [u64])) {
        let line = &mut self.words[row * self.words_per_row..][..self.words_per_row];
        write(line);
        let used = self.size.width % BITS;
        if let (Some(last), true) = (line.last_mut(), used > 0) {
            *last &= !(!0 << used);
        }
    }

    /// Writes the words of the row above into `row`.
    ///
    /// # Panics
    /// When `row` is the first, or not in the image.
    pub fn repeat_row(&mut self, row: usize) {
        let above = (row - 1) * self.words_per_row;
        self.words.copy_within(above..above + self.words_per_row, row * self.words_per_row);
    }

    /// Number of set pixels.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Number of pixels that are set in one of two masks only.
    ///
    /// # Panics
    /// When the masks differ in size.
    #[must_use]
    pub fn count_different(&self, other: &Self) -> u64 {
        assert_eq!(self.size, other.size, "masks of one size");
        let pairs = self.words.iter().zip(&other.words);
        pairs.map(|(one, other)| u64::from((one ^ other).count_ones())).sum()
    }

    /// True when no pixel is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Bounding box of the set pixels; none for an empty mask.
    #[must_use]
    pub fn bounding_box(&self) -> Option<PixelBox> {
        let is_used = |row: &usize| self.row(*row).iter().any(|&word| word != 0);
        let top = (0..self.size.height).find(is_used)?;
        let bottom = (top..self.size.height).rev().find(is_used)? + 1;
        let mut columns = vec![0u64; self.words_per_row];
        for row in top..bottom {
            for (column, word) in columns.iter_mut().zip(self.row(row)) {
                *column |= word;
            }
        }
        let first = columns.iter().position(|&word| word != 0)?;
        let last = columns.iter().rposition(|&word| word != 0)?;
        let left = first * BITS + columns[first].trailing_zeros() as usize;
        let right = (last + 1) * BITS - columns[last].leading_zeros() as usize;
        Some(PixelBox { left, top, right, bottom })
    }

    /// The columns of the set pixels in `row`, from the left.
    ///
    /// # Panics
    /// When `row` is not in the image.
    pub fn columns_in_row(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        self.row(row).iter().enumerate().flat_map(|(index, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(index * BITS + bit)
            })
        })
    }

    /// Calls `found` with each column of `columns` that is set in `row`, from the left.
    ///
    /// # Panics
    /// When `row` or the end of `columns` is not in the image.
    pub fn each_column_in(
        &self,
        row: usize,
        columns: std::ops::Range<usize>,
        mut found: impl FnMut(usize),
    ) {
        let line = self.row(row);
        let words = columns.start / BITS..columns.end.div_ceil(BITS);
        for (index, &word) in words.clone().zip(&line[words]) {
            let mut rest = word;
            if index == columns.start / BITS {
                rest &= !0 << (columns.start % BITS);
            }
            while rest != 0 {
                let column = index * BITS + rest.trailing_zeros() as usize;
                if column >= columns.end {
                    return;
                }
                found(column);
                rest &= rest - 1;
            }
        }
    }

    /// One byte a pixel, row by row: `set_value` where the mask is set, else 0.
    #[must_use]
    pub fn to_bytes(&self, set_value: u8) -> Vec<u8> {
        let mut bytes = vec![0; self.size.area()];
        for (row, line) in bytes.chunks_exact_mut(self.size.width.max(1)).enumerate() {
            for col in self.columns_in_row(row) {
                line[col] = set_value;
            }
        }
        bytes
    }

    /// Union of the masks; a single mask is borrowed, not copied.
    ///
    /// # Panics
    /// When there is no mask, or sizes differ.
    #[must_use]
    pub fn union<'a>(mut masks: impl Iterator<Item = &'a Self>) -> Cow<'a, Self> {
        let first = masks.next().expect("a union is of at least one mask");
        masks.fold(Cow::Borrowed(first), |all, mask| Cow::Owned(&*all | mask))
    }

    /// Combines two masks word by word.
    ///
    /// # Panics
    /// When the sizes differ. That is a bug: the reader of masks checks sizes.
    fn combine(&self, other: &Self, combine: impl Fn(u64, u64) -> u64) -> Self {
        assert_eq!(self.size, other.size, "masks of different sizes are combined");
        let words = self.words.iter().zip(&other.words).map(|(&a, &b)| combine(a, b)).collect();
        Self { words, ..*self }
    }
}

impl BitAnd for &Mask {
    type Output = Mask;
    fn bitand(self, other: &Mask) -> Mask {
        self.combine(other, |a, b| a & b)
    }
}

impl BitOr for &Mask {
    type Output = Mask;
    fn bitor(self, other: &Mask) -> Mask {
        self.combine(other, |a, b| a | b)
    }
}

impl BitXor for &Mask {
    type Output = Mask;
    fn bitxor(self, other: &Mask) -> Mask {
        self.combine(other, |a, b| a ^ b)
    }
}

impl Not for &Mask {
    type Output = Mask;
    /// The complement: the pixels of the image that are not set.
    fn not(self) -> Mask {
        let mut all = Mask::empty(self.size);
        for row in 0..self.size.height {
            all.set_run(row, 0, self.size.width);
        }
        self.combine(&all, |a, b| !a & b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_run_sets_its_pixels_and_no_other() {
        for (start, end) in [(0, 0), (0, 1), (3, 64), (63, 65), (64, 128), (1, 130), (120, 999)] {
            let mut mask = Mask::empty(Size::new(130, 2));
            mask.set_run(1, start, end);
            let expected: Vec<usize> = (start..end.min(130)).collect();
            assert_eq!(mask.columns_in_row(1).collect::<Vec<_>>(), expected);
            assert_eq!(mask.columns_in_row(0).count(), 0);
        }
    }

    #[test]
    fn the_box_of_a_mask_holds_it_tightly() {
        let mut mask = Mask::empty(Size::new(200, 9));
        assert_eq!(mask.bounding_box(), None);
        mask.set(70, 3);
        mask.set(130, 5);
        let found = mask.bounding_box().unwrap();
        assert_eq!(found, PixelBox { left: 70, top: 3, right: 131, bottom: 6 });
    }

    #[test]
    fn writing_a_row_of_words_sets_nothing_outside_the_image() {
        let mut mask = Mask::empty(Size::new(70, 2));
        mask.write_row(1, |words| words.fill(!0));
        assert_eq!(mask.count(), 70);
        assert_eq!(mask.columns_in_row(1).count(), 70);
    }

    #[test]
    fn the_complement_sets_nothing_outside_the_image() {
        let mask = Mask::empty(Size::new(70, 3));
        assert_eq!((!&mask).count(), 210);
        assert!((!&!&mask).is_empty());
    }

    #[test]
    fn a_union_holds_what_any_of_its_masks_holds() {
        let masks = ["#...", ".#..", "...#"].map(Mask::from_text);
        assert_eq!(*Mask::union(masks.iter()), Mask::from_text("##.#"));
        assert!(matches!(Mask::union(masks[..1].iter()), Cow::Borrowed(_)));
    }

    #[test]
    fn a_mask_of_no_pixels_is_empty() {
        let mask = Mask::empty(Size::new(0, 5));
        assert!(mask.is_empty());
        assert_eq!(mask.to_bytes(255).len(), 0);
        assert_eq!(mask.bounding_box(), None);
    }

    proptest! {
        #[test]
        fn bytes_and_bits_agree(width in 1usize..150, height in 1usize..6, seed: u64) {
            let bit = |col: usize, row: usize| {
                (seed.rotate_left((col * 7 + row * 13) as u32 % 64)) & 1 == 1
            };
            let mask = Mask::from_fn(Size::new(width, height), bit);
            let bytes = mask.to_bytes(1);
            prop_assert_eq!(bytes.iter().filter(|&&b| b == 1).count() as u64, mask.count());
            for row in 0..height {
                let start = width / 3;
                let end = width - width / 5;
                let mut columns = Vec::new();
                mask.each_column_in(row, start..end, |col| columns.push(col));
                prop_assert_eq!(columns, (start..end).filter(|&c| bit(c, row)).collect::<Vec<_>>());
                for col in 0..width {
                    prop_assert_eq!(mask.get(col, row), bit(col, row));
                    prop_assert_eq!(bytes[row * width + col] == 1, bit(col, row));
                }
            }
        }
    }
}
