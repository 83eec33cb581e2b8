//! Stored values of a frame, native or decompressed.

use std::borrow::Cow;

use super::elements::{Elements, Fragments, PixelData};
use super::form::Form;
use super::rle;
use super::syntax::{Codec, Compression, Syntax, unsupported};
use super::tags::FORMAT;
use crate::FormatError;
use crate::codec::samples::Samples;
use crate::codec::{jpeg_2000, jpeg_ls};
use crate::jpeg::{self, GreyImage};

/// Pixels of one or several frames, located and not yet decompressed.
pub(super) struct Pixels<'a> {
    form: Form,
    source: Source<'a>,
}

enum Source<'a> {
    Native { bytes: &'a [u8], order: Order },
    Compressed { codec: Codec, frames: Vec<Vec<&'a [u8]>> },
}

/// Order of the bytes in native pixels.
#[derive(Clone, Copy)]
struct Order {
    is_big_endian: bool,
    is_paired: bool,
}

/// Stored values of one frame.
pub(super) struct Frame<'a> {
    form: Form,
    cells: Cells<'a>,
}

enum Cells<'a> {
    /// Cells as they are allocated, from the pixel `first` on.
    Stored { bytes: Cow<'a, [u8]>, order: Order, first: usize },
    /// Decoded samples, of which the lowest stored bits count.
    Decoded(Vec<u16>),
}

impl<'a> Pixels<'a> {
    /// Locates `count` frames.
    ///
    /// # Errors
    /// When there are no pixels, or others than their form and the syntax state.
    pub(super) fn of(
        elements: &Elements<'a>,
        syntax: Syntax,
        form: Form,
        count: usize,
    ) -> Result<Self, FormatError> {
        let data = elements.pixel_data();
        let data = data.ok_or_else(|| FormatError::damaged(FORMAT, "no pixels"))?;
        let source = match (data, syntax.compression) {
            (&PixelData::Native { bytes, is_paired }, Compression::None | Compression::Deflate) => {
                let bits = form.size.area().checked_mul(count * form.allocated);
                let expected = bits.map_or(usize::MAX, |bits| bits.div_ceil(8));
                // One byte more fills an odd length.
                if bytes.len() < expected || bytes.len() - expected > 1 {
                    let found = bytes.len();
                    let reason = format!("{found} bytes of pixels where {expected} are stated");
                    return Err(FormatError::damaged(FORMAT, reason));
                }
                let is_big_endian = elements.encoding().is_big_endian;
                Source::Native { bytes, order: Order { is_big_endian, is_paired } }
            }
            (PixelData::Fragments(fragments), Compression::Pixels(codec)) => {
                Source::Compressed { codec, frames: frames(fragments, count)? }
            }
            (PixelData::Fragments(_), _) => return Err(unsupported("compressed pixels")),
            (PixelData::Native { .. }, _) => {
                let reason = "the syntax states compression, the pixels have none";
                return Err(FormatError::damaged(FORMAT, reason));
            }
        };
        Ok(Self { form, source })
    }

    /// The frame `index`, decompressed.
    ///
    /// # Errors
    /// When its compressed data are damaged, or of another form than stated.
    pub(super) fn frame(&self, index: usize) -> Result<Frame<'a>, FormatError> {
        let Self { form, source } = self;
        let cells = match source {
            &Source::Native { bytes, order } => {
                let first = index * form.size.area();
                Cells::Stored { bytes: Cow::Borrowed(bytes), order, first }
            }
            Source::Compressed { codec, frames } => {
                let data = match frames[index][..] {
                    [whole] => Cow::Borrowed(whole),
                    ref parts => Cow::Owned(parts.concat()),
                };
                decompressed(&data, *codec, *form)?
            }
        };
        Ok(Frame { form: *form, cells })
    }
}

fn decompressed(data: &[u8], codec: Codec, form: Form) -> Result<Cells<'static>, FormatError> {
    let size = form.size;
    let samples = match codec {
        Codec::Rle => {
            if form.allocated < 8 {
                return Err(unsupported("RLE of single bits"));
            }
            let bytes = Cow::Owned(rle::decode(data, size, form.allocated / 8)?);
            let order = Order { is_big_endian: false, is_paired: false };
            return Ok(Cells::Stored { bytes, order, first: 0 });
        }
        Codec::Jpeg | Codec::JpegLossless => {
            let GreyImage { bits, is_lossless, values, .. } = jpeg::decode(data, Some(size))?;
            Samples { bits, is_lossy: !is_lossless, is_signed: false, values }
        }
        Codec::JpegLs => jpeg_ls::decode(data, size)?,
        Codec::Jpeg2000 => jpeg_2000::decode(data, size)?,
    };
    check_precision(&samples, form)?;
    Ok(Cells::Decoded(samples.values))
}

