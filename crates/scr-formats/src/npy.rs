//! NumPy arrays (`.npy`): masks and radiographs as numpy saves them.
//!
//! `array[row, column]`; leading and trailing axes of length 1 are left out. Booleans and
//! numbers; objects and records are refused.

use std::io::Cursor;

use scr_image::Size;

use crate::array::Array;
use crate::data_type::DataType;
use crate::size::{one_slice, stated_size};
use crate::stored::StoredImage;
use crate::{FormatError, magic};

const FORMAT: &str = "NumPy";

/// Opens a file.
///
/// # Errors
/// The first reason why its header is not that of an array of one image.
pub(crate) fn open(bytes: &[u8], expected: Option<Size>) -> Result<StoredImage<'_>, FormatError> {
    magic::expect(FORMAT, "a NumPy array", bytes)?;
    let early = || FormatError::damaged(FORMAT, "the header ends early");
    let n_length = match bytes.get(6) {
        Some(1) => 2,
        Some(2 | 3) => 4,
        other => {
            let found = format!("version {}", other.copied().unwrap_or_default());
            let hint = "save the array with numpy.save";
            return Err(FormatError::unsupported("version 1, 2 or 3", found, hint));
        }
    };
    let length = bytes.get(8..8 + n_length).ok_or_else(early)?;
    let length = length.iter().rev().fold(0, |length, &byte| length << 8 | usize::from(byte));
    let header = bytes[8 + n_length..].get(..length).ok_or_else(early)?;
    let data = &bytes[8 + n_length + length..];
    let header = Header::parse(std::str::from_utf8(header).map_err(|_| not_a_header())?)?;

    let (height, width) = one_slice(header.image_axes())?;
    let size = stated_size(width, height, expected)?;
    let in_pixel = header.data_type.bytes();
    if data.len() < size.area() * in_pixel {
        return Err(FormatError::damaged(FORMAT, "the file ends early"));
    }
    let bytes: Box<dyn std::io::Read> = if header.is_fortran {
        Box::new(Cursor::new(row_by_row(data, size, in_pixel)))
    } else {
        Box::new(data)
    };
    let array = Array {
        format: FORMAT,
        size,
        spacing: None,
        data_type: header.data_type,
        white: header.data_type.white(),
        is_little: header.is_little,
        bytes,
        max_rest_bytes: 0,
    };
    Ok(array.stored())
}

/// Numbers stored column by column, in the order of rows; what follows them stays behind.
fn row_by_row(data: &[u8], size: Size, in_pixel: usize) -> Vec<u8> {
    let (columns, rest) = data.split_at(size.area() * in_pixel);
    let mut rows = Vec::with_capacity(data.len());
    for row in 0..size.height {
        for col in 0..size.width {
            let at = (col * size.height + row) * in_pixel;
            rows.extend_from_slice(&columns[at..at + in_pixel]);
        }
    }
    rows.extend_from_slice(rest);
    rows
}

/// Header: the text of a Python dict.
struct Header {
    data_type: DataType,
    is_little: bool,
    is_fortran: bool,
    shape: Vec<u64>,
}

impl Header {
    fn parse(text: &str) -> Result<Self, FormatError> {
        let (data_type, is_little) = data_type(value(text, "descr")?)?;
        let is_fortran = value(text, "fortran_order")?.starts_with("True");
        let shape = value(text, "shape")?.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let (shape, _) = shape.ok_or_else(not_a_header)?;
        let lengths = shape.split(',').map(str::trim).filter(|word| !word.is_empty());
        let shape: Result<Vec<u64>, _> = lengths.map(str::parse).collect();
        let shape = shape.map_err(|_| not_a_header())?;
        Ok(Self { data_type, is_little, is_fortran, shape })
    }

    /// Axes of the image, then those of slices.
    fn image_axes(&self) -> &[u64] {
        let mut axes = &self.shape[..];
        while let (3.., Some((1, rest))) = (axes.len(), axes.split_first()) {
            axes = rest;
        }
        axes
    }
}

