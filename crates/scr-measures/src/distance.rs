//! Exact distances from the pixels of one mask to the nearest pixel of another.
//!
//! Linear in the pixels of the box around both masks, for any content. Where
//! both spacings are equal squared distances are integers and the root comes last.
//!
//! Two steps: how far each pixel of the box is from the nearest target in its
//! own column; then, in each row that is asked for, the lower envelope of the
//! parabolas that these columns raise.
//!
//! # Source
//! Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions",
//! Theory of Computing 8, 2012, doi:10.4086/toc.2012.v008a019.

use scr_image::{Mask, PixelBox, Spacing};

/// For each set pixel of `from`, row by row, the distance to the nearest set
/// pixel of `to`: in mm with a spacing, else in pixels. Empty when one is empty.
pub(crate) fn nearest_distances(from: &Mask, to: &Mask, spacing: Option<Spacing>) -> Vec<f64> {
    let (Some(from_box), Some(to_box)) = (from.bounding_box(), to.bounding_box()) else {
        return Vec::new();
    };
    let area = from_box.union(to_box);
    let (x, y) = spacing.map_or((1.0, 1.0), |s| (s.x_mm(), s.y_mm()));
    let gaps = column_gaps(to, area);
    let width = area.right - area.left;
    let mut distances = Vec::new();
    let mut envelope = Envelope::new(width);
    for row in from_box.top..from_box.bottom {
        if from.row(row).iter().all(|&word| word == 0) {
            continue;
        }
        let line = &gaps[(row - area.top) * width..][..width];
        envelope.raise(line, x, y);
        let mut parabola = 0;
        for col in from.columns_in_row(row) {
            let column = col - area.left;
            while parabola + 1 < envelope.starts.len()
                && envelope.starts[parabola + 1] <= column as f64
            {
                parabola += 1;
            }
            let nearest = envelope.columns[parabola];
            let (dx, dy) = (column.abs_diff(nearest) as f64, f64::from(line[nearest]));
            // Equal spacing keeps the squares integers, so that the unit changes no digit before the root.
            distances.push(if x == y {
                (dx * dx + dy * dy).sqrt() * x
            } else {
                (dx * x).hypot(dy * y)
            });
        }
    }
    distances
}

/// No set pixel in the column.
const NONE: u32 = u32::MAX;

/// Rows between each pixel of `area` and the nearest set pixel in its column.
fn column_gaps(to: &Mask, area: PixelBox) -> Vec<u32> {
    let (width, height) = (area.right - area.left, area.bottom - area.top);
    let mut gaps = vec![NONE; width * height];
    for row in 0..height {
        let (above, line) = gaps.split_at_mut(row * width);
        let line = &mut line[..width];
        if let Some(start) = row.checked_sub(1) {
            for (gap, &before) in line.iter_mut().zip(&above[start * width..]) {
                *gap = if before == NONE { NONE } else { before + 1 };
            }
        }
        for col in to.columns_in_row(area.top + row) {
            line[col - area.left] = 0;
        }
    }
    for row in (0..height.saturating_sub(1)).rev() {
        let (line, below) = gaps.split_at_mut((row + 1) * width);
        for (gap, &after) in line[row * width..].iter_mut().zip(&below[..width]) {
            *gap = (*gap).min(after.saturating_add(1));
        }
    }
    gaps
}

/// The lower envelope of one row's parabolas: which column is nearest from where on.
struct Envelope {
    columns: Vec<usize>,
    starts: Vec<f64>,
}

impl Envelope {
    fn new(width: usize) -> Self {
        Self { columns: Vec::with_capacity(width), starts: Vec::with_capacity(width) }
    }

    fn raise(&mut self, gaps: &[u32], x: f64, y: f64) {
        self.columns.clear();
        self.starts.clear();
        let ratio = (y / x) * (y / x);
        let height = |column: usize| {
            let (gap, column) = (f64::from(gaps[column]), column as f64);
            gap * gap * ratio + column * column
        };
        for column in (0..gaps.len()).filter(|&column| gaps[column] != NONE) {
            let mut start = f64::NEG_INFINITY;
            while let (Some(&last), Some(&last_start)) = (self.columns.last(), self.starts.last()) {
                start = (height(column) - height(last)) / (2.0 * (column - last) as f64);
                if start > last_start {
                    break;
                }
                self.columns.pop();
                self.starts.pop();
                start = f64::NEG_INFINITY;
            }
            self.columns.push(column);
            self.starts.push(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use scr_image::Size;

    fn by_trying_all(from: &Mask, to: &Mask, x: f64, y: f64) -> Vec<f64> {
        let pixels = |mask: &Mask| -> Vec<(f64, f64)> {
            (0..mask.size().height)
                .flat_map(|row| {
                    mask.columns_in_row(row)
                        .map(move |col| (col as f64, row as f64))
                        .collect::<Vec<_>>()
                })
                .collect()
        };
        let targets = pixels(to);
        if targets.is_empty() {
            return Vec::new();
        }
        let nearest = |(c, r): (f64, f64)| {
            targets
                .iter()
                .map(|(tc, tr)| (((c - tc) * x).powi(2) + ((r - tr) * y).powi(2)).sqrt())
                .fold(f64::INFINITY, f64::min)
        };
        pixels(from).into_iter().map(nearest).collect()
    }

    proptest! {
        #[test]
        fn distances_are_those_found_by_trying_all(
            width in 1usize..80, height in 1usize..14, density in 1u64..40, seed: u64,
            x in 0.1..3.0f64, y in 0.1..3.0f64,
        ) {
            let mut state = seed | 1;
            let mut draw = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % 40 < density
            };
            let size = Size::new(width, height);
            let from = Mask::from_fn(size, |_, _| draw());
            let to = Mask::from_fn(size, |_, _| draw());
            prop_assert_eq!(
                nearest_distances(&from, &to, None), by_trying_all(&from, &to, 1.0, 1.0)
            );
            let spacing = Spacing::new(x, y).unwrap();
            let found = nearest_distances(&from, &to, Some(spacing));
            for (found, expected) in found.iter().zip(by_trying_all(&from, &to, x, y)) {
                prop_assert!((found - expected).abs() < 1e-9, "{} {}", found, expected);
            }
        }
    }
}
