//! BMP: palettes of 1, 4 and 8 bits and colours of 24 and 32 bits, uncompressed.

use scr_image::Size;

use crate::bits::unpacked;
use crate::meaning::{Entry, Meaning, packed};
use crate::size::stated_size;
use crate::stored::{PushRow, StoredImage};
use crate::{FormatError, MaskValue, magic};

const FORMAT: &str = "BMP";
/// Length of the file's header, before that of the image.
const FILE_HEADER_BYTES: usize = 14;

/// Opens a file.
///
/// # Errors
/// The first reason why its header is not that of an uncompressed image.
pub(crate) fn open(bytes: &[u8], expected: Option<Size>) -> Result<StoredImage<'_>, FormatError> {
    magic::expect(FORMAT, "a BMP image", bytes)?;
    let u32_at = |at: usize| -> Result<u32, FormatError> {
        let field = bytes.get(at..at + 4).and_then(|field| field.try_into().ok());
        field.map(u32::from_le_bytes).ok_or_else(early)
    };
    let header_bytes = u32_at(14)?;
    if !matches!(header_bytes, 40 | 52 | 56 | 108 | 124) {
        let found = format!("a header of {header_bytes} bytes");
        return Err(FormatError::unsupported("a header of 40 to 124 bytes", found, AGAIN));
    }
    let (width, height) = (u32_at(18)? as i32, u32_at(22)? as i32);
    // Rows run from the bottom, unless the height is negative.
    let is_from_top = height < 0;
    let size = stated_size(width.max(0) as u64, height.unsigned_abs().into(), expected)?;
    let bits = (u32_at(26)? >> 16) as usize;
    check_compression(u32_at(30)?, bits, || Ok([u32_at(54)?, u32_at(58)?, u32_at(62)?]))?;
    let meaning = match bits {
        1 | 4 | 8 => {
            let n_stated = u32_at(46)? as usize;
            let n_entries = if n_stated == 0 { 1 << bits } else { n_stated.min(1 << bits) };
            let at = FILE_HEADER_BYTES + header_bytes as usize;
            let entries = bytes.get(at..at + 4 * n_entries).ok_or_else(early)?;
            let entry = |&[blue, green, red, _]: &[u8; 4]| Entry {
                value: MaskValue::colour(red, green, blue),
                opacity: 255,
            };
            Meaning::Palette(entries.as_chunks().0.iter().map(entry).collect())
        }
        24 | 32 => Meaning::Colour { opaque: 255 },
        other => {
            let found = format!("{other} bits a pixel");
            return Err(FormatError::unsupported("1, 4, 8, 24 or 32 bits a pixel", found, AGAIN));
        }
    };
    let pixels = bytes.get(u32_at(10)? as usize..).ok_or_else(early)?;
    // Each row begins at a multiple of four bytes.
    let row_bytes = (size.width * bits).div_ceil(32) * 4;
    let pixels = pixels.get(..row_bytes * size.height).ok_or_else(early)?;
    Ok(StoredImage {
        format: FORMAT,
        size,
        spacing: None,
        white: Some(255),
        meaning,
        rows: Box::new(move |push| {
            let mut rows = pixels.chunks_exact(row_bytes);
            let mut next = || if is_from_top { rows.next() } else { rows.next_back() };
            std::iter::from_fn(&mut next).try_for_each(|row| push_row(row, bits, size.width, push))
        }),
    })
}

fn push_row(row: &[u8], bits: usize, width: usize, push: PushRow<'_>) -> Result<(), FormatError> {
    let colour =
        |blue: u8, green: u8, red: u8| packed([red.into(), green.into(), blue.into(), 255]);
    let values: Vec<i64> = match bits {
        24 => row.as_chunks().0.iter().map(|&[b, g, r]| colour(b, g, r)).take(width).collect(),
        // The fourth byte is unused.
        32 => row.as_chunks().0.iter().map(|&[b, g, r, _]| colour(b, g, r)).take(width).collect(),
        8 => row[..width].iter().map(|&index| index.into()).collect(),
        _ => unpacked(row, bits, width).into_iter().map(i64::from).collect(),
    };
    push(&values)
}

