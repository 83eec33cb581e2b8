//! Measures of agreement between two masks of one image.
//!
//! Pure: no file, no clock, and no idea who made a mask. Sizes are equal by
//! contract; whoever reads masks has checked them.
//!
//! - [`Counts`]: how many pixels agree; what [`overlap`] measures are made of.
//! - [`boundary`]: distances between the two boundaries.
//! - [`Measure`]: the registry: each measure's key, name, unit, direction, range and source.
//! - [`empty`]: the one policy for empty masks.
//!
//! ```
//! use scr_image::Mask;
//! use scr_measures::{Measure, measure_object};
//! let reference = Mask::from_text("#### #### ....");
//! let prediction = Mask::from_text(".... #### ####");
//! let values = measure_object(&reference, &prediction, None, &[Measure::Overlap, Measure::Masd]);
//! assert_eq!(values, [Some(1.0 / 3.0), Some(0.5)]);
//! ```
//! (The middle row lies on both boundaries, the outer rows at a distance of one.)

pub mod boundary;
mod counts;
mod distance;
pub mod empty;
mod object;
pub mod overlap;
mod registry;

pub use counts::Counts;
pub use object::{measure_object, pixel_error};
pub use registry::{Better, Measure, Quantity};
