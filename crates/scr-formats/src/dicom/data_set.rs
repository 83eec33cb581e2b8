//! Data set of a file: where it begins, how it is encoded.
//!
//! A file without preamble, or without the file meta information that states the transfer
//! syntax, is read with the encoding that its first element shows, as pydicom's `force`
//! does. It still has to be a whole data set.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::DeflateDecoder;

use super::syntax::{Compression, Syntax};
use super::tags::{FORMAT, MEDIA_STORAGE_SOP_CLASS_UID, TRANSFER_SYNTAX_UID};
use super::walk::{Encoding, Walk, text};
use crate::{FormatError, MAX_AREA_PX, magic};

/// Bytes of preamble and prefix.
const PREAMBLE: usize = 132;
/// Most bytes of an inflated data set: pixels of 16 bits, and as much again for the rest.
const MAX_INFLATED_BYTES: usize = 4 * MAX_AREA_PX;

/// Data set of a file, inflated.
pub(super) struct DataSet<'a> {
    bytes: Cow<'a, [u8]>,
    begin: usize,
    pub(super) syntax: Syntax,
    /// Class of the object in the file meta information; empty when it is not stated.
    pub(super) class: &'a str,
}

impl<'a> DataSet<'a> {
    /// # Errors
    /// When the file is no DICOM file, or has a transfer syntax that is not supported.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, FormatError> {
        let begin = if begins_with_elements(bytes) {
            0
        } else {
            magic::expect(FORMAT, "a DICOM file", bytes)?;
            PREAMBLE
        };
        let mut meta = Walk { bytes, at: begin, encoding: Encoding::EXPLICIT };
        let mut syntax = None;
        let mut class = "";
        while meta.peek().is_some_and(|(group, _)| group == 0x0002) {
            let header = meta.header()?;
            let value = meta.value(header.length)?;
            match header.tag {
                TRANSFER_SYNTAX_UID => syntax = Some(Syntax::of(text(value))?),
                MEDIA_STORAGE_SOP_CLASS_UID => class = text(value),
                _ => {}
            }
        }
        let begin = meta.at;
        let rest = &bytes[begin..];
        let syntax = match syntax {
            Some(syntax) => syntax,
            None => Syntax::plain(apparent_encoding(rest)?),
        };
        if syntax.compression == Compression::Deflate {
            return Ok(Self { bytes: Cow::Owned(inflated(rest)?), begin: 0, syntax, class });
        }
        Ok(Self { bytes: Cow::Borrowed(bytes), begin, syntax, class })
    }

    /// Walk over its elements.
    pub(super) fn walk(&self) -> Walk<'_> {
        Walk { bytes: &self.bytes, at: self.begin, encoding: self.syntax.encoding }
    }
}

/// True for a file without preamble: it begins with the file meta information, or with the
/// identification of the object.
fn begins_with_elements(bytes: &[u8]) -> bool {
    if bytes.get(128..PREAMBLE) == Some(b"DICM") {
        return false;
    }
    match bytes {
        [0x02, 0, _, 0, a, b, ..] => a.is_ascii_uppercase() && b.is_ascii_uppercase(),
        [0x08, 0, _, 0, ..] | [0, 0x08, 0, _, ..] => apparent_encoding(bytes).is_ok(),
        _ => false,
    }
}

/// Encoding that the first element shows.
fn apparent_encoding(bytes: &[u8]) -> Result<Encoding, FormatError> {
    match bytes {
        [0x08, 0, _, _, a, b, ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => {
            Ok(Encoding::EXPLICIT)
        }
        [0, 0x08, _, _, a, b, ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => {
            Ok(Encoding::BIG_ENDIAN)
        }
        // Identification is short: a length of less than 64 KiB.
        [0x08, 0, _, _, _, _, 0, 0, ..] => Ok(Encoding::IMPLICIT),
        _ => Err(FormatError::damaged(FORMAT, "no transfer syntax is stated, and none apparent")),
    }
}

fn inflated(bytes: &[u8]) -> Result<Vec<u8>, FormatError> {
    let mut inflated = Vec::new();
    let most = MAX_INFLATED_BYTES as u64;
    let read = DeflateDecoder::new(bytes).take(most + 1).read_to_end(&mut inflated);
    match read {
        Ok(_) if inflated.len() > MAX_INFLATED_BYTES => {
            let hint = "is it a single image?";
            let expected = format!("at most {most} bytes of data");
            Err(FormatError::unsupported(expected, "more", hint))
        }
        Ok(_) => Ok(inflated),
        Err(_) => Err(FormatError::damaged(FORMAT, "the deflated data set cannot be inflated")),
    }
}
