//! Benchmark of bootstrap intervals and rankings, by number of images.
//!
//! `cargo bench -p scr-stats`. Two thousand resamples, as in a result; ten
//! columns stand for a measure or two, thirty for all that a result shows.

use divan::Bencher;
use scr_stats::{Bootstrap, Direction, SignificantWins, rank_stability};

fn main() {
    divan::main();
}

const N_IMAGES: [usize; 2] = [100, 10_000];
const N_RESAMPLES: usize = 2000;

fn columns(n_columns: usize, n_images: usize) -> Vec<Vec<Option<f64>>> {
    let value = |column: usize, image: usize| {
        let noise = (image * 7919 + column * 104_729 + 1).pow(2) % 1_000_003;
        Some(0.9 + column as f64 * 1e-3 + noise as f64 * 1e-7)
    };
    (0..n_columns).map(|column| (0..n_images).map(|image| value(column, image)).collect()).collect()
}

#[divan::bench(args = N_IMAGES, consts = [10, 30])]
fn mean_ci95<const N_COLUMNS: usize>(bencher: Bencher<'_, '_>, n_images: usize) {
    let columns = columns(N_COLUMNS, n_images);
    let bootstrap = Bootstrap::new(n_images, N_RESAMPLES, 1);
    bencher.bench(|| bootstrap.mean_ci95(&columns));
}

#[divan::bench(args = N_IMAGES)]
fn rank_stability_of_20_methods(bencher: Bencher<'_, '_>, n_images: usize) {
    let methods = columns(20, n_images);
    let bootstrap = Bootstrap::new(n_images, N_RESAMPLES, 1);
    bencher.bench(|| rank_stability(&methods, Direction::HigherIsBetter, &bootstrap));
}

#[divan::bench(args = N_IMAGES)]
fn significant_wins_of_20_methods(bencher: Bencher<'_, '_>, n_images: usize) {
    let methods = columns(20, n_images);
    bencher.bench(|| SignificantWins::of(&methods, Direction::HigherIsBetter, 0.05));
}
