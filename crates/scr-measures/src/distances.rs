//! Boundary measures: distances between two masks' boundaries.
//!
//! Distances run from the centres of one mask's boundary pixels to the nearest
//! centre of the other's, in both directions. [`boundary`](crate::boundary)
//! defines boundary pixels. One list a direction serves all measures. Overlap is
//! in [`overlap`](crate::overlap).

use scr_image::{Mask, Spacing};

use crate::boundary::{BoundaryRule, boundary};
use crate::distance::{Grid, Scratch, nearest_squares};
use crate::registry::Percentile;

/// Distances between the boundaries of two masks, in both directions.
///
/// Stored in pixels, as roots of whole numbers, where the spacing is the same in
/// both directions, and scaled on reading: the unit changes no digit.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryDistances {
    /// From each boundary pixel of the reference, row by row.
    from_reference: Vec<f64>,
    /// From each boundary pixel of the prediction, row by row.
    from_prediction: Vec<f64>,
    /// Unit of the results, in units of the stored distances.
    scale: f64,
}

impl BoundaryDistances {
    /// Measures in both directions; in mm when a spacing is given, else in pixels.
    /// `None` when one boundary is empty.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn of(
        reference: &Mask,
        prediction: &Mask,
        rule: BoundaryRule,
        spacing: Option<Spacing>,
        scratch: &mut Scratch,
    ) -> Option<Self> {
        assert_eq!(reference.size(), prediction.size(), "masks of different sizes are compared");
        let reference = boundary(reference, rule);
        let prediction = boundary(prediction, rule);
        if reference.is_empty() || prediction.is_empty() {
            return None;
        }
        let (grid, scale) = grid_and_scale(spacing);
        let mut roots = |from: &Mask, to: &Mask| {
            let mut roots = Vec::with_capacity(from.count() as usize);
            nearest_squares(from, to, grid, scratch, |_, _, square| roots.push(square.sqrt()));
            roots
        };
        let from_reference = roots(&reference, &prediction);
        let from_prediction = roots(&prediction, &reference);
        Some(Self { from_reference, from_prediction, scale })
    }

    fn directions(&self) -> [&[f64]; 2] {
        [&self.from_reference, &self.from_prediction]
    }

    /// Mean absolute surface distance: the mean of the two directed mean
    /// distances. Range 0 to infinity, lower is better, symmetric.
    ///
    /// # Source
    /// The mean distance between contours of van Ginneken, Stegmann and Loog,
    /// Medical Image Analysis 10, 2006, doi:10.1016/j.media.2005.02.002, as far
    /// as it is known; `masd` of MetricsReloaded.
    #[must_use]
    pub fn masd(&self) -> f64 {
        let [there, back] =
            self.directions().map(|roots| roots.iter().sum::<f64>() / roots.len() as f64);
        f64::midpoint(there, back) * self.scale
    }

    /// Average symmetric surface distance: the mean over the distances of both
    /// directions together. Range 0 to infinity, lower is better, symmetric.
    ///
    /// # Source
    /// `assd` of medpy, MetricsReloaded and, symmetric, MONAI.
    #[must_use]
    pub fn assd(&self) -> f64 {
        let sum: f64 = self.directions().map(|roots| roots.iter().sum::<f64>()).iter().sum();
        sum / (self.from_reference.len() + self.from_prediction.len()) as f64 * self.scale
    }

    /// Hausdorff distance: the largest distance of either direction. Range 0 to
    /// infinity, lower is better, symmetric.
    ///
    /// # Source
    /// Huttenlocher, Klanderman and Rucklidge, IEEE TPAMI 15, 1993,
    /// doi:10.1109/34.232073.
    #[must_use]
    pub fn hausdorff(&self) -> f64 {
        self.directions().concat().into_iter().fold(0.0, f64::max) * self.scale
    }

    /// 95th percentile Hausdorff distance: the percentile of the distances in place of
    /// the largest, by one of three definitions. Range 0 to infinity, lower is better,
    /// symmetric.
    ///
    /// # Source
    /// See [`Percentile`].
    #[must_use]
    pub fn hausdorff_95(&self, percentile: Percentile) -> f64 {
        let larger = |of: fn(Vec<f64>) -> f64| {
            let [there, back] = self.directions().map(|roots| of(roots.to_vec()));
            there.max(back)
        };
        let found = match percentile {
            Percentile::Directed => larger(percentile_95),
            Percentile::Pooled => percentile_95(self.directions().concat()),
            Percentile::Floor => larger(|mut roots| {
                let position = (roots.len() - 1) as f64 * 0.95;
                *roots.select_nth_unstable_by(position as usize, f64::total_cmp).1
            }),
        };
        found * self.scale
    }

    /// Normalised surface distance: the share of both boundaries' pixels that lie
    /// at most `tolerance` from the other boundary, in the unit of the distances.
    /// Range 0 to 1, higher is better, symmetric.
    ///
    /// # Source
    /// Nikolov et al., Journal of Medical Internet Research 23(7):e26151, 2021,
    /// doi:10.2196/26151, counted on pixels as MetricsReloaded and MONAI do.
    #[must_use]
    pub fn nsd(&self, tolerance: f64) -> f64 {
        let [there, back] = self.directions();
        let within = |root: &&f64| **root * self.scale <= tolerance;
        let n_within = there.iter().filter(within).count() + back.iter().filter(within).count();
        n_within as f64 / (there.len() + back.len()) as f64
    }
}

