//! TIFF and BigTIFF: images of one page, in strips or tiles.
//!
//! This module reads the page's directory before the decoder sees the file
//! (`directory.rs`): it names unsupported properties (several pages, a turned orientation,
//! other compressions) and checks sizes before the decoder trusts them. JPEG within TIFF
//! is not supported.
//!
//! `PhotometricInterpretation` states whether 0 is black or white, and values are
//! inverted accordingly, also in masks: the displayed black of a mask is background.

mod directory;

use std::io::{Cursor, Read};

use flate2::bufread::ZlibDecoder;
use scr_image::{Mask, Radiograph, Size};
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use crate::bits::unpacked;
use crate::data_type::whole;
use crate::masks::{BitRows, MaskRows, RawValue};
use crate::meaning::{Entry, Meaning, packed};
use crate::size::{checked_size, stated_size};
use crate::stored::StoredImage;
use crate::{FormatError, MAX_AREA_PX, MaskValue, magic};
use directory::{Directory, FORMAT, tag};

/// Reads a mask: grey, colours or a palette, whole numbers of 1 to 64 bits.
///
/// # Errors
/// See [`read_mask`](super::read_mask).
pub fn read_mask(bytes: &[u8]) -> Result<Mask, FormatError> {
    read_mask_sized(bytes, None)
}

/// [`read_mask`], refused by its header when it has another size than `expected`.
pub(super) fn read_mask_sized(bytes: &[u8], expected: Option<Size>) -> Result<Mask, FormatError> {
    let page = Page::open(bytes, expected)?;
    if page.meaning != Meaning::NUMBER {
        return page.stored()?.into_mask();
    }
    let number = |stored: u8| Ok(MaskValue::Number(stored.into()));
    match page.decode()? {
        DecodingResult::U8(values) if page.bits == 1 => {
            let mut rows = BitRows::new(page.size);
            page.rows(&values)?.for_each(|row| rows.push(row));
            rows.finish(number)
        }
        DecodingResult::U8(values) if page.bits == 8 => page.mask(&values),
        DecodingResult::U16(values) => page.mask(&values),
        other => page.stored_as(other).into_mask(),
    }
}

/// Reads a radiograph: grey, or colours that are all grey, of 8 bits or more.
///
/// # Errors
/// See [`read_radiograph`](super::read_radiograph).
pub fn read_radiograph(bytes: &[u8]) -> Result<Radiograph, FormatError> {
    open(bytes, None)?.into_radiograph()
}

/// [`read_radiograph`], refused by its header when it has another size than `expected`.
pub(super) fn read_radiograph_sized(
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<Radiograph, FormatError> {
    let page = Page::open(bytes, expected)?;
    if page.bits < 8 {
        let found = format!("{} bits a pixel", page.bits);
        let hint = "no radiograph has so few grey values: is it a mask?";
        return Err(FormatError::unsupported("8 bits a pixel or more", found, hint));
    }
    page.stored()?.into_radiograph()
}

/// Opens the only page.
///
/// # Errors
/// The first reason why the file is damaged, or no image of one page.
pub(crate) fn open(bytes: &[u8], expected: Option<Size>) -> Result<StoredImage<'_>, FormatError> {
    Page::open(bytes, expected)?.stored()
}

/// The only page, with a checked directory.
struct Page<'a> {
    bytes: &'a [u8],
    directory: Directory<'a>,
    size: Size,
    bits: usize,
    /// Channels of a pixel.
    samples: usize,
    meaning: Meaning,
    is_deflated: bool,
}

const PLAIN: &str = "save the image again, uncompressed or with LZW or Deflate";

