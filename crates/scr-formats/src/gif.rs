//! GIF: the format of the SCR database's masks.
//!
//! Values go through the palette: white is 255 at any place in the palette. Written
//! files have black at 0 and white at 1.

use std::borrow::Cow;
use std::io::Cursor;
use std::num::NonZeroU64;

use gif::{DecodeOptions, Decoder, DecodingError, MemoryLimit};
use scr_image::{Mask, Size};

use crate::meaning::{Entry, Meaning};
use crate::size::{checked_size, stated_size};
use crate::stored::StoredImage;
use crate::{FormatError, MAX_AREA_PX, MaskValue, magic};

const FORMAT: &str = "GIF";

/// Reads a mask: one frame that covers the whole image.
///
/// # Errors
/// See [`read_mask`](super::read_mask).
pub fn read_mask(bytes: &[u8]) -> Result<Mask, FormatError> {
    read_mask_sized(bytes, None)
}

/// [`read_mask`], refused by its header when it has another size than `expected`.
pub fn read_mask_sized(bytes: &[u8], expected: Option<Size>) -> Result<Mask, FormatError> {
    open(bytes, expected)?.into_mask()
}

/// Opens the only frame.
///
/// # Errors
/// The first reason why the file is no image of one frame.
pub(crate) fn open(bytes: &[u8], expected: Option<Size>) -> Result<StoredImage<'_>, FormatError> {
    magic::expect(FORMAT, "a GIF image", bytes)?;
    let mut options = DecodeOptions::new();
    let limit = NonZeroU64::new(MAX_AREA_PX as u64).expect("the limit is above 0");
    options.set_memory_limit(MemoryLimit::Bytes(limit));
    let mut decoder = options.read_info(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let size = stated_size(decoder.width().into(), decoder.height().into(), expected)?;

    let frame = decoder.next_frame_info().map_err(|e| damaged(&e))?;
    let Some(frame) = frame else { return Err(FormatError::Frames { found: 0 }) };
    let covered = Size::new(frame.width.into(), frame.height.into());
    if (frame.left, frame.top) != (0, 0) || covered != size {
        return Err(FormatError::PartialFrame { image: size, frame: covered });
    }
    let transparent = frame.transparent;
    let mut pixels = vec![0; decoder.buffer_size()];
    decoder.read_into_buffer(&mut pixels).map_err(|e| damaged(&e))?;
    let palette = decoder.palette().map_err(|e| damaged(&e))?.as_chunks().0;
    let entry = |(index, &[red, green, blue]): (usize, &[u8; 3])| {
        let opacity = if transparent.map(usize::from) == Some(index) { 0 } else { 255 };
        Entry { value: MaskValue::colour(red, green, blue), opacity }
    };
    let palette: Vec<Entry> = palette.iter().enumerate().map(entry).collect();
    only_frame(&mut decoder)?;
    Ok(StoredImage {
        format: FORMAT,
        size,
        spacing: None,
        white: Some(255),
        meaning: Meaning::Palette(palette),
        rows: Box::new(move |push| {
            pixels.chunks_exact(size.width).try_for_each(|row| {
                push(&row.iter().map(|&index| index.into()).collect::<Vec<i64>>())
            })
        }),
    })
}

/// Writes a mask in the form of the original database: one frame, white on black. The
/// same mask gives the same bytes.
///
/// # Errors
/// [`FormatError::TooLarge`] when a side is longer than 65535 pixels, the most
/// that GIF knows; [`FormatError::NoPixels`].
pub fn write_mask(mask: &Mask) -> Result<Vec<u8>, FormatError> {
    let size = mask.size();
    let width = size.width as u64;
    let height = size.height as u64;
    checked_size(width, height)?;
    let too_large = |_| FormatError::TooLarge { width, height };
    let width = u16::try_from(size.width).map_err(too_large)?;
    let height = u16::try_from(size.height).map_err(too_large)?;
    let frame =
        gif::Frame { width, height, buffer: Cow::Owned(mask.to_bytes(1)), ..gif::Frame::default() };
    let mut bytes = Vec::new();
    let mut write = || {
        let mut encoder = gif::Encoder::new(&mut bytes, width, height, &[0, 0, 0, 255, 255, 255])?;
        encoder.write_frame(&frame)?;
        encoder.into_inner().map(|_| ())
    };
    write().expect("the size is one that GIF knows, and memory takes all bytes");
    Ok(bytes)
}

fn only_frame(decoder: &mut Decoder<Cursor<&[u8]>>) -> Result<(), FormatError> {
    let mut found = 1;
    while decoder.next_frame_info().map_err(|e| damaged(&e))?.is_some() {
        found += 1;
    }
    if found == 1 { Ok(()) } else { Err(FormatError::Frames { found }) }
}

