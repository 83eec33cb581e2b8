//! Nearest-neighbour search, exact or approximate.
//!
//! For a query q and a sample s, |q - s|^2 = |q|^2 - 2 (q.s - |s|^2 / 2), so the
//! nearest samples are those with the smallest |s|^2 / 2 - q.s: as many
//! multiplications as a matrix product, and no differences. Samples are stored in panels of
//! [`LANES`], feature by feature, so that the compiler vectorises over the lanes of a panel,
//! for [`TILE`] queries at a time. Neighbouring samples share panels, neighbouring queries
//! share a tile, and the search skips panels whose samples are all too far (`groups.rs`).
//!
//! An approximate search also skips panels that could improve a neighbour's distance by a
//! small factor only (Arya and others, Journal of the ACM 45(6), 1998,
//! doi:10.1145/293347.293348). Results depend neither on threads nor on the processor:
//! products are summed in the order of the features, without fused operations, and of equally
//! near samples the first wins.

use std::cmp::Ordering;
use std::ops::Range;

use multiversion::multiversion;
use serde::{Deserialize, Serialize, Serializer};

use super::groups::{GROUP, Groups};
use crate::ModelFault;
use crate::stored::{ANY, count, equal, numbers};

/// Number of samples in a panel. All sums of a panel and a tile stay in registers. Half and
/// double of this and of [`TILE`] are slower (see `benches/neighbours.rs`).
const LANES: usize = 8;

/// Number of queries in a tile.
const TILE: usize = 4;

/// Number of groups that a search sorts and looks at first.
const NEAREST_GROUPS: usize = 32;

/// Index of a missing sample.
const MISSING: u32 = u32::MAX;

/// Labelled samples with an index for nearest-neighbour search.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    n_features: usize,
    labels: Vec<u32>,
    /// Indices of the samples in the order of the panels, by groups of [`GROUP`].
    numbers: Vec<u32>,
    /// By panel: half the squared lengths of its samples, then each feature of all
    /// of its samples. Missing samples of the last panel are infinitely far.
    panels: Vec<f32>,
    groups: Groups,
    /// Length of the longest sample.
    longest: f32,
}

/// Samples in a model file: panels in the order of the samples' indices.
#[derive(Serialize, Deserialize)]
pub(super) struct NeighboursFile {
    n_features: usize,
    labels: Vec<u32>,
    panels: Vec<f32>,
}

/// Number and accuracy of the neighbours to find.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// Number of neighbours.
    pub k: usize,
    /// Approximation: the n-th sample found is at most 1 + this times as far as the n-th nearest.
    /// 0 or more; 0 for an exact search.
    pub approximation: f32,
}

/// Nearest samples of a query so far, nearest first.
struct Nearest {
    /// Ranking keys and sample indices.
    found: Vec<(f32, u32)>,
}

