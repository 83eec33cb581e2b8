//! Convolution with 3 x 3 kernels and its gradients, on one thread.
//!
//! Planes are read as flat lists: the neighbours of a run of pixels are runs too, a fixed
//! distance away. Each result is a sum in one fixed order of fused multiplications and additions,
//! which are exact before they are rounded, so vectors of any width give the same bits.

use multiversion::multiversion;

use crate::planes::Planes;

/// Numbers of a kernel of one input and one output channel.
pub(crate) const TAPS: usize = 9;

/// Output channels that are computed together. Numbers of channels are multiples.
pub(crate) const BLOCK: usize = 4;

/// Pixels that are computed together: two vectors of 512 bits, or as many as smaller registers
/// hold.
const WIDE_TILE: usize = 32;
const TILE: usize = 16;

/// Pixels whose input stays in the cache while all output channels are computed.
const CHUNK: usize = 512;

/// Partial sums of a weight's gradient.
const LANES: usize = 16;

/// Partial sums that smaller registers hold at a time.
const HALF: usize = LANES / 2;

/// Kernels in the order in which the convolution reads them.
pub(crate) struct Kernels {
    n_out: usize,
    /// By block of output channels, input channel, tap, then output channel of the block.
    packed: Vec<f32>,
}

impl Kernels {
    /// Kernels of `weights`, by output channel, input channel, then tap.
    pub(crate) fn new(weights: &[f32], n_in: usize, n_out: usize) -> Self {
        Self::packed(n_in, n_out, |out, input, tap| weights[(out * n_in + input) * TAPS + tap])
    }

    /// Kernels that turn the gradient of the output into that of the input.
    pub(crate) fn transposed(weights: &[f32], n_in: usize, n_out: usize) -> Self {
        Self::packed(n_out, n_in, |input, out, tap| {
            weights[(out * n_in + input) * TAPS + TAPS - 1 - tap]
        })
    }

    fn packed(n_in: usize, n_out: usize, weight: impl Fn(usize, usize, usize) -> f32) -> Self {
        let mut packed = Vec::with_capacity(n_in * n_out * TAPS);
        for block in (0..n_out).step_by(BLOCK) {
            for input in 0..n_in {
                for tap in 0..TAPS {
                    packed.extend((block..block + BLOCK).map(|out| weight(out, input, tap)));
                }
            }
        }
        Self { n_out, packed }
    }

    /// Convolution of `input`, zero outside of it.
    pub(crate) fn convolve(&self, input: &Planes) -> Planes {
        let mut output = input.like(self.n_out);
        let (pitch, stride) = (input.pitch(), input.stride());
        let end = input.height() * pitch + input.width() + 1;
        let of_block = input.len() * TAPS * BLOCK;
        let convolve = if has_wide_vectors() { convolve::<WIDE_TILE> } else { convolve::<TILE> };
        for from in (pitch + 1..end).step_by(CHUNK) {
            let pixels = (from, end.min(from + CHUNK));
            let blocks = output.values_mut().chunks_exact_mut(BLOCK * stride);
            for (block, weights) in blocks.zip(self.packed.chunks_exact(of_block)) {
                convolve(input.values(), stride, pitch, weights, block, pixels);
            }
        }
        output.clear_borders();
        output
    }
}

/// Test for vectors of 512 bits.
fn has_wide_vectors() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512f");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// Convolution for one block of output channels and a run of pixels.
#[multiversion(targets("x86_64+avx512f+avx512vl+fma", "x86_64+avx2+fma"))]
fn convolve<const TILE: usize>(
    input: &[f32],
    stride: usize,
    pitch: usize,
    weights: &[f32],
    output: &mut [f32],
    (from, to): (usize, usize),
) {
    for start in (from..to).step_by(TILE) {
        let mut sums = [[0.0f32; TILE]; BLOCK];
        for (plane, kernels) in input.chunks_exact(stride).zip(weights.chunks_exact(TAPS * BLOCK)) {
            let around = &plane[start - pitch - 1..start + pitch + 1 + TILE];
            for row in 0..3 {
                for col in 0..3 {
                    let at = row * pitch + col;
                    let pixels: &[f32; TILE] = around[at..].first_chunk().unwrap_or(&[0.0; TILE]);
                    let tap = (row * 3 + col) * BLOCK;
                    for out in 0..BLOCK {
                        let weight = kernels[tap + out];
                        for pixel in 0..TILE {
                            sums[out][pixel] = pixels[pixel].mul_add(weight, sums[out][pixel]);
                        }
                    }
                }
            }
        }
        for (out, sums) in sums.iter().enumerate() {
            output[out * stride + start..][..TILE].copy_from_slice(sums);
        }
    }
}

