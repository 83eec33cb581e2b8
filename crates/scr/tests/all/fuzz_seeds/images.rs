//! Seeds of the formats of images: the same mask, and a radiograph, in each.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};

use scr_data::formats;
use scr_image::{Mask, Radiograph, Size};
use tiff::encoder::{Compression, DeflateLevel, TiffEncoder, colortype};

use super::{Seeds, named};
use crate::command::{files, root};

/// Seeds of the formats of images, by target.
pub(super) fn seeds(mask: &Mask, radiograph: &Radiograph) -> BTreeMap<&'static str, Seeds> {
    let png = formats::png::write_radiograph(radiograph).expect("16 bits fit");
    let nifti = nifti(mask);
    let gzipped = gz(&nifti);
    let (size, ones) = (mask.size(), mask.to_bytes(1));
    let Size { width, height } = size;
    let text: String = ones.iter().map(|value| format!("{value} ")).collect();
    let mha = |is_compressed: &str| {
        format!(
            "NDims = 2\nDimSize = {width} {height}\nElementType = MET_UCHAR\n\
             ElementSpacing = 0.5 0.5\nCompressedData = {is_compressed}\nElementDataFile = LOCAL\n"
        )
    };
    let nrrd = |encoding: &str| {
        format!(
            "NRRD0005\ntype: uchar\ndimension: 2\nsizes: {width} {height}\nspacings: 0.5 0.5\n\
             encoding: {encoding}\nSegment0_Name:=lung\nSegment0_LabelValue:=1\n\n"
        )
    };
    let twice = mask.to_bytes(9).repeat(2);
    let square = Size::square(2);
    let header = [2u32, 64, 68].map(u32::to_le_bytes).concat();
    let runs: Vec<u8> = vec![254, 1, 0, 2, 253, 9, 128, 0];
    let rle = fragment(&[header, vec![0; 52], runs].concat());
    let compressed = |syntax: &str, bits: (u16, u16), stream: &str| {
        let is_jpeg = stream.ends_with(".jpg");
        let stream = fs::read(root().join("crates/scr-formats/src").join(stream));
        let stream = stream.expect("the stream can be read");
        // Every stream of JPEG-LS and JPEG 2000 has this size.
        let size = if is_jpeg { jpeg_size(&stream) } else { Size::new(29, 19) };
        dicom(&format!("1.2.840.10008.1.2.4.{syntax}"), size, bits, &fragment(&stream))
    };
    let samples = files(&root().join("crates/scr-formats/src/jpeg/samples"));
    let samples = samples.into_iter().filter(|(name, _)| name.ends_with(".jpg"));
    let samples = samples.filter(|(name, _)| name != "colour.jpg");
    let samples: Vec<_> =
        samples.map(|(name, bytes)| (format!("radiograph-{name}"), bytes)).collect();
    let seeds = BTreeMap::from([
        ("png", vec![("mask.png", formats::png::write_mask(mask)), ("radiograph.png", png)]),
        ("gif", vec![("mask.gif", formats::gif::write_mask(mask).expect("it is small"))]),
        (
            "tiff",
            vec![
                ("plain.tif", tiff_mask(mask, Compression::Uncompressed)),
                ("lzw.tif", tiff_mask(mask, Compression::Lzw)),
                ("deflate.tif", tiff_mask(mask, Compression::Deflate(DeflateLevel::Fast))),
                ("packbits.tif", tiff_mask(mask, Compression::Packbits)),
                ("radiograph.tif", tiff_radiograph(radiograph)),
            ],
        ),
        (
            "dicom",
            vec![
                ("mask.dcm", dicom("1.2.840.10008.1.2.1", size, (8, 8), &native(&ones))),
                ("radiograph.dcm", dicom("1.2.840.10008.1.2.1", size, (16, 16), &native(&twice))),
                ("radiograph-rle.dcm", dicom("1.2.840.10008.1.2.5", square, (16, 16), &rle)),
                ("radiograph-jpeg.dcm", compressed("50", (8, 8), "jpeg/samples/baseline.jpg")),
                ("radiograph-12.dcm", compressed("51", (16, 12), "jpeg/samples/12-bit.jpg")),
                ("radiograph-ls.dcm", compressed("80", (16, 12), "codec/streams/lossless_12.jls")),
                ("radiograph-near.dcm", compressed("81", (8, 8), "codec/streams/near_2.jls")),
                ("radiograph-2000.dcm", compressed("90", (8, 8), "codec/streams/reversible_8.j2k")),
                (
                    "radiograph-97.dcm",
                    compressed("91", (16, 12), "codec/streams/irreversible_12.j2k"),
                ),
            ],
        ),
        ("nifti", vec![("mask.nii", nifti), ("mask.nii.gz", gzipped)]),
        (
            "mha",
            vec![
                ("mask.mha", with_header(&mha("False"), &ones)),
                ("deflate.mha", with_header(&mha("True"), &zlib(&ones))),
            ],
        ),
        (
            "nrrd",
            vec![
                ("mask.nrrd", with_header(&nrrd("raw"), &ones)),
                ("gzip.seg.nrrd", with_header(&nrrd("gzip"), &gz(&ones))),
                ("text.nrrd", with_header(&nrrd("text"), text.as_bytes())),
            ],
        ),
        ("npy", vec![("mask.npy", npy(size, &ones))]),
        (
            "pgm",
            vec![
                ("mask.pgm", with_header(&format!("P5 {width} {height} 255\n"), &ones)),
                ("text.pgm", format!("P2 {width} {height} 255\n{text}").into_bytes()),
            ],
        ),
        ("bmp", vec![("mask.bmp", bmp(mask))]),
        ("webp", vec![("mask.webp", webp(size, &ones))]),
        ("jpeg", samples.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect()),
    ]);
    for (name, bytes) in seeds.values().flatten() {
        let is_read = if name.starts_with("radiograph") {
            formats::read_radiograph(name, bytes).map(|_| ())
        } else {
            formats::read_mask(name, bytes).map(|read| assert_eq!(read, *mask, "{name}"))
        };
        assert_eq!(is_read, Ok(()), "{name}");
    }
    let mut seeds: BTreeMap<_, _> =
        seeds.into_iter().map(|(target, list)| (target, named(list))).collect();
    seeds.insert("jsrt", named(vec![("dark", vec![0, 0]), ("bright", vec![0x0f, 0xff, 1, 2])]));
    let bits = mask.to_bytes(1).iter().enumerate().map(|(at, bit)| bit << (at % 8)).collect();
    seeds.insert("outlines", named(vec![("mask", bits), ("noise", (0..200).collect())]));
    seeds
}

