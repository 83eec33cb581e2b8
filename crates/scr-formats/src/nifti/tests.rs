//! Tests of the NIfTI reader.

use super::*;
use scr_image::Mask;
use std::io::Write;

fn read_mask(bytes: &[u8]) -> Result<Mask, FormatError> {
    open(bytes, None)?.into_mask()
}

fn read_mask_gz(bytes: &[u8]) -> Result<Mask, FormatError> {
    open_gz(bytes, None)?.into_mask()
}

/// A file by hand: dimensions, data type, the array's bytes, in either byte order.
pub(crate) fn file(dim: &[u16], datatype: i16, data: &[u8], is_little: bool) -> Vec<u8> {
    let mut bytes = vec![0; HEADER_1_BYTES];
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

/// A NIfTI-2 file by hand, low byte first.
fn second(dim: &[i64], datatype: i16, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; HEADER_2_BYTES];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &540i32.to_le_bytes());
    put(4, b"n+2\0\r\n\x1a\n");
    put(12, &datatype.to_le_bytes());
    put(16, &(dim.len() as i64).to_le_bytes());
    for (axis, n) in dim.iter().enumerate() {
        put(24 + 8 * axis, &n.to_le_bytes());
        put(112 + 8 * axis, &0.25f64.to_le_bytes());
    }
    put(168, &544i64.to_le_bytes());
    bytes.extend_from_slice(data);
    bytes
}

#[test]
fn nifti_2_is_read_like_nifti_1() {
    let bytes = second(&[3, 2, 1], 2, &[0, 1, 0, 1, 1, 0]);
    assert_eq!(read_mask(&bytes), Ok(Mask::from_text(".#. ##.")));
    assert_eq!(read_mask_gz(&gz(&bytes)), Ok(Mask::from_text(".#. ##.")));
    let image = open(&bytes, None).unwrap().into_radiograph().unwrap();
    assert_eq!(image.spacing(), Some(Spacing::isotropic(0.25).unwrap()));
    assert!(matches!(read_mask(&second(&[-3, 2], 2, &[])), Err(FormatError::Damaged { .. })));
    let wide = second(&[i64::MAX, i64::MAX], 2, &[]);
    assert!(matches!(read_mask(&wide), Err(FormatError::TooLarge { .. })));
}

#[test]
fn a_radiograph_has_its_type_s_white_and_the_spacing_in_mm() {
    let mut bytes = file(&[2, 1, 1], 4, &[1, 0, 255, 15], true);
    bytes[80..84].copy_from_slice(&0.7f32.to_le_bytes());
    bytes[84..88].copy_from_slice(&0.5f32.to_le_bytes());
    let image = open(&bytes, None).unwrap().into_radiograph().unwrap();
    assert_eq!((image.max_value(), image.pixels()), (32767, &[1, 4095][..]));
    assert_eq!(image.spacing(), Some(Spacing::new(0.7, 0.5).unwrap()));
    bytes[123] = 3;
    let image = open(&bytes, None).unwrap().into_radiograph().unwrap();
    assert_eq!(image.spacing(), Some(Spacing::new(0.0007, 0.0005).unwrap()));
    let negative = file(&[1, 1], 4, &(-5i16).to_le_bytes(), true);
    let error = open(&negative, None).unwrap().into_radiograph().unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected grey values from 0 to 32767, found -5 at column 0, row 0"
    );
    let wide = file(&[2, 1], 16, &[0, 0, 0, 0, 0, 0, 128, 63], true);
    let image = open(&wide, None).unwrap().into_radiograph().unwrap();
    assert_eq!((image.max_value(), image.pixels()), (255, &[0, 1][..]));
}

#[test]
fn a_file_named_gz_that_is_not_compressed_is_named() {
    let error = read_mask_gz(&file(&[1, 1], 2, &[1], true)).unwrap_err();
    assert_eq!(error.to_string(), "expected a gzip file, found a NIfTI file");
}