/// Adds the gradient of the weights to `gradient`, which has the order of the weights.
pub(crate) fn add_weight_gradient(input: &Planes, of_output: &Planes, gradient: &mut [f32]) {
    let (pitch, stride, n_in) = (input.pitch(), input.stride(), input.len());
    let end = input.height() * pitch + input.width() + 1;
    let mut sums = vec![[0.0f32; LANES]; n_in * TAPS * BLOCK];
    let correlate = if has_wide_vectors() { correlate::<LANES> } else { correlate::<HALF> };
    let blocks = of_output.values().chunks_exact(BLOCK * stride);
    for (block, gradient) in blocks.zip(gradient.chunks_exact_mut(BLOCK * n_in * TAPS)) {
        sums.fill([0.0; LANES]);
        for from in (pitch + 1..end).step_by(CHUNK) {
            let pixels = (from, end.min(from + CHUNK));
            correlate(input.values(), stride, pitch, block, &mut sums, pixels);
        }
        for (at, lanes) in sums.iter().enumerate() {
            let (weight, out) = (at / BLOCK, at % BLOCK);
            gradient[out * n_in * TAPS + weight] += lanes.iter().sum::<f32>();
        }
    }
}

/// Sums of products of inputs and gradients for one block of output channels and a run of
/// pixels; by input channel, tap, then output channel of the block. Computes `WIDTH` partial sums at
/// a time.
#[multiversion(targets("x86_64+avx512f+avx512vl+fma", "x86_64+avx2+fma"))]
fn correlate<const WIDTH: usize>(
    input: &[f32],
    stride: usize,
    pitch: usize,
    of_output: &[f32],
    sums: &mut [[f32; LANES]],
    (from, to): (usize, usize),
) {
    const ROW: usize = 3 * BLOCK;
    let length = (to - from).next_multiple_of(LANES);
    let lanes = |list: &[f32], at: usize| -> [f32; WIDTH] {
        *list[at..].first_chunk().unwrap_or(&[0.0; WIDTH])
    };
    let outputs: [&[f32]; BLOCK] =
        std::array::from_fn(|out| &of_output[out * stride + from..][..length]);
    for (plane, sums) in input.chunks_exact(stride).zip(sums.chunks_exact_mut(3 * ROW)) {
        for (row, sums) in sums.chunks_exact_mut(ROW).enumerate() {
            let around = &plane[from + row * pitch - pitch - 1..][..length + 2];
            for first in (0..LANES).step_by(WIDTH) {
                let mut partial = [[0.0f32; WIDTH]; ROW];
                for (partial, sums) in partial.iter_mut().zip(&*sums) {
                    *partial = lanes(sums, first);
                }
                for at in (first..length).step_by(LANES) {
                    let gradients: [[f32; WIDTH]; BLOCK] =
                        std::array::from_fn(|out| lanes(outputs[out], at));
                    for col in 0..3 {
                        let pixels = lanes(around, at + col);
                        for out in 0..BLOCK {
                            let sum = &mut partial[col * BLOCK + out];
                            for lane in 0..WIDTH {
                                sum[lane] = pixels[lane].mul_add(gradients[out][lane], sum[lane]);
                            }
                        }
                    }
                }
                for (partial, sums) in partial.iter().zip(&mut *sums) {
                    sums[first..first + WIDTH].copy_from_slice(partial);
                }
            }
        }
    }
}
