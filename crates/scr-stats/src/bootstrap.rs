//! Bootstrap over images: confidence intervals of means.
//!
//! Stores no resample: each is drawn again from its own generator when needed.
//! So memory does not grow with images times resamples, resamples run on all
//! cores, and the same seed gives the same bits for any number of threads. The
//! main type is [`Bootstrap`].

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use rayon::prelude::*;

use crate::summary::quantile;
use crate::table::{Table, Total};

/// Bootstrap over images.
///
/// Images are resampled whole: one resample is used for every column, so that
/// the objects and measures of an image stay together. The resamples depend on
/// the number of images and the seed alone, and the first thousand of two
/// thousand are those of a bootstrap of one thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    n_images: usize,
    n_resamples: usize,
    seed: u64,
}

impl Bootstrap {
    /// Draws `n_resamples` times `n_images` (fewer than 2^32) images with replacement.
    #[must_use]
    pub const fn new(n_images: usize, n_resamples: usize, seed: u64) -> Self {
        Self { n_images, n_resamples, seed }
    }

    /// The seed that the resamples are drawn with.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Number of resamples.
    #[must_use]
    pub const fn n_resamples(&self) -> usize {
        self.n_resamples
    }

    /// The 95 % percentile interval of each column's mean, `[low, high]`.
    ///
    /// A column holds one value an image, in the order of the images. Undefined
    /// values are left out of each resample's mean, and a resample without any
    /// defined value is left out of the column's interval. `None` for a column
    /// with fewer than two defined values, which have no spread, and without
    /// resamples. A column's interval does not depend on other columns.
    ///
    /// # Panics
    /// When a column does not hold one value for each image.
    ///
    /// # Source
    /// Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
    ///
    /// # Example
    /// ```
    /// use scr_stats::Bootstrap;
    /// let columns = [vec![Some(0.5), Some(0.5), None], vec![None, Some(0.5), None]];
    /// let bootstrap = Bootstrap::new(3, 200, 1);
    /// assert_eq!(bootstrap.mean_ci95(&columns), [Some([0.5, 0.5]), None]);
    /// ```
    #[must_use]
    pub fn mean_ci95(&self, columns: &[Vec<Option<f64>>]) -> Vec<Option<[f64; 2]>> {
        let resamples = self.map_resamples(columns, |totals| {
            totals.iter().map(|total| total.mean()).collect::<Vec<_>>()
        });
        let interval = |(column, values): (usize, &Vec<Option<f64>>)| {
            if values.iter().flatten().count() < 2 {
                return None;
            }
            let mut means: Vec<f64> = resamples.iter().filter_map(|means| means[column]).collect();
            means.sort_unstable_by(f64::total_cmp);
            Some([quantile(&means, 0.025)?, quantile(&means, 0.975)?])
        };
        columns.par_iter().enumerate().map(interval).collect()
    }

    /// Maps the columns' totals in each resample by `of`, in the order of the
    /// resamples.
    ///
    /// # Panics
    /// When a column does not hold one value for each image.
    pub(crate) fn map_resamples<T: Send>(
        &self,
        columns: &[Vec<Option<f64>>],
        of: impl Fn(&[Total]) -> T + Sync,
    ) -> Vec<T> {
        let table = Table::new(columns, self.n_images);
        (0..self.n_resamples)
            .into_par_iter()
            .map_init(
                || vec![0; self.n_images],
                |images, resample| {
                    self.draw(resample, images);
                    of(&table.totals(images))
                },
            )
            .collect()
    }

