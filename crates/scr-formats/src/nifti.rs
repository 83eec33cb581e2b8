//! NIfTI-1: masks from programs for volumes.
//!
//! One slice. The first axis of the array is x, the image's columns, the second
//! is y, its rows **from the top**, in the stored order: `array[x, y]` as nibabel and
//! ITK write a 2D image, which is numpy's `image[row, column]` transposed. The affine is
//! ignored: it flips and turns nothing.
//!
//! Values are the stored integers, or floats with whole numbers; a file with a scale
//! (`scl_slope`) is refused.

use std::io::Read;

use flate2::bufread::MultiGzDecoder;
use nifti::{Endianness, NiftiHeader};
use scr_image::{Mask, Size};

use crate::masks::MaskRows;
use crate::size::stated_size;
use crate::{FormatError, MaskValue, magic};

const FORMAT: &str = "NIfTI";
/// Length of a NIfTI-1 header, with the four bytes of the extension flag.
const HEADER_BYTES: usize = 352;
/// Maximum number of bytes after the array: some programs pad to blocks.
const MAX_REST_BYTES: u64 = 1 << 20;
/// Maximum length of header extensions; those in use are far shorter.
const MAX_EXTENSION_BYTES: usize = 1 << 20;

/// Reads a mask from an uncompressed file.
///
/// # Errors
/// See [`read_mask`](super::read_mask).
pub fn read_mask(bytes: &[u8]) -> Result<Mask, FormatError> {
    read_mask_sized(bytes, None)
}

/// [`read_mask`], refused by its header when it has another size than `expected`.
pub(super) fn read_mask_sized(bytes: &[u8], expected: Option<Size>) -> Result<Mask, FormatError> {
    magic::expect(FORMAT, "a NIfTI file", bytes)?;
    read(bytes, expected)
}

/// Reads a mask from a file compressed with gzip.
///
/// Holds no more than one row at a time, also for a small file that unpacks to a large one.
///
/// # Errors
/// See [`read_mask`](super::read_mask).
pub fn read_mask_gz(bytes: &[u8]) -> Result<Mask, FormatError> {
    read_mask_gz_sized(bytes, None)
}

