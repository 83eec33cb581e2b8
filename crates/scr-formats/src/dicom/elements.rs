//! Bounded parser for the elements of a DICOM file that an image needs.
//!
//! Walks over the data set (PS3.5, section 7): copies no value, checks lengths against
//! the bytes present, and counts nesting without recursion. A general reader builds the
//! whole tree first; a crafted file of a few hundred bytes can make it allocate
//! gigabytes, and a deeply nested one can exhaust the stack. These files are untrusted.

use super::tags::{FORMAT, Tag};
use crate::{FormatError, magic};

const PIXEL_DATA: Tag = (0x7fe0, 0x0010);
const FLOAT_PIXEL_DATA: Tag = (0x7fe0, 0x0008);
const DOUBLE_PIXEL_DATA: Tag = (0x7fe0, 0x0009);
const ITEM: Tag = (0xfffe, 0xe000);
const ITEM_END: Tag = (0xfffe, 0xe00d);
const SEQUENCE_END: Tag = (0xfffe, 0xe0dd);
const UNDEFINED: u32 = u32::MAX;

/// Wanted elements of a file's outermost level.
pub(super) struct Elements<'a> {
    found: Vec<(Tag, &'a [u8])>,
    /// Wanted sequences of undefined length that hold an item.
    sequences: Vec<Tag>,
    pixel_data: Option<&'a [u8]>,
    is_big_endian: bool,
    /// True when bytes of 8-bit pixels are swapped in pairs.
    is_paired: bool,
}

impl<'a> Elements<'a> {
    /// Finds the elements `wanted`, and the pixel data.
    ///
    /// # Errors
    /// When the file is no DICOM file, is damaged, or is compressed.
    pub(super) fn read(bytes: &'a [u8], wanted: &[Tag]) -> Result<Self, FormatError> {
        magic::expect(FORMAT, "a DICOM file", bytes)?;
        let mut meta = Walk { bytes, at: 132, is_explicit: true, is_big_endian: false };
        let mut syntax = "";
        while meta.peek_group() == Some(0x0002) {
            let header = meta.header()?;
            let value = meta.value(header.length)?;
            if header.tag == (0x0002, 0x0010) {
                syntax = text(value);
            }
        }
        let (is_explicit, is_big_endian) = encoding(syntax)?;
        let walk = Walk { bytes, at: meta.at, is_explicit, is_big_endian };
        let elements = Self {
            found: Vec::new(),
            sequences: Vec::new(),
            pixel_data: None,
            is_big_endian,
            is_paired: false,
        };
        elements.walk(walk, wanted)
    }

    fn walk(mut self, mut walk: Walk<'a>, wanted: &[Tag]) -> Result<Self, FormatError> {
        let mut depth = 0usize;
        // The depth at which an element of unknown type of undefined length began:
        // its content is always implicit (PS3.5, section 6.2.2).
        let mut unknown_from = None;
        let is_explicit = walk.is_explicit;
        while walk.at < walk.bytes.len() {
            let header = walk.header()?;
            match header.tag {
                ITEM if header.length == UNDEFINED => depth += 1,
                ITEM_END | SEQUENCE_END => {
                    depth = depth
                        .checked_sub(1)
                        .ok_or_else(|| FormatError::damaged(FORMAT, "a sequence ends unbegun"))?;
                    if unknown_from.is_some_and(|from| depth <= from) {
                        unknown_from = None;
                        walk.is_explicit = is_explicit;
                    }
                }
                PIXEL_DATA if depth == 0 => {
                    if header.length == UNDEFINED {
                        return Err(compressed("compressed pixels"));
                    }
                    if self.pixel_data.replace(walk.value(header.length)?).is_some() {
                        return Err(twice(PIXEL_DATA));
                    }
                    self.is_paired = self.is_big_endian && &header.kind == b"OW";
                }
                FLOAT_PIXEL_DATA | DOUBLE_PIXEL_DATA if depth == 0 => {
                    let hint = "save the image with an integer type";
                    let found = "floating point pixels";
                    return Err(FormatError::unsupported("whole numbers", found, hint));
                }
                tag if header.length == UNDEFINED => {
                    if depth == 0 && wanted.contains(&tag) && walk.is_at(ITEM) {
                        self.sequences.push(tag);
                    }
                    if &header.kind == b"UN" && unknown_from.is_none() {
                        unknown_from = Some(depth);
                        walk.is_explicit = false;
                    }
                    depth += 1;
                }
                tag => {
                    let value = walk.value(header.length)?;
                    if depth == 0 && wanted.contains(&tag) {
                        if self.found.iter().any(|(found, _)| *found == tag) {
                            return Err(twice(tag));
                        }
                        self.found.push((tag, value));
                    }
                }
            }
        }
        if depth > 0 {
            return Err(FormatError::damaged(FORMAT, "the file ends early"));
        }
        Ok(self)
    }

