//! Network: from an image to logits, and from their gradient to that of the parameters.

use rand_core::Rng;

use crate::architecture::{Architecture, LEVELS, Layer};
use crate::convolution::{Kernels, TAPS, add_weight_gradient};
use crate::normalisation::Normalised;
use crate::planes::Planes;
use crate::random::uniform;
use crate::resolution::{doubled, doubled_gradient, folded, halved, halved_gradient, unfolded};

/// Network with its parameters in the order in which convolutions read them.
pub(crate) struct Network<'a> {
    architecture: Architecture,
    layers: Vec<Layer>,
    parameters: &'a [f32],
    kernels: Vec<Kernels>,
}

/// Values of a run that the gradient needs.
pub(crate) struct Tape {
    /// Input of each layer.
    inputs: Vec<Planes>,
    /// Normalised values of each layer but the last.
    normalised: Vec<Normalised>,
    /// Output of each resolution on the way down, but the last.
    skips: Vec<Planes>,
}

impl<'a> Network<'a> {
    /// Network of [`n_parameters`](Architecture::n_parameters) parameters.
    pub(crate) fn new(architecture: Architecture, parameters: &'a [f32]) -> Self {
        let layers = architecture.layers();
        let kernels =
            layers.iter().map(|l| Kernels::new(l.weights(parameters), l.n_in, l.n_out)).collect();
        Self { architecture, layers, parameters, kernels }
    }

    /// Logits of a square image, one map a structure, and the tape for the gradient.
    pub(crate) fn run(&self, image: &[f32]) -> (Vec<f32>, Tape) {
        let mut tape = Tape { inputs: Vec::new(), normalised: Vec::new(), skips: Vec::new() };
        let mut values = folded(image, self.architecture.side);
        for level in 0..LEVELS {
            if level > 0 {
                values = halved(&values);
            }
            values = self.block(values, &mut tape);
            if level + 1 < LEVELS {
                tape.skips.push(values.clone());
            }
        }
        for level in (0..LEVELS - 1).rev() {
            values = self.block(tape.skips[level].joined(&doubled(&values)), &mut tape);
        }
        let last = tape.inputs.len();
        let mut logits = unfolded(&self.kernels[last].convolve(&values));
        let offsets = self.layers[last].offsets(self.parameters);
        add_offsets(&mut logits, offsets, self.architecture.side);
        tape.inputs.push(values);
        (logits, tape)
    }

    /// Gradient of the parameters from that of the logits.
    pub(crate) fn gradient(&self, tape: &Tape, of_logits: &[f32]) -> Vec<f32> {
        let mut gradient = vec![0.0; self.parameters.len()];
        let last = self.layers.len() - 1;
        let of_output = folded(of_logits, self.architecture.side);
        let offsets = self.layers[last].start + self.layers[last].n_weights();
        for plane in 0..of_output.len() {
            gradient[offsets + plane] = of_output.plane(plane).iter().sum();
        }
        let mut of_values = self.convolution_gradient(last, tape, &of_output, &mut gradient);
        let mut of_skips = Vec::new();
        let mut layer = last;
        for skip in &tape.skips {
            of_values = self.block_gradient(&mut layer, tape, of_values, &mut gradient);
            let (of_skip, of_doubled) = of_values.split(skip.len());
            of_skips.push(of_skip);
            of_values = doubled_gradient(&of_doubled);
        }
        for level in (0..LEVELS).rev() {
            of_values = self.block_gradient(&mut layer, tape, of_values, &mut gradient);
            if level > 0 {
                of_values = halved_gradient(&tape.skips[level - 1], &of_values);
                of_values.add(&of_skips[level - 1]);
            }
        }
        gradient
    }

    /// Two layers.
    fn block(&self, mut values: Planes, tape: &mut Tape) -> Planes {
        for _ in 0..2 {
            let at = tape.inputs.len();
            let layer = &self.layers[at];
            let normalised = Normalised::new(self.kernels[at].convolve(&values));
            tape.inputs.push(values);
            values =
                normalised.output(layer.scales(self.parameters), layer.offsets(self.parameters));
            tape.normalised.push(normalised);
        }
        values
    }

    /// Gradient of the two layers before `layer`, which then is the first of them.
    fn block_gradient(
        &self,
        layer: &mut usize,
        tape: &Tape,
        mut of_output: Planes,
        gradient: &mut [f32],
    ) -> Planes {
        for _ in 0..2 {
            *layer -= 1;
            let at = self.layers[*layer];
            let (scales, offsets) = (at.scales(self.parameters), at.offsets(self.parameters));
            let of = tape.normalised[*layer].gradient(of_output, scales, offsets);
            let place = at.start + at.n_weights();
            gradient[place..][..at.n_out].copy_from_slice(&of.scales);
            gradient[place + at.n_out..][..at.n_out].copy_from_slice(&of.offsets);
            of_output = self.convolution_gradient(*layer, tape, &of.input, gradient);
        }
        of_output
    }

    /// Gradient of the input of a convolution; adds that of its weights to `gradient`.
    fn convolution_gradient(
        &self,
        layer: usize,
        tape: &Tape,
        of_output: &Planes,
        gradient: &mut [f32],
    ) -> Planes {
        let at = self.layers[layer];
        let of_weights = &mut gradient[at.start..][..at.n_weights()];
        add_weight_gradient(&tape.inputs[layer], of_output, of_weights);
        let weights = at.weights(self.parameters);
        Kernels::transposed(weights, at.n_in, at.n_out).convolve(of_output)
    }
}

