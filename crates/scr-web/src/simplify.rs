//! Simplified polygons for pictures on pages.
//!
//! The algorithm of the viewer's `shape.js`, which draws the same outlines at any zoom.

use std::f64::consts::PI;

/// Polygon with fewer corners: every corner left out lies within `tolerance` of the side that
/// replaces it; the first corner stays. Unit: that of `ring`, which is closed.
///
/// One pass: a side grows while a direction from its start passes all corners since near
/// enough, takes the middle of these directions, and ends where the outline turns back (the
/// cone of Williams, Computer Journal 21, 1978).
pub(crate) fn simplified(ring: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    let n = ring.len();
    if n < 4 || tolerance <= 0.0 {
        return ring.to_vec();
    }
    // A step back is part of a staircase. Both ways together are the tolerance.
    let back = tolerance / 3.0;
    let across = (tolerance * tolerance - back * back).sqrt();
    let mut start = ring[0];
    let mut kept = vec![start];
    let mut side: Option<Side> = None;
    let mut i = 1;
    while i <= n {
        let (x, y) = ring[i % n];
        let (dx, dy) = (x - start.0, y - start.1);
        let length = dx.hypot(dy);
        if side.is_none() && length <= tolerance {
            i += 1;
            continue;
        }
        let direction = dy.atan2(dx);
        let grown = side.get_or_insert(Side {
            base: direction,
            low: -PI,
            high: PI,
            reached: 0.0,
            first: i,
        });
        let mut turn = direction - grown.base;
        if turn > PI {
            turn -= 2.0 * PI;
        } else if turn < -PI {
            turn += 2.0 * PI;
        }
        // The closing side ends at the first corner itself.
        let reach = if i < n { (across / length).min(1.0).asin() } else { 0.0 };
        let passes = turn + reach >= grown.low && turn - reach <= grown.high;
        if passes && length >= grown.reached - back {
            grown.reached = grown.reached.max(length);
            grown.low = grown.low.max(turn - reach);
            grown.high = grown.high.min(turn + reach);
            i += 1;
            continue;
        }
        // The side ends beside the middle of the last edge: a staircase is then passed between
        // its corners. The next side must pass the last corner too.
        let last = i - 1;
        let before = if last > grown.first { last - 1 } else { last };
        let x = f64::midpoint(ring[last].0, ring[before].0) - start.0;
        let y = f64::midpoint(ring[last].1, ring[before].1) - start.1;
        let (sin, cos) = (grown.base + f64::midpoint(grown.low, grown.high)).sin_cos();
        let foot = x * cos + y * sin;
        start = (start.0 + foot * cos, start.1 + foot * sin);
        kept.push(start);
        side = None;
        i = before + 1;
    }
    kept
}

/// Side that grows.
struct Side {
    /// Direction of its first corner, in radians.
    base: f64,
    /// Directions that pass all corners so far, relative to `base`.
    low: f64,
    high: f64,
    /// Farthest corner from its start.
    reached: f64,
    /// Index of its first corner.
    first: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(point: (f64, f64), ring: &[(f64, f64)]) -> f64 {
        let to_side = |i: usize| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let squared = dx * dx + dy * dy;
            let along = (point.0 - a.0) * dx + (point.1 - a.1) * dy;
            let share = if squared == 0.0 { 0.0 } else { (along / squared).clamp(0.0, 1.0) };
            (point.0 - a.0 - share * dx).hypot(point.1 - a.1 - share * dy)
        };
        (0..ring.len()).map(to_side).fold(f64::INFINITY, f64::min)
    }

    /// Staircase around a disc, as a mask gives.
    fn disc(radius: i32) -> Vec<(f64, f64)> {
        let half = |row: i32| {
            let up = f64::from(row) + 0.5 - f64::from(radius);
            (f64::from(radius * radius) - up * up).sqrt().round()
        };
        let right = (0..2 * radius).flat_map(|row| [(half(row), row), (half(row), row + 1)]);
        let left = (0..2 * radius).rev().flat_map(|row| [(-half(row), row + 1), (-half(row), row)]);
        right.chain(left).map(|(x, y)| (x, f64::from(y))).collect()
    }

    #[test]
    fn no_corner_is_farther_away_than_the_tolerance_and_most_are_left_out() {
        let ring = disc(200);
        for tolerance in [0.35, 0.7, 1.4, 8.0] {
            let fewer = simplified(&ring, tolerance);
            let worst = ring.iter().map(|corner| distance(*corner, &fewer)).fold(0.0, f64::max);
            assert!(worst <= tolerance + 1e-9, "{worst} for {tolerance}");
        }
        assert!(simplified(&ring, 0.8).len() * 8 < ring.len());
    }

    #[test]
    fn a_square_stays() {
        let square = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0)];
        assert_eq!(simplified(&square, 0.35), square);
    }
}
