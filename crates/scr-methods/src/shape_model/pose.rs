//! Similarity transforms: scale, rotation and translation.

use scr_image::Point;
use serde::{Deserialize, Serialize};

/// Similarity transform: maps (x, y) to (a x - b y + x0, b x + a y + y0).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Scale times the cosine of the rotation angle.
    pub a: f64,
    /// Scale times the sine of the rotation angle.
    pub b: f64,
    /// Translation to the right.
    pub x: f64,
    /// Translation down.
    pub y: f64,
}

impl Pose {
    /// Identity transform.
    pub const IDENTITY: Self = Self { a: 1.0, b: 0.0, x: 0.0, y: 0.0 };

    /// Least-squares fit: the transform of `from` with the smallest sum of squared distances to
    /// `to`. A pure translation when all points of `from` coincide.
    ///
    /// # Panics
    /// When there are no points, or not equally many.
    #[must_use]
    pub fn fit(from: &[Point], to: &[Point]) -> Self {
        assert_eq!(from.len(), to.len(), "points correspond");
        let (centre, goal) = (centroid(from), centroid(to));
        let (mut dot, mut cross, mut square) = (0.0, 0.0, 0.0);
        for (p, q) in from.iter().zip(to) {
            let (px, py) = (p.x - centre.x, p.y - centre.y);
            let (qx, qy) = (q.x - goal.x, q.y - goal.y);
            dot += px * qx + py * qy;
            cross += px * qy - py * qx;
            square += px * px + py * py;
        }
        let (a, b) = if square > 0.0 { (dot / square, cross / square) } else { (1.0, 0.0) };
        let x = goal.x - a * centre.x + b * centre.y;
        let y = goal.y - b * centre.x - a * centre.y;
        Self { a, b, x, y }
    }

    /// Transforms a point.
    #[must_use]
    pub fn apply(&self, point: Point) -> Point {
        Point::new(
            self.a * point.x - self.b * point.y + self.x,
            self.b * point.x + self.a * point.y + self.y,
        )
    }

    /// Applies the inverse transform to a point.
    ///
    /// A pose of scale 0 has no inverse: the result is then the origin.
    #[must_use]
    pub fn undo(&self, point: Point) -> Point {
        let square = self.a * self.a + self.b * self.b;
        if square == 0.0 {
            return Point::new(0.0, 0.0);
        }
        let (x, y) = (point.x - self.x, point.y - self.y);
        Point::new((self.a * x + self.b * y) / square, (self.a * y - self.b * x) / square)
    }

    /// Composition: applies `first`, then this transform.
    #[must_use]
    pub fn after(&self, first: Self) -> Self {
        let shift = self.apply(Point::new(first.x, first.y));
        Self {
            a: self.a * first.a - self.b * first.b,
            b: self.b * first.a + self.a * first.b,
            x: shift.x,
            y: shift.y,
        }
    }

    /// Starting poses around this one: itself, four shifted left, right, up and down by
    /// `spread` times `radius` (in the shape's own frame), one smaller and one larger by the
    /// factor 1 + `spread`. This pose alone for a spread of 0.
    #[must_use]
    pub fn starts_around(self, radius: f64, spread: f64) -> Vec<Self> {
        if spread == 0.0 {
            return vec![self];
        }
        let shift = spread * radius * self.scale();
        let shifted = |dx: f64, dy: f64| Self { x: self.x + dx, y: self.y + dy, ..self };
        let scaled = |factor: f64| Self { a: self.a * factor, b: self.b * factor, ..self };
        vec![
            self,
            shifted(-shift, 0.0),
            shifted(shift, 0.0),
            shifted(0.0, -shift),
            shifted(0.0, shift),
            scaled(1.0 / (1.0 + spread)),
            scaled(1.0 + spread),
        ]
    }

    /// Scale factor.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.a.hypot(self.b)
    }
}

/// Mean of points.
pub(super) fn centroid(points: &[Point]) -> Point {
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.x, y + point.y));
    Point::new(x / n, y / n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_transform_is_fitted_and_inverted() {
        let from = [(0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (-1.0, 2.0)].map(|(x, y)| Point::new(x, y));
        let pose = Pose { a: 1.2, b: -0.5, x: 7.0, y: -3.0 };
        let to = from.map(|point| pose.apply(point));
        let found = Pose::fit(&from, &to);
        for (found, expected) in
            [found.a, found.b, found.x, found.y].iter().zip([1.2, -0.5, 7.0, -3.0])
        {
            assert!((found - expected).abs() < 1e-12);
        }
        for (point, moved) in from.iter().zip(to) {
            let back = pose.undo(moved);
            assert!(back.distance_px(*point) < 1e-12);
        }
        assert!((pose.scale() - 1.3).abs() < 1e-12);
    }

    #[test]
    fn the_composition_of_two_transforms_applies_both() {
        let (first, then) =
            (Pose { a: 0.9, b: 0.4, x: 2.0, y: 5.0 }, Pose { a: 1.2, b: -0.5, x: 7.0, y: -3.0 });
        let point = Point::new(3.0, -8.0);
        let expected = then.apply(first.apply(point));
        assert!(then.after(first).apply(point).distance_px(expected) < 1e-12);
    }

    #[test]
    fn starting_poses_are_shifted_by_shares_of_the_radius_and_scaled() {
        let pose = Pose { a: 0.0, b: 2.0, x: 7.0, y: -3.0 };
        assert_eq!(pose.starts_around(10.0, 0.0), [pose]);
        let around = pose.starts_around(10.0, 0.25);
        assert_eq!(around.len(), 7);
        assert_eq!((around[0], around[1].x, around[4].y), (pose, 2.0, 2.0));
        assert_eq!((around[5].scale(), around[6].scale()), (1.6, 2.5));
    }

    #[test]
    fn coinciding_points_are_only_translated() {
        let pose = Pose::fit(&[Point::new(1.0, 1.0); 3], &[Point::new(4.0, 0.0); 3]);
        assert_eq!((pose.a, pose.b, pose.x, pose.y), (1.0, 0.0, 3.0, -1.0));
    }
}