fn damaged(error: &DecodingError) -> FormatError {
    match error {
        DecodingError::UnexpectedEof => FormatError::damaged(FORMAT, "the file ends early"),
        other => FormatError::damaged(FORMAT, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gif::{Encoder, Frame};

    fn file(size: (u16, u16), palette: &[u8], frames: &[Frame<'_>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, size.0, size.1, palette).unwrap();
        for frame in frames {
            encoder.write_frame(frame).unwrap();
        }
        drop(encoder);
        bytes
    }

    fn frame(width: u16, pixels: &[u8]) -> Frame<'_> {
        let height = pixels.len() as u16 / width;
        Frame { width, height, buffer: Cow::Borrowed(pixels), ..Frame::default() }
    }

    #[test]
    fn a_mask_survives_writing_and_reading() {
        let mask = Mask::from_fn(Size::new(133, 70), |col, row| (col + 2 * row) % 90 > 40);
        assert_eq!(read_mask(&write_mask(&mask).unwrap()), Ok(mask));
    }

    #[test]
    fn written_masks_are_white_at_index_1_on_black_as_the_originals() {
        let bytes = write_mask(&Mask::from_text(".#")).unwrap();
        let mut decoder = Decoder::new(bytes.as_slice()).unwrap();
        assert_eq!(decoder.global_palette(), Some(&[0, 0, 0, 255, 255, 255][..]));
        assert_eq!(decoder.read_next_frame().unwrap().unwrap().buffer[..], [0, 1]);
    }

    #[test]
    fn the_palette_says_which_value_is_background() {
        let palette = [255, 255, 255, 9, 9, 9, 0, 0, 0, 255, 255, 255];
        let read = |pixels: &[u8]| {
            read_mask(&file(
                (pixels.len() as u16, 1),
                &palette,
                &[frame(pixels.len() as u16, pixels)],
            ))
        };
        assert_eq!(read(&[0, 2, 3, 2]), Ok(Mask::from_text("#.#.")));
        assert_eq!(read(&[2, 2]), Ok(Mask::from_text("..")));
        assert_eq!(read(&[0, 1]).unwrap_err().found(), "9 and 255");
        assert_eq!(read(&[0, 1, 2]).unwrap_err().found(), "3 values: 0, 9, 255, ...");
    }

    #[test]
    fn an_interlaced_frame_is_put_in_order() {
        let mut interlaced = frame(1, &[0, 1, 0, 1]);
        interlaced.interlaced = true;
        // Rows come in the order 0, 2, 1, 3 for a height of four.
        let bytes = file((1, 4), &[0, 0, 0, 255, 255, 255], &[interlaced]);
        assert_eq!(read_mask(&bytes), Ok(Mask::from_text(". . # #")));
    }

    #[test]
    fn two_frames_or_one_that_does_not_cover_the_image_are_refused() {
        let palette = [0, 0, 0, 255, 255, 255];
        let two = file((2, 1), &palette, &[frame(2, &[0, 1]), frame(2, &[1, 1])]);
        assert_eq!(read_mask(&two), Err(FormatError::Frames { found: 2 }));
        let part = file((3, 1), &palette, &[frame(2, &[0, 1])]);
        assert!(matches!(read_mask(&part), Err(FormatError::PartialFrame { .. })));
        assert!(read_mask(&file((2, 1), &palette, &[])).is_err());
    }

    #[test]
    fn transparent_black_is_background_and_other_transparency_is_refused() {
        let palette = [0, 0, 0, 255, 255, 255];
        let read = |transparent: u8| {
            let mut only = frame(2, &[0, 1]);
            only.transparent = Some(transparent);
            read_mask(&file((2, 1), &palette, &[only]))
        };
        assert_eq!(read(0), Ok(Mask::from_text(".#")));
        assert_eq!(read(1), Err(FormatError::Transparent));
    }

    #[test]
    fn a_screen_that_is_too_large_is_refused() {
        let mut bytes = write_mask(&Mask::from_text("#")).unwrap();
        bytes[6..10].fill(0xff);
        assert!(matches!(read_mask(&bytes), Err(FormatError::TooLarge { .. })));
    }

    #[test]
    fn a_file_without_its_end_is_damaged() {
        let bytes = write_mask(&Mask::from_text("#. .#")).unwrap();
        for length in 10..bytes.len() {
            let error = read_mask(&bytes[..length]).unwrap_err();
            assert!(matches!(error, FormatError::Damaged { .. }), "{length}: {error}");
        }
    }
}
