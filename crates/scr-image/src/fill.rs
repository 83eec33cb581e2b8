//! Polygon rasterisation: the mask that a set of outlines covers.
//!
//! One rule: **a pixel belongs to a polygon when its centre does.** Inside is
//! decided by the even-odd rule over all outlines together, so that an outline
//! within another is a hole. A centre that lies exactly on a side belongs to
//! the polygon when the inside is to its right or below it (half-open sides),
//! so polygons that share a side share no pixel and leave no gap.

use crate::{Mask, Outline, Size};

impl Mask {
    /// Fills `outlines`: sets the pixels whose centres lie inside, by the rule above.
    ///
    /// Parts outside the image are clipped. Sides with a point that is not finite
    /// are ignored.
    #[must_use]
    pub fn filled(size: Size, outlines: &[Outline]) -> Self {
        let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); size.height];
        for (start, end) in outlines.iter().flat_map(Outline::sides) {
            if !(start.x.is_finite()
                && start.y.is_finite()
                && end.x.is_finite()
                && end.y.is_finite())
            {
                continue;
            }
            let (upper, lower) = if start.y <= end.y { (start, end) } else { (end, start) };
            let rows = first_centre_at_or_after(upper.y, size.height)
                ..first_centre_at_or_after(lower.y, size.height);
            for row in rows {
                let share = (row as f64 + 0.5 - upper.y) / (lower.y - upper.y);
                crossings[row].push(upper.x + share * (lower.x - upper.x));
            }
        }
        let mut mask = Self::empty(size);
        for (row, line) in crossings.iter_mut().enumerate() {
            line.sort_by(f64::total_cmp);
            for pair in line.chunks_exact(2) {
                let start = first_centre_at_or_after(pair[0], size.width);
                let end = first_centre_at_or_after(pair[1], size.width);
                mask.set_run(row, start, end);
            }
        }
        mask
    }
}

/// First pixel index whose centre is at or after `position`, clamped to 0..=`count`.
fn first_centre_at_or_after(position: f64, count: usize) -> usize {
    (position - 0.5).ceil().clamp(0.0, count as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Point;

    fn polygon(points: &[(f64, f64)]) -> Outline {
        Outline::new(points.iter().map(|&(x, y)| Point::new(x, y)).collect())
    }

    #[test]
    fn a_pixel_belongs_to_the_polygon_when_its_centre_does() {
        let mask = Mask::filled(
            Size::new(5, 5),
            &[polygon(&[(0.6, 0.6), (3.4, 0.6), (3.4, 3.4), (0.6, 3.4)])],
        );
        assert_eq!(mask, Mask::from_text("..... .##.. .##.. ..... ....."));
    }

    #[test]
    fn a_centre_on_a_side_belongs_to_the_polygon_to_its_right_or_below() {
        let square = |x: f64| polygon(&[(x, 0.5), (x + 2.0, 0.5), (x + 2.0, 2.5), (x, 2.5)]);
        let size = Size::new(5, 4);
        let left = Mask::filled(size, &[square(0.5)]);
        let right = Mask::filled(size, &[square(2.5)]);
        assert_eq!(left, Mask::from_text("##... ##... ..... ....."));
        assert!((&left & &right).is_empty());
        assert_eq!((&left | &right).count(), 8);
    }

    #[test]
    fn an_outline_within_another_is_a_hole() {
        let square =
            |from: f64, to: f64| polygon(&[(from, from), (to, from), (to, to), (from, to)]);
        let mask = Mask::filled(Size::new(5, 5), &[square(0.0, 5.0), square(1.0, 4.0)]);
        assert_eq!(mask, Mask::from_text("##### #...# #...# #...# #####"));
    }

    #[test]
    fn parts_outside_the_image_are_clipped() {
        let far = polygon(&[(-1e9, -1e9), (1e9, -1e9), (1e9, 1e9), (-1e9, 1e9)]);
        assert_eq!(Mask::filled(Size::new(3, 2), &[far]).count(), 6);
        let nowhere = polygon(&[(f64::NAN, 0.0), (1.0, f64::INFINITY), (0.0, 1.0)]);
        assert!(Mask::filled(Size::new(3, 2), &[nowhere]).is_empty());
    }
}
