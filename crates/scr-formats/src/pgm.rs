//! PGM (`.pgm`): grey images of 8 or 16 bits, as bytes or as text.
//!
//! The greatest value of the header is white. One image a file.

use std::io::Cursor;

use scr_image::Size;

use crate::array::Array;
use crate::data_type::DataType;
use crate::header_text::text_array;
use crate::size::stated_size;
use crate::stored::StoredImage;
use crate::{FormatError, magic};

const FORMAT: &str = "PGM";

/// Opens a file.
///
/// # Errors
/// The first reason why its header is not that of a grey image.
pub(crate) fn open(bytes: &[u8], expected: Option<Size>) -> Result<StoredImage<'_>, FormatError> {
    magic::expect(FORMAT, "a PGM image", bytes)?;
    let mut header = Header { bytes, at: 2 };
    let (width, height) = (header.number()?, header.number()?);
    let size = stated_size(width, height, expected)?;
    let white = header.number()?;
    let white = u16::try_from(white)
        .ok()
        .filter(|&white| white > 0)
        .ok_or_else(|| FormatError::damaged(FORMAT, format!("a greatest value of {white}")))?;
    // One byte of white space ends the header.
    let data = bytes.get(header.at + 1..).unwrap_or_default();
    let is_text = bytes[1] == b'2';
    let data_type = match (is_text, white) {
        (true, _) => DataType::I64,
        (false, ..=255) => DataType::U8,
        (false, _) => DataType::U16,
    };
    let array_bytes = size.area() * data_type.bytes();
    let array: Box<dyn std::io::Read> = if is_text {
        Box::new(Cursor::new(text_array(FORMAT, data, size.area())?))
    } else {
        // A line end may follow; another image must not.
        let (array, rest) = data.split_at(data.len().min(array_bytes));
        Box::new(if rest.iter().all(u8::is_ascii_whitespace) { array } else { data })
    };
    let array = Array {
        format: FORMAT,
        size,
        spacing: None,
        data_type,
        white: Some(white),
        is_little: is_text,
        bytes: array,
        max_rest_bytes: 0,
    };
    Ok(array.stored())
}

/// Header of numbers between white space and comments.
struct Header<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Header<'_> {
    fn number(&mut self) -> Result<u64, FormatError> {
        let mut is_comment = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => is_comment = false,
                b'#' => is_comment = true,
                _ if is_comment || byte.is_ascii_whitespace() => {}
                _ => break,
            }
            self.at += 1;
        }
        let digits = self.bytes.get(self.at..).unwrap_or_default();
        let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = std::str::from_utf8(&digits[..length]).unwrap_or_default();
        self.at += length;
        text.parse().map_err(|_| FormatError::damaged(FORMAT, "a header without three numbers"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_image::Mask;

    #[test]
    fn bytes_and_text_of_8_and_16_bits_are_read() {
        let read = |bytes: &[u8]| {
            let image = open(bytes, None)?.into_radiograph()?;
            Ok((image.max_value(), image.pixels().to_vec()))
        };
        assert_eq!(read(b"P5\n# by hand\n2 1 255\n\x03\xfa"), Ok((255, vec![3, 250])));
        assert_eq!(read(b"P5 2 1 4095\n\x01\x00\x0f\xff\n"), Ok((4095, vec![256, 4095])));
        assert_eq!(read(b"P2\n2 1\n1023\n0 1023\n"), Ok((1023, vec![0, 1023])));
        let error: FormatError = read(b"P5 2 1 100 \x03\xfa").unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected grey values from 0 to 100, found 250 at column 1, row 0"
        );
        let mask = open(b"P2 2 1 1 0 1", None).unwrap().into_mask();
        assert_eq!(mask, Ok(Mask::from_text(".#")));
    }

    #[test]
    fn short_long_and_lying_files_are_refused() {
        for (bytes, word) in [
            (&b"P5 2 1 255 \x01"[..], "ends early"),
            (b"P5 1 1 255 \x01P5 1 1 255 \x01", "more bytes"),
            (b"P2 1 1 255 1 2", "more numbers"),
            (b"P2 2 1 255 1", "ends early"),
            (b"P5 1 1 70000 \x01", "a greatest value of 70000"),
            (b"P5 99999 99999 255 \x01", "at most"),
            (b"P5 x", "three numbers"),
        ] {
            let found = open(bytes, None).and_then(StoredImage::into_radiograph).unwrap_err();
            assert!(found.to_string().contains(word), "{found}");
        }
        let colours = open(b"P6 1 1 255 \x01\x02\x03", None).err().unwrap();
        assert_eq!(colours.found(), "a PPM image");
    }
}
