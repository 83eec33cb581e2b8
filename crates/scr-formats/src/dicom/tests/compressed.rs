//! Compressed pixels and data sets, and files without preamble.

use std::io::Write;

use scr_image::Size;

use super::by_hand::*;
use super::*;
use crate::codec::{jpeg_2000, jpeg_ls};
use crate::jpeg;

const RLE: &str = "1.2.840.10008.1.2.5";
const JPEG_BASELINE: &str = "1.2.840.10008.1.2.4.50";
const JPEG_LOSSLESS: &str = "1.2.840.10008.1.2.4.70";
const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";
const JPEG_2000: &str = "1.2.840.10008.1.2.4.90";

const SIZE: Size = Size { width: 29, height: 19 };
const JLS_12: &[u8] = include_bytes!("../../codec/streams/lossless_12.jls");
const J2K_12: &[u8] = include_bytes!("../../codec/streams/reversible_12.j2k");
const J2K_SIGNED: &[u8] = include_bytes!("../../codec/streams/signed_16.j2k");

fn compressed(syntax: &str, bits: (u16, u16), pixels: &[u8]) -> Vec<u8> {
    [front(syntax), image((29, 19), bits), pixels.to_vec()].concat()
}

/// A file in each compressed syntax, for other tests to damage.
pub(crate) fn examples() -> Vec<Vec<u8>> {
    vec![
        compressed(JPEG_LS, (16, 12), &fragments(&[0], &[JLS_12])),
        compressed(JPEG_2000, (16, 12), &fragments(&[], &[J2K_12])),
        [front(RLE), image((2, 2), (16, 12)), fragments(&[], &[&rle_frame()])].concat(),
    ]
}

#[test]
fn each_method_gives_the_values_of_its_stream() {
    let jls = jpeg_ls::decode(JLS_12, SIZE).unwrap().values;
    let j2k = jpeg_2000::decode(J2K_12, SIZE).unwrap().values;
    for (syntax, stream, values) in [(JPEG_LS, JLS_12, jls), (JPEG_2000, J2K_12, j2k)] {
        let (first, rest) = stream.split_at(100);
        let (second, third) = rest.split_at(50);
        for (offsets, parts) in
            [(&[][..], &[stream][..]), (&[0], &[stream]), (&[0], &[first, second, third])]
        {
            let file = compressed(syntax, (16, 12), &fragments(offsets, parts));
            let read = read_radiograph(&file).unwrap();
            assert_eq!((read.max_value(), read.pixels()), (4095, &values[..]), "{syntax}");
            let expected = Size::new(9, 9);
            let error = read_radiograph_sized(&file, Some(expected)).unwrap_err();
            assert_eq!(error, FormatError::OtherSize { expected, found: SIZE });
        }
    }
    for (syntax, stream) in
        [(JPEG_BASELINE, jpeg::tests::BASELINE), (JPEG_LOSSLESS, jpeg::tests::LOSSLESS)]
    {
        let decoded = jpeg::decode(stream, None).unwrap();
        let size = (decoded.size.width as u16, decoded.size.height as u16);
        let bits = decoded.bits as u16;
        let image = image(size, (if bits > 8 { 16 } else { 8 }, bits));
        let file = [front(syntax), image, fragments(&[], &[stream])].concat();
        assert_eq!(read_radiograph(&file).unwrap().pixels(), decoded.values, "{syntax}");
    }
}

#[test]
fn signed_samples_keep_their_sign() {
    let mut file = compressed(JPEG_2000, (16, 16), &number(PIXEL_REPRESENTATION, 1));
    file.extend(fragments(&[], &[J2K_SIGNED]));
    let expected = jpeg_2000::decode(J2K_SIGNED, SIZE).unwrap().values;
    let expected: Vec<u16> = expected.iter().map(|&value| value ^ 0x8000).collect();
    assert_eq!(read_radiograph(&file).unwrap().pixels(), expected);
}

#[test]
fn a_precision_that_leaves_values_open_is_refused() {
    // Samples of 12 bits as signed numbers of 16.
    let sign = number(PIXEL_REPRESENTATION, 1);
    let signed = [sign, fragments(&[], &[JLS_12])].concat();
    let error = read_radiograph(&compressed(JPEG_LS, (16, 16), &signed)).unwrap_err();
    assert_eq!(error.found(), "compressed samples of 12 bits");
    // More bits than are stored are the whole cell: the highest may hold overlays.
    let file = compressed(JPEG_LS, (16, 10), &fragments(&[], &[JLS_12]));
    let low_10 = jpeg_ls::decode(JLS_12, SIZE).unwrap().values;
    let low_10: Vec<u16> = low_10.iter().map(|value| value & 0x3ff).collect();
    assert_eq!(read_radiograph(&file).unwrap().pixels(), low_10);
}

/// A frame of 2 x 2 pixels of 16 bits: high bytes 1, 1, 1, 2, low bytes 9, 9, 9, 9.
fn rle_frame() -> Vec<u8> {
    let mut frame = Vec::new();
    for number in [2u32, 64, 68] {
        frame.extend(number.to_le_bytes());
    }
    frame.resize(64, 0);
    frame.extend([254, 1, 0, 2]);
    frame.extend([253, 9]);
    frame
}

