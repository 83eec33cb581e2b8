//! The nearest of many samples, exactly, by brute force made fast.
//!
//! For a query q and a sample s, |q - s|^2 = |q|^2 - 2 (q.s - |s|^2 / 2), so the
//! nearest samples are those with the smallest |s|^2 / 2 - q.s: as many
//! multiplications as a matrix product, and no difference to form. Samples lie in
//! panels of [`LANES`], features across, so that the compiler works on all lanes
//! of a panel at once, for [`TILE`] queries at a time.
//!
//! Nothing is approximated, and nothing depends on threads or on the processor:
//! every product is summed in the order of the features, without fused
//! operations, and of equally near samples the first wins.

use std::ops::Range;

use multiversion::multiversion;
use serde::{Deserialize, Serialize};

/// Samples in a panel. With [`TILE`] measured against its doubles and halves (see
/// `benches/neighbours.rs`): all sums of a panel and a tile stay in registers.
const LANES: usize = 8;

/// Queries compared with a panel at a time.
const TILE: usize = 4;

/// Panels that stay in the processor's nearest memory while all queries pass.
const PANELS_AT_A_TIME: usize = 32;

/// Samples to find the nearest of, each with a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    n_features: usize,
    labels: Vec<u32>,
    /// By panel: half the squared lengths of its samples, then each feature of all
    /// of its samples. What is missing in the last panel is infinitely far.
    panels: Vec<f32>,
}

/// The nearest samples found so far, nearest first.
struct Nearest {
    /// Ranking keys and sample numbers.
    found: Vec<(f32, u32)>,
}

impl Neighbours {
    /// Samples from their features, `n_features` each, and their labels.
    ///
    /// # Panics
    /// When there are not `n_features` features a label.
    #[must_use]
    pub fn new(n_features: usize, features: &[f32], labels: Vec<u32>) -> Self {
        assert_eq!(features.len(), n_features * labels.len(), "{n_features} features a label");
        let mut panels =
            Vec::with_capacity(labels.len().div_ceil(LANES) * LANES * (n_features + 1));
        for samples in features.chunks(LANES * n_features.max(1)) {
            let samples: Vec<&[f32]> = samples.chunks(n_features).collect();
            let half_square = |sample: &&[f32]| sample.iter().map(|v| v * v).sum::<f32>() / 2.0;
            let missing = LANES - samples.len();
            panels.extend(samples.iter().map(half_square));
            panels.extend(std::iter::repeat_n(f32::INFINITY, missing));
            for feature in 0..n_features {
                panels.extend(samples.iter().map(|sample| sample[feature]));
                panels.extend(std::iter::repeat_n(0.0, missing));
            }
        }
        Self { n_features, labels, panels }
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no samples.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Number of features a sample.
    #[must_use]
    pub const fn n_features(&self) -> usize {
        self.n_features
    }

    /// All labels, in the order of the samples.
    #[must_use]
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Whether the parts fit together: true but for a damaged file.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let n_panels = self.labels.len().div_ceil(LANES);
        let expected = self.n_features.checked_add(1).and_then(|n| n.checked_mul(n_panels * LANES));
        expected == Some(self.panels.len())
    }

    /// The same samples with the same numbers, but none of `left_out` is ever found:
    /// as if they were infinitely far.
    #[must_use]
    pub fn without(&self, left_out: Range<usize>) -> Self {
        let mut kept = self.clone();
        for sample in left_out {
            let panel = sample / LANES * LANES * (self.n_features + 1);
            kept.panels[panel + sample % LANES] = f32::INFINITY;
        }
        kept
    }

    /// For each query, `n_features` values each, the numbers of its `k` nearest
    /// samples, nearest first; all samples when there are fewer.
    #[must_use]
    pub fn nearest(&self, queries: &[f32], k: usize) -> Vec<Vec<u32>> {
        let k = k.min(self.len());
        let n_queries = queries.len() / self.n_features.max(1);
        let mut nearest: Vec<Nearest> = (0..n_queries.next_multiple_of(TILE))
            .map(|_| Nearest { found: vec![(f32::INFINITY, u32::MAX); k] })
            .collect();
        if k > 0 {
            take_all(&self.panels, self.n_features, &self.tiles(queries), &mut nearest);
        }
        nearest.truncate(n_queries);
        nearest
            .into_iter()
            .map(|n| {
                let found = n.found.into_iter().filter(|(key, _)| *key < f32::INFINITY);
                found.map(|(_, sample)| sample).collect()
            })
            .collect()
    }

    /// Queries in tiles of [`TILE`], each feature of all of them side by side.
    fn tiles(&self, queries: &[f32]) -> Vec<f32> {
        let mut tiles = Vec::with_capacity(queries.len() + TILE * self.n_features);
        for tile in queries.chunks(TILE * self.n_features.max(1)) {
            for feature in 0..self.n_features {
                let query = |index: usize| tile.get(index * self.n_features + feature);
                tiles.extend((0..TILE).map(|index| query(index).copied().unwrap_or(0.0)));
            }
        }
        tiles
    }
}