    /// Fills `images` with the images that one resample holds.
    ///
    /// The resample's generator is seeded with the resample-th number of a
    /// generator that is seeded with the bootstrap's seed.
    fn draw(&self, resample: usize, images: &mut [u32]) {
        let mut seeds = Pcg64::seed_from_u64(self.seed);
        seeds.advance(resample as u128);
        let mut random = Pcg64::seed_from_u64(seeds.next_u64());
        for image in images {
            *image = ((u128::from(random.next_u64()) * self.n_images as u128) >> 64) as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn interval(bootstrap: &Bootstrap, values: &[Option<f64>]) -> Option<[f64; 2]> {
        bootstrap.mean_ci95(&[values.to_vec()])[0]
    }

    #[test]
    fn the_interval_of_equal_values_is_that_value() {
        let bootstrap = Bootstrap::new(20, 200, 1);
        assert_eq!(interval(&bootstrap, &[Some(0.5); 20]), Some([0.5, 0.5]));
    }

    #[test]
    fn the_same_seed_gives_the_same_interval_and_another_seed_another() {
        let values: Vec<_> = (0..30).map(|i| Some(f64::from(i * i))).collect();
        let with = |seed| interval(&Bootstrap::new(30, 500, seed), &values);
        assert_eq!(with(1), with(1));
        assert_ne!(with(1), with(2));
    }

    #[test]
    fn the_interval_is_near_the_normal_one() {
        // 0..99: mean 49.5, standard error 28.866 / 10; normal interval 43.84 .. 55.16.
        let values: Vec<_> = (0..100).map(|i| Some(f64::from(i))).collect();
        let [low, high] = interval(&Bootstrap::new(100, 4000, 3), &values).unwrap();
        assert!((low - 43.84).abs() < 0.6 && (high - 55.16).abs() < 0.6, "{low} {high}");
    }

    #[test]
    fn the_interval_of_two_values_is_their_range() {
        // Each end is the mean of a quarter of the resamples.
        let values = [Some(1.0), Some(3.0)];
        assert_eq!(interval(&Bootstrap::new(2, 1000, 5), &values), Some([1.0, 3.0]));
    }

    #[test]
    fn what_is_not_there_has_no_interval() {
        let single = [None, Some(1.0), None];
        assert_eq!(interval(&Bootstrap::new(3, 10, 1), &single), None);
        assert_eq!(interval(&Bootstrap::new(0, 10, 1), &[]), None);
        assert_eq!(interval(&Bootstrap::new(2, 0, 1), &[Some(1.0), Some(2.0)]), None);
        assert!(Bootstrap::new(3, 10, 1).mean_ci95(&[]).is_empty());
    }

    #[test]
    #[should_panic(expected = "one value for each image")]
    fn a_column_of_other_images_is_refused() {
        let _ = Bootstrap::new(3, 10, 1).mean_ci95(&[vec![Some(1.0); 2]]);
    }

    #[test]
    fn a_resample_draws_every_image_about_equally_often_and_not_as_the_next_one_does() {
        let bootstrap = Bootstrap::new(10, 2, 7);
        let [mut first, mut second] = [vec![0; 10_000], vec![0; 10_000]];
        bootstrap.draw(0, &mut first);
        bootstrap.draw(1, &mut second);
        for image in 0..10 {
            let n = first.iter().filter(|&&drawn| drawn == image).count();
            assert!((900..1100).contains(&n), "{image}: {n}");
        }
        // Independent draws agree in a tenth.
        let n_equal = first.iter().zip(&second).filter(|(one, two)| one == two).count();
        assert!((900..1100).contains(&n_equal), "{n_equal}");
    }

    #[test]
    fn fewer_resamples_are_the_first_of_more() {
        let columns = [(0..30).map(|i| Some(f64::from(i))).collect()];
        let means = |n_resamples| {
            Bootstrap::new(30, n_resamples, 1).map_resamples(&columns, |totals| totals[0].mean())
        };
        assert_eq!(means(10), means(20)[..10]);
    }

    proptest! {
        #[test]
        fn an_interval_depends_neither_on_other_columns_nor_on_the_number_of_threads(
            columns in prop::collection::vec(
                prop::collection::vec(prop::option::weighted(0.8, -1e3..1e3f64), 17), 1..20),
            seed: u64,
        ) {
            let bootstrap = Bootstrap::new(17, 100, seed);
            let on = |n_threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
                pool.install(|| bootstrap.mean_ci95(&columns))
            };
            let together = on(2);
            prop_assert_eq!(&on(1), &together);
            let alone: Vec<_> = columns.iter().map(|one| interval(&bootstrap, one)).collect();
            prop_assert_eq!(alone, together);
        }
    }
}
