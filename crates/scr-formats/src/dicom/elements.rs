//! Bounded parser for the elements of a data set that an image needs.
//!
//! Copies no value, checks lengths against the bytes present, and counts nesting without
//! recursion. A general reader builds the whole tree first; a crafted file of a few hundred
//! bytes can make it allocate gigabytes, and a deeply nested one can exhaust the stack.
//! These files are untrusted.

use super::tags::{FORMAT, Tag};
use super::walk::{Encoding, UNDEFINED, Walk, ends_early, text};
use crate::FormatError;

const PIXEL_DATA: Tag = (0x7fe0, 0x0010);
const FLOAT_PIXEL_DATA: Tag = (0x7fe0, 0x0008);
const DOUBLE_PIXEL_DATA: Tag = (0x7fe0, 0x0009);
const ITEM: Tag = (0xfffe, 0xe000);
const ITEM_END: Tag = (0xfffe, 0xe00d);
const SEQUENCE_END: Tag = (0xfffe, 0xe0dd);

/// Wanted elements of one level of a data set.
pub(super) struct Elements<'a> {
    found: Vec<Element<'a>>,
    pixel_data: Option<PixelData<'a>>,
    encoding: Encoding,
}

/// Element that was wanted.
struct Element<'a> {
    tag: Tag,
    kind: [u8; 2],
    value: &'a [u8],
    /// Encoding of the elements in its items.
    encoding: Encoding,
}

/// Pixel data.
#[derive(Clone)]
pub(super) enum PixelData<'a> {
    /// Pixels as they are.
    Native {
        bytes: &'a [u8],
        /// True when bytes of 8-bit pixels are swapped in pairs.
        is_paired: bool,
    },
    /// Compressed pixels.
    Fragments(Fragments<'a>),
}

/// Fragments of compressed pixels (PS3.5, annex A.4).
#[derive(Clone)]
pub(super) struct Fragments<'a> {
    /// Basic offset table: offsets of frames from the first fragment, each of four bytes;
    /// may be empty.
    pub(super) offsets: &'a [u8],
    pub(super) parts: Vec<&'a [u8]>,
}

impl<'a> Elements<'a> {
    /// Finds the elements `wanted`, and the pixel data.
    ///
    /// # Errors
    /// When the data set is damaged.
    pub(super) fn read(mut walk: Walk<'a>, wanted: &[Tag]) -> Result<Self, FormatError> {
        let mut elements = Self { found: Vec::new(), pixel_data: None, encoding: walk.encoding };
        elements.walk(&mut walk, wanted)?;
        if walk.is_at_end() { Ok(elements) } else { Err(ends_unbegun()) }
    }

    /// Walks to the end, or to the delimiter of the item that this level is in.
    fn walk(&mut self, walk: &mut Walk<'a>, wanted: &[Tag]) -> Result<(), FormatError> {
        let mut depth = 0usize;
        // The depth at which an element of unknown type of undefined length began:
        // its content is always implicit (PS3.5, section 6.2.2).
        let mut unknown_from = None;
        let encoding = walk.encoding;
        // A wanted sequence of undefined length at the outermost level, with its beginning.
        let mut open = None;
        while !walk.is_at_end() {
            let header = walk.header()?;
            match header.tag {
                ITEM if header.length == UNDEFINED => depth += 1,
                ITEM_END if depth == 0 => return Ok(()),
                ITEM_END | SEQUENCE_END => {
                    depth = depth.checked_sub(1).ok_or_else(ends_unbegun)?;
                    if unknown_from.is_some_and(|from| depth <= from) {
                        unknown_from = None;
                        walk.encoding = encoding;
                    }
                    if depth == 0
                        && let Some((tag, kind, encoding, begin)) = open.take()
                    {
                        let value = &walk.bytes[begin..walk.at];
                        self.add(Element { tag, kind, value, encoding })?;
                    }
                }
                PIXEL_DATA if depth == 0 => {
                    let pixel_data = if header.length == UNDEFINED {
                        PixelData::Fragments(fragments(walk)?)
                    } else {
                        let is_paired = encoding.is_big_endian && &header.kind == b"OW";
                        PixelData::Native { bytes: walk.value(header.length)?, is_paired }
                    };
                    if self.pixel_data.replace(pixel_data).is_some() {
                        return Err(twice(PIXEL_DATA));
                    }
                }
                FLOAT_PIXEL_DATA | DOUBLE_PIXEL_DATA if depth == 0 => {
                    let hint = "save the image with an integer type";
                    let found = "floating point pixels";
                    return Err(FormatError::unsupported("whole numbers", found, hint));
                }
                tag if header.length == UNDEFINED => {
                    if &header.kind == b"UN" && unknown_from.is_none() {
                        unknown_from = Some(depth);
                        walk.encoding.is_explicit = false;
                    }
                    if depth == 0 && wanted.contains(&tag) {
                        open = Some((tag, header.kind, walk.encoding, walk.at));
                    }
                    depth += 1;
                }
                tag => {
                    let value = walk.value(header.length)?;
                    if depth == 0 && wanted.contains(&tag) {
                        let kind = header.kind;
                        let is_explicit = encoding.is_explicit && &kind != b"UN";
                        let encoding = Encoding { is_explicit, ..encoding };
                        self.add(Element { tag, kind, value, encoding })?;
                    }
                }
            }
        }
        if depth > 0 { Err(ends_early()) } else { Ok(()) }
    }

