//! Damaged files of every format: never a panic, never a hang, and where the
//! format has checksums never a wrong image.

use proptest::prelude::*;
use proptest::sample::Index;
use scr_image::{Mask, Outline, Point, Radiograph, Size};

use super::*;
use crate::nifti::tests::gz;

fn mask() -> Mask {
    let corners = [(3.0, 2.0), (40.0, 9.0), (66.0, 30.0), (9.0, 36.0)];
    let points = corners.map(|(x, y)| Point::new(x, y)).to_vec();
    Mask::filled(Size::new(70, 40), &[Outline::new(points)])
}

fn tiff_of(mask: &Mask, compression: ::tiff::encoder::Compression) -> Vec<u8> {
    use ::tiff::encoder::{TiffEncoder, colortype::Gray8};
    let mut bytes = std::io::Cursor::new(Vec::new());
    let Size { width, height } = mask.size();
    TiffEncoder::new(&mut bytes)
        .unwrap()
        .with_compression(compression)
        .write_image::<Gray8>(width as u32, height as u32, &mask.to_bytes(255))
        .unwrap();
    bytes.into_inner()
}

/// Complete file of every format, with its name.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    use ::tiff::encoder::{Compression, DeflateLevel};
    let mask = mask();
    let dim = [70, 40];
    let nii = nifti::tests::file(&dim, 2, &mask.to_bytes(1), true);
    let wide: Vec<u8> =
        mask.to_bytes(1).into_iter().flat_map(|v| f32::from(v).to_be_bytes()).collect();
    let ones = mask.to_bytes(1);
    let text: String = ones.iter().map(|value| format!("{value} ")).collect();
    let uchar = ("ElementType", "MET_UCHAR");
    let deflated = [("DimSize", "70 40"), ("CompressedData", "True"), uchar];
    let text_mha = [("DimSize", "70 40"), ("BinaryData", "False"), uchar];
    let nrrd = ["type: uint8", "dimension: 2", "sizes: 70 40", "spacings: 0.5 0.5"];
    let segments = ["encoding: raw", "Segment0_Name:=lung", "Segment0_LabelValue:=1"];
    let mask_72 = Mask::from_fn(Size::new(72, 40), |col, row| mask.get(col, row));
    let grey: Vec<[u8; 4]> = (0..8).map(|v| [v, v, v, 0]).collect();
    let rgb: Vec<u8> = ones
        .chunks_exact(70)
        .flat_map(|row| row.iter().flat_map(|&v| [v; 3]).chain([0; 2]).collect::<Vec<u8>>())
        .collect();
    let pixels = mask.to_bytes(1).into_iter().map(|v| u16::from(v) * 999).collect();
    let image = Radiograph::new(mask.size(), u16::MAX, pixels, None).unwrap();
    let mut files = vec![
        ("a.png", png::write_mask(&mask)),
        ("b.png", png::write_radiograph(&image).unwrap()),
        ("a.gif", gif::write_mask(&mask).unwrap()),
        ("a.tif", tiff_of(&mask, Compression::Uncompressed)),
        ("b.tif", tiff_of(&mask, Compression::Lzw)),
        ("c.tiff", tiff_of(&mask, Compression::Deflate(DeflateLevel::Fast))),
        ("d.tiff", tiff_of(&mask, Compression::Packbits)),
        ("a.nii.gz", nifti::tests::gz(&nii)),
        ("a.nii", nii),
        ("b.nii", nifti::tests::file(&dim, 16, &wide, false)),
        ("a.mha", mha::tests::file(&[("DimSize", "70 40"), uchar], &ones)),
        ("b.mha", mha::tests::file(&deflated, &mha::tests::zlib(&ones))),
        ("c.mha", mha::tests::file(&text_mha, text.as_bytes())),
        ("a.nrrd", nrrd::tests::file(&[&nrrd[..], &["encoding: raw"]].concat(), &ones)),
        ("b.nrrd", nrrd::tests::file(&[&nrrd[..], &["encoding: gzip"]].concat(), &gz(&ones))),
        ("a.seg.nrrd", nrrd::tests::file(&[&nrrd[..], &segments].concat(), &ones)),
        ("a.npy", npy::tests::file(1, "'|u1'", "(40, 70)", &ones)),
        ("a.pgm", [b"P5 70 40 255\n", &ones[..]].concat()),
        ("b.pgm", format!("P2 70 40 9\n{text}").into_bytes()),
        ("a.bmp", bmp::tests::file((70, -40), 24, &[], &rgb)),
        ("b.bmp", bmp::tests::file((72, -40), 8, &grey, &mask_72.to_bytes(7))),
        ("a.jpg", jpeg::tests::BASELINE.to_vec()),
        ("b.jpg", jpeg::tests::PROGRESSIVE.to_vec()),
        ("c.jpg", jpeg::tests::TWELVE_BITS.to_vec()),
        ("d.jpeg", jpeg::tests::LOSSLESS.to_vec()),
        ("a.webp", webp::tests::file(mask.size(), &ones)),
        ("a.dcm", dicom::tests::small_mask()),
        ("b.dcm", dicom::tests::small_radiograph()),
        ("c.dcm", dicom::tests::segments::example()),
    ];
    files.extend(dicom::tests::compressed::examples().into_iter().map(|file| ("d.dcm", file)));
    files
}

