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
use crate::size::{checked_size, stated_size};
use crate::{FormatError, MaskValue, magic};

const FORMAT: &str = "PNG";
/// Memory limit of the decoder beside the pixels, such as for a palette.
const ROOM_BYTES: usize = 1 << 20;

/// Reads a mask: grey or with a palette, 1 to 16 bits a pixel.
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
    if let Channels::Other(found) = image.channels() {
        return Err(FormatError::Channels { found });
    }
    let map = ValueMap::of(image.reader.info());
    match image.depth {
        BitDepth::One => {
            let mut rows = BitRows::new(size);
            image.each_row(|row| rows.push(row))?;
            rows.finish(|stored| map.value(stored))
        }
        BitDepth::Two | BitDepth::Four => {
            let bits = image.depth as usize;
            let mut rows = MaskRows::new(size, |stored| map.same(stored));
            image.each_row(|row| rows.push(&unpacked(row, bits, size.width)))?;
            rows.finish(|stored| map.value(stored))
        }
        BitDepth::Eight => {
            let mut rows = MaskRows::new(size, |stored| map.same(stored));
            image.each_row(|row| rows.push(row))?;
            rows.finish(|stored| map.value(stored))
        }
        BitDepth::Sixteen => {
            let mut rows = MaskRows::new(size, |stored: u16| stored);
            let mut values = Vec::with_capacity(size.width);
            image.each_row(|row| {
                values.clear();
                values.extend(big_endian(row));
                rows.push(&values);
            })?;
            rows.finish(|stored| map.value_16(stored))
        }
    }
}

/// Reads a radiograph: one grey channel of 8 or 16 bits.
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
    match image.channels() {
        Channels::Grey => {}
        Channels::Palette => return Err(FormatError::Channels { found: "a palette".into() }),
        Channels::Other(found) => return Err(FormatError::Channels { found }),
    }
    let mut pixels = Vec::with_capacity(image.size.area());
    let max_value = match image.depth {
        BitDepth::Eight => {
            image.each_row(|row| pixels.extend(row.iter().copied().map(u16::from)))?;
            255
        }
        BitDepth::Sixteen => {
            image.each_row(|row| pixels.extend(big_endian(row)))?;
            u16::MAX
        }
        depth => {
            let found = format!("{} bits a pixel", depth as u8);
            let hint = "no radiograph has so few grey values: is it a mask?";
            return Err(FormatError::unsupported("8 or 16 bits a pixel", found, hint));
        }
    };
    Ok(radiograph(image.size, max_value, pixels, None))
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

/// Open file with a checked header.
struct Image<'a> {
    reader: Reader<Cursor<&'a [u8]>>,
    size: Size,
    depth: BitDepth,
}

enum Channels {
    Grey,
    Palette,
    Other(String),
}

