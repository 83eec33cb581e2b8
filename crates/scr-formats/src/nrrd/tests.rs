//! Tests of the NRRD reader.

use super::*;
use scr_image::{Mask, Spacing};
use std::io::Write;

/// A file by hand.
pub(crate) fn file(lines: &[&str], data: &[u8]) -> Vec<u8> {
    let mut bytes = b"NRRD0005\n# by hand\n".to_vec();
    for line in lines {
        bytes.extend(format!("{line}\n").bytes());
    }
    bytes.push(b'\n');
    bytes.extend(data);
    bytes
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn read_mask(bytes: &[u8]) -> Result<Mask, FormatError> {
    open(bytes, None)?.into_mask()
}

#[test]
fn raw_gzip_and_text_are_the_same_mask() {
    let mask = Mask::from_text(".#. ##.");
    let data = [0, 9, 0, 9, 9, 0];
    let head = ["type: uint8", "dimension: 2", "sizes: 3 2"];
    let with = |encoding: &'static str| [&head[..], &[encoding]].concat();
    assert_eq!(read_mask(&file(&with("encoding: raw"), &data)), Ok(mask.clone()));
    assert_eq!(read_mask(&file(&with("encoding: gzip"), &gz(&data))), Ok(mask.clone()));
    assert_eq!(read_mask(&file(&with("encoding: ascii"), b"0 9 0\n9 9 0\n")), Ok(mask.clone()));
    let at_end = [&head[..], &["encoding: raw", "byte skip: -1"]].concat();
    assert_eq!(read_mask(&file(&at_end, &[&[1; 4][..], &data].concat())), Ok(mask));
}

#[test]
fn the_spacing_is_that_of_the_image_s_axes_in_mm() {
    let image = |lines: &[&str]| {
        let head = ["type: short", "dimension: 3", "sizes: 2 1 1", "encoding: raw", "endian: big"];
        let bytes = file(&[&head[..], lines].concat(), &[0, 7, 1, 0]);
        let image = open(&bytes, None).unwrap().into_radiograph().unwrap();
        assert_eq!(image.pixels(), [7, 256]);
        image.spacing()
    };
    let spacing = Some(Spacing::new(0.5, 2.0).unwrap());
    assert_eq!(image(&["spacings: 0.5 2 1"]), spacing);
    assert_eq!(image(&["space directions: (0.3,0.4,0) (0,0,-2) (1,0,0)"]), spacing);
    assert_eq!(image(&["spacings: 0.05 0.2 1", "units: \"cm\" \"cm\" \"cm\""]), spacing);
    assert_eq!(image(&["spacings: 500 2000 1", "space units: \"um\" \"um\" \"um\""]), spacing);
    assert_eq!(image(&["spacings: 0.5 2 1", "units: \"s\" \"s\" \"s\""]), None);
    assert_eq!(image(&["spacings: nan nan nan"]), None);
    assert_eq!(image(&[]), None);
}

#[test]
fn segments_have_names_and_may_overlap() {
    let lines = [
        "type: uchar",
        "dimension: 4",
        "sizes: 2 3 1 1",
        "kinds: list domain domain domain",
        "space directions: none (0.5,0,0) (0,0.5,0) (0,0,1)",
        "encoding: raw",
        "Segment0_Name:=right lung",
        "Segment0_LabelValue:=1",
        "Segment0_Layer:=0",
        "Segment1_Name:=left lung",
        "Segment1_LabelValue:=2",
        "Segment1_Layer:=0",
        "Segment2_Name:=heart",
        "Segment2_LabelValue:=1",
        "Segment2_Layer:=1",
        "Segment3_ID:=empty",
        "Segment3_LabelValue:=3",
        "Segment3_Layer:=1",
    ];
    let bytes = file(&lines, &[1, 0, 2, 1, 0, 1]);
    let layers = read_layers(&bytes, None).unwrap();
    assert_eq!(layers.spacing, Some(Spacing::isotropic(0.5).unwrap()));
    let found: Vec<_> = layers.layers.iter().map(|l| (l.value, l.name.as_deref())).collect();
    let value = MaskValue::Number;
    let names = [Some("right lung"), Some("heart"), Some("left lung"), None];
    assert_eq!(found, [1, 1, 2, 3].map(value).into_iter().zip(names).collect::<Vec<_>>());
    let masks: Vec<&Mask> = layers.layers.iter().map(|layer| &layer.mask).collect();
    let texts = ["#..", ".##", ".#.", "..."].map(Mask::from_text);
    assert_eq!(masks, texts.iter().collect::<Vec<_>>());
    assert_eq!(read_mask(&bytes).unwrap_err().found(), "2 layers or channels");
}

#[test]
fn a_label_map_without_segments_has_no_names() {
    let bytes = file(&["type: int", "sizes: 3 1", "endian: little", "encoding: raw"], &{
        let mut data = [0; 12];
        (data[4], data[8]) = (7, 3);
        data
    });
    let layers = read_layers(&bytes, None).unwrap();
    let found: Vec<_> = layers.layers.iter().map(|l| (l.value, l.mask.count())).collect();
    assert_eq!(found, [(MaskValue::Number(3), 1), (MaskValue::Number(7), 1)]);
}

#[test]
fn detached_and_compressed_otherwise_are_refused_by_name() {
    let found = |lines: &[&str]| {
        let head = ["type: uchar", "sizes: 1 1"];
        read_mask(&file(&[&head[..], lines].concat(), &[0])).unwrap_err().to_string()
    };
    assert!(found(&["encoding: raw", "data file: a.raw"]).contains("another file, `a.raw`"));
    assert!(found(&["encoding: bzip2"]).contains("`bzip2`"));
    assert!(found(&["encoding: raw", "byte skip: 9"]).contains("byte skip `9`"));
    assert!(found(&["encoding: raw", "Segment"]).contains("a header line `Segment`"));
    let stack = file(&["type: uchar", "sizes: 2 2 5", "encoding: raw"], &[0; 20]);
    assert_eq!(read_mask(&stack), Err(FormatError::Frames { found: 5 }));
}
