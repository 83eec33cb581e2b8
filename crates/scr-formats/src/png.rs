//! PNG: the format of benchmarks' radiographs and masks.
//!
//! Grey values are the stored values at any depth. The physical size (pHYs) is written
//! when known and never read: it is meant for prints, and `benchmark.toml` states a
//! benchmark's spacing.

use std::io::Cursor;

use png::{BitDepth, ColorType, Compression, DecodeOptions, Decoder, Filter, Limits, Reader, Unit};
use scr_image::{Mask, Radiograph, Size, Spacing};

use crate::bits::unpacked;
use crate::grey::radiograph;
use crate::masks::{BitRows, MaskRows};
use crate::meaning::{Entry, Meaning, packed};
use crate::size::{checked_size, stated_size};
use crate::stored::StoredImage;
use crate::{FormatError, MaskValue, magic};

mod filtered;

const FORMAT: &str = "PNG";
/// Memory limit of the decoder beside the pixels, such as for a palette.
const ROOM_BYTES: usize = 1 << 20;

/// Reads a mask: grey, colours or a palette, 1 to 16 bits a channel.
///
/// # Errors
/// See [`read_mask`](super::read_mask).
pub fn read_mask(bytes: &[u8]) -> Result<Mask, FormatError> {
    read_mask_sized(bytes, None)
}

/// [`read_mask`], refused by its header when it has another size than `expected`.
pub(super) fn read_mask_sized(bytes: &[u8], expected: Option<Size>) -> Result<Mask, FormatError> {
    let mut image = Image::open(bytes, expected)?;
    let size = image.size;
    let meaning = image.meaning();
    if matches!(meaning, Meaning::Colour { .. }) {
        return image.stored().into_mask();
    }
    let same = |stored: u8| meaning.same(stored.into()) as u8;
    let value = |stored: u8| meaning.value(stored.into(), FORMAT);
    match image.depth {
        BitDepth::One => {
            let mut rows = BitRows::new(size);
            image.each_row(|row| rows.push(row))?;
            rows.finish(value)
        }
        BitDepth::Two | BitDepth::Four => {
            let bits = image.depth as usize;
            let mut rows = MaskRows::new(size, same);
            image.each_row(|row| rows.push(&unpacked(row, bits, size.width)))?;
            rows.finish(value)
        }
        BitDepth::Eight => {
            if let Some(rows) = byte_rows(bytes, &image, same) {
                return rows.finish(value);
            }
            let mut rows = MaskRows::new(size, same);
            image.each_row(|row| rows.push(row))?;
            rows.finish(value)
        }
        BitDepth::Sixteen => {
            let mut rows = MaskRows::new(size, |stored: u16| stored);
            let mut values = Vec::with_capacity(size.width);
            image.each_row(|row| {
                values.clear();
                values.extend(big_endian(row));
                rows.push(&values);
            })?;
            rows.finish(|stored| meaning.value(stored.into(), FORMAT))
        }
    }
}

/// Rows of a mask with one byte a pixel; none where [`filtered`] does not read them.
fn byte_rows<F: Fn(u8) -> u8>(bytes: &[u8], image: &Image<'_>, same: F) -> Option<MaskRows<u8, F>> {
    if !filtered::has_byte_rows(image.reader.info()) {
        return None;
    }
    let Size { width, height } = image.size;
    let mut rows = MaskRows::new(image.size, same);
    filtered::each_row(bytes, strict(), (width, height), |row| match row {
        filtered::Row::Values(values) => rows.push(values),
        filtered::Row::Repeated => rows.repeat(),
    })?;
    Some(rows)
}

/// Reads a radiograph: 8 or 16 bits a channel, grey, or colours that are all grey.
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
    let mut image = Image::open(bytes, expected)?;
    let (max_value, is_grey) = match image.depth {
        BitDepth::Eight => (255, matches!(image.meaning(), Meaning::Number { .. })),
        BitDepth::Sixteen => (u16::MAX, matches!(image.meaning(), Meaning::Number { .. })),
        depth => {
            let found = format!("{} bits a pixel", depth as u8);
            let hint = "no radiograph has so few grey values: is it a mask?";
            return Err(FormatError::unsupported("8 or 16 bits a pixel", found, hint));
        }
    };
    if !is_grey {
        return image.stored().into_radiograph();
    }
    let mut pixels = Vec::with_capacity(image.size.area());
    if max_value == 255 {
        image.each_row(|row| pixels.extend(row.iter().copied().map(u16::from)))?;
    } else {
        image.each_row(|row| pixels.extend(big_endian(row)))?;
    }
    Ok(radiograph(image.size, max_value, pixels, None))
}

/// Opens an image of any kind.
///
/// # Errors
/// The first reason why the beginning of the file is not that of a single image.
pub(crate) fn open(bytes: &[u8], expected: Option<Size>) -> Result<StoredImage<'_>, FormatError> {
    Image::open(bytes, expected).map(Image::stored)
}

