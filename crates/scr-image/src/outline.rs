//! Closed polygons: the outlines of observers and of shape models.

/// Point in continuous image coordinates, in pixels (see the crate's head).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right of the image's left edge.
    pub x: f64,
    /// Below the image's upper edge.
    pub y: f64,
}

impl Point {
    /// The point `x` right of and `y` below the upper left corner.
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// Distance to another point, in pixels.
    #[must_use]
    pub fn distance_px(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The point `share` (0 to 1) of the way to `other`.
    #[must_use]
    pub fn towards(self, other: Self, share: f64) -> Self {
        Self::new(self.x + share * (other.x - self.x), self.y + share * (other.y - self.y))
    }
}

/// Closed polygon: ordered points joined by straight lines, the last to the first.
///
/// The landmarks of a structure are an outline whose points correspond from
/// image to image.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outline {
    points: Vec<Point>,
}

impl Outline {
    /// A polygon through `points`, in that order. Fewer than three enclose no area.
    #[must_use]
    pub const fn new(points: Vec<Point>) -> Self {
        Self { points }
    }

    /// The corners, in order.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The sides as pairs of points, the closing side last.
    pub fn sides(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let next = self.points.iter().cycle().skip(1);
        self.points.iter().copied().zip(next.copied())
    }

    /// Enclosed area in square pixels: above zero when the points run clockwise
    /// on the screen (y down), below when anticlockwise.
    #[must_use]
    pub fn signed_area_px2(&self) -> f64 {
        self.sides().map(|(a, b)| a.x * b.y - b.x * a.y).sum::<f64>() / 2.0
    }

    /// Enclosed area in square pixels.
    #[must_use]
    pub fn area_px2(&self) -> f64 {
        self.signed_area_px2().abs()
    }

    /// Length of the closed line, in pixels.
    #[must_use]
    pub fn length_px(&self) -> f64 {
        self.sides().map(|(a, b)| a.distance_px(b)).sum()
    }

    /// Centre of the enclosed area; the mean of the corners when it is zero;
    /// none without corners.
    #[must_use]
    pub fn centroid(&self) -> Option<Point> {
        let area = self.signed_area_px2();
        let count = self.points.len() as f64;
        if count == 0.0 {
            return None;
        }
        if area == 0.0 {
            let x = self.points.iter().map(|p| p.x).sum::<f64>() / count;
            let y = self.points.iter().map(|p| p.y).sum::<f64>() / count;
            return Some(Point::new(x, y));
        }
        let mut x = 0.0;
        let mut y = 0.0;
        for (a, b) in self.sides() {
            let cross = a.x * b.y - b.x * a.y;
            x += (a.x + b.x) * cross;
            y += (a.y + b.y) * cross;
        }
        Some(Point::new(x / (6.0 * area), y / (6.0 * area)))
    }

    /// Scales the outline by `x` and `y`.
    #[must_use]
    pub fn scaled(&self, x: f64, y: f64) -> Self {
        Self::new(self.points.iter().map(|p| Point::new(p.x * x, p.y * y)).collect())
    }

    /// `count` points on the outline at equal distances along it, from its
    /// first point on and in its own direction.
    ///
    /// Empty when the outline has no points or `count` is 0. When the outline
    /// has no length, all points are its first.
    #[must_use]
    pub fn resampled(&self, count: usize) -> Self {
        let step = self.length_px() / count as f64;
        let mut points = Vec::with_capacity(count);
        let mut walked = 0.0;
        for (start, end) in self.sides() {
            let length = start.distance_px(end);
            while points.len() < count {
                let along = points.len() as f64 * step - walked;
                if along > length {
                    break;
                }
                let share = if length > 0.0 { along / length } else { 0.0 };
                points.push(start.towards(end, share));
            }
            walked += length;
        }
        // Rounding can put the last point slightly beyond the closing side.
        while points.len() < count && !self.points.is_empty() {
            points.push(self.points[0]);
        }
        Self::new(points)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Outline {
        Outline::new(vec![
            Point::new(0.0, 0.0),
            Point::new(4.0, 0.0),
            Point::new(4.0, 4.0),
            Point::new(0.0, 4.0),
        ])
    }

    #[test]
    fn a_square_of_side_4_has_area_16_and_length_16() {
        assert_eq!(square().signed_area_px2(), 16.0);
        assert_eq!(square().length_px(), 16.0);
        assert_eq!(square().centroid(), Some(Point::new(2.0, 2.0)));
    }

    #[test]
    fn resampling_keeps_equal_distances() {
        let points = square().resampled(8);
        let expected =
            [(0., 0.), (2., 0.), (4., 0.), (4., 2.), (4., 4.), (2., 4.), (0., 4.), (0., 2.)];
        for (found, (x, y)) in points.points().iter().zip(expected) {
            assert_eq!(*found, Point::new(x, y));
        }
        assert_eq!(points.points().len(), 8);
    }

    #[test]
    fn outlines_without_length_are_resampled_to_one_place() {
        assert_eq!(Outline::default().resampled(5).points().len(), 0);
        let dot = Outline::new(vec![Point::new(1.0, 2.0)]);
        assert_eq!(dot.resampled(3).points(), [Point::new(1.0, 2.0); 3]);
        assert_eq!(dot.centroid(), Some(Point::new(1.0, 2.0)));
    }
}
