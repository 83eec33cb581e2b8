//! JPEG: decoder of grey images (ITU-T T.81), for files and for frames of DICOM.
//!
//! Baseline, extended and progressive with Huffman codes, 8 and 12 bits, and lossless with 2
//! to 16 bits. The inverse transform is that of libjpeg (`islow`), in whole numbers, so that
//! values are the same on every processor and equal to what other software shows. Colour
//! images are read where every pixel is grey. A damaged or unfinished file is an error,
//! where other decoders fill in grey.
//!
//! Not read, and named: arithmetic codes, hierarchical images, real colours. The
//! orientation of EXIF is not applied: masks belong to the stored pixels.

mod coefficients;
mod frame;
mod huffman;
mod inverse;
mod lossless;
mod scans;
mod segments;

use scr_image::Size;

use crate::meaning::Meaning;
use crate::stored::StoredImage;
use crate::{FormatError, magic};
use frame::{FORMAT, Process};
use segments::{Decoded, decode_segments};

/// Decoded grey image.
pub(crate) struct GreyImage {
    pub(crate) size: Size,
    /// Bits of a value, 2 to 16.
    pub(crate) bits: u32,
    /// False when the compression changes values.
    pub(crate) is_lossless: bool,
    /// Values row by row from the top, less than 2 to the `bits`.
    pub(crate) values: Vec<u16>,
}

/// Decodes an image; refuses a stated size other than `expected`, if given, before decoding.
///
/// # Errors
/// The first reason why the bytes are no whole grey image; [`FormatError::OtherSize`].
pub(crate) fn decode(bytes: &[u8], expected: Option<Size>) -> Result<GreyImage, FormatError> {
    magic::expect(FORMAT, "a JPEG image", bytes)?;
    let Decoded { frame, values } = decode_segments(bytes, expected)?;
    let is_lossless = frame.process == Process::Lossless;
    Ok(GreyImage { size: frame.size, bits: frame.bits, is_lossless, values })
}

/// Opens a file.
///
/// # Errors
/// As [`decode`].
pub(crate) fn open(bytes: &[u8], expected: Option<Size>) -> Result<StoredImage<'_>, FormatError> {
    let GreyImage { size, bits, values, .. } = decode(bytes, expected)?;
    Ok(StoredImage {
        format: FORMAT,
        size,
        spacing: None,
        white: Some(((1u32 << bits) - 1) as u16),
        meaning: Meaning::NUMBER,
        rows: Box::new(move |push| {
            values
                .chunks_exact(size.width)
                .try_for_each(|row| push(&row.iter().map(|&v| v.into()).collect::<Vec<i64>>()))
        }),
    })
}

#[cfg(test)]
pub(super) mod tests;
