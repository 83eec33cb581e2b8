//! Grey values of a radiograph.

use scr_image::{Radiograph, Size, Spacing};

use crate::FormatError;

/// Radiograph of a checked size with values within the range.
pub(crate) fn radiograph(
    size: Size,
    max_value: u16,
    pixels: Vec<u16>,
    spacing: Option<Spacing>,
) -> Radiograph {
    Radiograph::new(size, max_value, pixels, spacing)
        .expect("the reader made one value a pixel, none above the greatest")
}

/// Builder of a radiograph, row by row from the top.
pub(crate) struct GreyRows {
    size: Size,
    /// Value of white, where the format tells.
    white: Option<u16>,
    pixels: Vec<u16>,
}

impl GreyRows {
    /// An empty builder of the checked `size`.
    pub(crate) fn new(size: Size, white: Option<u16>) -> Self {
        Self { size, white, pixels: Vec::with_capacity(size.area()) }
    }

    /// Adds the next row, one value a pixel.
    ///
    /// # Errors
    /// [`FormatError::GreyRange`].
    pub(crate) fn push(&mut self, values: &[i64]) -> Result<(), FormatError> {
        let most = self.white.unwrap_or(u16::MAX);
        for &found in values {
            match u16::try_from(found) {
                Ok(value) if value <= most => self.pixels.push(value),
                _ => {
                    let at = self.pixels.len();
                    let (col, row) = (at % self.size.width, at / self.size.width);
                    return Err(FormatError::GreyRange { most, found, col, row });
                }
            }
        }
        Ok(())
    }

    /// The radiograph, after the last row.
    pub(crate) fn finish(self, spacing: Option<Spacing>) -> Radiograph {
        // A type of 32 bits or more, or of floating point numbers, says nothing of white.
        let is_byte = || self.pixels.iter().all(|&value| value <= 255);
        let white = self.white.unwrap_or_else(|| if is_byte() { 255 } else { u16::MAX });
        radiograph(self.size, white, self.pixels, spacing)
    }
}
