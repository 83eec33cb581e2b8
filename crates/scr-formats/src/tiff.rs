//! TIFF: grey images of one page.
//!
//! This module reads the page's directory before the decoder sees the file: it names
//! unsupported properties (colour, floats, several pages, a turned orientation) and checks
//! sizes before the decoder trusts them. BigTIFF and JPEG within TIFF are not supported.
//!
//! `PhotometricInterpretation` states whether 0 is black or white, and values are
//! inverted accordingly, also in masks: the displayed black of a mask is background.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use flate2::bufread::ZlibDecoder;
use scr_image::{Mask, Radiograph, Size};
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use crate::bits::unpacked;
use crate::grey::radiograph;
use crate::masks::{BitRows, MaskRows, RawValue};
use crate::size::{checked_size, stated_size};
use crate::{FormatError, MAX_AREA_PX, MaskValue, magic};

const FORMAT: &str = "TIFF";

/// Reads a mask: grey, 1, 2, 4, 8, 16 or 32 bits a pixel, signed or not.
///
/// # Errors
/// See [`read_mask`](super::read_mask).
pub fn read_mask(bytes: &[u8]) -> Result<Mask, FormatError> {
    read_mask_sized(bytes, None)
}

/// [`read_mask`], refused by its header when it has another size than `expected`.
pub(super) fn read_mask_sized(bytes: &[u8], expected: Option<Size>) -> Result<Mask, FormatError> {
    let page = Page::open(bytes, expected)?;
    let size = page.size;
    let bits = page.bits as usize;
    let number = |stored: u8| Ok(MaskValue::Number(stored.into()));
    match page.decode(bytes)? {
        DecodingResult::U8(values) if bits == 1 => {
            let mut rows = BitRows::new(size);
            page.packed_rows(&values)?.for_each(|row| rows.push(row));
            rows.finish(number)
        }
        DecodingResult::U8(values) if bits < 8 => {
            let mut rows = MaskRows::new(size, |v| v);
            page.packed_rows(&values)?.for_each(|row| rows.push(&unpacked(row, bits, size.width)));
            rows.finish(number)
        }
        DecodingResult::U8(values) => page.mask(&values),
        DecodingResult::U16(values) => page.mask(&values),
        DecodingResult::U32(values) => page.mask(&values),
        DecodingResult::I8(values) => page.mask(&values),
        DecodingResult::I16(values) => page.mask(&values),
        DecodingResult::I32(values) => page.mask(&values),
        _ => Err(page.unsupported_bits("1, 2, 4, 8, 16 or 32 bits a pixel")),
    }
}

/// Reads a radiograph: grey, 8 or 16 bits, unsigned.
///
/// # Errors
/// See [`read_radiograph`](super::read_radiograph).
pub fn read_radiograph(bytes: &[u8]) -> Result<Radiograph, FormatError> {
    read_radiograph_sized(bytes, None)
}