#[test]
fn rle_is_unpacked_byte_by_byte() {
    let file =
        |frame: &[u8]| [front(RLE), image((2, 2), (16, 12)), fragments(&[], &[frame])].concat();
    let read = read_radiograph(&file(&rle_frame())).unwrap();
    assert_eq!(read.pixels(), [0x109, 0x109, 0x109, 0x209]);
    let mut one_segment = rle_frame();
    one_segment[0] = 1;
    let error = read_radiograph(&file(&one_segment)).unwrap_err();
    assert_eq!(error.found(), "damage: RLE: 1 segments for 2 bytes a pixel");
    assert!(read_radiograph(&file(&rle_frame()[..66])).is_err());
    let mask = [front(RLE), image((2, 2), (16, 16)), fragments(&[], &[&rle_frame()])].concat();
    assert_eq!(read_mask(&mask).unwrap_err().found(), "265 and 521");
}

#[test]
fn a_deflated_data_set_is_inflated() {
    let deflate = |bytes: &[u8]| {
        let mut deflate = flate2::write::DeflateEncoder::new(vec![], Default::default());
        deflate.write_all(bytes).unwrap();
        deflate.finish().unwrap()
    };
    let data_set = [image((2, 2), (8, 8)), native(&[0, 1, 1, 0])].concat();
    let front = front("1.2.840.10008.1.2.1.99");
    let file = [front.clone(), deflate(&data_set)].concat();
    assert_eq!(read_mask(&file), Ok(Mask::from_text(".# #.")));
    assert!(read_mask(&file[..file.len() - 4]).is_err());
    // Unbounded: half a gigabyte of zeros.
    let bomb = [front, deflate(&vec![0; 300_000_000])].concat();
    assert!(read_mask(&bomb).unwrap_err().expected().starts_with("at most"));
}

#[test]
fn several_frames_are_refused_with_their_number() {
    let two = fragments(&[0, 500], &[JLS_12, JLS_12]);
    let error = read_radiograph(&compressed(JPEG_LS, (16, 12), &two)).unwrap_err();
    assert_eq!(error, FormatError::Frames { found: 2 });
    let stated = [text(NUMBER_OF_FRAMES, "30"), two].concat();
    let error = read_radiograph(&compressed(JPEG_LS, (16, 12), &stated)).unwrap_err();
    assert_eq!(error, FormatError::Frames { found: 30 });
}

#[test]
fn pixels_and_syntax_agree_on_compression() {
    let file = compressed("1.2.840.10008.1.2.1", (16, 12), &fragments(&[], &[JLS_12]));
    assert_eq!(read_radiograph(&file).unwrap_err().found(), "compressed pixels");
    let file = compressed(JPEG_LS, (16, 12), &native(&[0; 2 * 29 * 19]));
    assert!(read_radiograph(&file).unwrap_err().found().contains("the pixels have none"));
    let file = compressed(JPEG_LS, (16, 12), &fragments(&[], &[]));
    assert!(read_radiograph(&file).unwrap_err().found().contains("without fragments"));
}

#[test]
fn a_mask_with_loss_is_refused() {
    let file = compressed(JPEG_BASELINE, (8, 8), &fragments(&[], &[jpeg::tests::BASELINE]));
    assert!(matches!(read_mask(&file), Err(FormatError::Lossy { .. })));
}

#[test]
fn syntaxes_that_are_not_supported_have_names() {
    for (syntax, name) in [
        ("1.2.840.10008.1.2.4.55", "progressive or hierarchical JPEG"),
        ("1.2.840.10008.1.2.4.92", "JPEG 2000 with several components (part 2)"),
        ("1.2.840.10008.1.2.4.100", "MPEG video"),
        ("1.2.840.10008.1.2.4.110", "JPEG XL"),
        ("1.2.840.10008.1.2.4.201", "high-throughput JPEG 2000"),
        ("1.2.3.4", "1.2.3.4"),
    ] {
        let error = read_mask(&front(syntax)).unwrap_err();
        assert_eq!(error.found(), name);
        assert!(error.hint().starts_with("decompress it first"));
    }
}

#[test]
fn a_file_without_preamble_or_meta_information_is_read_by_its_elements() {
    let file = [front("1.2.840.10008.1.2.1"), image((2, 1), (8, 8)), native(&[0, 1])].concat();
    let expected = Ok(Mask::from_text(".#"));
    assert_eq!(read_mask(&file), expected);
    assert_eq!(read_mask(&file[132..]), expected, "no preamble");
    let data_set = &file[front("1.2.840.10008.1.2.1").len()..];
    assert_eq!(read_mask(data_set), expected, "elements alone");
    assert_eq!(read_mask(&[&file[..132], data_set].concat()), expected, "no meta information");
    for syntax in [IMPLICIT, BIG_ENDIAN] {
        let whole = TestFile { syntax, ..TestFile::new((2, 1), (8, 8), &[0, 1]) }
            .text((0x0008, 0x0060), "CS", "DX")
            .bytes();
        let modality: &[u8] = if syntax == IMPLICIT {
            b"\x08\0\x60\0\x02\0\0\0DX"
        } else {
            b"\0\x08\0\x60CS\0\x02DX"
        };
        let at = whole.windows(modality.len()).position(|bytes| bytes == modality).unwrap();
        assert_eq!(read_mask(&whole[at..]), expected, "{syntax}");
    }
    // What does not parse to its end is no data set.
    assert!(read_mask(&data_set[..data_set.len() - 1]).is_err());
    let error = read_mask(b"\x08 bytes of anything").unwrap_err();
    assert!(matches!(error, FormatError::NotThisFormat { .. }));
}
