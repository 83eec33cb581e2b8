//! Lookup tables, window functions and unused bits.

use super::by_hand::*;
use super::*;

fn table(sequence_tag: Tag, descriptor: [u16; 3], entries: &[u16]) -> Vec<u8> {
    let words = |numbers: &[u16]| -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    };
    let descriptor = element((0x0028, 0x3002), "US", &words(&descriptor));
    let data = element((0x0028, 0x3006), "OW", &words(entries));
    sequence(sequence_tag, &[vec![descriptor, data]])
}

fn read(elements: &[Vec<u8>], pixels: &[u8]) -> Result<Radiograph, FormatError> {
    let size = (pixels.len() as u16, 1);
    let front = front("1.2.840.10008.1.2.1");
    read_radiograph(&[front, image(size, (8, 8)), elements.concat(), native(pixels)].concat())
}

#[test]
fn a_modality_table_gives_the_values() {
    let modality = table(MODALITY_LUT_SEQUENCE, [3, 10, 12], &[100, 50, 4000]);
    let image = read(std::slice::from_ref(&modality), &[0, 10, 11, 12, 255, 0]).unwrap();
    assert_eq!(image.max_value(), 4095);
    // Values beside the table have its first and last entry.
    assert_eq!(image.pixels(), [100, 100, 50, 4000, 4000, 100]);
    // A window of its output.
    let window = [text(WINDOW_CENTER, "2048"), text(WINDOW_WIDTH, "4096")];
    let image = read(&[&[modality][..], &window].concat(), &[10, 12]).unwrap();
    assert_eq!(image.max_value(), 65535);
    assert_eq!(image.pixels(), [1600, 64015]);
}

#[test]
fn a_voi_table_takes_the_rescaled_values() {
    let voi = table(VOI_LUT_SEQUENCE, [3, 0, 8], &[255, 7, 0]);
    let unscaled = read(std::slice::from_ref(&voi), &[0, 1, 2, 3]).unwrap();
    assert_eq!(unscaled.pixels(), [255, 7, 0, 0]);
    let moved = [text(RESCALE_SLOPE, "2"), text(RESCALE_INTERCEPT, "-9"), voi.clone()];
    assert_eq!(read(&moved, &[0, 4, 5, 6]).unwrap().pixels(), [255, 255, 7, 0]);
    let halved = [text(RESCALE_SLOPE, "0.5"), voi];
    assert!(read(&halved, &[0, 1]).unwrap_err().expected().contains("whole numbers"));
}

#[test]
fn both_tables_apply_in_turn() {
    let modality = table(MODALITY_LUT_SEQUENCE, [2, 0, 16], &[1, 0]);
    let voi = table(VOI_LUT_SEQUENCE, [2, 0, 10], &[5, 1023]);
    let image = read(&[modality, voi], &[0, 1]).unwrap();
    assert_eq!((image.max_value(), image.pixels()), (1023, &[1023, 5][..]));
}

#[test]
fn entries_of_one_byte_are_read() {
    let descriptor = element((0x0028, 0x3002), "US", &[2, 0, 0, 0, 8, 0]);
    let data = element((0x0028, 0x3006), "OW", &[9, 200]);
    let voi = sequence(VOI_LUT_SEQUENCE, &[vec![descriptor, data]]);
    assert_eq!(read(&[voi], &[0, 1]).unwrap().pixels(), [9, 200]);
}

#[test]
fn a_table_that_contradicts_itself_is_damage() {
    for (descriptor, entries) in [
        ([5, 0, 8], &[1, 2][..]),
        ([2, 0, 0], &[1, 2]),
        ([2, 0, 17], &[1, 2]),
        ([2, 0, 8], &[1, 256]),
    ] {
        let voi = table(VOI_LUT_SEQUENCE, descriptor, entries);
        let error = read(&[voi], &[0, 1]).unwrap_err();
        assert!(error.found().starts_with("damage: a lookup table"), "{error}");
    }
}

#[test]
fn window_functions_are_those_of_the_standard() {
    let windowed = |function: &str, width: &str| {
        let window = [text(WINDOW_CENTER, "100"), text(WINDOW_WIDTH, width)];
        read(&[&window[..], &[text(VOI_LUT_FUNCTION, function)]].concat(), &[0, 50, 100, 125, 200])
    };
    // C.11.2.1.3.2: the share is (value - centre) / width + 1 / 2.
    assert_eq!(windowed("LINEAR_EXACT", "100").unwrap().pixels(), [0, 0, 128, 191, 255]);
    // C.11.2.1.3.1: 255 / (1 + exp(-4 (value - centre) / width)).
    assert_eq!(windowed("SIGMOID", "100").unwrap().pixels(), [5, 30, 128, 186, 250]);
    assert!(windowed("SIGMOID", "0").is_err());
    assert_eq!(windowed("CUBIC", "100").unwrap_err().found(), "CUBIC");
}

#[test]
fn overlays_in_unused_bits_are_left_out() {
    let front = front("1.2.840.10008.1.2.1");
    let pixels = native(&[0xff, 0x1f, 0x05, 0xf0]);
    let file = [front, image((2, 1), (16, 12)), pixels].concat();
    assert_eq!(read_radiograph(&file).unwrap().pixels(), [0xfff, 5]);
}
