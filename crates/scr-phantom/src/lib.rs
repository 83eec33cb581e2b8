//! Draws posterior-anterior chest radiographs with known anatomy.
//!
//! Nobody may pass on the JSRT images or the SCR outlines, so this crate draws
//! a population that is like them in what matters for testing software: the
//! same five structures with corresponding landmarks, two observers, the same
//! field and depth of grey, and similar agreement between images and between
//! observers. It is no substitute for patients: a method's score on phantoms
//! says nothing of its score on radiographs (`docs/phantom.md` says what the
//! model leaves out). Files are written by the two layouts only.
//!
//! - [`Population`]: how many patients, and the seed.
//! - [`Case`]: one patient, with both observers' drawings; draws the radiograph.
//! - [`Attributes`]: what the case list says.
//! - [`write_benchmark`], [`write_originals`]: a whole population on disk.
//!
//! ```
//! use scr_phantom::{Observer, Population};
//! let case = Population::new(12, 1).case(0);
//! assert_eq!(case.id, "JPCLN001");
//! let masks = case.masks(Observer::Reference, 256);
//! assert_eq!(masks[2].0, "heart");
//! ```

mod anatomy;
mod attributes;
mod case;
mod geometry;
mod nodule;
mod observer;
mod random;
mod render;

mod layout;

pub use attributes::{Attributes, Nodule, Sex};
pub use case::{Case, Drawing, FIELD_MM, OUTLINE_FRAME_PX, Observer, Population};
pub use layout::{Progress, benchmark_file, write_benchmark, write_originals};

/// The five structures, in the order in which they are always given, each with
/// its number of landmarks. Right and left are the patient's: the right lung is
/// on the image's left.
pub const STRUCTURES: [(&str, usize); 5] = [
    ("right_lung", 44),
    ("left_lung", 50),
    ("heart", 26),
    ("right_clavicle", 23),
    ("left_clavicle", 23),
];
