//! Contact sheet of a benchmark: small pictures of its images with the outlines of masks.
//!
//! One HTML file without scripts, or one PNG. Images with findings come first and are marked.
//! At most [`MAX_SHOWN`] images are shown, and the sheet says how many there are. Structures
//! differ in colour (Okabe and Ito's, the light ones first) and in dashes, never in colour
//! alone.
//!
//! - [`ContactSheet`]: content of a sheet.
//! - [`SheetImage`]: one image, already reduced.
//! - [`shown_images`]: choice of the images.

mod canvas;
mod page;
mod raster;

use scr_image::{Mask, Radiograph, Size};

use crate::html::overlay::{smaller, stretched};

/// Largest number of images of a sheet.
pub const MAX_SHOWN: usize = 500;

/// Longest side of a picture in pixels.
const SIDE: usize = 160;

/// Stroke of a structure.
struct Stroke {
    /// Red, green and blue.
    colour: [u8; 3],
    /// Lengths of a dash and of the gap after it, in pixels; no gap for a line.
    dash: [usize; 2],
}

const STROKES: [Stroke; 7] = [
    Stroke { colour: [0xe6, 0x9f, 0x00], dash: [1, 0] },
    Stroke { colour: [0x56, 0xb4, 0xe9], dash: [1, 0] },
    Stroke { colour: [0xf0, 0xe4, 0x42], dash: [4, 3] },
    Stroke { colour: [0xcc, 0x79, 0xa7], dash: [1, 0] },
    Stroke { colour: [0x00, 0x9e, 0x73], dash: [4, 3] },
    Stroke { colour: [0xd5, 0x5e, 0x00], dash: [2, 2] },
    Stroke { colour: [0x00, 0x72, 0xb2], dash: [2, 2] },
];

fn stroke(structure: usize) -> &'static Stroke {
    &STROKES[structure % STROKES.len()]
}

/// Image of a contact sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetImage {
    id: String,
    /// Reduced radiograph with stretched contrast.
    picture: Radiograph,
    /// Reduced masks, one a structure; none when they cannot be read.
    masks: Vec<Mask>,
    findings: Vec<String>,
}

impl SheetImage {
    /// Image with its masks, reduced; a grey picture without a radiograph. `findings` are short
    /// words about the image.
    #[must_use]
    pub fn new(
        id: &str,
        radiograph: Option<&Radiograph>,
        masks: &[Mask],
        findings: Vec<String>,
    ) -> Self {
        let blank = || {
            let size = masks.first().map_or(Size::square(SIDE), |mask| smaller(mask, SIDE).size());
            let grey = Radiograph::new(size, 255, vec![96; size.area()], None);
            grey.expect("one value a pixel")
        };
        Self {
            id: id.to_owned(),
            picture: radiograph.map_or_else(blank, |radiograph| stretched(radiograph, SIDE)),
            masks: masks.iter().map(|mask| smaller(mask, SIDE)).collect(),
            findings,
        }
    }
}

/// Content of a contact sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactSheet {
    /// Title.
    pub title: String,
    /// Names of the structures, in the order of the masks.
    pub structures: Vec<String>,
    /// Findings about the whole benchmark.
    pub findings: Vec<String>,
    /// Images, in the order of the sheet.
    pub images: Vec<SheetImage>,
    /// Number of images of the benchmark.
    pub n_images: usize,
}

impl ContactSheet {
    /// Sentence on the number of images.
    fn count(&self) -> String {
        let shown = self.images.len();
        let flagged = self.images.iter().filter(|image| !image.findings.is_empty()).count();
        let first = match flagged {
            0 => "none with a finding".to_owned(),
            _ => format!("{flagged} with findings come first"),
        };
        match self.n_images {
            all if all == shown => format!("{all} images, {first}"),
            all => format!("{shown} of {all} images, {first}, others evenly chosen"),
        }
    }
}

/// Indices of the images that a sheet of `n_images` images shows: those with findings, then
/// others, evenly chosen.
#[must_use]
pub fn shown_images(has_finding: &[bool]) -> Vec<usize> {
    let (mut shown, others): (Vec<usize>, Vec<usize>) =
        (0..has_finding.len()).partition(|&index| has_finding[index]);
    shown.truncate(MAX_SHOWN);
    let room = others.len().min(MAX_SHOWN - shown.len());
    shown.extend((0..room).map(|place| others[place * others.len() / room]));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn sheet() -> ContactSheet {
        let size = Size::new(320, 400);
        let grey = (0..size.area()).map(|at| (at % 320 / 2) as u16).collect();
        let radiograph = Radiograph::new(size, 255, grey, None).unwrap();
        let mask = |left: usize| {
            Mask::from_fn(size, |col, row| {
                (left..left + 80).contains(&col) && (100..300).contains(&row)
            })
        };
        let masks = [mask(40), mask(200)];
        ContactSheet {
            title: "Phantoms & <others>".into(),
            structures: vec!["Right lung".into(), "Left lung".into()],
            findings: vec!["beside_anatomy: masks fit better when scaled".into()],
            images: vec![
                SheetImage::new("b", Some(&radiograph), &masks, vec!["empty".into()]),
                SheetImage::new("a", Some(&radiograph), &masks, Vec::new()),
                SheetImage::new("c", None, &masks, Vec::new()),
                SheetImage::new("d", Some(&radiograph), &[], Vec::new()),
            ],
            n_images: 9,
        }
    }

    #[test]
    fn images_with_findings_come_first_and_the_rest_is_spread() {
        assert_eq!(shown_images(&[false, true, false, true]), [1, 3, 0, 2]);
        let many: Vec<bool> = (0..10_000).map(|index| index % 1000 == 7).collect();
        let shown = shown_images(&many);
        assert_eq!((shown.len(), shown[..2].to_vec()), (MAX_SHOWN, vec![7, 1007]));
        assert!(shown[10..].is_sorted() && *shown.last().unwrap() > 9900);
        assert_eq!(shown_images(&vec![true; 700]).len(), MAX_SHOWN);
        assert!(shown_images(&[]).is_empty());
    }

    #[test]
    fn the_sheet_says_how_many_images_there_are() {
        assert_eq!(
            sheet().count(),
            "4 of 9 images, 1 with findings come first, others evenly chosen"
        );
    }
}
