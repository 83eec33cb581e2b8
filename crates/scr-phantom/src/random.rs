//! Random numbers: one independent stream for each purpose of each image.
//!
//! The distributions are implemented here, on `libm`, so that one seed gives the same bytes
//! on every platform. Knows no anatomy.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use scr_image::Point;

/// Stream of random numbers.
pub(crate) struct Source {
    generator: Pcg64,
    spare: Option<f64>,
}

/// Purpose of a stream. The streams of an image are independent: another number for the
/// vessels does not change the bones. The position of a purpose is part of its stream's
/// seed: append new ones.
#[derive(Clone, Copy)]
#[repr(u64)]
pub(crate) enum Purpose {
    Patient = 1,
    Position,
    Clicks,
    ExtraClicks,
    SecondObserver,
    Nodule,
    NoduleShape,
    Skeleton,
    Vessels,
    Tissue,
    Organs,
    Film,
    Noise,
}

impl Source {
    /// The stream of a purpose of one image, given by kind and number.
    pub(crate) fn new(seed: u64, kind: u64, number: u64, purpose: Purpose) -> Self {
        let mut state = seed;
        let mut bytes = [0; 32];
        let words = [kind, number, purpose as u64, 0];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(words) {
            state = mixed(state ^ mixed(word));
            chunk.copy_from_slice(&state.to_le_bytes());
        }
        Self { generator: Pcg64::from_seed(bytes), spare: None }
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// Uniform in 0 (included) to 1 (excluded).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform between two numbers.
    pub(crate) fn uniform(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// True with the given probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Standard normal, by Box and Muller's method.
    pub(crate) fn standard(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        let angle = std::f64::consts::TAU * self.unit();
        self.spare = Some(radius * libm::sin(angle));
        radius * libm::cos(angle)
    }

    /// Normal, truncated at 2.5 standard deviations to exclude implausible patients.
    pub(crate) fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        mean + sd * self.standard().clamp(-2.5, 2.5)
    }

    /// A displacement with the given standard deviation in each direction.
    pub(crate) fn shift(&mut self, sd: f64) -> Point {
        let x = self.normal(0.0, sd);
        Point::new(x, self.normal(0.0, sd))
    }
}

/// The finaliser of Steele, Lea and Flood's SplitMix64 (OOPSLA 2014): every
/// input bit changes every output bit.
fn mixed(word: u64) -> u64 {
    let word = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// Random streams of one image.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Streams {
    pub(crate) seed: u64,
    pub(crate) kind: u64,
    pub(crate) number: u64,
}

impl Streams {
    pub(crate) fn source(&self, purpose: Purpose) -> Source {
        Source::new(self.seed, self.kind, self.number, purpose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_different_purposes_differ() {
        let mut first = Source::new(1, 0, 1, Purpose::Patient);
        let mut second = Source::new(1, 0, 1, Purpose::Position);
        assert_ne!(first.bits(), second.bits());
    }

    #[test]
    fn normal_numbers_have_their_mean_and_deviation() {
        let mut source = Source::new(7, 0, 1, Purpose::Noise);
        let numbers: Vec<f64> = (0..20_000).map(|_| source.standard()).collect();
        let mean = numbers.iter().sum::<f64>() / 20_000.0;
        let variance = numbers.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03, "mean is {mean}");
        assert!((variance - 1.0).abs() < 0.05, "variance is {variance}");
    }

    #[test]
    fn the_stream_of_a_seed_is_fixed() {
        assert_eq!(Source::new(1, 0, 1, Purpose::Patient).bits(), 14_958_660_695_346_112_087);
    }
}
