//! Boundary measures on the corners between pixels, each weighted by the length
//! of the outline there: the definitions of DeepMind's surface-distance.
//!
//! A corner is where four pixels meet; outside the image is background. It lies
//! on the outline when some of its four pixels are set and some are not. Its
//! length is that of the line which cuts the square between the four centres:
//! half a diagonal for one or three set pixels, a side for two neighbours, two
//! half diagonals for two opposite ones.
//!
//! For comparison with that tool. [`distances`](crate::distances) has the
//! boundaries of pixels.
//!
//! # Source
//! Nikolov et al., Journal of Medical Internet Research 23(7):e26151, 2021,
//! doi:10.2196/26151, and the package surface-distance 0.1 that came with it.

use scr_image::{Mask, Size, Spacing};

use crate::distance::{Grid, Scratch, nearest_squares};

/// Distances between the outlines' corners of two masks, in both directions.
#[derive(Debug, Clone, PartialEq)]
pub struct CornerDistances {
    from_reference: Outline,
    from_prediction: Outline,
}

/// Distance and length at each corner of one outline, ascending.
#[derive(Debug, Clone, PartialEq)]
struct Outline {
    corners: Vec<(f64, f64)>,
    length: f64,
}

impl CornerDistances {
    /// Measures in both directions; in mm when a spacing is given, else in pixels. `None`
    /// when one mask is empty.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn of(
        reference: &Mask,
        prediction: &Mask,
        spacing: Option<Spacing>,
        scratch: &mut Scratch,
    ) -> Option<Self> {
        assert_eq!(reference.size(), prediction.size(), "masks of different sizes are compared");
        if reference.is_empty() || prediction.is_empty() {
            return None;
        }
        let grid =
            spacing.map_or(Grid::PX, |spacing| Grid { x: spacing.x_mm(), y: spacing.y_mm() });
        let r = outline_corners(reference);
        let p = outline_corners(prediction);
        let mut outline = |mask: &Mask, from: &Mask, to: &Mask| {
            let mut corners = Vec::new();
            nearest_squares(from, to, grid, scratch, |col, row, square| {
                corners.push((square.sqrt(), length_at(mask, col, row, grid)));
            });
            corners.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
            let length = corners.iter().map(|corner| corner.1).sum();
            Outline { corners, length }
        };
        let from_reference = outline(reference, &r, &p);
        let from_prediction = outline(prediction, &p, &r);
        Some(Self { from_reference, from_prediction })
    }

    fn directions(&self) -> [&Outline; 2] {
        [&self.from_reference, &self.from_prediction]
    }

    /// The mean of the two directed mean distances, weighted by length.
    #[must_use]
    pub fn masd(&self) -> f64 {
        let [there, back] =
            self.directions().map(|outline| outline.weighted_sum() / outline.length);
        f64::midpoint(there, back)
    }

    /// The mean over both directions together, weighted by length.
    #[must_use]
    pub fn assd(&self) -> f64 {
        let [there, back] = self.directions();
        (there.weighted_sum() + back.weighted_sum()) / (there.length + back.length)
    }

    /// The larger of the two directed distances below which a share of the
    /// outline's length lies: 1 for the Hausdorff distance, 0.95 for its robust form.
    #[must_use]
    pub fn hausdorff(&self, share: f64) -> f64 {
        let [there, back] = self.directions().map(|outline| outline.quantile(share));
        there.max(back)
    }

    /// The share of both outlines' length at most `tolerance` from the other.
    #[must_use]
    pub fn nsd(&self, tolerance: f64) -> f64 {
        let [there, back] = self.directions();
        (there.length_within(tolerance) + back.length_within(tolerance))
            / (there.length + back.length)
    }
}

impl Outline {
    fn weighted_sum(&self) -> f64 {
        self.corners.iter().map(|(distance, length)| distance * length).sum()
    }

    fn length_within(&self, tolerance: f64) -> f64 {
        let within = self.corners.iter().filter(|corner| corner.0 <= tolerance);
        within.map(|corner| corner.1).sum()
    }

