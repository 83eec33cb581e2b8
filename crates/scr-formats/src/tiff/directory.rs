//! Directories of a TIFF or BigTIFF file, read before the decoder sees the file.

use std::collections::BTreeMap;

use crate::FormatError;

/// Name of the format in messages.
pub(super) const FORMAT: &str = "TIFF";
/// Maximum number of pages counted.
const MANY_PAGES: u64 = 10_000;

/// Tags by the names of the specification (TIFF 6.0, part 1 and 2).
pub(super) mod tag {
    pub(crate) const IMAGE_WIDTH: u16 = 256;
    pub(crate) const IMAGE_LENGTH: u16 = 257;
    pub(crate) const BITS_PER_SAMPLE: u16 = 258;
    pub(crate) const COMPRESSION: u16 = 259;
    pub(crate) const PHOTOMETRIC_INTERPRETATION: u16 = 262;
    pub(crate) const FILL_ORDER: u16 = 266;
    pub(crate) const ORIENTATION: u16 = 274;
    pub(crate) const SAMPLES_PER_PIXEL: u16 = 277;
    pub(crate) const PLANAR_CONFIGURATION: u16 = 284;
    pub(crate) const COLOR_MAP: u16 = 320;
    pub(crate) const TILE_WIDTH: u16 = 322;
    pub(crate) const TILE_LENGTH: u16 = 323;
    pub(crate) const SAMPLE_FORMAT: u16 = 339;
}

/// Entry of a directory.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Type of the values.
    kind: u16,
    count: u64,
    /// Place of the first value in the file.
    at: u64,
}

/// Directory of a page.
pub(super) struct Directory<'a> {
    file: File<'a>,
    entries: BTreeMap<u16, Entry>,
    /// Number of pages of the file.
    pub(super) pages: u64,
}

impl<'a> Directory<'a> {
    /// The first directory.
    pub(super) fn first(bytes: &'a [u8]) -> Result<Self, FormatError> {
        let is_little = bytes.starts_with(b"II");
        let is_big_tiff = bytes.get(2..4).is_some_and(|version| version.contains(&43));
        let file = File { bytes, is_little, is_big_tiff };
        if is_big_tiff && (file.number(4, 2)?, file.number(6, 2)?) != (8, 0) {
            return Err(FormatError::damaged(FORMAT, "offsets that have not eight bytes"));
        }
        let first = if is_big_tiff { file.number(8, 8)? } else { file.number(4, 4)? };
        let (entries, mut next) = file.directory(first)?;
        let mut pages = 1;
        while next != 0 && pages < MANY_PAGES {
            pages += 1;
            next = file.next_directory(next)?;
        }
        Ok(Self { file, entries, pages })
    }

    pub(super) fn has(&self, tag: u16) -> bool {
        self.entries.contains_key(&tag)
    }

    /// The first value of a tag, a whole number; `default` without the tag.
    pub(super) fn number(&self, tag: u16, default: u64) -> Result<u64, FormatError> {
        match self.entries.get(&tag) {
            None => Ok(default),
            Some(entry) => self.value(tag, entry, 0),
        }
    }

    /// The values of a tag; none without the tag.
    pub(super) fn numbers(&self, tag: u16, at_most: u64) -> Result<Vec<u64>, FormatError> {
        let Some(entry) = self.entries.get(&tag) else { return Ok(Vec::new()) };
        if entry.count > at_most {
            return Err(FormatError::damaged(
                FORMAT,
                format!("{} values of tag {tag}", entry.count),
            ));
        }
        (0..entry.count).map(|index| self.value(tag, entry, index)).collect()
    }

    fn value(&self, tag: u16, entry: &Entry, index: u64) -> Result<u64, FormatError> {
        let bytes = size_of_kind(entry.kind);
        if bytes == 0 || entry.count == 0 {
            let reason = format!("tag {tag} has {} values of type {}", entry.count, entry.kind);
            return Err(FormatError::damaged(FORMAT, reason));
        }
        self.file.number(entry.at.saturating_add(index * bytes), bytes as usize)
    }

