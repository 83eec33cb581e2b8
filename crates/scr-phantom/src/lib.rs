//! Phantom: posterior-anterior chest radiographs with known anatomy.
//!
//! Nobody may redistribute the JSRT images or the SCR outlines, so this crate draws a
//! population with the same properties for tests of software: the same five structures
//! with landmarks, two observers, the same field and bit depth, and similar agreement
//! between images and between observers. It is no substitute for patients: a score on
//! phantoms does not predict a score on radiographs (`docs/explanation/phantom.md` lists the limits of
//! the model). Only the two layouts write files.
//!
//! - [`Population`]: number of images and seed.
//! - [`Phantom`]: one patient with both observers' drawings; draws the radiograph.
//! - [`Attributes`]: clinical attributes.
//! - [`write_benchmark`], [`write_originals`]: a whole population on disk.
//!
//! ```
//! use scr_phantom::{Observer, Population};
//! let phantom = Population::new(12, 1).phantom(0);
//! assert_eq!(phantom.id, "JPCLN001");
//! let masks = phantom.masks(Observer::Reference, 256);
//! assert_eq!(masks[2].0, "heart");
//! ```

mod anatomy;
mod attributes;
mod field;
mod geometry;
mod nodule;
mod observer;
mod population;
mod random;
mod render;
mod structures;

mod layout;

pub use attributes::{Attributes, Nodule, Sex};
pub use field::{FIELD_MM, OUTLINE_FRAME_PX};
pub use layout::{Progress, benchmark_file, write_benchmark, write_originals};
pub use population::{Drawing, Observer, Phantom, Population};
pub use structures::STRUCTURES;
