//! WebP: still images. Masks and label maps only where the compression has no loss.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};
use scr_image::Size;

use crate::meaning::{Meaning, packed};
use crate::size::stated_size;
use crate::stored::StoredImage;
use crate::{FormatError, MAX_AREA_PX, magic};

const FORMAT: &str = "WebP";

/// Opens a still image.
///
/// # Errors
/// The first reason why the file is no still image.
pub(crate) fn open(bytes: &[u8], expected: Option<Size>) -> Result<StoredImage<'_>, FormatError> {
    let decoder = decoder(bytes)?;
    stored(decoder, expected)
}

/// Opens a still image compressed without loss.
///
/// # Errors
/// As [`open`]; [`FormatError::Lossy`].
pub(crate) fn open_lossless(
    bytes: &[u8],
    expected: Option<Size>,
) -> Result<StoredImage<'_>, FormatError> {
    let mut decoder = decoder(bytes)?;
    if decoder.is_lossy() {
        return Err(FormatError::Lossy { found: "WebP with loss" });
    }
    stored(decoder, expected)
}

fn decoder(bytes: &[u8]) -> Result<WebPDecoder<Cursor<&[u8]>>, FormatError> {
    magic::expect(FORMAT, "a WebP image", bytes)?;
    WebPDecoder::new(Cursor::new(bytes)).map_err(|e| damaged(&e))
}

fn stored<'a>(
    mut decoder: WebPDecoder<Cursor<&'a [u8]>>,
    expected: Option<Size>,
) -> Result<StoredImage<'a>, FormatError> {
    let (width, height) = decoder.dimensions();
    let size = stated_size(width.into(), height.into(), expected)?;
    if decoder.is_animated() {
        return Err(FormatError::Frames { found: decoder.num_frames().max(2).into() });
    }
    decoder.set_memory_limit(4 * MAX_AREA_PX);
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    Ok(StoredImage {
        format: FORMAT,
        size,
        spacing: None,
        white: Some(255),
        meaning: Meaning::Colour { opaque: 255 },
        rows: Box::new(move |push| {
            let mut pixels = vec![0; channels * size.area()];
            decoder.read_image(&mut pixels).map_err(|e| damaged(&e))?;
            pixels.chunks_exact(channels * size.width).try_for_each(|row| {
                let number = |pixel: &[u8]| {
                    let alpha = pixel.get(3).copied().unwrap_or(255);
                    packed([pixel[0], pixel[1], pixel[2], alpha].map(u16::from))
                };
                push(&row.chunks_exact(channels).map(number).collect::<Vec<i64>>())
            })
        }),
    })
}

fn damaged(error: &DecodingError) -> FormatError {
    match error {
        DecodingError::IoError(_) => FormatError::damaged(FORMAT, "the file ends early"),
        other => FormatError::damaged(FORMAT, other),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use image_webp::{ColorType, WebPEncoder};
    use scr_image::Mask;

    /// A file without loss; one byte a pixel.
    pub(crate) fn file(size: Size, pixels: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        WebPEncoder::new(&mut bytes)
            .encode(pixels, size.width as u32, size.height as u32, ColorType::L8)
            .unwrap();
        bytes
    }

    #[test]
    fn an_image_without_loss_is_a_mask_and_a_radiograph() {
        let size = Size::new(3, 1);
        let mask = open_lossless(&file(size, &[0, 9, 0]), None).unwrap().into_mask();
        assert_eq!(mask, Ok(Mask::from_text(".#.")));
        let image = open(&file(size, &[0, 9, 200]), None).unwrap().into_radiograph().unwrap();
        assert_eq!((image.max_value(), image.pixels()), (255, &[0, 9, 200][..]));
        let expected = Some(Size::new(4, 1));
        let error = open(&file(size, &[0, 9, 200]), expected).err().unwrap();
        assert!(matches!(error, FormatError::OtherSize { .. }));
    }
}