    /// Bytes of an element; none when it is absent or empty.
    pub(super) fn bytes(&self, tag: Tag) -> Option<&'a [u8]> {
        let found = self.found.iter().find(|(found, _)| *found == tag);
        found.map(|&(_, value)| value).filter(|value| !value.is_empty())
    }

    /// True when the sequence exists and has at least one item.
    pub(super) fn has_items(&self, tag: Tag) -> bool {
        self.sequences.contains(&tag) || self.bytes(tag).is_some()
    }

    /// An element of 16-bit numbers (US, SS): its first.
    pub(super) fn number(&self, tag: Tag) -> Option<u16> {
        let pair = *self.bytes(tag)?.first_chunk()?;
        Some(if self.is_big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    }

    /// An element of text: its values, without padding.
    pub(super) fn texts(&self, tag: Tag) -> Vec<&'a str> {
        self.bytes(tag)
            .map_or_else(Vec::new, |value| text(value).split('\\').map(str::trim).collect())
    }

    /// The pixel data.
    pub(super) const fn pixel_data(&self) -> Option<&'a [u8]> {
        self.pixel_data
    }

    /// True when numbers have their high byte first.
    pub(super) const fn is_big_endian(&self) -> bool {
        self.is_big_endian
    }

    /// True when the bytes of 8-bit pixels are swapped in pairs.
    pub(super) const fn is_paired(&self) -> bool {
        self.is_paired
    }
}

struct Header {
    tag: Tag,
    kind: [u8; 2],
    length: u32,
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    is_explicit: bool,
    is_big_endian: bool,
}

impl<'a> Walk<'a> {
    fn peek_group(&self) -> Option<u16> {
        self.bytes.get(self.at..)?.first_chunk().map(|&group| u16::from_le_bytes(group))
    }

    /// True when the next element has this tag.
    fn is_at(&self, tag: Tag) -> bool {
        let mut ahead = Walk { ..*self };
        let found = ahead.number_16().and_then(|group| Ok((group, ahead.number_16()?)));
        found == Ok(tag)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = *rest.first_chunk().ok_or_else(ends_early)?;
        self.at += N;
        Ok(taken)
    }

    fn number_16(&mut self) -> Result<u16, FormatError> {
        let pair = self.take()?;
        Ok(if self.is_big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    }

    fn number_32(&mut self) -> Result<u32, FormatError> {
        let four = self.take()?;
        Ok(if self.is_big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    }

    fn header(&mut self) -> Result<Header, FormatError> {
        let tag = (self.number_16()?, self.number_16()?);
        if !self.is_explicit || tag.0 == 0xfffe {
            return Ok(Header { tag, kind: *b"  ", length: self.number_32()? });
        }
        let kind = self.take()?;
        let length = match &kind {
            b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SQ" | b"SV" | b"UC" | b"UN"
            | b"UR" | b"UT" | b"UV" => {
                self.take::<2>()?;
                self.number_32()?
            }
            kind if kind.iter().all(u8::is_ascii_uppercase) => self.number_16()?.into(),
            _ => {
                let (group, element) = tag;
                let reason = format!("element ({group:04x},{element:04x}) has no type");
                return Err(FormatError::damaged(FORMAT, reason));
            }
        };
        Ok(Header { tag, kind, length })
    }

    fn value(&mut self, length: u32) -> Result<&'a [u8], FormatError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let value = rest.get(..length as usize).ok_or_else(ends_early)?;
        self.at += value.len();
        Ok(value)
    }
}

fn twice((group, element): Tag) -> FormatError {
    FormatError::damaged(FORMAT, format!("duplicate element ({group:04x},{element:04x})"))
}

fn ends_early() -> FormatError {
    FormatError::damaged(FORMAT, "the file ends early")
}

/// Text without the blanks and zeros that fill it to an even length.
fn text(value: &[u8]) -> &str {
    std::str::from_utf8(value).unwrap_or_default().trim_matches(['\0', ' '])
}

/// Encoding by the transfer syntax (PS3.6, table A-1): explicit value representations,
/// and high byte first.
fn encoding(syntax: &str) -> Result<(bool, bool), FormatError> {
    Ok(match syntax {
        "1.2.840.10008.1.2" => (false, false),
        "1.2.840.10008.1.2.1" => (true, false),
        "1.2.840.10008.1.2.2" => (true, true),
        "" => return Err(FormatError::damaged(FORMAT, "no transfer syntax is stated")),
        other => {
            let name = match other.strip_prefix("1.2.840.10008.1.2.") {
                Some("1.99") => "Deflate",
                Some("5") => "RLE",
                Some(jpeg) if jpeg.starts_with("4.5") || jpeg.starts_with("4.7") => "JPEG",
                Some("4.80" | "4.81") => "JPEG-LS",
                Some("4.90" | "4.91" | "4.92" | "4.93" | "4.201" | "4.202" | "4.203") => {
                    "JPEG 2000"
                }
                _ => other,
            };
            return Err(compressed(name));
        }
    })
}

fn compressed(found: &str) -> FormatError {
    let hint = "decompress it first, for example with dcmconv, dcmdjpeg or gdcmconv --raw";
    FormatError::unsupported("uncompressed DICOM", found, hint)
}
