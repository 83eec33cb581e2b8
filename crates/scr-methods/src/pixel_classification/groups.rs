//! Groups of neighbouring samples, with lower bounds of their distance: a k-d tree.
//!
//! Features are correlated, so samples are projected on the few directions of largest
//! variance: their principal axes. There they are split at the median of the axis of largest
//! variance, recursively, as in a k-d tree (Bentley, Communications of the ACM 18(9), 1975,
//! doi:10.1145/361002.361007), until groups of [`GROUP`] are left. The distance between
//! projections is never larger than the full distance. So the search can skip a group when the
//! bounding box of its projections is too far.

use nalgebra::DMatrix;

/// Number of samples in a group. Smaller groups have tighter boxes, but there are more of
/// them. Half and double of this and of [`AXES`] are as fast or slower, on phantoms and models
/// of 124 images.
pub(super) const GROUP: usize = 64;

/// Number of principal axes.
const AXES: usize = 16;

/// Largest number of samples from which axes are computed.
const AXIS_SAMPLES: usize = 4096;

/// By feature: its component in each axis. Missing axes are 0.
type Axes = Vec<[f32; AXES]>;

/// Projection of a point on the axes.
type Projection = [f32; AXES];

/// Groups of samples: axes, and bounding boxes of the projections.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Groups {
    n_groups: usize,
    axes: Axes,
    /// By axis, then group.
    lows: Vec<f32>,
    /// By axis, then group.
    highs: Vec<f32>,
}

impl Groups {
    /// Groups samples of `n_features` values each. Also returns the indices of the samples in
    /// the order of groups: [`GROUP`] each, and a rest at the end.
    pub(super) fn of(features: &[f32], n_features: usize) -> (Self, Vec<u32>) {
        let axes = principal_axes(features, n_features);
        let projections = projected(&axes, features);
        let numbers = ordered(&projections, GROUP);
        let n_groups = projections.len().div_ceil(GROUP);
        let mut lows = vec![f32::INFINITY; AXES * n_groups];
        let mut highs = vec![f32::NEG_INFINITY; AXES * n_groups];
        for (group, numbers) in numbers.chunks(GROUP).enumerate() {
            for &number in numbers {
                for (axis, &value) in projections[number as usize].iter().enumerate() {
                    let place = axis * n_groups + group;
                    lows[place] = lows[place].min(value);
                    highs[place] = highs[place].max(value);
                }
            }
        }
        (Self { n_groups, axes, lows, highs }, numbers)
    }

    /// Indices of queries, ordered so that every `together` of them are neighbours.
    pub(super) fn ordered(&self, queries: &[f32], together: usize) -> Vec<u32> {
        ordered(&projected(&self.axes, queries), together)
    }

    /// Squared distance of each group's box from the box around some queries, with the group's
    /// index. Queries are given by feature: the values of all queries.
    #[inline(always)]
    pub(super) fn distances<const N: usize>(&self, queries: &[[f32; N]]) -> Vec<(f32, u32)> {
        let mut projections = [[0.0; N]; AXES];
        for (values, parts) in queries.iter().zip(&self.axes) {
            for (projections, part) in projections.iter_mut().zip(parts) {
                projections
                    .iter_mut()
                    .zip(values)
                    .for_each(|(projections, value)| *projections += part * value);
            }
        }
        let mut squares = vec![0.0f32; self.n_groups];
        let n_groups = self.n_groups.max(1);
        let boxes = self.lows.chunks_exact(n_groups).zip(self.highs.chunks_exact(n_groups));
        for ((lows, highs), projections) in boxes.zip(projections) {
            let low = projections.into_iter().fold(f32::INFINITY, f32::min);
            let high = projections.into_iter().fold(f32::NEG_INFINITY, f32::max);
            for ((square, group_low), group_high) in squares.iter_mut().zip(lows).zip(highs) {
                let (below, above) = (low - group_high, group_low - high);
                let gap = if below > above { below } else { above };
                let gap = if gap > 0.0 { gap } else { 0.0 };
                *square += gap * gap;
            }
        }
        squares.into_iter().zip(0..).collect()
    }
}

/// Projects points, with a value for each feature, on axes.
fn projected(axes: &Axes, points: &[f32]) -> Vec<Projection> {
    let projections = |point: &[f32]| {
        let mut projections = [0.0; AXES];
        for (value, parts) in point.iter().zip(axes) {
            projections
                .iter_mut()
                .zip(parts)
                .for_each(|(projections, part)| *projections += part * value);
        }
        projections
    };
    points.chunks_exact(axes.len().max(1)).map(projections).collect()
}

