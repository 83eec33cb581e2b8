//! The clavicles: slender S-shaped bones across the apices.
//!
//! The bone extends to the shoulder; the annotation ends at the edge of the rib cage.

use scr_image::Point;

use super::chest::{Border, Chest};
use super::patient::ClavicleMeasures;
use super::position::Position;
use crate::geometry::{add, minus, times, turned, unit, x_at};

/// One clavicle on the film.
#[derive(Debug, Clone)]
pub(crate) struct Clavicle {
    /// The part on lungs and rib cage.
    pub(crate) border: Border,
    /// Upper and lower edge of the whole bone, medial end first; equally many.
    pub(crate) edges: [Vec<Point>; 2],
}

/// From the medial end to the shoulder, before the slope, mm.
const SPAN: f64 = 138.0;
/// Steps along the bone.
const STEPS: usize = 138;

impl Clavicle {
    /// Builds the clavicle of one side: -1 is the patient's right.
    pub(crate) fn new(
        measures: &ClavicleMeasures,
        sign: f64,
        chest: &Chest,
        position: &Position,
    ) -> Self {
        let wall = &chest.walls[usize::from(sign > 0.0)];
        let centre: Vec<Point> = (0..=STEPS)
            .map(|step| {
                let t = step as f64 / STEPS as f64;
                let wave = 2.6 * libm::sin(std::f64::consts::TAU * (t + 0.06));
                let y = chest.levels.apex + measures.drop - measures.slope * SPAN * t
                    + measures.bend * t * t
                    + wave;
                Point::new(sign * (measures.gap + SPAN * t), y)
            })
            .collect();
        let half_width = |t: f64| {
            let medial = (1.0 - t / 0.30).max(0.0);
            let lateral = (t - 0.72).max(0.0);
            measures.half_thickness
                + (measures.head - measures.half_thickness) * medial * medial
                + 9.0 * lateral * lateral
        };
        let mut edges = [Vec::new(), Vec::new()];
        for (step, &point) in centre.iter().enumerate() {
            let before = centre[step.saturating_sub(1)];
            let after = centre[(step + 1).min(STEPS)];
            // For the right clavicle the line runs to the image's left.
            let up = times(turned(unit(minus(after, before))), -sign);
            let out = times(up, half_width(step as f64 / STEPS as f64));
            edges[0].push(position.place(add(point, out)));
            edges[1].push(position.place(minus(point, out)));
        }
        let is_inside = |p: &&Point| p.x * sign < x_at(wall, p.y) * sign + measures.reach;
        let seen = centre.iter().take_while(is_inside).count().clamp(40, STEPS);
        let lower: Vec<Point> = edges[1][..seen].iter().rev().copied().collect();
        let cap = cap(&edges, 1.0);
        let last = [edges[0][seen - 1], lower[0]];
        let border = Border::joined(&[(&edges[0][..seen], 9), (&last, 1), (&lower, 9), (&cap, 4)]);
        Self { border, edges }
    }
}

/// The rounded medial end, from the lower edge to the upper.
fn cap(edges: &[Vec<Point>; 2], bulge: f64) -> Vec<Point> {
    let upper = edges[0][0];
    let lower = edges[1][0];
    let middle = upper.towards(lower, 0.5);
    let radius = minus(upper, middle);
    let next = edges[0][1].towards(edges[1][1], 0.5);
    let out = times(unit(minus(middle, next)), bulge * 0.5 * crate::geometry::length(radius));
    (0..=12)
        .map(|step| {
            let angle = std::f64::consts::PI * step as f64 / 12.0;
            let along = times(radius, -libm::cos(angle));
            add(middle, add(along, times(out, libm::sin(angle))))
        })
        .collect()
}
