//! NIfTI-1 and NIfTI-2: masks and radiographs from programs for volumes.
//!
//! One slice. The first axis of the array is x, the image's columns, the second
//! is y, its rows **from the top**, in the stored order: `array[x, y]` as nibabel and
//! ITK write a 2D image, which is numpy's `image[row, column]` transposed. The affine is
//! ignored: it flips and turns nothing.
//!
//! Values are the stored integers, or floats with whole numbers; a file with a scale
//! (`scl_slope`) is refused. The spacing is `pixdim`, in mm where no unit is stated.

use std::io::Read;

use flate2::bufread::MultiGzDecoder;
use scr_image::{Size, Spacing};

use crate::array::{Array, unread};
use crate::data_type::DataType;
use crate::size::{one_slice, stated_size};
use crate::stored::StoredImage;
use crate::{FormatError, magic};

const FORMAT: &str = "NIfTI";
/// Length of a NIfTI-1 header, with the four bytes of the extension flag.
const HEADER_1_BYTES: usize = 352;
/// Length of a NIfTI-2 header, likewise.
const HEADER_2_BYTES: usize = 544;
/// Maximum number of bytes after the array: some programs pad to blocks.
const MAX_REST_BYTES: u64 = 1 << 20;
/// Maximum length of header extensions; those in use are far shorter.
const MAX_EXTENSION_BYTES: usize = 1 << 20;

/// Opens an uncompressed file.
///
/// # Errors
/// The first reason why its header is not that of one slice of whole numbers.
pub(crate) fn open(bytes: &[u8], expected: Option<Size>) -> Result<StoredImage<'_>, FormatError> {
    magic::expect(FORMAT, "a NIfTI file", bytes)?;
    read(bytes, expected)
}

/// Opens a file compressed with gzip, which is unpacked row by row.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_gz(
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<StoredImage<'_>, FormatError> {
    magic::expect("gzip", "a gzip file", bytes)?;
    read(MultiGzDecoder::new(bytes), expected)
}

fn read<'a>(
    mut source: impl Read + 'a,
    expected: Option<Size>,
) -> Result<StoredImage<'a>, FormatError> {
    let mut bytes = vec![0; HEADER_1_BYTES];
    source.read_exact(&mut bytes).map_err(|e| unread(FORMAT, &e))?;
    magic::expect(FORMAT, "a NIfTI file", &bytes)?;
    let is_second = matches!(bytes[4..8], [b'n', b'+' | b'i', b'2', 0]);
    if is_second {
        bytes.resize(HEADER_2_BYTES, 0);
        source.read_exact(&mut bytes[HEADER_1_BYTES..]).map_err(|e| unread(FORMAT, &e))?;
    }
    let is_little = is_little(&bytes)?;
    let field = Fields { bytes: &bytes, is_little };
    let header = if is_second { Header::second(&field) } else { Header::first(&field) };
    let (width, height) = header.one_slice()?;
    let data_type = header.data_type()?;
    let size = stated_size(width, height, expected)?;
    let extension = header.extension_bytes(bytes.len())?;
    let mut skipped = vec![0; extension];
    source.read_exact(&mut skipped).map_err(|e| unread(FORMAT, &e))?;
    let array = Array {
        format: FORMAT,
        size,
        spacing: header.spacing(),
        data_type,
        white: data_type.white(),
        is_little,
        bytes: Box::new(source),
        max_rest_bytes: MAX_REST_BYTES,
    };
    Ok(array.stored())
}

/// Byte order, by the length of the header that both versions begin with.
fn is_little(bytes: &[u8]) -> Result<bool, FormatError> {
    let length = bytes.first_chunk().copied().unwrap_or_default();
    for (order, found) in [(true, i32::from_le_bytes(length)), (false, i32::from_be_bytes(length))]
    {
        if matches!(found, 348 | 540) {
            return Ok(order);
        }
    }
    let found = i32::from_le_bytes(length);
    Err(FormatError::damaged(FORMAT, format!("a header of {found} bytes")))
}

/// Fields of a header by their places, in its byte order.
struct Fields<'a> {
    bytes: &'a [u8],
    is_little: bool,
}

impl Fields<'_> {
    /// Bytes of a field, low byte first.
    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut array = [0; N];
        array.copy_from_slice(&self.bytes[at..at + N]);
        if !self.is_little {
            array.reverse();
        }
        array
    }

    fn i16(&self, at: usize) -> i16 {
        i16::from_le_bytes(self.array(at))
    }

    fn i64(&self, at: usize) -> i64 {
        i64::from_le_bytes(self.array(at))
    }

    /// A single precision number with the fewest decimals: 0.7 and not 0.699999988.
    fn f32(&self, at: usize) -> f64 {
        let number = f32::from_le_bytes(self.array(at));
        number.to_string().parse().unwrap_or(f64::NAN)
    }

    fn f64(&self, at: usize) -> f64 {
        f64::from_le_bytes(self.array(at))
    }
}