fn tiff_mask(mask: &Mask, compression: Compression) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let (width, height) = (mask.size().width as u32, mask.size().height as u32);
    TiffEncoder::new(&mut bytes)
        .expect("memory takes all bytes")
        .with_compression(compression)
        .write_image::<colortype::Gray8>(width, height, &mask.to_bytes(255))
        .expect("it is a small image");
    bytes.into_inner()
}

fn tiff_radiograph(radiograph: &Radiograph) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let (width, height) = (radiograph.size().width as u32, radiograph.size().height as u32);
    TiffEncoder::new(&mut bytes)
        .expect("memory takes all bytes")
        .write_image::<colortype::Gray16>(width, height, radiograph.pixels())
        .expect("it is a small image");
    bytes.into_inner()
}

/// DICOM file with explicit value representations, little-endian (PS3.5, A.2); bits
/// allocated and stored.
fn dicom(syntax: &str, size: Size, bits: (u16, u16), pixel_data: &[u8]) -> Vec<u8> {
    let number = |number, value: u16| element(0x28, number, "US", &value.to_le_bytes());
    let mut syntax = syntax.as_bytes().to_vec();
    syntax.resize(syntax.len().next_multiple_of(2), 0);
    let syntax = element(2, 0x10, "UI", &syntax);
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    bytes.extend(element(2, 0, "UL", &(syntax.len() as u32).to_le_bytes()));
    bytes.extend(syntax);
    bytes.extend(number(0x02, 1));
    bytes.extend(element(0x28, 0x04, "CS", b"MONOCHROME2 "));
    bytes.extend(number(0x10, size.height as u16));
    bytes.extend(number(0x11, size.width as u16));
    bytes.extend(element(0x28, 0x30, "DS", b"1.4\\1.4 "));
    for (at, value) in [(0x100, bits.0), (0x101, bits.1), (0x102, bits.1 - 1), (0x103, 0)] {
        bytes.extend(number(at, value));
    }
    bytes.extend(pixel_data);
    bytes
}