impl<'a> Image<'a> {
    fn open(bytes: &'a [u8], expected: Option<Size>) -> Result<Self, FormatError> {
        magic::expect(FORMAT, "a PNG image", bytes)?;
        let mut options = DecodeOptions::default();
        // Verify every checksum: of the pixels, and of the chunks that the decoder would
        // ignore, one of which defines transparency.
        options.set_ignore_checksums(false);
        options.set_skip_ancillary_crc_failures(false);
        options.set_ignore_text_chunk(true);
        options.set_ignore_iccp_chunk(true);
        let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
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

    fn channels(&self) -> Channels {
        match self.reader.info().color_type {
            ColorType::Grayscale => Channels::Grey,
            ColorType::Indexed => Channels::Palette,
            ColorType::GrayscaleAlpha => Channels::Other("grey and alpha".into()),
            ColorType::Rgb => Channels::Other("red, green and blue".into()),
            ColorType::Rgba => Channels::Other("red, green, blue and alpha".into()),
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

fn damaged(error: &png::DecodingError) -> FormatError {
    match error {
        png::DecodingError::IoError(_) => FormatError::damaged(FORMAT, "the file ends early"),
        other => FormatError::damaged(FORMAT, other),
    }
}

fn big_endian(row: &[u8]) -> impl Iterator<Item = u16> + '_ {
    row.as_chunks().0.iter().copied().map(u16::from_be_bytes)
}

/// Mapping of stored values to mask values.
struct ValueMap {
    /// Colour and opacity of each palette entry; empty for grey.
    palette: Vec<(MaskValue, u8)>,
    /// Transparent grey value.
    transparent_grey: Option<u16>,
}

impl ValueMap {
    fn of(info: &png::Info<'_>) -> Self {
        let is_grey = info.color_type == ColorType::Grayscale;
        let trns = info.trns.as_deref().unwrap_or_default();
        let palette = match (&info.palette, is_grey) {
            (Some(palette), false) => palette
                .as_chunks()
                .0
                .iter()
                .enumerate()
                .map(|(index, &[red, green, blue])| {
                    let opacity = trns.get(index).copied().unwrap_or(255);
                    (MaskValue::colour(red, green, blue), opacity)
                })
                .collect(),
            _ => Vec::new(),
        };
        let transparent_grey = match (is_grey, trns) {
            (true, &[high, low]) => Some(u16::from_be_bytes([high, low])),
            _ => None,
        };
        Self { palette, transparent_grey }
    }

    /// The first palette entry of the same colour.
    fn same(&self, stored: u8) -> u8 {
        let Some(entry) = self.palette.get(usize::from(stored)) else { return stored };
        self.palette.iter().position(|other| other == entry).map_or(stored, |first| first as u8)
    }

    fn value(&self, stored: u8) -> Result<MaskValue, FormatError> {
        if self.palette.is_empty() {
            return self.value_16(stored.into());
        }
        match self.palette.get(usize::from(stored)) {
            // A transparent black is background in either reading.
            Some((value, 255)) => Ok(*value),
            Some((value, _)) if value.is_background() => Ok(*value),
            Some(_) => Err(FormatError::Transparent),
            None => {
                let reason = format!("colour {stored} of a palette of {}", self.palette.len());
                Err(FormatError::damaged(FORMAT, reason))
            }
        }
    }

    fn value_16(&self, stored: u16) -> Result<MaskValue, FormatError> {
        if stored != 0 && self.transparent_grey == Some(stored) {
            return Err(FormatError::Transparent);
        }
        Ok(MaskValue::Number(stored.into()))
    }
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
mod tests {
    use super::*;
    use crate::MAX_AREA_PX;
    use proptest::prelude::*;

    /// A PNG of any kind, its rows packed as `color` and `depth` say.
    fn file(
        size: Size,
        (color, depth): (ColorType, BitDepth),
        palette: Option<(&[u8], &[u8])>,
        data: &[u8],
    ) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, size.width as u32, size.height as u32);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if let Some((palette, trns)) = palette {
            if !palette.is_empty() {
                encoder.set_palette(palette.to_vec());
            }
            if !trns.is_empty() {
                encoder.set_trns(trns.to_vec());
            }
        }
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        bytes
    }

    fn shape() -> Mask {
        Mask::from_fn(Size::new(131, 37), |col, row| (col / 9 + row / 5) % 3 == 1)
    }

    #[test]
    fn a_mask_survives_writing_and_reading() {
        assert_eq!(read_mask(&write_mask(&shape())), Ok(shape()));
        assert_eq!(write_mask(&shape()), write_mask(&shape()));
    }

    #[test]
    fn values_are_not_scaled_at_any_depth() {
        let mask = Mask::from_text(".#.. ##..");
        let gray = ColorType::Grayscale;
        let size = mask.size();
        let files = [
            file(size, (gray, BitDepth::One), None, &[0b0100_0000, 0b1100_0000]),
            file(size, (gray, BitDepth::Two), None, &[0b0010_0000, 0b1010_0000]),
            file(size, (gray, BitDepth::Four), None, &[0x07, 0x00, 0x77, 0x00]),
            file(size, (gray, BitDepth::Eight), None, &[0, 1, 0, 0, 1, 1, 0, 0]),
            file(
                size,
                (gray, BitDepth::Sixteen),
                None,
                &[0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0],
            ),
        ];
        for bytes in files {
            assert_eq!(read_mask(&bytes), Ok(mask.clone()));
        }
    }

    #[test]
    fn a_16_bit_mask_is_not_read_as_its_high_bytes() {
        let gray16 = (ColorType::Grayscale, BitDepth::Sixteen);
        let bytes = file(Size::new(3, 1), gray16, None, &[0, 0, 0, 1, 0, 2]);
        assert_eq!(read_mask(&bytes).unwrap_err().found(), "3 values: 0, 1, 2, ...");
    }

    #[test]
    fn the_colour_is_the_value_of_a_palette() {
        let palette = [255, 0, 0, 0, 0, 0, 255, 0, 0, 9, 9, 9];
        let indexed = (ColorType::Indexed, BitDepth::Eight);
        let read = |pixels: &[u8], trns: &[u8]| {
            let size = Size::new(pixels.len(), 1);
            read_mask(&file(size, indexed, Some((&palette, trns)), pixels))
        };
        // Entries 0 and 2 are the same red, entry 1 is black.
        assert_eq!(read(&[0, 1, 2, 1], &[]), Ok(Mask::from_text("#.#.")));
        assert_eq!(read(&[1, 3], &[]), Ok(Mask::from_text(".#")));
        let error = read(&[0, 3], &[]).unwrap_err();
        assert_eq!(error.found(), "9 and colour (255, 0, 0)");
        assert_eq!(read(&[0, 1, 3], &[]).unwrap_err().found().split(':').next(), Some("3 values"));
        // A transparent black is background, a transparent red could be anything.
        assert_eq!(read(&[0, 1], &[255, 0]), Ok(Mask::from_text("#.")));
        assert_eq!(read(&[0, 1], &[0, 255]), Err(FormatError::Transparent));
        assert!(matches!(read(&[1, 4], &[]), Err(FormatError::Damaged { .. })));
    }

    #[test]
    fn a_1_bit_palette_may_have_black_second() {
        let indexed = (ColorType::Indexed, BitDepth::One);
        let bytes =
            file(Size::new(3, 1), indexed, Some((&[255, 255, 255, 0, 0, 0], &[])), &[0b0110_0000]);
        assert_eq!(read_mask(&bytes), Ok(Mask::from_text("#..")));
    }

    #[test]
    fn colour_and_alpha_are_refused() {
        for (color, found) in [
            (ColorType::Rgb, "red, green and blue"),
            (ColorType::Rgba, "red, green, blue and alpha"),
            (ColorType::GrayscaleAlpha, "grey and alpha"),
        ] {
            let bytes =
                file(Size::new(1, 1), (color, BitDepth::Eight), None, &vec![0; color.samples()]);
            let expected = FormatError::Channels { found: found.into() };
            assert_eq!(read_mask(&bytes).unwrap_err(), expected);
            assert_eq!(read_radiograph(&bytes).unwrap_err(), expected);
        }
    }

    #[test]
    fn an_interlaced_mask_is_read_like_any_other() {
        // Adam7 of a 2x2 image has three passes: (0, 0), then (1, 0), then row 1.
        let mut bytes =
            file(Size::new(2, 2), (ColorType::Grayscale, BitDepth::Eight), None, &[0, 0, 0, 0]);
        let stream = |raw: &[u8]| {
            use std::io::Write;
            let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            zlib.write_all(raw).unwrap();
            zlib.finish().unwrap()
        };
        let chunk = |name: &[u8; 4], data: &[u8]| {
            let mut crc = flate2::Crc::new();
            crc.update(name);
            crc.update(data);
            let mut chunk = (data.len() as u32).to_be_bytes().to_vec();
            chunk.extend_from_slice(name);
            chunk.extend_from_slice(data);
            chunk.extend_from_slice(&crc.sum().to_be_bytes());
            chunk
        };
        bytes.truncate(8);
        bytes.extend(chunk(b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 1]));
        bytes.extend(chunk(b"IDAT", &stream(&[0, 1, 0, 0, 0, 0, 1])));
        bytes.extend(chunk(b"IEND", &[]));
        assert_eq!(read_mask(&bytes), Ok(Mask::from_text("#. .#")));
    }

    #[test]
    fn an_animation_is_not_a_mask() {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
        encoder.set_animated(2, 0).unwrap();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&[0]).unwrap();
        writer.write_image_data(&[1]).unwrap();
        writer.finish().unwrap();
        assert_eq!(read_mask(&bytes), Err(FormatError::Frames { found: 2 }));
    }

