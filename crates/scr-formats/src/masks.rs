//! Conversion of pixel values to a mask, by one rule for all formats: background is 0
//! and one other value is the structure.
//!
//! `{0}`, `{0, v}` and `{v}` are masks, for any v; two values without 0, or more than
//! two, are not. Nothing is thresholded: a mask with a third value was smoothed,
//! resampled or compressed with loss, and only its maker knows the meaning.
//!
//! Rows are packed during decoding, 64 pixels at a time: decoding masks dominates the
//! time of scoring.

use std::collections::BTreeSet;
use std::ops::{BitOr, BitXor};

use scr_image::{Mask, Size};

use crate::{FormatError, MaskValue};

/// Maximum number of values collected for the message, to bound memory for a photograph
/// in place of a mask.
const MAX_COUNTED: usize = 1000;
/// Maximum number of values that the message names.
const MAX_NAMED: usize = 5;

/// Stored pixel, before the palette.
pub(crate) trait RawValue:
    Copy + Ord + Default + BitXor<Output = Self> + BitOr<Output = Self>
{
    /// Bit i is set where pixel i is `second`; none when a pixel is neither.
    fn mixed_word(pixels: &[Self; 64], first: Self, second: Self) -> Option<u64> {
        let mut word = 0;
        let mut is_known = true;
        for (bit, &pixel) in pixels.iter().enumerate() {
            word |= u64::from(pixel != first) << bit;
            is_known &= pixel == first || pixel == second;
        }
        is_known.then_some(word)
    }
}

impl RawValue for u16 {}
impl RawValue for u32 {}
impl RawValue for i8 {}
impl RawValue for i16 {}
impl RawValue for i32 {}
impl RawValue for i64 {}
impl RawValue for u8 {
    /// Handles eight pixels at a time as the bytes of a word: six times as fast as one by one.
    fn mixed_word(pixels: &[Self; 64], first: Self, second: Self) -> Option<u64> {
        const EACH: u64 = 0x0101_0101_0101_0101;
        const LOW_7: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        let (first, difference) = (u64::from(first) * EACH, u64::from(first ^ second));
        let mut word = 0;
        let mut unknown = 0;
        for (index, eight) in pixels.as_chunks::<8>().0.iter().enumerate() {
            let differing = u64::from_le_bytes(*eight) ^ first;
            // 1 in each byte that is not zero.
            let ones = ((((differing & LOW_7) + LOW_7) | differing) >> 7) & EACH;
            unknown |= differing ^ (ones * difference);
            // Gathers the lowest bit of each byte in the topmost byte.
            word |= (ones.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * index);
        }
        (unknown == 0).then_some(word)
    }
}

/// Builder of a mask, row by row from the top.
///
/// `same` maps stored values of equal meaning to one representative: palettes may hold a
/// colour twice.
pub(crate) struct MaskRows<T, F> {
    mask: Mask,
    next_row: usize,
    same: F,
    first: Option<T>,
    second: Option<T>,
    more: BTreeSet<T>,
}

impl<T: RawValue, F: Fn(T) -> T> MaskRows<T, F> {
    /// An empty builder of the checked `size`.
    pub(crate) fn new(size: Size, same: F) -> Self {
        let more = BTreeSet::new();
        Self { mask: Mask::empty(size), next_row: 0, same, first: None, second: None, more }
    }

    /// Packs the next row, one stored value a pixel.
    pub(crate) fn push(&mut self, pixels: &[T]) {
        let Self { mask, next_row, same, first, second, more } = self;
        let Some(&start) = pixels.first() else { return };
        let first = *first.get_or_insert(start);
        mask.write_row(*next_row, |words| {
            for (word, pixels) in words.iter_mut().zip(pixels.chunks(64)) {
                let mut block = [first; 64];
                block[..pixels.len()].copy_from_slice(pixels);
                *word = fast_word(&block, first, *second).unwrap_or_else(|| {
                    let mut word = 0;
                    for (bit, &pixel) in pixels.iter().enumerate() {
                        let is_set = is_second(pixel, same, first, second, more);
                        word |= u64::from(is_set) << bit;
                    }
                    word
                });
            }
        });
        *next_row += 1;
    }

