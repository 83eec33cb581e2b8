//! JPEG 2000 (ITU-T T.800): codestreams with one component, decoded by `hayro-jpeg2000`.
//!
//! The library bounds neither tiles nor code-blocks, and takes what is missing at the end
//! as zeros. So this module first reads the headers itself: they must state the expected
//! size, all of the tile-parts must be there, and blocks must be large enough that their
//! number is proportional to that of samples. What a radiograph's codestream does not need
//! (several components, offsets, regions of interest, changes within a tile) is refused by
//! name. Main function: [`decode`].

use std::borrow::Cow;

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
use scr_image::Size;

use super::samples::Samples;
use crate::FormatError;
use crate::size::stated_size;

const FORMAT: &str = "JPEG 2000";

/// Maximum number of samples: decoding takes 16 bytes and up to a microsecond for each.
const MAX_SAMPLES: u64 = 1 << 25;
/// Least number of samples in a code-block of full size.
const MIN_BLOCK_PX: u32 = 256;
/// Greatest number of tiles, each of which has a constant cost.
const MAX_TILES: u64 = 4096;

const SIZ: u8 = 0x51;
const COD: u8 = 0x52;
const TLM: u8 = 0x55;
const PLM: u8 = 0x57;
const PLT: u8 = 0x58;
const QCD: u8 = 0x5c;
const CRG: u8 = 0x63;
const COM: u8 = 0x64;
const SOT: u8 = 0x90;
const SOD: u8 = 0x93;

/// Decodes a codestream of the `expected` size.
///
/// # Errors
/// When the image has several components, another size than `expected`, a feature that is
/// not supported, or is damaged.
pub(crate) fn decode(bytes: &[u8], expected: Size) -> Result<Samples, FormatError> {
    let header = Header::read(bytes, expected)?;
    let settings = DecodeSettings {
        resolve_palette_indices: false,
        strict: true,
        ..DecodeSettings::default()
    };
    let damaged = |error| FormatError::damaged(FORMAT, error);
    let codestream = header.codestream(bytes);
    let image = Image::new(&codestream, &settings).map_err(damaged)?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(damaged)?;
    let [component] = decoded.components() else {
        return Err(FormatError::damaged(FORMAT, "another number of components than stated"));
    };
    if component.samples().len() != expected.area() {
        return Err(FormatError::damaged(FORMAT, "another number of samples than stated"));
    }
    let Header { bits, is_signed, is_reversible, .. } = header;
    // The library takes all samples as unsigned: signed ones lie half of the range higher.
    let half = if is_signed { 1i32 << (bits - 1) } else { 0 };
    let greatest = ((1u32 << bits) - 1) as f32;
    let value =
        |&sample: &f32| (sample.round_ties_even().clamp(0.0, greatest) as i32 - half) as u16;
    let values = component.samples().iter().map(value).collect();
    Ok(Samples { bits, is_lossy: !is_reversible, is_signed, values })
}

/// Properties of a checked codestream.
struct Header {
    bits: u32,
    is_signed: bool,
    is_reversible: bool,
    /// Bytes up to the end of the codestream.
    length: usize,
    /// Place and value of the last tile-part's length, where it is left open.
    open_length: Option<(usize, u32)>,
}

