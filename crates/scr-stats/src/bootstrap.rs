//! How far a mean over images would move had other images been drawn.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;

use crate::summary::{mean, quantile};

/// A bootstrap over images: which images each resample holds.
///
/// Images are resampled whole: one resample is used for every measure, so that
/// the objects and measures of an image stay together. The resamples depend on
/// the number of images and the seed alone.
#[derive(Debug, Clone)]
pub struct Bootstrap {
    seed: u64,
    resamples: Vec<Vec<u32>>,
}

impl Bootstrap {
    /// Draws `resamples` times `n_images` images with replacement.
    #[must_use]
    pub fn new(n_images: usize, resamples: usize, seed: u64) -> Self {
        let mut random = Pcg64::seed_from_u64(seed);
        let mut draw = || ((u128::from(random.next_u64()) * n_images as u128) >> 64) as u32;
        let resamples = (0..resamples).map(|_| (0..n_images).map(|_| draw()).collect()).collect();
        Self { seed, resamples }
    }

    /// The seed that the resamples were drawn with.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Number of resamples.
    #[must_use]
    pub fn n_resamples(&self) -> usize {
        self.resamples.len()
    }

    /// The 95 % percentile interval of the mean, `[low, high]`.
    ///
    /// `values` holds one value an image, in the order of the images; undefined
    /// ones are left out of each resample's mean. `None` with fewer than two
    /// defined values, which say nothing of the spread.
    ///
    /// # Panics
    /// When there are fewer values than images were drawn from.
    ///
    /// # Source
    /// Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
    #[must_use]
    pub fn mean_ci95(&self, values: &[Option<f64>]) -> Option<[f64; 2]> {
        if values.iter().flatten().count() < 2 {
            return None;
        }
        let mut means: Vec<f64> = self
            .resamples
            .iter()
            .filter_map(|resample| {
                let drawn: Vec<f64> =
                    resample.iter().filter_map(|&image| values[image as usize]).collect();
                mean(&drawn)
            })
            .collect();
        means.sort_by(f64::total_cmp);
        Some([quantile(&means, 0.025)?, quantile(&means, 0.975)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_equal_values_is_that_value() {
        let bootstrap = Bootstrap::new(20, 200, 1);
        assert_eq!(bootstrap.mean_ci95(&[Some(0.5); 20]), Some([0.5, 0.5]));
    }

    #[test]
    fn the_same_seed_gives_the_same_interval_and_another_seed_another() {
        let values: Vec<_> = (0..30).map(|i| Some(f64::from(i * i))).collect();
        let interval = |seed| Bootstrap::new(30, 500, seed).mean_ci95(&values);
        assert_eq!(interval(1), interval(1));
        assert_ne!(interval(1), interval(2));
    }

    #[test]
    fn the_interval_is_near_the_normal_one() {
        // 0..99: mean 49.5, standard error 28.866 / 10; normal interval 43.84 .. 55.16.
        let values: Vec<_> = (0..100).map(|i| Some(f64::from(i))).collect();
        let [low, high] = Bootstrap::new(100, 4000, 3).mean_ci95(&values).unwrap();
        assert!((low - 43.84).abs() < 0.6 && (high - 55.16).abs() < 0.6, "{low} {high}");
    }

    #[test]
    fn a_single_value_has_no_interval() {
        assert_eq!(Bootstrap::new(3, 10, 1).mean_ci95(&[None, Some(1.0), None]), None);
    }
}