    /// Packs the row above once more; the first row has none above.
    pub(crate) fn repeat(&mut self) {
        self.mask.repeat_row(self.next_row);
        self.next_row += 1;
    }

    /// The mask, after the last row; `value` maps a stored pixel to its value.
    pub(crate) fn finish(
        self,
        value: impl Fn(T) -> Result<MaskValue, FormatError>,
    ) -> Result<Mask, FormatError> {
        let stored = [self.first, self.second].into_iter().flatten().chain(self.more);
        let mut values = BTreeSet::new();
        for stored in stored {
            values.insert(value(stored)?);
        }
        if values.len() > 2 {
            return Err(FormatError::ManyValues {
                count: values.len(),
                is_at_least: values.len() >= MAX_COUNTED,
                first: values.into_iter().take(MAX_NAMED).collect(),
            });
        }
        let first = self.first.map(&value).transpose()?;
        let second = self.second.map(&value).transpose()?;
        decide(self.mask, first, second)
    }
}

/// The word of 64 pixels, when all have known values.
fn fast_word<T: RawValue>(pixels: &[T; 64], first: T, second: Option<T>) -> Option<u64> {
    let is_all = |value: T| {
        pixels.iter().fold(T::default(), |all, &pixel| all | (pixel ^ value)) == T::default()
    };
    if is_all(first) {
        return Some(0);
    }
    let second = second?;
    if is_all(second) { Some(u64::MAX) } else { T::mixed_word(pixels, first, second) }
}

fn is_second<T: RawValue>(
    pixel: T,
    same: &impl Fn(T) -> T,
    first: T,
    second: &mut Option<T>,
    more: &mut BTreeSet<T>,
) -> bool {
    let pixel_is = |value: T| pixel == value || same(pixel) == same(value);
    if pixel_is(first) {
        return false;
    }
    let second = *second.get_or_insert(pixel);
    if !pixel_is(second) && more.len() < MAX_COUNTED {
        more.insert(same(pixel));
    }
    true
}

/// Builder of a mask from rows of one bit a pixel, the leftmost pixel in the highest bit,
/// as in PNG and TIFF.
pub(crate) struct BitRows {
    mask: Mask,
    next_row: usize,
}

impl BitRows {
    /// An empty builder of the checked `size`.
    pub(crate) fn new(size: Size) -> Self {
        Self { mask: Mask::empty(size), next_row: 0 }
    }

    /// Packs the next row; ignores bits beyond the width.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.mask.write_row(self.next_row, |words| {
            for (word, bytes) in words.iter_mut().zip(bytes.chunks(8)) {
                let mut eight = [0; 8];
                eight[..bytes.len()].copy_from_slice(bytes);
                *word = u64::from_be_bytes(eight).reverse_bits();
            }
        });
        self.next_row += 1;
    }

    /// The mask; `value` maps 0 and 1 to their values.
    pub(crate) fn finish(
        self,
        value: impl Fn(u8) -> Result<MaskValue, FormatError>,
    ) -> Result<Mask, FormatError> {
        let ones = self.mask.count();
        let area = self.mask.size().area() as u64;
        let zero = if ones < area { Some(value(0)?) } else { None };
        let one = if ones > 0 { Some(value(1)?) } else { None };
        decide(self.mask, zero, one)
    }
}