impl Header {
    fn read(bytes: &[u8], expected: Size) -> Result<Self, FormatError> {
        let damaged = |reason| FormatError::damaged(FORMAT, reason);
        if bytes.starts_with(b"\0\0\0\x0cjP  ") {
            return Err(unsupported("a JP2 file"));
        }
        let Some(rest) = bytes.strip_prefix(b"\xff\x4f") else {
            return Err(damaged("no start of codestream"));
        };
        let mut walk = Walk { rest };
        let Siz { bits, is_signed, tiles } = match walk.segment()? {
            (SIZ, content) => Siz::read(content, expected)?,
            _ => return Err(damaged("no size at the start")),
        };
        let mut has_tile = vec![false; tiles];
        let mut style = None;
        let mut is_quantised = None;
        while !walk.rest.starts_with(&[0xff, SOT]) {
            match walk.segment()? {
                (COD, content) if style.is_none() => style = Some(cod(content)?),
                (QCD, content) if is_quantised.is_none() => {
                    is_quantised = Some(content.first().is_none_or(|style| style & 0x1f > 0));
                }
                (COM | TLM | PLM | CRG, _) => {}
                (marker, _) => return Err(unsupported(&format!("marker ff{marker:02x}"))),
            }
        }
        let (Some(is_reversible), Some(is_quantised)) = (style, is_quantised) else {
            return Err(damaged("no coding style"));
        };
        let mut open_length = None;
        while walk.rest.starts_with(&[0xff, SOT]) && open_length.is_none() {
            let start = bytes.len() - walk.rest.len();
            let part = walk.tile_part()?;
            *has_tile.get_mut(part.tile).ok_or_else(|| damaged("a tile that is not there"))? = true;
            open_length = part.is_open.then_some((start, part.length));
        }
        let Some(rest) = walk.rest.strip_prefix(b"\xff\xd9") else {
            return Err(damaged("no end of codestream"));
        };
        if has_tile.contains(&false) {
            return Err(damaged("a tile is missing"));
        }
        let is_reversible = is_reversible && !is_quantised;
        let length = bytes.len() - rest.len();
        Ok(Self { bits, is_signed, is_reversible, length, open_length })
    }

    /// The codestream with all lengths stated, as the library's strict mode wants them.
    fn codestream<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let mut codestream = Cow::Borrowed(&bytes[..self.length]);
        if let Some((start, length)) = self.open_length {
            codestream.to_mut()[start + 6..][..4].copy_from_slice(&length.to_be_bytes());
        }
        codestream
    }
}

/// Reader of marker segments.
struct Walk<'a> {
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], FormatError> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(FormatError::damaged(FORMAT, "the compressed data end early"));
        };
        self.rest = rest;
        Ok(taken)
    }

    /// Marker and parameters of the next segment.
    fn segment(&mut self) -> Result<(u8, &'a [u8]), FormatError> {
        let head = self.take(4)?;
        let length = u16::from_be_bytes([head[2], head[3]]);
        if head[0] != 0xff || length < 2 {
            return Err(FormatError::damaged(FORMAT, "no marker where one is due"));
        }
        Ok((head[1], self.take(usize::from(length) - 2)?))
    }

    /// Passes over the next tile-part.
    fn tile_part(&mut self) -> Result<TilePart, FormatError> {
        let (_, start) = self.segment()?;
        let &[tile_high, tile_low, a, b, c, d, _, _] = start else {
            return Err(FormatError::damaged(FORMAT, "a tile-part of another length"));
        };
        let stated = u32::from_be_bytes([a, b, c, d]);
        // The last tile-part may reach to the end of the codestream.
        let is_open = stated == 0;
        let end = if self.rest.ends_with(b"\xff\xd9\0") { 3 } else { 2 };
        let length = if is_open {
            self.rest.len().saturating_sub(end)
        } else {
            (stated as usize).saturating_sub(12)
        };
        let mut part = Walk { rest: self.take(length)? };
        while !part.rest.starts_with(&[0xff, SOD]) {
            let (marker, _) = part.segment()?;
            if !matches!(marker, PLT | COM) {
                return Err(unsupported(&format!("marker ff{marker:02x} in a tile")));
            }
        }
        let tile = u16::from_be_bytes([tile_high, tile_low]).into();
        Ok(TilePart { tile, is_open, length: length as u32 + 12 })
    }
}

struct TilePart {
    tile: usize,
    is_open: bool,
    /// Bytes with the marker.
    length: u32,
}

