//! DICOM files written by another implementation (dicom-object) and by hand.

mod by_hand;
pub(crate) mod compressed;
mod grey_scale;
pub(crate) mod segments;

use std::io::Write;

use dicom_object::mem::InMemElement;
use dicom_object::{FileMetaTableBuilder, InMemDicomObject, StandardDataDictionary};

use super::*;
use by_hand::front;

const IMPLICIT: &str = "1.2.840.10008.1.2";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

/// An element of any value. dicom-object does not name its type of values, so
/// that it has to be inferred from one that is.
macro_rules! with_value {
    ($tag:expr, $kind:expr, $value:expr) => {{
        let kind = || $kind.parse().unwrap();
        let text = InMemElement::<StandardDataDictionary>::new($tag, kind(), "text");
        let [_, value] = [text.value().primitive().cloned().unwrap(), $value.into()];
        InMemElement::new($tag, kind(), value)
    }};
}

/// Test file: the properties that tests vary.
struct TestFile {
    syntax: &'static str,
    size: (u16, u16),
    bits: (u16, u16),
    photometric: &'static str,
    numbers: Vec<(Tag, u16)>,
    texts: Vec<(Tag, &'static str, &'static str)>,
    /// Stored values, of 8 or 16 bits as allocated.
    pixels: Vec<u16>,
}

impl TestFile {
    fn new(size: (u16, u16), bits: (u16, u16), pixels: &[u16]) -> Self {
        Self {
            syntax: EXPLICIT,
            size,
            bits,
            photometric: "MONOCHROME2",
            numbers: vec![],
            texts: vec![],
            pixels: pixels.to_vec(),
        }
    }

    fn text(mut self, tag: Tag, kind: &'static str, value: &'static str) -> Self {
        self.texts.push((tag, kind, value));
        self
    }

    fn number(mut self, tag: Tag, value: u16) -> Self {
        self.numbers.push((tag, value));
        self
    }

    /// The file as dicom-object writes it.
    fn bytes(&self) -> Vec<u8> {
        let tag = |tag: Tag| dicom_object::Tag(tag.0, tag.1);
        let mut object = InMemDicomObject::new_empty();
        let numbers = [
            (COLUMNS, self.size.0),
            (ROWS, self.size.1),
            (SAMPLES_PER_PIXEL, 1),
            (BITS_ALLOCATED, self.bits.0),
            (BITS_STORED, self.bits.1),
            (HIGH_BIT, self.bits.1 - 1),
            (PIXEL_REPRESENTATION, 0),
        ];
        for (name, value) in numbers.into_iter().chain(self.numbers.iter().copied()) {
            object.put(with_value!(tag(name), "US", value));
        }
        object.put_str(tag(PHOTOMETRIC_INTERPRETATION), "CS".parse().unwrap(), self.photometric);
        for &(name, kind, value) in &self.texts {
            object.put_str(tag(name), kind.parse().unwrap(), value);
        }
        let data = (0x7fe0, 0x0010);
        let is_big = self.syntax == BIG_ENDIAN;
        let in_order = |v: &u16| if is_big { v.to_be_bytes() } else { v.to_le_bytes() };
        let (kind, mut values): (_, Vec<u8>) = if self.bits.0 == 16 {
            ("OW", self.pixels.iter().flat_map(in_order).collect())
        } else {
            ("OB", self.pixels.iter().map(|&v| v as u8).collect())
        };
        values.resize(values.len().next_multiple_of(2), 0);
        object.put(with_value!(tag(data), kind, values.as_slice()));
        let meta = FileMetaTableBuilder::new()
            .transfer_syntax(self.syntax)
            .media_storage_sop_class_uid("1.2.840.10008.5.1.4.1.1.1")
            .media_storage_sop_instance_uid("1.2.3");
        let mut bytes = Vec::new();
        object.with_meta(meta).unwrap().write_all(&mut bytes).unwrap();
        bytes
    }
}

/// A mask of 3 x 2 pixels, for other tests to damage.
pub(crate) fn small_mask() -> Vec<u8> {
    TestFile::new((3, 2), (8, 8), &[0, 1, 0, 1, 1, 0]).bytes()
}