impl Neighbours {
    /// Indexes samples from their features, `n_features` each, and their labels.
    ///
    /// # Panics
    /// When the number of features is not `n_features` times that of labels.
    #[must_use]
    pub fn new(n_features: usize, features: &[f32], labels: Vec<u32>) -> Self {
        assert_eq!(features.len(), n_features * labels.len(), "{n_features} features a label");
        let (groups, numbers) = Groups::of(features, n_features);
        let panels = panels(features, n_features, &numbers);
        let square = |sample: &[f32]| sample.iter().map(|value| value * value).sum::<f32>();
        let squares = features.chunks_exact(n_features.max(1)).map(square);
        let longest = squares.fold(0.0, f32::max).sqrt();
        Self { n_features, labels, numbers, panels, groups, longest }
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Test for no samples.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Number of features of a sample.
    #[must_use]
    pub const fn n_features(&self) -> usize {
        self.n_features
    }

    /// Labels of all samples.
    #[must_use]
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Indices of the `k` nearest samples of each query, nearest first, without the samples
    /// `left_out`; all when there are fewer. A query has `n_features` values. An approximate
    /// search depends on the queries that are given together.
    #[must_use]
    pub fn nearest(
        &self,
        queries: &[f32],
        Search { k, approximation }: Search,
        left_out: &Range<usize>,
    ) -> Vec<Vec<u32>> {
        let k = k.min(self.len());
        let n_queries = queries.len() / self.n_features.max(1);
        let mut nearest: Vec<Nearest> = (0..n_queries.next_multiple_of(TILE))
            .map(|_| Nearest { found: vec![(f32::INFINITY, MISSING); k] })
            .collect();
        let order = self.groups.ordered(queries, TILE);
        let query =
            |&number: &u32| &queries[number as usize * self.n_features..][..self.n_features];
        let ordered: Vec<f32> = order.iter().flat_map(query).copied().collect();
        let tiles = self.tiles(&ordered);
        let tiles = tiles.chunks_exact(self.n_features.max(1));
        for (tile, nearest) in tiles.zip(nearest.chunks_exact_mut(TILE)).filter(|_| k > 0) {
            search(self, tile, approximation, left_out, nearest);
        }
        let mut answers = vec![Vec::new(); n_queries];
        for (number, nearest) in order.into_iter().zip(nearest) {
            let found = nearest.found.into_iter().filter(|(key, _)| *key < f32::INFINITY);
            answers[number as usize] = found.map(|(_, sample)| sample).collect();
        }
        answers
    }

    /// Queries in tiles: each feature of [`TILE`] queries side by side. The last tile is filled
    /// with copies of its first query.
    fn tiles(&self, queries: &[f32]) -> Vec<[f32; TILE]> {
        let mut tiles = Vec::with_capacity(queries.len() / TILE + self.n_features);
        for tile in queries.chunks(TILE * self.n_features.max(1)) {
            for feature in 0..self.n_features {
                let query = |index: usize| tile.get(index * self.n_features + feature);
                let values = std::array::from_fn(|index| *query(index).unwrap_or(&tile[feature]));
                tiles.push(values);
            }
        }
        tiles
    }
}

/// Panels of the samples with these indices, in this order.
fn panels(features: &[f32], n_features: usize, numbers: &[u32]) -> Vec<f32> {
    let mut panels = Vec::with_capacity(numbers.len().div_ceil(LANES) * LANES * (n_features + 1));
    for numbers in numbers.chunks(LANES) {
        let sample = |&number: &u32| &features[number as usize * n_features..][..n_features];
        let samples: Vec<&[f32]> = numbers.iter().map(sample).collect();
        let half_square = |sample: &&[f32]| sample.iter().map(|v| v * v).sum::<f32>() / 2.0;
        let missing = LANES - samples.len();
        panels.extend(samples.iter().map(half_square));
        panels.extend(std::iter::repeat_n(f32::INFINITY, missing));
        for feature in 0..n_features {
            panels.extend(samples.iter().map(|sample| sample[feature]));
            panels.extend(std::iter::repeat_n(0.0, missing));
        }
    }
    panels
}

/// Features in the order of sample indices, from panels of the samples with these indices.
fn unpacked(panels: &[f32], n_features: usize, numbers: &[u32]) -> Vec<f32> {
    let mut features = vec![0.0; n_features * numbers.len()];
    let of_panels = panels.chunks_exact((n_features + 1) * LANES);
    for (panel, numbers) in of_panels.zip(numbers.chunks(LANES)) {
        for (lane, &number) in numbers.iter().enumerate() {
            let values = panel[LANES..].iter().skip(lane).step_by(LANES);
            let sample = &mut features[number as usize * n_features..][..n_features];
            sample.iter_mut().zip(values).for_each(|(feature, value)| *feature = *value);
        }
    }
    features
}

impl Serialize for Neighbours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers: Vec<u32> = (0..self.len() as u32).collect();
        let features = unpacked(&self.panels, self.n_features, &self.numbers);
        let panels = panels(&features, self.n_features, &numbers);
        let labels = self.labels.clone();
        NeighboursFile { n_features: self.n_features, labels, panels }.serialize(serializer)
    }
}

impl NeighboursFile {
    /// Validates the samples: at least one, `n_features` features each, and labels below
    /// `n_labels`.
    ///
    /// # Errors
    /// The first [`ModelFault`].
    pub(super) fn checked(
        self,
        n_features: usize,
        n_labels: usize,
    ) -> Result<Neighbours, ModelFault> {
        let Self { labels, panels, .. } = self;
        equal("features of a sample", &self.n_features, &n_features)?;
        if labels.is_empty() {
            return Err(ModelFault::new("samples", "at least one", "none"));
        }
        if let Some(label) = labels.iter().find(|&&label| label as usize >= n_labels) {
            return Err(ModelFault::new("labels", format!("numbers below {n_labels}"), label));
        }
        count("samples", panels.len(), labels.len().next_multiple_of(LANES) * (n_features + 1))?;
        let all: Vec<u32> = (0..labels.len() as u32).collect();
        let features = unpacked(&panels, n_features, &all);
        numbers("samples", features.iter().copied(), ANY)?;
        Ok(Neighbours::new(n_features, &features, labels))
    }
}

/// Rounding error of a key or of a bound of keys, relative to the squared sum of the lengths
/// of query and sample, after some hundred operations of single precision.
const ROUNDING: f32 = 2e-5;