/// Takes the samples of all panels in for the queries of all tiles. Compiled once more
/// for processors whose registers hold a whole panel: the same operations in the same
/// order, so the same keys.
#[multiversion(targets("x86_64+avx2"))]
fn take_all(panels: &[f32], n_features: usize, tiles: &[f32], nearest: &mut [Nearest]) {
    let panel_length = (n_features + 1) * LANES;
    let groups = panels.chunks(panel_length * PANELS_AT_A_TIME);
    for (group, panels) in groups.enumerate() {
        for (tile, nearest) in
            tiles.chunks_exact(n_features * TILE).zip(nearest.chunks_exact_mut(TILE))
        {
            for (index, panel) in panels.chunks_exact(panel_length).enumerate() {
                let first = ((group * PANELS_AT_A_TIME + index) * LANES) as u32;
                for (keys, nearest) in keys(panel, tile).iter().zip(nearest.iter_mut()) {
                    nearest.take(keys, first);
                }
            }
        }
    }
}

/// The ranking keys of a panel's samples for the queries of a tile.
#[inline(always)]
fn keys(panel: &[f32], tile: &[f32]) -> [[f32; LANES]; TILE] {
    let (lanes, _) = panel.as_chunks::<LANES>();
    let (queries, _) = tile.as_chunks::<TILE>();
    let mut keys = [lanes[0]; TILE];
    for (samples, queries) in lanes[1..].iter().zip(queries) {
        for (keys, query) in keys.iter_mut().zip(queries) {
            for (key, sample) in keys.iter_mut().zip(samples) {
                *key -= query * sample;
            }
        }
    }
    keys
}

impl Nearest {
    /// Takes in a panel's samples, the first of which has the number `first`.
    #[inline(always)]
    fn take(&mut self, keys: &[f32; LANES], first: u32) {
        let farthest = self.found[self.found.len() - 1].0;
        // Most panels hold nothing near: one look at all lanes tells.
        if !keys.iter().fold(false, |any, &key| any | (key < farthest)) {
            return;
        }
        for (lane, &key) in keys.iter().enumerate() {
            let last = self.found.len() - 1;
            if key < self.found[last].0 {
                let place = self.found.partition_point(|&(other, _)| other <= key);
                self.found.copy_within(place..last, place + 1);
                self.found[place] = (key, first + lane as u32);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{Rng, SeedableRng};
    use rand_pcg::Pcg64;

    fn numbers(count: usize, seed: u64) -> Vec<f32> {
        let mut random = Pcg64::seed_from_u64(seed);
        (0..count).map(|_| (random.next_u32() >> 8) as f32 / 4e6 - 2.0).collect()
    }

    fn sorted_by_distance(samples: &[f32], query: &[f32], n_features: usize) -> Vec<u32> {
        let distance = |sample: &[f32]| -> f64 {
            sample.iter().zip(query).map(|(a, b)| f64::from(a - b).powi(2)).sum()
        };
        let mut order: Vec<(f64, u32)> =
            samples.chunks(n_features).map(distance).zip(0u32..).collect();
        order.sort_by(|a, b| a.partial_cmp(b).unwrap());
        order.into_iter().map(|(_, sample)| sample).collect()
    }

    #[test]
    fn sorting_all_distances_gives_the_same_neighbours() {
        for (n_features, n_samples, n_queries) in [(1, 40, 3), (5, 1000, 41), (32, 555, 8)] {
            let samples = numbers(n_samples * n_features, 1);
            let queries = numbers(n_queries * n_features, 2);
            let neighbours = Neighbours::new(n_features, &samples, vec![0; n_samples]);
            let found = neighbours.nearest(&queries, 15);
            assert_eq!(found.len(), n_queries);
            for (found, query) in found.iter().zip(queries.chunks(n_features)) {
                assert_eq!(found[..], sorted_by_distance(&samples, query, n_features)[..15]);
            }
        }
    }

    #[test]
    fn of_equally_near_samples_the_first_wins() {
        let neighbours = Neighbours::new(1, &[5.0, 1.0, 1.0, 1.0, 0.5], vec![0; 5]);
        assert_eq!(neighbours.nearest(&[1.0, 9.0], 3), [[1, 2, 3], [0, 1, 2]]);
    }

    #[test]
    fn fewer_samples_than_neighbours_are_all_found() {
        let neighbours = Neighbours::new(2, &[0.0, 0.0, 3.0, 4.0], vec![7, 8]);
        assert_eq!(neighbours.nearest(&[3.0, 3.0], 15), [[1, 0]]);
        assert!(Neighbours::new(2, &[], vec![]).nearest(&[3.0, 3.0], 15)[0].is_empty());
    }

    #[test]
    fn samples_left_out_are_never_found() {
        let samples = numbers(100 * 3, 5);
        let all = Neighbours::new(3, &samples, vec![0; 100]);
        let query = numbers(3, 6);
        let expected = sorted_by_distance(&samples, &query, 3).into_iter();
        let expected: Vec<u32> = expected.filter(|n| !(20..71).contains(n)).collect();
        assert_eq!(all.without(20..71).nearest(&query, 15)[0], expected[..15]);
        assert_eq!(all.without(20..71).nearest(&query, 60)[0], expected);
        assert!(all.without(0..100).nearest(&query, 15)[0].is_empty());
    }

    #[test]
    fn a_query_has_the_same_neighbours_alone_as_among_others() {
        let (samples, queries) = (numbers(700, 3), numbers(70, 4));
        let neighbours = Neighbours::new(7, &samples, vec![0; 100]);
        let together = neighbours.nearest(&queries, 4);
        for (query, together) in queries.chunks(7).zip(&together) {
            assert_eq!(&neighbours.nearest(query, 4)[0], together);
        }
    }
}