/// [`read_mask_gz`], refused by its header when it has another size than `expected`.
pub(super) fn read_mask_gz_sized(
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<Mask, FormatError> {
    magic::expect("gzip", "a gzip file", bytes)?;
    read(MultiGzDecoder::new(bytes), expected)
}

fn read(mut source: impl Read, expected: Option<Size>) -> Result<Mask, FormatError> {
    let mut header = [0; HEADER_BYTES];
    source.read_exact(&mut header).map_err(|e| damaged(&e))?;
    if matches!(header[4..8], [b'n', b'+' | b'i', b'2', 0]) {
        let hint = "save the mask as NIfTI-1, for example with nibabel.Nifti1Image";
        return Err(FormatError::unsupported("a single NIfTI-1 file", "NIfTI-2", hint));
    }
    magic::expect(FORMAT, "a NIfTI file", &header)?;
    let layout = Layout::of(&header)?;
    let size = stated_size(layout.width, layout.height, expected)?;
    skip(&mut source, layout.data_offset - HEADER_BYTES)?;

    let mut rows = MaskRows::new(size, |v: i64| v);
    let mut bytes = vec![0; size.width * layout.data_type.bytes()];
    let mut values = Vec::with_capacity(size.width);
    for _ in 0..size.height {
        source.read_exact(&mut bytes).map_err(|e| damaged(&e))?;
        layout.data_type.decode(&bytes, layout.is_little, &mut values)?;
        rows.push(&values);
    }
    // Reads the rest of the file only to verify the checksum of a compressed one.
    let rest = std::io::copy(&mut source.take(MAX_REST_BYTES + 1), &mut std::io::sink());
    if rest.map_err(|e| damaged(&e))? > MAX_REST_BYTES {
        let reason = format!("more than {MAX_REST_BYTES} bytes follow the array");
        return Err(FormatError::damaged(FORMAT, reason));
    }
    rows.finish(|stored| Ok(MaskValue::Number(stored)))
}

/// Position and data type of the array.
struct Layout {
    width: u64,
    height: u64,
    data_type: DataType,
    is_little: bool,
    data_offset: usize,
}

impl Layout {
    fn of(bytes: &[u8; HEADER_BYTES]) -> Result<Self, FormatError> {
        let header = NiftiHeader::from_reader(bytes.as_slice())
            .map_err(|e| FormatError::damaged(FORMAT, e))?;
        if header.sizeof_hdr != 348 {
            let reason = format!("a header of {} bytes", header.sizeof_hdr);
            return Err(FormatError::damaged(FORMAT, reason));
        }
        if &header.magic != b"n+1\0" {
            let found = "a header without data";
            let hint = "save the mask as a single NIfTI-1 file";
            return Err(FormatError::unsupported("a single NIfTI-1 file", found, hint));
        }
        let dim = header.dim().map_err(|e| FormatError::damaged(FORMAT, e))?;
        let (&[width, height], more) = dim.split_first_chunk().ok_or_else(|| {
            FormatError::damaged(FORMAT, format!("an array of {} dimension", dim.len()))
        })?;
        let slices: u64 = more.iter().fold(1, |product, &n| product.saturating_mul(n.into()));
        if slices != 1 {
            return Err(FormatError::Frames { found: slices });
        }
        let is_scaled = header.scl_slope != 0.0
            && header.scl_slope.is_finite()
            && (header.scl_slope, header.scl_inter) != (1.0, 0.0);
        if is_scaled {
            let found = format!("scl_slope {}, scl_inter {}", header.scl_slope, header.scl_inter);
            let hint = "save the mask with an integer type, unscaled";
            return Err(FormatError::unsupported("unscaled values", found, hint));
        }
        let data_offset = header.vox_offset as usize;
        if !(HEADER_BYTES..=HEADER_BYTES + MAX_EXTENSION_BYTES).contains(&data_offset) {
            let reason = format!("the array begins at byte {}", header.vox_offset);
            return Err(FormatError::damaged(FORMAT, reason));
        }
        Ok(Self {
            width: width.into(),
            height: height.into(),
            data_type: DataType::of(header.datatype)?,
            is_little: header.endianness == Endianness::Little,
            data_offset,
        })
    }
}

/// Data type of stored values.
#[derive(Debug, Clone, Copy)]
enum DataType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

impl DataType {
    /// The data type with the code of the header's `datatype`.
    fn of(code: i16) -> Result<Self, FormatError> {
        Ok(match code {
            2 => Self::U8,
            4 => Self::I16,
            8 => Self::I32,
            16 => Self::F32,
            64 => Self::F64,
            256 => Self::I8,
            512 => Self::U16,
            768 => Self::U32,
            1024 => Self::I64,
            1280 => Self::U64,
            128 | 2304 => return Err(FormatError::Channels { found: "colours".into() }),
            other => {
                let found = format!("data type {other}");
                let hint = "save the mask with an integer type";
                return Err(FormatError::unsupported("whole numbers", found, hint));
            }
        })
    }

    const fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// Decodes `bytes` into `values`.
    fn decode(
        self,
        bytes: &[u8],
        is_little: bool,
        values: &mut Vec<i64>,
    ) -> Result<(), FormatError> {
        values.clear();
        match self {
            Self::U8 => values.extend(bytes.iter().map(|&v| i64::from(v))),
            Self::I8 => values.extend(bytes.iter().map(|&v| i64::from(v as i8))),
            Self::U16 => each(bytes, is_little, |b| values.push(u16::from_le_bytes(b).into())),
            Self::I16 => each(bytes, is_little, |b| values.push(i16::from_le_bytes(b).into())),
            Self::U32 => each(bytes, is_little, |b| values.push(u32::from_le_bytes(b).into())),
            Self::I32 => each(bytes, is_little, |b| values.push(i32::from_le_bytes(b).into())),
            Self::I64 => values.extend(ordered(bytes, is_little).map(i64::from_le_bytes)),
            Self::U64 => {
                for stored in ordered(bytes, is_little).map(u64::from_le_bytes) {
                    let too_large = |_| FormatError::NotWhole { found: stored as f64 };
                    values.push(i64::try_from(stored).map_err(too_large)?);
                }
            }
            Self::F32 => {
                for stored in ordered(bytes, is_little).map(f32::from_le_bytes) {
                    values.push(whole(stored.into())?);
                }
            }
            Self::F64 => {
                for stored in ordered(bytes, is_little).map(f64::from_le_bytes) {
                    values.push(whole(stored)?);
                }
            }
        }
        Ok(())
    }
}

/// The bytes of each value, low byte first.
fn ordered<const N: usize>(bytes: &[u8], is_little: bool) -> impl Iterator<Item = [u8; N]> + '_ {
    bytes.as_chunks().0.iter().map(move |value: &[u8; N]| {
        let mut value = *value;
        if !is_little {
            value.reverse();
        }
        value
    })
}

