//! Display copies of outlines: simplified, and no substitute for the exact ones.
//!
//! Corners move to a grid of about one part in 256 of the image, and those that are close
//! to the last one kept are left out: linear time, and never more points than before.

use crate::outlines::OutlinesDocument;

/// Cells of the grid along the longest side of an image.
const CELLS: usize = 256;
/// Corners nearer than so many cells to the last one are left out.
const LEAST_CELLS: u32 = 2;

/// Simplified outlines, for readers who may not have exact copies.
pub(super) fn display_copy(outlines: &OutlinesDocument) -> OutlinesDocument {
    let cell = outlines.size[0].max(outlines.size[1]).div_ceil(CELLS).max(2) as u32;
    let structures = outlines.structures.iter().map(|(structure, polygons)| {
        let reduced = polygons.iter().map(|polygon| reduced(polygon, cell));
        // Outlines without area are dropped.
        (structure.clone(), reduced.filter(|points| points.len() >= 6).collect())
    });
    OutlinesDocument {
        size: outlines.size,
        structures: structures.collect(),
        blocks_px: outlines.blocks_px.clone(),
    }
}

fn reduced(polygon: &[u32], cell: u32) -> Vec<u32> {
    let on_grid = |value: u32| (value + cell / 2) / cell * cell;
    let mut points: Vec<u32> = Vec::new();
    for point in polygon.chunks_exact(2) {
        let (x, y) = (on_grid(point[0]), on_grid(point[1]));
        let is_far = match points.last_chunk::<2>() {
            Some([last_x, last_y]) => {
                last_x.abs_diff(x).max(last_y.abs_diff(y)) >= LEAST_CELLS * cell
            }
            None => true,
        };
        if is_far {
            points.extend([x, y]);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_image::{Mask, Size};

    #[test]
    fn a_display_copy_is_coarser_and_still_where_the_structure_is() {
        let size = Size::new(512, 512);
        let disc = Mask::from_fn(size, |x, y| {
            let (x, y) = (x as f64 - 255.5, y as f64 - 255.5);
            x.hypot(y) < 100.0
        });
        let mut exact = OutlinesDocument::new(size);
        exact.add("heart", &disc);
        exact.add("dot", &Mask::from_fn(size, |x, y| x == 3 && y == 3));
        let copy = display_copy(&exact);
        assert_eq!(copy.size, exact.size);
        let points = |document: &OutlinesDocument| document.structures["heart"][0].len();
        assert!(points(&copy) * 3 < points(&exact), "{} of {}", points(&copy), points(&exact));
        for point in copy.structures["heart"][0].chunks_exact(2) {
            let (x, y) = (f64::from(point[0]) - 255.5, f64::from(point[1]) - 255.5);
            assert!((x.hypot(y) - 100.0).abs() < 4.0, "{point:?}");
            assert!(point.iter().all(|value| value % 2 == 0), "{point:?} lies on the grid");
        }
        assert!(copy.structures["dot"].is_empty());
    }
}