/// Text after a key of the dict.
fn value<'t>(text: &'t str, key: &str) -> Result<&'t str, FormatError> {
    let quoted = ['\'', '"'].map(|mark| format!("{mark}{key}{mark}:"));
    let found = quoted.iter().find_map(|key| text.split_once(key.as_str()));
    found.map(|(_, value)| value.trim_start()).ok_or_else(not_a_header)
}

/// Data type of `'<u2'` and the like, and true when its low byte is first.
fn data_type(descr: &str) -> Result<(DataType, bool), FormatError> {
    let text = descr.split(['\'', '"']).nth(1).unwrap_or_default();
    let data_type = match text.trim_start_matches(['<', '>', '|', '=']) {
        "b1" | "u1" => DataType::U8,
        "i1" => DataType::I8,
        "u2" => DataType::U16,
        "i2" => DataType::I16,
        "u4" => DataType::U32,
        "i4" => DataType::I32,
        "u8" => DataType::U64,
        "i8" => DataType::I64,
        "f4" => DataType::F32,
        "f8" => DataType::F64,
        _ => {
            let found = if descr.starts_with('[') { "records".into() } else { format!("`{text}`") };
            let hint = "save the array with an integer dtype";
            return Err(FormatError::unsupported("an array of numbers", found, hint));
        }
    };
    Ok((data_type, !text.starts_with('>')))
}

fn not_a_header() -> FormatError {
    FormatError::damaged(FORMAT, "a header without descr, fortran_order and shape")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use scr_image::Mask;

    /// A file by hand.
    pub(crate) fn file(version: u8, descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = [&b"\x93NUMPY"[..], &[version, 0]].concat();
        let length = header.len() as u32;
        bytes.extend(&length.to_le_bytes()[..if version == 1 { 2 } else { 4 }]);
        bytes.extend(header.bytes());
        bytes.extend(data);
        bytes
    }

    fn read_mask(bytes: &[u8]) -> Result<Mask, FormatError> {
        open(bytes, None)?.into_mask()
    }

    #[test]
    fn rows_are_the_first_axis_in_every_version_and_type() {
        let mask = Mask::from_text(".#. ##.");
        let data = [0, 1, 0, 1, 1, 0];
        for version in [1, 2, 3] {
            assert_eq!(read_mask(&file(version, "'|b1'", "(2, 3)", &data)), Ok(mask.clone()));
        }
        for shape in ["(1, 2, 3)", "(2, 3, 1)", "(1, 1, 2, 3)"] {
            assert_eq!(read_mask(&file(1, "'|u1'", shape, &data)), Ok(mask.clone()));
        }
        let wide: Vec<u8> = data.iter().flat_map(|&v| [0, 0, 0, v]).collect();
        assert_eq!(read_mask(&file(1, "'>i4'", "(2, 3)", &wide)), Ok(mask.clone()));
        let mut fortran = file(1, "'|u1'", "(2, 3)", &[0, 1, 1, 1, 0, 0]);
        let at = fortran.windows(5).position(|word| word == b"False").unwrap();
        fortran[at..at + 5].copy_from_slice(b"True ");
        assert_eq!(read_mask(&fortran), Ok(mask));
    }

    #[test]
    fn objects_records_stacks_and_vectors_are_refused_by_name() {
        let found = |descr: &str, shape: &str| {
            read_mask(&file(1, descr, shape, &[0; 30])).unwrap_err().to_string()
        };
        assert!(found("'|O'", "(2, 3)").contains("`|O`"));
        assert!(found("[('a', '<u1')]", "(2, 3)").contains("records"));
        assert_eq!(found("'|u1'", "(5, 2, 3)"), "expected one frame, found 3");
        assert!(found("'|u1'", "(9,)").contains("pixel"));
        assert!(found("'|u1'", "(9, 9)").contains("ends early"));
        assert!(found("'|u1'", "(2, 3)").contains("more bytes"));
        assert!(found("'|u1'", "(2, -3)").contains("header"));
        assert!(found("'|u1'", "(99999, 99999)").contains("at most"));
    }
}
