//! Radiographs, masks and outlines in memory: the basic types of the workspace.
//!
//! Pure: reads no file, no clock and no random number; knows no file format,
//! no benchmark and no measure.
//!
//! - [`Radiograph`]: grey values, up to 16 bits, with an optional [`Spacing`].
//! - [`Mask`]: one bit a pixel, packed into words, what measures count on.
//! - [`GreyImage`]: floats on a grid, with filters and resampling.
//! - [`Outline`]: a closed polygon; landmarks are the ordered points of one.
//!
//! # Coordinates
//! Continuous image coordinates have their origin at the upper left **corner**
//! of the image, x to the right, y down, in pixels: the pixel in column `c` and
//! row `r` covers `[c, c + 1) x [r, r + 1)` and its centre is `(c + 0.5, r + 0.5)`.
//! Going from one frame to another is then a multiplication, with no half-pixel shift.
//!
//! ```
//! use scr_image::{Mask, Outline, Point, Size};
//! let square = Outline::new(vec![
//!     Point::new(1.0, 1.0), Point::new(3.0, 1.0), Point::new(3.0, 3.0), Point::new(1.0, 3.0),
//! ]);
//! let mask = Mask::filled(Size::new(4, 4), &[square]);
//! assert_eq!(mask.count(), 4);
//! assert_eq!(mask.outlines()[0].area_px2(), 4.0);
//! ```

mod component;
mod error;
mod fill;
mod grey;
mod mask;
mod outline;
mod radiograph;
mod resampling;
mod size;
mod spacing;
mod trace;

pub use error::ImageError;
pub use grey::{GreyImage, gaussian, working_size};
pub use mask::{Mask, PixelBox};
pub use outline::{Outline, Point};
pub use radiograph::Radiograph;
pub use resampling::Resampling;
pub use size::Size;
pub use spacing::Spacing;
pub use trace::BlockOutlines;