/// [`read_radiograph`], refused by its header when it has another size than `expected`.
pub(super) fn read_radiograph_sized(
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<Radiograph, FormatError> {
    let page = Page::open(bytes, expected)?;
    let (pixels, max_value): (Vec<u16>, u16) = match (page.bits, page.decode(bytes)?) {
        (8, DecodingResult::U8(values)) => (values.into_iter().map(u16::from).collect(), 255),
        (16, DecodingResult::U16(values)) => (values, u16::MAX),
        _ => return Err(page.unsupported_bits("8 or 16 bits a pixel, unsigned")),
    };
    page.check_count(pixels.len(), page.size.width)?;
    Ok(radiograph(page.size, max_value, pixels, None))
}

/// Directory of the only page.
struct Page {
    size: Size,
    bits: u32,
    is_signed: bool,
    is_deflated: bool,
}

/// Tags by the names of the specification (TIFF 6.0, part 1 and 2).
mod tag {
    pub(super) const IMAGE_WIDTH: u16 = 256;
    pub(super) const IMAGE_LENGTH: u16 = 257;
    pub(super) const BITS_PER_SAMPLE: u16 = 258;
    pub(super) const COMPRESSION: u16 = 259;
    pub(super) const PHOTOMETRIC_INTERPRETATION: u16 = 262;
    pub(super) const FILL_ORDER: u16 = 266;
    pub(super) const ORIENTATION: u16 = 274;
    pub(super) const SAMPLES_PER_PIXEL: u16 = 277;
    pub(super) const TILE_WIDTH: u16 = 322;
    pub(super) const TILE_LENGTH: u16 = 323;
    pub(super) const SAMPLE_FORMAT: u16 = 339;
}

impl Page {
    fn open(bytes: &[u8], expected: Option<Size>) -> Result<Self, FormatError> {
        magic::expect(FORMAT, "a TIFF image", bytes)?;
        let file = File { bytes, is_little: bytes.starts_with(b"II") };
        let first = file.u32_at(4)?;
        let (tags, next) = file.directory(first)?;
        let value = |tag: u16, default: u32| tags.get(&tag).copied().unwrap_or(default);
        let width = value(tag::IMAGE_WIDTH, 0);
        let height = value(tag::IMAGE_LENGTH, 0);
        let size = stated_size(width.into(), height.into(), expected)?;
        let pages = file.count_pages(next)?;
        if pages > 1 {
            return Err(FormatError::Frames { found: pages });
        }
        let samples = value(tag::SAMPLES_PER_PIXEL, 1);
        let found = match value(tag::PHOTOMETRIC_INTERPRETATION, u32::MAX) {
            0 | 1 if samples == 1 => None,
            0 | 1 => Some(format!("{samples} channels")),
            2 => Some("red, green and blue".into()),
            u32::MAX => Some("no photometric interpretation".into()),
            3 => Some("a palette".into()),
            other => Some(format!("photometric interpretation {other}")),
        };
        if let Some(found) = found {
            return Err(FormatError::Channels { found });
        }
        if let 3 = value(tag::SAMPLE_FORMAT, 1) {
            let hint = "save the image with an integer type";
            return Err(FormatError::unsupported("whole numbers", "floating point numbers", hint));
        }
        let plain = "save the image again, uncompressed or with LZW or Deflate";
        let only = |tag: u16, name: &str, allowed: &[u32], default: u32| {
            let found = value(tag, default);
            if allowed.contains(&found) {
                return Ok(());
            }
            let allowed: Vec<String> = allowed.iter().map(u32::to_string).collect();
            let expected = format!("{name} {}", allowed.join(", "));
            Err(FormatError::unsupported(expected, found.to_string(), plain))
        };
        // None, Fax 4, LZW, Deflate (old and new number), PackBits.
        only(tag::COMPRESSION, "compression", &[1, 4, 5, 8, 32946, 32773], 1)?;
        only(tag::FILL_ORDER, "bit order", &[1], 1)?;
        only(tag::ORIENTATION, "orientation", &[1], 1)?;
        only(tag::SAMPLE_FORMAT, "sample format", &[1, 2], 1)?;
        if tags.contains_key(&tag::TILE_WIDTH) || tags.contains_key(&tag::TILE_LENGTH) {
            let width = value(tag::TILE_WIDTH, 0);
            let length = value(tag::TILE_LENGTH, 0);
            checked_size(width.into(), length.into())?;
        }
        let is_signed = value(tag::SAMPLE_FORMAT, 1) == 2;
        let is_deflated = matches!(value(tag::COMPRESSION, 1), 8 | 32946);
        let page = Self { size, bits: value(tag::BITS_PER_SAMPLE, 1), is_signed, is_deflated };
        if !matches!(page.bits, 1 | 2 | 4 | 8 | 16 | 32) {
            return Err(page.unsupported_bits("1, 2, 4, 8, 16 or 32 bits a pixel"));
        }
        Ok(page)
    }

    fn decode(&self, bytes: &[u8]) -> Result<DecodingResult, FormatError> {
        let damaged = |error: tiff::TiffError| match error {
            tiff::TiffError::IoError(_) => FormatError::damaged(FORMAT, "the file ends early"),
            other => FormatError::damaged(FORMAT, other),
        };
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
        let row_bytes = (u64::from(chunk_width) * u64::from(self.bits)).div_ceil(8);
        // The lowest strip may be as high as the others; one strip may state any height.
        let most = (row_bytes * u64::from(chunk_height)).min(4 * MAX_AREA_PX as u64);
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

    /// The mask of stored values, one a pixel.
    fn mask<T: RawValue + Into<i64>>(&self, values: &[T]) -> Result<Mask, FormatError> {
        let mut rows = MaskRows::new(self.size, |v| v);
        self.rows(values)?.for_each(|row| rows.push(row));
        rows.finish(|stored: T| Ok(MaskValue::Number(stored.into())))
    }

    /// Bytes of one row of pixels, padded to whole bytes.
    const fn row_bytes(&self) -> usize {
        (self.size.width * self.bits as usize).div_ceil(8)
    }

    fn rows<'v, T>(&self, values: &'v [T]) -> Result<std::slice::ChunksExact<'v, T>, FormatError> {
        self.rows_of(values, self.size.width)
    }

    /// Rows of fewer than 8 bits a pixel, each beginning at a byte.
    fn packed_rows<'v>(
        &self,
        values: &'v [u8],
    ) -> Result<std::slice::ChunksExact<'v, u8>, FormatError> {
        self.rows_of(values, self.row_bytes())
    }

    fn rows_of<'v, T>(
        &self,
        values: &'v [T],
        in_row: usize,
    ) -> Result<std::slice::ChunksExact<'v, T>, FormatError> {
        self.check_count(values.len(), in_row)?;
        Ok(values.chunks_exact(in_row))
    }

    fn check_count(&self, found: usize, in_row: usize) -> Result<(), FormatError> {
        if found == in_row * self.size.height {
            Ok(())
        } else {
            Err(FormatError::damaged(FORMAT, format!("{found} values for {}", self.size)))
        }
    }

    fn unsupported_bits(&self, expected: &str) -> FormatError {
        let signed = if self.is_signed { ", signed" } else { "" };
        let found = format!("{} bits a pixel{signed}", self.bits);
        FormatError::unsupported(expected, found, "save the image with 8 or 16 bits, unsigned")
    }
}