impl<'a> Page<'a> {
    fn open(bytes: &'a [u8], expected: Option<Size>) -> Result<Self, FormatError> {
        if magic::looks_like(bytes) != "a BigTIFF image" {
            magic::expect(FORMAT, "a TIFF image", bytes)?;
        }
        let directory = Directory::first(bytes)?;
        let width = directory.number(tag::IMAGE_WIDTH, 0)?;
        let height = directory.number(tag::IMAGE_LENGTH, 0)?;
        let size = stated_size(width, height, expected)?;
        if directory.pages > 1 {
            return Err(FormatError::Frames { found: directory.pages });
        }
        check_storage(&directory)?;
        let bits = directory.numbers(tag::BITS_PER_SAMPLE, 16)?;
        let bits = if bits.is_empty() { vec![1] } else { bits };
        let samples = directory.number(tag::SAMPLES_PER_PIXEL, 1)?;
        let has_tiles = directory.has(tag::TILE_WIDTH) || directory.has(tag::TILE_LENGTH);
        if has_tiles {
            let width = directory.number(tag::TILE_WIDTH, 0)?;
            let length = directory.number(tag::TILE_LENGTH, 0)?;
            checked_size(width, length)?;
        }
        let is_known = match samples {
            1 => matches!(bits[..], [1 | 2 | 4 | 8 | 16 | 32 | 64]),
            _ => matches!(bits[0], 8 | 16) && bits.iter().all(|&b| b == bits[0]),
        };
        if !is_known || (has_tiles && bits[0] < 8) {
            let bits: Vec<String> = bits.iter().map(u64::to_string).collect();
            let found = format!("{} bits a pixel", bits.join(" + "));
            let hint = "save the image with 8 or 16 bits, unsigned";
            return Err(FormatError::unsupported("8, 16, 32 or 64 bits a pixel", found, hint));
        }
        let bits = bits[0] as usize;
        let meaning = meaning(&directory, bits, samples)?;
        let is_deflated = matches!(directory.number(tag::COMPRESSION, 1)?, 8 | 32946);
        let samples = samples as usize;
        Ok(Self { bytes, directory, size, bits, samples, meaning, is_deflated })
    }

    fn decode(&self) -> Result<DecodingResult, FormatError> {
        let damaged = |error: tiff::TiffError| match error {
            tiff::TiffError::IoError(_) => FormatError::damaged(FORMAT, "the file ends early"),
            other => FormatError::damaged(FORMAT, other),
        };
        // The decoder knows no palette: it gives the places as grey values.
        let as_grey = match self.meaning {
            Meaning::Palette(_) => {
                Some(self.directory.with_short(tag::PHOTOMETRIC_INTERPRETATION, 1)?)
            }
            _ => None,
        };
        let bytes = as_grey.as_deref().unwrap_or(self.bytes);
        let mut limits = Limits::default();
        limits.decoding_buffer_size = self.row_bytes() * self.size.height;
        limits.intermediate_buffer_size = bytes.len();
        let decoder = Decoder::new(Cursor::new(bytes)).map_err(damaged)?;
        let mut decoder = decoder.with_limits(limits);
        let (width, height) = decoder.dimensions().map_err(damaged)?;
        if checked_size(width.into(), height.into())? != self.size {
            return Err(FormatError::damaged(FORMAT, "it states two sizes"));
        }
        let decoded = decoder.read_image().map_err(damaged)?;
        self.verify_checksums(&mut decoder, bytes)?;
        Ok(decoded)
    }

    /// Verifies the checksum at the end of each Deflate stream, which the decoder never
    /// reads: it stops at the last pixel.
    fn verify_checksums(
        &self,
        decoder: &mut Decoder<Cursor<&[u8]>>,
        bytes: &[u8],
    ) -> Result<(), FormatError> {
        if !self.is_deflated {
            return Ok(());
        }
        let mut places = |offsets, lengths| {
            let offsets = decoder.get_tag_u64_vec(offsets).ok()?;
            Some((offsets, decoder.get_tag_u64_vec(lengths).ok()?))
        };
        let (offsets, lengths) = places(Tag::StripOffsets, Tag::StripByteCounts)
            .or_else(|| places(Tag::TileOffsets, Tag::TileByteCounts))
            .ok_or_else(|| FormatError::damaged(FORMAT, "no place of the pixels is stated"))?;
        let (chunk_width, chunk_height) = decoder.chunk_dimensions();
        let row_bits = u64::from(chunk_width) * (self.samples * self.bits) as u64;
        // The lowest strip may be as high as the others; one strip may state any height.
        let most = (row_bits.div_ceil(8) * u64::from(chunk_height)).min(8 * MAX_AREA_PX as u64);
        for (offset, length) in offsets.into_iter().zip(lengths) {
            let end = offset.saturating_add(length).min(bytes.len() as u64);
            let chunk = bytes.get(offset as usize..end as usize).unwrap_or_default();
            let mut stream = ZlibDecoder::new(chunk).take(most + 1);
            let found = std::io::copy(&mut stream, &mut std::io::sink());
            match found {
                Ok(count) if count <= most => {}
                Ok(_) => return Err(FormatError::damaged(FORMAT, "more bytes than pixels")),
                Err(error) => return Err(FormatError::damaged(FORMAT, error)),
            }
        }
        Ok(())
    }

