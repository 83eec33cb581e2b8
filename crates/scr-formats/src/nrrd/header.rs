//! Header of an NRRD file (teem's format definition).

use std::collections::BTreeMap;

use scr_image::Spacing;

use crate::FormatError;
use crate::data_type::DataType;
use crate::header_text::{Lines, numbers, spacing};
use crate::size::one_slice;

/// Name of the format in messages.
pub(super) const FORMAT: &str = "NRRD";
/// Maximum number of layers or channels of a pixel.
const MAX_IN_PIXEL: u64 = 256;

/// Storage of the array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Raw,
    Gzip,
    Text,
}

/// Checked header.
pub(super) struct Header<'a> {
    fields: BTreeMap<String, &'a str>,
    /// Lines `key:=value`.
    pub(super) pairs: BTreeMap<&'a str, &'a str>,
    pub(super) width: u64,
    pub(super) height: u64,
    /// Numbers of a pixel: layers of a segmentation, or channels.
    pub(super) in_pixel: usize,
    pub(super) data_type: DataType,
    pub(super) is_little: bool,
    pub(super) encoding: Encoding,
    /// True when the array is the end of the file (`byte skip: -1`).
    pub(super) is_at_end: bool,
}

impl<'a> Header<'a> {
    /// Reads the header; returns the bytes after it as well.
    pub(super) fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), FormatError> {
        let mut lines = Lines::new(FORMAT, bytes);
        lines.next()?;
        let (mut fields, mut pairs) = (BTreeMap::new(), BTreeMap::new());
        loop {
            let line = lines.next()?;
            if line.is_empty() {
                break;
            }
            if line.starts_with('#') {
                continue;
            }
            let repeated = if let Some((key, value)) = line.split_once(":=") {
                pairs.insert(key.trim(), value.trim()).map(|_| key)
            } else if let Some((key, value)) = line.split_once(':') {
                let name = key.trim().to_ascii_lowercase().replace(' ', "");
                fields.insert(name, value.trim()).map(|_| key)
            } else {
                return Err(FormatError::damaged(FORMAT, format!("a header line `{line}`")));
            };
            if let Some(key) = repeated {
                return Err(FormatError::damaged(FORMAT, format!("{key} is stated twice")));
            }
        }
        Ok((Self::checked(fields, pairs)?, lines.rest()))
    }

    fn checked(
        fields: BTreeMap<String, &'a str>,
        pairs: BTreeMap<&'a str, &'a str>,
    ) -> Result<Self, FormatError> {
        let text = |key: &str| fields.get(key).copied().unwrap_or_default();
        if let Some(file) = fields.get("datafile") {
            let found = format!("pixels in another file, `{file}`");
            let hint = "save the image as one file, .nrrd";
            return Err(FormatError::unsupported("pixels in the same file", found, hint));
        }
        let sizes: Vec<u64> = numbers(FORMAT, "sizes", text("sizes"))?;
        let has_list = sizes.len() > 2 && is_list(text("kinds"), text("spacedirections"));
        let (in_pixel, axes) = if has_list { (sizes[0], &sizes[1..]) } else { (1, &sizes[..]) };
        let (width, height) = one_slice(axes)?;
        if !(1..=MAX_IN_PIXEL).contains(&in_pixel) {
            let found = format!("{in_pixel} layers or channels");
            return Err(FormatError::Channels { found });
        }
        let (byte_skip, line_skip) = (text("byteskip"), text("lineskip"));
        if !matches!(byte_skip, "" | "0" | "-1") || !matches!(line_skip, "" | "0") {
            let found = format!("byte skip `{byte_skip}`, line skip `{line_skip}`");
            let hint = "save the image again, with its pixels right after the header";
            return Err(FormatError::unsupported("pixels after the header", found, hint));
        }
        let data_type = data_type(text("type"))?;
        let is_little = match text("endian").to_ascii_lowercase().as_str() {
            "little" => true,
            "big" => false,
            _ if data_type.bytes() == 1 || encoding(text("encoding"))? == Encoding::Text => true,
            _ => return Err(FormatError::damaged(FORMAT, "no endian is stated")),
        };
        Ok(Self {
            width,
            height,
            in_pixel: in_pixel as usize,
            data_type,
            is_little,
            encoding: encoding(text("encoding"))?,
            is_at_end: byte_skip == "-1",
            fields,
            pairs,
        })
    }

    /// Spacing of the image's axes, in mm; none where a unit is no length.
    pub(super) fn spacing(&self) -> Option<Spacing> {
        let text = |key: &str| self.fields.get(key).copied().unwrap_or_default();
        let directions = text("spacedirections");
        let lengths: Vec<f64> = if directions.is_empty() {
            let numbers = text("spacings").split_whitespace();
            numbers.map(|word| word.parse().unwrap_or(f64::NAN)).collect()
        } else {
            let vectors = directions.split_inclusive([')', 'e']);
            vectors.map(length).filter(|length| !length.is_nan()).collect()
        };
        // A list axis has no spacing: `nan`, or no vector, which was left out.
        let lengths: Vec<f64> = lengths.into_iter().filter(|length| !length.is_nan()).collect();
        let unit = match (text("spaceunits"), text("units")) {
            ("", axes) => axes,
            (space, _) => space,
        };
        let unit = unit.split('"').map(str::trim).find(|word| !word.is_empty());
        let factor = match unit.unwrap_or("mm").to_ascii_lowercase().as_str() {
            "mm" | "millimeter" | "millimeters" | "millimetre" => 1.0,
            "cm" => 10.0,
            "m" => 1000.0,
            "um" | "µm" | "micron" | "microns" => 0.001,
            _ => return None,
        };
        let lengths: Vec<f64> = lengths.into_iter().map(|length| length * factor).collect();
        spacing(&lengths)
    }
}

