//! Tests of the TIFF reader.

use super::*;
use tiff::encoder::colortype::{
    ColorType, Gray8, Gray16, Gray32, Gray32Float, GrayI16, RGB8, RGBA8,
};
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
fn pages_turned_images_and_other_compressions_are_refused_by_name() {
    let none = Compression::Uncompressed;
    let found = |bytes: &[u8]| {
        let error = read_mask(bytes).unwrap_err();
        assert_eq!(read_radiograph(bytes), Err(error.clone()));
        error.found()
    };
    assert_eq!(found(&file::<Gray8>((1, 1), &[1], none, &[(Tag::Orientation, 6)])), "6");
    let grey = [(256, 1), (257, 1), (258, 8), (262, 1)];
    assert_eq!(found(&by_hand(&[&grey[..], &[(259, 7)]].concat(), &[0])), "JPEG");
    assert_eq!(found(&by_hand(&[&grey[..], &[(259, 50000)]].concat(), &[0])), "Zstandard");
    assert_eq!(
        found(&by_hand(&[(256, 1), (257, 1), (258, 12), (262, 1)], &[0, 0])),
        "12 bits a pixel"
    );
    let ycbcr = by_hand(&[(256, 1), (257, 1), (258, 8), (262, 6)], &[0]);
    assert_eq!(found(&ycbcr), "YCbCr colours");
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes).unwrap();
    for _ in 0..3 {
        encoder.write_image::<Gray8>(1, 1, &[0]).unwrap();
    }
    assert_eq!(read_mask(&bytes.into_inner()), Err(FormatError::Frames { found: 3 }));
}

#[test]
fn colours_and_palettes_have_the_values_that_they_show() {
    let none = Compression::Uncompressed;
    let rgb = file::<RGB8>((2, 1), &[7, 7, 7, 200, 200, 200], none, &[]);
    let image = read_radiograph(&rgb).unwrap();
    assert_eq!((image.max_value(), image.pixels()), (255, &[7, 200][..]));
    let red = file::<RGB8>((2, 1), &[0, 0, 0, 200, 0, 0], none, &[]);
    assert_eq!(read_mask(&red), Ok(Mask::from_text(".#")));
    assert_eq!(read_radiograph(&red).unwrap_err().found(), "colour (200, 0, 0)");
    let rgba = file::<RGBA8>((2, 1), &[0, 0, 0, 255, 9, 9, 9, 255], none, &[]);
    assert_eq!(read_mask(&rgba), Ok(Mask::from_text(".#")));

    let palette = |first: u16, second: u16| {
        let mut bytes = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut bytes).unwrap();
        let mut image = encoder.new_image::<Gray8>(2, 1).unwrap();
        image.encoder().write_tag(Tag::PhotometricInterpretation, 3u16).unwrap();
        let mut map = vec![0u16; 768];
        for channel in 0..3 {
            (map[256 * channel], map[256 * channel + 1]) = (first * 257, second * 257);
        }
        image.encoder().write_tag(Tag::ColorMap, &map[..]).unwrap();
        image.write_data(&[0, 1]).unwrap();
        bytes.into_inner()
    };
    assert_eq!(read_radiograph(&palette(200, 3)).unwrap().pixels(), [200, 3]);
    assert_eq!(read_mask(&palette(255, 0)), Ok(Mask::from_text("#.")));
    let layers = open(&palette(255, 7), None).unwrap().into_layers().unwrap().layers;
    let found: Vec<_> = layers.iter().map(|layer| (layer.value, layer.index)).collect();
    assert_eq!(found, [(MaskValue::Number(7), Some(1)), (MaskValue::Number(255), Some(0))]);
}

#[test]
fn floats_of_whole_numbers_are_read_and_fractions_are_not() {
    let read = |value: f32| {
        let none = Compression::Uncompressed;
        read_mask(&file::<Gray32Float>((2, 1), &[0.0, value], none, &[]))
    };
    assert_eq!(read(7.0), Ok(Mask::from_text(".#")));
    assert_eq!(read(0.5), Err(FormatError::NotWhole { found: 0.5 }));
}

#[test]
fn big_tiff_is_read_like_tiff() {
    let mut bytes = Cursor::new(Vec::new());
    TiffEncoder::new_big(&mut bytes)
        .unwrap()
        .write_image::<Gray8>(3, 2, &[0, 255, 0, 255, 255, 0])
        .unwrap();
    assert_eq!(read_mask(&bytes.into_inner()), Ok(Mask::from_text(".#. ##.")));
}

#[test]
fn tiles_are_put_in_their_places() {
    // Tiles of 16 x 16 with all pixels of the first 1, of the second 2.
    let mut tags = vec![(256, 20), (257, 3), (258, 8), (262, 1), (322, 16), (323, 16)];
    tags.sort_unstable();
    let mut bytes = b"MM\0*".to_vec();
    bytes.extend((8 + 512 + 16u32).to_be_bytes());
    bytes.extend([1; 256]);
    bytes.extend([2; 256]);
    bytes.extend([8u32, 8 + 256, 256, 256].map(u32::to_be_bytes).concat());
    bytes.extend((tags.len() as u16 + 2).to_be_bytes());
    for (tag, value) in tags {
        bytes.extend(u16::to_be_bytes(tag));
        bytes.extend([0, 3, 0, 0, 0, 1]);
        bytes.extend(u16::to_be_bytes(value));
        bytes.extend([0, 0]);
    }
    for (tag, at) in [(324u16, 520u32), (325, 528)] {
        bytes.extend(tag.to_be_bytes());
        bytes.extend([0, 4, 0, 0, 0, 2]);
        bytes.extend(at.to_be_bytes());
    }
    bytes.extend([0; 4]);
    let row: Vec<u16> = [[1; 16].as_slice(), &[2; 4]].concat();
    assert_eq!(read_radiograph(&bytes).unwrap().pixels(), row.repeat(3));
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