    /// The decoded image as rows of numbers.
    fn stored(self) -> Result<StoredImage<'a>, FormatError> {
        let decoded = self.decode()?;
        Ok(self.stored_as(decoded))
    }

    fn stored_as(self, decoded: DecodingResult) -> StoredImage<'a> {
        let white = match (&self.meaning, &decoded) {
            (Meaning::Palette(_), _) | (_, DecodingResult::U8(_)) => Some(255),
            (_, DecodingResult::U16(_)) => Some(u16::MAX),
            (_, DecodingResult::I8(_)) => Some(i8::MAX as u16),
            (_, DecodingResult::I16(_)) => Some(i16::MAX as u16),
            _ => None,
        };
        StoredImage {
            format: FORMAT,
            size: self.size,
            spacing: None,
            white,
            meaning: self.meaning.clone(),
            rows: Box::new(move |push| match decoded {
                DecodingResult::U8(values) if self.bits < 8 => {
                    self.rows(&values)?.try_for_each(|row| {
                        let values = unpacked(row, self.bits, self.size.width);
                        push(&values.into_iter().map(i64::from).collect::<Vec<i64>>())
                    })
                }
                DecodingResult::U8(values) => self.push(&values, push, |v| Ok(v.into())),
                DecodingResult::U16(values) => self.push(&values, push, |v| Ok(v.into())),
                DecodingResult::U32(values) => self.push(&values, push, |v| Ok(v.into())),
                DecodingResult::I8(values) => self.push(&values, push, |v| Ok(v.into())),
                DecodingResult::I16(values) => self.push(&values, push, |v| Ok(v.into())),
                DecodingResult::I32(values) => self.push(&values, push, |v| Ok(v.into())),
                DecodingResult::I64(values) => self.push(&values, push, Ok),
                DecodingResult::F32(values) => self.push(&values, push, |v| whole(v.into())),
                DecodingResult::F64(values) => self.push(&values, push, whole),
                DecodingResult::U64(values) => self.push(&values, push, |v| {
                    i64::try_from(v).map_err(|_| FormatError::NotWhole { found: v as f64 })
                }),
                _ => Err(FormatError::unsupported("whole numbers", "other numbers", PLAIN)),
            }),
        }
    }

    /// Pushes the rows of `values`, of which `number` makes whole numbers.
    fn push<T: Copy>(
        &self,
        values: &[T],
        push: crate::stored::PushRow<'_>,
        number: impl Fn(T) -> Result<i64, FormatError>,
    ) -> Result<(), FormatError> {
        let opaque = if self.bits == 8 { 255 } else { i64::from(u16::MAX) };
        let mut numbers = Vec::with_capacity(self.size.width);
        self.rows(values)?.try_for_each(|row| {
            numbers.clear();
            for pixel in row.chunks_exact(self.samples) {
                let channel = |index: usize| {
                    pixel.get(index).map_or(Ok(opaque), |&value| number(value)).map(|v| v as u16)
                };
                numbers.push(match self.samples {
                    1 => number(pixel[0])?,
                    2 => {
                        let grey = channel(0)?;
                        packed([grey, grey, grey, channel(1)?])
                    }
                    _ => packed([channel(0)?, channel(1)?, channel(2)?, channel(3)?]),
                });
            }
            push(&numbers)
        })
    }

    /// The mask of stored values, one a pixel.
    fn mask<T: RawValue + Into<i64>>(&self, values: &[T]) -> Result<Mask, FormatError> {
        let mut rows = MaskRows::new(self.size, |v| v);
        self.rows(values)?.for_each(|row| rows.push(row));
        rows.finish(|stored: T| Ok(MaskValue::Number(stored.into())))
    }

    /// Bytes of one row of pixels, padded to whole bytes.
    const fn row_bytes(&self) -> usize {
        (self.size.width * self.samples * self.bits).div_ceil(8)
    }

    /// Rows of decoded values; of fewer than 8 bits a pixel, rows of bytes.
    fn rows<'v, T>(&self, values: &'v [T]) -> Result<std::slice::ChunksExact<'v, T>, FormatError> {
        let in_row = if self.bits < 8 { self.row_bytes() } else { self.size.width * self.samples };
        if values.len() != in_row * self.size.height {
            let reason = format!("{} values for {}", values.len(), self.size);
            return Err(FormatError::damaged(FORMAT, reason));
        }
        Ok(values.chunks_exact(in_row))
    }
}