/// A windowed radiograph of 2 x 2 pixels, for other tests to damage.
pub(crate) fn small_radiograph() -> Vec<u8> {
    TestFile::new((2, 2), (16, 12), &[0, 1000, 2000, 4095])
        .text(WINDOW_CENTER, "DS", "2048")
        .text(WINDOW_WIDTH, "DS", "1000")
        .text(PIXEL_SPACING, "DS", "0.2\\0.1")
        .bytes()
}

#[test]
fn a_mask_is_read_in_every_uncompressed_transfer_syntax() {
    for syntax in [IMPLICIT, EXPLICIT, BIG_ENDIAN] {
        for bits in [(8, 8), (16, 12), (16, 16)] {
            let file =
                TestFile { syntax, ..TestFile::new((3, 2), bits, &[0, 200, 0, 200, 200, 0]) };
            assert_eq!(read_mask(&file.bytes()), Ok(Mask::from_text(".#. ##.")), "{syntax}");
        }
    }
}

#[test]
fn one_bit_masks_run_on_over_the_ends_of_rows() {
    // Pixels of 3 x 3 in the bits of two bytes, lowest first.
    let file = TestFile::new((3, 3), (1, 1), &[0b1101_0010, 0b1]);
    assert_eq!(read_mask(&file.bytes()), Ok(Mask::from_text(".#. .#. ###")));
}

#[test]
fn a_high_bit_that_is_not_the_last_of_the_stored_bits_is_damage() {
    for (stored, high_bit) in [(8, 6), (8, 8), (8, 0xffff), (0, 0xffff), (9, 8)] {
        let file = TestFile::new((2, 1), (8, 8), &[0, 1])
            .number(BITS_STORED, stored)
            .number(HIGH_BIT, high_bit);
        let found = read_mask(&file.bytes()).unwrap_err().to_string();
        assert!(found.contains(&format!("{stored} bits up to bit {high_bit}")), "{found}");
    }
}

#[test]
fn swapped_pairs_of_8_bit_pixels_are_put_in_order() {
    let mut bytes =
        TestFile { syntax: BIG_ENDIAN, ..TestFile::new((2, 1), (8, 8), &[0, 1]) }.bytes();
    let at = bytes.windows(2).rposition(|pair| pair == b"OB").unwrap();
    bytes[at + 1] = b'W';
    assert_eq!(read_mask(&bytes), Ok(Mask::from_text("#.")));
}

#[test]
fn without_a_window_a_radiograph_keeps_its_stored_values() {
    let image = read_radiograph(&TestFile::new((2, 1), (16, 12), &[5, 4095]).bytes()).unwrap();
    assert_eq!((image.max_value(), image.pixels()), (4095, &[5, 4095][..]));
    let file =
        TestFile { photometric: "MONOCHROME1", ..TestFile::new((2, 1), (16, 12), &[5, 4095]) };
    assert_eq!(read_radiograph(&file.bytes()).unwrap().pixels(), [4090, 0]);
    assert_eq!(read_mask(&file.bytes()).unwrap_err().found(), "MONOCHROME1");
}

#[test]
fn signed_values_and_negative_slopes_keep_brightness_rising() {
    // In 12 bits 0x800 is -2048 and 0x7ff is 2047.
    let file = TestFile::new((3, 1), (16, 12), &[0x800, 0, 0x7ff]).number(PIXEL_REPRESENTATION, 1);
    assert_eq!(read_radiograph(&file.bytes()).unwrap().pixels(), [0, 2048, 4095]);
    let file = file.text(RESCALE_SLOPE, "DS", "-1").text(RESCALE_INTERCEPT, "DS", "10");
    assert_eq!(read_radiograph(&file.bytes()).unwrap().pixels(), [4095, 2047, 0]);
}

