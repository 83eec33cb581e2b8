//! Plane geometry of points in mm: splines, lengths and normals.
//!
//! Independent of the platform (see [`random`](crate::random)): square roots are exact on
//! every platform, and all other functions are `libm`'s.

use scr_image::Point;

pub(crate) fn add(a: Point, b: Point) -> Point {
    Point::new(a.x + b.x, a.y + b.y)
}

pub(crate) fn minus(a: Point, b: Point) -> Point {
    Point::new(a.x - b.x, a.y - b.y)
}

pub(crate) fn times(a: Point, factor: f64) -> Point {
    Point::new(a.x * factor, a.y * factor)
}

pub(crate) fn length(a: Point) -> f64 {
    (a.x * a.x + a.y * a.y).sqrt()
}

pub(crate) fn distance(a: Point, b: Point) -> f64 {
    length(minus(a, b))
}

/// The direction of `a` with length 1; zero when `a` has no length.
pub(crate) fn unit(a: Point) -> Point {
    let length = length(a);
    if length > 0.0 { times(a, 1.0 / length) } else { a }
}

/// A quarter turn clockwise on the screen.
pub(crate) fn turned(a: Point) -> Point {
    Point::new(-a.y, a.x)
}

/// Smooth step: 0 up to `from`, 1 from `to` on, smooth between.
pub(crate) fn smooth_step(value: f64, from: f64, to: f64) -> f64 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Smooth curve through key points.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    /// Points about 1 mm apart.
    pub(crate) points: Vec<Point>,
    /// Index of each key point among the points.
    keys: Vec<usize>,
}

impl Curve {
    /// The cubic Hermite spline through `keys`, with Catmull and Rom's tangents
    /// by chord length.
    pub(crate) fn through(keys: &[Point]) -> Self {
        let chords: Vec<f64> =
            keys.windows(2).map(|pair| distance(pair[0], pair[1]).max(1e-9)).collect();
        let slopes: Vec<Point> = keys
            .windows(2)
            .zip(&chords)
            .map(|(pair, &chord)| times(minus(pair[1], pair[0]), 1.0 / chord))
            .collect();
        let tangent = |i: usize| {
            if i == 0 {
                slopes[0]
            } else if i == slopes.len() {
                slopes[i - 1]
            } else {
                let before = chords[i - 1];
                let after = chords[i];
                let sum = add(times(slopes[i - 1], after), times(slopes[i], before));
                times(sum, 1.0 / (before + after))
            }
        };
        let mut points = Vec::new();
        let mut indices = Vec::new();
        for (i, &chord) in chords.iter().enumerate() {
            indices.push(points.len());
            let steps = chord.ceil().max(2.0) as usize;
            let from = times(tangent(i), chord);
            let to = times(tangent(i + 1), chord);
            for step in 0..steps {
                let t = step as f64 / steps as f64;
                let t2 = t * t;
                let t3 = t * t * t;
                let ends = add(
                    times(keys[i], 2.0 * t3 - 3.0 * t2 + 1.0),
                    times(keys[i + 1], 3.0 * t2 - 2.0 * t3),
                );
                let bends = add(times(from, t3 - 2.0 * t2 + t), times(to, t3 - t2));
                points.push(add(ends, bends));
            }
        }
        indices.push(points.len());
        points.extend(keys.last());
        Self { points, keys: indices }
    }

    /// The line from one key point to another, both included.
    pub(crate) fn between(&self, from: usize, to: usize) -> &[Point] {
        &self.points[self.keys[from]..=self.keys[to]]
    }
}

/// `count` points at equal distances along an open line: its start, but not its end.
pub(crate) fn spread(line: &[Point], count: usize) -> Vec<Point> {
    let total: f64 = line.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
    let mut points = Vec::with_capacity(count);
    let mut walked = 0.0;
    for pair in line.windows(2) {
        let step = distance(pair[0], pair[1]);
        while points.len() < count {
            let along = total * points.len() as f64 / count as f64 - walked;
            if along > step {
                break;
            }
            points.push(pair[0].towards(pair[1], if step > 0.0 { along / step } else { 0.0 }));
        }
        walked += step;
    }
    while let (true, Some(&last)) = (points.len() < count, line.last()) {
        points.push(last);
    }
    points
}

/// The x of a line at a height, by straight interpolation; its nearer end
/// outside. The line must go down (or level) throughout.
pub(crate) fn x_at(line: &[Point], y: f64) -> f64 {
    let i = line.partition_point(|p| p.y < y).clamp(1, line.len() - 1);
    let a = line[i - 1];
    let b = line[i];
    let share = if b.y > a.y { ((y - a.y) / (b.y - a.y)).clamp(0.0, 1.0) } else { 0.0 };
    a.x + share * (b.x - a.x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_passes_through_its_keys() {
        let keys = [Point::new(0.0, 0.0), Point::new(10.0, 5.0), Point::new(30.0, 0.0)];
        let curve = Curve::through(&keys);
        let first = curve.between(0, 1);
        assert_eq!((first[0], first[first.len() - 1]), (keys[0], keys[1]));
        assert_eq!(curve.points.last(), Some(&keys[2]));
    }

    #[test]
    fn points_are_spread_at_equal_distances() {
        let line = [Point::new(0.0, 0.0), Point::new(1.0, 0.0), Point::new(4.0, 0.0)];
        let xs: Vec<f64> = spread(&line, 4).iter().map(|p| p.x).collect();
        assert_eq!(xs, [0.0, 1.0, 2.0, 3.0]);
    }
}