/// Principal axes of samples: orthonormal, the largest variance first.
fn principal_axes(features: &[f32], n_features: usize) -> Axes {
    let n_samples = features.len() / n_features.max(1);
    let mut axes = vec![[0.0; AXES]; n_features];
    if n_samples == 0 {
        return axes;
    }
    let step = n_samples.div_ceil(AXIS_SAMPLES);
    let looked_at = features.chunks_exact(n_features).step_by(step);
    let mut deviations = DMatrix::from_iterator(
        n_features,
        n_samples.div_ceil(step),
        looked_at.flatten().map(|&value| f64::from(value)),
    );
    for mut row in deviations.row_iter_mut() {
        let mean = row.mean();
        row.add_scalar_mut(-mean);
    }
    let eigen = (&deviations * deviations.transpose()).symmetric_eigen();
    let mut order: Vec<usize> = (0..n_features).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    for (axis, column) in order.into_iter().take(AXES).enumerate() {
        for (parts, &part) in axes.iter_mut().zip(&eigen.eigenvectors.column(column)) {
            parts[axis] = part as f32;
        }
    }
    axes
}

/// Indices of projected points, ordered so that every `together` of them, and a rest at the
/// end, are neighbours.
fn ordered(projections: &[Projection], together: usize) -> Vec<u32> {
    let mut numbers: Vec<u32> = (0..projections.len() as u32).collect();
    split(projections, together, &mut numbers);
    numbers
}

/// Splits points at the median of the axis of largest variance, recursively.
fn split(projections: &[Projection], together: usize, points: &mut [u32]) {
    if points.len() <= together {
        return;
    }
    let axis = most_varied(projections, points);
    let value = |number: u32| projections[number as usize][axis];
    let order = |a: &u32, b: &u32| value(*a).total_cmp(&value(*b)).then(a.cmp(b));
    // Whole groups, so that only the very last one can be smaller.
    let half = points.len().div_ceil(together).div_ceil(2) * together;
    points.select_nth_unstable_by(half, order);
    let (below, above) = points.split_at_mut(half);
    split(projections, together, below);
    split(projections, together, above);
}

/// Axis of the largest variance among points; the first of equals.
fn most_varied(projections: &[Projection], points: &[u32]) -> usize {
    let (mut sums, mut squares) = ([0.0f64; AXES], [0.0f64; AXES]);
    for &number in points {
        for ((sum, square), &value) in
            sums.iter_mut().zip(&mut squares).zip(&projections[number as usize])
        {
            *sum += f64::from(value);
            *square += f64::from(value).powi(2);
        }
    }
    let n_points = points.len() as f64;
    let variances = squares.iter().zip(&sums).map(|(square, sum)| square - sum * sum / n_points);
    let mut best = (f64::NEG_INFINITY, 0);
    for (axis, variance) in variances.enumerate() {
        if variance > best.0 {
            best = (variance, axis);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Grid of `side` x `side` points in a scrambled order.
    fn places(side: usize) -> Vec<f32> {
        let number = |index: usize| (index * 7919) % (side * side);
        (0..side * side)
            .flat_map(|index| [number(index) % side, number(index) / side])
            .map(|value| value as f32)
            .collect()
    }

    #[test]
    fn every_sample_is_in_one_group_and_groups_are_compact() {
        let features = places(32);
        let (groups, numbers) = Groups::of(&features, 2);
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..1024));
        assert_eq!(groups.n_groups, 1024 / GROUP);
        for (low, high) in groups.lows.iter().zip(&groups.highs) {
            assert!(high - low < 16.0, "{low} {high}");
        }
    }

    #[test]
    fn a_box_is_never_farther_than_its_samples() {
        let features = places(20);
        let (groups, numbers) = Groups::of(&features, 2);
        let queries = [[3.0, 4.5], [11.0, -2.0]];
        let found = groups.distances(&queries);
        assert!(found.iter().any(|(square, _)| *square < 1e-3));
        assert_eq!(found.len(), numbers.len().div_ceil(GROUP));
        for (square, group) in found {
            for &number in numbers.chunks(GROUP).nth(group as usize).unwrap() {
                let sample = &features[2 * number as usize..][..2];
                for query in [[3.0f32, 11.0], [4.5, -2.0]] {
                    let exact = (sample[0] - query[0]).powi(2) + (sample[1] - query[1]).powi(2);
                    assert!(square <= exact + 1e-3, "{square} {exact}");
                }
            }
        }
    }

    #[test]
    fn equal_samples_and_none_are_grouped() {
        let (none, numbers) = Groups::of(&[], 3);
        assert!(numbers.is_empty() && none.distances(&[[0.0; 2]; 3]).is_empty());
        let (equal, numbers) = Groups::of(&[1.0; 600], 2);
        assert_eq!((equal.n_groups, numbers.len()), (300usize.div_ceil(GROUP), 300));
    }
}