#[test]
fn the_first_window_is_applied_as_the_standard_says() {
    // Centre 2048, width 4096 is the standard's own example of an identity (C.11.2.1.2.1).
    let values = [0, 1, 2047, 2048, 4094, 4095];
    let file = TestFile::new((6, 1), (16, 12), &values)
        .text(WINDOW_CENTER, "DS", "2048\\500")
        .text(WINDOW_WIDTH, "DS", "4096\\200");
    let image = read_radiograph(&file.bytes()).unwrap();
    let expected = values.map(|v| (f64::from(v) / 4095.0 * 65535.0).round() as u16);
    assert_eq!((image.max_value(), image.pixels()), (65535, &expected[..]));

    // Centre 100, width 0 is no window; width 1 is a threshold at 99.5.
    let narrow =
        |width| {
            let file = TestFile::new((2, 1), (8, 8), &[99, 100])
                .text(WINDOW_CENTER, "DS", "100")
                .text(WINDOW_WIDTH, "DS", width);
            read_radiograph(&file.bytes())
        };
    assert_eq!(narrow("1").unwrap().pixels(), [0, 255]);
    assert!(matches!(narrow("0"), Err(FormatError::Damaged { .. })));
}

#[test]
fn the_rescaled_value_goes_through_the_window() {
    let file = TestFile::new((3, 1), (8, 8), &[0, 50, 100])
        .text(RESCALE_SLOPE, "DS", "2")
        .text(RESCALE_INTERCEPT, "DS", "-100")
        .text(WINDOW_CENTER, "DS", "0.5")
        .text(WINDOW_WIDTH, "DS", "201");
    assert_eq!(read_radiograph(&file.bytes()).unwrap().pixels(), [0, 128, 255]);
}

#[test]
fn the_first_number_of_a_spacing_is_between_rows() {
    let file = TestFile::new((1, 1), (8, 8), &[0]).text(IMAGER_PIXEL_SPACING, "DS", "0.4\\0.3");
    let spacing = |file: &TestFile| read_radiograph(&file.bytes()).unwrap().spacing().unwrap();
    assert_eq!((spacing(&file).x_mm(), spacing(&file).y_mm()), (0.3, 0.4));
    let file = file.text(PIXEL_SPACING, "DS", "0.2\\0.1");
    assert_eq!((spacing(&file).x_mm(), spacing(&file).y_mm()), (0.1, 0.2));
    let file = TestFile::new((1, 1), (8, 8), &[0]).text(PIXEL_SPACING, "DS", "0\\0.1");
    assert!(read_radiograph(&file.bytes()).is_err());
    // Zeros state nothing.
    let file = TestFile::new((1, 1), (8, 8), &[0]).text(PIXEL_SPACING, "DS", "0.000\\0.000");
    assert_eq!(read_radiograph(&file.bytes()).unwrap().spacing(), None);
    let file = file.text(IMAGER_PIXEL_SPACING, "DS", "0.4\\0.3");
    assert_eq!((spacing(&file).x_mm(), spacing(&file).y_mm()), (0.3, 0.4));
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    let file = TestFile::new((1, 1), (8, 8), &[0]).text(NUMBER_OF_FRAMES, "IS", "3");
    assert_eq!(read_mask(&file.bytes()), Err(FormatError::Frames { found: 3 }));
    let file = TestFile { photometric: "RGB", ..TestFile::new((1, 1), (8, 8), &[0, 0, 0]) }
        .number(SAMPLES_PER_PIXEL, 3);
    assert_eq!(read_mask(&file.bytes()).unwrap_err().found(), "3 (RGB)");
    let file = TestFile::new((1, 1), (8, 8), &[0])
        .text(WINDOW_CENTER, "DS", "1")
        .text(WINDOW_WIDTH, "DS", "2")
        .text(VOI_LUT_FUNCTION, "CS", "CUBIC");
    assert_eq!(read_radiograph(&file.bytes()).unwrap_err().found(), "CUBIC");
    assert!(
        read_mask(&TestFile::new((9000, 9000), (8, 8), &[0]).bytes())
            .is_err_and(|error| matches!(error, FormatError::TooLarge { .. }))
    );
}