/// The bytes of a file, read in its byte order.
struct File<'a> {
    bytes: &'a [u8],
    is_little: bool,
}

impl File<'_> {
    fn array<const N: usize>(&self, at: u32, offset: usize) -> Result<[u8; N], FormatError> {
        let start = at as usize + offset;
        let mut array: [u8; N] = self
            .bytes
            .get(start..start + N)
            .and_then(|slice| slice.try_into().ok())
            .ok_or_else(|| FormatError::damaged(FORMAT, "the file ends early"))?;
        if self.is_little {
            array.reverse();
        }
        Ok(array)
    }

    fn u32_at(&self, at: u32) -> Result<u32, FormatError> {
        Ok(u32::from_be_bytes(self.array(at, 0)?))
    }

    fn entry_count(&self, directory: u32) -> Result<usize, FormatError> {
        Ok(usize::from(u16::from_be_bytes(self.array(directory, 0)?)))
    }

    /// The tags that hold one whole number, and where the next directory is.
    fn directory(&self, at: u32) -> Result<(BTreeMap<u16, u32>, u32), FormatError> {
        let mut tags = BTreeMap::new();
        let count = self.entry_count(at)?;
        for index in 0..count {
            let entry = 2 + 12 * index;
            let tag = u16::from_be_bytes(self.array(at, entry)?);
            let kind = u16::from_be_bytes(self.array(at, entry + 2)?);
            // Values shorter than four bytes stand at the front of the four.
            let value = match kind {
                1 => u32::from(u8::from_be_bytes(self.array(at, entry + 8)?)),
                3 => u32::from(u16::from_be_bytes(self.array(at, entry + 8)?)),
                _ => u32::from_be_bytes(self.array(at, entry + 8)?),
            };
            if tags.insert(tag, value).is_some() {
                return Err(FormatError::damaged(FORMAT, format!("duplicate tag {tag}")));
            }
        }
        Ok((tags, u32::from_be_bytes(self.array(at, 2 + 12 * count)?)))
    }

    /// Number of pages, when `next` is the directory after the first.
    fn count_pages(&self, mut next: u32) -> Result<u64, FormatError> {
        const MANY: u64 = 10_000;
        let mut pages = 1;
        while next != 0 && pages < MANY {
            pages += 1;
            let count = self.entry_count(next)?;
            next = u32::from_be_bytes(self.array(next, 2 + 12 * count)?);
        }
        Ok(pages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tiff::encoder::colortype::{ColorType, Gray8, Gray16, Gray32, Gray32Float, GrayI16, RGB8};
    use tiff::encoder::{Compression, DeflateLevel, Predictor, TiffEncoder, TiffValue};

    fn file<C: ColorType>(
        size: (u32, u32),
        pixels: &[C::Inner],
        compression: Compression,
        extra: &[(Tag, u16)],
    ) -> Vec<u8>
    where
        [C::Inner]: TiffValue,
    {
        let mut bytes = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut bytes).unwrap().with_compression(compression);
        let mut image = encoder.new_image::<C>(size.0, size.1).unwrap();
        for &(tag, value) in extra {
            image.encoder().write_tag(tag, value).unwrap();
        }
        image.write_data(pixels).unwrap();
        bytes.into_inner()
    }

    fn gray8(size: (u32, u32), pixels: &[u8]) -> Vec<u8> {
        file::<Gray8>(size, pixels, Compression::Uncompressed, &[])
    }

    /// A file by hand, high byte first: the tags given and one strip.
    fn by_hand(tags: &[(u16, u16)], strip: &[u8]) -> Vec<u8> {
        let mut tags = tags.to_vec();
        tags.extend([(273, 8), (279, strip.len() as u16)]);
        tags.sort_unstable();
        let mut bytes = b"MM\0*".to_vec();
        bytes.extend((8 + strip.len() as u32).to_be_bytes());
        bytes.extend(strip);
        bytes.extend((tags.len() as u16).to_be_bytes());
        for (tag, value) in tags {
            bytes.extend(tag.to_be_bytes());
            bytes.extend([0, 3, 0, 0, 0, 1]);
            bytes.extend(value.to_be_bytes());
            bytes.extend([0, 0]);
        }
        bytes.extend([0; 4]);
        bytes
    }

    #[test]
    fn a_mask_is_read_from_every_integer_type() {
        let mask = Mask::from_text(".#. ##.");
        let none = Compression::Uncompressed;
        let files = [
            gray8((3, 2), &[0, 255, 0, 255, 255, 0]),
            file::<Gray16>((3, 2), &[0, 700, 0, 700, 700, 0], none, &[]),
            file::<Gray32>((3, 2), &[0, 1 << 20, 0, 1 << 20, 1 << 20, 0], none, &[]),
            file::<GrayI16>((3, 2), &[0, -1, 0, -1, -1, 0], none, &[]),
        ];
        for bytes in files {
            assert_eq!(read_mask(&bytes), Ok(mask.clone()));
        }
    }

    #[test]
    fn one_bit_a_pixel_is_turned_where_white_is_zero() {
        let tags = |photometric| [(256, 10), (257, 2), (258, 1), (262, photometric)];
        let strip = [0b0110_0000, 0b1000_0000, 0b0000_0000, 0b0100_0000];
        let mask = Mask::from_text(".##.....#. .........#");
        assert_eq!(read_mask(&by_hand(&tags(1), &strip)), Ok(mask.clone()));
        assert_eq!(read_mask(&by_hand(&tags(0), &strip)), Ok(!&mask));
    }

    #[test]
    fn four_bits_a_pixel_are_unpacked() {
        let bytes = by_hand(&[(256, 3), (257, 2), (258, 4), (262, 1)], &[0x0f, 0x00, 0xf0, 0xf0]);
        assert_eq!(read_mask(&bytes), Ok(Mask::from_text(".#. #.#")));
    }

    #[test]
    fn compressed_files_are_read() {
        let pixels: Vec<u8> = (0..3000).map(|i| (i / 37 % 2 * 255) as u8).collect();
        let mask = read_mask(&gray8((60, 50), &pixels)).unwrap();
        for compression in
            [Compression::Lzw, Compression::Packbits, Compression::Deflate(DeflateLevel::Fast)]
        {
            let bytes = file::<Gray8>((60, 50), &pixels, compression, &[]);
            assert_eq!(read_mask(&bytes), Ok(mask.clone()));
        }
        let mut bytes = Cursor::new(Vec::new());
        TiffEncoder::new(&mut bytes)
            .unwrap()
            .with_compression(Compression::Lzw)
            .with_predictor(Predictor::Horizontal)
            .write_image::<Gray8>(60, 50, &pixels)
            .unwrap();
        assert_eq!(read_mask(&bytes.into_inner()), Ok(mask));
    }

    #[test]
    fn a_radiograph_of_8_or_16_bits_is_read_with_white_bright() {
        let image = read_radiograph(&gray8((2, 1), &[3, 250])).unwrap();
        assert_eq!((image.max_value(), image.pixels()), (255, &[3, 250][..]));
        let none = Compression::Uncompressed;
        let image = read_radiograph(&file::<Gray16>((2, 1), &[3, 40000], none, &[])).unwrap();
        assert_eq!((image.max_value(), image.pixels()), (65535, &[3, 40000][..]));
        let bytes = by_hand(&[(256, 2), (257, 1), (258, 8), (262, 0)], &[3, 250]);
        assert_eq!(read_radiograph(&bytes).unwrap().pixels(), [252, 5]);
    }

    #[test]
    fn colours_floats_pages_and_turned_images_are_refused_by_name() {
        let none = Compression::Uncompressed;
        let found = |bytes: &[u8]| {
            let error = read_mask(bytes).unwrap_err();
            assert_eq!(read_radiograph(bytes), Err(error.clone()));
            error.found()
        };
        assert_eq!(found(&file::<RGB8>((1, 1), &[0, 0, 0], none, &[])), "red, green and blue");
        assert_eq!(
            found(&file::<Gray32Float>((1, 1), &[1.0], none, &[])),
            "floating point numbers"
        );
        assert_eq!(found(&file::<Gray8>((1, 1), &[1], none, &[(Tag::Orientation, 6)])), "6");
        assert_eq!(found(&by_hand(&[(256, 1), (257, 1), (258, 8), (262, 3)], &[0])), "a palette");
        assert_eq!(found(&by_hand(&[(256, 1), (257, 1), (258, 8), (262, 1), (259, 7)], &[0])), "7");
        assert_eq!(
            found(&by_hand(&[(256, 1), (257, 1), (258, 12), (262, 1)], &[0, 0])),
            "12 bits a pixel"
        );
        let mut bytes = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut bytes).unwrap();
        for _ in 0..3 {
            encoder.write_image::<Gray8>(1, 1, &[0]).unwrap();
        }
        assert_eq!(read_mask(&bytes.into_inner()), Err(FormatError::Frames { found: 3 }));
    }

    #[test]
    fn a_size_that_is_a_lie_is_refused_before_memory_is_asked_for() {
        let bytes = by_hand(&[(256, 65535), (257, 65535), (258, 8), (262, 1)], &[0]);
        assert!(matches!(read_mask(&bytes), Err(FormatError::TooLarge { .. })));
        let bytes = by_hand(&[(256, 8192), (257, 8192), (258, 8), (262, 1)], &[0]);
        assert!(matches!(read_mask(&bytes), Err(FormatError::Damaged { .. })));
    }

    #[test]
    fn pages_in_a_circle_come_to_an_end() {
        let mut bytes = by_hand(&[(256, 1), (257, 1), (258, 8), (262, 1)], &[0]);
        let length = bytes.len();
        bytes[length - 1] = 9;
        assert!(matches!(read_mask(&bytes), Err(FormatError::Frames { found: 10_000 })));
    }
}
