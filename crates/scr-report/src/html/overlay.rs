//! One object on one radiograph: both outlines, and what lies between them.
//!
//! For the eye: pictures are made smaller, values stretched. Colours are those of
//! Okabe and Ito, and every one has a pattern of its own beside it.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scr_data::formats::png;
use scr_image::{Mask, Radiograph, Size};

/// Longest side of a picture in pixels.
const MAX_SIDE: usize = 480;

/// A radiograph as `data:` address of a small grey PNG, its values stretched from
/// the darkest to the brightest hundredth.
#[must_use]
pub fn picture(radiograph: &Radiograph) -> String {
    stretched_picture(radiograph, MAX_SIDE)
}

/// The same, at most `max_side` pixels wide and high.
pub(crate) fn stretched_picture(radiograph: &Radiograph, max_side: usize) -> String {
    let small = radiograph.thumbnail(max_side);
    let mut sorted = small.pixels().to_vec();
    sorted.sort_unstable();
    let at = |share: usize| f64::from(sorted[(sorted.len() - 1) * share / 100]);
    let (low, high) = (at(1), at(99).max(at(1) + 1.0));
    let stretch =
        |&value: &u16| ((f64::from(value) - low) / (high - low) * 255.0).clamp(0.0, 255.0) as u16;
    let pixels = small.pixels().iter().map(stretch).collect();
    let written = Radiograph::new(small.size(), 255, pixels, None)
        .ok()
        .and_then(|picture| png::write_radiograph(&picture).ok());
    let bytes = written.expect("a thumbnail has pixels of at most 255");
    format!("data:image/png;base64,{}", STANDARD.encode(bytes))
}

/// Paths of an object in the frame of a small picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    /// Width of the frame.
    pub width: usize,
    /// Height of the frame.
    pub height: usize,
    /// Outline of the reference.
    pub reference: String,
    /// Outline of the prediction.
    pub prediction: String,
    /// In the prediction only.
    pub too_much: String,
    /// In the reference only.
    pub missed: String,
}

impl Overlay {
    /// The overlay of two masks of one size.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn new(reference: &Mask, prediction: &Mask) -> Self {
        let (reference, prediction) = (smaller(reference, MAX_SIDE), smaller(prediction, MAX_SIDE));
        let Size { width, height } = reference.size();
        Self {
            width,
            height,
            too_much: path(&(&prediction & &!&reference)),
            missed: path(&(&reference & &!&prediction)),
            reference: path(&reference),
            prediction: path(&prediction),
        }
    }
}

/// The mask in a frame of at most `max_side` pixels: each pixel as the one under its
/// centre.
pub(crate) fn smaller(mask: &Mask, max_side: usize) -> Mask {
    let Size { width, height } = mask.size();
    let longest = width.max(height).max(1);
    let side = |length: usize| (length * max_side.min(longest) / longest).max(1);
    let size = Size::new(side(width), side(height));
    let under = |index: usize, cells: usize, length: usize| (2 * index + 1) * length / (2 * cells);
    Mask::from_fn(size, |col, row| {
        mask.get(under(col, size.width, width), under(row, size.height, height))
    })
}

/// Its outlines as the data of an SVG path, to be filled even-odd. Sides run along
/// pixels, so each is one step across or down.
fn path(mask: &Mask) -> String {
    let mut data = String::new();
    for outline in mask.outlines() {
        let points = outline.points();
        let Some(first) = points.first() else { continue };
        write!(data, "M{} {}", first.x, first.y).expect("writing to a string does not fail");
        for (from, to) in points.iter().zip(&points[1..]) {
            let step = if from.y == to.y { ('h', to.x - from.x) } else { ('v', to.y - from.y) };
            write!(data, "{}{}", step.0, step.1).expect("writing to a string does not fail");
        }
        data.push('z');
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_and_what_is_too_much_lie_apart() {
        let reference = Mask::from_text("##.. ##..");
        let prediction = Mask::from_text(".##. .##.");
        let overlay = Overlay::new(&reference, &prediction);
        assert_eq!((overlay.width, overlay.height), (4, 2));
        let area = |left: usize| Mask::from_fn(Size::new(4, 2), |col, _| col == left);
        assert_eq!(overlay.missed, path(&area(0)));
        assert_eq!(overlay.too_much, path(&area(2)));
        assert!(overlay.reference.starts_with('M') && overlay.reference.ends_with('z'));
    }

    #[test]
    fn a_picture_is_a_png_that_needs_no_network() {
        let radiograph = Radiograph::new(Size::new(900, 2), 255, vec![7; 1800], None).unwrap();
        let address = picture(&radiograph);
        let bytes =
            STANDARD.decode(address.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        assert_eq!(png::read_radiograph(&bytes).unwrap().size(), Size::new(480, 1));
    }
}
