//! Bounded walk over the elements of a data set (PS3.5, section 7).

use super::tags::{FORMAT, Tag};
use crate::FormatError;

/// Length of an element that ends at a delimiter.
pub(super) const UNDEFINED: u32 = u32::MAX;

/// Encoding of elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoding {
    /// True when elements state their value representation.
    pub(super) is_explicit: bool,
    /// True when numbers have their high byte first.
    pub(super) is_big_endian: bool,
}

impl Encoding {
    pub(super) const IMPLICIT: Self = Self { is_explicit: false, is_big_endian: false };
    pub(super) const EXPLICIT: Self = Self { is_explicit: true, is_big_endian: false };
    pub(super) const BIG_ENDIAN: Self = Self { is_explicit: true, is_big_endian: true };

    pub(super) const fn number_16(self, pair: [u8; 2]) -> u16 {
        if self.is_big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    }
}

/// Tag, value representation and length of an element.
pub(super) struct Header {
    pub(super) tag: Tag,
    pub(super) kind: [u8; 2],
    pub(super) length: u32,
}

/// Reader of elements, which copies no value.
#[derive(Clone)]
pub(super) struct Walk<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) encoding: Encoding,
}

impl<'a> Walk<'a> {
    pub(super) const fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Tag of the next element; none at the end.
    pub(super) fn peek(&self) -> Option<Tag> {
        let mut ahead = self.clone();
        Some((ahead.number_16().ok()?, ahead.number_16().ok()?))
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = *rest.first_chunk().ok_or_else(ends_early)?;
        self.at += N;
        Ok(taken)
    }

    fn number_16(&mut self) -> Result<u16, FormatError> {
        Ok(self.encoding.number_16(self.take()?))
    }

    fn number_32(&mut self) -> Result<u32, FormatError> {
        let four = self.take()?;
        let is_big = self.encoding.is_big_endian;
        Ok(if is_big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    }

    pub(super) fn header(&mut self) -> Result<Header, FormatError> {
        let tag = (self.number_16()?, self.number_16()?);
        if !self.encoding.is_explicit || tag.0 == 0xfffe {
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

    pub(super) fn value(&mut self, length: u32) -> Result<&'a [u8], FormatError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let value = rest.get(..length as usize).ok_or_else(ends_early)?;
        self.at += value.len();
        Ok(value)
    }
}

pub(super) fn ends_early() -> FormatError {
    FormatError::damaged(FORMAT, "the file ends early")
}

/// Text without the blanks and zeros that fill it to an even length.
pub(super) fn text(value: &[u8]) -> &str {
    std::str::from_utf8(value).unwrap_or_default().trim_matches(['\0', ' '])
}