fn unsupported(found: &str) -> FormatError {
    let hint = "save the image without compression, or with another lossless one";
    let expected = "a plain JPEG 2000 codestream";
    FormatError::unsupported(expected, format!("JPEG 2000 with {found}"), hint)
}

/// Size segment (T.800, A.5.1).
struct Siz {
    bits: u32,
    is_signed: bool,
    tiles: usize,
}

impl Siz {
    fn read(content: &[u8], expected: Size) -> Result<Self, FormatError> {
        let number = |at: usize| {
            let four = content.get(at..).and_then(<[u8]>::first_chunk);
            four.map_or(0, |&four| u64::from(u32::from_be_bytes(four)))
        };
        let [width, height, left, top] = [2, 6, 10, 14].map(number);
        let [tile_width, tile_height, tile_left, tile_top] = [18, 22, 26, 30].map(number);
        let components =
            content.get(34..36).map_or(0, |pair| usize::from(pair[0]) << 8 | usize::from(pair[1]));
        if components != 1 {
            return Err(FormatError::Channels { found: format!("{components} components") });
        }
        let &[_, .., depth, x_step, y_step] = content else {
            return Err(FormatError::damaged(FORMAT, "a size of another length"));
        };
        if content.len() != 39 || tile_width == 0 || tile_height == 0 {
            return Err(FormatError::damaged(FORMAT, "an impossible size"));
        }
        if [left, top, tile_left, tile_top] != [0; 4] || [x_step, y_step] != [1; 2] {
            return Err(unsupported("an offset or subsampling"));
        }
        stated_size(width, height, Some(expected))?;
        if width * height > MAX_SAMPLES {
            return Err(unsupported(&format!("more than {MAX_SAMPLES} pixels")));
        }
        let tiles = width.div_ceil(tile_width) * height.div_ceil(tile_height);
        if tiles > MAX_TILES {
            return Err(unsupported(&format!("more than {MAX_TILES} tiles")));
        }
        let bits = u32::from(depth & 0x7f) + 1;
        if bits > 16 {
            return Err(unsupported(&format!("samples of {bits} bits")));
        }
        Ok(Self { bits, is_signed: depth >= 0x80, tiles: tiles as usize })
    }
}

/// True for the reversible transform; bounds the number of code-blocks (T.800, A.6.1).
fn cod(content: &[u8]) -> Result<bool, FormatError> {
    let damaged = || FormatError::damaged(FORMAT, "an impossible coding style");
    let [style, _order, layers_high, layers_low, _mixing, levels, ref rest @ ..] = *content else {
        return Err(damaged());
    };
    let [width, height, block_style, transform, ref precincts @ ..] = *rest else {
        return Err(damaged());
    };
    let has_precincts = style & 1 == 1;
    let expected = if has_precincts { usize::from(levels) + 1 } else { 0 };
    if levels > 32 || precincts.len() != expected || width > 8 || height > 8 {
        return Err(damaged());
    }
    if block_style & 0x40 > 0 {
        return Err(unsupported("high-throughput blocks"));
    }
    let layers = u16::from_be_bytes([layers_high, layers_low]);
    if !(1..=32).contains(&layers) {
        return Err(unsupported(&format!("{layers} layers")));
    }
    let side = |block: u8, precinct: u8, level: usize| {
        // Above the lowest resolution a precinct has half of its size in each sub-band.
        u32::from(block + 2).min(u32::from(precinct).saturating_sub(u32::from(level > 0)))
    };
    let are_small = |level: usize, precinct: u8| {
        let bits = side(width, precinct & 15, level) + side(height, precinct >> 4, level);
        1 << bits < MIN_BLOCK_PX
    };
    let is_small = 1u32 << (width + height + 4) < MIN_BLOCK_PX
        || precincts.iter().enumerate().any(|(level, &precinct)| are_small(level, precinct));
    if is_small {
        return Err(unsupported(&format!("blocks of less than {MIN_BLOCK_PX} samples")));
    }
    Ok(transform == 1)
}
