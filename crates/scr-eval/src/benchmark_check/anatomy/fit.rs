//! Fit of masks to radiographs: the agreement of derivatives across boundaries between images.
//!
//! Brightness changes across the boundary of masks that follow the anatomy in the same way
//! on every image: from dark to bright out of a lung on its side, less so at the heart.
//! Beside the anatomy it changes at random. So the fit needs no knowledge of structures: the
//! response of an image is the mean derivative along the normal in each bin of its boundary,
//! and the agreement of a set is the mean product of the responses of two different images.
//! It is 0 on average where responses are random.
//!
//! Own method, no published one: measured on phantoms and on radiographs of patients, see
//! `docs/how-to/check-a-benchmark.md`.

use rayon::prelude::*;

use super::boundary::BoundaryPoint;
use super::sketch::Sketch;

/// Placement of masks in their image: scaled about the image's centre, then shifted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placement {
    /// Scale factor along x and y.
    pub(super) scale: [f64; 2],
    /// Shift along x and y, as shares of the image's width and height.
    pub(super) shift: [f64; 2],
}

impl Placement {
    /// Placement that changes nothing.
    pub(super) const GIVEN: Self = Self { scale: [1.0; 2], shift: [0.0; 2] };

    /// Scales by a factor about the corner at the upper left.
    fn about_corner(factor: f64) -> Self {
        Self { scale: [factor; 2], shift: [(factor - 1.0) / 2.0; 2] }
    }

    fn about_centre(factor: f64) -> Self {
        Self { scale: [factor; 2], shift: [0.0; 2] }
    }
}

/// Sketch with the boundary of its masks.
pub(super) struct Outlined<'a> {
    /// Sketch of the image.
    pub(super) sketch: &'a Sketch,
    /// Boundary points.
    pub(super) points: Vec<BoundaryPoint>,
}

/// Mean derivative along the normal by bin, each weighted with its share of the points.
type Response = Vec<f64>;

impl Outlined<'_> {
    fn response(&self, placement: Placement, n_bins: usize) -> Response {
        let size = self.sketch.size();
        let lengths = [size.width as f64, size.height as f64];
        let [across, down] = &self.sketch.derivatives;
        let mut response = vec![0.0; n_bins];
        let place = |at: f64, axis: usize| {
            let middle = lengths[axis] / 2.0;
            middle + placement.scale[axis] * (at - middle) + placement.shift[axis] * lengths[axis]
        };
        for point in &self.points {
            let (x, y) = (place(point.x, 0), place(point.y, 1));
            let (Some(across), Some(down)) = (across.at(x, y), down.at(x, y)) else { continue };
            let normal = [0, 1].map(|axis| point.normal[axis] / placement.scale[axis]);
            let along = f64::from(across) * normal[0] + f64::from(down) * normal[1];
            response[point.bin] += along / normal[0].hypot(normal[1]);
        }
        let n_points = self.points.len().max(1) as f64;
        response.iter_mut().for_each(|sum| *sum /= n_points);
        response
    }
}

/// Images whose responses are compared.
pub(super) struct Images<'a> {
    /// At least two images.
    pub(super) list: Vec<&'a Outlined<'a>>,
    /// Number of bins of their points.
    pub(super) n_bins: usize,
}

impl Images<'_> {
    /// Agreement of each image with the others at a placement.
    pub(super) fn agreements(&self, placement: Placement) -> Vec<f64> {
        let responses: Vec<Response> =
            self.list.iter().map(|image| image.response(placement, self.n_bins)).collect();
        let mut sum = vec![0.0; self.n_bins];
        for response in &responses {
            sum.iter_mut().zip(response).for_each(|(sum, part)| *sum += part);
        }
        let others = responses.len().saturating_sub(1).max(1) as f64;
        let agreement = |response: &Response| {
            let with_others = response.iter().zip(&sum).map(|(own, sum)| own * (sum - own));
            with_others.sum::<f64>() / others
        };
        responses.iter().map(agreement).collect()
    }

    /// Mean agreement at a placement.
    pub(super) fn agreement(&self, placement: Placement) -> f64 {
        let agreements = self.agreements(placement);
        agreements.iter().sum::<f64>() / agreements.len().max(1) as f64
    }

    /// Placement of the highest agreement.
    ///
    /// Searches a wide grid of scale and shift along one axis, then the other, and refines the
    /// best twice. It starts from the given placement, and from the best of some that scale
    /// both axes at once, which a search along one axis cannot find.
    pub(super) fn best_placement(&self) -> Placement {
        let scaled = [0.5, 0.7, 1.4, 2.0]
            .into_iter()
            .flat_map(|factor| [Placement::about_centre(factor), Placement::about_corner(factor)]);
        let starts = [Placement::GIVEN, self.best_of(&scaled.collect::<Vec<_>>())];
        let wide = starts.map(|start| self.refined(start, &Round::WIDE));
        let fine = self.refined(self.best_of(&wide), &Round::FINE);
        self.refined(fine, &Round::FINEST)
    }

    /// Best placement of a round's grids: along x, then along y.
    fn refined(&self, start: Placement, round: &Round) -> Placement {
        [0, 1].into_iter().fold(start, |best, axis| self.best_of(&round.candidates(best, axis)))
    }

    /// Candidate of the highest agreement; of equals the first.
    fn best_of(&self, candidates: &[Placement]) -> Placement {
        let agreements: Vec<f64> =
            candidates.par_iter().map(|&candidate| self.agreement(candidate)).collect();
        let first = (candidates[0], agreements[0]);
        let better = |best: (Placement, f64), found: (&Placement, &f64)| {
            if *found.1 > best.1 { (*found.0, *found.1) } else { best }
        };
        candidates.iter().zip(&agreements).fold(first, better).0
    }
}

/// Round of a search: half widths of the grid and steps on each side.
struct Round {
    /// Half width of the logarithm of the scale, then steps.
    scale: (f64, i32),
    /// Half width of the shift, then steps.
    shift: (f64, i32),
}

impl Round {
    const WIDE: Self = Self { scale: (0.5, 10), shift: (0.16, 8) };
    const FINE: Self = Self { scale: (0.06, 3), shift: (0.02, 4) };
    const FINEST: Self = Self { scale: (0.02, 2), shift: (0.005, 2) };

    /// Placements around `best` along one axis, `best` itself first.
    fn candidates(&self, best: Placement, axis: usize) -> Vec<Placement> {
        let steps = |(half, count): (f64, i32)| {
            (-count..=count).map(move |step| half * f64::from(step) / f64::from(count))
        };
        let mut candidates = vec![best];
        for log in steps(self.scale) {
            for shift in steps(self.shift) {
                let mut placement = best;
                placement.scale[axis] *= log.exp();
                placement.shift[axis] += shift;
                candidates.push(placement);
            }
        }
        candidates
    }
}
