//! Inverse cosine transform of a block in whole numbers.
//!
//! Loeffler, Ligtenberg, Moschytz (ICASSP 1989), with 11 multiplications and the constants
//! and roundings of libjpeg's `islow` (13 bits; 2 more after the first pass for 8-bit
//! samples, 1 for 12-bit ones), whose samples these are exactly.

const CONST_BITS: u32 = 13;

/// Multiplies by 2 to the 13.
const fn fixed(number: f64) -> i64 {
    (number * (1 << CONST_BITS) as f64 + 0.5) as i64
}

/// Samples of a block of coefficients in their natural order, from 0 to 2^bits - 1.
pub(super) fn inverse_transform(block: &[i16; 64], table: &[u16; 64], bits: u32) -> [u16; 64] {
    let pass_bits = if bits == 8 { 2 } else { 1 };
    let mut work = [0i64; 64];
    for col in 0..8 {
        let input: [i64; 8] = std::array::from_fn(|row| {
            let at = 8 * row + col;
            i64::from(block[at]) * i64::from(table[at])
        });
        let output = transform(input, CONST_BITS - pass_bits);
        for (row, value) in output.into_iter().enumerate() {
            work[8 * row + col] = value;
        }
    }
    let mut samples = [0; 64];
    let (middle, most) = (1i64 << (bits - 1), (1i64 << bits) - 1);
    for (samples, work) in samples.as_chunks_mut::<8>().0.iter_mut().zip(work.as_chunks::<8>().0) {
        let output = transform(*work, CONST_BITS + pass_bits + 3);
        for (sample, value) in samples.iter_mut().zip(output) {
            *sample = (value + middle).clamp(0, most) as u16;
        }
    }
    samples
}

/// One-dimensional transform, divided by 2^shift with halves rounded up.
fn transform(input: [i64; 8], shift: u32) -> [i64; 8] {
    let [x0, x1, x2, x3, x4, x5, x6, x7] = input;
    // Even part.
    let z1 = (x2 + x6) * fixed(0.541_196_100);
    let t2 = z1 - x6 * fixed(1.847_759_065);
    let t3 = z1 + x2 * fixed(0.765_366_865);
    let t0 = (x0 + x4) << CONST_BITS;
    let t1 = (x0 - x4) << CONST_BITS;
    let even = [t0 + t3, t1 + t2, t1 - t2, t0 - t3];
    // Odd part.
    let z5 = (x7 + x3 + x5 + x1) * fixed(1.175_875_602);
    let z1 = -(x7 + x1) * fixed(0.899_976_223);
    let z2 = -(x5 + x3) * fixed(2.562_915_447);
    let z3 = z5 - (x7 + x3) * fixed(1.961_570_560);
    let z4 = z5 - (x5 + x1) * fixed(0.390_180_644);
    let odd = [
        x1 * fixed(1.501_321_110) + z1 + z4,
        x3 * fixed(3.072_711_026) + z2 + z3,
        x5 * fixed(2.053_119_869) + z2 + z4,
        x7 * fixed(0.298_631_336) + z1 + z3,
    ];
    let half = 1 << (shift - 1);
    std::array::from_fn(|index| {
        let sum =
            if index < 4 { even[index] + odd[index] } else { even[7 - index] - odd[7 - index] };
        (sum + half) >> shift
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_those_of_libjpeg() {
        let found = [0.298_631_336, 0.390_180_644, 0.541_196_100, 1.175_875_602, 3.072_711_026];
        assert_eq!(found.map(fixed), [2446, 3196, 4433, 9633, 25172]);
    }

    #[test]
    fn the_samples_are_within_one_of_the_cosine_transform() {
        let mut state = 7u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as i16 % 100
        };
        for bits in [8, 12] {
            let block: [i16; 64] = std::array::from_fn(|at| if at < 20 { next() } else { 0 });
            let table = [3; 64];
            let samples = inverse_transform(&block, &table, bits);
            for (at, &sample) in samples.iter().enumerate() {
                let (x, y) = ((at % 8) as f64, (at / 8) as f64);
                let mut sum = 0.0;
                for (k, &coefficient) in block.iter().enumerate() {
                    let (u, v) = ((k % 8) as f64, (k / 8) as f64);
                    let scale = |w: f64| if w == 0.0 { 0.5f64.sqrt() } else { 1.0 };
                    let cosine =
                        |w: f64, p: f64| ((2.0 * p + 1.0) * w * std::f64::consts::PI / 16.0).cos();
                    sum += scale(u) * scale(v) * f64::from(coefficient) * 3.0 / 4.0
                        * cosine(u, x)
                        * cosine(v, y);
                }
                let most = f64::from((1u32 << bits) - 1);
                let expected = (sum + f64::from(1u32 << (bits - 1))).clamp(0.0, most);
                assert!((expected - f64::from(sample)).abs() < 1.0, "{bits} bits, {at}");
            }
        }
    }
}
