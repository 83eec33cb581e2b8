//! Random numbers from a seeded generator, the same on every machine.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;

/// Uniform random number from -1 to 1.
pub(crate) fn uniform(random: &mut impl Rng) -> f32 {
    share(random) * 2.0 - 1.0
}

/// Uniform random number from 0 to 1, without 1.
pub(crate) fn share(random: &mut impl Rng) -> f32 {
    (random.next_u32() >> 8) as f32 / (1u32 << 24) as f32
}

/// Generator for one purpose: `stream` numbers the purposes of a seed.
pub(crate) fn generator(seed: u64, stream: u64) -> Pcg64 {
    let mut random = Pcg64::seed_from_u64(seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    random.next_u64();
    random
}
