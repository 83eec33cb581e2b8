//! Landmarks for benchmarks that hold masks only.
//!
//! One rule for every structure. The landmarks lie on an outline of the mask, clockwise on the
//! screen, at equal arc lengths. The first one is the topmost crossing
//! of the outline with the vertical line through the centroid. The centroid is stable, so the
//! first landmarks correspond between images, and all others as far as equal arc length
//! allows. Holes are ignored.

use scr_image::{Mask, Outline, Point};

/// Landmarks on a mask's outline around the largest area: `count` points in pixels; `None` for
/// an empty mask.
#[must_use]
pub fn derive_landmarks(mask: &Mask, count: usize) -> Option<Outline> {
    outline_landmarks(&mask.largest_outline()?, count)
}

/// Landmarks on an outline; `None` when it has no corners.
pub(crate) fn outline_landmarks(outline: &Outline, count: usize) -> Option<Outline> {
    let centroid = outline.centroid()?;
    let (side, top) = topmost_crossing(outline, centroid.x)?;
    let mut points = vec![top];
    let corners = outline.points();
    points.extend((1..=corners.len()).map(|step| corners[(side + step) % corners.len()]));
    Some(Outline::new(points).resampled(count))
}

/// Topmost crossing of an outline with the vertical line at `x`: the index of the crossed
/// side, and the point.
fn topmost_crossing(outline: &Outline, x: f64) -> Option<(usize, Point)> {
    outline
        .sides()
        .enumerate()
        .filter(|(_, (start, end))| (start.x <= x) != (end.x <= x))
        .map(|(index, (start, end))| {
            let share = (x - start.x) / (end.x - start.x);
            (index, start.towards(end, share))
        })
        .min_by(|(_, a), (_, b)| a.y.total_cmp(&b.y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_image::Size;

    #[test]
    fn a_square_starts_in_the_middle_of_its_upper_side_and_runs_clockwise() {
        let mask = Mask::from_text("...... .####. .####. .####. .####. ......");
        let points = derive_landmarks(&mask, 4).unwrap();
        let expected = [(3.0, 1.0), (5.0, 3.0), (3.0, 5.0), (1.0, 3.0)];
        for (found, (x, y)) in points.points().iter().zip(expected) {
            assert!((found.x - x).abs() < 1e-9 && (found.y - y).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn an_empty_mask_has_no_landmarks() {
        assert_eq!(derive_landmarks(&Mask::empty(Size::new(4, 4)), 8), None);
    }

    #[test]
    fn moving_a_mask_moves_its_landmarks() {
        let blob = |dx: usize, dy: usize| {
            Mask::from_fn(Size::new(60, 60), |col, row| {
                let (x, y) = (col as f64 - 20.0 - dx as f64, row as f64 - 25.0 - dy as f64);
                (x / 9.0).powi(2) + (y / 16.0).powi(2) < 1.0 + 0.3 * (x / 9.0)
            })
        };
        let (here, there) = (
            derive_landmarks(&blob(0, 0), 32).unwrap(),
            derive_landmarks(&blob(11, 5), 32).unwrap(),
        );
        for (a, b) in here.points().iter().zip(there.points()) {
            assert!((a.x + 11.0 - b.x).abs() < 1e-9 && (a.y + 5.0 - b.y).abs() < 1e-9);
        }
    }
}