/// Adds the offset of each folded channel to its pixels.
fn add_offsets(logits: &mut [f32], offsets: &[f32], side: usize) {
    for (row, line) in logits.chunks_exact_mut(side).enumerate() {
        let (image, down) = (row / side, row % 2);
        for (col, value) in line.iter_mut().enumerate() {
            *value += offsets[image * 4 + down * 2 + col % 2];
        }
    }
}

/// Parameters to start from: weights of variance 2 / inputs (He et al. 2015,
/// doi:10.1109/ICCV.2015.123), scales of 1, offsets of 0; a tenth of it in the last layer, so
/// that training starts at probabilities near one half.
pub(crate) fn first_parameters(architecture: Architecture, random: &mut impl Rng) -> Vec<f32> {
    let mut parameters = Vec::with_capacity(architecture.n_parameters());
    for layer in architecture.layers() {
        let bound = (6.0 / (layer.n_in * TAPS) as f32).sqrt();
        let bound = if layer.is_normalised { bound } else { bound / 10.0 };
        parameters.extend((0..layer.n_weights()).map(|_| uniform(random) * bound));
        if layer.is_normalised {
            parameters.extend(std::iter::repeat_n(1.0, layer.n_out));
        }
        parameters.extend(std::iter::repeat_n(0.0, layer.n_out));
    }
    parameters
}

#[cfg(test)]
mod tests {
    use rand_core::SeedableRng;
    use rand_pcg::Pcg64;

    use super::*;

    #[test]
    fn gradients_are_those_of_finite_differences() {
        // Large enough that no channel of the lowest resolution is nearly constant.
        const SIDE: usize = 128;
        let architecture = Architecture { side: SIDE, width: 4, n_structures: 2 };
        let mut random = Pcg64::seed_from_u64(3);
        let mut parameters = first_parameters(architecture, &mut random);
        let image: Vec<f32> = (0..SIDE * SIDE).map(|_| uniform(&mut random)).collect();
        let wanted: Vec<f32> = (0..2 * SIDE * SIDE).map(|_| uniform(&mut random)).collect();
        // Sum of logits times random numbers, whose gradient are these numbers.
        let loss = |parameters: &[f32]| {
            let (logits, _) = Network::new(architecture, parameters).run(&image);
            logits.iter().zip(&wanted).map(|(l, w)| f64::from(l * w)).sum::<f64>()
        };
        let network = Network::new(architecture, &parameters);
        let (_, tape) = network.run(&image);
        let gradient = network.gradient(&tape, &wanted);
        for layer in architecture.layers() {
            let norm = |range: &[f32]| range.iter().map(|g| g * g).sum::<f32>().sqrt();
            let (start, n_weights) = (layer.start, layer.n_weights());
            for range in [start..start + n_weights, start + n_weights..start + layer.n_parameters()]
            {
                // Along the gradient, the loss rises by its norm a unit.
                let length = norm(&gradient[range.clone()]);
                // Longer steps pass kinks of rectifiers and maxima.
                let step = 2e-4;
                let kept = parameters.clone();
                let mut moved = |sign: f32| {
                    for at in range.clone() {
                        parameters[at] = kept[at] + sign * step * gradient[at] / length;
                    }
                    loss(&parameters)
                };
                let rise = (moved(1.0) - moved(-1.0)) / f64::from(2.0 * step);
                parameters.copy_from_slice(&kept);
                let ratio = rise / f64::from(length);
                assert!((ratio - 1.0).abs() < 0.03, "{layer:?}: {rise} for {length}");
            }
        }
    }

    #[test]
    fn the_estimate_of_memory_holds_the_tape() {
        let architecture = Architecture { side: 128, width: 8, n_structures: 2 };
        let parameters = first_parameters(architecture, &mut Pcg64::seed_from_u64(4));
        let (_, tape) = Network::new(architecture, &parameters).run(&vec![0.5; 128 * 128]);
        let planes = tape.inputs.iter().chain(&tape.skips);
        let kept: usize = planes.map(|planes| planes.values().len()).sum();
        let normalised: usize = tape.normalised.iter().map(Normalised::n_values).sum();
        let kept = (kept + normalised) as f64 * 4.0;
        let estimate = architecture.training_bytes(1, 1, 0) - architecture.training_bytes(1, 0, 0);
        // The estimate adds the largest layer with its gradients, the image and its logits.
        let ratio = estimate as f64 / kept;
        assert!((1.0..2.0).contains(&ratio), "{ratio}");
    }

    #[test]
    fn a_convolution_is_the_sum_over_its_neighbours() {
        let mut random = Pcg64::seed_from_u64(5);
        let (n_in, n_out, height, width) = (3, 4, 5, 7);
        let weights: Vec<f32> = (0..n_in * n_out * TAPS).map(|_| uniform(&mut random)).collect();
        let mut input = Planes::new(n_in, height, width);
        for plane in 0..n_in {
            for row in 0..height {
                input.row_mut(plane, row).iter_mut().for_each(|x| *x = uniform(&mut random));
            }
        }
        let output = Kernels::new(&weights, n_in, n_out).convolve(&input);
        let at = |plane: usize, row: isize, col: isize| {
            let inside = (0..height as isize).contains(&row) && (0..width as isize).contains(&col);
            if inside { input.row(plane, row as usize)[col as usize] } else { 0.0 }
        };
        for out in 0..n_out {
            for row in 0..height {
                for col in 0..width {
                    let mut sum = 0.0;
                    for plane in 0..n_in {
                        for tap in 0..TAPS {
                            let (down, right) = ((tap / 3) as isize - 1, (tap % 3) as isize - 1);
                            let value = at(plane, row as isize + down, col as isize + right);
                            sum += value * weights[(out * n_in + plane) * TAPS + tap];
                        }
                    }
                    assert!((output.row(out, row)[col] - sum).abs() < 1e-5);
                }
            }
        }
    }
}