/// Grid and scale: pixels for equal spacing, scaled at the end; else mm.
pub(crate) fn grid_and_scale(spacing: Option<Spacing>) -> (Grid, f64) {
    match spacing {
        None => (Grid::PX, 1.0),
        Some(spacing) if spacing.is_isotropic() => (Grid::PX, spacing.x_mm()),
        Some(spacing) => (Grid { x: spacing.x_mm(), y: spacing.y_mm() }, 1.0),
    }
}

/// The 95th percentile by linear interpolation, as numpy's default.
fn percentile_95(mut values: Vec<f64>) -> f64 {
    let position = (values.len() - 1) as f64 * 0.95;
    let (_, &mut lower, above) = values.select_nth_unstable_by(position as usize, f64::total_cmp);
    let upper = above.iter().copied().min_by(f64::total_cmp).unwrap_or(lower);
    lower + (upper - lower) * position.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distances(r: &str, p: &str, spacing: Option<Spacing>) -> BoundaryDistances {
        let r = Mask::from_text(r);
        let p = Mask::from_text(p);
        let rule = BoundaryRule::default();
        BoundaryDistances::of(&r, &p, rule, spacing, &mut Scratch::default()).unwrap()
    }

    #[test]
    fn a_line_moved_by_two_rows_is_two_rows_away() {
        let r = ".... #### .... .... ....";
        let p = ".... .... .... #### ....";
        let found = distances(r, p, None);
        assert_eq!([found.masd(), found.assd(), found.hausdorff()], [2.0; 3]);
        let mm = distances(r, p, Spacing::new(1.0, 0.35).ok());
        assert!((mm.masd() - 0.7).abs() < 1e-15);
    }

    #[test]
    fn directions_are_averaged_first_or_pooled() {
        // From the reference 0; from the prediction 0, 1, 2, 3.
        let found = distances("#...", "####", None);
        assert_eq!(found.masd(), 0.75);
        assert_eq!(found.assd(), 6.0 / 5.0);
        assert_eq!(found.hausdorff(), 3.0);
    }

    #[test]
    fn the_three_definitions_of_the_95th_percentile() {
        // numpy.percentile([0, 1, 2, 3], 95) -> 2.85, numpy.percentile([0, 0, 1, 2, 3], 95) -> 2.8,
        // sorted([0, 1, 2, 3])[int(3 * 0.95)] -> 2
        let found = distances("#...", "####", None);
        assert!((found.hausdorff_95(Percentile::Directed) - 2.85).abs() < 1e-12);
        assert!((found.hausdorff_95(Percentile::Pooled) - 2.8).abs() < 1e-12);
        assert_eq!(found.hausdorff_95(Percentile::Floor), 2.0);
    }

    #[test]
    fn a_distance_equal_to_the_tolerance_is_within_it() {
        let found = distances("#...", "####", None);
        assert_eq!(
            [found.nsd(0.0), found.nsd(1.0), found.nsd(1.9), found.nsd(3.0)],
            [0.4, 0.6, 0.6, 1.0]
        );
        let mm = distances("#...", "####", Spacing::isotropic(0.35).ok());
        assert_eq!([mm.nsd(0.35), mm.nsd(0.3), mm.nsd(0.7)], [0.6, 0.4, 0.8]);
    }

    #[test]
    fn without_a_boundary_there_is_no_distance() {
        let some = Mask::from_text("#.");
        let none = Mask::from_text("..");
        let scratch = &mut Scratch::default();
        let open = BoundaryRule { outside_is_set: true, ..BoundaryRule::default() };
        let of =
            |r, p, rule, scratch: &mut Scratch| BoundaryDistances::of(r, p, rule, None, scratch);
        assert_eq!(of(&some, &none, BoundaryRule::default(), scratch), None);
        assert_eq!(of(&some, &!&none, open, scratch), None);
    }
}
