//! Boundary IoU: overlap of the bands along two masks' borders.
//!
//! Overlap of large objects hardly moves when their border does; the overlap of
//! the bands along the border does.

use scr_image::{Mask, Spacing};

use crate::boundary::{BoundaryRule, boundary};
use crate::distance::{Scratch, nearest_squares};
use crate::distances::grid_and_scale;

/// The pixels in both bands over those in either. A mask's band is its pixels
/// nearer than `width` (strictly) to its own boundary, in mm when a spacing is
/// given, else in pixels. Range 0 to 1, higher is better, symmetric.
///
/// `None` when both bands are empty, which happens when both masks fill the image
/// and the outside counts as set.
///
/// # Source
/// Cheng, Girshick, Dollar, Berg and Kirillov, "Boundary IoU: improving
/// object-centric image segmentation evaluation", CVPR 2021, with the band of
/// MetricsReloaded (Euclidean, strictly nearer, in pixels).
///
/// # Examples
/// ```
/// use scr_image::Mask;
/// use scr_measures::{Scratch, band::boundary_iou, boundary::BoundaryRule};
/// let reference = Mask::from_text("##### ##### ##### ##### #####");
/// let prediction = Mask::from_text("##### ##### ##### ##### .....");
/// // Bands one pixel wide: 16 and 14 pixels, of which 11 are in both.
/// let rule = BoundaryRule::default();
/// let found = boundary_iou(&reference, &prediction, rule, 1.0, None, &mut Scratch::default());
/// assert_eq!(found, Some(11.0 / 19.0));
/// ```
#[must_use]
pub fn boundary_iou(
    reference: &Mask,
    prediction: &Mask,
    rule: BoundaryRule,
    width: f64,
    spacing: Option<Spacing>,
    scratch: &mut Scratch,
) -> Option<f64> {
    let (grid, scale) = grid_and_scale(spacing);
    let mut band = |mask: &Mask| {
        let mut band = Mask::empty(mask.size());
        nearest_squares(mask, &boundary(mask, rule), grid, scratch, |col, row, square| {
            if square.sqrt() * scale < width {
                band.set(col, row);
            }
        });
        band
    };
    let reference = band(reference);
    let prediction = band(prediction);
    let either = (&reference | &prediction).count();
    (either > 0).then(|| (&reference & &prediction).count() as f64 / either as f64)
}
