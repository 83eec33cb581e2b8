//! Nearest-neighbour search: the most expensive step of pixel classification.
//!
//! `cargo bench -p scr-methods`. 74 features, 15 neighbours; 62,000 samples are a
//! fold of 124 images at 500 each. An image has 10,000 to 25,000 queries. Features are
//! correlated like those of images: a few factors and some noise determine all of them.

use divan::Bencher;
use scr_methods::pixel_classification::{Neighbours, Search};

fn main() {
    divan::main();
}

const N_FEATURES: usize = 74;

fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8e6 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// Number of factors.
const N_FACTORS: usize = 8;

/// Features of `count` pixels.
fn features(count: usize, seed: u32) -> Vec<f32> {
    let weights = numbers(N_FEATURES * N_FACTORS, 3);
    let factors = numbers(count * N_FACTORS, seed);
    let noise = numbers(count * N_FEATURES, seed + 1);
    let feature = |(index, noise): (usize, &f32)| {
        let factors = &factors[index / N_FEATURES * N_FACTORS..][..N_FACTORS];
        let weights = &weights[index % N_FEATURES * N_FACTORS..][..N_FACTORS];
        factors.iter().zip(weights).map(|(c, w)| c * w).sum::<f32>() + 0.3 * noise
    };
    noise.iter().enumerate().map(feature).collect()
}

fn bench(bencher: Bencher<'_, '_>, n_samples: usize, search: Search) {
    let neighbours = Neighbours::new(N_FEATURES, &features(n_samples, 1), vec![0; n_samples]);
    let queries = features(256, 5);
    bencher.bench(|| neighbours.nearest(&queries, search, &(0..0)));
}

#[divan::bench(args = [2000, 62_000], sample_count = 10)]
fn nearest_15_of_256_pixels(bencher: Bencher<'_, '_>, n_samples: usize) {
    bench(bencher, n_samples, Search { k: 15, approximation: 0.0 });
}

#[divan::bench(args = [2000, 62_000], sample_count = 10)]
fn about_nearest_15_of_256_pixels(bencher: Bencher<'_, '_>, n_samples: usize) {
    bench(bencher, n_samples, Search { k: 15, approximation: 0.7 });
}
