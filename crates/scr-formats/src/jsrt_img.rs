//! JSRT image files (`JPCLN001.IMG`): 2048 x 2048 values of 12 bits, without a header.
//!
//! Unsigned 16-bit numbers, high byte first, row by row. A high value is a dark place on
//! film; reader and writer invert values, as those of a [`Radiograph`] rise with
//! brightness.

use scr_image::{Radiograph, Size, Spacing};

use crate::grey::radiograph;
use crate::size::stated_size;
use crate::{FormatError, magic};

/// Every image's size.
pub const SIZE: Size = Size::square(2048);
/// The greatest value, 12 bits.
pub const MAX_VALUE: u16 = 4095;
/// Distance between pixels, in mm.
pub const SPACING_MM: f64 = 0.175;
/// Every file's length: 8,388,608 bytes.
pub const FILE_BYTES: usize = 2 * SIZE.area();

/// Reads an image: values from 0 (black) to 4095 (white), spacing 0.175 mm.
///
/// # Errors
/// [`FormatError::ByteCount`] when the file has another length,
/// [`FormatError::ValueRange`] when a value has more than 12 bits,
/// [`FormatError::NotThisFormat`] when it is plainly something else.
pub fn read(bytes: &[u8]) -> Result<Radiograph, FormatError> {
    read_sized(bytes, None)
}

/// [`read`], refused when the one size of these files is not the size `expected`.
pub(super) fn read_sized(bytes: &[u8], expected: Option<Size>) -> Result<Radiograph, FormatError> {
    if bytes.len() != FILE_BYTES {
        return Err(match magic::looks_like(bytes) {
            "bytes of an unknown format" | "an empty file" => {
                FormatError::ByteCount { expected: FILE_BYTES as u64, found: bytes.len() as u64 }
            }
            found => FormatError::NotThisFormat { expected: "JSRT image (.IMG)", found },
        });
    }
    stated_size(SIZE.width as u64, SIZE.height as u64, expected)?;
    let mut pixels = Vec::with_capacity(SIZE.area());
    pixels.extend(bytes.as_chunks().0.iter().map(|&pair| u16::from_be_bytes(pair)));
    if let Some(index) = pixels.iter().position(|&value| value > MAX_VALUE) {
        return Err(FormatError::ValueRange {
            max_value: MAX_VALUE.into(),
            found: pixels[index].into(),
            col: index % SIZE.width,
            row: index / SIZE.width,
        });
    }
    for value in &mut pixels {
        *value = MAX_VALUE - *value;
    }
    let spacing = Spacing::isotropic(SPACING_MM).expect("0.175 is above 0");
    Ok(radiograph(SIZE, MAX_VALUE, pixels, Some(spacing)))
}

/// Writes an image; the inverse of [`read`].
///
/// # Errors
/// [`FormatError::Unsupported`] when the image is not 2048 x 2048 or its greatest
/// value is not 4095.
pub fn write(radiograph: &Radiograph) -> Result<Vec<u8>, FormatError> {
    if (radiograph.size(), radiograph.max_value()) != (SIZE, MAX_VALUE) {
        return Err(FormatError::unsupported(
            format!("{SIZE} pixels with a greatest value of {MAX_VALUE}"),
            format!("{} pixels with {}", radiograph.size(), radiograph.max_value()),
            "the JSRT's format knows no other image",
        ));
    }
    Ok(radiograph.pixels().iter().flat_map(|value| (MAX_VALUE - value).to_be_bytes()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> Radiograph {
        let pixels = (0..SIZE.area()).map(|i| (i * 7 % 4096) as u16).collect();
        let spacing = Spacing::isotropic(SPACING_MM).unwrap();
        Radiograph::new(SIZE, MAX_VALUE, pixels, Some(spacing)).unwrap()
    }

    #[test]
    fn an_image_survives_writing_and_reading() {
        let bytes = write(&image()).unwrap();
        assert_eq!(bytes.len(), 8_388_608);
        assert_eq!(read(&bytes), Ok(image()));
    }

    #[test]
    fn a_high_stored_value_is_black_and_its_high_byte_comes_first() {
        let mut bytes = vec![0; FILE_BYTES];
        (bytes[2], bytes[3]) = (0x0f, 0xff);
        let image = read(&bytes).unwrap();
        assert_eq!(image.pixels()[..3], [4095, 0, 4095]);
    }

    #[test]
    fn swapped_bytes_are_found_out_by_a_value_above_4095() {
        let mut bytes = vec![0; FILE_BYTES];
        bytes[2 * (2048 + 3)] = 0x12;
        let error = read(&bytes).unwrap_err();
        assert_eq!(error.found(), "4608 at column 3, row 1");
    }

    #[test]
    fn another_length_is_refused_with_both_counts() {
        let error = read(&vec![0; FILE_BYTES - 2]).unwrap_err();
        assert_eq!(error.to_string(), "expected 8388608 bytes, found 8388606 bytes");
        assert_eq!(read(b"<html>").unwrap_err().found(), "text");
    }

    #[test]
    fn only_images_of_its_own_kind_are_written() {
        let small = Radiograph::new(Size::new(1, 1), MAX_VALUE, vec![0], None).unwrap();
        assert!(write(&small).is_err());
    }
}
