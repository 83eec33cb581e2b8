//! Segmentation objects and label maps.

use super::by_hand::*;
use super::*;
use crate::layers::Layer;

const BINARY: &str = "1.2.840.10008.5.1.4.1.1.66.4";
const LABEL_MAP: &str = "1.2.840.10008.5.1.4.1.1.66.7";

/// Segmentation of 3 x 3 pixels.
struct Segmentation {
    class: &'static str,
    kind: &'static str,
    allocated: u16,
    /// Numbers and labels.
    segments: Vec<(u16, &'static str)>,
    /// Segments of the frames.
    frames: Vec<u16>,
    pixels: Vec<u8>,
}

impl Segmentation {
    /// Frames `##. ... ...` and `.## ... ..#`, in the bits of three bytes.
    fn two() -> Self {
        Self {
            class: BINARY,
            kind: "BINARY",
            allocated: 1,
            segments: vec![(2, "left"), (1, "right")],
            frames: vec![2, 1],
            pixels: vec![0b0000_0011, 0b0000_1100, 0b10],
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let item = |&(segment, label): &(u16, &str)| {
            vec![number(SEGMENT_NUMBER, segment), text(SEGMENT_LABEL, label)]
        };
        let segments: Vec<_> = self.segments.iter().map(item).collect();
        let groups = |&segment: &u16| {
            let item = vec![number(REFERENCED_SEGMENT_NUMBER, segment)];
            vec![sequence(SEGMENT_IDENTIFICATION_SEQUENCE, &[item])]
        };
        let frames: Vec<_> = self.frames.iter().map(groups).collect();
        let measures =
            vec![sequence(PIXEL_MEASURES_SEQUENCE, &[vec![text(PIXEL_SPACING, "0.5\\0.25")]])];
        let image = image((3, 3), (self.allocated, self.allocated));
        [
            front("1.2.840.10008.1.2.1"),
            // The class of `image` is a radiograph's.
            image[image.iter().position(|&byte| byte == 0x28).unwrap()..].to_vec(),
            element(SOP_CLASS_UID, "UI", self.class.as_bytes()),
            text(NUMBER_OF_FRAMES, &self.frames.len().to_string()),
            text(SEGMENTATION_TYPE, self.kind),
            number(MAXIMUM_FRACTIONAL_VALUE, 200),
            sequence(SEGMENT_SEQUENCE, &segments),
            sequence(SHARED_FUNCTIONAL_GROUPS, &[measures]),
            sequence(PER_FRAME_FUNCTIONAL_GROUPS, &frames),
            native(&self.pixels),
        ]
        .concat()
    }

    fn read(&self) -> Result<Layers, FormatError> {
        read_layers(&self.bytes(), None)
    }
}

/// A segmentation of two segments, for other tests to damage.
pub(crate) fn example() -> Vec<u8> {
    Segmentation::two().bytes()
}

fn layer(number: i64, name: Option<&str>, mask: &str) -> Layer {
    let (value, name) = (MaskValue::Number(number), name.map(str::to_owned));
    Layer { value, index: None, name, mask: Mask::from_text(mask) }
}

#[test]
fn segments_are_layers_by_their_numbers_and_may_overlap() {
    let layers = Segmentation::two().read().unwrap();
    let spacing = layers.spacing.unwrap();
    assert_eq!((spacing.x_mm(), spacing.y_mm()), (0.25, 0.5));
    let right = layer(1, Some("right"), ".## ... ..#");
    let left = layer(2, Some("left"), "##. ... ...");
    assert_eq!(layers.layers, [right, left]);
    let expected = Size::new(4, 3);
    let error = read_layers(&Segmentation::two().bytes(), Some(expected)).unwrap_err();
    assert!(matches!(error, FormatError::OtherSize { .. }));
}

#[test]
fn a_segment_without_a_frame_is_empty() {
    let mut file = Segmentation::two();
    file.segments.push((7, "heart"));
    let layers = file.read().unwrap().layers;
    assert_eq!(layers[2], layer(7, Some("heart"), "... ... ..."));
}

#[test]
fn only_one_segment_is_a_mask() {
    let error = read_mask(&Segmentation::two().bytes()).unwrap_err();
    assert_eq!(error.found(), "2 segments: 1 (right), 2 (left)");
    let mut file = Segmentation::two();
    file.segments.truncate(1);
    file.frames.truncate(1);
    file.pixels.truncate(2);
    assert_eq!(read_mask(&file.bytes()), Ok(Mask::from_text("##. ... ...")));
}

#[test]
fn several_frames_of_a_segment_are_refused_with_words() {
    let mut file = Segmentation::two();
    file.frames = vec![2, 2];
    let error = file.read().unwrap_err();
    assert_eq!(error.found(), "2 frames of segment 2 (left)");
    assert!(error.hint().contains("several images"));
}

#[test]
fn frames_and_segments_agree() {
    let mut file = Segmentation::two();
    file.frames = vec![2, 3];
    assert!(file.read().unwrap_err().found().contains("segment 3 is not described"));
    let mut file = Segmentation::two();
    file.segments = vec![(1, "a"), (1, "b")];
    assert!(file.read().unwrap_err().found().contains("described twice"));
    let mut file = Segmentation::two();
    file.pixels.truncate(1);
    assert!(file.read().is_err());
}

#[test]
fn fractions_are_nothing_or_all() {
    let mut file = Segmentation::two();
    file.kind = "FRACTIONAL";
    file.allocated = 8;
    file.frames = vec![1];
    file.pixels = vec![0, 0, 200, 0, 200, 0, 0, 0, 0];
    let expected = layer(1, Some("right"), "..# .#. ...");
    assert_eq!(file.read().unwrap().layers[0], expected);
    file.pixels[3] = 100;
    let error = file.read().unwrap_err();
    assert_eq!(error.found(), "100 at column 0, row 1");
    assert_eq!(error.expected(), "0 or 200 at each pixel of a segment");
    file.kind = "OTHER";
    assert_eq!(file.read().unwrap_err().found(), "OTHER");
}

#[test]
fn a_label_map_segmentation_has_numbers_as_pixels() {
    let mut file = Segmentation::two();
    (file.class, file.kind, file.allocated) = (LABEL_MAP, "LABELMAP", 8);
    file.segments = vec![(0, "background"), (1, "right"), (2, "left")];
    file.frames = vec![1];
    file.pixels = vec![0, 1, 1, 2, 0, 0, 0, 0, 0];
    let layers = file.read().unwrap().layers;
    let right = layer(1, Some("right"), ".## ... ...");
    assert_eq!(layers, [right, layer(2, Some("left"), "... #.. ...")]);
    file.pixels[8] = 5;
    assert!(file.read().unwrap_err().found().contains("segment 5 is not described"));
}

#[test]
fn another_image_is_a_label_map() {
    let front = front("1.2.840.10008.1.2.1");
    let file = [front, image((3, 1), (8, 8)), native(&[0, 3, 1])].concat();
    let layers = read_layers(&file, None).unwrap().layers;
    assert_eq!(layers, [layer(1, None, "..#"), layer(3, None, ".#.")]);
}
