//! Outlines as written for the viewer: what a page draws over a radiograph.
//!
//! Made from masks, crack by crack, and the masks can be filled from them again
//! bit for bit; nothing is smoothed.

use indexmap::IndexMap;
use scr_image::{Mask, Size};
use serde::{Deserialize, Serialize};

/// The outlines of one image's structures.
///
/// Coordinates are whole pixels with the origin at the upper left corner of the
/// image; what is inside is decided by the even-odd rule, so that holes are
/// outlines too.
///
/// ```
/// use scr_image::{Mask, Size};
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
    /// `x0, y0, x1, y1, ...`. A structure that is nowhere has none.
    pub structures: IndexMap<String, Vec<Vec<u32>>>,
}

impl OutlinesDocument {
    /// No structure yet, in an image of this size.
    #[must_use]
    pub fn new(size: Size) -> Self {
        Self { size: [size.width, size.height], structures: IndexMap::new() }
    }

    /// Adds the outlines of a structure's mask.
    pub fn add(&mut self, structure: &str, mask: &Mask) {
        let polygons = mask
            .outlines()
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
    /// What the JSON reader says.
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