const AGAIN: &str = "save the image again as BMP of 8 or 24 bits, or as PNG";

/// Refuses compressed pixels and unusual orders of colours, which `masks` gives.
fn check_compression(
    compression: u32,
    bits: usize,
    masks: impl Fn() -> Result<[u32; 3], FormatError>,
) -> Result<(), FormatError> {
    let found = match compression {
        0 => return Ok(()),
        3 | 6 if bits == 32 && masks()? == [0xff_0000, 0xff00, 0xff] => return Ok(()),
        1 | 2 => "run lengths",
        3 | 6 => "colours in another order",
        4 => "a JPEG image within",
        5 => "a PNG image within",
        _ => "an unknown compression",
    };
    Err(FormatError::unsupported("uncompressed pixels", found, AGAIN))
}

fn early() -> FormatError {
    FormatError::damaged(FORMAT, "the file ends early")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use scr_image::Mask;

    /// A file by hand; `rows` from the bottom, padded.
    pub(crate) fn file(size: (i32, i32), bits: u16, palette: &[[u8; 4]], rows: &[u8]) -> Vec<u8> {
        let mut bytes = b"BM".to_vec();
        bytes.extend([0; 8]);
        bytes.extend((54 + 4 * palette.len() as u32).to_le_bytes());
        bytes.extend(40u32.to_le_bytes());
        bytes.extend(size.0.to_le_bytes());
        bytes.extend(size.1.to_le_bytes());
        bytes.extend([1, 0]);
        bytes.extend(bits.to_le_bytes());
        bytes.extend([0; 16]);
        bytes.extend((palette.len() as u32).to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(palette.concat());
        bytes.extend(rows);
        bytes
    }

    #[test]
    fn rows_run_from_the_bottom_unless_the_height_is_negative() {
        let palette = [[0; 4], [255; 4]];
        let rows = [0b1100_0000, 0, 0, 0, 0b0100_0000, 0, 0, 0];
        let read = |height| open(&file((3, height), 1, &palette, &rows), None)?.into_mask();
        assert_eq!(read(2), Ok(Mask::from_text(".#. ##.")));
        assert_eq!(read(-2), Ok(Mask::from_text("##. .#.")));
    }

    #[test]
    fn grey_palettes_and_equal_colours_are_radiographs() {
        let grey: Vec<[u8; 4]> = (0..=255).map(|v| [v, v, v, 0]).collect();
        let read = |bytes: &[u8]| open(bytes, None)?.into_radiograph();
        let eight = read(&file((2, 1), 8, &grey, &[7, 200, 0, 0])).unwrap();
        assert_eq!((eight.max_value(), eight.pixels()), (255, &[7, 200][..]));
        let colours = read(&file((2, 1), 24, &[], &[7, 7, 7, 200, 200, 200, 0, 0])).unwrap();
        assert_eq!(colours, eight);
        let red = read(&file((1, 1), 32, &[], &[0, 0, 255, 0])).unwrap_err();
        assert_eq!(red.to_string(), "expected one grey channel, found colour (255, 0, 0)");
    }

    #[test]
    fn lying_and_compressed_files_are_refused() {
        let good = file((2, 1), 8, &[[0; 4]], &[0, 0, 0, 0]);
        for (at, value, word) in [
            (14, 12, "header of 12 bytes"),
            (18, 0xff_ffff, "ends early"),
            (22, 0, "pixel"),
            (28, 16, "16 bits a pixel"),
            (30, 1, "run lengths"),
            (10, 0xffff, "ends early"),
        ] {
            let mut bytes = good.clone();
            bytes[at..at + 4].copy_from_slice(&u32::to_le_bytes(value));
            let found = open(&bytes, None).and_then(StoredImage::into_mask).unwrap_err();
            assert!(found.to_string().contains(word), "{found}");
        }
        let beyond = open(&file((1, 1), 8, &[[0; 4]], &[3, 0, 0, 0]), None).unwrap().into_mask();
        assert!(beyond.unwrap_err().to_string().contains("colour 3 of a palette of 1"));
    }
}