/// Searches the samples near the queries of a tile. A second version is compiled for
/// processors whose registers hold a whole panel: the same operations in the same order, so
/// equal keys.
#[multiversion(targets("x86_64+avx2"))]
fn search(
    samples: &Neighbours,
    tile: &[[f32; TILE]],
    approximation: f32,
    left_out: &Range<usize>,
    nearest: &mut [Nearest],
) {
    let mut squares = [0.0; TILE];
    for queries in tile {
        squares.iter_mut().zip(queries).for_each(|(square, query)| *square += query * query);
    }
    let slack = squares.map(|square| ROUNDING * (square.sqrt() + samples.longest).powi(2));
    let stretch = (1.0 + approximation).powi(2);
    let is_beyond = |distance: f32, nearest: &[Nearest]| {
        (0..TILE).all(|index| {
            (stretch * distance - squares[index]) / 2.0 - slack[index] > nearest[index].farthest()
        })
    };
    let panel_length = (samples.n_features + 1) * LANES;
    let mut groups = samples.groups.distances(tile);
    // Most groups are too far after the nearest few, and are never sorted.
    let mut far = split_off_far(&mut groups);
    while !groups.is_empty() {
        groups.sort_unstable_by(nearer);
        for (distance, group) in groups {
            if is_beyond(distance, nearest) {
                return;
            }
            let first = group as usize * GROUP;
            let numbers = samples.numbers[first..].chunks(LANES);
            let panels = samples.panels[first / LANES * panel_length..].chunks_exact(panel_length);
            for (panel, numbers) in panels.zip(numbers).take(GROUP / LANES) {
                for (keys, nearest) in keys(panel, tile).iter().zip(nearest.iter_mut()) {
                    nearest.insert(keys, numbers, left_out);
                }
            }
        }
        far.retain(|(distance, _)| !is_beyond(*distance, nearest));
        groups = std::mem::take(&mut far);
    }
}

/// Order of groups by distance, then index.
fn nearer(a: &(f32, u32), b: &(f32, u32)) -> Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

/// Splits off all groups but the nearest [`NEAREST_GROUPS`].
fn split_off_far(groups: &mut Vec<(f32, u32)>) -> Vec<(f32, u32)> {
    if groups.len() <= NEAREST_GROUPS {
        return Vec::new();
    }
    groups.select_nth_unstable_by(NEAREST_GROUPS, nearer);
    groups.split_off(NEAREST_GROUPS)
}

/// Ranking keys of a panel's samples for the queries of a tile.
#[inline(always)]
fn keys(panel: &[f32], tile: &[[f32; TILE]]) -> [[f32; LANES]; TILE] {
    let (lanes, _) = panel.as_chunks::<LANES>();
    let mut keys = [lanes[0]; TILE];
    for (samples, queries) in lanes[1..].iter().zip(tile) {
        for (keys, query) in keys.iter_mut().zip(queries) {
            for (key, sample) in keys.iter_mut().zip(samples) {
                *key -= query * sample;
            }
        }
    }
    keys
}

impl Nearest {
    /// Key of the farthest one.
    #[inline(always)]
    fn farthest(&self) -> f32 {
        self.found[self.found.len() - 1].0
    }