fn element(group: u16, number: u16, kind: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
    bytes.extend(kind.as_bytes());
    if kind == "OW" {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

fn native(pixels: &[u8]) -> Vec<u8> {
    element(0x7fe0, 0x10, "OW", pixels)
}

/// Pixel data of one compressed fragment (PS3.5, A.4).
fn fragment(stream: &[u8]) -> Vec<u8> {
    let mut bytes = b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff".to_vec();
    for item in [&[][..], stream] {
        bytes.extend(b"\xfe\xff\0\xe0");
        bytes.extend((item.len() as u32).to_le_bytes());
        bytes.extend(item);
    }
    bytes.extend(b"\xfe\xff\xdd\xe0\0\0\0\0");
    bytes
}

/// Size in the frame header of a JPEG stream.
fn jpeg_size(stream: &[u8]) -> Size {
    let is_frame = |bytes: &[u8]| bytes[0] == 0xff && (0xc0..=0xc3).contains(&bytes[1]);
    let at = stream.windows(2).position(is_frame).expect("it has a frame");
    let number = |at: usize| usize::from(stream[at]) << 8 | usize::from(stream[at + 1]);
    Size::new(number(at + 7), number(at + 5))
}

/// NIfTI-1 file, little-endian, 8-bit.
fn nifti(mask: &Mask) -> Vec<u8> {
    let mut bytes = vec![0; 352];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &348i32.to_le_bytes());
    let dim = [2, mask.size().width as u16, mask.size().height as u16];
    put(40, &dim.map(u16::to_le_bytes).concat());
    put(70, &2i16.to_le_bytes());
    put(72, &8i16.to_le_bytes());
    put(108, &352f32.to_le_bytes());
    put(344, b"n+1\0");
    bytes.extend(mask.to_bytes(1));
    bytes
}

fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
    [header.as_bytes(), data].concat()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(bytes).expect("memory takes all bytes");
    gz.finish().expect("memory takes all bytes")
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(bytes).expect("memory takes all bytes");
    zlib.finish().expect("memory takes all bytes")
}

fn npy(size: Size, pixels: &[u8]) -> Vec<u8> {
    let Size { width, height } = size;
    let header =
        format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({height}, {width}), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(pixels);
    bytes
}

/// BMP file of 24 bits a pixel.
fn bmp(mask: &Mask) -> Vec<u8> {
    let Size { width, height } = mask.size();
    let mut bytes = b"BM".to_vec();
    bytes.extend([0; 8]);
    bytes.extend([54, 40].map(u32::to_le_bytes).concat());
    bytes.extend([width as u32, height as u32].map(u32::to_le_bytes).concat());
    bytes.extend([1, 0, 24, 0]);
    bytes.extend([0; 24]);
    for row in mask.to_bytes(9).chunks_exact(width).rev() {
        bytes.extend(row.iter().flat_map(|&value| [value; 3]));
        bytes.extend(vec![0; (4 - 3 * width % 4) % 4]);
    }
    bytes
}

fn webp(size: Size, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    image_webp::WebPEncoder::new(&mut bytes)
        .encode(pixels, size.width as u32, size.height as u32, image_webp::ColorType::L8)
        .expect("it is a small image");
    bytes
}