/// Refuses samples whose precision leaves the stored values open.
fn check_precision(samples: &Samples, form: Form) -> Result<(), FormatError> {
    let (found, stored) = (samples.bits, form.stored);
    let is_exact = match found.cmp(&stored) {
        std::cmp::Ordering::Equal => true,
        // Fewer bits are the same numbers when both or neither have a sign.
        std::cmp::Ordering::Less => form.is_signed == samples.is_signed,
        // More bits are those of the cell, with overlays.
        std::cmp::Ordering::Greater => !samples.is_lossy && found as usize <= form.allocated,
    };
    if is_exact {
        return Ok(());
    }
    let hint = "correct BitsStored, or decompress the file";
    let expected = format!("samples of {stored} bits, as BitsStored says");
    let found = format!("compressed samples of {found} bits");
    Err(FormatError::unsupported(expected, found, hint))
}

/// Fragments of each frame.
fn frames<'a>(fragments: &Fragments<'a>, count: usize) -> Result<Vec<Vec<&'a [u8]>>, FormatError> {
    let (offsets, _) = fragments.offsets.as_chunks::<4>();
    if offsets.len() > 1 && offsets.len() != count {
        return Err(FormatError::Frames { found: offsets.len() as u64 });
    }
    if fragments.parts.is_empty() {
        return Err(FormatError::damaged(FORMAT, "compressed pixels without fragments"));
    }
    if count == 1 {
        return Ok(vec![fragments.parts.clone()]);
    }
    if fragments.parts.len() == count {
        return Ok(fragments.parts.iter().map(|&part| vec![part]).collect());
    }
    let mut frames = vec![Vec::new(); count];
    let mut begins = offsets.iter().map(|&four| u32::from_le_bytes(four) as usize).peekable();
    let mut frame = None;
    let mut at = 0;
    for &part in &fragments.parts {
        if begins.peek() == Some(&at) {
            begins.next();
            frame = Some(frame.map_or(0, |frame| frame + 1));
        }
        match frame.and_then(|frame: usize| frames.get_mut(frame)) {
            Some(frame) => frame.push(part),
            None => break,
        }
        at += part.len() + 8;
    }
    if frames.iter().any(Vec::is_empty) {
        let reason = format!("{} fragments for {count} frames", fragments.parts.len());
        return Err(FormatError::damaged(FORMAT, reason));
    }
    Ok(frames)
}

impl Frame<'_> {
    /// The stored values of one row, with their signs and without unused bits.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = i64> + '_ {
        let Form { size, stored, is_signed, .. } = self.form;
        let unused = u64::BITS - stored;
        let begin = row * size.width;
        (begin..begin + size.width).map(move |index| {
            let raw = self.raw(index) << unused;
            if is_signed { (raw as i64) >> unused } else { (raw >> unused) as i64 }
        })
    }

    fn raw(&self, index: usize) -> u64 {
        match &self.cells {
            Cells::Decoded(samples) => samples[index].into(),
            Cells::Stored { bytes, order, first } => {
                cell(bytes, *order, self.form.allocated, first + index)
            }
        }
    }
}

fn cell(bytes: &[u8], order: Order, bits: usize, index: usize) -> u64 {
    let byte = |index: usize| {
        let index = if order.is_paired { index ^ 1 } else { index };
        bytes.get(index).copied().unwrap_or_default()
    };
    match bits {
        // Bits run on over the ends of rows and frames, lowest first (PS3.5, section 8.1.1).
        1 => u64::from(byte(index / 8) >> (index % 8) & 1),
        8 => u64::from(byte(index)),
        bits => {
            let bytes = &bytes[index * bits / 8..][..bits / 8];
            let join = |value: u64, &byte: &u8| value << 8 | u64::from(byte);
            if order.is_big_endian {
                bytes.iter().fold(0, join)
            } else {
                bytes.iter().rev().fold(0, join)
            }
        }
    }
}