/// Length of a vector `(x,y,z)`; NaN for `none`.
fn length(vector: &str) -> f64 {
    let Some((_, inside)) = vector.split_once('(') else { return f64::NAN };
    let numbers = inside.trim_end_matches(')').split(',');
    let squares = numbers.map(|word| word.trim().parse::<f64>().map_or(f64::NAN, |v| v * v));
    squares.sum::<f64>().sqrt()
}

/// True when the first axis lists layers or channels.
fn is_list(kinds: &str, directions: &str) -> bool {
    let kind = kinds.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    let is_axis = matches!(kind.as_str(), "" | "domain" | "space" | "time" | "???" | "none");
    !is_axis || directions.trim_start().starts_with("none")
}

fn encoding(text: &str) -> Result<Encoding, FormatError> {
    match text.to_ascii_lowercase().as_str() {
        "raw" => Ok(Encoding::Raw),
        "gzip" | "gz" => Ok(Encoding::Gzip),
        "ascii" | "text" | "txt" => Ok(Encoding::Text),
        other => {
            let hint = "save the image with the encoding raw or gzip";
            let expected = "the encoding raw, gzip or text";
            Err(FormatError::unsupported(expected, format!("`{other}`"), hint))
        }
    }
}

fn data_type(text: &str) -> Result<DataType, FormatError> {
    Ok(match text.to_ascii_lowercase().as_str() {
        "signed char" | "int8" | "int8_t" => DataType::I8,
        "uchar" | "unsigned char" | "uint8" | "uint8_t" => DataType::U8,
        "short" | "short int" | "signed short" | "signed short int" | "int16" | "int16_t" => {
            DataType::I16
        }
        "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => DataType::U16,
        "int" | "signed int" | "int32" | "int32_t" => DataType::I32,
        "uint" | "unsigned int" | "uint32" | "uint32_t" => DataType::U32,
        "longlong"
        | "long long"
        | "long long int"
        | "signed long long"
        | "signed long long int"
        | "int64"
        | "int64_t" => DataType::I64,
        "ulonglong" | "unsigned long long" | "unsigned long long int" | "uint64" | "uint64_t" => {
            DataType::U64
        }
        "float" => DataType::F32,
        "double" => DataType::F64,
        other => {
            let hint = "save the image with an integer type";
            return Err(FormatError::unsupported("a type of numbers", format!("`{other}`"), hint));
        }
    })
}
