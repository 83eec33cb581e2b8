//! Overlay of one object on one radiograph: both outlines and the differences.
//!
//! For viewing: pictures are downsampled, contrast is stretched. Colours are those of Okabe
//! and Ito, each with its own pattern.

use std::fmt::Write;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scr_data::formats::png;
use scr_image::{Mask, Radiograph, Size};

/// Longest side of a picture in pixels.
const MAX_SIDE: usize = 480;

/// Picture of a radiograph, as `data:` address of a small grey PNG, with contrast stretched
/// between the first and the last percentile.
#[must_use]
pub fn picture(radiograph: &Radiograph) -> String {
    stretched_picture(radiograph, MAX_SIDE)
}

/// Picture of a radiograph, at most `max_side` pixels wide and high.
pub(crate) fn stretched_picture(radiograph: &Radiograph, max_side: usize) -> String {
    data_address(&stretched(radiograph, max_side))
}

/// Reduced radiograph of 8 bits, at most `max_side` pixels wide and high, with contrast
/// stretched between the first and the last percentile.
pub(crate) fn stretched(radiograph: &Radiograph, max_side: usize) -> Radiograph {
    let small = radiograph.thumbnail(max_side);
    let mut sorted = small.pixels().to_vec();
    sorted.sort_unstable();
    let at = |share: usize| f64::from(sorted[(sorted.len() - 1) * share / 100]);
    let low = at(1);
    let high = at(99).max(at(1) + 1.0);
    let stretch =
        |&value: &u16| ((f64::from(value) - low) / (high - low) * 255.0).clamp(0.0, 255.0) as u16;
    let pixels = small.pixels().iter().map(stretch).collect();
    Radiograph::new(small.size(), 255, pixels, None).expect("one value of at most 255 a pixel")
}

/// `data:` address of a radiograph of 8 bits.
pub(crate) fn data_address(picture: &Radiograph) -> String {
    let bytes = png::write_radiograph(picture).expect("8 bits are used");
    format!("data:image/png;base64,{}", STANDARD.encode(bytes))
}

/// Overlay: paths of an object in the frame of a picture.
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
    /// Region in the prediction only.
    pub too_much: String,
    /// Region in the reference only.
    pub missed: String,
}

impl Overlay {
    /// The overlay of two masks of one size.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn new(reference: &Mask, prediction: &Mask) -> Self {
        let reference = smaller(reference, MAX_SIDE);
        let prediction = smaller(prediction, MAX_SIDE);
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

#[derive(Template)]
#[template(path = "overlay.svg", escape = "html")]
struct OverlayFile<'a> {
    overlay: &'a Overlay,
    picture: Option<&'a str>,
    label: &'a str,
}

/// SVG file of an overlay, over a [`picture`] where there is one.
///
/// Blue is the reference's outline and what a prediction missed, orange and dashed the
/// prediction's, hatched what it drew too much.
#[must_use]
pub fn overlay_svg(overlay: &Overlay, picture: Option<&str>, label: &str) -> String {
    let file = OverlayFile { overlay, picture, label };
    file.render().expect("templates are checked when they are compiled, and text takes all")
}

/// Downsamples a mask to at most `max_side` pixels a side, by nearest neighbour.
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

/// Outlines of a mask as the data of an SVG path for the even-odd rule. Sides follow pixel
/// edges, so each is one horizontal or vertical command.
pub(crate) fn path(mask: &Mask) -> String {
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
    fn missed_and_excess_regions_are_separate() {
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
    fn an_overlay_is_a_file_whose_label_is_text() {
        let mask = Mask::from_text("#.");
        let svg = overlay_svg(&Overlay::new(&mask, &mask), None, "<script>");
        assert!(svg.starts_with("<svg xmlns=") && svg.trim_end().ends_with("</svg>"), "{svg}");
        assert!(!svg.contains("<script>") && !svg.contains("<image"), "{svg}");
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
