//! Image formats: readers and writers of masks, radiographs and points, one file a
//! format.
//!
//! Works on bytes, not on the file system, and changes no value: nothing is thresholded,
//! resized or clipped. A file that cannot be read exactly is an error with the expected
//! and found state. Readers check the stated size against [`MAX_AREA_PX`] before they
//! allocate pixels, so a small file cannot cause a large allocation.
//!
//! [`read_mask`], [`read_layers`] and [`read_radiograph`] choose the format by the file's
//! extension; errors are [`FormatError`]. Most formats are opened as a `StoredImage`: rows
//! of numbers with their meaning, of which `stored.rs` makes all three.
//!
//! ```
//! use scr_formats::png;
//! use scr_image::Mask;
//! let mask = Mask::from_text("..#. .##. ....");
//! let bytes = png::write_mask(&mask);
//! assert_eq!(scr_formats::read_mask("heart/x.png", &bytes), Ok(mask));
//! ```

pub mod dicom;
pub mod gif;
pub mod jsrt_img;
pub mod pfs;
pub mod png;
pub mod tiff;

pub mod magic;

mod bmp;
mod jpeg;
mod mha;
mod nifti;
mod npy;
mod nrrd;
mod pgm;
mod webp;

mod array;
mod bits;
mod by_name;
mod codec;
mod data_type;
mod error;
mod grey;
mod header_text;
mod layers;
mod limits;
mod masks;
mod meaning;
mod size;
mod stored;
mod value;

#[cfg(test)]
mod damage_tests;

pub use by_name::{
    MASK_EXTENSIONS, RADIOGRAPH_EXTENSIONS, mask_extension, mask_size, read_layers, read_mask,
    read_mask_sized, read_radiograph, read_radiograph_sized,
};
pub use error::FormatError;
pub use layers::{Layer, Layers, MAX_LAYERS};
pub use limits::MAX_AREA_PX;
pub use value::MaskValue;
