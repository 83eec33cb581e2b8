//! How long finding neighbours takes: the one costly step of pixel classification.
//!
//! `cargo bench -p scr-methods`. 74 features, 15 neighbours; 62,000 samples are a
//! fold of 124 images at 500 each. An image asks for 10,000 to 25,000 pixels.

use divan::Bencher;
use scr_methods::pixel_classification::Neighbours;

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

#[divan::bench(args = [2000, 62_000], sample_count = 10)]
fn nearest_15_of_256_pixels(bencher: Bencher<'_, '_>, n_samples: usize) {
    let neighbours =
        Neighbours::new(N_FEATURES, &numbers(n_samples * N_FEATURES, 1), vec![0; n_samples]);
    let queries = numbers(256 * N_FEATURES, 2);
    bencher.bench(|| neighbours.nearest(&queries, 15));
}