/// A whole file with a sequence of one item before its pixels.
fn with_sequence(file: &TestFile, tag: Tag) -> Vec<u8> {
    let whole = file.bytes();
    let at = whole.windows(4).rposition(|w| w == [0xe0, 0x7f, 0x10, 0]).unwrap();
    let mut bytes = whole[..at].to_vec();
    bytes.extend(tag.0.to_le_bytes());
    bytes.extend(tag.1.to_le_bytes());
    bytes.extend(b"SQ\0\0");
    bytes.extend([0xff; 4]);
    bytes.extend([0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]);
    bytes.extend([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
    bytes.extend(&whole[at..]);
    bytes
}

fn windowed() -> TestFile {
    TestFile::new((2, 1), (8, 8), &[0, 200]).text(WINDOW_CENTER, "DS", "100").text(
        WINDOW_WIDTH,
        "DS",
        "200",
    )
}

#[test]
fn a_lookup_table_is_never_left_out() {
    let plain = TestFile::new((2, 1), (8, 8), &[0, 1]);
    for (tag, name) in [
        (MODALITY_LUT_SEQUENCE, "a ModalityLUTSequence"),
        (VOI_LUT_SEQUENCE, "a VOILUTSequence"),
        (PRESENTATION_LUT_SEQUENCE, "a PresentationLUTSequence"),
    ] {
        let bytes = with_sequence(&plain, tag);
        assert_eq!(read_mask(&bytes).unwrap_err().found(), name);
        let error = read_radiograph(&bytes).unwrap_err();
        if tag == PRESENTATION_LUT_SEQUENCE {
            assert_eq!(error.found(), name);
            assert!(error.hint().contains("dcm2pnm"), "{error}");
        } else {
            assert!(error.found().contains("a lookup table without a descriptor"), "{error}");
        }
    }
    for tag in [SHARED_FUNCTIONAL_GROUPS, PER_FRAME_FUNCTIONAL_GROUPS] {
        let bytes = with_sequence(&plain, tag);
        assert!(read_radiograph(&bytes).unwrap_err().found().contains("FunctionalGroups"));
        assert!(read_mask(&bytes).is_ok(), "segmentation objects have them");
    }
    // A window is an alternative to a VOI LUT, not to the other tables.
    assert!(read_radiograph(&with_sequence(&windowed(), VOI_LUT_SEQUENCE)).is_ok());
    assert!(read_radiograph(&with_sequence(&windowed(), MODALITY_LUT_SEQUENCE)).is_err());
}

#[test]
fn a_presentation_shape_turns_once_and_contradicts_nothing() {
    let shaped = |photometric, shape| {
        let file =
            TestFile::new((2, 1), (8, 8), &[5, 255]).text(PRESENTATION_LUT_SHAPE, "CS", shape);
        read_radiograph(&TestFile { photometric, ..file }.bytes())
    };
    assert_eq!(shaped("MONOCHROME2", "IDENTITY").unwrap().pixels(), [5, 255]);
    assert_eq!(shaped("MONOCHROME1", "INVERSE").unwrap().pixels(), [250, 0]);
    for (photometric, shape) in
        [("MONOCHROME2", "INVERSE"), ("MONOCHROME1", "IDENTITY"), ("MONOCHROME2", "LIN OD")]
    {
        let error = shaped(photometric, shape).unwrap_err();
        assert_eq!(error.found(), format!("PresentationLUTShape {shape}"));
    }
}

#[test]
fn a_negative_slope_turns_the_window_too() {
    let file = windowed().text(RESCALE_SLOPE, "DS", "-1").text(RESCALE_INTERCEPT, "DS", "200");
    assert_eq!(read_radiograph(&file.bytes()).unwrap().pixels(), [255, 0]);
}

#[test]
fn a_mask_that_is_rescaled_away_from_its_stored_values_is_refused() {
    let rescaled = |slope, intercept| {
        let file = TestFile::new((2, 1), (8, 8), &[0, 1]);
        let file = file.text(RESCALE_SLOPE, "DS", slope).text(RESCALE_INTERCEPT, "DS", intercept);
        read_mask(&file.bytes())
    };
    assert!(rescaled("1", "0").is_ok());
    assert_eq!(rescaled("-1", "1").unwrap_err().found(), "RescaleSlope -1, RescaleIntercept 1");
    assert!(rescaled("1", "-1").is_err());
}

#[test]
fn a_file_without_pixels_is_named_by_what_it_is() {
    let mut bytes = front(EXPLICIT);
    bytes.extend([8, 0, 0x16, 0]);
    bytes.extend(b"UI\x1c\x001.2.840.10008.5.1.4.1.1.11.1");
    let error = read_radiograph(&bytes).unwrap_err();
    assert_eq!(error.found(), "a DICOM file without pixels: a presentation state");
    assert_eq!(read_mask(&front(EXPLICIT)).unwrap_err().found(), "a DICOM file without pixels");
    for (class, name) in [
        ("1.2.840.10008.5.1.4.1.1.88.33", "a structured report"),
        ("1.2.840.10008.1.3.10", "a directory of files, DICOMDIR"),
        ("1.2.840.10008.5.1.4.1.1.481.3", "a radiotherapy structure set"),
        ("1.2.840.10008.5.1.4.1.1.66.4", "a segmentation"),
    ] {
        let class = by_hand::element(SOP_CLASS_UID, "UI", class.as_bytes());
        let error = read_radiograph(&[front(EXPLICIT), class].concat()).unwrap_err();
        assert_eq!(error.found(), format!("a DICOM file without pixels: {name}"));
    }
}

#[test]
fn an_element_that_stands_twice_is_damage() {
    let whole = small_mask();
    let at = whole.windows(4).position(|w| w == [0x28, 0, 0x10, 0]).unwrap();
    let mut bytes = whole[..at].to_vec();
    bytes.extend(b"\x28\0\x10\0US\x02\0\x05\0");
    bytes.extend(&whole[at..]);
    assert!(read_mask(&bytes).unwrap_err().found().contains("duplicate element"));
}

#[test]
fn nested_sequences_are_passed_over_and_their_elements_not_taken() {
    let plain = small_mask();
    let data_set = plain.windows(4).position(|w| w == [0x28, 0, 2, 0]).unwrap();
    let mut bytes = plain[..data_set].to_vec();
    let undefined = [0xff; 4];
    // (0008,1140) SQ, an item, in it a Columns of 77 and an unknown element with
    // an implicit item, then all ends.
    bytes.extend([8, 0, 0x40, 0x11]);
    bytes.write_all(b"SQ\0\0").unwrap();
    bytes.extend(undefined);
    bytes.extend([0xfe, 0xff, 0, 0xe0]);
    bytes.extend(undefined);
    bytes.extend([0x28, 0, 0x11, 0]);
    bytes.write_all(b"US\x02\0\x4d\0").unwrap();
    bytes.extend([9, 0, 1, 0]);
    bytes.write_all(b"UN\0\0").unwrap();
    bytes.extend(undefined);
    bytes.extend([0xfe, 0xff, 0, 0xe0]);
    bytes.extend(undefined);
    bytes.extend([0x28, 0, 0x11, 0, 2, 0, 0, 0, 0x4e, 0]);
    for end in [0x0d, 0xdd, 0x0d, 0xdd] {
        bytes.extend([0xfe, 0xff, end, 0xe0, 0, 0, 0, 0]);
    }
    bytes.extend(&plain[data_set..]);
    assert_eq!(read_mask(&bytes), Ok(Mask::from_text(".#. ##.")));
}

#[test]
fn a_hundred_thousand_nested_sequences_do_not_exhaust_the_stack() {
    let mut bytes = front(EXPLICIT);
    for _ in 0..100_000 {
        bytes.extend([8, 0, 0x40, 0x11, b'S', b'Q', 0, 0, 0xff, 0xff, 0xff, 0xff]);
        bytes.extend([0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff]);
    }
    assert!(matches!(read_mask(&bytes), Err(FormatError::Damaged { .. })));
}

#[test]
fn a_length_beyond_the_end_of_the_file_is_damage() {
    let mut bytes = front(EXPLICIT);
    bytes.extend([8, 0, 1, 0, b'O', b'B', 0, 0, 0xf0, 0xff, 0xff, 0xff]);
    let error = read_mask(&bytes).unwrap_err();
    assert_eq!(error.found(), "damage: the file ends early");
}