/// Refuses compressions, orders and number formats that are not read, by name.
fn check_storage(directory: &Directory<'_>) -> Result<(), FormatError> {
    let compression = directory.number(tag::COMPRESSION, 1)?;
    let found = match compression {
        1 | 4 | 5 | 8 | 32946 | 32773 => None,
        2 | 3 => Some("fax compression of group 3".into()),
        6 | 7 => Some("JPEG".into()),
        34712 => Some("JPEG 2000".into()),
        34925 => Some("LZMA".into()),
        34933 => Some("PNG".into()),
        50000 => Some("Zstandard".into()),
        50001 => Some("WebP".into()),
        50002 => Some("JPEG XL".into()),
        other => Some(format!("compression {other}")),
    };
    if let Some(found) = found {
        let expected = "no compression, LZW, Deflate, PackBits or fax group 4";
        return Err(FormatError::unsupported(expected, found, PLAIN));
    }
    for (tag, name, default) in [
        (tag::FILL_ORDER, "bit order", 1),
        (tag::ORIENTATION, "orientation", 1),
        (tag::PLANAR_CONFIGURATION, "planar configuration", 1),
    ] {
        let found = directory.number(tag, default)?;
        let is_planar = tag == tag::PLANAR_CONFIGURATION;
        let has_channels = directory.number(tag::SAMPLES_PER_PIXEL, 1)? > 1;
        if found != 1 && (!is_planar || has_channels) {
            return Err(FormatError::unsupported(format!("{name} 1"), found.to_string(), PLAIN));
        }
    }
    match directory.number(tag::SAMPLE_FORMAT, 1)? {
        1..=3 => Ok(()),
        found => {
            let hint = "save the image with an integer type";
            Err(FormatError::unsupported("sample format 1, 2 or 3", found.to_string(), hint))
        }
    }
}

/// Meaning of the values.
fn meaning(directory: &Directory<'_>, bits: usize, samples: u64) -> Result<Meaning, FormatError> {
    let opaque = if bits == 8 { 255 } else { u16::MAX };
    let is_whole = matches!(directory.number(tag::SAMPLE_FORMAT, 1)?, 1 | 2);
    let found = match directory.number(tag::PHOTOMETRIC_INTERPRETATION, u64::MAX)? {
        0 | 1 if samples == 1 => return Ok(Meaning::NUMBER),
        1 if samples == 2 && is_whole => return Ok(Meaning::Colour { opaque }),
        0 | 1 => format!("{samples} channels"),
        2 if matches!(samples, 3 | 4) && is_whole => return Ok(Meaning::Colour { opaque }),
        2 => format!("red, green and blue in {samples} channels"),
        3 if samples == 1 && bits <= 8 => return palette(directory, bits),
        3 => format!("a palette of {bits} bits"),
        4 => "a transparency mask".into(),
        5 => "cyan, magenta, yellow and black".into(),
        6 => "YCbCr colours".into(),
        8..=10 => "Lab colours".into(),
        u64::MAX => "no photometric interpretation".into(),
        other => format!("photometric interpretation {other}"),
    };
    Err(FormatError::Channels { found })
}

/// The palette: all reds, all greens, all blues, of 16 bits.
fn palette(directory: &Directory<'_>, bits: usize) -> Result<Meaning, FormatError> {
    let n_entries = 1usize << bits;
    let map = directory.numbers(tag::COLOR_MAP, 3 * 256)?;
    if map.len() != 3 * n_entries {
        let reason = format!("a palette of {} numbers for {bits} bits", map.len());
        return Err(FormatError::damaged(FORMAT, reason));
    }
    // Colours of 8 bits are stored as their multiple of 256 or of 257.
    let channel = |value: u64| (value >> 8) as u8;
    let entry = |index: usize| Entry {
        value: MaskValue::colour(
            channel(map[index]),
            channel(map[index + n_entries]),
            channel(map[index + 2 * n_entries]),
        ),
        opacity: 255,
    };
    Ok(Meaning::Palette((0..n_entries).map(entry).collect()))
}

#[cfg(test)]
mod tests;
