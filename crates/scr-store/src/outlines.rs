//! Outlines for the viewer, which draws them over a radiograph.
//!
//! Traced along pixel edges without smoothing, so that filling them restores the masks bit for
//! bit. Outlines with more corners than [`MAX_CORNERS_BY_SIDE`] allows, as of noise, follow
//! blocks of pixels, and the document has their size.

use indexmap::IndexMap;
use scr_image::{BlockOutlines, Mask, Size};
use serde::{Deserialize, Serialize};

/// Limit of corners of a structure's outlines, for each pixel of the image's width and
/// height together: several times as many as a lung of jagged edges has.
pub const MAX_CORNERS_BY_SIDE: usize = 8;

/// The outlines of one image's structures.
///
/// Coordinates are whole pixels with the origin at the upper left corner of the
/// image; the even-odd rule decides which pixels are inside, so that holes are
/// outlines too.
///
/// ```
/// use scr_image::{BlockOutlines, Mask, Size};
/// use scr_store::OutlinesDocument;
/// let mut document = OutlinesDocument::new(Size::new(3, 2));
/// document.add("heart", &Mask::from_text(".#. ..."));
/// assert_eq!(
///     String::from_utf8(document.to_json()).unwrap(),
///     r#"{"size":[3,2],"structures":{"heart":[[2,0,2,1,1,1,1,0]]}}"#,
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlinesDocument {
    /// Width and height of the image in pixels.
    pub size: [usize; 2],
    /// By structure, in the benchmark's order: closed polygons, each as
    /// `x0, y0, x1, y1, ...`. An empty structure has none.
    pub structures: IndexMap<String, Vec<Vec<u32>>>,
    /// Side of the blocks in pixels, by structure, for outlines that are not exact. A block
    /// belongs to the structure if any of its pixels does.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub blocks_px: IndexMap<String, usize>,
}

impl OutlinesDocument {
    /// No structure yet, in an image of this size.
    #[must_use]
    pub fn new(size: Size) -> Self {
        Self {
            size: [size.width, size.height],
            structures: IndexMap::new(),
            blocks_px: IndexMap::new(),
        }
    }

    /// Adds the outlines of a structure's mask.
    pub fn add(&mut self, structure: &str, mask: &Mask) {
        let Size { width, height } = mask.size();
        let max_corners = MAX_CORNERS_BY_SIDE * (width + height);
        let BlockOutlines { outlines, block_px } = mask.outlines_within(max_corners);
        if block_px > 1 {
            self.blocks_px.insert(structure.to_owned(), block_px);
        }
        let polygons = outlines
            .iter()
            .map(|outline| outline.points().iter().flat_map(|p| [p.x as u32, p.y as u32]).collect())
            .collect();
        self.structures.insert(structure.to_owned(), polygons);
    }

    /// The document as JSON without white space.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("maps with text keys and numbers are always valid JSON")
    }

    /// Reads the document from JSON.
    ///
    /// # Errors
    /// When the bytes are no such document.
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_of_noise_are_bounded_and_say_that_they_are_not_exact() {
        let bit = |col: usize, row: usize| (col * 7919 + row * 104_729) % 13 % 2 == 1;
        let mut document = OutlinesDocument::new(Size::square(512));
        document.add("noise", &Mask::from_fn(Size::square(512), bit));
        document.add("disc", &Mask::from_text("#"));
        assert!(document.blocks_px["noise"] > 1 && !document.blocks_px.contains_key("disc"));
        let numbers: usize = document.structures["noise"].iter().map(Vec::len).sum();
        assert!(numbers <= 2 * MAX_CORNERS_BY_SIDE * 1024, "{numbers}");
        assert!(document.to_json().len() < 100_000);
        assert_eq!(OutlinesDocument::from_json(&document.to_json()).unwrap(), document);
    }

    use scr_image::{Outline, Point};

    #[test]
    fn the_mask_can_be_filled_from_the_document_again() {
        let mask = Mask::from_text("###.. #.#.. ###.. ....#");
        let mut document = OutlinesDocument::new(mask.size());
        document.add("ring", &mask);
        document.add("nothing", &Mask::empty(mask.size()));
        let read = OutlinesDocument::from_json(&document.to_json()).unwrap();
        assert_eq!(read, document);
        let outlines: Vec<Outline> = read.structures["ring"]
            .iter()
            .map(|polygon| {
                let points = polygon.chunks_exact(2);
                Outline::new(points.map(|p| Point::new(p[0].into(), p[1].into())).collect())
            })
            .collect();
        assert_eq!(Mask::filled(mask.size(), &outlines), mask);
        assert!(read.structures["nothing"].is_empty());
    }
}