/// The rule; `is_second` is set for pixels of the second value.
fn decide(
    is_second: Mask,
    first: Option<MaskValue>,
    second: Option<MaskValue>,
) -> Result<Mask, FormatError> {
    match (first, second) {
        (Some(first), Some(second)) if first != second => {
            if first.is_background() {
                Ok(is_second)
            } else if second.is_background() {
                Ok(!&is_second)
            } else {
                let values = [first.min(second), first.max(second)];
                Err(FormatError::NoBackground { values })
            }
        }
        (Some(only), _) | (None, Some(only)) => {
            let empty = Mask::empty(is_second.size());
            Ok(if only.is_background() { empty } else { !&empty })
        }
        (None, None) => Ok(is_second),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number<T: Into<i64>>(stored: T) -> Result<MaskValue, FormatError> {
        Ok(MaskValue::Number(stored.into()))
    }

    fn from_bytes(width: usize, pixels: &[u8]) -> Result<Mask, FormatError> {
        let mut rows = MaskRows::new(Size::new(width, pixels.len() / width), |v| v);
        pixels.chunks(width).for_each(|row| rows.push(row));
        rows.finish(number)
    }

    #[test]
    fn zero_is_background_and_any_other_single_value_is_the_structure() {
        assert_eq!(from_bytes(2, &[0, 0, 0, 0]), Ok(Mask::from_text(".. ..")));
        assert_eq!(from_bytes(2, &[0, 7, 0, 0]), Ok(Mask::from_text(".# ..")));
        assert_eq!(from_bytes(2, &[7, 0, 0, 0]), Ok(Mask::from_text("#. ..")));
        assert_eq!(from_bytes(2, &[9, 9, 9, 9]), Ok(Mask::from_text("## ##")));
    }

    #[test]
    fn two_values_without_zero_are_both_named() {
        let error = from_bytes(2, &[255, 1, 1, 255]).unwrap_err();
        assert_eq!(error.found(), "1 and 255");
    }

    #[test]
    fn more_than_two_values_are_counted_and_the_first_named() {
        let pixels: Vec<u8> = (0..200).rev().collect();
        let error = from_bytes(100, &pixels).unwrap_err();
        assert_eq!(error.found(), "200 values: 0, 1, 2, 3, 4, ...");
    }

    #[test]
    fn counting_stops_before_it_costs_memory() {
        let mut rows = MaskRows::new(Size::new(1 << 16, 2), |v: i64| v);
        rows.push(&(0..1 << 16).collect::<Vec<i64>>());
        rows.push(&(1 << 16..1 << 17).collect::<Vec<i64>>());
        assert!(rows.finish(number).unwrap_err().found().starts_with("at least 1002 values"));
    }

    #[test]
    fn a_colour_that_is_in_the_palette_twice_is_one_value() {
        // 2 and 5 both stand for background, 3 and 4 for the structure.
        let same = |stored: u8| [0, 1, 2, 3, 3, 2][usize::from(stored)];
        let mut rows = MaskRows::new(Size::new(4, 1), same);
        rows.push(&[5, 4, 2, 3]);
        let value = |stored: u8| Ok(MaskValue::Number(if same(stored) == 2 { 0 } else { 80 }));
        assert_eq!(rows.finish(value), Ok(Mask::from_text(".#.#")));
    }

    proptest! {
        #[test]
        fn packing_rows_is_the_same_as_setting_pixel_by_pixel(
            width in 1usize..200, height in 1usize..6, seed in any::<u64>(),
            value in 1u8.., run in 1u64..90,
        ) {
            let is_set = |col: usize, row: usize| {
                (row as u64 * 977 + col as u64 + seed % 1000) / run % 2 == 1
            };
            let mask = Mask::from_fn(Size::new(width, height), is_set);
            let bytes = mask.to_bytes(value);
            prop_assert_eq!(from_bytes(width, &bytes), Ok(mask.clone()));

            let mut rows = MaskRows::new(mask.size(), |v| v);
            for row in bytes.chunks(width) {
                rows.push(&row.iter().map(|&v| u16::from(v) << 8).collect::<Vec<_>>());
            }
            prop_assert_eq!(rows.finish(number), Ok(mask.clone()));

            let mut rows = BitRows::new(mask.size());
            for row in bytes.chunks(width) {
                let pack = |eight: &[u8]| {
                    eight.iter().enumerate().map(|(i, &v)| u8::from(v != 0) << (7 - i)).sum()
                };
                rows.push(&row.chunks(8).map(pack).collect::<Vec<u8>>());
            }
            prop_assert_eq!(rows.finish(number), Ok(mask));
        }

        #[test]
        fn a_third_value_is_never_missed(
            width in 1usize..150, at in any::<prop::sample::Index>(), third in 2u8..255,
        ) {
            let mut pixels: Vec<u8> = (0..width * 3).map(|i| (i / 7 % 2) as u8 * 255).collect();
            prop_assume!(pixels.len() > 20);
            let at = at.index(pixels.len());
            prop_assume!(at != 0 && at != 7);
            pixels[at] = third;
            let error = from_bytes(width, &pixels).unwrap_err();
            let is_found = matches!(error, FormatError::ManyValues { count: 3, .. });
            prop_assert!(is_found, "{}", error);
        }
    }
}