    /// Inserts samples of a panel with these indices.
    #[inline(always)]
    fn insert(&mut self, keys: &[f32; LANES], numbers: &[u32], left_out: &Range<usize>) {
        let farthest = self.farthest();
        // Most panels have no near sample: one comparison of all lanes rejects them.
        if !keys.iter().fold(false, |any, &key| any | (key <= farthest)) {
            return;
        }
        for candidate in keys.iter().copied().zip(numbers.iter().copied()) {
            let last = self.found.len() - 1;
            let is_before = |a: (f32, u32), b: (f32, u32)| a.0 < b.0 || (a.0 == b.0 && a.1 < b.1);
            if is_before(candidate, self.found[last]) && !left_out.contains(&(candidate.1 as usize))
            {
                let place = self.found.partition_point(|&other| is_before(other, candidate));
                self.found.copy_within(place..last, place + 1);
                self.found[place] = candidate;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stored::read;
    use rand_core::{Rng, SeedableRng};
    use rand_pcg::Pcg64;

    fn numbers(count: usize, seed: u64) -> Vec<f32> {
        let mut random = Pcg64::seed_from_u64(seed);
        (0..count).map(|_| (random.next_u32() >> 8) as f32 / 4e6 - 2.0).collect()
    }

    fn exact(k: usize) -> Search {
        Search { k, approximation: 0.0 }
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
            let found = neighbours.nearest(&queries, exact(15), &(0..0));
            assert_eq!(found.len(), n_queries);
            for (found, query) in found.iter().zip(queries.chunks(n_features)) {
                assert_eq!(found[..], sorted_by_distance(&samples, query, n_features)[..15]);
            }
        }
    }

    #[test]
    fn of_equally_near_samples_the_first_wins() {
        let neighbours = Neighbours::new(1, &[5.0, 1.0, 1.0, 1.0, 0.5], vec![0; 5]);
        assert_eq!(neighbours.nearest(&[1.0, 9.0], exact(3), &(0..0)), [[1, 2, 3], [0, 1, 2]]);
    }

    #[test]
    fn fewer_samples_than_neighbours_are_all_found() {
        let neighbours = Neighbours::new(2, &[0.0, 0.0, 3.0, 4.0], vec![7, 8]);
        assert_eq!(neighbours.nearest(&[3.0, 3.0], exact(15), &(0..0)), [[1, 0]]);
        assert!(
            Neighbours::new(2, &[], vec![]).nearest(&[3.0, 3.0], exact(15), &(0..0))[0].is_empty()
        );
    }

    #[test]
    fn samples_left_out_are_never_found() {
        let samples = numbers(100 * 3, 5);
        let all = Neighbours::new(3, &samples, vec![0; 100]);
        let query = numbers(3, 6);
        let expected = sorted_by_distance(&samples, &query, 3).into_iter();
        let expected: Vec<u32> = expected.filter(|n| !(20..71).contains(n)).collect();
        assert_eq!(all.nearest(&query, exact(15), &(20..71))[0], expected[..15]);
        assert_eq!(all.nearest(&query, exact(60), &(20..71))[0], expected);
        assert!(all.nearest(&query, exact(15), &(0..100))[0].is_empty());
    }

    #[test]
    fn far_groups_are_skipped_without_missing_a_neighbour() {
        // Two features dominate.
        let weigh = |(index, value): (usize, f32)| value * [9.0, 3.0, 0.2, 0.1][index % 4];
        let weighed = |count: usize, seed: u64| -> Vec<f32> {
            numbers(4 * count, seed).into_iter().enumerate().map(weigh).collect()
        };
        let (samples, queries) = (weighed(5000, 7), weighed(203, 8));
        let neighbours = Neighbours::new(4, &samples, vec![0; 5000]);
        let near = neighbours.groups.distances(&[[0.0; TILE]; 4]);
        assert!(near.iter().filter(|(square, _)| *square > 1.0).count() > near.len() / 2);
        for (query, found) in queries.chunks(4).zip(neighbours.nearest(&queries, exact(5), &(0..0)))
        {
            assert_eq!(found, sorted_by_distance(&samples, query, 4)[..5]);
        }
    }

    #[test]
    fn an_approximate_search_keeps_within_its_factor() {
        let (samples, queries) = (numbers(3 * 20_000, 11), numbers(3 * 400, 12));
        let neighbours = Neighbours::new(3, &samples, vec![0; 20_000]);
        let distance = |sample: u32, query: &[f32]| {
            let sample = &samples[3 * sample as usize..][..3];
            sample.iter().zip(query).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
        };
        let exact = neighbours.nearest(&queries, exact(9), &(0..0));
        let found = neighbours.nearest(&queries, Search { k: 9, approximation: 2.0 }, &(0..0));
        let mut n_other = 0;
        for ((query, found), exact) in queries.chunks(3).zip(found).zip(exact) {
            for (found, exact) in found.into_iter().zip(exact) {
                assert!(distance(found, query) <= 3.0 * distance(exact, query) + 1e-3);
                n_other += usize::from(found != exact);
            }
        }
        assert!(n_other > 0, "nothing was approximated");
    }

    #[test]
    fn samples_survive_their_file_and_invalid_ones_are_refused() {
        let neighbours = Neighbours::new(3, &numbers(300, 9), (0..100).collect());
        let bytes = postcard::to_stdvec(&neighbours).unwrap();
        let read = read(&bytes, |file: NeighboursFile| file.checked(3, 100)).unwrap();
        assert_eq!(read, neighbours);
        for (n_labels, label, value) in [(9, 0, 0.0), (0, 0, 0.0), (8, 1, 0.0), (8, 0, f32::NAN)] {
            let labels = vec![label; n_labels];
            let odd = NeighboursFile { n_features: 3, labels, panels: vec![value; 32] };
            assert!(odd.checked(3, 1).is_err());
        }
    }

    #[test]
    fn a_query_has_the_same_neighbours_alone_as_among_others() {
        let (samples, queries) = (numbers(700, 3), numbers(70, 4));
        let neighbours = Neighbours::new(7, &samples, vec![0; 100]);
        let together = neighbours.nearest(&queries, exact(4), &(0..0));
        for (query, together) in queries.chunks(7).zip(&together) {
            assert_eq!(&neighbours.nearest(query, exact(4), &(0..0))[0], together);
        }
    }
}
