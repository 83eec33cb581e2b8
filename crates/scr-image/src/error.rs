//! Errors of image data.

use crate::size::Size;

/// Invalid pixel data, spacing or size.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ImageError {
    /// The pixel buffer does not have one value a pixel.
    #[error("{found} pixel values for a {size} image, expected {}", size.area())]
    PixelCount {
        /// Stated size of the image.
        size: Size,
        /// Number of values found.
        found: usize,
    },
    /// A pixel is brighter than the image's own greatest value.
    #[error("a pixel has the value {found}, expected at most {max_value}")]
    PixelTooBright {
        /// The greatest value allowed.
        max_value: u16,
        /// The value found.
        found: u16,
    },
    /// The spacing is not a positive number.
    #[error("pixel spacing is {found} mm, expected a positive number")]
    Spacing {
        /// The value found.
        found: f64,
    },
    /// The width or height is odd, where pixels are averaged two by two.
    #[error("image is {size}, expected an even width and height")]
    OddSize {
        /// The size found.
        size: Size,
    },
}
