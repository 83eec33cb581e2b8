//! Brushes: ribbons between two edges, and patches around a centre.
//!
//! They draw every sharp border, at any resolution, from geometry in mm. They know no
//! anatomy.

use scr_image::Point;

use super::map::Map;
use crate::geometry::{add, minus, times, turned, unit};

/// Cross-section of a ribbon: its two ends and its strength.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Station {
    pub(crate) edges: [Point; 2],
    pub(crate) strength: f64,
}

/// Blend mode of a brush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blend {
    /// Attenuations add up.
    Add,
    /// The greater attenuation counts, for parts of one organ.
    Max,
}

/// Draws `profile(u) * strength` across a ribbon, u from -1 at one edge to 1
/// at the other.
pub(crate) fn ribbon(
    map: &mut Map,
    stations: &[Station],
    blend: Blend,
    profile: impl Fn(f32) -> f32,
) {
    for pair in stations.windows(2) {
        let [a, b] = [&pair[0], &pair[1]];
        let corner = |station: &Station, edge: usize| Corner {
            at: station.edges[edge],
            across: if edge == 0 { -1.0 } else { 1.0 },
            strength: station.strength,
        };
        let a0 = corner(a, 0);
        let a1 = corner(a, 1);
        let b0 = corner(b, 0);
        let b1 = corner(b, 1);
        triangle(map, [a0, a1, b0], blend, &profile);
        triangle(map, [a1, b1, b0], blend, &profile);
    }
}

/// The stations of a tube along a line: half width and strength at each share
/// (0 to 1) of the line's points.
pub(crate) fn tube(
    line: &[Point],
    half_width: impl Fn(f64) -> f64,
    strength: impl Fn(f64) -> f64,
) -> Vec<Station> {
    let last = line.len().saturating_sub(1);
    (0..line.len())
        .map(|i| {
            let share = i as f64 / last.max(1) as f64;
            let way = unit(minus(line[(i + 1).min(last)], line[i.saturating_sub(1)]));
            let out = times(turned(way), half_width(share));
            Station { edges: [minus(line[i], out), add(line[i], out)], strength: strength(share) }
        })
        .collect()
}

/// Adds `value(u, v)` around a centre, u and v from -1 to 1 along two axes at
/// right angles: `axis` gives the first's direction and half length, `half_height`
/// the second's half length.
pub(crate) fn patch(
    map: &mut Map,
    centre: Point,
    axis: Point,
    half_height: f64,
    value: impl Fn(f32, f32) -> f32,
) {
    let half_width = crate::geometry::length(axis);
    if half_width <= 0.0 || half_height <= 0.0 {
        return;
    }
    let along = unit(axis);
    let down = turned(along);
    let reach_x = (along.x * half_width).abs() + (down.x * half_height).abs();
    let reach_y = (along.y * half_width).abs() + (down.y * half_height).abs();
    let per_mm = map.per_mm();
    let side = map.side;
    let span = |middle: f64, reach: f64| {
        let index = |mm: f64| ((mm * per_mm - 0.5).ceil().max(0.0) as usize).min(side);
        index(middle - reach)..index(middle + reach)
    };
    for row in span(centre.y, reach_y) {
        for col in span(centre.x, reach_x) {
            let x = (col as f64 + 0.5) / per_mm - centre.x;
            let y = (row as f64 + 0.5) / per_mm - centre.y;
            let u = ((x * along.x + y * along.y) / half_width) as f32;
            let v = ((x * down.x + y * down.y) / half_height) as f32;
            if u.abs() <= 1.0 && v.abs() <= 1.0 {
                map.values[row * side + col] += value(u, v);
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Corner {
    at: Point,
    across: f64,
    strength: f64,
}

fn triangle(map: &mut Map, corners: [Corner; 3], blend: Blend, profile: &impl Fn(f32) -> f32) {
    let per_mm = map.per_mm();
    let points = corners.map(|corner| times(corner.at, per_mm));
    let [a, b, c] = points;
    let ab = minus(b, a);
    let ac = minus(c, a);
    let area = ab.x * ac.y - ab.y * ac.x;
    if area.abs() <= 1e-9 {
        return;
    }
    // Both attributes are planes over the triangle.
    let plane = |values: [f64; 3]| {
        let p = values[1] - values[0];
        let q = values[2] - values[0];
        let dx = (p * ac.y - q * ab.y) / area;
        let dy = (q * ab.x - p * ac.x) / area;
        (values[0] - dx * a.x - dy * a.y, dx, dy)
    };
    let across = plane(corners.map(|corner| corner.across));
    let strength = plane(corners.map(|corner| corner.strength));
    let top = a.y.min(b.y).min(c.y);
    let bottom = a.y.max(b.y).max(c.y);
    let index = |position: f64| ((position - 0.5).ceil().max(0.0) as usize).min(map.side);
    for row in index(top)..index(bottom) {
        let y = row as f64 + 0.5;
        let mut left = f64::INFINITY;
        let mut right = f64::NEG_INFINITY;
        for (start, end) in [(a, b), (b, c), (c, a)] {
            let (upper, lower) = if start.y <= end.y { (start, end) } else { (end, start) };
            if upper.y <= y && y < lower.y {
                let x = upper.x + (y - upper.y) / (lower.y - upper.y) * (lower.x - upper.x);
                (left, right) = (left.min(x), right.max(x));
            }
        }
        if left >= right {
            continue;
        }
        let from = index(left);
        let to = index(right);
        let cells = &mut map.values[row * map.side..][from..to];
        for (i, cell) in cells.iter_mut().enumerate() {
            let x = (from + i) as f64 + 0.5;
            let u = (across.0 + across.1 * x + across.2 * y) as f32;
            let value =
                profile(u.clamp(-1.0, 1.0)) * (strength.0 + strength.1 * x + strength.2 * y) as f32;
            *cell = if blend == Blend::Add { *cell + value } else { cell.max(value) };
        }
    }
}

/// The chord of a full cylinder, 1 in the middle.
pub(crate) fn solid(u: f32) -> f32 {
    (1.0 - u * u).max(0.0).sqrt()
}

/// The chord of a bone: a shell of compact bone around spongy bone; 1 in the
/// middle, more at the edges.
pub(crate) fn shell(u: f32) -> f32 {
    const INNER: f32 = 0.84;
    const SPONGY: f32 = 0.27;
    let inner = (INNER * INNER - u * u).max(0.0).sqrt();
    (solid(u) - (1.0 - SPONGY) * inner) / (1.0 - (1.0 - SPONGY) * INNER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ribbon_covers_every_cell_between_its_edges_once() {
        let mut map = Map::new(64);
        let line: Vec<Point> = (0..20)
            .map(|i| Point::new(60.0 + 12.0 * f64::from(i), 150.0 + f64::from(i * i)))
            .collect();
        ribbon(&mut map, &tube(&line, |_| 25.0, |_| 1.0), Blend::Add, |_| 1.0);
        assert!(map.values.iter().all(|&v| v == 0.0 || (v - 1.0).abs() < 1e-5));
        assert!(map.values.iter().filter(|&&v| v > 0.0).count() > 300);
    }

    #[test]
    fn a_patch_outside_the_field_is_cut_off() {
        let mut map = Map::new(16);
        patch(&mut map, Point::new(-10.0, -10.0), Point::new(40.0, 0.0), 40.0, |_, _| 1.0);
        assert_eq!(map.values.iter().filter(|&&v| v > 0.0).count(), 1);
    }
}
