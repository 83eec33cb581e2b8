//! Measures of agreement between two masks of one image.
//!
//! Pure: reads no file and no clock, and does not know who made a mask. Sizes are
//! equal by contract; the reader of masks checks them.
//!
//! - [`Measure`]: a measure with its variant, parsed from a key such as
//!   `hausdorff_95.pooled`.
//! - [`measure_object`]: all measures of one object from one pass over two masks.
//! - [`registry`]: each measure's definition, unit, direction and source.
//! - [`peers`]: the equal numbers of other tools.
//! - [`empty`]: the policy for empty masks.
//!
//! ```
//! use scr_image::Mask;
//! use scr_measures::{Measure, Scratch, measure_object};
//! let reference = Mask::from_text("#### #### ....");
//! let prediction = Mask::from_text(".... #### ####");
//! let measures: Vec<Measure> = ["overlap".parse()?, "masd".parse()?, "nsd@0px".parse()?].into();
//! let values = measure_object(&reference, &prediction, None, &measures, &mut Scratch::default());
//! assert_eq!(values, [Some(1.0 / 3.0), Some(0.5), Some(0.5)]);
//! # Ok::<(), scr_measures::UnknownMeasure>(())
//! ```
//! (The middle row lies on both boundaries, the outer rows at a distance of one.)

pub mod band;
pub mod boundary;
pub mod corners;
mod counts;
mod distance;
pub mod distances;
pub mod empty;
mod measure;
mod object;
pub mod overlap;
pub mod peers;
mod ratio;
pub mod registry;

pub use counts::Counts;
pub use distance::Scratch;
pub use measure::{Length, LengthUnit, Measure, UnknownMeasure};
pub use object::{measure_object, pixel_error};
pub use ratio::cardiothoracic_ratio;
pub use registry::{Better, Kind, Percentile, Quantity};

/// Test vectors as JSON: pairs of small masks with the value of every measure, made by
/// `tests/peers/make_vectors.py`.
pub const VECTORS: &str = include_str!("../vectors.json");