/// Reads the bytes with every reader.
fn read_all(name: &str, bytes: &[u8]) -> [Result<Mask, FormatError>; 1] {
    let _ = read_radiograph(name, bytes);
    let _ = read_layers(name, bytes, None);
    let _ = pfs::parse(bytes);
    [read_mask(name, bytes)]
}

#[test]
fn every_whole_file_is_read() {
    for (name, bytes) in files() {
        let is_read = read_mask(name, &bytes).is_ok()
            || read_radiograph(name, &bytes).is_ok()
            || read_layers(name, &bytes, None).is_ok();
        assert!(is_read, "{name}");
    }
}

#[test]
fn a_file_cut_off_anywhere_is_never_read_as_another_mask() {
    for (name, bytes) in files() {
        let whole = read_mask(name, &bytes);
        for length in 0..bytes.len() {
            let [cut] = read_all(name, &bytes[..length]);
            // Some formats end in bytes that no pixel needs, and text in a digit or none.
            assert!(cut.is_err() || cut == whole, "{name} cut to {length} bytes");
        }
    }
}

#[test]
fn a_flipped_bit_in_a_png_is_found() {
    let bytes = png::write_mask(&mask());
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            let found = read_mask("x.png", &flipped);
            assert!(found.is_err() || found == Ok(mask()), "byte {at}, bit {bit}");
        }
    }
}

/// Corrects the checksum of a PNG chunk.
fn renew_crc(png: &mut [u8], name: &[u8; 4]) {
    let at = png.windows(4).position(|window| window == name).unwrap();
    let length = u32::from_be_bytes(png[at - 4..at].try_into().unwrap()) as usize;
    let mut crc = flate2::Crc::new();
    crc.update(&png[at..at + 4 + length]);
    png[at + 4 + length..][..4].copy_from_slice(&crc.sum().to_be_bytes());
}

#[test]
fn a_wrong_checksum_of_the_pixels_is_refused_in_png_and_tiff() {
    use ::tiff::encoder::{Compression, DeflateLevel};
    let adler = |raw: &[u8]| {
        let mut a = 1u32;
        let mut b = 0u32;
        for &byte in raw {
            a = (a + u32::from(byte)) % 65521;
            b = (b + a) % 65521;
        }
        (b << 16 | a).to_be_bytes()
    };
    let Size { width, height } = mask().size();
    let rows = mask().to_bytes(255);
    let filtered: Vec<u8> = rows.chunks(width).flat_map(|row| [&[0], row].concat()).collect();
    let png = png::write_mask(&mask());
    let tiff = tiff_of(&mask(), Compression::Deflate(DeflateLevel::Fast));
    for (name, bytes, sum) in [("a.png", png, adler(&filtered)), ("a.tif", tiff, adler(&rows))] {
        let at = bytes.windows(4).position(|window| window == sum);
        let at = at.unwrap_or_else(|| panic!("{name} of {height} rows has no checksum"));
        for byte in at..at + 4 {
            let mut damaged = bytes.clone();
            damaged[byte] ^= 0x10;
            if name == "a.png" {
                renew_crc(&mut damaged, b"IDAT");
            }
            let found = read_mask(name, &damaged);
            assert!(matches!(found, Err(FormatError::Damaged { .. })), "{name}: {found:?}");
        }
    }
}

#[test]
fn every_byte_of_every_file_may_be_anything() {
    for (name, bytes) in files() {
        // The array of an uncompressed file has no structure to break.
        for at in 0..bytes.len().min(700) {
            for value in [0, 1, 0x7f, 0x80, 0xff, bytes[at] ^ 1] {
                let mut damaged = bytes.clone();
                damaged[at] = value;
                let _ = read_all(name, &damaged);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_bytes_are_no_image(
        bytes in prop::collection::vec(any::<u8>(), 0..600), which in any::<Index>(),
    ) {
        let files = files();
        let (name, whole) = &files[which.index(files.len())];
        prop_assert!(read_all(name, &bytes)[0].is_err());
        // Behind a true beginning.
        let mut spliced = whole[..whole.len().min(160)].to_vec();
        spliced.extend(&bytes);
        let _ = read_all(name, &spliced);
    }

    #[test]
    fn several_flipped_bits_do_no_harm(
        flips in prop::collection::vec((any::<Index>(), 0u8..8), 1..12), which in any::<Index>(),
    ) {
        let files = files();
        let (name, whole) = &files[which.index(files.len())];
        let mut bytes = whole.clone();
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        let _ = read_all(name, &bytes);
    }

    #[test]
    fn any_text_is_points_or_an_error(text in "[\\[\\]{};=, \r\nLabel0-9.eE-]{0,200}") {
        let _ = pfs::parse(text.as_bytes());
    }
}
