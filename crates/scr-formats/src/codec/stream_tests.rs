//! Streams that other encoders wrote (`tests/peers/make_streams.py`), whole and damaged.

use scr_image::Size;

use super::samples::Samples;
use super::{jpeg_2000, jpeg_ls};
use crate::FormatError;

const SIZE: Size = Size { width: 29, height: 19 };

macro_rules! stream {
    ($name:literal) => {
        ($name, include_bytes!(concat!("streams/", $name)) as &[u8])
    };
}

/// Name and bytes.
type Stream = (&'static str, &'static [u8]);

/// Streams without loss of `pattern` with this number of bits.
const LOSSLESS: &[(u32, Stream)] = &[
    (8, stream!("lossless_8.jls")),
    (12, stream!("lossless_12.jls")),
    (16, stream!("lossless_16.jls")),
    (8, stream!("reversible_8.j2k")),
    (12, stream!("reversible_12.j2k")),
    (16, stream!("signed_16.j2k")),
];

/// Streams with loss, and what CharLS or OpenJPEG decodes.
const LOSSY: &[(Stream, Stream)] = &[
    (stream!("near_2.jls"), stream!("near_2.jls.raw")),
    (stream!("irreversible_12.j2k"), stream!("irreversible_12.j2k.raw")),
];

fn decode(name: &str, bytes: &[u8]) -> Result<Samples, FormatError> {
    match name.rsplit_once('.') {
        Some((_, "jls")) => jpeg_ls::decode(bytes, SIZE),
        _ => jpeg_2000::decode(bytes, SIZE),
    }
}

/// Flat rows and columns, a ramp and noise, over the whole range.
fn pattern(bits: u32) -> Vec<u16> {
    let value = |col: u64, row: u64| match row % 4 {
        _ if col < 5 => 3,
        0 => 3,
        1 => (col * 37 + row * 11) << bits.saturating_sub(11),
        _ => (col * col * 31 + row * row * 17 + col * row * 5) * 257,
    };
    let pixels = (0..SIZE.area() as u64).map(|at| (at % 29, at / 29));
    pixels.map(|(col, row)| (value(col, row) & ((1 << bits) - 1)) as u16).collect()
}

#[test]
fn streams_without_loss_are_decoded_exactly() {
    for &(bits, (name, stream)) in LOSSLESS {
        let samples = decode(name, stream).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((samples.bits, samples.is_lossy), (bits, false), "{name}");
        assert_eq!(samples.is_signed, name.starts_with("signed"), "{name}");
        assert!(samples.values == pattern(bits), "{name}");
    }
}

#[test]
fn streams_with_loss_are_decoded_as_their_libraries_decode_them() {
    for &((name, stream), (_, raw)) in LOSSY {
        let samples = decode(name, stream).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(samples.is_lossy, "{name}");
        let (pairs, _) = raw.as_chunks();
        let expected: Vec<u16> = pairs.iter().map(|&pair| u16::from_le_bytes(pair)).collect();
        // The wavelet of JPEG 2000 with loss is one of floating point numbers.
        let tolerance = u16::from(name.ends_with(".j2k"));
        let is_near = |(a, b): (&u16, &u16)| a.abs_diff(*b) <= tolerance;
        assert!(samples.values.iter().zip(&expected).all(is_near), "{name}");
    }
}

fn streams() -> impl Iterator<Item = Stream> {
    let lossless = LOSSLESS.iter().map(|&(_, stream)| stream);
    lossless.chain(LOSSY.iter().map(|&(stream, _)| stream))
}

#[test]
fn a_stream_of_another_size_is_refused_by_its_header() {
    for (name, stream) in streams() {
        let expected = Size::new(30, 19);
        let found = match name.rsplit_once('.') {
            Some((_, "jls")) => jpeg_ls::decode(stream, expected).map(|_| ()),
            _ => jpeg_2000::decode(stream, expected).map(|_| ()),
        };
        assert_eq!(found, Err(FormatError::OtherSize { expected, found: SIZE }), "{name}");
    }
}

#[test]
fn a_stream_cut_off_anywhere_is_refused_or_the_same() {
    for (name, stream) in streams() {
        let whole = decode(name, stream);
        for length in 0..stream.len() {
            let cut = decode(name, &stream[..length]);
            // The end of image follows the last sample.
            assert!(
                cut.is_err() || (cut == whole && length >= stream.len() - 2),
                "{name} cut to {length}"
            );
        }
    }
}

#[test]
fn damaged_bytes_are_never_a_panic() {
    for (name, stream) in streams() {
        for at in 0..stream.len() {
            for value in [0, 0x7f, 0x80, 0xff, stream[at] ^ 1, stream[at] ^ 0x10] {
                let mut damaged = stream.to_vec();
                damaged[at] = value;
                if let Ok(samples) = decode(name, &damaged) {
                    assert_eq!(samples.values.len(), SIZE.area(), "{name}");
                }
            }
        }
    }
}

#[test]
fn what_costs_more_than_its_samples_is_refused_in_jpeg_2000() {
    let (name, stream) = stream!("reversible_8.j2k");
    let changed = |at: usize, bytes: &[u8]| {
        let mut changed = stream.to_vec();
        changed[at..][..bytes.len()].copy_from_slice(bytes);
        decode(name, &changed).unwrap_err().found()
    };
    // Tiles of one sample would be 551; those of a greater image millions.
    assert!(changed(24, &[0, 0, 0, 1, 0, 0, 0, 1]).contains("tile is missing"));
    let cod = stream.windows(2).position(|pair| pair == [0xff, 0x52]).unwrap();
    assert_eq!(changed(cod + 6, &[0xff, 0xff]), "JPEG 2000 with 65535 layers");
    assert_eq!(changed(cod + 10, &[0, 0]), "JPEG 2000 with blocks of less than 256 samples");
    assert_eq!(changed(cod + 12, &[0x40]), "JPEG 2000 with high-throughput blocks");
}
