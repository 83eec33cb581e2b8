//! MetaImage (`.mha`, `.mhd`): masks and radiographs from ITK and programs built on it.
//!
//! One slice; the first axis of `DimSize` is x. Bytes, compressed bytes or text; a file
//! whose pixels are in another file is refused. The spacing is `ElementSpacing`, in mm;
//! position and direction are ignored: they flip and turn nothing.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::bufread::ZlibDecoder;
use scr_image::Size;

use crate::array::Array;
use crate::data_type::DataType;
use crate::header_text::{Lines, numbers, spacing, text_array};
use crate::size::{one_slice, stated_size};
use crate::stored::StoredImage;
use crate::{FormatError, magic};

const FORMAT: &str = "MetaImage";

/// Opens a file.
///
/// # Errors
/// The first reason why its header is not that of one slice of numbers in the same file.
pub(crate) fn open(bytes: &[u8], expected: Option<Size>) -> Result<StoredImage<'_>, FormatError> {
    magic::expect(FORMAT, "a MetaImage file", bytes)?;
    let mut lines = Lines::new(FORMAT, bytes);
    let mut header = Header { fields: BTreeMap::new() };
    let data_file = loop {
        let line = lines.next()?;
        let Some((key, value)) = line.split_once('=') else {
            return Err(FormatError::damaged(FORMAT, format!("a header line `{line}`")));
        };
        let (key, value) = (key.trim(), value.trim());
        if key.eq_ignore_ascii_case("ElementDataFile") {
            break value;
        }
        if header.fields.insert(key.to_ascii_lowercase(), value).is_some() {
            return Err(FormatError::damaged(FORMAT, format!("{key} is stated twice")));
        }
    };
    let lengths = numbers(FORMAT, "DimSize", header.text("DimSize"))?;
    let (width, height) = one_slice(&lengths)?;
    let size = stated_size(width, height, expected)?;
    if !data_file.eq_ignore_ascii_case("LOCAL") {
        let found = format!("pixels in another file, `{data_file}`");
        let hint = "save the image as one file, .mha";
        return Err(FormatError::unsupported("pixels in the same file", found, hint));
    }
    let channels = header.text("ElementNumberOfChannels");
    if !matches!(channels, "" | "1") {
        return Err(FormatError::Channels { found: format!("{channels} channels") });
    }
    let spacing_field = ["ElementSpacing", "ElementSize"].map(|key| (key, header.text(key)));
    let stated = spacing_field.into_iter().find(|(_, text)| !text.is_empty());
    let mm = stated.map_or(Ok(Vec::new()), |(key, text)| numbers(FORMAT, key, text))?;
    header.array(lines.rest(), size).map(|mut array| {
        array.spacing = spacing(&mm);
        array.stored()
    })
}

/// Fields of a header by their names in lower case.
struct Header<'a> {
    fields: BTreeMap<String, &'a str>,
}