    fn add(&mut self, element: Element<'a>) -> Result<(), FormatError> {
        if self.element(element.tag).is_some() {
            return Err(twice(element.tag));
        }
        self.found.push(element);
        Ok(())
    }

    fn element(&self, tag: Tag) -> Option<&Element<'a>> {
        self.found.iter().find(|element| element.tag == tag)
    }

    /// Bytes of an element; none when it is absent or empty.
    pub(super) fn bytes(&self, tag: Tag) -> Option<&'a [u8]> {
        self.element(tag).map(|element| element.value).filter(|value| !value.is_empty())
    }

    /// Value representation of an element; blanks when it is not stated.
    pub(super) fn kind(&self, tag: Tag) -> [u8; 2] {
        self.element(tag).map_or(*b"  ", |element| element.kind)
    }

    /// True when the sequence exists and has at least one item.
    pub(super) fn has_items(&self, tag: Tag) -> bool {
        self.items(tag, &[]).next().is_some()
    }

    /// Items of a sequence, each with the elements `wanted`.
    pub(super) fn items<'w>(&self, tag: Tag, wanted: &'w [Tag]) -> Items<'a, 'w> {
        let walk = self.element(tag).map(|element| Walk {
            bytes: element.value,
            at: 0,
            encoding: element.encoding,
        });
        Items { walk, wanted }
    }

    /// The first item of a sequence; none when it is absent or empty.
    ///
    /// # Errors
    /// When the item is damaged.
    pub(super) fn first_item(
        &self,
        tag: Tag,
        wanted: &[Tag],
    ) -> Result<Option<Elements<'a>>, FormatError> {
        self.items(tag, wanted).next().transpose()
    }

    /// An element of 16-bit numbers (US, SS): its numbers.
    pub(super) fn numbers(&self, tag: Tag) -> impl Iterator<Item = u16> + '_ {
        let (pairs, _) = self.bytes(tag).unwrap_or_default().as_chunks();
        pairs.iter().map(|&pair| self.encoding.number_16(pair))
    }

    /// An element of 16-bit numbers (US, SS): its first.
    pub(super) fn number(&self, tag: Tag) -> Option<u16> {
        self.numbers(tag).next()
    }

    /// An element of text: its values, without padding.
    pub(super) fn texts(&self, tag: Tag) -> Vec<&'a str> {
        self.bytes(tag)
            .map_or_else(Vec::new, |value| text(value).split('\\').map(str::trim).collect())
    }

    /// An element of text: its first value; empty when it is absent.
    pub(super) fn first_text(&self, tag: Tag) -> &'a str {
        self.texts(tag).first().copied().unwrap_or_default()
    }

    /// The pixel data.
    pub(super) const fn pixel_data(&self) -> Option<&PixelData<'a>> {
        self.pixel_data.as_ref()
    }

    /// Encoding of the elements.
    pub(super) const fn encoding(&self) -> Encoding {
        self.encoding
    }
}

/// Items of a sequence.
pub(super) struct Items<'a, 'w> {
    walk: Option<Walk<'a>>,
    wanted: &'w [Tag],
}

impl<'a> Items<'a, '_> {
    fn item(&self, walk: &mut Walk<'a>) -> Result<Option<Elements<'a>>, FormatError> {
        if walk.is_at_end() {
            return Ok(None);
        }
        let header = walk.header()?;
        match header.tag {
            ITEM if header.length == UNDEFINED => {
                let (found, encoding) = (Vec::new(), walk.encoding);
                let mut elements = Elements { found, pixel_data: None, encoding };
                elements.walk(walk, self.wanted)?;
                Ok(Some(elements))
            }
            ITEM => {
                let bytes = walk.value(header.length)?;
                let walk = Walk { bytes, at: 0, encoding: walk.encoding };
                Elements::read(walk, self.wanted).map(Some)
            }
            SEQUENCE_END => Ok(None),
            _ => Err(FormatError::damaged(FORMAT, "a sequence without items")),
        }
    }
}

impl<'a> Iterator for Items<'a, '_> {
    type Item = Result<Elements<'a>, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut walk = self.walk.take()?;
        let item = self.item(&mut walk).transpose();
        self.walk = item.as_ref().is_some_and(Result::is_ok).then_some(walk);
        item
    }
}

/// Fragments up to their delimiter.
fn fragments<'a>(walk: &mut Walk<'a>) -> Result<Fragments<'a>, FormatError> {
    let mut offsets = None;
    let mut parts = Vec::new();
    loop {
        let header = walk.header()?;
        match header.tag {
            ITEM if header.length != UNDEFINED => {
                let value = walk.value(header.length)?;
                if offsets.is_none() {
                    offsets = Some(value);
                } else {
                    parts.push(value);
                }
            }
            SEQUENCE_END => {
                let offsets = offsets.unwrap_or_default();
                return Ok(Fragments { offsets, parts });
            }
            _ => return Err(FormatError::damaged(FORMAT, "compressed pixels without fragments")),
        }
    }
}

fn twice((group, element): Tag) -> FormatError {
    FormatError::damaged(FORMAT, format!("duplicate element ({group:04x},{element:04x})"))
}

fn ends_unbegun() -> FormatError {
    FormatError::damaged(FORMAT, "a sequence ends unbegun")
}