/// Fields of a header of either version that images need (nifti1.h, nifti2.h).
struct Header {
    /// True when the array is in the same file.
    is_single: bool,
    dim: [i64; 8],
    pixdim: [f64; 8],
    datatype: i16,
    vox_offset: f64,
    scl_slope: f64,
    scl_inter: f64,
    xyzt_units: u8,
}

impl Header {
    fn first(field: &Fields<'_>) -> Self {
        Self {
            is_single: field.bytes[345] == b'+',
            // Lengths beyond the signed range of the format are in use.
            dim: std::array::from_fn(|axis| (field.i16(40 + 2 * axis) as u16).into()),
            pixdim: std::array::from_fn(|axis| field.f32(76 + 4 * axis)),
            datatype: field.i16(70),
            vox_offset: field.f32(108),
            scl_slope: field.f32(112),
            scl_inter: field.f32(116),
            xyzt_units: field.bytes[123],
        }
    }

    fn second(field: &Fields<'_>) -> Self {
        Self {
            is_single: field.bytes[5] == b'+',
            dim: std::array::from_fn(|axis| field.i64(16 + 8 * axis)),
            pixdim: std::array::from_fn(|axis| field.f64(104 + 8 * axis)),
            datatype: field.i16(12),
            vox_offset: field.i64(168) as f64,
            scl_slope: field.f64(176),
            scl_inter: field.f64(184),
            xyzt_units: i32::from_le_bytes(field.array(500)) as u8,
        }
    }

    /// Width and height of the only slice.
    fn one_slice(&self) -> Result<(u64, u64), FormatError> {
        if !self.is_single {
            let found = "a header without data";
            let hint = "save the image as a single file, .nii or .nii.gz";
            return Err(FormatError::unsupported("a single NIfTI file", found, hint));
        }
        let n_axes = usize::try_from(self.dim[0]).ok().filter(|n| (2..=7).contains(n));
        let lengths = n_axes.map(|n| self.dim[1..=n].iter().map(|&n| u64::try_from(n).ok()));
        let lengths: Option<Vec<u64>> = lengths.and_then(Iterator::collect);
        let Some(lengths) = lengths else {
            let reason = format!("an array of {} dimensions, {:?}", self.dim[0], &self.dim[1..]);
            return Err(FormatError::damaged(FORMAT, reason));
        };
        let slice = one_slice(&lengths)?;
        let is_scaled = self.scl_slope != 0.0
            && self.scl_slope.is_finite()
            && (self.scl_slope, self.scl_inter) != (1.0, 0.0);
        if is_scaled {
            let found = format!("scl_slope {}, scl_inter {}", self.scl_slope, self.scl_inter);
            let hint = "save the image with an integer type, unscaled";
            return Err(FormatError::unsupported("unscaled values", found, hint));
        }
        Ok(slice)
    }

    fn data_type(&self) -> Result<DataType, FormatError> {
        Ok(match self.datatype {
            2 => DataType::U8,
            4 => DataType::I16,
            8 => DataType::I32,
            16 => DataType::F32,
            64 => DataType::F64,
            256 => DataType::I8,
            512 => DataType::U16,
            768 => DataType::U32,
            1024 => DataType::I64,
            1280 => DataType::U64,
            128 | 2304 => return Err(FormatError::Channels { found: "colours".into() }),
            other => {
                let found = format!("data type {other}");
                let hint = "save the image with an integer type";
                return Err(FormatError::unsupported("whole numbers", found, hint));
            }
        })
    }

    /// Bytes between the header and the array.
    fn extension_bytes(&self, header_bytes: usize) -> Result<usize, FormatError> {
        let offset = self.vox_offset as usize;
        offset.checked_sub(header_bytes).filter(|&bytes| bytes <= MAX_EXTENSION_BYTES).ok_or_else(
            || {
                let reason = format!("the array begins at byte {}", self.vox_offset);
                FormatError::damaged(FORMAT, reason)
            },
        )
    }

    fn spacing(&self) -> Option<Spacing> {
        let [x_mm, y_mm] = [self.pixdim[1], self.pixdim[2]].map(|d| match self.xyzt_units & 7 {
            1 => d * 1000.0,
            3 => d / 1000.0,
            _ => d,
        });
        Spacing::new(x_mm, y_mm).ok()
    }
}

#[cfg(test)]
pub(super) mod tests;