impl<'a> Header<'a> {
    /// Value of a field; empty when it is missing.
    fn text(&self, key: &str) -> &'a str {
        self.fields.get(&key.to_ascii_lowercase()).copied().unwrap_or_default()
    }

    fn is_true(&self, key: &str, default: bool) -> bool {
        match self.text(key).bytes().next() {
            None => default,
            Some(first) => matches!(first, b'T' | b't' | b'1'),
        }
    }

    fn data_type(&self) -> Result<DataType, FormatError> {
        Ok(match self.text("ElementType") {
            "MET_UCHAR" => DataType::U8,
            "MET_CHAR" => DataType::I8,
            "MET_USHORT" => DataType::U16,
            "MET_SHORT" => DataType::I16,
            // `long` has four bytes in this format, on every system.
            "MET_UINT" | "MET_ULONG" => DataType::U32,
            "MET_INT" | "MET_LONG" => DataType::I32,
            "MET_ULONG_LONG" => DataType::U64,
            "MET_LONG_LONG" => DataType::I64,
            "MET_FLOAT" => DataType::F32,
            "MET_DOUBLE" => DataType::F64,
            other => {
                let hint = "save the image with an integer type";
                let expected = "ElementType MET_UCHAR, MET_USHORT or another integer";
                return Err(FormatError::unsupported(expected, format!("`{other}`"), hint));
            }
        })
    }

    fn array(&self, data: &'a [u8], size: Size) -> Result<Array<'a>, FormatError> {
        let stored = self.data_type()?;
        let (mut data_type, white) = (stored, stored.white());
        let is_msb = ["BinaryDataByteOrderMSB", "ElementByteOrderMSB"];
        let mut is_little = !is_msb.iter().any(|key| self.is_true(key, false));
        let bytes: Box<dyn Read + 'a> = if !self.is_true("BinaryData", true) {
            (data_type, is_little) = (DataType::I64, true);
            Box::new(std::io::Cursor::new(text_array(FORMAT, data, size.area())?))
        } else if self.is_true("CompressedData", false) {
            Box::new(ZlibDecoder::new(data))
        } else {
            Box::new(self.skip_header(data, size.area() * data_type.bytes())?)
        };
        Ok(Array {
            format: FORMAT,
            size,
            spacing: None,
            data_type,
            white,
            is_little,
            bytes,
            max_rest_bytes: 0,
        })
    }

    /// The array's bytes, when a header of another format may be before them.
    fn skip_header(&self, data: &'a [u8], array_bytes: usize) -> Result<&'a [u8], FormatError> {
        let skipped = match self.text("HeaderSize") {
            "" | "0" => Some(0),
            "-1" => data.len().checked_sub(array_bytes),
            text => text.parse().ok(),
        };
        skipped.and_then(|skipped| data.get(skipped..)).ok_or_else(|| {
            FormatError::damaged(FORMAT, format!("HeaderSize is `{}`", self.text("HeaderSize")))
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use scr_image::{Mask, Spacing};
    use std::io::Write;

    /// A file by hand.
    pub(crate) fn file(fields: &[(&str, &str)], data: &[u8]) -> Vec<u8> {
        let mut bytes = b"ObjectType = Image\nNDims = 2\n".to_vec();
        for (key, value) in fields {
            bytes.extend(format!("{key} = {value}\n").bytes());
        }
        bytes.extend(b"ElementDataFile = LOCAL\n");
        bytes.extend(data);
        bytes
    }

    pub(crate) fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(bytes).unwrap();
        zlib.finish().unwrap()
    }

    fn read_mask(bytes: &[u8]) -> Result<Mask, FormatError> {
        open(bytes, None)?.into_mask()
    }

    #[test]
    fn bytes_compressed_bytes_and_text_are_the_same_mask() {
        let mask = Mask::from_text(".#. ##.");
        let data = [0, 9, 0, 9, 9, 0];
        let size = ("DimSize", "3 2");
        let kind = ("ElementType", "MET_UCHAR");
        assert_eq!(read_mask(&file(&[size, kind], &data)), Ok(mask.clone()));
        let compressed = [size, kind, ("CompressedData", "True"), ("CompressedDataSize", "14")];
        assert_eq!(read_mask(&file(&compressed, &zlib(&data))), Ok(mask.clone()));
        let text = [size, kind, ("BinaryData", "False")];
        assert_eq!(read_mask(&file(&text, b"0 9 0\n9 9 0\n")), Ok(mask.clone()));
        let before = [size, kind, ("HeaderSize", "-1")];
        assert_eq!(read_mask(&file(&before, &[&[7; 5][..], &data].concat())), Ok(mask));
    }

    #[test]
    fn a_radiograph_has_the_stated_spacing_and_byte_order() {
        let fields = [
            ("DimSize", "2 1 1"),
            ("ElementSpacing", "0.7 0.5 1"),
            ("ElementByteOrderMSB", "True"),
            ("ElementType", "MET_USHORT"),
        ];
        let bytes = file(&fields, &[1, 0, 255, 255]);
        let image = open(&bytes, None).unwrap();
        let image = image.into_radiograph().unwrap();
        assert_eq!((image.max_value(), image.pixels()), (65535, &[256, 65535][..]));
        assert_eq!(image.spacing(), Some(Spacing::new(0.7, 0.5).unwrap()));
    }

    #[test]
    fn volumes_channels_other_files_and_wrong_lengths_are_refused_by_name() {
        let kind = ("ElementType", "MET_UCHAR");
        let found = |fields: &[(&str, &str)], data: &[u8]| {
            read_mask(&file(fields, data)).unwrap_err().to_string()
        };
        assert_eq!(found(&[("DimSize", "2 2 3"), kind], &[0; 12]), "expected one frame, found 3");
        let channels = ("ElementNumberOfChannels", "3");
        assert!(found(&[("DimSize", "1 1"), kind, channels], &[0; 3]).contains("3 channels"));
        assert!(found(&[("DimSize", "2 1"), kind], &[0; 3]).contains("more bytes than pixels"));
        assert!(found(&[("DimSize", "2 1"), kind], &[0]).contains("ends early"));
        assert!(found(&[("DimSize", "2 x"), kind], &[0; 3]).contains("DimSize is `2 x`"));
        assert!(found(&[("DimSize", "99999 99999"), kind], &[0]).contains("pixels"));
        let list = b"NDims = 2\nDimSize = 1 1\nElementType = MET_UCHAR\nElementDataFile = a.raw\n";
        assert!(read_mask(list).unwrap_err().to_string().contains("another file, `a.raw`"));
    }
}