    /// The first distance at which the running length reaches the share.
    fn quantile(&self, share: f64) -> f64 {
        let mut length = 0.0;
        let reached = self.corners.iter().find(|corner| {
            length += corner.1;
            length / self.length >= share
        });
        reached.or(self.corners.last()).map_or(0.0, |corner| corner.0)
    }
}

/// The corners on the outline of a mask; the corner `(c, r)` is the upper left one
/// of pixel `(c, r)`, so there is one column and one row more.
fn outline_corners(mask: &Mask) -> Mask {
    let size = mask.size();
    let mut corners = Mask::empty(Size::new(size.width + 1, size.height + 1));
    let nothing = vec![0u64; mask.words_per_row()];
    let line = |row: Option<usize>| match row {
        Some(row) if row < size.height => mask.row(row),
        _ => &nothing[..],
    };
    for row in 0..=size.height {
        let above = line(row.checked_sub(1));
        let below = line(Some(row));
        corners.write_row(row, |found| {
            let at = |line: &[u64], index: usize| {
                let here = line.get(index).copied().unwrap_or_default();
                let before = index.checked_sub(1).map_or(0, |before| line[before]);
                (here << 1 | before >> 63, here)
            };
            for (index, word) in found.iter_mut().enumerate() {
                let ((a, b), (c, d)) = (at(above, index), at(below, index));
                *word = (a | b | c | d) & !(a & b & c & d);
            }
        });
    }
    corners
}

/// Length of the outline at a corner, in the unit of `grid`.
fn length_at(mask: &Mask, col: usize, row: usize, grid: Grid) -> f64 {
    let is_set = |left: bool, above: bool| {
        let col = col.checked_sub(left.into());
        let row = row.checked_sub(above.into());
        col.zip(row).is_some_and(|(col, row)| mask.get(col, row))
    };
    let half_diagonal = 0.5 * (grid.y * grid.y + grid.x * grid.x).sqrt();
    let four = [is_set(true, true), is_set(false, true), is_set(true, false), is_set(false, false)];
    match four {
        [a, b, c, d] if a == b && c == d => grid.x,
        [a, b, c, d] if a == c && b == d => grid.y,
        [a, b, c, d] if a == d && b == c => 2.0 * half_diagonal,
        _ => half_diagonal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distances(r: &str, p: &str, spacing: Option<Spacing>) -> CornerDistances {
        let r = Mask::from_text(r);
        let p = Mask::from_text(p);
        CornerDistances::of(&r, &p, spacing, &mut Scratch::default()).unwrap()
    }

    #[test]
    fn one_pixel_has_four_corners_of_half_a_diagonal() {
        let found = distances("...  .#. ...", "... .#. ...", None);
        assert_eq!(found.from_reference.corners, [(0.0, 0.5f64.sqrt()); 4]);
        assert_eq!([found.masd(), found.hausdorff(1.0), found.nsd(0.0)], [0.0, 0.0, 1.0]);
    }

    #[test]
    fn values_equal_those_of_surface_distance() {
        // surface_distance 0.1: d = compute_surface_distances(r, p, (2.0, 0.5)) with r and p as below;
        // compute_average_surface_distance(d), compute_robust_hausdorff(d, 95 and 100),
        // compute_surface_dice_at_tolerance(d, 0.5)
        let r = "...... .####. .####. .##... ......";
        let p = "...... ...##. ..###. .####. ##..#.";
        let found = distances(r, p, Spacing::new(0.5, 2.0).ok());
        let expected = SURFACE_DISTANCE;
        let values = [found.masd(), found.hausdorff(0.95), found.hausdorff(1.0), found.nsd(0.5)];
        for (found, expected) in values.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{values:?} {expected:?}");
        }
    }

    const SURFACE_DISTANCE: [f64; 4] =
        [0.43906321908423196, 2.0615528128088303, 2.23606797749979, 0.7628148798497226];
}