    #[test]
    fn a_radiograph_survives_in_8_and_16_bits() {
        for max_value in [255, u16::MAX] {
            let pixels: Vec<u16> = (0..35u16).map(|i| i.wrapping_mul(1871) % max_value).collect();
            let size = Size::new(7, 5);
            let image = Radiograph::new(size, max_value, pixels, None).unwrap();
            assert_eq!(read_radiograph(&write_radiograph(&image).unwrap()), Ok(image));
        }
        let image = Radiograph::new(Size::new(1, 1), 4095, vec![7], None).unwrap();
        assert!(write_radiograph(&image).unwrap_err().found().contains("4095"));
    }

    #[test]
    fn the_spacing_is_written_for_prints_and_not_read() {
        let spacing = Spacing::new(0.35, 0.5).unwrap();
        let image = Radiograph::new(Size::new(1, 1), 255, vec![7], Some(spacing)).unwrap();
        let bytes = write_radiograph(&image).unwrap();
        let at = bytes.windows(4).position(|w| w == b"pHYs").unwrap();
        assert_eq!(bytes[at + 4..at + 13], [0, 0, 11, 41, 0, 0, 7, 208, 1]);
        assert_eq!(read_radiograph(&bytes).unwrap().spacing(), None);
    }

    #[test]
    fn a_size_that_is_a_lie_is_refused_before_memory_is_asked_for() {
        let mut bytes = write_mask(&Mask::from_text("#"));
        bytes[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        let side = 0x7fff_ffff;
        assert!(side * side > MAX_AREA_PX as u64);
        assert_eq!(read_mask(&bytes), Err(FormatError::TooLarge { width: side, height: side }));
    }

    #[test]
    fn a_mask_of_1024_by_1024_takes_a_few_kilobytes() {
        let disc = Mask::from_fn(Size::square(1024), |col, row| {
            let x = col as f64 - 500.0;
            let y = row as f64 - 520.0;
            x * x / 4.0 + y * y < 200.0 * 200.0
        });
        let bytes = write_mask(&disc).len();
        assert!(bytes < 6000, "{bytes} bytes");
    }

    proptest! {
        #[test]
        fn any_mask_survives(width in 1usize..140, height in 1usize..9, seed in any::<u64>()) {
            let bit = |col: usize, row: usize| seed >> ((row * 31 + col * 7) % 64) & 1 == 1;
            let mask = Mask::from_fn(Size::new(width, height), bit);
            prop_assert_eq!(read_mask(&write_mask(&mask)), Ok(mask));
        }
    }
}