    /// Copy of the file with another value of a tag that has one 16-bit value.
    pub(super) fn with_short(&self, tag: u16, value: u16) -> Result<Vec<u8>, FormatError> {
        let mut bytes = self.file.bytes.to_vec();
        let entry = self.entries.get(&tag).filter(|entry| (entry.kind, entry.count) == (3, 1));
        let field = entry.and_then(|entry| bytes.get_mut(entry.at as usize..)?.get_mut(..2));
        let is_little = self.file.is_little;
        let value = if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
        field
            .map(|field| field.copy_from_slice(&value))
            .ok_or_else(|| FormatError::damaged(FORMAT, format!("tag {tag} is no short number")))?;
        Ok(bytes)
    }
}

/// Bytes of a value of a type of whole numbers; 0 for other types.
const fn size_of_kind(kind: u16) -> u64 {
    match kind {
        1 => 1,
        3 => 2,
        4 => 4,
        16 => 8,
        _ => 0,
    }
}

/// Bytes of a value of any type, to find where a tag's values are.
const fn bytes_of_kind(kind: u16) -> u64 {
    match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        _ => 8,
    }
}

/// The bytes of a file, read in its byte order.
#[derive(Clone, Copy)]
struct File<'a> {
    bytes: &'a [u8],
    is_little: bool,
    is_big_tiff: bool,
}

impl File<'_> {
    /// Unsigned number of `n` bytes, at most eight.
    fn number(&self, at: u64, n: usize) -> Result<u64, FormatError> {
        let early = || FormatError::damaged(FORMAT, "the file ends early");
        let start = usize::try_from(at).map_err(|_| early())?;
        let field = self.bytes.get(start..).and_then(|rest| rest.get(..n)).ok_or_else(early)?;
        let join = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
        Ok(if self.is_little {
            field.iter().rev().fold(0, join)
        } else {
            field.iter().fold(0, join)
        })
    }

    /// Bytes of the number of entries, of an entry, and of an offset.
    const fn layout(&self) -> (u64, u64, u64) {
        if self.is_big_tiff { (8, 20, 8) } else { (2, 12, 4) }
    }

    fn entry_count(&self, directory: u64) -> Result<u64, FormatError> {
        let (n, entry, _) = self.layout();
        let count = self.number(directory, n as usize)?;
        if count > self.bytes.len() as u64 / entry {
            return Err(FormatError::damaged(FORMAT, format!("a directory of {count} tags")));
        }
        Ok(count)
    }

    /// Place of the directory after the one at `at`; 0 for none.
    fn next_directory(&self, at: u64) -> Result<u64, FormatError> {
        let (n, entry, offset) = self.layout();
        let end = at.saturating_add(n + entry * self.entry_count(at)?);
        self.number(end, offset as usize)
    }

    /// The entries, and the place of the next directory.
    fn directory(&self, at: u64) -> Result<(BTreeMap<u16, Entry>, u64), FormatError> {
        let (n, entry_bytes, offset) = self.layout();
        let mut entries = BTreeMap::new();
        for index in 0..self.entry_count(at)? {
            let entry = at.saturating_add(n + entry_bytes * index);
            let tag = self.number(entry, 2)? as u16;
            let kind = self.number(entry + 2, 2)? as u16;
            let count = self.number(entry + 4, offset as usize)?;
            let field = entry + 4 + offset;
            // Values that fit stand in the entry itself.
            let is_inside = count.saturating_mul(bytes_of_kind(kind)) <= offset;
            let at = if is_inside { field } else { self.number(field, offset as usize)? };
            if entries.insert(tag, Entry { kind, count, at }).is_some() {
                return Err(FormatError::damaged(FORMAT, format!("duplicate tag {tag}")));
            }
        }
        Ok((entries, self.next_directory(at)?))
    }
}
