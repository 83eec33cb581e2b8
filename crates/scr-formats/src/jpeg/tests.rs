//! Tests of the JPEG decoder. The samples were written by Pillow 13 and imagecodecs 2026
//! (libjpeg-turbo), the values decoded by them.

use super::*;

/// Size of all samples.
const SIZE: Size = Size::new(37, 19);

/// Samples of grey images with their bits.
const GREY: &[(&str, u32, &[u8], &[u8])] = &[
    ("baseline", 8, BASELINE, include_bytes!("samples/baseline.raw")),
    (
        "progressive",
        8,
        include_bytes!("samples/progressive.jpg"),
        include_bytes!("samples/progressive.raw"),
    ),
    (
        "equal channels, reduced colours, restarts",
        8,
        include_bytes!("samples/equal-channels.jpg"),
        include_bytes!("samples/baseline.raw"),
    ),
    (
        "red, green, blue",
        8,
        include_bytes!("samples/rgb.jpg"),
        include_bytes!("samples/baseline.raw"),
    ),
    ("12 bits", 12, include_bytes!("samples/12-bit.jpg"), include_bytes!("samples/12-bit.raw")),
    ("predictor 1", 12, LOSSLESS, include_bytes!("samples/lossless.raw")),
    (
        "predictor 4",
        12,
        include_bytes!("samples/lossless-4.jpg"),
        include_bytes!("samples/lossless.raw"),
    ),
    (
        "predictor 7",
        12,
        include_bytes!("samples/lossless-7.jpg"),
        include_bytes!("samples/lossless.raw"),
    ),
];
pub(crate) const BASELINE: &[u8] = include_bytes!("samples/baseline.jpg");
pub(crate) const PROGRESSIVE: &[u8] = include_bytes!("samples/progressive.jpg");
pub(crate) const TWELVE_BITS: &[u8] = include_bytes!("samples/12-bit.jpg");
pub(crate) const LOSSLESS: &[u8] = include_bytes!("samples/lossless-1.jpg");

fn values(raw: &[u8], bits: u32) -> Vec<u16> {
    match bits {
        8 => raw.iter().map(|&value| value.into()).collect(),
        _ => raw.as_chunks().0.iter().map(|&value| u16::from_le_bytes(value)).collect(),
    }
}

#[test]
fn values_are_those_of_libjpeg() {
    for &(name, bits, jpeg, raw) in GREY {
        let image = decode(jpeg, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(image.size, SIZE, "{name}");
        assert_eq!(image.is_lossless, name.starts_with("predictor"), "{name}");
        assert!(image.bits == bits || image.is_lossless, "{name}: {} bits", image.bits);
        assert_eq!(image.values, values(raw, bits), "{name}");
    }
}

#[test]
fn the_bits_say_what_is_white() {
    let image = open(TWELVE_BITS, None).unwrap().into_radiograph().unwrap();
    assert_eq!(image.max_value(), 4095);
    assert_eq!(open(BASELINE, None).unwrap().into_radiograph().unwrap().max_value(), 255);
}

#[test]
fn another_size_is_refused_by_the_header() {
    let expected = Size::new(19, 37);
    let at = BASELINE.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    let error = decode(&BASELINE[..at + 20], Some(expected)).err().unwrap();
    assert_eq!(error, FormatError::OtherSize { expected, found: SIZE });
}

#[test]
fn colours_and_other_processes_are_refused_by_name() {
    let colour = include_bytes!("samples/colour.jpg");
    assert_eq!(decode(colour, None).err().unwrap().found(), "colours");
    for (marker, found) in [(0xc9, "arithmetic codes"), (0xc5, "a hierarchical image")] {
        let mut bytes = BASELINE.to_vec();
        let at = bytes.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
        bytes[at + 1] = marker;
        assert_eq!(decode(&bytes, None).err().unwrap().found(), found);
    }
}

#[test]
fn a_cut_or_long_file_is_refused() {
    for jpeg in [BASELINE, PROGRESSIVE, TWELVE_BITS, LOSSLESS] {
        for length in 0..jpeg.len() {
            assert!(decode(&jpeg[..length], None).is_err(), "{length} bytes");
        }
        let end = jpeg.len() - 2;
        let long = [&jpeg[..end], &[0; 9], &jpeg[end..]].concat();
        assert!(decode(&long, None).err().unwrap().found().contains("more bytes"));
        // Behind the end may be anything.
        assert!(decode(&[jpeg, &[7; 9]].concat(), None).is_ok());
    }
}

#[test]
fn a_file_of_many_scans_comes_to_an_end() {
    let start = PROGRESSIVE.windows(2).position(|two| two == [0xff, 0xda]).unwrap();
    let length = PROGRESSIVE[start + 2..].windows(2).position(|two| two[0] == 0xff && two[1] != 0);
    let scan = &PROGRESSIVE[start..start + 2 + length.unwrap()];
    let bytes = [&PROGRESSIVE[..start], &scan.repeat(200), &[0xff, 0xd9]].concat();
    assert!(decode(&bytes, None).err().unwrap().found().contains("100 scans"));
}
