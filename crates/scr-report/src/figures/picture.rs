//! Pictures of a figure: small grey PNGs as `data:` addresses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scr_data::formats::png;
use scr_image::{Radiograph, Size};

use crate::html::overlay::stretched_picture;

/// Longest side of a radiograph's picture in pixels: sharp at the size of panels, and small
/// enough for a page with many figures.
const MAX_SIDE: usize = 320;

/// Picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `data:` address of a PNG.
    pub(super) address: String,
    /// True to show pixels as squares.
    pub(super) is_coarse: bool,
}

/// Grey scale of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct GreyRange {
    /// Values of black and of white.
    pub ends: [f64; 2],
    /// Quantity of the values, with its unit.
    pub quantity: String,
}

impl Picture {
    /// Picture of a radiograph, at most 320 pixels wide and high, with stretched contrast.
    #[must_use]
    pub fn of_radiograph(radiograph: &Radiograph) -> Self {
        Self { address: stretched_picture(radiograph, MAX_SIDE), is_coarse: false }
    }

    /// Picture of values, row by row, as greys over `range`; NaN is white.
    ///
    /// # Panics
    /// When there is not one value a pixel, or no pixel.
    #[must_use]
    pub fn of_values(size: Size, values: &[f32], range: &GreyRange) -> Self {
        let [low, high] = range.ends;
        let grey = |&value: &f32| {
            let share = (f64::from(value) - low) / (high - low);
            if share.is_nan() { 255 } else { (255.0 * share.clamp(0.0, 1.0)).round() as u16 }
        };
        let picture = Radiograph::new(size, 255, values.iter().map(grey).collect(), None);
        let bytes = png::write_radiograph(&picture.expect("one value a pixel"));
        let encoded = STANDARD.encode(bytes.expect("8 bits are used"));
        let is_coarse = size.width.max(size.height) < MAX_SIDE / 2;
        Self { address: format!("data:image/png;base64,{encoded}"), is_coarse }
    }
}
