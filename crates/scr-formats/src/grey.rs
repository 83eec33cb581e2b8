//! Grey values of a radiograph.

use scr_image::{Radiograph, Size, Spacing};

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
