//! DICOM files by hand, explicit and little-endian.

use super::super::tags::*;

/// Element with its value, filled to an even length.
pub(crate) fn element(tag: Tag, kind: &str, value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if kind == "OB" || kind == "UI" { 0 } else { b' ' });
    }
    let mut bytes = [tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat();
    bytes.extend(kind.as_bytes());
    if matches!(kind, "OB" | "OW" | "SQ" | "UN") {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

pub(crate) fn number(tag: Tag, value: u16) -> Vec<u8> {
    element(tag, "US", &value.to_le_bytes())
}

pub(crate) fn text(tag: Tag, value: &str) -> Vec<u8> {
    element(tag, "LO", value.as_bytes())
}

/// Item of a sequence or of fragments, with its length.
fn item(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xfe, 0xff, 0, 0xe0];
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    bytes
}

/// Sequence of items, each of some elements.
pub(crate) fn sequence(tag: Tag, items: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let items: Vec<u8> = items.iter().flat_map(|elements| item(&elements.concat())).collect();
    element(tag, "SQ", &items)
}

/// Pixel data in fragments.
pub(crate) fn fragments(offsets: &[u32], parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![0xe0, 0x7f, 0x10, 0, b'O', b'B', 0, 0, 0xff, 0xff, 0xff, 0xff];
    let offsets: Vec<u8> = offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect();
    bytes.extend(item(&offsets));
    for part in parts {
        bytes.extend(item(part));
    }
    bytes.extend([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
    bytes
}

pub(crate) fn native(pixels: &[u8]) -> Vec<u8> {
    element((0x7fe0, 0x0010), "OW", pixels)
}

/// Preamble and file meta information.
pub(crate) fn front(syntax: &str) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    bytes.extend(element(TRANSFER_SYNTAX_UID, "UI", syntax.as_bytes()));
    bytes
}

/// Elements of a grey image: allocated and stored bits.
pub(crate) fn image(size: (u16, u16), bits: (u16, u16)) -> Vec<u8> {
    [
        element(SOP_CLASS_UID, "UI", b"1.2.840.10008.5.1.4.1.1.1.1"),
        number(SAMPLES_PER_PIXEL, 1),
        text(PHOTOMETRIC_INTERPRETATION, "MONOCHROME2"),
        number(ROWS, size.1),
        number(COLUMNS, size.0),
        number(BITS_ALLOCATED, bits.0),
        number(BITS_STORED, bits.1),
        number(HIGH_BIT, bits.1 - 1),
    ]
    .concat()
}