/// Calls `push` with the bytes of each value, low byte first.
fn each<const N: usize>(bytes: &[u8], is_little: bool, push: impl FnMut([u8; N])) {
    ordered(bytes, is_little).for_each(push);
}

fn whole(found: f64) -> Result<i64, FormatError> {
    // Up to 2^53 every whole f64 is an i64 of its own.
    if found.fract() == 0.0 && found.abs() <= 9_007_199_254_740_992.0 {
        Ok(found as i64)
    } else {
        Err(FormatError::NotWhole { found })
    }
}

fn skip(source: &mut impl Read, bytes: usize) -> Result<(), FormatError> {
    let mut skipped = vec![0; bytes];
    source.read_exact(&mut skipped).map_err(|e| damaged(&e))
}

fn damaged(error: &std::io::Error) -> FormatError {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => FormatError::damaged(FORMAT, "the file ends early"),
        _ => FormatError::damaged(FORMAT, error),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::Write;

    /// A file by hand: dimensions, data type, the array's bytes, in either byte order.
    pub(crate) fn file(dim: &[u16], datatype: i16, data: &[u8], is_little: bool) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES];
        let mut put = |at: usize, value: &[u8]| {
            let mut value = value.to_vec();
            if !is_little {
                value.reverse();
            }
            bytes[at..at + value.len()].copy_from_slice(&value);
        };
        put(0, &348i32.to_le_bytes());
        put(40, &(dim.len() as u16).to_le_bytes());
        for (index, n) in dim.iter().enumerate() {
            put(42 + 2 * index, &n.to_le_bytes());
        }
        put(70, &datatype.to_le_bytes());
        put(108, &352f32.to_le_bytes());
        bytes[344..348].copy_from_slice(b"n+1\0");
        bytes.extend_from_slice(data);
        bytes
    }

    pub(crate) fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gz.write_all(bytes).unwrap();
        gz.finish().unwrap()
    }

    #[test]
    fn the_first_axis_is_the_column_and_the_second_the_row_from_the_top() {
        let bytes = file(&[3, 2], 2, &[0, 1, 0, 1, 1, 0], true);
        assert_eq!(read_mask(&bytes), Ok(Mask::from_text(".#. ##.")));
        assert_eq!(read_mask_gz(&gz(&bytes)), Ok(Mask::from_text(".#. ##.")));
    }

    #[test]
    fn every_type_that_holds_whole_numbers_is_read_in_either_byte_order() {
        let mask = Mask::from_text(".#");
        for (datatype, value) in [
            (256, vec![0xff]),
            (4, (-5i16).to_le_bytes().to_vec()),
            (512, 300u16.to_le_bytes().to_vec()),
            (8, 70_000i32.to_le_bytes().to_vec()),
            (768, 70_000u32.to_le_bytes().to_vec()),
            (1024, 7i64.to_le_bytes().to_vec()),
            (1280, 7u64.to_le_bytes().to_vec()),
            (16, 1f32.to_le_bytes().to_vec()),
            (64, 255f64.to_le_bytes().to_vec()),
        ] {
            let mut data = vec![0; value.len()];
            data.extend(&value);
            let little = file(&[2, 1, 1], datatype, &data, true);
            assert_eq!(read_mask(&little), Ok(mask.clone()), "type {datatype}");
            data[value.len()..].reverse();
            let big = file(&[2, 1, 1, 1], datatype, &data, false);
            assert_eq!(read_mask(&big), Ok(mask.clone()), "type {datatype}");
        }
    }

    #[test]
    fn fractions_scaled_values_and_volumes_are_refused() {
        let bytes = file(&[1, 1], 16, &0.5f32.to_le_bytes(), true);
        assert_eq!(read_mask(&bytes), Err(FormatError::NotWhole { found: 0.5 }));
        let mut bytes = file(&[1, 1], 2, &[1], true);
        bytes[112..116].copy_from_slice(&0.5f32.to_le_bytes());
        assert_eq!(read_mask(&bytes).unwrap_err().found(), "scl_slope 0.5, scl_inter 0");
        let bytes = file(&[2, 2, 3, 2], 2, &[0; 24], true);
        assert_eq!(read_mask(&bytes), Err(FormatError::Frames { found: 6 }));
        let bytes = file(&[2, 2], 128, &[0; 12], true);
        assert!(matches!(read_mask(&bytes), Err(FormatError::Channels { .. })));
    }

    #[test]
    fn a_slope_of_zero_or_one_is_no_scaling() {
        let mut bytes = file(&[1, 1], 2, &[1], true);
        for slope in [0f32, 1.0, f32::NAN] {
            bytes[112..116].copy_from_slice(&slope.to_le_bytes());
            assert_eq!(read_mask(&bytes), Ok(Mask::from_text("#")));
        }
    }

    #[test]
    fn a_small_file_that_unpacks_to_a_large_one_is_refused_or_read_row_by_row() {
        let bomb = gz(&file(&[65535, 65535], 2, &vec![0; 1 << 24], true));
        assert!(bomb.len() < 1 << 17);
        assert!(matches!(read_mask_gz(&bomb), Err(FormatError::TooLarge { .. })));
        let tail = gz(&file(&[1, 1], 2, &vec![0; 1 << 24], true));
        assert!(read_mask_gz(&tail).unwrap_err().found().contains("follow the array"));
        let block = gz(&file(&[1, 1], 2, &[0; 512], true));
        assert_eq!(read_mask_gz(&block), Ok(Mask::from_text(".")));
    }

    #[test]
    fn damage_to_a_compressed_file_is_found_by_its_checksum() {
        let mut bytes = gz(&file(&[2, 1], 2, &[0, 1], true));
        let at = bytes.len() - 6;
        bytes[at] ^= 1;
        assert!(matches!(read_mask_gz(&bytes), Err(FormatError::Damaged { .. })));
    }

    #[test]
    fn nifti_2_is_named() {
        let mut bytes = vec![0; 600];
        bytes[..4].copy_from_slice(&540i32.to_le_bytes());
        bytes[4..12].copy_from_slice(b"n+2\0\r\n\x1a\n");
        for found in [read_mask(&bytes), read_mask_gz(&gz(&bytes))] {
            let error = found.unwrap_err();
            assert_eq!(error.to_string(), "expected a single NIfTI-1 file, found NIfTI-2");
            assert!(error.hint().contains("NIfTI-1"));
        }
    }

    #[test]
    fn a_file_named_gz_that_is_not_compressed_is_named() {
        let error = read_mask_gz(&file(&[1, 1], 2, &[1], true)).unwrap_err();
        assert_eq!(error.to_string(), "expected a gzip file, found a NIfTI file");
    }
}