/// Writes a mask as 8-bit grey, 0 and 255. The same mask gives the same bytes.
///
/// # Panics
/// When the mask has no pixels, or a side of 2^31 or more: PNG has no such image.
#[must_use]
pub fn write_mask(mask: &Mask) -> Vec<u8> {
    let mut encoder = Encoder::new(mask.size(), BitDepth::Eight, None);
    // Without a filter, the runs of a mask compress best (3.5 kB for a lung of 1024 x
    // 1024, 4.9 kB with the filter `Up`) and decode fastest.
    encoder.set(Compression::Balanced, Filter::NoFilter);
    encoder.write(&mask.to_bytes(255))
}

/// Writes a radiograph as 8- or 16-bit grey. The same radiograph gives the same bytes.
///
/// # Errors
/// [`FormatError::Unsupported`] when its greatest value is neither 255 nor 65535:
/// stretch it first, or viewers would show it too dark. [`FormatError::NoPixels`].
pub fn write_radiograph(radiograph: &Radiograph) -> Result<Vec<u8>, FormatError> {
    let Size { width, height } = radiograph.size();
    checked_size(width as u64, height as u64)?;
    let (depth, bytes) = match radiograph.max_value() {
        255 => (BitDepth::Eight, radiograph.pixels().iter().map(|&v| v as u8).collect()),
        u16::MAX => {
            let bytes: Vec<u8> = radiograph.pixels().iter().flat_map(|v| v.to_be_bytes()).collect();
            (BitDepth::Sixteen, bytes)
        }
        other => {
            let found = format!("a greatest value of {other}");
            let hint = "stretch the radiograph to 16 bits before writing it";
            return Err(FormatError::unsupported("a greatest value of 255 or 65535", found, hint));
        }
    };
    let mut encoder = Encoder::new(radiograph.size(), depth, radiograph.spacing());
    encoder.set(Compression::Fast, Filter::Adaptive);
    Ok(encoder.write(&bytes))
}

/// Writes a colour picture, 8 bits each of red, green and blue a pixel. The same pixels give the
/// same bytes.
///
/// # Panics
/// When there are not three bytes a pixel, or no pixel.
#[must_use]
pub fn write_colour(size: Size, bytes: &[u8]) -> Vec<u8> {
    let mut encoder = Encoder::new(size, BitDepth::Eight, None);
    encoder.inner.color_type = ColorType::Rgb;
    encoder.set(Compression::Fast, Filter::Adaptive);
    encoder.write(bytes)
}

/// Options that verify every checksum: of the pixels, and of the chunks that the decoder would
/// ignore, one of which defines transparency.
fn strict() -> DecodeOptions {
    let mut options = DecodeOptions::default();
    options.set_ignore_checksums(false);
    options.set_skip_ancillary_crc_failures(false);
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    options
}

/// Open file with a checked header.
struct Image<'a> {
    reader: Reader<Cursor<&'a [u8]>>,
    size: Size,
    depth: BitDepth,
}

impl<'a> Image<'a> {
    fn open(bytes: &'a [u8], expected: Option<Size>) -> Result<Self, FormatError> {
        magic::expect(FORMAT, "a PNG image", bytes)?;
        let mut decoder = Decoder::new_with_options(Cursor::new(bytes), strict());
        decoder.set_limits(Limits { bytes: ROOM_BYTES });
        let info = decoder.read_header_info().map_err(|e| damaged(&e))?;
        let size = stated_size(info.width.into(), info.height.into(), expected)?;
        let row_bytes = info.raw_row_length();
        decoder.set_limits(Limits { bytes: ROOM_BYTES + 2 * row_bytes });
        let reader = decoder.read_info().map_err(|e| damaged(&e))?;
        let info = reader.info();
        if let Some(animation) = info.animation_control() {
            return Err(FormatError::Frames { found: animation.num_frames.max(2).into() });
        }
        let depth = info.bit_depth;
        Ok(Self { reader, size, depth })
    }

    fn meaning(&self) -> Meaning {
        let info = self.reader.info();
        let trns = info.trns.as_deref().unwrap_or_default();
        match info.color_type {
            ColorType::Grayscale => {
                let transparent = self.transparent().first().copied().map(i64::from);
                Meaning::Number { transparent }
            }
            ColorType::Indexed => {
                let palette = info.palette.as_deref().unwrap_or_default().as_chunks().0;
                let entry = |(index, &[red, green, blue]): (usize, &[u8; 3])| {
                    let opacity = trns.get(index).copied().unwrap_or(255);
                    Entry { value: MaskValue::colour(red, green, blue), opacity }
                };
                Meaning::Palette(palette.iter().enumerate().map(entry).collect())
            }
            ColorType::GrayscaleAlpha | ColorType::Rgb | ColorType::Rgba => {
                Meaning::Colour { opaque: white(self.depth) }
            }
        }
    }

