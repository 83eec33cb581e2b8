//! Stated size of an image, checked before pixels are allocated.

use scr_image::Size;

use crate::{FormatError, MAX_AREA_PX};

/// Stated size of a file, checked against the limits.
pub(crate) fn checked_size(width: u64, height: u64) -> Result<Size, FormatError> {
    match width.checked_mul(height) {
        Some(0) => Err(FormatError::NoPixels { width, height }),
        Some(area) if area <= MAX_AREA_PX as u64 => Ok(Size::new(width as usize, height as usize)),
        _ => Err(FormatError::TooLarge { width, height }),
    }
}

/// Stated size of a file, checked against the limits and `expected`, if given.
pub(crate) fn stated_size(
    width: u64,
    height: u64,
    expected: Option<Size>,
) -> Result<Size, FormatError> {
    let found = checked_size(width, height)?;
    match expected.filter(|&expected| expected != found) {
        Some(expected) => Err(FormatError::OtherSize { expected, found }),
        None => Ok(found),
    }
}

/// Width and height of an array of one slice: the lengths of its first two axes.
///
/// # Errors
/// [`FormatError::Frames`] with the number of slices; [`FormatError::NoPixels`] for fewer
/// than two axes.
pub(crate) fn one_slice(lengths: &[u64]) -> Result<(u64, u64), FormatError> {
    let Some((&[width, height], more)) = lengths.split_first_chunk() else {
        let width = lengths.first().copied().unwrap_or(0);
        return Err(FormatError::NoPixels { width, height: 0 });
    };
    match more.iter().fold(1, |product: u64, &n| product.saturating_mul(n)) {
        1 => Ok((width, height)),
        found => Err(FormatError::Frames { found }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_checked_before_anything_is_allocated() {
        assert_eq!(checked_size(8192, 8192), Ok(Size::square(8192)));
        assert!(matches!(checked_size(8193, 8192), Err(FormatError::TooLarge { .. })));
        assert!(matches!(checked_size(u64::MAX, 2), Err(FormatError::TooLarge { .. })));
        assert!(matches!(checked_size(0, 5), Err(FormatError::NoPixels { .. })));
    }
}
