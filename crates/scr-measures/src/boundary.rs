//! Boundary measures: how far apart two masks' boundaries lie.
//!
//! A boundary pixel is a set pixel that has a 4-neighbour that is not set;
//! outside the image nothing is set, so a mask cut by the border has a boundary
//! there. Distances run from pixel centre to pixel centre. Overlap lives in
//! [`overlap`](crate::overlap).

use scr_image::{Mask, Spacing};

use crate::distance::nearest_distances;

/// The pixels of `mask` that have a 4-neighbour that is not set.
///
/// ```
/// use scr_image::Mask;
/// let mask = Mask::from_text("##### ##### ##### .....");
/// let boundary = scr_measures::boundary::boundary(&mask);
/// assert_eq!(boundary, Mask::from_text("##### #...# ##### ....."));
/// ```
#[must_use]
pub fn boundary(mask: &Mask) -> Mask {
    let size = mask.size();
    let mut boundary = Mask::empty(size);
    let nothing = vec![0u64; mask.words_per_row()];
    for row in 0..size.height {
        let line = mask.row(row);
        let above = if row > 0 { mask.row(row - 1) } else { &nothing };
        let below = if row + 1 < size.height { mask.row(row + 1) } else { &nothing };
        boundary.write_row(row, |edge| {
            for (index, &word) in line.iter().enumerate() {
                let before = index.checked_sub(1).map_or(0, |previous| line[previous] >> 63);
                let after = line.get(index + 1).map_or(0, |next| next << 63);
                let left = word << 1 | before;
                let right = word >> 1 | after;
                edge[index] = word & !(left & right & above[index] & below[index]);
            }
        });
    }
    boundary
}

/// The distances between the boundaries of two masks, both ways.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryDistances {
    /// From each boundary pixel of the reference to the prediction's nearest, row by row.
    pub reference_to_prediction: Vec<f64>,
    /// From each boundary pixel of the prediction to the reference's nearest, row by row.
    pub prediction_to_reference: Vec<f64>,
}

impl BoundaryDistances {
    /// Measures both ways; in mm when a spacing is given, else in pixels.
    /// Both lists are empty when one mask is.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn of(reference: &Mask, prediction: &Mask, spacing: Option<Spacing>) -> Self {
        assert_eq!(reference.size(), prediction.size(), "masks of different sizes are compared");
        let (reference, prediction) = (boundary(reference), boundary(prediction));
        Self {
            reference_to_prediction: nearest_distances(&reference, &prediction, spacing),
            prediction_to_reference: nearest_distances(&prediction, &reference, spacing),
        }
    }

    /// Mean absolute surface distance: the mean of the two directed mean
    /// distances. Range 0 to infinity, lower is better, symmetric.
    ///
    /// # Empty masks
    /// Not a number when one mask is empty: ask [`empty`](crate::empty) first.
    ///
    /// # Source
    /// The mean distance between contours of van Ginneken, Stegmann and Loog,
    /// Medical Image Analysis 10, 2006, doi:10.1016/j.media.2005.02.002, as far
    /// as it is known; `masd` of MetricsReloaded. `assd` of other tools is the
    /// mean over both directions' distances pooled, which differs.
    #[must_use]
    pub fn masd(&self) -> f64 {
        let mean = |distances: &[f64]| distances.iter().sum::<f64>() / distances.len() as f64;
        f64::midpoint(mean(&self.reference_to_prediction), mean(&self.prediction_to_reference))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_image::Size;

    #[test]
    fn the_image_border_is_a_boundary() {
        let full = !&Mask::empty(Size::new(70, 3));
        assert_eq!(boundary(&full).count(), 2 * 70 + 2);
    }

    #[test]
    fn a_thick_line_moved_by_two_rows_is_two_rows_away() {
        let reference = Mask::from_text(".... #### .... .... ....");
        let prediction = Mask::from_text(".... .... .... #### ....");
        let distances = BoundaryDistances::of(&reference, &prediction, None);
        assert_eq!(distances.masd(), 2.0);
        let mm = Spacing::new(1.0, 0.35).unwrap();
        let distances = BoundaryDistances::of(&reference, &prediction, Some(mm));
        assert!((distances.masd() - 0.7).abs() < 1e-15);
    }
}
