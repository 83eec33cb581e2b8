//! Tests of the PNG reader and writer.

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
fn colours_are_values_and_alpha_must_be_opaque() {
    let read = |color: ColorType, pixels: &[u8]| {
        let size = Size::new(pixels.len() / color.samples(), 1);
        read_mask(&file(size, (color, BitDepth::Eight), None, pixels))
    };
    let (rgb, rgba, la) = (ColorType::Rgb, ColorType::Rgba, ColorType::GrayscaleAlpha);
    assert_eq!(read(rgb, &[0, 0, 0, 9, 9, 9, 0, 0, 0]), Ok(Mask::from_text(".#.")));
    assert_eq!(read(rgb, &[0, 0, 0, 128, 0, 0]), Ok(Mask::from_text(".#")));
    assert_eq!(read(rgba, &[0, 0, 0, 255, 9, 9, 9, 255]), Ok(Mask::from_text(".#")));
    assert_eq!(read(la, &[0, 255, 1, 255]), Ok(Mask::from_text(".#")));
    // A transparent black is background in either reading.
    assert_eq!(read(rgba, &[0, 0, 0, 0, 9, 9, 9, 255, 0, 0, 0, 255]), Ok(Mask::from_text(".#.")));
    assert_eq!(read(rgba, &[0, 0, 0, 255, 9, 9, 9, 128]), Err(FormatError::Transparent));
    assert_eq!(read(la, &[1, 0, 0, 255]), Err(FormatError::Transparent));
    let error = read(rgb, &[0, 0, 0, 255, 0, 0, 0, 255, 0]).unwrap_err();
    assert!(error.found().starts_with("3 values: 0, colour (0, 255, 0)"), "{error}");
    let rgb16 = (rgb, BitDepth::Sixteen);
    let grey = file(Size::new(1, 1), rgb16, None, &[1, 2, 1, 2, 1, 2]);
    assert_eq!(read_mask(&grey), Ok(Mask::from_text("#")));
    let red = file(Size::new(1, 1), rgb16, None, &[1, 2, 0, 0, 0, 0]);
    assert!(matches!(read_mask(&red), Err(FormatError::Channels { .. })));
    let keyed =
        file(Size::new(1, 1), (rgb, BitDepth::Eight), Some((&[], &[0, 9, 0, 9, 0, 9])), &[9; 3]);
    assert_eq!(read_mask(&keyed), Err(FormatError::Transparent));
}

#[test]
fn a_radiograph_may_be_stored_as_colours_or_palette_if_all_are_grey() {
    let read = |kind, palette: Option<(&[u8], &[u8])>, pixels: &[u8]| {
        let image = read_radiograph(&file(Size::new(2, 1), kind, palette, pixels))?;
        Ok((image.max_value(), image.pixels().to_vec()))
    };
    let eight = |color| (color, BitDepth::Eight);
    assert_eq!(read(eight(ColorType::Rgb), None, &[7, 7, 7, 9, 9, 9]), Ok((255, vec![7, 9])));
    let la16 = (ColorType::GrayscaleAlpha, BitDepth::Sixteen);
    assert_eq!(read(la16, None, &[1, 0, 255, 255, 0, 3, 255, 255]), Ok((65535, vec![256, 3])));
    let palette = [9, 9, 9, 1, 1, 1, 200, 0, 0];
    let indexed = eight(ColorType::Indexed);
    assert_eq!(read(indexed, Some((&palette, &[])), &[1, 0]), Ok((255, vec![1, 9])));
    let error: FormatError = read(indexed, Some((&palette, &[])), &[1, 2]).unwrap_err();
    assert_eq!(error.found(), "colour (200, 0, 0)");
    let error = read(eight(ColorType::Rgba), None, &[7, 7, 7, 255, 0, 0, 0, 0]).unwrap_err();
    assert_eq!(error, FormatError::Transparent);
}

#[test]
fn a_label_map_has_a_layer_for_each_value_and_colour() {
    let layers = |bytes: &[u8]| {
        let layers = open(bytes, None)?.into_layers()?.layers;
        Ok(layers.into_iter().map(|l| (l.value, l.index, l.mask)).collect::<Vec<_>>())
    };
    let size = Size::new(3, 1);
    let grey = file(size, (ColorType::Grayscale, BitDepth::Two), None, &[0b0010_0100]);
    let number = MaskValue::Number;
    let mask = |text| Mask::from_text(text);
    let expected = vec![(number(1), None, mask("..#")), (number(2), None, mask(".#."))];
    let found: Result<_, FormatError> = layers(&grey);
    assert_eq!(found, Ok(expected));
    let indexed = (ColorType::Indexed, BitDepth::Eight);
    let palette = [0, 0, 0, 128, 0, 0, 7, 7, 7, 128, 0, 0];
    let of = |pixels: &[u8]| layers(&file(size, indexed, Some((&palette, &[])), pixels));
    let red = MaskValue::Colour(128, 0, 0);
    let expected = vec![(number(7), Some(2), mask("#..")), (red, Some(1), mask(".#."))];
    assert_eq!(of(&[2, 1, 0]), Ok(expected));
    let error = of(&[0, 1, 3]).unwrap_err();
    assert_eq!(error.found(), "entries 1 and 3 of the same colour");
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