    /// Channels of the transparent colour of an image without palette; empty for none.
    fn transparent(&self) -> Vec<u16> {
        let info = self.reader.info();
        let trns = info.trns.as_deref().unwrap_or_default();
        match self.depth {
            BitDepth::Sixteen => big_endian(trns).collect(),
            // The decoder keeps the low byte of each channel.
            _ => trns.iter().copied().map(u16::from).collect(),
        }
    }

    /// The image as rows of numbers.
    fn stored(self) -> StoredImage<'a> {
        let info = self.reader.info();
        let (color, depth, width) = (info.color_type, self.depth, self.size.width);
        let transparent = self.transparent();
        let meaning = self.meaning();
        StoredImage {
            format: FORMAT,
            size: self.size,
            spacing: None,
            white: Some(white(depth)),
            meaning,
            rows: Box::new(move |push| {
                let mut image = self;
                let mut refused = Ok(());
                image.each_row(|row| {
                    let channels: Vec<u16> = match depth {
                        BitDepth::Sixteen => big_endian(row).collect(),
                        BitDepth::Eight => row.iter().copied().map(u16::from).collect(),
                        bits => {
                            let values = unpacked(row, bits as usize, width);
                            values.into_iter().map(u16::from).collect()
                        }
                    };
                    let pixels = channels.chunks_exact(color.samples());
                    let values: Vec<i64> =
                        pixels.map(|pixel| number(pixel, white(depth), &transparent)).collect();
                    if refused.is_ok() {
                        refused = push(&values);
                    }
                })?;
                refused
            }),
        }
    }

    /// Calls `row` with the stored bytes of each row from the top, and verifies that the
    /// file is complete.
    fn each_row(&mut self, mut row: impl FnMut(&[u8])) -> Result<(), FormatError> {
        let row_bytes = self.reader.output_line_size(self.size.width as u32).unwrap_or_default();
        if self.reader.info().interlaced {
            let mut all = vec![0; row_bytes * self.size.height];
            self.reader.next_frame(&mut all).map_err(|e| damaged(&e))?;
            all.chunks_exact(row_bytes).for_each(row);
        } else {
            let mut bytes = vec![0; row_bytes];
            for _ in 0..self.size.height {
                self.reader.read_row(&mut bytes).map_err(|e| damaged(&e))?;
                row(&bytes);
            }
        }
        self.reader.finish().map_err(|e| damaged(&e))
    }
}

/// Greatest value of a channel.
const fn white(depth: BitDepth) -> u16 {
    if let BitDepth::Sixteen = depth { u16::MAX } else { 255 }
}

/// Channels of a pixel as one number; the colour `transparent` is transparent.
fn number(channels: &[u16], opaque: u16, transparent: &[u16]) -> i64 {
    match *channels {
        [grey] => grey.into(),
        [grey, alpha] => packed([grey, grey, grey, alpha]),
        [red, green, blue] => {
            let alpha = if channels == transparent { 0 } else { opaque };
            packed([red, green, blue, alpha])
        }
        [red, green, blue, alpha] => packed([red, green, blue, alpha]),
        _ => 0,
    }
}

fn damaged(error: &png::DecodingError) -> FormatError {
    match error {
        png::DecodingError::IoError(_) => FormatError::damaged(FORMAT, "the file ends early"),
        other => FormatError::damaged(FORMAT, other),
    }
}

fn big_endian(row: &[u8]) -> impl Iterator<Item = u16> + '_ {
    row.as_chunks().0.iter().copied().map(u16::from_be_bytes)
}

struct Encoder {
    inner: png::Info<'static>,
    compression: Compression,
    filter: Filter,
}

impl Encoder {
    fn new(size: Size, depth: BitDepth, spacing: Option<Spacing>) -> Self {
        let mut inner = png::Info::with_size(size.width as u32, size.height as u32);
        inner.color_type = ColorType::Grayscale;
        inner.bit_depth = depth;
        inner.pixel_dims = spacing.map(|spacing| {
            let per_metre = |mm: f64| (1000.0 / mm).round() as u32;
            let xppu = per_metre(spacing.x_mm());
            let yppu = per_metre(spacing.y_mm());
            png::PixelDimensions { xppu, yppu, unit: Unit::Meter }
        });
        Self { inner, compression: Compression::Fast, filter: Filter::Adaptive }
    }

    fn set(&mut self, compression: Compression, filter: Filter) {
        (self.compression, self.filter) = (compression, filter);
    }

    fn write(self, pixels: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let write = || {
            let mut encoder = png::Encoder::with_info(&mut bytes, self.inner)?;
            encoder.set_compression(self.compression);
            encoder.set_filter(self.filter);
            let mut writer = encoder.write_header()?;
            writer.write_image_data(pixels)?;
            writer.finish()
        };
        write().expect("the size is one that PNG knows, and memory takes all bytes");
        bytes
    }
}

#[cfg(test)]
mod tests;
