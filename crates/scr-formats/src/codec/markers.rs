//! Marker segments of JPEG-LS (ITU-T T.87, annex C).

use crate::FormatError;

const FORMAT: &str = "JPEG-LS";

/// Reader of the marker segments in front of a scan.
pub(super) struct Markers<'a> {
    rest: &'a [u8],
}

/// Marker with the parameters after it.
pub(super) struct Segment<'a> {
    pub(super) marker: u8,
    pub(super) fields: Fields<'a>,
}

impl<'a> Markers<'a> {
    /// # Errors
    /// When the bytes do not begin with a start of image.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, FormatError> {
        match bytes.strip_prefix(b"\xff\xd8") {
            Some(rest) => Ok(Self { rest }),
            None => Err(FormatError::damaged(FORMAT, "compressed data without a start of image")),
        }
    }

    /// The next segment.
    ///
    /// # Errors
    /// When the bytes end, or hold no marker with parameters here.
    pub(super) fn next(&mut self) -> Result<Segment<'a>, FormatError> {
        let damaged = |reason| FormatError::damaged(FORMAT, reason);
        let [0xff, ref rest @ ..] = *self.rest else {
            return Err(damaged("no marker where one is due"));
        };
        // Any number of fill bytes precedes a marker.
        let fill = rest.iter().take_while(|&&byte| byte == 0xff).count();
        let [marker, ref rest @ ..] = rest[fill..] else {
            return Err(damaged("the compressed data end early"));
        };
        if matches!(marker, 0x00 | 0x01 | 0xd0..=0xd9) {
            return Err(damaged("no scan before the end of the image"));
        }
        let length = rest.first_chunk().map_or(0, |&pair| usize::from(u16::from_be_bytes(pair)));
        let (Some(content), Some(after)) = (rest.get(2..length), rest.get(length..)) else {
            return Err(damaged("a marker segment ends early"));
        };
        self.rest = after;
        Ok(Segment { marker, fields: Fields { rest: content } })
    }

    /// Bytes behind the segments that were read.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

/// Parameters of a segment, read in order.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], FormatError> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(FormatError::damaged(FORMAT, "a marker segment is too short"));
        };
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn number_8(&mut self) -> Result<u8, FormatError> {
        Ok(self.bytes(1)?[0])
    }

    pub(super) fn number_16(&mut self) -> Result<u16, FormatError> {
        let pair = self.bytes(2)?;
        Ok(u16::from_be_bytes([pair[0], pair[1]]))
    }
}
